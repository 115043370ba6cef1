"""The tables of the record store. Every row belongs to a school."""

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    DateTime,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator

RowId = BigInteger().with_variant(Integer, "sqlite")

STATES = ("bot", "person", "closed")
SENDERS = ("reader", "service", "person", "notice")
STATUSES = ("received", "answered", "waiting", "failed")
_UNANSWERED = text("status IN ('received', 'waiting')")
UNANSWERED = text("entries.status IN ('received', 'waiting')")
"""Written out, not bound: only then does SQLite use the index made for it."""


class UtcTime(TypeDecorator[datetime]):
    """A moment in UTC: aware in Python, naive UTC in the database."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Store the moment as UTC; a naive datetime is refused."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Give the moment back as UTC."""
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """Parent of all tables, with names for constraints so that migrations can drop them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class School(Base):
    """A school or college that uses this installation."""

    __tablename__ = "schools"

    id: Mapped[int] = mapped_column(Integer, primary_key=True)
    slug: Mapped[str] = mapped_column(String(64), unique=True)
    name: Mapped[str] = mapped_column(String(120))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Conversation(Base):
    """One reader's chat. Its id is random and opens nothing without a token."""

    __tablename__ = "conversations"
    __table_args__ = (
        UniqueConstraint("id", "school_id"),  # what rows below point to
        CheckConstraint("state IN ('bot', 'person', 'closed')", name="state"),
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


def _of_conversation() -> ForeignKeyConstraint:
    # Both columns, so that a row cannot stand under another school than its conversation.
    return ForeignKeyConstraint(
        ["conversation_id", "school_id"],
        ["conversations.id", "conversations.school_id"],
        ondelete="CASCADE",
    )


class Entry(Base):
    """One line of a conversation, numbered without gaps from 1."""

    __tablename__ = "entries"
    __table_args__ = (
        _of_conversation(),
        UniqueConstraint("conversation_id", "seq"),
        UniqueConstraint("conversation_id", "client_message_id"),
        CheckConstraint("sender IN ('reader', 'service', 'person', 'notice')", name="sender"),
        CheckConstraint("status IN ('received', 'answered', 'waiting', 'failed')", name="status"),
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
    # {"messages": [message, …]}, and {"payload": "/…"} where a button was pressed.
    body: Mapped[dict[str, Any]] = mapped_column(JSON)
    # What operators may see of how a reply came about; never shown to a reader.
    meta: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))
    status: Mapped[str] = mapped_column(String(16))
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class Offer(Base):
    """A button that was offered in a conversation; only offered ones may be pressed."""

    __tablename__ = "offers"
    __table_args__ = (_of_conversation(), UniqueConstraint("conversation_id", "payload"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    conversation_id: Mapped[str] = mapped_column(String(32))
    payload: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)


class Erasure(Base):
    """A deleted conversation whose tracker the engine has still to forget."""

    __tablename__ = "erasures"

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
