"""Counts of destinations as tables for people: headings, rows, hidden numbers as such."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from bot.advisers.destination_files import WORDING
from bot.records.guidance.aggregates import Counts, Report
from bot.records.guidance.suppression import ALL
from knowledge.destinations import categories, named
from knowledge.wording import Wording

WAYS = ("year", "route", "gender", "pupil-premium", "send")
"""How pupils can be grouped; by route there are the totals, and how many actual ones lasted."""
TOTAL = "Total"


@dataclass(frozen=True, slots=True)
class NumberTable:
    """A table of pupils: a number for each row and column, None where it is hidden."""

    kind: str
    title: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[int | None, ...]], ...]

    def cells(self) -> Iterable[tuple[str, str, int | None]]:
        """Row, column and number of each cell, row by row."""
        for label, numbers in self.rows:
            for column, number in zip(self.columns, numbers, strict=True):
                yield label, column, number


def number_tables(found: Report, way: str, wording: Wording) -> tuple[NumberTable, ...]:
    """The tables of intended and actual destinations, grouped in one of WAYS."""
    kinds = {one.id: one.label for one in named(WORDING.say("destinations.kinds"))}
    tables = []
    for counts in _chosen(found, way):
        columns = _columns(counts, way)
        rows = tuple(
            (label, tuple(counts.number(group, category) for group, _ in columns))
            for category, label in _rows(counts, wording)
        )
        headings = tuple(heading for _, heading in columns)
        tables.append(NumberTable(counts.kind, kinds[counts.kind], headings, rows))
    return tuple(tables)


def span_of(found: Report) -> str:
    """The school year of a report: "2026/27"."""
    return f"{found.beginning_in}/{(found.beginning_in + 1) % 100:02}"


def shown(number: int | None, *, thousands: bool = True) -> str:
    """A number as it is read, or the sign of a hidden one."""
    if number is None:
        return WORDING.say("destinations.hidden")
    return f"{number:,}" if thousands else str(number)


def _chosen(found: Report, way: str) -> list[Counts]:
    groupings = {"intended": "year", "actual": "sustained"} if way == "route" else {}
    return [found.counts[kind, groupings.get(kind, way)] for kind in ("intended", "actual")]


def _columns(counts: Counts, way: str) -> list[tuple[str, str]]:
    """Group and heading of each column of numbers."""
    if way == "route" and counts.kind == "intended":
        return [(ALL, TOTAL)]
    labels = {one.id: one.label for one in named(WORDING.say("destinations.groups"))}
    if counts.grouping == "sustained":
        labels = {one: f"Sustained: {label.lower()}" for one, label in labels.items()}
        labels["not held"] = "Sustained: not known"
    columns = [(one, labels.get(one, f"Year {one.lstrip('0')}")) for one in counts.groups]
    return [*columns, (ALL, TOTAL)]


def _rows(counts: Counts, wording: Wording) -> list[tuple[str, str]]:
    labels = {one.id: one.label for one in categories(wording)}
    return [*((one, labels[one]) for one in counts.categories), (ALL, TOTAL)]
