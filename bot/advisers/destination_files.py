"""Destinations to and from a school's information system, as CSV: read, looked at, written."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal, cast

from sqlalchemy import Connection

from bot.identity.roster.columns import plain
from bot.identity.roster.upn import upn_typed
from bot.identity.roster.values import Unread, birth_date_of, day_of, seen, year_group_of
from bot.records.guidance.aggregates import destinations_of_school
from bot.records.guidance.destinations import (
    DestinationRow,
    add_destination,
    set_sustained,
)
from bot.records.guidance.invitations import NOWHERE
from bot.records.guidance.leaving import known_to_last_from, last_day, left_from
from bot.records.guidance.views import note_view, purposes
from bot.records.pupils import LAST_YEAR, PupilRow, list_pupils, name_key, school_year
from bot.records.sealing import Sealing
from knowledge.destinations import Category, Named, categories, named
from knowledge.wording import Wording

WORDING = Wording.load(Path(__file__).parent / "wording")
"""What the school office reads; categories, which pupils read too, are in knowledge/wording."""
MOST_BYTES = 20_000_000
PURPOSE = "systems"
LONGEST = 200
_NEEDED = ("kind", "category")
_ENCODINGS = ("utf-8-sig", "cp1252")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class Refused(Exception):
    """A file that cannot be gone on with; `reason` is a key of destinations.yml."""

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values

    def says(self) -> str:
        """The sentence for the school office; no pupil's data is in it."""
        return WORDING.say(f"destinations.refused_{self.reason}", **self.values)


@dataclass(frozen=True, slots=True)
class BadLine:
    """A row that is left out, with the key of its reason in destinations.yml."""

    line: int
    reason: str

    def says(self) -> str:
        """The reason as the office reads it, without a value of the row."""
        return f"Line {self.line} {WORDING.say(f'destinations.bad_{self.reason}', most=LONGEST)}."


@dataclass(frozen=True, slots=True, repr=False)
class _New:
    pupil_id: str
    kind: Literal["intended", "actual"]
    category: str
    details: Mapping[str, str | None]
    year_group: int
    sustained: bool | None
    reported_on: date


@dataclass(frozen=True, slots=True, repr=False)
class Reading:
    """What a file would do: rows to add, what is now known to have lasted, what is left out."""

    adds: tuple[_New, ...]
    sustained: tuple[tuple[str, str, bool], ...]
    """Pupil's id, destination's id, whether it was sustained for six months."""
    same: int
    bad: tuple[BadLine, ...]

    @property
    def counts(self) -> Counter[tuple[str, str]]:
        """How many would be added, by kind and category."""
        return Counter((one.kind, one.category) for one in self.adds)


@dataclass(slots=True)
class _Bad(Exception):
    reason: str


@dataclass(frozen=True, slots=True)
class _Words:
    categories: tuple[Category, ...]
    columns: tuple[Named, ...]
    kinds: tuple[Named, ...]
    sustained: tuple[Named, ...]

    @classmethod
    def of(cls, wording: Wording) -> "_Words":
        columns, kinds, sustained = (
            named(WORDING.say(f"destinations.{entry}"))
            for entry in ("columns", "kinds", "sustained")
        )
        return cls(categories(wording), columns, kinds, sustained)


@dataclass(frozen=True, slots=True)
class _Roster:
    """The school's pupils, leavers too, by what a file may name them with."""

    by_upn: Mapping[str, PupilRow]
    by_person: Mapping[tuple[str, str, date], list[PupilRow]] = field(repr=False)

    @classmethod
    def of(cls, pupils: Iterable[PupilRow]) -> "_Roster":
        by_upn: dict[str, PupilRow] = {}
        by_person: dict[tuple[str, str, date], list[PupilRow]] = defaultdict(list)
        for pupil in pupils:
            held = pupil.details
            if held.upn:
                by_upn[upn_typed(held.upn)] = pupil
            if held.birth_date:
                names = name_key(held.given_name), name_key(held.family_name)
                by_person[(*names, held.birth_date)].append(pupil)
        return cls(by_upn, by_person)


