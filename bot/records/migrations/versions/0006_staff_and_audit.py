"""Staff: what they may do, how they sign in; and the audit of what was done and seen.

Revision: 0006
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0006"
down_revision: str | None = "0005"
branch_labels: str | None = None
depends_on: str | None = None

_ONE_ROLE = "role IN ('careers staff', 'adviser', 'careers leader', 'dsl', 'administrator')"
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    _make_roles_and_sign_in()
    _move_role()
    _make_audit()
    _refuse_changes()


def downgrade() -> None:
    """Undo the change."""
    _move_role_back()
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP TRIGGER audit_events_stay ON audit_events")
        op.execute("DROP FUNCTION audit_events_stay")
    for table in (
        "audit_details",
        "audit_events",
        "staff_invitations",
        "staff_devices",
        "staff_sessions",
        "recovery_codes",
        "passkeys",
        "staff_secrets",
        "staff_roles",
    ):
        op.drop_table(table)


def _make_roles_and_sign_in() -> None:
    op.create_table(
        "staff_roles",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("given_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "role IN ('careers staff', 'adviser', 'careers leader', 'dsl', 'administrator', "
            "'operator')",
            name=op.f("ck_staff_roles_role"),
        ),
        sa.ForeignKeyConstraint(
            ["staff_id", "school_id"],
            ["staff.id", "staff.school_id"],
            name=op.f("fk_staff_roles_staff_id_school_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("staff_id", "role", name=op.f("pk_staff_roles")),
    )
    op.create_table(
        "staff_secrets",
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("password_hash", sa.String(length=255), nullable=True),
        sa.Column("totp", sa.Text(), nullable=True),
        sa.Column("totp_step", sa.BigInteger(), nullable=True),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id", "school_id"],
            ["staff.id", "staff.school_id"],
            name=op.f("fk_staff_secrets_staff_id_school_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("staff_id", name=op.f("pk_staff_secrets")),
    )
    op.create_table(
        "passkeys",
        sa.Column("id", sa.String(length=512), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id", "school_id"],
            ["staff.id", "staff.school_id"],
            name=op.f("fk_passkeys_staff_id_school_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkeys")),
    )
    op.create_index(op.f("ix_passkeys_staff_id"), "passkeys", ["staff_id"])
    op.create_table(
        "recovery_codes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("code_key", sa.String(length=64), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["staff_id", "school_id"],
            ["staff.id", "staff.school_id"],
            name=op.f("fk_recovery_codes_staff_id_school_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint(
            "staff_id", "code_key", name=op.f("uq_recovery_codes_staff_id_code_key")
        ),
    )
    op.create_table(
        "staff_sessions",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("way", sa.String(length=16), nullable=False),
        sa.Column("second_at", sa.DateTime(), nullable=True),
        sa.Column("device", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "way IN ('password', 'microsoft', 'google')", name=op.f("ck_staff_sessions_way")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id", "school_id"],
            ["staff.id", "staff.school_id"],
            name=op.f("fk_staff_sessions_staff_id_school_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_sessions")),
    )
    op.create_index(op.f("ix_staff_sessions_staff_id"), "staff_sessions", ["staff_id"])
    op.create_table(
        "staff_devices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("device_key", sa.String(length=64), nullable=False),
        sa.Column("first_seen_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["staff_id", "school_id"],
            ["staff.id", "staff.school_id"],
            name=op.f("fk_staff_devices_staff_id_school_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff_devices")),
        sa.UniqueConstraint(
            "staff_id", "device_key", name=op.f("uq_staff_devices_staff_id_device_key")
        ),
    )
    op.create_table(
        "staff_invitations",
        sa.Column("token_hash", sa.String(length=64), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("purpose", sa.String(length=8), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("expires_at", sa.DateTime(), nullable=False),
        sa.Column("used_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "(purpose = 'first') = (staff_id IS NULL)",
            name=op.f("ck_staff_invitations_first_is_nobodys"),
        ),
        sa.CheckConstraint(
            "purpose IN ('join', 'reset', 'first')", name=op.f("ck_staff_invitations_purpose")
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_staff_invitations_school_id_schools")
        ),
        sa.ForeignKeyConstraint(
            ["staff_id", "school_id"],
            ["staff.id", "staff.school_id"],
            name=op.f("fk_staff_invitations_staff_id_school_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_staff_invitations")),
    )
    op.create_index(op.f("ix_staff_invitations_staff_id"), "staff_invitations", ["staff_id"])


def _make_audit() -> None:
    op.create_table(
        "audit_events",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("actor_id", sa.String(length=32), nullable=True),
        sa.Column("action", sa.String(length=64), nullable=False),
        sa.Column("object_kind", sa.String(length=32), nullable=False),
        sa.Column("object_id", sa.String(length=64), nullable=True),
        sa.Column("detail_hash", sa.String(length=64), nullable=True),
        sa.Column("previous", sa.String(length=64), nullable=False),
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint(
            "actor_kind IN ('staff', 'pupil', 'guest', 'service', 'operator', 'nobody')",
            name=op.f("ck_audit_events_actor_kind"),
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_audit_events_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_events")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_audit_events_id_school_id")),
        sa.UniqueConstraint("school_id", "number", name=op.f("uq_audit_events_school_id_number")),
    )
    op.create_index(op.f("ix_audit_events_school_id_at"), "audit_events", ["school_id", "at"])
    op.create_index(
        op.f("ix_audit_events_school_id_object_kind_object_id"),
        "audit_events",
        ["school_id", "object_kind", "object_id"],
    )
    op.create_table(
        "audit_details",
        sa.Column("event_id", _ID, autoincrement=False, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["event_id", "school_id"],
            ["audit_events.id", "audit_events.school_id"],
            name=op.f("fk_audit_details_event_id_school_id_audit_events"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_audit_details")),
    )


def _move_role() -> None:
    op.execute(
        "INSERT INTO staff_roles (staff_id, role, school_id, given_at) "
        "SELECT id, role, school_id, created_at FROM staff"
    )
    with op.batch_alter_table("staff", copy_from=_staff(_role())) as batch:
        batch.drop_constraint(op.f("ck_staff_role"), type_="check")
        batch.drop_column("role")


def _move_role_back() -> None:
    """Give everybody one role again: of several, the one that may do most."""
    with op.batch_alter_table("staff", copy_from=_staff()) as batch:
        batch.add_column(_role(nullable=True))
    for role in ("careers staff", "adviser", "dsl", "careers leader", "administrator"):
        op.execute(
            f"UPDATE staff SET role = '{role}' WHERE id IN "  # noqa: S608
            f"(SELECT staff_id FROM staff_roles WHERE role = '{role}')"
        )
    # What was unknown before: somebody without a role, or the operator.
    op.execute("UPDATE staff SET role = 'careers staff' WHERE role IS NULL")
    with op.batch_alter_table("staff", copy_from=_staff(_role(nullable=True))) as batch:
        batch.alter_column("role", existing_type=sa.String(length=16), nullable=False)
        batch.create_check_constraint(op.f("ck_staff_role"), _ONE_ROLE)


def _role(*, nullable: bool = False) -> sa.Column[str]:
    return sa.Column("role", sa.String(length=16), nullable=nullable)


def _staff(*columns: sa.Column[str]) -> sa.Table:
    """The table as it is before a change; SQLite writes it anew from this."""
    checks = (sa.CheckConstraint(_ONE_ROLE, name=op.f("ck_staff_role")),) if columns else ()
    if columns and columns[0].nullable:
        checks = ()
    return sa.Table(
        "staff",
        sa.MetaData(),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("email_key", sa.String(length=64), nullable=False),
        *columns,
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("register_expires", sa.Date(), nullable=True),
        sa.Column("left_on", sa.Date(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        *checks,
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_staff_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_staff")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_staff_id_school_id")),
        sa.UniqueConstraint("school_id", "email_key", name=op.f("uq_staff_school_id_email_key")),
    )


def _refuse_changes() -> None:
    """The database itself lets no event be changed or taken away."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute(
            "CREATE FUNCTION audit_events_stay() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE EXCEPTION 'audit events stay' "
            "USING ERRCODE = 'integrity_constraint_violation'; END $$"
        )
        op.execute(
            "CREATE TRIGGER audit_events_stay BEFORE UPDATE OR DELETE ON audit_events "
            "FOR EACH ROW EXECUTE FUNCTION audit_events_stay()"
        )
        return
    for what in ("update", "delete"):
        op.execute(
            f"CREATE TRIGGER audit_events_no_{what} BEFORE {what} ON audit_events "
            "BEGIN SELECT RAISE(ABORT, 'audit events stay'); END"
        )
