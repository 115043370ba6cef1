"""The day by which something is to be done, or was, in a pupil's words, seen from a day in England.

A day that is named is the day: what is to be done "before Friday" is due on Friday.
"""

import calendar
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from bot.gateway.record_talk.words import Words

FRIDAY, SUNDAY = 4, 6
OLDEST_YEARS = 10
"""Years back that a pupil's words may name: what they seem to name before that is misread."""
LONGEST_DAYS = 31
"""Days from the first day that is named to the last, where one thing is told of both."""
_BY = r"(?:(?:by|before|on|until|til|till|for|due|this coming|coming)(?: the)?(?: end of)? )"


@dataclass(frozen=True, slots=True)
class Due:
    """A day, and where in the text it is said."""

    day: date
    start: int
    end: int


class Days:
    """Finds a day in words."""

    def __init__(self, words: Words) -> None:
        def one_of(table: dict[str, int]) -> str:
            return "|".join(sorted(map(re.escape, table), key=len, reverse=True))

        self._words = words
        weekday, month, number = map(one_of, (words.weekdays, words.months, words.numbers))
        day = r"(?P<day>\d{1,2})(?:st|nd|rd|th)?"
        year = r"(?:,? (?P<year>20\d\d))?"
        rules: tuple[tuple[str, Callable[[re.Match[str], date], date | None]], ...] = (
            (rf"{_BY}?{day}(?: of)? (?P<month>{month}){year}", self._dated),
            (rf"{_BY}?(?P<month>{month}) {day}{year}", self._dated),
            (rf"{_BY}(?P<day>\d\d?)[/.](?P<number>\d\d?)(?:[/.](?P<year>(?:20)?\d\d))?",
             self._dated),
            (rf"{_BY}?next (?P<weekday>{weekday})", self._next_weekday),
            (rf"(?:{_BY}|this |on ){{1,2}}(?P<weekday>{weekday})(?: (?:morning|night|evening))?",
             self._weekday),
            (rf"{_BY}?(?:the )?day after tomorrow", lambda _, day: day + timedelta(2)),
            (rf"{_BY}?tomorrow(?: (?:morning|night|evening|after school))?",
             lambda _, day: day + timedelta(1)),
            (rf"{_BY}?(?:today|tonight|this (?:evening|afternoon|morning)|later today)",
             lambda _, day: day),
            (rf"{_BY}?next week(?:end)?", self._next_week),
            (rf"(?:{_BY}|at |over )?(?:this|the) week(?:end)?", self._this_week),
            (rf"{_BY}?next month", lambda _, day: _month_end(_month_end(day) + timedelta(1))),
            (rf"(?:{_BY}|at |the end of )?(?:this month|the month)",
             lambda _, day: _month_end(day)),
            (rf"(?:in|within)(?: the next)? (?P<many>{number}) (?P<unit>day|week|month)s?"
             r"(?: time)?", self._after),
            (r"(?:by|before) christmas", lambda _, day: _coming(day, 12, 24)),
            (r"(?:by|before) new year'?s?", lambda _, day: _coming(day, 12, 31)),
            (rf"(?:by|before)(?: the)?(?P<end> end of)? (?P<month>{month}){year}", self._month),
        )  # fmt: skip
        self._rules = tuple(
            (re.compile(rf"(?<![\w'])(?:{pattern})(?!\w)", re.IGNORECASE), work)
            for pattern, work in rules
        )

        self._unsure = words.wording.pattern("record_talk.when_unsure")
        last_year = r"(?P<last_year>,? last year)?"
        just = r"(?:(?:early|late|mid|the (?:start|middle|end) of) )?"
        past_rules: tuple[tuple[str, Callable[[re.Match[str], date], date | None]], ...] = (
            (rf"{day}(?: of)? (?P<month>{month}){year}{last_year}", self._dated_before),
            (rf"(?P<month>{month}) {day}{year}{last_year}", self._dated_before),
            (r"(?P<day>\d\d?)[/.](?P<number>\d\d?)[/.](?P<year>(?:20)?\d\d)", self._dated_before),
            (rf"(?:(?P<last>last)|in|during|since|this) {just}(?P<month>{month}){year}{last_year}",
             self._month_before),
            (rf"(?P<month>{month}),? (?P<year>20\d\d)", self._month_before),
            (rf"(?P<month>{month})(?P<last_year>,? last year)", self._month_before),
            (rf"^\W*(?P<month>{month})\W*$", self._month_before),
            (rf"(?:last|on|this)(?: last)? (?P<weekday>{weekday})", self._weekday_before),
            (r"(?:the )?day before yesterday", lambda _, day: day - timedelta(2)),
            (r"yesterday|last night", lambda _, day: day - timedelta(1)),
            (r"today|this (?:morning|afternoon)", lambda _, day: day),
            (r"last week", lambda _, day: day - timedelta(7)),
            (rf"(?P<many>{number}) (?P<unit>day|week|month)s? (?:ago|back)", self._before),
        )  # fmt: skip
        self._past_rules = tuple(
            (re.compile(rf"(?<![\w'/.])(?:{pattern})(?![\w/])", re.IGNORECASE), work)
            for pattern, work in past_rules
        )

    def was(self, text: str, today: date) -> date | None:
        """The day on which something was, of a month its first; None where that is not sure.

        Not after today. Of something that lasted it is the first day that is named.
        """
        found = []
        for pattern, work in self._past_rules:
            for match in pattern.finditer(text):
                day = work(match, today)
                if day is None or not today.year - OLDEST_YEARS <= day.year or day > today:
                    return None
                found.append((match.start(), match.end(), day))
        rest = text
        for start, end, _ in found:
            rest = rest[:start] + " " * (end - start) + rest[end:]
        if self._unsure.search(rest):
            return None
        # Of two readings of one place the longer one is meant: "3 March 2025", not "in March".
        days = {
            day
            for start, end, day in found
            if not any(
                (first, last) != (start, end) and first <= start and end <= last
                for first, last, _ in found
            )
        }
        if not days or max(days) - min(days) > timedelta(LONGEST_DAYS):
            return None
        return min(days)

    def find(self, text: str, today: date) -> Due | None:
        """The first day that the text names, not before today; None when it names none."""
        found = []
        for pattern, work in self._rules:
            for match in pattern.finditer(text):
                day = work(match, today)
                if day is not None and day >= today:
                    found.append(Due(day, match.start(), match.end()))
        # Of two readings of one place the longer one is meant: "by 3 March", not "3".
        return min(found, key=lambda due: (due.start, due.start - due.end), default=None)

    def _dated(self, match: re.Match[str], today: date) -> date | None:
        groups = match.groupdict()
        month = int(groups.get("number") or 0) or self._words.months[groups["month"].lower()]
        year = groups.get("year")
        try:
            if year:
                return date(int(year) + (2000 if len(year) == 2 else 0), month, int(match["day"]))
            return _coming(today, month, int(match["day"]))
        except ValueError:
            return None

    def _dated_before(self, match: re.Match[str], today: date) -> date | None:
        groups = match.groupdict()
        month = int(groups.get("number") or 0) or self._words.months[groups["month"].lower()]
        try:
            return _gone(today, groups, month, int(match["day"]))
        except ValueError:
            return None

    def _month_before(self, match: re.Match[str], today: date) -> date | None:
        groups = match.groupdict()
        month = self._words.months[groups["month"].lower()]
        if groups.get("last") and month == today.month and not groups.get("year"):
            return date(today.year - 1, month, 1)
        return _gone(today, groups, month, 1)

    def _weekday_before(self, match: re.Match[str], today: date) -> date:
        back = (today.weekday() - self._words.weekdays[match["weekday"].lower()]) % 7
        last = match[0].lower().startswith("last ")
        return today - timedelta(7 if last and not back else back)

    def _before(self, match: re.Match[str], today: date) -> date:
        many, unit = self._words.numbers[match["many"].lower()], match["unit"].lower()
        if unit == "month":
            year, month = divmod(today.year * 12 + today.month - 1 - many, 12)
            return date(year, month + 1, 1)
        return today - timedelta(many * (7 if unit == "week" else 1))

    def _weekday(self, match: re.Match[str], today: date) -> date:
        ahead = (self._words.weekdays[match["weekday"].lower()] - today.weekday()) % 7
        this = match[0].lower().startswith("this ")
        return today + timedelta(ahead if ahead or this else 7)

    def _next_weekday(self, match: re.Match[str], today: date) -> date:
        monday = today + timedelta(7 - today.weekday())
        return monday + timedelta(self._words.weekdays[match["weekday"].lower()])

    def _next_week(self, match: re.Match[str], today: date) -> date:
        last = SUNDAY if match[0].lower().endswith("weekend") else FRIDAY
        return today + timedelta(7 - today.weekday() + last)

    def _this_week(self, match: re.Match[str], today: date) -> date:
        last = SUNDAY if match[0].lower().endswith("weekend") else FRIDAY
        return today + timedelta(max(last, today.weekday()) - today.weekday())

    def _after(self, match: re.Match[str], today: date) -> date:
        many, unit = self._words.numbers[match["many"].lower()], match["unit"].lower()
        if unit == "month":
            months = today.month - 1 + many
            year, month = today.year + months // 12, months % 12 + 1
            return date(year, month, min(today.day, calendar.monthrange(year, month)[1]))
        return today + timedelta(many * (7 if unit == "week" else 1))

    def _month(self, match: re.Match[str], today: date) -> date | None:
        month, year = self._words.months[match["month"].lower()], match["year"]
        first = date(int(year), month, 1) if year else _coming(today, month, 1)
        return _month_end(first) if match["end"] else first


def _month_end(day: date) -> date:
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def _gone(today: date, said: dict[str, str | None], month: int, day: int) -> date:
    """The day of the year that is said, else the last such day up to today.

    Raises ValueError for one that no year near has.
    """
    year = said.get("year")
    if year:
        return date(int(year) + (2000 if len(year) == 2 else 0), month, day)
    if said.get("last_year"):
        return date(today.year - 1, month, day)
    this_year = date(today.year, month, day)
    return this_year if this_year <= today else date(today.year - 1, month, day)


def _coming(today: date, month: int, day: int) -> date:
    """The next such day from today on. Raises ValueError for one that no year near has."""
    this_year = date(today.year, month, day)
    return this_year if this_year >= today else date(today.year + 1, month, day)
