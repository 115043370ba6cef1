"""Dated facts: a value holds from a day to a day, and an answer takes the one of its own day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

from knowledge.content import HERE, BadContent, Entry, check_keys, entries

FOLDER = HERE / "facts"
CONFIRMED, TO_CONFIRM = "confirmed", "to-confirm"
MOST_PAGES = 3
TOLD_AHEAD = dt.timedelta(days=365)
"""How long before its day a coming value is told beside the present one."""

_NEEDED = {
    "id", "statement", "value", "unit", "valid_from", "publisher", "link", "checked_on",
    "review_by", "status",
}  # fmt: skip
_ALLOWED = {"valid_to", "announced_on", "page"}
_DAYS = ("valid_from", "valid_to", "announced_on", "checked_on", "review_by")
_MONEY = {
    "£": "", "£ an hour": " an hour", "£ a week": " a week", "£ a month": " a month",
    "£ a year": " a year",
}  # fmt: skip
_COUNTED = {
    "hours", "days", "weeks", "months", "years", "points", "words", "characters", "number", "%",
}  # fmt: skip
UNITS = {*_MONEY, *_COUNTED, "date", "text"}


@dataclass(frozen=True)
class Fact:
    """One value of a fact, from `valid_from` to `valid_to` (inclusive; None is open)."""

    id: str
    statement: str
    value: str | int | float | dt.date
    unit: str
    valid_from: dt.date
    valid_to: dt.date | None
    announced_on: dt.date | None
    publisher: str
    page: str
    link: str
    checked_on: dt.date
    review_by: dt.date
    status: str
    path: Path
    line: int

    @property
    def text(self) -> str:
        """The value as it reads inside a sentence: "£8.00 an hour", "8 months", "9%"."""
        return told(self.value, self.unit)

    @property
    def source(self) -> dict[str, str]:
        """Where the value is from, as a message carries it."""
        return {
            "publisher": self.publisher,
            "dataset": self.page,
            "year": f"checked {self.checked_on:%B %Y}",
            "link": self.link,
            "caveat": "",
        }

    def is_due(self, day: dt.date) -> bool:
        """Tell whether a reader is to check this: past its review, or never confirmed."""
        return self.status == TO_CONFIRM or day > self.review_by


@dataclass(frozen=True)
class FactValue:
    """What a fact says on a day. `expired` tells that its last value has run out."""

    fact: Fact
    successor: Fact | None
    expired: bool

    @property
    def text(self) -> str:
        """The value, and the one that comes where it is announced and due within a year."""
        if self.successor is None or self.fact.unit in ("text", "date"):
            return self.fact.text
        return (
            f"{self.fact.text} (from {day_told(self.successor.valid_from)} it will be "
            f"{self.successor.text})"
        )


class Facts:
    """All facts by id, each a run of values without gap or overlap."""

    def __init__(self, facts: Mapping[str, tuple[Fact, ...]]) -> None:
        """Take each fact's values in order of time; `load` reads them from files."""
        self._facts = dict(facts)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Facts:
        """Read every file below `folder`; `BadContent` names file and line of what is wrong."""
        runs: dict[str, list[Fact]] = defaultdict(list)
        for path in sorted(folder.rglob("*.yml")):
            for entry in entries(path):
                fact = _read(entry)
                runs[fact.id].append(fact)
        return cls({name: _run(sorted(run, key=_start)) for name, run in runs.items()})

    def __contains__(self, fact_id: object) -> bool:
        """Tell whether there is a fact of that id."""
        return fact_id in self._facts

    def __iter__(self) -> Iterator[Fact]:
        """Go through all values of all facts."""
        return (fact for run in self._facts.values() for fact in run)

    def run(self, fact_id: str) -> tuple[Fact, ...]:
        """Return all values of a fact in order of time. Raises KeyError for an unknown id."""
        return self._facts[fact_id]

    def on(self, fact_id: str, day: dt.date) -> FactValue:
        """Return what the fact says on `day`; before its first value, that first one.

        Raises KeyError for an unknown id.
        """
        run = self._facts[fact_id]
        begun = [fact for fact in run if fact.valid_from <= day]
        if not begun:
            return FactValue(run[0], None, expired=False)
        fact = begun[-1]
        later = run[len(begun)] if len(begun) < len(run) else None
        if later is not None and (
            later.valid_from - day > TOLD_AHEAD
            or (later.announced_on is not None and day < later.announced_on)
            or later.value == fact.value
        ):
            later = None
        return FactValue(fact, later, expired=fact.valid_to is not None and day > fact.valid_to)


