"""What a pupil is expected to have taken part in by the end of certain years."""

from __future__ import annotations

from bot.records.guidance.encounters import Expectation
from knowledge.wording import Wording


def expectations(wording: Wording) -> tuple[Expectation, ...]:
    """Read all expectations. Raises ValueError for a line that does not hold four values."""
    found = []
    for line in wording.say("record.expected").splitlines():
        encounter, first, last, number = (part.strip() for part in line.split("="))
        found.append(Expectation(encounter, int(first), int(last), int(number)))
    return tuple(found)


def expected_in(wording: Wording, year_group: int) -> tuple[Expectation, ...]:
    """Return what is expected of a pupil in that year group; nothing for one who has left."""
    return tuple(
        one for one in expectations(wording) if one.first_year <= year_group <= one.last_year
    )
