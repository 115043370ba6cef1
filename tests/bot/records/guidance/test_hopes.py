"""What was hoped for over time: with its days, and with what took its place."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.guidance.bundle import bundle_of
from bot.records.guidance.hopes import Hope, hopes_in, hopes_of, shares
from bot.records.guidance.lines import correct_line, lines_of, versions_of_pupil
from tests.bot.records.guidance.conftest import NOW, Held

DAY = NOW.date()


def hopes(held: Held) -> list[Hope]:
    found = hopes_of(held(lines_of), held(versions_of_pupil))
    # Out of the document that a pupil downloads it is the same.
    assert hopes_in(held(bundle_of, NOW)["lines"]) == found
    return found


def test_without_any(held: Held):
    held.line("decision")
    assert hopes(held) == []
    assert shares([], DAY) == []


def test_one(held: Held):
    held.line("aspiration")
    assert hopes(held) == [Hope("Be a vet", DAY)]


def test_what_replaced_what(held: Held):
    vet = held.line("aspiration")
    for months, text in ((6, "Be a vet nurse"), (12, "Be a zoo keeper")):
        held(correct_line, vet.id, {"text": text}, NOW + timedelta(days=30 * months))
    nurse, keeper = DAY + timedelta(days=180), DAY + timedelta(days=360)
    assert hopes(held) == [
        Hope("Be a vet", DAY, nurse, "Be a vet nurse"),
        Hope("Be a vet nurse", nurse, keeper, "Be a zoo keeper"),
        Hope("Be a zoo keeper", keeper),
    ]


def test_two_may_stand_at_the_same_time(held: Held):
    held.line("aspiration", happened_on=date(2026, 3, 1))
    held.line("aspiration", body={"text": "Work abroad"}, happened_on=date(2025, 3, 1))
    assert hopes(held) == [
        Hope("Work abroad", date(2025, 3, 1)),
        Hope("Be a vet", date(2026, 3, 1)),
    ]


def test_of_one_day_the_first_that_was_added_goes_first(held: Held):
    for minutes, text in enumerate(("First", "Second", "Third")):
        held.line("aspiration", body={"text": text}, now=NOW + timedelta(minutes=minutes))
    assert [one.text for one in hopes(held)] == ["First", "Second", "Third"]


def test_a_slip_put_right_on_the_day_is_no_change_of_mind(held: Held):
    line = held.line("aspiration", body={"text": "Be a vte"})
    held(correct_line, line.id, {"text": "Be a vet"}, NOW + timedelta(minutes=5))
    assert hopes(held) == [Hope("Be a vet", DAY)]


def test_there_and_back_is_the_same_hope(held: Held):
    line = held.line("aspiration", body={"text": "Be a vet", "soc2020": 2240})
    held(correct_line, line.id, {"text": "Be a vet"}, NOW + timedelta(days=9))
    assert hopes(held) == [Hope("Be a vet", DAY)]


def test_the_day_of_a_change_is_that_in_england(held: Held):
    line = held.line("aspiration", happened_on=date(2026, 5, 1))
    late = datetime(2026, 6, 30, 23, 30, tzinfo=UTC)  # half past midnight in summer time
    held(correct_line, line.id, {"text": "Be a pilot"}, late)
    assert hopes(held)[0].until == date(2026, 7, 1)


def test_where_bars_begin_and_end():
    found = [Hope("a", date(2026, 1, 1), date(2026, 1, 6), "b"), Hope("b", date(2026, 1, 6))]
    assert shares(found, date(2026, 1, 11)) == [(0.0, 0.5), (0.5, 1.0)]
    assert shares(found[1:], date(2026, 1, 6)) == [(0.0, 1.0)]


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.lists(st.tuples(days, st.none() | st.integers(1, 900)), max_size=9), days)
def test_no_bar_leaves_the_picture(told: list[tuple[date, int | None]], today: date):
    found = [
        Hope(
            "x", since, since + timedelta(days=length) if length else None, "y" if length else None
        )
        for since, length in told
    ]
    for begins, ends in shares(found, today):
        assert 0 <= begins <= ends <= 1


@pytest.mark.parametrize("kind", ["decision", "action", "note"])
def test_only_hopes(held: Held, kind: str):
    held.line(kind)
    assert hopes(held) == []