def read_destinations(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    content: bytes,
    wording: Wording,
    today: date,
) -> Reading:
    """Read a file and say what it would do; nothing is written.

    A row that is held already, of the same day, kind and category, is not added again; what it
    newly says of six months is taken over. Raises Refused, SealBroken.
    """
    words = _Words.of(wording)
    headings, rows = _table(content, words)
    roster = _Roster.of(list_pupils(connection, sealing, school_id, leavers=True))
    held: dict[str, list[DestinationRow]] = defaultdict(list)
    for row in destinations_of_school(connection, sealing, school_id):
        held[row.pupil_id].append(row)
    adds: dict[_Key, _New] = {}
    lasted: dict[str, tuple[str, str, bool]] = {}
    bad, same = [], 0
    for line, cells in rows:
        try:
            if len(cells) > len(headings):
                raise _Bad("cells")
            new = _new(dict(zip(headings, cells, strict=False)), words, roster, today)
        except _Bad as problem:
            bad.append(BadLine(line, problem.reason))
            continue
        known = next((one for one in held[new.pupil_id] if _key(one) == _key(new)), None)
        if known is None and _key(new) not in adds:
            adds[_key(new)] = new
        elif known is not None and new.sustained not in (None, known.sustained):
            lasted[known.id] = (new.pupil_id, known.id, bool(new.sustained))
        else:
            same += 1
    return Reading(tuple(adds.values()), tuple(lasted.values()), same, tuple(bad))


def write_destinations(
    connection: Connection, sealing: Sealing, school_id: int, reading: Reading, now: datetime
) -> None:
    """Write what was read, all of it in this transaction. Raises NoPupil for one gone meanwhile."""
    for new in reading.adds:
        add_destination(
            connection,
            sealing,
            school_id,
            new.pupil_id,
            kind=new.kind,
            category=new.category,
            details=new.details,
            year_group=new.year_group,
            sustained=new.sustained,
            reported_by="import",
            reported_on=new.reported_on,
            now=now,
        )
    for pupil_id, destination_id, sustained in reading.sustained:
        set_sustained(connection, school_id, pupil_id, destination_id, sustained)


def export_destinations(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    wording: Wording,
    *,
    name: str,
    role: str,
    now: datetime,
) -> str:
    """Every destination with whose it is, as CSV that `read_destinations` reads again.

    Every pupil who is in it is told that `name`, `role` took it out. In a writing transaction.
    """
    words = _Words.of(wording)
    labels = {one.id: one.label for one in (*words.categories, *words.kinds, *words.sustained)}
    pupils = {row.id: row for row in list_pupils(connection, sealing, school_id, leavers=True)}
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([column.label for column in words.columns])
    order = {pupil_id: number for number, pupil_id in enumerate(pupils)}
    rows = destinations_of_school(connection, sealing, school_id)
    for pupil_id in {row.pupil_id for row in rows}:
        whose, purpose = (connection, sealing, school_id, pupil_id), purposes()[PURPOSE]
        note_view(*whose, name=name, role=role, purpose=purpose, now=now)
    for row in sorted(rows, key=lambda one: (order[one.pupil_id], one.reported_on, one.id)):
        held = pupils[row.pupil_id].details
        lasted = None if row.sustained is None else labels["yes" if row.sustained else "no"]
        values = {
            "upn": held.upn,
            "family_name": held.family_name,
            "given_name": held.given_name,
            "birth_date": None if held.birth_date is None else held.birth_date.isoformat(),
            "kind": labels[row.kind],
            "category": labels[row.category],
            "place": row.details.place,
            "course": row.details.course,
            "year_group": str(row.year_group),
            "sustained": lasted,
            "reported_on": row.reported_on.isoformat(),
        }
        writer.writerow([csv_cell(values[column.id]) for column in words.columns])
    return text.getvalue()


_Key = tuple[str, str, str, date]


def _key(one: _New | DestinationRow) -> _Key:
    return one.pupil_id, one.kind, one.category, one.reported_on


