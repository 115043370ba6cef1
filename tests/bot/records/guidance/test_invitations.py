"""Who is asked where they went, when, and how often; and what becomes of links and answers."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.records.guidance.asking import (
    Asking,
    Standing,
    asking_of,
    set_asking,
    standing_of,
    withdraw,
)
from bot.records.guidance.destinations import add_destination, destinations_of
from bot.records.guidance.invitations import answer_link, invitations_of, invite, open_link
from bot.records.guidance.leaving import anniversary, known_to_last_from
from bot.records.guidance.lines import NoPupil
from bot.records.pupils import PupilDetails, add_pupil, leave_pupil
from tests.bot.records.guidance.conftest import NOW, SEALING, Held

HASH = "f" * 64


def at(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 9, tzinfo=UTC)


def leaver(held: Held, year_7_in: int, left_on: date | None) -> str:
    with held.engine.begin() as connection:
        common = (connection, SEALING, held.school)
        pupil = add_pupil(*common, PupilDetails("Testy", "Exampleton"), year_7_in, None, NOW)
        if left_on is not None:
            leave_pupil(*common, pupil, left_on, NOW)
        return pupil


def standing(held: Held, day: date) -> Standing:
    with held.engine.begin() as connection:
        return standing_of(connection, SEALING, held.school, at(day))


def due(held: Held, day: date) -> list[tuple[str, int]]:
    return [(one.pupil.id, one.years_after) for one in standing(held, day).due]


def link(held: Held, pupil: str, day: date, years_after: int = 0, token_hash: str = HASH) -> str:
    with held.engine.begin() as connection:
        return invite(
            connection, held.school, pupil,
            years_after=years_after, new_hash=token_hash, now=at(day), days=60,
        )  # fmt: skip


def answer(held: Held, day: date, token_hash: str = HASH, **more):
    values = {"category": "employment", "place": None, "course": None, "sustained": None}
    with held.engine.begin() as connection:
        return answer_link(
            connection, SEALING, held.school, token_hash, now=at(day), **{**values, **more}
        )


@pytest.mark.parametrize(
    ("day", "years_after"),
    [
        (date(2026, 7, 19), None),  # still there
        (date(2026, 7, 20), 0),
        (date(2027, 6, 29), 0),
        (date(2027, 6, 30), 1),
        (date(2028, 6, 30), 2),
        (date(2030, 6, 29), 3),
        (date(2030, 6, 30), None),  # four years after
    ],
)
def test_a_leaver_is_asked_at_leaving_and_for_three_years(
    held: Held, day: date, years_after: int | None
):
    pupil = leaver(held, 2021, date(2026, 7, 20))
    assert due(held, day) == ([] if years_after is None else [(pupil, years_after)])


def test_how_many_years_is_the_schools_choice(held: Held):
    pupil = leaver(held, 2021, date(2026, 7, 20))
    with held.engine.begin() as connection:
        assert asking_of(connection, held.school) == Asking(3, 60)
        set_asking(connection, held.school, Asking(1, 30), NOW)
        assert asking_of(connection, held.school) == Asking(1, 30)
        assert asking_of(connection, held.twin_school) == Asking(3, 60)
        for wrong in (Asking(11, 60), Asking(-1, 60), Asking(3, 0), Asking(3, 366)):
            with pytest.raises(ValueError, match="out of bounds"):
                set_asking(connection, held.school, wrong, NOW)
    assert due(held, date(2027, 7, 1)) == [(pupil, 1)]
    assert due(held, date(2028, 7, 1)) == []


@pytest.mark.parametrize(
    ("year_7_in", "left_on", "asked"),
    [
        (2023, date(2026, 9, 3), False),  # Year 9: changed school
        (2021, date(2026, 9, 3), True),  # found gone by the autumn's roster, after Year 11
        (2022, date(2026, 9, 3), False),  # the same after Year 10
        (2019, date(2026, 6, 26), True),
        (2019, None, True),  # past Year 13, whatever the roster says
        (2020, None, False),  # in Year 13
    ],
)
def test_who_leaves_after_year_11_or_later_is_asked(
    held: Held, year_7_in: int, left_on: date | None, asked: bool
):
    pupil = leaver(held, year_7_in, left_on)
    assert due(held, date(2026, 10, 5)) == ([(pupil, 0)] if asked else [])


def test_who_has_a_link_is_not_due_until_it_ends_or_is_withdrawn(held: Held):
    pupil = leaver(held, 2021, date(2026, 7, 20))
    number = link(held, pupil, date(2026, 9, 10))
    found = standing(held, date(2026, 11, 9))
    assert (found.due, found.open_ids, found.known) == ((), (number,), 0)
    assert due(held, date(2026, 11, 10)) == [(pupil, 0)]  # 61 days later
    with held.engine.begin() as connection:
        assert withdraw(connection, held.twin_school, at(date(2026, 10, 1))) == 0
        assert withdraw(connection, held.school, at(date(2026, 10, 1)), ids=["0" * 16]) == 0
        assert withdraw(connection, held.school, at(date(2026, 10, 1)), ids=[number]) == 1
        assert withdraw(connection, held.school, at(date(2026, 10, 1))) == 0
    assert due(held, date(2026, 10, 1)) == [(pupil, 0)]


def test_who_answered_is_asked_again_a_year_later(held: Held):
    pupil = leaver(held, 2021, date(2026, 7, 20))
    link(held, pupil, date(2026, 9, 10))
    assert answer(held, date(2026, 9, 20)) is not None
    found = standing(held, date(2026, 12, 1))
    assert (found.due, found.open_ids, found.known) == ((), (), 1)
    assert due(held, date(2027, 7, 1)) == [(pupil, 1)]


def test_who_would_rather_not_say_is_not_asked_twice_in_a_year(held: Held):
    pupil = leaver(held, 2021, date(2026, 7, 20))
    link(held, pupil, date(2026, 9, 10))
    answer(held, date(2026, 9, 20), category="unknown")
    assert due(held, date(2026, 12, 1)) == []
    assert due(held, date(2027, 7, 1)) == [(pupil, 1)]


@pytest.mark.parametrize(
    ("day", "category", "kind", "known"),
    [
        (date(2026, 9, 1), "employment", "actual", True),
        (date(2026, 9, 1), "unknown", "actual", False),
        (date(2026, 9, 1), "employment", "intended", False),
        (date(2026, 6, 1), "employment", "actual", False),  # of what came before
    ],
)
def test_what_the_school_knows_by_other_ways_is_not_asked(
    held: Held, day: date, category: str, kind: str, known: bool
):
    pupil = leaver(held, 2021, date(2026, 7, 20))
    with held.engine.begin() as connection:
        add_destination(
            connection, SEALING, held.school, pupil, kind=kind, category=category, details={},
            year_group=11, reported_by="import", reported_on=day, now=NOW,
        )  # fmt: skip
    found = standing(held, date(2026, 10, 5))
    assert (len(found.due), found.known) == ((0, 1) if known else (1, 0))


def test_an_answer_takes_the_place_of_the_links_earlier_one_only(held: Held):
    pupil = leaver(held, 2021, date(2026, 7, 20))
    with held.engine.begin() as connection:
        for kind in ("intended", "actual"):
            add_destination(
                connection, SEALING, held.school, pupil, kind=kind, category="unknown"
                if kind == "actual" else "undecided", details={}, year_group=11,
                reported_by="import", reported_on=date(2026, 6, 1), now=NOW,
            )  # fmt: skip
    link(held, pupil, date(2026, 9, 10))
    for category in ("employment", "apprenticeship"):
        answer(held, date(2026, 9, 20), category=category)
    with held.engine.begin() as connection:
        rows = destinations_of(connection, SEALING, held.school, pupil)
    assert sorted(row.category for row in rows) == ["apprenticeship", "undecided", "unknown"]


@pytest.mark.parametrize(
    ("day", "category", "kept"),
    [
        (date(2026, 12, 29), "employment", None),  # six months from 30 June
        (date(2026, 12, 30), "employment", True),
        (date(2026, 12, 30), "not in education or work", None),
        (date(2026, 12, 30), "unknown", None),
    ],
)
def test_nothing_lasted_six_months_before_they_have_passed(
    held: Held, day: date, category: str, kept: bool | None
):
    pupil = leaver(held, 2021, date(2026, 7, 20))
    link(held, pupil, date(2026, 12, 1))
    with held.engine.begin() as connection:
        opened = open_link(connection, SEALING, held.school, HASH, at(day))
    assert opened is not None
    assert opened.asks_whether_it_lasted == (day >= date(2026, 12, 30))
    row = answer(held, day, category=category, sustained=True)
    assert row is not None and row.sustained is kept


def test_a_link_at_its_end_keeps_nothing(held: Held):
    pupil = leaver(held, 2021, date(2026, 7, 20))
    link(held, pupil, date(2026, 9, 10))
    with held.engine.begin() as connection:
        (row,) = invitations_of(connection, held.school, pupil)
    assert row.last_day == date(2026, 11, 9)
    assert row.is_open(datetime(2026, 11, 9, 23, 59, 59, tzinfo=UTC))
    assert not row.is_open(datetime(2026, 11, 10, tzinfo=UTC))
    assert answer(held, date(2026, 11, 10)) is None
    assert answer(held, date(2026, 9, 20), "0" * 64) is None
    with pytest.raises(ValueError, match="not a category"):
        answer(held, date(2026, 9, 20), category="undecided")
    with held.engine.begin() as connection:
        assert destinations_of(connection, SEALING, held.school, pupil) == []
        (row,) = invitations_of(connection, held.school, pupil)
    assert row.answered_at is None


def test_no_link_for_a_pupil_of_another_school(held: Held):
    with held.engine.begin() as connection, pytest.raises(NoPupil):
        invite(connection, held.school, held.twin, years_after=0, new_hash=HASH, now=NOW, days=60)


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)), st.integers(0, 12))
def test_anniversaries_are_whole_years_whatever_the_day(left: date, years: int):
    day = anniversary(left, years)
    assert day.year == left.year + years
    assert (day.month, day.day) in ((left.month, left.day), (2, 28))


@given(st.dates(date(2000, 1, 1), date(2090, 1, 1)))
def test_six_months_are_half_a_year(left: date):
    assert timedelta(days=179) <= known_to_last_from(left) - left <= timedelta(days=184)
