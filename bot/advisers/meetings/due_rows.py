"""The due list of a school, from its store: pupils, what is known of them, and their meetings."""

from __future__ import annotations

from datetime import date

from sqlalchemy import Connection

from bot.advisers.meetings.due import Due, Pupil, Seen, due_list
from bot.records.guidance.lines import day_in_england
from bot.records.meetings.plans import signed_meetings
from bot.records.meetings.rows import all_of_pupils
from bot.records.pupils import PupilDetails, list_pupils
from bot.records.sealing import Sealing

_SEND = ("K", "E")
"""Of the school census: support, and an education, health and care plan."""


def groups_of(details: PupilDetails) -> frozenset[str]:
    """The vulnerable groups that the school holds of a pupil."""
    found = set()
    if details.send in _SEND:
        found.add("send")
    if details.pupil_premium:
        found.add("pupil premium")
    return frozenset(found)


def school_due(connection: Connection, sealing: Sealing, school_id: int, today: date) -> list[Due]:
    """Everybody's row, who needs a meeting most first."""
    counts = signed_meetings(connection, school_id)
    meetings: dict[str, list[Seen]] = {}
    for row in all_of_pupils(connection, sealing, school_id):
        seen = Seen(
            row.id,
            day_in_england(row.begins_at),
            row.state,
            row.id in counts,
            bool(row.details.absent),
        )
        meetings.setdefault(row.pupil_id or "", []).append(seen)
    pupils = [
        Pupil(
            one.id,
            one.year_7_in,
            one.tutor_group,
            groups_of(one.details),
            tuple(meetings.get(one.id, ())),
            f"{one.details.family_name}, {one.details.given_name}",
        )
        for one in list_pupils(connection, sealing, school_id)
        if not one.has_left(today)
    ]
    return due_list(pupils, today)
