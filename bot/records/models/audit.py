"""The audit: what was done and seen, by whom, in a chain that shows what was taken out of it."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models.base import Base, RowId, UtcTime, of_one_school, one_of

ACTORS = ("staff", "pupil", "guest", "service", "operator", "nobody")


class AuditEvent(Base):
    """One act or view. Never changed: the database refuses it. Numbered by school from 1.

    `hash` is over this row and the hash before it; what may have to be deleted stands in
    `audit_details`, of which only a hash with salt is in the chain.
    """

    __tablename__ = "audit_events"
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        UniqueConstraint("school_id", "number"),
        CheckConstraint(one_of("actor_kind", ACTORS), name="actor_kind"),
        Index(None, "school_id", "object_kind", "object_id"),
        Index(None, "school_id", "at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    number: Mapped[int] = mapped_column(Integer)
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor_kind: Mapped[str] = mapped_column(String(16))
    # Of staff as it is; else a hash that leads back to nobody (bot/records/audit/chain.py).
    actor_id: Mapped[str | None] = mapped_column(String(32))
    # A verb of the list in bot/records/audit/actions.yml: "record viewed", "meeting signed off".
    action: Mapped[str] = mapped_column(String(64))
    object_kind: Mapped[str] = mapped_column(String(32))
    # A hash of it: events stay when what they tell of is deleted.
    object_id: Mapped[str | None] = mapped_column(String(64))
    detail_hash: Mapped[str | None] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64))
    hash: Mapped[str] = mapped_column(String(64))


class AuditDetail(Base):
    """What an event says beside: purpose, before and after, who the actor was. Sealed JSON.

    Where it tells of a pupil it goes with the pupil; the event stays.
    """

    __tablename__ = "audit_details"
    __table_args__ = (
        of_one_school("audit_events", "event_id"),
        of_one_school("pupils", "pupil_id"),
        Index(None, "pupil_id"),
    )

    event_id: Mapped[int] = mapped_column(RowId, primary_key=True, autoincrement=False)
    school_id: Mapped[int] = mapped_column(Integer)
    detail: Mapped[str] = mapped_column(Text)
    pupil_id: Mapped[str | None] = mapped_column(String(32))
