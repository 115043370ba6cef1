"""How many pupils mean to go where, and went where: by year, gender, pupil premium, SEND.

Names nobody.

Small numbers are hidden, and what they could be worked out from (see `suppression`). All tables of
a report are made together, whichever of them is shown: so each hides what another would give away.
A report is of one school year; there is none over several, from which one could be taken away.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.records.guidance.destinations import (
    ACTUAL,
    INTENDED,
    DestinationRow,
    opened_destination,
)
from bot.records.guidance.suppression import ALL, Tables, hidden_cells
from bot.records.models import Destination, Pupil
from bot.records.pupils import PupilDetails, school_year
from bot.records.sealing import Sealing

NOT_HELD = "not held"
GROUPINGS = ("year", "gender", "pupil-premium", "send", "sustained")
"""The ways in which pupils are grouped; "sustained" for actual destinations only."""
KINDS: Mapping[str, tuple[str, ...]] = {"intended": INTENDED, "actual": ACTUAL}
_GENDER = {"F": "female", "M": "male", "X": "another"}
_SEND = {"N": "none", "K": "support", "E": "plan"}


@dataclass(frozen=True, slots=True)
class Counts:
    """How many pupils of a kind of destination, by category and group.

    `numbers` has (group, category), with ALL for a total; None is a hidden number, and nought is
    left out. `categories` are in their usual order, `groups` sorted.
    """

    kind: str
    grouping: str
    groups: tuple[str, ...]
    categories: tuple[str, ...]
    numbers: Mapping[tuple[str, str], int | None] = field(repr=False)

    def number(self, group: str, category: str) -> int | None:
        """The pupils of that group and category (ALL for a total); None when it is hidden."""
        return self.numbers.get((group, category), 0)


@dataclass(frozen=True, slots=True)
class Report:
    """The counts of one school year, by kind and grouping."""

    beginning_in: int
    counts: Mapping[tuple[str, str], Counts]


def report(connection: Connection, sealing: Sealing, school_id: int, beginning_in: int) -> Report:
    """Count what was reported in the school year that began in September of that year.

    Of a pupil who told more than once, the last word counts. Gender, pupil premium and SEND are as
    they are held now. Raises SealBroken.
    """
    found = _latest(connection, school_id, beginning_in)
    held = _held(connection, sealing, school_id, {row.pupil_id for row in found})
    counts: dict[tuple[str, str], Counts] = {}
    for kind, categories in KINDS.items():
        rows = [row for row in found if row.kind == kind]
        groupings = GROUPINGS if kind == "actual" else GROUPINGS[:-1]
        tables = Tables(
            {
                one: Counter((_group(one, row, held[row.pupil_id]), row.category) for row in rows)
                for one in groupings
            }
        )
        for grouping in groupings:
            counts[kind, grouping] = _counts(kind, grouping, tables, categories)
    return Report(beginning_in, counts)


def years_reported(connection: Connection, school_id: int) -> list[int]:
    """In which school years (by their beginning) destinations were reported, newest first."""
    chosen = select(Destination.reported_on).where(Destination.school_id == school_id).distinct()
    days = connection.execute(chosen).scalars()
    return sorted({school_year(day) for day in days}, reverse=True)


def destinations_of_school(
    connection: Connection, sealing: Sealing, school_id: int
) -> list[DestinationRow]:
    """Every destination at the school, of leavers too, newest first. Raises SealBroken."""
    chosen = (
        select(Destination.__table__)
        .where(Destination.school_id == school_id)
        .order_by(Destination.reported_on.desc(), Destination.created_at.desc(), Destination.id)
    )
    return [opened_destination(sealing, row) for row in connection.execute(chosen)]


def _latest(connection: Connection, school_id: int, beginning_in: int) -> list[Row[Any]]:
    """The last destination of each kind that each pupil reported in that school year."""
    chosen = (
        select(
            Destination.pupil_id,
            Destination.kind,
            Destination.category,
            Destination.year_group,
            Destination.sustained,
        )
        .where(
            Destination.school_id == school_id,
            Destination.reported_on.between(
                date(beginning_in, 9, 1), date(beginning_in + 1, 8, 31)
            ),
        )
        .order_by(Destination.reported_on, Destination.created_at, Destination.id.desc())
    )
    last: dict[tuple[str, str], Any] = {
        (row.pupil_id, row.kind): row for row in connection.execute(chosen)
    }
    return list(last.values())


def _held(
    connection: Connection, sealing: Sealing, school_id: int, pupil_ids: set[str]
) -> dict[str, PupilDetails]:
    chosen = select(Pupil.id, Pupil.details).where(Pupil.school_id == school_id)
    return {
        row.id: PupilDetails.of_json(sealing.open(row.details))
        for row in connection.execute(chosen)
        if row.id in pupil_ids
    }


def _group(grouping: str, row: Row[Any], held: PupilDetails) -> str:
    if grouping == "year":
        return f"{row.year_group:02}"
    if grouping == "gender":
        return _GENDER.get(held.gender or "", NOT_HELD)
    if grouping == "send":
        return _SEND.get(held.send or "", NOT_HELD)
    told = held.pupil_premium if grouping == "pupil-premium" else row.sustained
    return NOT_HELD if told is None else "yes" if told else "no"


def _counts(kind: str, grouping: str, tables: Tables, categories: tuple[str, ...]) -> Counts:
    hidden = hidden_cells(tables)
    numbers: dict[tuple[str, str], int | None] = {}
    for cell, value in tables.cells().items():
        table, group, category = cell
        if table in (grouping, ALL):
            numbers[group, category] = None if cell in hidden else value
    groups = sorted({group for group, _ in numbers if group != ALL})
    return Counts(kind, grouping, tuple(groups), categories, numbers)
