"""Handing a chat to a person, what was thought of replies, and the outbox of mail.

Revision: 0007
"""

import sqlalchemy as sa
from alembic import op

revision: str = "0007"
down_revision: str | None = "0006"
branch_labels: str | None = None
depends_on: str | None = None

_BEFORE = "state IN ('bot', 'person', 'closed')"
_STATES = "state IN ('bot', 'waiting', 'person', 'snoozed', 'closed')"
_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the change."""
    _change_states(_BEFORE, _STATES)
    _make_handover()
    _make_review()
    _make_mail()


def downgrade() -> None:
    """Undo the change."""
    for table in (
        "mails",
        "content_tasks",
        "entry_opinions",
        "referrals",
        "read_marks",
        "ready_phrases",
        "conversation_tags",
        "private_notes",
        "handover_events",
        "handovers",
    ):
        op.drop_table(table)
    # Who was waited for, or put off, is with the bot again.
    op.execute("UPDATE conversations SET state = 'bot' WHERE state IN ('waiting', 'snoozed')")
    _change_states(_STATES, _BEFORE)


def _make_handover() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("way", sa.String(length=8), nullable=False),
        sa.Column("request", sa.Text(), nullable=False),
        sa.Column("consented_at", sa.DateTime(), nullable=True),
        sa.Column("asked_at", sa.DateTime(), nullable=False),
        sa.Column("waiting_since", sa.DateTime(), nullable=True),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("taken_at", sa.DateTime(), nullable=True),
        sa.Column("snoozed_until", sa.DateTime(), nullable=True),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.Column("ending", sa.String(length=16), nullable=True),
        sa.CheckConstraint(
            "ending IS NULL OR ending IN ('handed back', 'closed', 'withdrawn', 'lapsed')",
            name=op.f("ck_handovers_ending"),
        ),
        sa.CheckConstraint(
            "origin IN ('reader', 'service', 'adviser', 'tutor')", name=op.f("ck_handovers_origin")
        ),
        sa.CheckConstraint("way IN ('chat', 'meeting', 'message')", name=op.f("ck_handovers_way")),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ending IS NULL)", name=op.f("ck_handovers_ended")
        ),
        sa.CheckConstraint("urgency IN (1, 2, 3)", name=op.f("ck_handovers_urgency")),
        sa.ForeignKeyConstraint(
            ["conversation_id", "school_id"],
            ["conversations.id", "conversations.school_id"],
            name=op.f("fk_handovers_conversation_id_school_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handovers")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_handovers_id_school_id")),
    )
    op.create_index(
        op.f("ix_handovers_school_id_ended_at_waiting_since"),
        "handovers",
        ["school_id", "ended_at", "waiting_since"],
    )
    op.create_index(
        "ix_handovers_standing",
        "handovers",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("ended_at IS NULL"),
        postgresql_where=sa.text("ended_at IS NULL"),
    )
    op.create_table(
        "handover_events",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("handover_id", sa.String(length=32), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(length=16), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("what", sa.String(length=32), nullable=False),
        sa.Column("from_state", sa.String(length=16), nullable=False),
        sa.Column("to_state", sa.String(length=16), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "school_id"],
            ["conversations.id", "conversations.school_id"],
            name=op.f("fk_handover_events_conversation_id_school_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_handover_events")),
    )
    op.create_index(
        op.f("ix_handover_events_conversation_id"), "handover_events", ["conversation_id"]
    )
    op.create_table(
        "private_notes",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "school_id"],
            ["conversations.id", "conversations.school_id"],
            name=op.f("fk_private_notes_conversation_id_school_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_private_notes")),
    )
    op.create_index(op.f("ix_private_notes_conversation_id"), "private_notes", ["conversation_id"])
    op.create_table(
        "conversation_tags",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("tag", sa.String(length=48), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "school_id"],
            ["conversations.id", "conversations.school_id"],
            name=op.f("fk_conversation_tags_conversation_id_school_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "tag", name=op.f("pk_conversation_tags")),
    )
    op.create_table(
        "ready_phrases",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=80), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("changed_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_ready_phrases_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ready_phrases")),
    )
    op.create_table(
        "read_marks",
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("side", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "school_id"],
            ["conversations.id", "conversations.school_id"],
            name=op.f("fk_read_marks_conversation_id_school_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("conversation_id", "side", name=op.f("pk_read_marks")),
    )
    op.create_table(
        "referrals",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("pupil_id", sa.String(length=32), nullable=True),
        sa.Column("origin", sa.String(length=8), nullable=False),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("urgency", sa.Integer(), nullable=False),
        sa.Column("referred_by", sa.String(length=32), nullable=True),
        sa.Column("taken_by", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(
            "origin IN ('tutor', 'parent', 'pupil', 'staff')", name=op.f("ck_referrals_origin")
        ),
        sa.CheckConstraint("urgency IN (1, 2, 3)", name=op.f("ck_referrals_urgency")),
        sa.ForeignKeyConstraint(
            ["pupil_id", "school_id"],
            ["pupils.id", "pupils.school_id"],
            name=op.f("fk_referrals_pupil_id_school_id_pupils"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_referrals_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_referrals")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_referrals_id_school_id")),
    )
    op.create_index(
        op.f("ix_referrals_school_id_ended_at_created_at"),
        "referrals",
        ["school_id", "ended_at", "created_at"],
    )


def _make_review() -> None:
    op.create_table(
        "entry_opinions",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("conversation_id", sa.String(length=32), nullable=False),
        sa.Column("seq", sa.Integer(), nullable=False),
        sa.Column("helpful", sa.Boolean(), nullable=False),
        sa.Column("why", sa.Text(), nullable=True),
        sa.Column("at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id", "school_id"],
            ["conversations.id", "conversations.school_id"],
            name=op.f("fk_entry_opinions_conversation_id_school_id_conversations"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_entry_opinions")),
        sa.UniqueConstraint(
            "conversation_id", "seq", name=op.f("uq_entry_opinions_conversation_id_seq")
        ),
    )
    op.create_table(
        "content_tasks",
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("answer", sa.String(length=80), nullable=True),
        sa.Column("details", sa.Text(), nullable=False),
        sa.Column("staff_id", sa.String(length=32), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("ended_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint("kind IN ('wrong', 'missing')", name=op.f("ck_content_tasks_kind")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_content_tasks_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_content_tasks")),
    )
    op.create_index(
        op.f("ix_content_tasks_school_id_ended_at_created_at"),
        "content_tasks",
        ["school_id", "ended_at", "created_at"],
    )


def _make_mail() -> None:
    op.create_table(
        "mails",
        sa.Column("id", _ID, nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("once", sa.String(length=120), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("next_try_at", sa.DateTime(), nullable=False),
        sa.Column("sent_at", sa.DateTime(), nullable=True),
        sa.Column("given_up_at", sa.DateTime(), nullable=True),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_mails_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mails")),
        sa.UniqueConstraint("school_id", "once", name=op.f("uq_mails_school_id_once")),
    )
    op.create_index(
        op.f("ix_mails_sent_at_given_up_at_next_try_at"),
        "mails",
        ["sent_at", "given_up_at", "next_try_at"],
    )


def _change_states(before: str, after: str) -> None:
    with op.batch_alter_table("conversations", copy_from=_conversations(before)) as batch:
        batch.drop_constraint(op.f("ck_conversations_state"), type_="check")
        batch.create_check_constraint(op.f("ck_conversations_state"), after)


def _conversations(states: str) -> sa.Table:
    """The table as it is before a change; SQLite writes it anew from this."""
    return sa.Table(
        "conversations",
        sa.MetaData(),
        sa.Column("id", sa.String(length=32), nullable=False),
        sa.Column("school_id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("scene", sa.JSON(), nullable=False),
        sa.Column("opening", sa.JSON(), nullable=False),
        sa.Column("last_seq", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(), nullable=False),
        sa.Column("last_seen_at", sa.DateTime(), nullable=False),
        sa.Column("warned_at", sa.DateTime(), nullable=True),
        sa.CheckConstraint(states, name=op.f("ck_conversations_state")),
        sa.ForeignKeyConstraint(
            ["school_id"], ["schools.id"], name=op.f("fk_conversations_school_id_schools")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_conversations")),
        sa.UniqueConstraint("id", "school_id", name=op.f("uq_conversations_id_school_id")),
        sa.Index(op.f("ix_conversations_school_id_last_seen_at"), "school_id", "last_seen_at"),
    )