def _table(content: bytes, words: _Words) -> tuple[list[str], list[tuple[int, list[str]]]]:
    if len(content) > MOST_BYTES:
        raise Refused("too_big", most=MOST_BYTES // 1_000_000)
    text = _decoded(content)
    first = text.partition("\n")[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows, line = [], 1
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                rows.append((line, cells))
            line = reader.line_num + 1
    except csv.Error:
        raise Refused("text") from None
    if not rows:
        raise Refused("empty")
    return _headings(rows[0][1], words), rows[1:]


def _decoded(content: bytes) -> str:
    if b"\0" in content:
        raise Refused("text")
    for encoding in _ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("text")


def _headings(cells: Sequence[str], words: _Words) -> list[str]:
    """Our column for each heading, "" for one that is not read."""
    known = {
        plain(word): column.id for column in words.columns for word in (column.label, *column.words)
    }
    found = [known.get(plain(cell), "") for cell in cells]
    labels = {column.id: column.label for column in words.columns}
    for name, times in Counter(found).items():
        if name and times > 1:
            raise Refused("twice", heading=labels[name])
    missing = [labels[name] for name in _NEEDED if name not in found]
    if missing:
        every = ", ".join(labels.values())
        raise Refused("missing", columns=", ".join(missing), headings=every)
    return found


def _new(row: Mapping[str, str], words: _Words, roster: _Roster, today: date) -> _New:
    pupil = _pupil(row, roster, today)
    kind = _called(row.get("kind", ""), words.kinds, "kind")
    category = _called(row.get("category", ""), words.categories, "category")
    of_kind = next(one for one in words.categories if one.id == category)
    if not (of_kind.intended if kind == "intended" else of_kind.actual):
        raise _Bad("category_kind")
    day = _day(row.get("reported_on", ""), today)
    details = {name: seen(row.get(name, "")) or None for name in ("place", "course")}
    if any(len(text or "") > LONGEST for text in details.values()):
        raise _Bad("long")
    year_group = _year_group(row.get("year_group", ""), pupil, kind, day)
    sustained = _sustained(row.get("sustained", ""), words, kind)
    if sustained is not None and category in NOWHERE:
        raise _Bad("sustained_nowhere")
    if sustained and known_to_last_from(last_day(pupil, year_group)) > today:
        raise _Bad("sustained_early")
    return _New(
        pupil.id,
        cast(Literal["intended", "actual"], kind),
        category,
        details,
        year_group,
        sustained,
        day,
    )


def _pupil(row: Mapping[str, str], roster: _Roster, today: date) -> PupilRow:
    upn = upn_typed(seen(row.get("upn", "")))
    if upn and upn in roster.by_upn:
        return roster.by_upn[upn]
    names = tuple(name_key(seen(row.get(name, ""))) for name in ("given_name", "family_name"))
    try:
        born = birth_date_of(row.get("birth_date", ""), today)
    except Unread:
        born = None
    if not (all(names) and born):
        raise _Bad("no_pupil" if upn else "nobody")
    found = roster.by_person.get((names[0], names[1], born), [])
    # A UPN that is held and differs is somebody else's.
    found = [one for one in found if not (upn and one.details.upn)]
    if len(found) != 1:
        raise _Bad("two_pupils" if found else "no_pupil")
    return found[0]


def _called(word: str, ones: Sequence[Named], what: str) -> str:
    told = seen(word)
    for one in ones:
        if one.is_called(told):
            return one.id
    raise _Bad(what)


def _day(word: str, today: date) -> date:
    try:
        day = day_of(word) if word.strip() else today
    except Unread:
        raise _Bad("date") from None
    if day > today or school_year(day) < school_year(today) - 20:
        raise _Bad("date")
    return day


def _year_group(word: str, pupil: PupilRow, kind: str, day: date) -> int:
    if word.strip():
        try:
            return year_group_of(word)
        except Unread:
            raise _Bad("year_group") from None
    if kind == "actual":
        return left_from(pupil, day)
    return max(7, min(pupil.year_group(day), LAST_YEAR))


def _sustained(word: str, words: _Words, kind: str) -> bool | None:
    if not word.strip():
        return None
    told = _called(word, words.sustained, "sustained") == "yes"
    if kind == "intended":
        raise _Bad("sustained_intended")
    return told


def csv_cell(text: str | None) -> str:
    """A cell that no spreadsheet takes for a formula."""
    told = text or ""
    return f"'{told}" if told.startswith(_FORMULA) else told
