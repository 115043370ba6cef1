"""Days and times of a meeting in a pupil's words: "thursday lunch", "next week after school"."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta

from bot.advisers.meetings.slots import Slot
from bot.gateway.record_talk.words import Words, listed, numbered
from bot.records.guidance.lines import ENGLAND
from knowledge.wording import Wording

_SCHOOL_BEGINS = 7
"""Hours before this one are of the afternoon: nobody meets at two in the night."""
_NEAR = timedelta(minutes=45)
_MIDNIGHT, _END = time(0), time(23, 59)
_CLOCK = (
    r"(?:(?P<word>after|before|from|around|about|at|by) )?"
    r"(?:(?P<half>half(?: past)?|quarter past|quarter to) (?P<of>\d{1,2})(?: (?P<ofpm>am|pm))?"
    r"|(?P<hour>\d{1,2})(?:[:. ](?P<minute>[0-5]\d))? ?(?P<pm>am|pm|oclock)?)"
)


@dataclass(frozen=True, slots=True)
class Wish:
    """When somebody would like to meet: any of these days, within any of these times of a day.

    Nothing of days, or of times, means that any will do.
    """

    days: frozenset[date] = frozenset()
    spans: tuple[tuple[time, time], ...] = ()

    @property
    def says_something(self) -> bool:
        """Whether it narrows anything down."""
        return bool(self.days or self.spans)

    def fits(self, slot: Slot) -> bool:
        """Whether a slot is within it."""
        begins = slot.begins_at.astimezone(ENGLAND)
        on_day = not self.days or begins.date() in self.days
        return on_day and (
            not self.spans or any(first <= begins.time() < last for first, last in self.spans)
        )

    def distance(self, slot: Slot) -> tuple[int, int]:
        """How far a slot is from it: days first, then minutes."""
        begins = slot.begins_at.astimezone(ENGLAND)
        days = min((abs((begins.date() - day).days) for day in self.days), default=0)
        at = begins.hour * 60 + begins.minute
        minutes = min((_away(at, first, last) for first, last in self.spans), default=0)
        return days, minutes


def _away(at: int, first: time, last: time) -> int:
    begins, ends = first.hour * 60 + first.minute, last.hour * 60 + last.minute
    return max(begins - at, 0, at - ends + 1)


class Times:
    """Finds a wish in words."""

    def __init__(self, wording: Wording, words: Words) -> None:
        say = wording.say

        def either(table: Iterable[str]) -> str:
            return "|".join(sorted(map(re.escape, table), key=len, reverse=True))

        self._words = words
        self._relative = numbered(say("meeting_talk.relative"))
        self._parts = {
            name: _span(hours)
            for names, hours in listed(say("meeting_talk.parts")).items()
            for name in names.split("|")
        }
        weekdays, months = either(words.weekdays), either(words.months)
        self._patterns = (
            ("dated", re.compile(rf"\b(\d{{1,2}})(?:st|nd|rd|th)?(?: of)? ({months})\b")),
            ("dated", re.compile(rf"\b({months}) (\d{{1,2}})(?:st|nd|rd|th)?\b")),
            ("weekday", re.compile(rf"\b(next )?({weekdays})s?\b(?: (next week))?")),
            ("relative", re.compile(rf"\b({either(self._relative)})\b")),
            ("next_week", wording.pattern("meeting_talk.next_week")),
            ("this_week", wording.pattern("meeting_talk.this_week")),
            ("part", re.compile(rf"\b({either(self._parts)})\b")),
            ("clock", re.compile(rf"\b{_CLOCK}\b")),
        )
        self._filler = re.compile(rf"^(?:{say('meeting_talk.filler').replace(' ', '')})$")

    def read(self, text: str, today: date) -> tuple[Wish, int]:
        """The wish in a folded text, and how many words are about something else."""
        days: set[date] = set()
        dated = False
        spans: list[tuple[time, time]] = []
        week: int | None = None
        rest = text
        for kind, pattern in self._patterns:
            for match in list(pattern.finditer(rest)):
                found = self._found(kind, match, today)
                if found is None:
                    continue
                if isinstance(found, date):
                    # "Tuesday 1 December" is that day, whatever weekday it is.
                    if kind == "dated" or not dated:
                        days.add(found)
                    dated = dated or kind == "dated"
                elif isinstance(found, int):
                    week = found
                else:
                    spans.append(found)
                begin, end = match.span()
                rest = rest[:begin] + " " * (end - begin) + rest[end:]
        if week is not None:
            monday = today + timedelta(days=7 * week - today.weekday())
            if days:
                # "thursday next week": the weekday, of that week.
                days = {monday + timedelta(days=day.weekday()) for day in days}
            else:
                days = {monday + timedelta(days=number) for number in range(5)}
        left = [word for word in rest.split() if not self._filler.match(word)]
        return Wish(frozenset(days), tuple(spans)), len(left)

    def _found(
        self, kind: str, match: re.Match[str], today: date
    ) -> date | int | tuple[time, time] | None:
        if kind == "dated":
            first, second = match[1], match[2]
            day, month = (first, second) if first.isdigit() else (second, first)
            return _coming(today, self._words.months[month], int(day))
        if kind == "weekday":
            ahead = (self._words.weekdays[match[2]] - today.weekday()) % 7
            # "next thursday" is of next week; today's own weekday is the one to come.
            if match[1] or match[3]:
                monday = today + timedelta(days=7 - today.weekday())
                return monday + timedelta(days=self._words.weekdays[match[2]])
            return today + timedelta(days=ahead or 7)
        if kind == "relative":
            return today + timedelta(days=self._relative[match[1]])
        if kind in ("next_week", "this_week"):
            return 1 if kind == "next_week" else 0
        if kind == "part":
            return self._parts[match[1]]
        return _clock(match)


def _span(told: str) -> tuple[time, time]:
    first, last = told.split()
    return time.fromisoformat(first), time.fromisoformat(last)


def _coming(today: date, month: int, day: int) -> date | None:
    try:
        found = date(today.year, month, day)
        return found if found >= today else date(today.year + 1, month, day)
    except ValueError:
        return None


def _clock(match: re.Match[str]) -> tuple[time, time] | None:
    """The times around a clock time, or before or after it; None for a bare number of a list."""
    said = match["half"]
    hour, minute = int(match["of"] or match["hour"]), int(match["minute"] or 0)
    half_of_day = match["ofpm"] or match["pm"]
    named = said or match["minute"] or half_of_day or match["word"]
    if hour > 23 or not named:
        return None
    if said:
        minute = {"quarter past": 15, "quarter to": 45}.get(said, 30)
        hour -= said == "quarter to"
    if hour < 12 and (half_of_day == "pm" or (half_of_day != "am" and hour < _SCHOOL_BEGINS)):
        hour += 12
    at = timedelta(hours=hour % 24, minutes=minute)
    if match["word"] in ("after", "from"):
        return _time(at), _END
    if match["word"] in ("before", "by"):
        return _MIDNIGHT, _time(at)
    return _time(max(at - _NEAR, timedelta(0))), _time(at + _NEAR)


def _time(at: timedelta) -> time:
    minutes = min(int(at.total_seconds()) // 60, 23 * 60 + 59)
    return time(minutes // 60, minutes % 60)


def nearest(slots: Sequence[Slot], wish: Wish, most: int) -> list[Slot]:
    """So many of the slots that are nearest to a wish and do not overlap, in order of time."""
    found: list[Slot] = []
    for slot in sorted(slots, key=lambda one: (*wish.distance(one), one.begins_at)):
        apart = all(
            slot.ends_at <= other.begins_at or other.ends_at <= slot.begins_at for other in found
        )
        if apart:
            found.append(slot)
        if len(found) == most:
            break
    return sorted(found, key=lambda one: one.begins_at)
