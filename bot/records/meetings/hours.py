"""When staff give meetings, when they are away, and which lessons tutor groups should not miss."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from sqlalchemy import Connection, delete, insert, or_, select

from bot.records.models import Absence, Lesson, StaffMember, WorkingHours

LONGEST_ROOM = 40
LONGEST_SUBJECT = 60


@dataclass(frozen=True, slots=True)
class HoursRow:
    """Hours of a weekday (Monday is 0) in which somebody of staff gives meetings of that kind."""

    id: int
    school_id: int
    staff_id: str
    kind: str
    weekday: int
    begins: time
    ends: time
    room: str | None
    first_on: date | None
    last_on: date | None


@dataclass(frozen=True, slots=True)
class AbsenceRow:
    """From when to when somebody of staff is away."""

    id: int
    school_id: int
    staff_id: str
    begins_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class LessonRow:
    """A lesson of a tutor group; `week` is "A", "B", or "" for every week."""

    tutor_group: str
    weekday: int
    week: str
    begins: time
    ends: time
    subject: str
    avoid: bool


def add_hours(
    connection: Connection,
    school_id: int,
    staff_id: str,
    *,
    weekday: int,
    begins: time,
    ends: time,
    kind: str = "guidance",
    room: str | None = None,
    first_on: date | None = None,
    last_on: date | None = None,
) -> int:
    """Add hours of somebody; their number. IntegrityError for hours that cannot be."""
    made = insert(WorkingHours).values(
        school_id=school_id,
        staff_id=staff_id,
        kind=kind,
        weekday=weekday,
        begins=begins,
        ends=ends,
        room=room,
        first_on=first_on,
        last_on=last_on,
    )
    return connection.execute(made.returning(WorkingHours.id)).scalar_one()


def delete_hours(connection: Connection, school_id: int, staff_id: str, hours_id: int) -> bool:
    """Take somebody's hours out; False when there were none such. Meetings in them stay."""
    where = (
        WorkingHours.school_id == school_id,
        WorkingHours.staff_id == staff_id,
        WorkingHours.id == hours_id,
    )
    return bool(connection.execute(delete(WorkingHours).where(*where)).rowcount)


def hours_of(connection: Connection, school_id: int, staff_id: str | None = None) -> list[HoursRow]:
    """The hours of somebody of staff, or of everybody who has not left, in order of the week."""
    chosen = (
        select(WorkingHours.__table__)
        .join(StaffMember, StaffMember.id == WorkingHours.staff_id)
        .where(
            WorkingHours.school_id == school_id,
            StaffMember.school_id == school_id,
            StaffMember.left_on.is_(None),
        )
        .order_by(WorkingHours.weekday, WorkingHours.begins, WorkingHours.id)
    )
    if staff_id is not None:
        chosen = chosen.where(WorkingHours.staff_id == staff_id)
    return [HoursRow(**row._mapping) for row in connection.execute(chosen)]


def add_absence(
    connection: Connection, school_id: int, staff_id: str, begins_at: datetime, ends_at: datetime
) -> int:
    """Somebody is away from then to then; its number. IntegrityError where that cannot be."""
    values = {
        "school_id": school_id,
        "staff_id": staff_id,
        "begins_at": begins_at,
        "ends_at": ends_at,
    }
    return connection.execute(insert(Absence).values(values).returning(Absence.id)).scalar_one()


def delete_absence(connection: Connection, school_id: int, staff_id: str, absence_id: int) -> bool:
    """Somebody is there after all; False when there was no such absence."""
    where = (
        Absence.school_id == school_id,
        Absence.staff_id == staff_id,
        Absence.id == absence_id,
    )
    return bool(connection.execute(delete(Absence).where(*where)).rowcount)


def absences_of(
    connection: Connection, school_id: int, staff_id: str, from_then: datetime
) -> list[AbsenceRow]:
    """When somebody is away, as far as it has not passed, in order of time."""
    chosen = select(Absence.__table__).where(
        Absence.school_id == school_id, Absence.staff_id == staff_id, Absence.ends_at > from_then
    )
    rows = connection.execute(chosen.order_by(Absence.begins_at, Absence.id))
    return [AbsenceRow(**row._mapping) for row in rows]


def lessons_to_avoid(
    connection: Connection, school_id: int, tutor_group: str | None
) -> list[LessonRow]:
    """The lessons that this tutor group, or all groups ("*"), should not miss."""
    chosen = select(*_LESSON).where(
        Lesson.school_id == school_id,
        Lesson.avoid,
        or_(Lesson.tutor_group == tutor_group, Lesson.tutor_group == "*"),
    )
    return [LessonRow(**row._mapping) for row in connection.execute(chosen)]


def lessons_of(connection: Connection, school_id: int) -> list[LessonRow]:
    """The whole timetable."""
    chosen = select(*_LESSON).where(Lesson.school_id == school_id)
    ordered = chosen.order_by(Lesson.tutor_group, Lesson.week, Lesson.weekday, Lesson.begins)
    return [LessonRow(**row._mapping) for row in connection.execute(ordered)]


def replace_lessons(connection: Connection, school_id: int, lessons: Sequence[LessonRow]) -> int:
    """Let these be the timetable, in place of the one before; how many there were before."""
    gone = connection.execute(delete(Lesson).where(Lesson.school_id == school_id)).rowcount
    rows: list[dict[str, Any]] = [
        {
            "school_id": school_id,
            "tutor_group": one.tutor_group,
            "weekday": one.weekday,
            "week": one.week,
            "begins": one.begins,
            "ends": one.ends,
            "subject": one.subject,
            "avoid": one.avoid,
        }
        for one in lessons
    ]
    if rows:
        connection.execute(insert(Lesson), rows)
    return gone


_LESSON = (
    Lesson.tutor_group,
    Lesson.weekday,
    Lesson.week,
    Lesson.begins,
    Lesson.ends,
    Lesson.subject,
    Lesson.avoid,
)
