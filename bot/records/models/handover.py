"""Handing a chat over to a person: who asked, who waits, who holds it, what was noted beside."""

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models.base import Base, RowId, UtcTime, of_one_school, one_of

ORIGINS = ("reader", "service", "adviser", "tutor")
"""Who asked for a person: the reader, the bot's own offer, an adviser who stepped in, a tutor."""
WAYS = ("chat", "meeting", "message")
ENDINGS = ("handed back", "closed", "withdrawn", "lapsed")
URGENCIES = (1, 2, 3)
"""3 is the most urgent."""
_STANDING = text("ended_at IS NULL")


class Handover(Base):
    """One hand-over of a conversation, from the asking to its end. At most one stands at a time."""

    __tablename__ = "handovers"
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        of_one_school("conversations", "conversation_id"),
        CheckConstraint(one_of("origin", ORIGINS), name="origin"),
        CheckConstraint(one_of("way", WAYS), name="way"),
        CheckConstraint("urgency IN (1, 2, 3)", name="urgency"),
        CheckConstraint(f"ending IS NULL OR {one_of('ending', ENDINGS)}", name="ending"),
        CheckConstraint("(ended_at IS NULL) = (ending IS NULL)", name="ended"),
        Index(
            "ix_handovers_standing",
            "conversation_id",
            unique=True,
            sqlite_where=_STANDING,
            postgresql_where=_STANDING,
        ),
        Index(None, "school_id", "ended_at", "waiting_since"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    conversation_id: Mapped[str] = mapped_column(String(32))
    origin: Mapped[str] = mapped_column(String(8))
    urgency: Mapped[int] = mapped_column(Integer)
    way: Mapped[str] = mapped_column(String(8))
    # Sealed JSON: the reason, and what a guest gave to be called by.
    request: Mapped[str] = mapped_column(Text)
    # When the reader agreed that what was written is passed on. No person's line before that.
    consented_at: Mapped[datetime | None] = mapped_column(UtcTime)
    asked_at: Mapped[datetime] = mapped_column(UtcTime)
    # Since when a person is waited for; None while one holds the conversation.
    waiting_since: Mapped[datetime | None] = mapped_column(UtcTime)
    staff_id: Mapped[str | None] = mapped_column(String(32))
    taken_at: Mapped[datetime | None] = mapped_column(UtcTime)
    snoozed_until: Mapped[datetime | None] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
    ending: Mapped[str | None] = mapped_column(String(16))


class HandoverEvent(Base):
    """A change of a conversation's state, with who made it. Numbered within its conversation."""

    __tablename__ = "handover_events"
    __table_args__ = (
        of_one_school("conversations", "conversation_id"),
        Index(None, "conversation_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    conversation_id: Mapped[str] = mapped_column(String(32))
    handover_id: Mapped[str | None] = mapped_column(String(32))
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor_kind: Mapped[str] = mapped_column(String(16))
    staff_id: Mapped[str | None] = mapped_column(String(32))
    what: Mapped[str] = mapped_column(String(32))
    from_state: Mapped[str] = mapped_column(String(16))
    to_state: Mapped[str] = mapped_column(String(16))


class PrivateNote(Base):
    """A note of staff about a conversation, which its reader does not see in the chat."""

    __tablename__ = "private_notes"
    __table_args__ = (
        of_one_school("conversations", "conversation_id"),
        Index(None, "conversation_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    conversation_id: Mapped[str] = mapped_column(String(32))
    staff_id: Mapped[str] = mapped_column(String(32))
    # Sealed JSON: the text.
    body: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ConversationTag(Base):
    """A tag that staff gave a conversation."""

    __tablename__ = "conversation_tags"
    __table_args__ = (of_one_school("conversations", "conversation_id"),)

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    tag: Mapped[str] = mapped_column(String(48), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class ReadyPhrase(Base):
    """A phrase that staff keep at hand."""

    __tablename__ = "ready_phrases"

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    title: Mapped[str] = mapped_column(String(80))
    # Sealed JSON: the text. Nobody's words, but somebody may write a name into it.
    body: Mapped[str] = mapped_column(Text)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class ReadMark(Base):
    """Up to which line somebody has seen a conversation: its reader ("reader") or one of staff."""

    __tablename__ = "read_marks"
    __table_args__ = (of_one_school("conversations", "conversation_id"),)

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    side: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    seq: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcTime)


class Referral(Base):
    """A wish for an adviser that is no chat: a tutor's, a parent's, a pupil's own."""

    __tablename__ = "referrals"
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        of_one_school("pupils", "pupil_id"),
        CheckConstraint("origin IN ('tutor', 'parent', 'pupil', 'staff')", name="origin"),
        CheckConstraint("urgency IN (1, 2, 3)", name="urgency"),
        Index(None, "school_id", "ended_at", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    # None for a parent's own question: nothing ties a parent to a pupil.
    pupil_id: Mapped[str | None] = mapped_column(String(32))
    origin: Mapped[str] = mapped_column(String(8))
    # Sealed JSON: reason, and for a parent the name and how to be reached.
    details: Mapped[str] = mapped_column(Text)
    urgency: Mapped[int] = mapped_column(Integer)
    referred_by: Mapped[str | None] = mapped_column(String(32))
    taken_by: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
