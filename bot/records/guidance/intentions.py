"""Who of a year group has said this school year where they plan to go, and who has not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, select

from bot.records.guidance.destinations import DestinationRow
from bot.records.models import Destination
from bot.records.pupils import PupilRow, in_year_7, list_pupils, school_year
from bot.records.sealing import Sealing

ASKED_FROM = 9
"""From this year group on pupils are asked where they plan to go, once a school year."""


@dataclass(frozen=True, slots=True, repr=False)
class Intentions:
    """Of one year group, by name: who has said, and who has not."""

    told: tuple[PupilRow, ...]
    missing: tuple[PupilRow, ...]


def intentions_of(
    connection: Connection, sealing: Sealing, school_id: int, year_group: int, today: date
) -> Intentions:
    """Look at everybody who is in that year group today. Raises SealBroken."""
    beginning = school_year(today)
    chosen = select(Destination.pupil_id).where(
        Destination.school_id == school_id,
        Destination.kind == "intended",
        Destination.reported_on.between(date(beginning, 9, 1), date(beginning + 1, 8, 31)),
    )
    known = set(connection.execute(chosen).scalars())
    found = [
        pupil
        for pupil in list_pupils(
            connection, sealing, school_id, year_7_in=in_year_7(year_group, beginning)
        )
        if not pupil.has_left(today)
    ]
    return Intentions(
        tuple(pupil for pupil in found if pupil.id in known),
        tuple(pupil for pupil in found if pupil.id not in known),
    )


def is_asked(pupil: PupilRow, intended: DestinationRow | None, today: date) -> bool:
    """Whether it is time to ask the pupil: from Year 9, once a school year, until it is told."""
    if pupil.has_left(today) or pupil.year_group(today) < ASKED_FROM:
        return False
    return intended is None or school_year(intended.reported_on) < school_year(today)
