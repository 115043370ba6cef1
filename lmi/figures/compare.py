"""Two or three jobs side by side, in the order in which they were asked about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from lmi.figures.change import PayChange, pay_change
from lmi.figures.entry import WaysIn, ways_in
from lmi.figures.outlook import Outlook, outlook
from lmi.figures.pay import Pay, typical_pay
from lmi.figures.scope import ENGLAND, distinct
from lmi.figures.workforce import Workforce, workforce
from lmi.snapshot import Snapshot, Source


@dataclass(frozen=True)
class CompareRow:
    """One job: `name` as shown, `title` the unit group's. None where nothing is published."""

    soc2020: str
    name: str
    title: str
    pay: Pay | None
    change: PayChange | None
    workforce: Workforce | None
    outlook: Outlook | None
    ways_in: WaysIn | None


@dataclass(frozen=True)
class Comparison:
    """The rows, and the pay years in them: more than one means that years differ, so say so."""

    rows: tuple[CompareRow, ...]
    pay_years: tuple[int, ...]
    sources: tuple[Source, ...]


def compare(
    snapshot: Snapshot, jobs: Sequence[tuple[str, str]], today: date, area: str = ENGLAND
) -> Comparison:
    """The figures of two or three jobs, each given as (SOC 2020 code, name to show).

    ValueError unless two or three are given; KeyError when there is no such unit group.
    """
    if not 2 <= len(jobs) <= 3:
        raise ValueError(f"two or three jobs can be compared, not {len(jobs)}")
    rows = tuple(
        CompareRow(
            soc2020=code,
            name=name,
            title=snapshot.unit_groups[code].title,
            pay=typical_pay(snapshot, code),
            change=pay_change(snapshot, code),
            workforce=workforce(snapshot, code),
            outlook=outlook(snapshot, code, today, area),
            ways_in=ways_in(snapshot, code, [name]),
        )
        for code, name in jobs
    )
    parts = [
        part
        for row in rows
        for part in (row.pay, row.workforce, row.outlook, row.ways_in)
        if part is not None
    ]
    return Comparison(
        rows=rows,
        pay_years=tuple(sorted({row.pay.year for row in rows if row.pay is not None})),
        sources=distinct(source for part in parts for source in part.sources),
    )
