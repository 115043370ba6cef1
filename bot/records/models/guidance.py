"""The guidance record: its lines, what they said before, what waits for a yes, who looked."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Date,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models.base import Base, RowId, UtcTime, of_one_school

KINDS = (
    "information", "advice", "aspiration", "decision", "action", "experience", "skill", "barrier",
    "note",
)  # fmt: skip
CONFIRMED_KINDS = ("aspiration", "decision", "action", "barrier")
"""What a pupil decided, or may not want kept: never in the record without the pupil's yes."""
STATUSES = ("standing", "open", "done", "dropped")
PROVENANCES = ("service", "pupil", "adviser", "staff", "import")


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class RecordLine(Base):
    """One line of a pupil's record. What it says is sealed; its kind and dates are not."""

    __tablename__ = "record_lines"
    __table_args__ = (
        of_one_school("pupils", "pupil_id"),
        UniqueConstraint("id", "school_id"),
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint(_one_of("status", STATUSES), name="status"),
        CheckConstraint(_one_of("provenance", PROVENANCES), name="provenance"),
        CheckConstraint(
            f"confirmed_at IS NOT NULL OR NOT ({_one_of('kind', CONFIRMED_KINDS)})",
            name="confirmed",
        ),
        CheckConstraint("(kind = 'action') = (status <> 'standing')", name="only_actions_end"),
        Index(None, "pupil_id", "happened_on"),
        Index(None, "school_id", "kind", "happened_on"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    pupil_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    status: Mapped[str] = mapped_column(String(16), default="standing")
    # Sealed JSON; its fields depend on the kind (bot/records/guidance/lines.py).
    body: Mapped[str] = mapped_column(Text)
    happened_on: Mapped[date] = mapped_column(Date)
    due_on: Mapped[date | None] = mapped_column(Date)
    provenance: Mapped[str] = mapped_column(String(16))
    staff_id: Mapped[str | None] = mapped_column(String(32))
    # Where it comes from, nothing personal: conversation, seq, answers; or the school it came from.
    source: Mapped[dict[str, Any]] = mapped_column(JSON)
    confirmed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    disputed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class LineVersion(Base):
    """What a line said before it was corrected."""

    __tablename__ = "line_versions"
    __table_args__ = (
        of_one_school("record_lines", "line_id"),
        CheckConstraint("changed_by IN ('pupil', 'staff')", name="changed_by"),
        Index(None, "line_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    line_id: Mapped[str] = mapped_column(String(32))
    body: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(String(16))
    changed_by: Mapped[str] = mapped_column(String(8))
    replaced_at: Mapped[datetime] = mapped_column(UtcTime)


class Proposal(Base):
    """A line that the service offered to add; it waits for the pupil's yes and enters nothing."""

    __tablename__ = "proposals"
    __table_args__ = (
        of_one_school("pupils", "pupil_id"),
        CheckConstraint(_one_of("kind", KINDS), name="kind"),
        CheckConstraint(
            "outcome IS NULL OR outcome IN ('confirmed', 'declined', 'lapsed')", name="outcome"
        ),
        Index(None, "pupil_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    pupil_id: Mapped[str] = mapped_column(String(32))
    conversation_id: Mapped[str | None] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    body: Mapped[str] = mapped_column(Text)
    source: Mapped[dict[str, Any]] = mapped_column(JSON)
    due_on: Mapped[date | None] = mapped_column(Date)
    outcome: Mapped[str | None] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)


class Destination(Base):
    """Where a pupil means to go, or went."""

    __tablename__ = "destinations"
    __table_args__ = (
        of_one_school("pupils", "pupil_id"),
        CheckConstraint("kind IN ('intended', 'actual')", name="kind"),
        Index(None, "pupil_id", "reported_on"),
        Index(None, "school_id", "kind", "reported_on"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    pupil_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(8))
    category: Mapped[str] = mapped_column(String(32))
    details: Mapped[str] = mapped_column(Text)
    year_group: Mapped[int] = mapped_column(Integer)
    sustained: Mapped[bool | None] = mapped_column(Boolean)
    reported_by: Mapped[str] = mapped_column(String(8))
    reported_on: Mapped[date] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class DestinationInvitation(Base):
    """A link with which a leaver says where they are; of its token only the hash is kept."""

    __tablename__ = "destination_invitations"
    __table_args__ = (
        of_one_school("pupils", "pupil_id"),
        UniqueConstraint("token_hash"),
        CheckConstraint("years_after BETWEEN 0 AND 10", name="years_after"),
        Index(None, "pupil_id", "created_at"),
        Index(None, "school_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    pupil_id: Mapped[str] = mapped_column(String(32))
    # Which asking: 0 at leaving, else so many years after.
    years_after: Mapped[int] = mapped_column(Integer)
    token_hash: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    answered_at: Mapped[datetime | None] = mapped_column(UtcTime)
    withdrawn_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # The row that the answer made; a changed answer takes its place.
    destination_id: Mapped[str | None] = mapped_column(String(32))


class RecordView(Base):
    """Somebody other than the pupil read the pupil's record."""

    __tablename__ = "record_views"
    __table_args__ = (of_one_school("pupils", "pupil_id"), Index(None, "pupil_id", "viewed_at"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    pupil_id: Mapped[str] = mapped_column(String(32))
    staff_id: Mapped[str | None] = mapped_column(String(32))
    # Sealed JSON: name and role as they were then.
    actor: Mapped[str] = mapped_column(Text)
    purpose: Mapped[str] = mapped_column(String(200))
    viewed_at: Mapped[datetime] = mapped_column(UtcTime)
