"""Guidance meetings: when advisers are there, who meets whom, the plan, and what counts."""

from datetime import date, datetime, time

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    Time,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models.base import Base, RowId, UtcTime, of_one_school, one_of

MEETING_KINDS = ("guidance", "drop-in", "results", "group")
"""Only one to one guidance can count; a group session never does."""
MEETING_STATES = ("offered", "booked", "cancelled", "missed", "held", "signed off")
CELL_MINUTES = 5
"""Meetings begin and end on such a step; what is taken is kept cell by cell."""


class WorkingHours(Base):
    """When somebody of staff gives meetings: a weekday's hours, in the school's own time."""

    __tablename__ = "working_hours"
    __table_args__ = (
        of_one_school("staff", "staff_id"),
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("ends > begins", name="in_order"),
        CheckConstraint(one_of("kind", MEETING_KINDS), name="kind"),
        Index(None, "staff_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16), default="guidance")
    weekday: Mapped[int] = mapped_column(Integer)
    begins: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
    room: Mapped[str | None] = mapped_column(String(40))
    first_on: Mapped[date | None] = mapped_column(Date)
    last_on: Mapped[date | None] = mapped_column(Date)


class Absence(Base):
    """When somebody of staff is away."""

    __tablename__ = "absences"
    __table_args__ = (
        of_one_school("staff", "staff_id"),
        CheckConstraint("ends_at > begins_at", name="in_order"),
        Index(None, "staff_id", "begins_at"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[str] = mapped_column(String(32))
    begins_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)


class Lesson(Base):
    """A lesson of a tutor group, from the timetable; `avoid` ones are not to be missed."""

    __tablename__ = "lessons"
    __table_args__ = (
        CheckConstraint("weekday BETWEEN 0 AND 6", name="weekday"),
        CheckConstraint("week IN ('', 'A', 'B')", name="week"),
        Index(None, "school_id", "tutor_group"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    tutor_group: Mapped[str] = mapped_column(String(32))
    weekday: Mapped[int] = mapped_column(Integer)
    week: Mapped[str] = mapped_column(String(1), default="")
    begins: Mapped[time] = mapped_column(Time)
    ends: Mapped[time] = mapped_column(Time)
    subject: Mapped[str] = mapped_column(String(60))
    avoid: Mapped[bool] = mapped_column(Boolean)


class Meeting(Base):
    """A guidance meeting of one pupil (or a group session, without a pupil) with one of staff."""

    __tablename__ = "meetings"
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        of_one_school("pupils", "pupil_id"),
        CheckConstraint(one_of("kind", MEETING_KINDS), name="kind"),
        CheckConstraint(one_of("state", MEETING_STATES), name="state"),
        CheckConstraint("ends_at > begins_at", name="in_order"),
        CheckConstraint("(kind = 'group') = (pupil_id IS NULL)", name="one_to_one"),
        Index(None, "school_id", "begins_at"),
        Index(None, "pupil_id"),
        Index(None, "staff_id", "begins_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    pupil_id: Mapped[str | None] = mapped_column(String(32))
    # No reference: a pupil's meetings outlive whoever gave them.
    staff_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    state: Mapped[str] = mapped_column(String(16))
    room: Mapped[str | None] = mapped_column(String(40))
    begins_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)
    # What calendars know it by: stable, and a number that rises with each change.
    calendar_id: Mapped[str] = mapped_column(String(64), unique=True)
    sequence: Mapped[int] = mapped_column(Integer, default=0)
    # Sealed JSON: what the pupil wants to talk about; why it was changed or cancelled.
    details: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class TakenCell(Base):
    """Five minutes of a person or a room that a meeting takes; the key lets no two take them."""

    __tablename__ = "taken_cells"
    __table_args__ = (of_one_school("meetings", "meeting_id"), Index(None, "meeting_id"))

    school_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    # "staff:<id>", "pupil:<id>" or "room:<name>".
    whose: Mapped[str] = mapped_column(String(48), primary_key=True)
    begins_at: Mapped[datetime] = mapped_column(UtcTime, primary_key=True)
    meeting_id: Mapped[str] = mapped_column(String(32))


class Invitee(Base):
    """Who comes along with the pupil's agreement: a parent, the SENCO, an interpreter."""

    __tablename__ = "invitees"
    __table_args__ = (
        of_one_school("meetings", "meeting_id"),
        CheckConstraint("role IN ('parent', 'senco', 'interpreter', 'other')", name="role"),
        Index(None, "meeting_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    meeting_id: Mapped[str] = mapped_column(String(32))
    role: Mapped[str] = mapped_column(String(16))
    # Sealed JSON: name, email.
    details: Mapped[str] = mapped_column(Text)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcTime)


class ActionPlan(Base):
    """What was explored, advised and agreed in a meeting; the pupil agrees to it or comments."""

    __tablename__ = "action_plans"
    __table_args__ = (of_one_school("meetings", "meeting_id"),)

    meeting_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    # Sealed JSON; its shape is in bot/advisers/action_plans.py.
    body: Mapped[str] = mapped_column(Text)
    version: Mapped[int] = mapped_column(Integer)
    written_at: Mapped[datetime] = mapped_column(UtcTime)
    # The version that the pupil agreed to, if any, and the pupil's comment, sealed.
    agreed_version: Mapped[int | None] = mapped_column(Integer)
    agreed_at: Mapped[datetime | None] = mapped_column(UtcTime)
    comment: Mapped[str | None] = mapped_column(Text)
    follow_up_on: Mapped[date | None] = mapped_column(Date)


class PlanShare(Base):
    """Somebody whom the pupil agreed to let have the plan."""

    __tablename__ = "plan_shares"
    __table_args__ = (of_one_school("meetings", "meeting_id"), Index(None, "meeting_id"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    meeting_id: Mapped[str] = mapped_column(String(32))
    # Sealed JSON: who (tutor, parent, SENCO), name, email.
    details: Mapped[str] = mapped_column(Text)
    agreed_at: Mapped[datetime] = mapped_column(UtcTime)
    sent_at: Mapped[datetime | None] = mapped_column(UtcTime)


class SignOff(Base):
    """That a meeting counts, by whom, and what the adviser held on that day."""

    __tablename__ = "sign_offs"
    __table_args__ = (
        of_one_school("meetings", "meeting_id"),
        CheckConstraint("minutes > 0", name="minutes"),
        CheckConstraint("level >= 6 OR equivalent", name="qualified"),
    )

    meeting_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[str] = mapped_column(String(32))
    minutes: Mapped[int] = mapped_column(Integer)
    level: Mapped[int] = mapped_column(Integer)
    equivalent: Mapped[bool] = mapped_column(Boolean)
    # Sealed JSON: name, employer, qualification, register number and expiry, reason if short.
    held: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(UtcTime)


class WaitingPlace(Base):
    """A pupil who waits for a meeting to come free."""

    __tablename__ = "waiting_places"
    __table_args__ = (of_one_school("pupils", "pupil_id"), Index(None, "school_id", "ended_at"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    pupil_id: Mapped[str] = mapped_column(String(32))
    # Sealed JSON: when would fit.
    wish: Mapped[str] = mapped_column(Text)
    since: Mapped[datetime] = mapped_column(UtcTime)
    ended_at: Mapped[datetime | None] = mapped_column(UtcTime)
