"""Meetings for many pupils at once: each gets the first time that is left, in the order given."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection

from bot.advisers.meetings.finding import lessons_for, times
from bot.advisers.meetings.slots import Slot, Span, cells_needed
from bot.records.meetings.rows import meetings_of_pupil
from bot.records.pupils import PupilRow, find_pupil
from bot.records.sealing import Sealing


@dataclass(frozen=True, slots=True)
class Given:
    """A pupil, and the time that would be theirs; None with `why`: "booked" or "no time"."""

    pupil: PupilRow
    slot: Slot | None
    why: str | None = None


def share_out(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_ids: Sequence[str],
    staff_id: str,
    first_on: date,
    last_on: date,
    now: datetime,
) -> list[Given]:
    """Which time each pupil would get, from day to day; nothing is booked.

    Nobody gets a lesson that is not to be missed, nor two meetings. Pupils who have left, or whom
    the school does not have, are passed over.
    """
    found = times(connection, school_id, first_on, last_on, now, pupil_ids=pupil_ids)
    taken = set(found.taken)
    given = []
    for pupil_id in dict.fromkeys(pupil_ids):
        pupil = find_pupil(connection, sealing, school_id, pupil_id)
        if pupil is None or pupil.has_left(first_on):
            continue
        there = meetings_of_pupil(connection, sealing, school_id, pupil_id)
        if any(one.is_to_come and one.ends_at > now for one in there):
            given.append(Given(pupil, None, "booked"))
            continue
        slots = found.slots(
            first_on,
            last_on,
            now,
            pupil_id=pupil_id,
            lessons=lessons_for(connection, school_id, pupil),
            taken=taken,
            staff_ids=[staff_id],
        )
        if not slots:
            given.append(Given(pupil, None, "no time"))
            continue
        slot = slots[0]
        span = Span(slot.begins_at, slot.ends_at)
        taken.update(
            cells_needed(span, slot.staff_id, pupil_id, slot.room, found.rules.slots.buffer)
        )
        given.append(Given(pupil, slot))
    return given
