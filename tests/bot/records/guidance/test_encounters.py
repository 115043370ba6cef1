"""What is had of what is expected: by kind, in its years, to its last day, never beyond today."""

from datetime import date

import pytest

from bot.channels.web.record.expected import expectations, expected_for, expected_in
from bot.records.guidance.bodies import ENCOUNTERS
from bot.records.guidance.encounters import Expectation, Met, met_of
from bot.records.guidance.lines import lines_of
from bot.records.pupils import PupilDetails, PupilRow
from knowledge.wording import Wording
from tests.bot.records.guidance.conftest import EXPERIENCE, NOW, Held

WORDING = Wording.load()
YEAR_7_IN = 2023
"""Year 8 from September 2024, Year 9 from September 2025."""
PROVIDERS = Expectation("provider", 8, 9, 2, (2, 28))


def had_on(held: Held, *days: date, encounter: str = "provider") -> None:
    for day in days:
        held.line("experience", body={**EXPERIENCE, "type": encounter}, happened_on=day)


def one(held: Held, expectation: Expectation, today: date) -> Met:
    (met,) = met_of(held(lines_of), YEAR_7_IN, [expectation], today)
    return met


@pytest.mark.parametrize(
    ("day", "counts"),
    [
        (date(2024, 8, 31), 0),
        (date(2024, 9, 1), 1),
        (date(2025, 7, 1), 1),
        (date(2026, 2, 28), 1),
        (date(2026, 3, 1), 0),
    ],
)
def test_providers_count_to_the_end_of_february(held: Held, day: date, counts: int):
    had_on(held, day)
    found = one(held, PROVIDERS, date(2026, 6, 1))
    assert found == Met("provider", counts, 2, 9, date(2026, 2, 28))


def test_what_is_still_to_come_is_not_had(held: Held):
    had_on(held, date(2025, 10, 1), date(2025, 12, 1))
    assert one(held, PROVIDERS, date(2025, 11, 1)).had == 1
    assert one(held, PROVIDERS, date(2025, 12, 1)).had == 2


def test_another_kind_and_another_year_do_not_count(held: Held):
    had_on(held, date(2025, 10, 1), encounter="visit")
    had_on(held, date(2025, 10, 1), date(2026, 9, 1), encounter="employer")
    assert one(held, PROVIDERS, date(2026, 10, 1)).had == 0
    assert one(held, Expectation("employer", 9, 9, 1), date(2026, 10, 1)).had == 1


def test_a_last_day_in_autumn_is_in_the_first_half_of_the_school_year(held: Held):
    assert one(held, Expectation("employer", 9, 9, 1, (10, 31)), NOW.date()).by == date(
        2025, 10, 31
    )


@pytest.mark.parametrize(
    ("year_group", "expected"),
    [
        (7, {"employer": 1, "workplace": 2}),
        (8, {"employer": 1, "workplace": 2, "provider": 2}),
        (9, {"employer": 1, "workplace": 2, "provider": 2}),
        (10, {"employer": 1, "workplace": 2, "provider": 2}),
        (11, {"employer": 1, "workplace": 2, "provider": 2}),
        (12, {"employer": 1, "workplace": 1, "provider": 2, "visit": 2}),
        (13, {"employer": 1, "workplace": 1, "provider": 2, "visit": 2}),
        (14, {}),
    ],
)
def test_what_is_expected_of_a_year(year_group: int, expected: dict[str, int]):
    found = expected_in(WORDING, year_group)
    assert {one.encounter: one.number for one in found} == expected
    assert all(one.until == ((2, 28) if one.encounter == "provider" else None) for one in found)


def test_providers_and_visits_after_16_are_for_those_who_want_them():
    notes = {one.encounter: one.note for one in expected_in(WORDING, 12)}
    assert notes["provider"] == "you choose whether to go"
    assert "university" in notes["visit"]
    assert not any(one.note for one in expectations(WORDING) if one.last_year <= 11)


def test_every_kind_that_is_expected_is_one():
    assert {one.encounter for one in expectations(WORDING)} <= set(ENCOUNTERS)


def test_nothing_is_expected_for_who_has_left():
    details = PupilDetails("Zebedee", "Quillfeather")
    gone = date(2026, 10, 1)
    pupil = PupilRow("a" * 32, 1, details, YEAR_7_IN, None, gone, NOW)
    assert expected_for(WORDING, pupil, date(2026, 9, 30)) == expected_in(WORDING, 10)
    assert expected_for(WORDING, pupil, gone) == ()


@pytest.mark.parametrize(
    "line", ["employer = 7 = 7", "provider = 8 = 9 = 2 = 02-30", "a=1=1=1=1=1=1"]
)
def test_a_line_that_cannot_be_read(line: str):
    with pytest.raises(ValueError, match=r"."):
        expectations(Wording({"record.expected": line}))
