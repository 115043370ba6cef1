"""When a school's advisers can be talked to: hours by weekday, and the days on which nobody is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.records.settings import get_setting, set_setting

SETTING = "adviser_hours"
"""{"hours": {"0": ["08:30-16:00"], …}, "holidays": [["2026-12-19", "2027-01-03"], …]}"""
ENGLAND = ZoneInfo("Europe/London")
WEEKDAYS = range(7)
MOST_DAYS_AHEAD = 120
"""How far an opening is looked for: longer than any holiday."""

_SPAN = re.compile(r"^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-3]):([0-5]\d)$")


class HoursWrong(Exception):
    """What was given as hours or holidays cannot be used; `what` is the part that is wrong."""

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


@dataclass(frozen=True, slots=True)
class Span:
    """From one time of a day to another, in England."""

    begins: time
    ends: time


@dataclass(frozen=True, slots=True)
class OpeningHours:
    """Hours of each weekday (0 is Monday), and holidays as first and last day."""

    by_weekday: Mapping[int, tuple[Span, ...]]
    holidays: tuple[tuple[date, date], ...] = ()

    def is_open(self, at: datetime) -> bool:
        """Whether somebody is there at that moment (aware)."""
        return self.closes(at) is not None

    def closes(self, at: datetime) -> datetime | None:
        """When the hours end that the moment lies in; None where it lies in none."""
        here = at.astimezone(ENGLAND)
        for span in self._spans(here.date()):
            begins, ends = _moments(here.date(), span)
            if begins <= at < ends:
                return ends
        return None

    def next_opening(self, at: datetime) -> datetime | None:
        """When hours begin next after that moment; None where there are none for months."""
        day = at.astimezone(ENGLAND).date()
        for ahead in range(MOST_DAYS_AHEAD):
            on = day + timedelta(days=ahead)
            for span in self._spans(on):
                begins, _ = _moments(on, span)
                if begins > at:
                    return begins
        return None

    def _spans(self, day: date) -> tuple[Span, ...]:
        if any(first <= day <= last for first, last in self.holidays):
            return ()
        return self.by_weekday.get(day.weekday(), ())

    def to_json(self) -> dict[str, Any]:
        """As it is set for a school."""
        return {
            "hours": {
                str(day): [f"{span.begins:%H:%M}-{span.ends:%H:%M}" for span in spans]
                for day, spans in sorted(self.by_weekday.items())
            },
            "holidays": [[first.isoformat(), last.isoformat()] for first, last in self.holidays],
        }

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "OpeningHours":
        """What `to_json` gave, or somebody wrote. Raises HoursWrong."""
        by_weekday = {}
        for day, spans in value.get("hours", {}).items():
            if day not in map(str, WEEKDAYS):
                raise HoursWrong(str(day))
            by_weekday[int(day)] = _spans_of(spans)
        holidays = []
        for given in value.get("holidays", ()):
            try:
                first, last = map(date.fromisoformat, given)
            except (TypeError, ValueError):
                raise HoursWrong(str(given)) from None
            if first > last:
                raise HoursWrong(str(given))
            holidays.append((first, last))
        return cls(by_weekday, tuple(sorted(holidays)))


def _spans_of(given: Any) -> tuple[Span, ...]:
    spans: list[Span] = []
    for text in given:
        found = _SPAN.match(str(text))
        if found is None:
            raise HoursWrong(str(text))
        begins = time(int(found[1]), int(found[2]))
        ends = time(int(found[3]), int(found[4]))
        if ends <= begins or (spans and begins < spans[-1].ends):
            raise HoursWrong(str(text))
        spans.append(Span(begins, ends))
    return tuple(spans)


def _moments(day: date, span: Span) -> tuple[datetime, datetime]:
    return (
        datetime.combine(day, span.begins, ENGLAND),
        datetime.combine(day, span.ends, ENGLAND),
    )


DEFAULT = OpeningHours({day: (Span(time(8, 30), time(16)),) for day in range(5)})
"""Monday to Friday of every week: a school sets its own hours and its holidays."""


def hours_of(connection: Connection, school_id: int) -> OpeningHours:
    """The school's hours, or the usual ones where it has set none. Raises HoursWrong."""
    found = get_setting(connection, school_id, SETTING)
    return DEFAULT if found is None else OpeningHours.of_json(found)


def set_hours(connection: Connection, school_id: int, hours: OpeningHours, now: datetime) -> None:
    """Set the school's hours."""
    set_setting(connection, school_id, SETTING, hours.to_json(), now)
