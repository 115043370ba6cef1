"""What a pupil is expected to have been offered by the end of certain years."""

from __future__ import annotations

from datetime import date

from bot.records.guidance.encounters import Expectation
from bot.records.pupils import PupilRow
from knowledge.wording import Wording

_PARTS = 6


def expectations(wording: Wording) -> tuple[Expectation, ...]:
    """Read all expectations. Raises ValueError for a line that does not hold four to six values."""
    found = []
    for line in wording.say("record.expected").splitlines():
        parts = [part.strip() for part in line.split("=")]
        if not 4 <= len(parts) <= _PARTS:
            raise ValueError(f"not four to six values: {line}")
        encounter, first, last, number, until, note = parts + [""] * (_PARTS - len(parts))
        found.append(Expectation(encounter, int(first), int(last), int(number), _day(until), note))
    return tuple(found)


def _day(told: str) -> tuple[int, int] | None:
    """The month and the day of "02-28"."""
    if not told:
        return None
    # Checked in a common year: 29 February is not a day of every year.
    day = date.fromisoformat(f"2001-{told}")
    return day.month, day.day


def expected_in(wording: Wording, year_group: int) -> tuple[Expectation, ...]:
    """Return what is expected of a school for that year group; nothing past Year 13."""
    return tuple(
        one for one in expectations(wording) if one.first_year <= year_group <= one.last_year
    )


def expected_for(wording: Wording, pupil: PupilRow, today: date) -> tuple[Expectation, ...]:
    """Return what is expected for a pupil on that day; nothing for one who has left."""
    if pupil.has_left(today):
        return ()
    return expected_in(wording, pupil.year_group(today))
