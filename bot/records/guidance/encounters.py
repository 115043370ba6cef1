"""What a pupil had of what schools are expected to offer in certain years."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.records.guidance.bodies import Experience
from bot.records.guidance.lines import RecordLineRow


@dataclass(frozen=True, slots=True)
class Expectation:
    """So many experiences of one kind in the years `first_year` to `last_year`, both included.

    `until` is a month and a day of the last year after which they count no more; without it they
    count to that year's end. `note` is for the pupil, where not all of it is for everybody.
    """

    encounter: str
    first_year: int
    last_year: int
    number: int
    until: tuple[int, int] | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Met:
    """How many experiences of a kind there are, of how many expected by the end of `last_year`.

    `by` is the last day that counts, where that is earlier.
    """

    encounter: str
    had: int
    expected: int
    last_year: int
    by: date | None = None
    note: str = ""


def years_between(year_7_in: int, first_year: int, last_year: int) -> tuple[date, date]:
    """The first and the last day of those year groups for a pupil in Year 7 from `year_7_in`."""
    begins = date(year_7_in + first_year - 7, 9, 1)
    return begins, date(year_7_in + last_year - 7 + 1, 8, 31)


def had(lines: Iterable[RecordLineRow], encounter: str, first: date, last: date) -> int:
    """How many of the lines are experiences of that kind, on a day from `first` to `last`."""
    return sum(
        isinstance(line.body, Experience)
        and line.body.type == encounter
        and first <= line.happened_on <= last
        for line in lines
    )


def met_of(
    lines: Iterable[RecordLineRow], year_7_in: int, expected: Iterable[Expectation], today: date
) -> list[Met]:
    """What there is by `today` of what is expected, in the time that it is expected in."""
    held = list(lines)
    return [_met(held, year_7_in, one, today) for one in expected]


def _met(held: list[RecordLineRow], year_7_in: int, one: Expectation, today: date) -> Met:
    first, last = years_between(year_7_in, one.first_year, one.last_year)
    by = None
    if one.until is not None:
        month, day = one.until
        # From September to December it is the calendar year before that of the summer.
        by = last = date(last.year - (month > last.month), month, day)
    # A line may have a day that is still to come: what will be is not had yet.
    number = had(held, one.encounter, first, min(last, today))
    return Met(one.encounter, number, one.number, one.last_year, by, one.note)
