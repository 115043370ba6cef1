"""The outbox of mail."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models.base import Base, RowId, UtcTime


class Mail(Base):
    """The outbox: a mail to be sent, tried again until it is, or given up and said so."""

    __tablename__ = "mails"
    __table_args__ = (
        UniqueConstraint("school_id", "once"),
        Index(None, "sent_at", "given_up_at", "next_try_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    # What makes it the same mail, so that it is put here once only.
    once: Mapped[str] = mapped_column(String(120))
    # Sealed JSON: to, subject, text, html?, parts.
    message: Mapped[str] = mapped_column(Text)
    attempts: Mapped[int] = mapped_column(Integer, default=0)
    next_try_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)
    given_up_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
