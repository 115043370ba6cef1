"""Whether replies were any good: what readers tapped, and what staff want mended."""

from datetime import datetime

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models.base import Base, RowId, UtcTime, of_one_school


class EntryOpinion(Base):
    """Whether a reader found a reply helpful, with one tap, and why."""

    __tablename__ = "entry_opinions"
    __table_args__ = (
        of_one_school("conversations", "conversation_id"),
        UniqueConstraint("conversation_id", "seq"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    conversation_id: Mapped[str] = mapped_column(String(32))
    seq: Mapped[int] = mapped_column(Integer)
    helpful: Mapped[bool] = mapped_column(Boolean)
    # Sealed JSON: why; None where nothing was said.
    why: Mapped[str | None] = mapped_column(Text)
    at: Mapped[datetime] = mapped_column(UtcTime)


class ContentTask(Base):
    """An answer that staff marked wrong, or a question that wants one: the content queue."""

    __tablename__ = "content_tasks"
    __table_args__ = (
        CheckConstraint("kind IN ('wrong', 'missing')", name="kind"),
        Index(None, "school_id", "ended_at", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    kind: Mapped[str] = mapped_column(String(8))
    answer: Mapped[str | None] = mapped_column(String(80))
    # Sealed JSON: the question as it was asked, what staff said is wrong.
    details: Mapped[str] = mapped_column(Text)
    staff_id: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
