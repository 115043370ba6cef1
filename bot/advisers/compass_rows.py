"""A file of careers records in the style of Compass+, read row by row; nothing of the store yet.

Which columns it has is in docs/compass.md, which words are read in wording/compass.yml.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from bot.identity.roster.columns import plain
from bot.identity.roster.upn import upn_typed
from bot.identity.roster.values import Unread, birth_date_of, day_of, seen
from bot.records.guidance.bodies import ENCOUNTERS, LONGEST_TEXT, LONGEST_WORDS
from bot.records.pupils import name_key
from knowledge.destinations import Category, Named, categories, named
from knowledge.wording import Wording

WORDING = Wording.load(Path(__file__).parent / "wording")
MOST_BYTES = 20_000_000
PROPOSED = ("aspiration", "decision", "action")
"""Types that never enter a record without the pupil's yes."""
_OLDEST_YEARS = 15
_ENCODINGS = ("utf-8-sig", "cp1252")
_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class Refused(Exception):
    """A file that cannot be gone on with; `reason` is a key of compass.yml."""

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values

    def says(self) -> str:
        """The sentence for the school office; no pupil's data is in it."""
        return WORDING.say(f"compass.refused_{self.reason}", **self.values)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A row that is left out: its line, and why, as a key of compass.yml."""

    line: int
    reason: str

    def says(self) -> str:
        """The reason as the office reads it, without a value of the row."""
        most = LONGEST_TEXT if self.reason == "bad_long_activity" else LONGEST_WORDS
        return f"Line {self.line} {WORDING.say(f'compass.{self.reason}', most=most)}."


@dataclass(slots=True)
class Bad(Exception):
    """A row that cannot be read or used; `reason` is a key of compass.yml without its "bad_"."""

    reason: str


@dataclass(frozen=True, slots=True, repr=False)
class Who:
    """Whom a row is about, as far as it says: names are as they are compared."""

    upn: str
    given: str
    family: str
    born: date | None


@dataclass(frozen=True, slots=True, repr=False)
class Row:
    """A row as read. `type` is an id of `types`; `day` is None where none is said."""

    line: int
    who: Who
    type: str
    day: date | None
    activity: str
    organisation: str
    category: str | None
    course: str
    due_on: date | None


@dataclass(frozen=True, slots=True)
class Words:
    """The columns, types and destinations by their words."""

    columns: tuple[Named, ...]
    types: tuple[Named, ...]
    destinations: tuple[Category, ...]
    benchmarks: Mapping[str, str] = field(repr=False)
    alone: Mapping[str, str] = field(repr=False)

    @classmethod
    def of(cls, wording: Wording) -> "Words":
        """Read them; `wording` is that of the answers, which has the destinations."""
        columns, types, benchmarks, alone = (
            named(WORDING.say(f"compass.{entry}"))
            for entry in ("columns", "types", "benchmarks", "alone")
        )
        return cls(
            columns,
            types,
            categories(wording),
            {one.id: one.label for one in benchmarks},
            {one.id: one.label for one in alone},
        )

    def type_label(self, name: str) -> str:
        """A type as it is written."""
        return next(one.label for one in self.types if one.id == name)


def csv_cell(text: str | None) -> str:
    """A cell that no spreadsheet takes for a formula; `from_cell` gives the text back."""
    told = text or ""
    return f"'{told}" if told.lstrip("'").startswith(_FORMULA) else told


def from_cell(told: str) -> str:
    """The text of a cell, without the mark that `csv_cell` put before it."""
    marked = told.startswith("'") and told.lstrip("'").startswith(_FORMULA)
    return told[1:] if marked else told


def read_rows(content: bytes, words: Words, today: date) -> tuple[list[Row], list[LeftOut]]:
    """The rows of a file, and those that cannot be read. Raises Refused."""
    headings, lines = _table(content, words)
    rows, bad = [], []
    for line, cells in lines:
        try:
            if len(cells) > len(headings) and any(cell.strip() for cell in cells[len(headings) :]):
                raise Bad("cells")
            told = dict(zip(headings, map(from_cell, cells), strict=False))
            rows.append(_row(line, told, words, today))
        except Bad as problem:
            bad.append(LeftOut(line, f"bad_{problem.reason}"))
    return rows, bad


# ---- the table


def _table(content: bytes, words: Words) -> tuple[list[str], list[tuple[int, list[str]]]]:
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


def _headings(cells: Sequence[str], words: Words) -> list[str]:
    """Our column for each heading, "" for one that is not read."""
    known = {
        plain(word): column.id for column in words.columns for word in (column.label, *column.words)
    }
    found = [known.get(plain(cell), "") for cell in cells]
    labels = {column.id: column.label for column in words.columns}
    for name, times in Counter(found).items():
        if name and times > 1:
            raise Refused("twice", heading=labels[name])
    missing = [labels["date"]] if "date" not in found else []
    if not {"type", "benchmark"} & set(found):
        missing.append(labels["type"])
    if not {"upn", "birth_date"} & set(found):
        missing.append(labels["upn"])
    if missing:
        every = ", ".join(labels.values())
        raise Refused("missing", columns=", ".join(missing), headings=every)
    return found


# ---- a row


def _row(line: int, told: Mapping[str, str], words: Words, today: date) -> Row:
    who = _who(told, today)
    kind = _type(told, words)
    day = _day(told.get("date", ""), today)
    activity, organisation, course = (
        seen(told.get(name, "")) for name in ("activity", "organisation", "course")
    )
    if len(activity) > LONGEST_TEXT:
        raise Bad("long_activity")
    if len(organisation) > LONGEST_WORDS or len(course) > LONGEST_WORDS:
        raise Bad("long_organisation")
    category, due_on = None, None
    if kind in ENCOUNTERS:
        # What only names the type again says nothing of it.
        if next(one for one in words.types if one.id == kind).is_called(activity):
            activity = ""
        if not (activity or organisation):
            raise Bad("nothing")
        if not organisation and len(activity) > LONGEST_WORDS:
            raise Bad("long_organisation")
        if day is None:
            raise Bad("date_missing")
    elif kind == "intended":
        category = _destination(told.get("destination", "") or activity, words)
    else:
        if not activity:
            raise Bad("text_missing")
        due_on = _due(told.get("due", "")) if kind == "action" else None
    return Row(line, who, kind, day, activity, organisation, category, course, due_on)


def _who(told: Mapping[str, str], today: date) -> Who:
    given, family = (name_key(seen(told.get(name, ""))) for name in ("given_name", "family_name"))
    try:
        born = birth_date_of(told.get("birth_date", ""), today)
    except Unread:
        born = None
    return Who(upn_typed(seen(told.get("upn", ""))), given, family, born)


def _type(told: Mapping[str, str], words: Words) -> str:
    said = seen(told.get("benchmark", ""))
    benchmarks = set(re.findall(r"\d+", said))
    if said and not (benchmarks and benchmarks <= set("12345678")):
        raise Bad("benchmark")
    word = seen(told.get("type", ""))
    if not word:
        alone = {words.alone.get(one) for one in benchmarks}
        (kind,) = alone if len(alone) == 1 else (None,)
        if kind is None:
            raise Bad("type_missing")
        return kind
    found = next((one.id for one in words.types if one.is_called(word)), None)
    if found is None:
        raise Bad("type")
    belongs = words.benchmarks.get(found)
    if benchmarks and found in ENCOUNTERS and belongs and belongs not in benchmarks:
        raise Bad("benchmark_type")
    return found


def _day(word: str, today: date) -> date | None:
    if not word.strip():
        return None
    try:
        day = day_of(word)
    except Unread:
        raise Bad("date") from None
    if day > today or day.year < today.year - _OLDEST_YEARS:
        raise Bad("date")
    return day


def _due(word: str) -> date | None:
    if not word.strip():
        return None
    try:
        return day_of(word)
    except Unread:
        raise Bad("due") from None


def _destination(word: str, words: Words) -> str:
    told = seen(word)
    for one in words.destinations:
        if one.intended and one.is_called(told):
            return one.id
    raise Bad("destination")
