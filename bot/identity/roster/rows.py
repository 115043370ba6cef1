"""The rows of a file as pupils, and the bad ones by line and reason."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from bot.identity.roster.columns import FULL_NAME, sentence
from bot.identity.roster.mapping import FileColumns
from bot.identity.roster.reading import Table
from bot.identity.roster.upn import LENGTH, upn_problem, upn_typed
from bot.identity.roster.values import (
    Unread,
    birth_date_of,
    email_of,
    flag_of,
    gender_of,
    has_unseen,
    name_of,
    names_of,
    seen,
    send_of,
    tutor_group_of,
    year_group_of,
)
from bot.records.pupils import PupilDetails, in_year_7, name_key, school_year

_FLAGS = ("pupil_premium", "eal")


@dataclass(frozen=True, slots=True, repr=False)
class RosterRow:
    """A row that can be read.

    `details` has only what the school holds. UPN and date of birth of the file stand beside it:
    by them a pupil is known again, held or not.
    """

    line: int
    details: PupilDetails
    year_group: int
    year_7_in: int
    tutor_group: str | None
    upn: str | None
    birth_date: date | None

    def person(self) -> tuple[str, str, date | None]:
        """Name and date of birth as they are compared."""
        return (*self.names(), self.birth_date)

    def names(self) -> tuple[str, str]:
        """First and family name as they are compared."""
        return name_key(self.details.given_name), name_key(self.details.family_name)


@dataclass(frozen=True, slots=True, repr=False)
class BadRow:
    """A row that is left out, with the key of its reason in words.yml.

    `whose` is what can be read of it: the UPN, the names. With neither nobody can say whose row
    it is.
    """

    line: int
    reason: str
    values: Mapping[str, Any] = field(default_factory=dict)
    upn: str | None = None
    names: tuple[str, str] | None = None
    initial: str = ""

    def says(self) -> str:
        """The reason as the office reads it, without a value of the row."""
        return sentence("rows", self.reason, {"line": self.line, **self.values})


@dataclass(frozen=True, slots=True, repr=False)
class RosterRows:
    """A file's rows. `given` are the held columns that the file has."""

    rows: tuple[RosterRow, ...]
    bad: tuple[BadRow, ...]
    given: frozenset[str]
    repeated: int
    with_unseen: int
    beginning_in: int
    """The school year that the year groups are for, by the year in which it begins."""


def read_rows(
    table: Table, columns: FileColumns, held: frozenset[str], today: date, beginning_in: int | None
) -> RosterRows:
    """Read every row; nothing of a column that is not held goes further than here.

    `beginning_in` is the year in which the school year of the file begins; None is today's.
    """
    beginning = school_year(today) if beginning_in is None else beginning_in
    blank_is_no = _blank_is_no(table, columns)
    reader = _RowReader(columns, held, today, beginning, blank_is_no, len(columns.headings))
    good: list[RosterRow] = []
    bad: list[BadRow] = []
    for line, cells in table.rows:
        try:
            good.append(reader.row(line, cells))
        except Unread as problem:
            bad.append(reader.bad(line, cells, problem))
    good, repeated = _without_repeats(good)
    good, twice = _without_doubles(good)
    names = set(columns.places) | ({"given_name", "family_name"} & held)
    return RosterRows(
        rows=tuple(good),
        bad=tuple(sorted([*bad, *twice], key=lambda one: one.line)),
        given=frozenset(names & held),
        repeated=repeated,
        with_unseen=reader.with_unseen,
        beginning_in=beginning,
    )


def _blank_is_no(table: Table, columns: FileColumns) -> set[str]:
    """The columns that only ever say yes: there an empty cell means no, as a box not ticked."""
    found = set()
    for name in (*_FLAGS, "send"):
        said = set()
        for place in columns.places.get(name, ())[:1]:
            for _, cells in table.rows:
                try:
                    cell = cells[place] if place < len(cells) else ""
                    said.add(send_of(cell) if name == "send" else flag_of(cell, name))
                except Unread:
                    continue
        if said - {None} and not said & {False, "N"}:
            found.add(name)
    return found


