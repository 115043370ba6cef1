"""Pupils, how they sign in, staff, a school's settings, and the guidance record.

Revision: 0002
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0002"
down_revision: str | None = "0001"
branch_labels: str | None = None
depends_on: str | None = None

_KINDS = (
    "kind IN ('information', 'advice', 'aspiration', 'decision', 'action', 'experience', "
    "'skill', 'barrier', 'note')"
)


def upgrade() -> None:
    """Make the change."""
    _make_people()
    _make_sign_in()
    _make_record()
    _make_destinations_and_views()


def downgrade() -> None:
    """Undo the change."""
    for table in (
        "record_views",
        "destinations",
        "proposals",
        "line_versions",
        "record_lines",
        "conversation_owners",
        "pupil_sessions",
        "sign_in_codes",
        "school_settings",
        "staff",
        "pupils",
    ):
        op.drop_table(table)


def _make_people() -> None:
    op.create_table(
        "pupils",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("upn_key", sa.String(length=64), nullable=True),
        sa.Column("email_key", sa.String(length=64), nullable=True),
        sa.Column("person_key", sa.String(length=64), nullable=True),
        sa.Column("year_7_in", sa.Integer(), nullable=False),
        sa.Column("tutor_group", sa.String(length=32), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("updated_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_pupils_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pupils")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_pupils_id_school_id")),
        sa.UniqueConstraint("school_id", "upn_key", name=op.f("uq_pupils_school_id_upn_key")),
        sa.UniqueConstraint("school_id", "email_key", name=op.f("uq_pupils_school_id_email_key")),
    )
    op.create_index("ix_pupils_school_id_person_key", "pupils", ["school_id", "person_key"])
    op.create_index(
        "ix_pupils_school_id_year_7_in_tutor_group",
        "pupils",
        ["school_id", "year_7_in", "tutor_group"],
    )

    op.create_table(
        "staff",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("email_key", sa.String(length=64), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("register_expires", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('careers staff', 'adviser', 'careers leader', 'dsl', 'administrator')",
            name=op.f("ck_staff_role"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_staff_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_staff_id_school_id")),
        sa.UniqueConstraint("school_id", "email_key", name=op.f("uq_staff_school_id_email_key")),
    )

    op.create_table(
        "school_settings",
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=64), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_school_settings_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("school_id", "name", name=op.f("pk_school_settings")),
    )


def _make_sign_in() -> None:
    op.create_table(
        "sign_in_codes",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=False),
        sa.Column("code_key", sa.String(length=64), nullable=False),
        sa.Column("issued_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(), nullable=True),
        sa.Column("revoked_at", sa.DateTime(), nullable=True),
        _of_one_pupil("sign_in_codes"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_codes")),
        sa.UniqueConstraint(
            "school_id", "code_key", name=op.f("uq_sign_in_codes_school_id_code_key")
        ),
    )
    op.create_index("ix_sign_in_codes_pupil_id", "sign_in_codes", ["pupil_id"])

    op.create_table(
        "pupil_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "way IN ('code', 'microsoft', 'google')", name=op.f("ck_pupil_sessions_way")
        ),
        _of_one_pupil("pupil_sessions"),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_pupil_sessions")),
    )
    op.create_index("ix_pupil_sessions_pupil_id", "pupil_sessions", ["pupil_id"])

    op.create_table(
        "conversation_owners",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=False),
        sa.Column("from_seq", sa.Integer(), nullable=False),
        sa.Column("joined_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "school_id"],
            ["conversations.id", "conversations.school_id"],
            name=op.f("fk_conversation_owners_conversation_id_school_id_conversations"),
            ondelete="CASCADE",
        ),
        _of_one_pupil("conversation_owners"),
        sa.PrimaryKeyConstraint("conversation_id", name=op.f("pk_conversation_owners")),
    )
    op.create_index("ix_conversation_owners_pupil_id", "conversation_owners", ["pupil_id"])


def _make_record() -> None:
    op.create_table(
        "record_lines",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("provenance", sa.String(length=16), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("confirmed_at", sa.DateTime(), nullable=True),
        sa.Column("disputed_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(_KINDS, name=op.f("ck_record_lines_kind")),
        sa.CheckConstraint(
            "status IN ('standing', 'open', 'done', 'dropped')",
            name=op.f("ck_record_lines_status"),
        ),
        sa.CheckConstraint(
            "provenance IN ('service', 'pupil', 'adviser', 'staff', 'import')",
            name=op.f("ck_record_lines_provenance"),
        ),
        sa.CheckConstraint(
            "confirmed_at IS NOT NULL "
            "OR NOT (kind IN ('aspiration', 'decision', 'action', 'barrier'))",
            name=op.f("ck_record_lines_confirmed"),
        ),
        sa.CheckConstraint(
            "(kind = 'action') = (status <> 'standing')",
            name=op.f("ck_record_lines_only_actions_end"),
        ),
        _of_one_pupil("record_lines"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_lines")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_record_lines_id_school_id")),
    )
    op.create_index(
        "ix_record_lines_pupil_id_happened_on", "record_lines", ["pupil_id", "happened_on"]
    )
    op.create_index(
        "ix_record_lines_school_id_kind_happened_on",
        "record_lines",
        ["school_id", "kind", "happened_on"],
    )

    op.create_table(
        "line_versions",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("line_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("changed_by", sa.String(length=8), nullable=False),
        sa.Column("replaced_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "changed_by IN ('pupil', 'staff')", name=op.f("ck_line_versions_changed_by")
        ),
        sa.ForeignKeyConstraint(
            ["line_id", "school_id"],
            ["record_lines.id", "record_lines.school_id"],
            name=op.f("fk_line_versions_line_id_school_id_record_lines"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_line_versions")),
    )
    op.create_index("ix_line_versions_line_id", "line_versions", ["line_id"])

    op.create_table(
        "proposals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=True),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("source", sa.JSON(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.String(length=16), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("answered_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(_KINDS, name=op.f("ck_proposals_kind")),
        sa.CheckConstraint(
            "outcome IS NULL OR outcome IN ('confirmed', 'declined', 'lapsed')",
            name=op.f("ck_proposals_outcome"),
        ),
        _of_one_pupil("proposals"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposals")),
    )
    op.create_index("ix_proposals_pupil_id_created_at", "proposals", ["pupil_id", "created_at"])


def _make_destinations_and_views() -> None:
    op.create_table(
        "destinations",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("category", sa.String(length=32), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("year_group", sa.Integer(), nullable=False),
        sa.Column("sustained", sa.Boolean(), nullable=True),
        sa.Column("reported_by", sa.String(length=8), nullable=False),
        sa.Column("reported_on", sa.Date(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("kind IN ('intended', 'actual')", name=op.f("ck_destinations_kind")),
        _of_one_pupil("destinations"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_destinations")),
    )
    op.create_index(
        "ix_destinations_pupil_id_reported_on", "destinations", ["pupil_id", "reported_on"]
    )
    op.create_index(
        "ix_destinations_school_id_kind_reported_on",
        "destinations",
        ["school_id", "kind", "reported_on"],
    )

    op.create_table(
        "record_views",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("purpose", sa.String(length=200), nullable=False),
        sa.Column("viewed_at", sa.DateTime(), nullable=False),
        _of_one_pupil("record_views"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_views")),
    )
    op.create_index("ix_record_views_pupil_id_viewed_at", "record_views", ["pupil_id", "viewed_at"])


def _of_one_pupil(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["pupil_id", "school_id"],
        ["pupils.id", "pupils.school_id"],
        name=op.f(f"fk_{table}_pupil_id_school_id_pupils"),
        ondelete="CASCADE",
    )
