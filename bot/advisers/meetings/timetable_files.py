"""Reads a timetable as CSV: which lessons tutor groups have, and which they should not miss."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import time
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.records.meetings.hours import LONGEST_SUBJECT, LessonRow

MOST_ROWS = 20_000
MOST_BYTES = 4 * 1024 * 1024
LONGEST_GROUP = 32
_TIME = re.compile(r"^\s*(\d{1,2})[:.](\d{2})(?::00)?\s*$")
_CONTENT = Path(__file__).with_name("timetable.yml")


@dataclass(frozen=True, slots=True)
class BadRow:
    """A row that is none: its line in the file, and the name of a sentence of timetable.yml."""

    line: int
    why: str


@dataclass(frozen=True, slots=True)
class Timetable:
    """The lessons of a file, and the rows that are none."""

    lessons: tuple[LessonRow, ...]
    bad: tuple[BadRow, ...]


class NoTimetable(ValueError):
    """The file is no timetable; `why` names the sentence of timetable.yml."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@cache
def words() -> dict[str, Any]:
    """Headings, days and sentences."""
    found: dict[str, Any] = yaml.safe_load(_CONTENT.read_text(encoding="utf-8"))
    return found


def read_timetable(content: bytes) -> Timetable:
    """The timetable of a CSV file in UTF-8 or Windows text. Raises NoTimetable."""
    if len(content) > MOST_BYTES:
        raise NoTimetable("too_large")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = content.decode("cp1252", "replace")
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        columns = _columns(next(rows, []))
        found = list(_rows(rows, columns))
    except csv.Error:
        raise NoTimetable("no_csv") from None
    lessons = [one for one in found if isinstance(one, LessonRow)]
    bad = [one for one in found if isinstance(one, BadRow)]
    return Timetable(tuple(dict.fromkeys(lessons)), tuple(bad))


def _columns(headings: list[str]) -> dict[str, int]:
    known = {
        heading: name for name, headings in words()["headings"].items() for heading in headings
    }
    found: dict[str, int] = {}
    for number, heading in enumerate(headings):
        name = known.get(" ".join(heading.lower().replace("_", " ").split()))
        if name is not None:
            found.setdefault(name, number)
    if not {"group", "day", "begins", "ends"} <= set(found):
        raise NoTimetable("no_headings")
    return found


def _rows(rows: Any, columns: dict[str, int]) -> Iterator[LessonRow | BadRow]:
    for number, row in enumerate(rows):
        if number >= MOST_ROWS:
            raise NoTimetable("too_large")
        if not any(cell.strip() for cell in row):
            continue
        cells = {
            name: " ".join(row[at].split()) if at < len(row) else "" for name, at in columns.items()
        }
        yield _lesson(rows.line_num, cells)


def _lesson(line: int, cells: dict[str, str]) -> LessonRow | BadRow:
    group, subject = cells["group"], cells.get("subject", "")
    if not group or len(group) > LONGEST_GROUP:
        return BadRow(line, "group")
    weekday = words()["days"].get(cells["day"].lower())
    if weekday is None:
        return BadRow(line, "day")
    begins, ends = _time(cells["begins"]), _time(cells["ends"])
    if begins is None or ends is None or begins >= ends:
        return BadRow(line, "times")
    week = words()["weeks"].get(cells.get("week", "").lower())
    if week is None:
        return BadRow(line, "week")
    avoid = words()["yes_no"].get(cells.get("avoid", "").lower())
    if avoid is None:
        return BadRow(line, "avoid")
    return LessonRow(group, weekday, week, begins, ends, subject[:LONGEST_SUBJECT], bool(avoid))


def _time(said: str) -> time | None:
    found = _TIME.match(said)
    if found is None:
        return None
    try:
        return time(int(found[1]), int(found[2]))
    except ValueError:
        return None