class _RowReader:
    """Reads one row after the other; it only holds how, and counts rows with hidden characters."""

    def __init__(
        self,
        columns: FileColumns,
        held: frozenset[str],
        today: date,
        beginning: int,
        blank_is_no: set[str],
        width: int,
    ) -> None:
        self._columns = columns
        self._held = held
        self._today = today
        self._beginning = beginning
        self._blank_is_no = blank_is_no
        self._width = width
        self.with_unseen = 0

    def row(self, line: int, cells: Sequence[str]) -> RosterRow:
        """The row read. Raises Unread."""
        if len(cells) < self._width or any(cell.strip() for cell in cells[self._width :]):
            raise Unread("cells", found=len(cells), wanted=self._width)
        given, family = self._names(cells)
        year = year_group_of(self._cell(cells, "year_group"))
        upn = self._known_by("upn", lambda: self._upn(cells))
        born = self._known_by(
            "birth_date", lambda: birth_date_of(self._cell(cells, "birth_date"), self._today)
        )
        if upn is None and born is None:
            raise Unread("no_identity")
        held = self._held
        read = RosterRow(
            line=line,
            details=PupilDetails(
                given_name=given,
                family_name=family,
                birth_date=born if "birth_date" in held else None,
                upn=upn if "upn" in held else None,
                email=email_of(self._cell(cells, "email")) if "email" in held else None,
                gender=gender_of(self._cell(cells, "gender")) if "gender" in held else None,
                send=self._send(cells),
                pupil_premium=self._flag(cells, "pupil_premium"),
                eal=self._flag(cells, "eal"),
            ),
            year_group=year,
            year_7_in=in_year_7(year, self._beginning),
            tutor_group=tutor_group_of(self._cell(cells, "tutor_group"))
            if "tutor_group" in held
            else None,
            upn=upn,
            birth_date=born,
        )
        self.with_unseen += any(
            has_unseen(cells[place]) for places in self._columns.places.values() for place in places
        )
        return read

    def bad(self, line: int, cells: Sequence[str], problem: Unread) -> BadRow:
        """The row left out, with as much of whose it is as can be read."""
        upn, names, initial = None, None, ""
        # A row out of step has everybody's cells in the wrong columns.
        if problem.reason != "cells":
            with suppress(Unread):
                upn = self._upn(cells)
            with suppress(Unread):
                given, family = self._names(cells)
                names = (name_key(given), name_key(family))
                initial = initials(given, family)
        return BadRow(line, problem.reason, problem.values, upn, names, initial)

    def _cell(self, cells: Sequence[str], name: str) -> str:
        """The first cell of that column with anything in it."""
        found = (cells[place] for place in self._columns.places.get(name, ()) if place < len(cells))
        return next((cell for cell in found if seen(cell)), "")

    def _names(self, cells: Sequence[str]) -> tuple[str, str]:
        if FULL_NAME in self._columns.places:
            return names_of(self._cell(cells, FULL_NAME))
        return (
            name_of(self._cell(cells, "given_name"), "no_given_name"),
            name_of(self._cell(cells, "family_name"), "no_family_name"),
        )

    def _upn(self, cells: Sequence[str]) -> str | None:
        upn = upn_typed(seen(self._cell(cells, "upn")))
        problem = upn_problem(upn) if upn else None
        if problem is not None:
            raise Unread(problem, found=len(upn), wanted=LENGTH)
        return upn or None

    def _known_by(self, name: str, read: Callable[[], Any]) -> Any:
        """What a pupil is known again by; a fault in it matters only where it is held."""
        try:
            return read()
        except Unread:
            if name in self._held:
                raise
            return None

    def _send(self, cells: Sequence[str]) -> str | None:
        if "send" not in self._held:
            return None
        found = send_of(self._cell(cells, "send"))
        return "N" if found is None and "send" in self._blank_is_no else found

    def _flag(self, cells: Sequence[str], name: str) -> bool | None:
        if name not in self._held:
            return None
        found = flag_of(self._cell(cells, name), name)
        return False if found is None and name in self._blank_is_no else found


def initials(given_name: str, family_name: str) -> str:
    """How a preview names a pupil: the first letter of the first name, and the family name."""
    return f"{given_name[:1]}. {family_name}"


def bad_row(row: RosterRow, reason: str, **values: Any) -> BadRow:
    """A row that reads well, left out for another reason."""
    label = initials(row.details.given_name, row.details.family_name)
    return BadRow(row.line, reason, values, row.upn, row.names(), label)


def _without_repeats(rows: Iterable[RosterRow]) -> tuple[list[RosterRow], int]:
    """The rows without those that say exactly what an earlier one says, and how many those were."""
    kept: dict[Any, RosterRow] = {}
    repeated = 0
    for row in rows:
        key = (row.details, row.year_7_in, row.tutor_group, row.upn, row.birth_date)
        repeated += key in kept
        kept.setdefault(key, row)
    return list(kept.values()), repeated


def _without_doubles(rows: Sequence[RosterRow]) -> tuple[list[RosterRow], list[BadRow]]:
    """The rows without those that cannot all be right: of each such lot every row is bad."""
    bad: dict[int, BadRow] = {}
    for same in _groups(rows, lambda row: row.upn):
        one_person = len({row.person() for row in same}) == 1
        _mark(bad, same, "two_rows" if one_person else "upn_twice")
    for same in _groups(rows, lambda row: row.person() if row.birth_date else None):
        # Two with the same name and birthday are two if each has a UPN of their own.
        if any(row.upn is None for row in same):
            _mark(bad, same, "two_rows")
    for same in _groups(rows, lambda row: row.details.email):
        _mark(bad, same, "email_twice")
    return [row for row in rows if row.line not in bad], list(bad.values())


def _groups(
    rows: Sequence[RosterRow], key: Callable[[RosterRow], Any]
) -> Iterable[Sequence[RosterRow]]:
    found = defaultdict(list)
    for row in rows:
        if (value := key(row)) is not None:
            found[value].append(row)
    return [same for same in found.values() if len(same) > 1]


def _mark(bad: dict[int, BadRow], same: Sequence[RosterRow], reason: str) -> None:
    for row in same:
        others = ", ".join(str(other.line) for other in same if other is not row)
        bad.setdefault(row.line, bad_row(row, reason, lines=others))