def to_check(values: Iterable[FactValue], day: dt.date) -> list[Fact]:
    """Return the facts that a reader should check: run out, past review, or never confirmed."""
    return [value.fact for value in values if value.expired or value.fact.is_due(day)]


def pages(facts: Iterable[Fact]) -> str:
    """Return the pages of facts as Markdown links, each once, three at most; "" for none."""
    named: dict[str, str] = {}
    for fact in facts:
        named.setdefault(fact.link, fact.page or fact.publisher)
    return " · ".join(f"[{page}]({link})" for link, page in list(named.items())[:MOST_PAGES])


def told(value: str | int | float | dt.date, unit: str) -> str:
    """Return a value with its unit, as it reads inside a sentence."""
    if isinstance(value, dt.date):
        return day_told(value)
    if unit in _MONEY and isinstance(value, int | float):
        amount = f"£{value:,.0f}" if value == int(value) and value >= 100 else f"£{value:,.2f}"
        return amount + _MONEY[unit]
    if unit in _COUNTED and isinstance(value, int | float):
        number = f"{value:,g}" if value < 1_000_000 else f"{value:,.0f}"
        if unit == "number":
            return number
        if unit == "%":
            return f"{number}%"
        return f"{number} {unit.removesuffix('s') if value == 1 else unit}"
    return str(value)


def day_told(day: dt.date) -> str:
    """Return a day as it is said: 1 April 2026."""
    return f"{day.day} {day:%B %Y}"


def _start(fact: Fact) -> dt.date:
    return fact.valid_from


def _read(entry: Entry) -> Fact:
    check_keys(entry, _NEEDED, _ALLOWED)
    values = entry.values
    for name in _DAYS:
        if name in values and values[name] is not None and type(values[name]) is not dt.date:
            raise entry.fault(f"{name} is not a day such as 2026-04-01")
    if not isinstance(values["unit"], str) or values["unit"] not in UNITS:
        raise entry.fault(f"the unit {values['unit']!r} is none of {', '.join(sorted(UNITS))}")
    fits = {
        "date": type(values["value"]) is dt.date,
        "text": isinstance(values["value"], str),
    }.get(values["unit"], type(values["value"]) in (int, float))
    if not fits:
        raise entry.fault(f"the value {values['value']!r} is not of the unit {values['unit']!r}")
    if values["status"] not in (CONFIRMED, TO_CONFIRM):
        raise entry.fault(f"the status {values['status']!r} is neither confirmed nor to-confirm")
    if urlsplit(str(values["link"])).scheme != "https":
        raise entry.fault("the link does not begin with https://")
    if values.get("valid_to") and values["valid_to"] < values["valid_from"]:
        raise entry.fault("valid_to lies before valid_from")
    return Fact(
        id=str(values["id"]),
        statement=str(values["statement"]),
        value=values["value"],
        unit=values["unit"],
        valid_from=values["valid_from"],
        valid_to=values.get("valid_to"),
        announced_on=values.get("announced_on"),
        publisher=str(values["publisher"]),
        page=str(values.get("page") or ""),
        link=str(values["link"]),
        checked_on=values["checked_on"],
        review_by=values["review_by"],
        status=values["status"],
        path=entry.path,
        line=entry.line,
    )


def _run(run: list[Fact]) -> tuple[Fact, ...]:
    for before, after in pairwise(run):
        where = Entry({}, after.path, after.line)
        if before.valid_to is None or before.valid_to >= after.valid_from:
            raise where.fault(f"{after.id} begins before its value before has ended")
        if before.valid_to + dt.timedelta(days=1) != after.valid_from:
            raise where.fault(f"{after.id} leaves a gap after {before.valid_to}")
        if before.unit != after.unit:
            raise where.fault(f"{after.id} changes its unit from {before.unit!r}")
    return tuple(run)


__all__ = ["BadContent", "Fact", "FactValue", "Facts", "day_told", "told"]
