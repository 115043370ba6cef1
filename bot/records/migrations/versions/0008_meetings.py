"""Guidance meetings, action plans and what counts.

Revision: 0008
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0008"
down_revision: str | None = "0007"
branch_labels: str | None = None
depends_on: str | None = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    _make_times()
    _make_meetings()
    _make_plans()


def downgrade() -> None:
    """Undo the change."""
    for table in (
        "sign_offs",
        "plan_shares",
        "action_plans",
        "waiting_places",
        "invitees",
        "taken_cells",
        "meetings",
        "lessons",
        "absences",
        "working_hours",
    ):
        op.drop_table(table)


def _make_times() -> None:
    op.create_table(
        "working_hours",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("room", sa.String(length=40), nullable=True),
        sa.Column("first_on", sa.Date(), nullable=True),
        sa.Column("last_on", sa.Date(), nullable=True),
        sa.CheckConstraint(
            "kind IN ('guidance', 'drop-in', 'results', 'group')",
            name=op.f("ck_working_hours_kind"),
        ),
        sa.CheckConstraint("ends > begins", name=op.f("ck_working_hours_in_order")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_working_hours_weekday")),
        sa.ForeignKeyConstraint(
            ["staff_id", "school_id"],
            ["staff.id", "staff.school_id"],
            name=op.f("fk_working_hours_staff_id_school_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_working_hours")),
    )
    op.create_index(op.f("ix_working_hours_staff_id"), "working_hours", ["staff_id"])
    op.create_table(
        "absences",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("begins_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_absences_in_order")),
        sa.ForeignKeyConstraint(
            ["staff_id", "school_id"],
            ["staff.id", "staff.school_id"],
            name=op.f("fk_absences_staff_id_school_id_staff"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_absences")),
    )
    op.create_index(op.f("ix_absences_staff_id_begins_at"), "absences", ["staff_id", "begins_at"])
    op.create_table(
        "lessons",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("tutor_group", sa.String(length=32), nullable=False),
        sa.Column("weekday", sa.Integer(), nullable=False),
        sa.Column("week", sa.String(length=1), nullable=False),
        sa.Column("begins", sa.Time(), nullable=False),
        sa.Column("ends", sa.Time(), nullable=False),
        sa.Column("subject", sa.String(length=60), nullable=False),
        sa.Column("avoid", sa.Boolean(), nullable=False),
        sa.CheckConstraint("week IN ('', 'A', 'B')", name=op.f("ck_lessons_week")),
        sa.CheckConstraint("weekday BETWEEN 0 AND 6", name=op.f("ck_lessons_weekday")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_lessons_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lessons")),
    )
    op.create_index(
        op.f("ix_lessons_school_id_tutor_group"), "lessons", ["school_id", "tutor_group"]
    )


def _make_meetings() -> None:
    op.create_table(
        "meetings",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=True),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("room", sa.String(length=40), nullable=True),
        sa.Column("begins_at", sa.DateTime(), nullable=False),
        sa.Column("ends_at", sa.DateTime(), nullable=False),
        sa.Column("calendar_id", sa.String(length=64), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'group') = (pupil_id IS NULL)", name=op.f("ck_meetings_one_to_one")
        ),
        sa.CheckConstraint(
            "kind IN ('guidance', 'drop-in', 'results', 'group')", name=op.f("ck_meetings_kind")
        ),
        sa.CheckConstraint(
            "state IN ('offered', 'booked', 'cancelled', 'missed', 'held', 'signed off')",
            name=op.f("ck_meetings_state"),
        ),
        sa.CheckConstraint("ends_at > begins_at", name=op.f("ck_meetings_in_order")),
        sa.ForeignKeyConstraint(
            ["pupil_id", "school_id"],
            ["pupils.id", "pupils.school_id"],
            name=op.f("fk_meetings_pupil_id_school_id_pupils"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_meetings_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meetings")),
        sa.UniqueConstraint("calendar_id", name=op.f("uq_meetings_calendar_id")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_meetings_id_school_id")),
    )
    op.create_index(op.f("ix_meetings_pupil_id"), "meetings", ["pupil_id"])
    op.create_index(op.f("ix_meetings_school_id_begins_at"), "meetings", ["school_id", "begins_at"])
    op.create_index(op.f("ix_meetings_staff_id_begins_at"), "meetings", ["staff_id", "begins_at"])
    op.create_table(
        "taken_cells",
        sa.Column("school_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("whose", sa.String(length=48), nullable=False),
        sa.Column("begins_at", sa.DateTime(), nullable=False),
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.ForeignKeyConstraint(
            ["meeting_id", "school_id"],
            ["meetings.id", "meetings.school_id"],
            name=op.f("fk_taken_cells_meeting_id_school_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("school_id", "whose", "begins_at", name=op.f("pk_taken_cells")),
    )
    op.create_index(op.f("ix_taken_cells_meeting_id"), "taken_cells", ["meeting_id"])
    op.create_table(
        "invitees",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "role IN ('parent', 'senco', 'interpreter', 'other')", name=op.f("ck_invitees_role")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id", "school_id"],
            ["meetings.id", "meetings.school_id"],
            name=op.f("fk_invitees_meeting_id_school_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitees")),
    )
    op.create_index(op.f("ix_invitees_meeting_id"), "invitees", ["meeting_id"])
    op.create_table(
        "waiting_places",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=False),
        sa.Column("wish", sa.Text(), nullable=False),
        sa.Column("since", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["pupil_id", "school_id"],
            ["pupils.id", "pupils.school_id"],
            name=op.f("fk_waiting_places_pupil_id_school_id_pupils"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_waiting_places")),
    )
    op.create_index(
        op.f("ix_waiting_places_school_id_ended_at"), "waiting_places", ["school_id", "ended_at"]
    )


def _make_plans() -> None:
    op.create_table(
        "action_plans",
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(), nullable=False),
        sa.Column("agreed_version", sa.Integer(), nullable=True),
        sa.Column("agreed_at", sa.DateTime(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("follow_up_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id", "school_id"],
            ["meetings.id", "meetings.school_id"],
            name=op.f("fk_action_plans_meeting_id_school_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_action_plans")),
    )
    op.create_table(
        "plan_shares",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("agreed_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["meeting_id", "school_id"],
            ["meetings.id", "meetings.school_id"],
            name=op.f("fk_plan_shares_meeting_id_school_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_plan_shares")),
    )
    op.create_index(op.f("ix_plan_shares_meeting_id"), "plan_shares", ["meeting_id"])
    op.create_table(
        "sign_offs",
        sa.Column("meeting_id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=False),
        sa.Column("equivalent", sa.Boolean(), nullable=False),
        sa.Column("held", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(), nullable=False),
        sa.CheckConstraint("level >= 6 OR equivalent", name=op.f("ck_sign_offs_qualified")),
        sa.CheckConstraint("minutes > 0", name=op.f("ck_sign_offs_minutes")),
        sa.ForeignKeyConstraint(
            ["meeting_id", "school_id"],
            ["meetings.id", "meetings.school_id"],
            name=op.f("fk_sign_offs_meeting_id_school_id_meetings"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("meeting_id", name=op.f("pk_sign_offs")),
    )
