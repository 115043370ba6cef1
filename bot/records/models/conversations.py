"""Conversations, their lines and buttons, and deletions still to be carried out."""

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
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

STATES = ("bot", "waiting", "person", "snoozed", "closed")
"""Who is to speak: the bot, a person who is waited for, a person, a person later, nobody."""
SENDERS = ("reader", "service", "person", "notice")
STATUSES = ("received", "answered", "waiting", "failed")
_UNANSWERED = text("status IN ('received', 'waiting')")
UNANSWERED = text("entries.status IN ('received', 'waiting')")
"""Written out, not bound: only then does SQLite use the index made for it."""


class Conversation(Base):
    """One reader's chat. Its id is random and opens nothing without a token."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("id", "school_id"),  # what rows below point to
        CheckConstraint(one_of("state", STATES), name="state"),
        Index(None, "school_id", "last_seen_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    channel: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16), default="bot")
    scene: Mapped[dict[str, Any]] = mapped_column(JSON)
    # The notice and greeting as this reader saw them.
    opening: Mapped[dict[str, Any]] = mapped_column(JSON)
    last_seq: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcTime)
    warned_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Entry(Base):
    """One line of a conversation, numbered without gaps from 1."""

    __tablename__ = "entries"
    __table_args__ = (
        of_one_school("conversations", "conversation_id"),
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_message_id"),
        CheckConstraint(one_of("sender", SENDERS), name="sender"),
        CheckConstraint(one_of("status", STATUSES), name="status"),
        Index(
            "ix_entries_unanswered",
            "conversation_id",
            "seq",
            sqlite_where=_UNANSWERED,
            postgresql_where=_UNANSWERED,
        ),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    conversation_id: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int] = mapped_column(Integer)
    sender: Mapped[str] = mapped_column(String(16))
    client_message_id: Mapped[str | None] = mapped_column(String(64))
    in_reply_to: Mapped[int | None] = mapped_column(Integer)
    # Sealed JSON: {"messages": [message, …]}, and {"payload": "/…"} where a button was pressed.
    body: Mapped[str] = mapped_column(Text)
    # Sealed JSON: what operators may see of how a reply came about; never shown to a reader.
    meta: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Offer(Base):
    """A button that was offered in a conversation; only offered ones may be pressed."""

    __tablename__ = "offers"
    __table_args__ = (
        of_one_school("conversations", "conversation_id"),
        UniqueConstraint("conversation_id", "button_key"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    conversation_id: Mapped[str] = mapped_column(String(32))
    # A keyed hash of the conversation's id and the button's payload.
    button_key: Mapped[str] = mapped_column(String(64))
    # Sealed JSON: payload, title. A title may hold a pupil's own words.
    button: Mapped[str] = mapped_column(Text)


class Erasure(Base):
    """A deleted conversation whose tracker the engine has still to forget."""

    __tablename__ = "erasures"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
