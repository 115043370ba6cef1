"""Finds free times in the store: what `slots` works out, for a pupil or for anybody."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection

from bot.advisers.meetings.school_rules import MeetingRules, calendar_of, rules_of
from bot.advisers.meetings.slots import (
    Calendar,
    Hours,
    LessonTime,
    Session,
    Slot,
    Span,
    moment,
    pupil_key,
    room_key,
    sessions_of,
    slots_of,
    staff_key,
)
from bot.records.meetings.cells import taken_cells
from bot.records.meetings.hours import absences_of, hours_of, lessons_to_avoid
from bot.records.pupils import PupilRow

_NIGHT = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Times:
    """What free times are worked out from, read once."""

    rules: MeetingRules
    calendar: Calendar
    hours: dict[str, tuple[Hours, ...]]
    """By whose they are."""
    away: dict[str, tuple[Span, ...]]
    taken: frozenset[tuple[str, datetime]]

    def slots(
        self,
        first_on: date,
        last_on: date,
        now: datetime,
        *,
        pupil_id: str | None = None,
        lessons: Sequence[LessonTime] = (),
        taken: Collection[tuple[str, datetime]] | None = None,
        staff_ids: Collection[str] | None = None,
    ) -> list[Slot]:
        """The free times from day to day, in order; of these staff only, if given.

        `taken` is in place of what the store said, where more is taken by now.
        """
        found: list[Slot] = []
        for staff_id, hours in self.hours.items():
            if staff_ids is None or staff_id in staff_ids:
                found += slots_of(
                    hours,
                    self.rules.slots,
                    self.calendar,
                    first_on=first_on,
                    last_on=last_on,
                    now=now,
                    away=self.away[staff_id],
                    lessons=lessons,
                    taken=self.taken if taken is None else taken,
                    pupil_id=pupil_id,
                )
        return sorted(found, key=lambda slot: (slot.begins_at, slot.staff_id, slot.room or ""))


def times(
    connection: Connection,
    school_id: int,
    first_on: date,
    last_on: date,
    now: datetime,
    *,
    pupil_ids: Collection[str] = (),
) -> Times:
    """Read what free times from day to day are worked out from, for these pupils."""
    rules = rules_of(connection, school_id)
    hours: dict[str, tuple[Hours, ...]] = {}
    for row in hours_of(connection, school_id):
        one = Hours(
            row.staff_id,
            row.weekday,
            row.begins,
            row.ends,
            row.kind,
            row.room,
            row.first_on,
            row.last_on,
        )
        hours[row.staff_id] = (*hours.get(row.staff_id, ()), one)
    away = {
        staff_id: tuple(
            Span(one.begins_at, one.ends_at)
            for one in absences_of(connection, school_id, staff_id, now)
        )
        for staff_id in hours
    }
    rooms = {one.room for listed in hours.values() for one in listed if one.room}
    keys = {
        *map(staff_key, hours),
        *map(room_key, rooms),
        *map(pupil_key, pupil_ids),
    }
    begins = moment(first_on, datetime.min.time()) - _NIGHT
    ends = moment(last_on, datetime.min.time()) + 2 * _NIGHT
    taken = taken_cells(connection, school_id, keys, begins, ends)
    calendar = calendar_of(connection, school_id, rules)
    return Times(rules, calendar, hours, away, frozenset(taken))


def lessons_for(connection: Connection, school_id: int, pupil: PupilRow) -> list[LessonTime]:
    """The lessons that a pupil should not miss."""
    return [
        LessonTime(one.weekday, one.begins, one.ends, one.week)
        for one in lessons_to_avoid(connection, school_id, pupil.tutor_group)
    ]


def free_for(
    connection: Connection,
    school_id: int,
    pupil: PupilRow,
    first_on: date,
    last_on: date,
    now: datetime,
) -> list[Slot]:
    """When this pupil could have a meeting, from day to day, in order of time."""
    found = times(connection, school_id, first_on, last_on, now, pupil_ids=[pupil.id])
    lessons = lessons_for(connection, school_id, pupil)
    return found.slots(first_on, last_on, now, pupil_id=pupil.id, lessons=lessons)


def drop_ins(
    connection: Connection, school_id: int, first_on: date, last_on: date, now: datetime
) -> list[Session]:
    """The sessions to which pupils come as they like, from day to day."""
    found = times(connection, school_id, first_on, last_on, now)
    sessions: list[Session] = []
    for staff_id, hours in found.hours.items():
        sessions += sessions_of(
            [one for one in hours if one.kind == "drop-in"],
            found.calendar,
            first_on=first_on,
            last_on=last_on,
            now=now,
            away=found.away[staff_id],
        )
    return sorted(sessions, key=lambda one: (one.begins_at, one.staff_id))


def spread(slots: Sequence[Slot], most: int) -> list[Slot]:
    """So many of the slots that differ most for somebody to choose from: first of all by day.

    Of each day the first, then further ones of these days that do not overlap those before.
    """
    found: list[Slot] = []
    days: set[date] = set()
    for slot in slots:
        day = slot.begins_at.date()
        if day not in days and len(found) < most:
            days.add(day)
            found.append(slot)
    for slot in slots:
        if len(found) >= most:
            break
        apart = all(
            slot.ends_at <= other.begins_at or other.ends_at <= slot.begins_at for other in found
        )
        if apart:
            found.append(slot)
    return sorted(found, key=lambda slot: (slot.begins_at, slot.staff_id, slot.room or ""))
