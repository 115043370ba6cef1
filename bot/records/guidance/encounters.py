"""How many experiences of one kind a pupil had in some school years."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from bot.records.guidance.bodies import Experience
from bot.records.guidance.lines import RecordLineRow


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


@dataclass(frozen=True)
class Expectation:
    """So many experiences of one kind in the years `first_year` to `last_year`, both included."""

    encounter: str
    first_year: int
    last_year: int
    number: int
