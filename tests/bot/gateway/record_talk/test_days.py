"""Days in pupils' words, as seen from a Monday in November."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bot.gateway.record_talk.conftest import TALK

MONDAY = date(2026, 11, 23)
DAYS = TALK.reading.days


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("before friday", (2026, 11, 27)),
        ("on mon", (2026, 11, 30)),
        ("this monday", (2026, 11, 23)),
        ("next tues", (2026, 12, 1)),
        ("by wensday", (2026, 11, 25)),
        ("tomorrow", (2026, 11, 24)),
        ("today", (2026, 11, 23)),
        ("the day after tomorrow", (2026, 11, 25)),
        ("next week", (2026, 12, 4)),
        ("this week", (2026, 11, 27)),
        ("at the weekend", (2026, 11, 29)),
        ("next month", (2026, 12, 31)),
        ("by the end of this month", (2026, 11, 30)),
        ("by 3 march", (2027, 3, 3)),
        ("by the 3rd of march", (2027, 3, 3)),
        ("december 5th", (2026, 12, 5)),
        ("on 3 march 2028", (2028, 3, 3)),
        ("by 4/12", (2026, 12, 4)),
        ("by 04/12/27", (2027, 12, 4)),
        ("in 2 weeks", (2026, 12, 7)),
        ("in a month", (2026, 12, 23)),
        ("before christmas", (2026, 12, 24)),
        ("by january", (2027, 1, 1)),
        ("by the end of january", (2027, 1, 31)),
    ],
)
def test_days(text, day):
    assert DAYS.find(f"call them {text}", MONDAY).day == date(*day)


@pytest.mark.parametrize(
    "text", ["i sat there", "maybe", "may", "by 31/2", "on 3 march 2020", "24/7", "one day", "soon"]
)
def test_no_day(text):
    assert DAYS.find(text, MONDAY) is None


def test_on_a_sunday_this_week_is_over_and_on_a_friday_friday_is_the_next():
    assert DAYS.find("this week", date(2026, 11, 29)).day == date(2026, 11, 29)
    assert DAYS.find("by friday", date(2026, 11, 27)).day == date(2026, 12, 4)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("last june", (2026, 6, 1)),
        ("in June", (2026, 6, 1)),
        ("June.", (2026, 6, 1)),
        ("may", (2026, 5, 1)),
        ("june last year", (2025, 6, 1)),
        ("a week in june 2024", (2024, 6, 1)),
        ("in december", (2025, 12, 1)),
        ("this november", (2026, 11, 1)),
        ("last november", (2025, 11, 1)),
        ("14 march", (2026, 3, 14)),
        ("on the 14th of march 2025", (2025, 3, 14)),
        ("dec 3rd", (2025, 12, 3)),
        ("14/3/25", (2025, 3, 14)),
        ("29 june - 3 july", (2026, 6, 29)),
        ("yesterday", (2026, 11, 22)),
        ("last week", (2026, 11, 16)),
        ("last monday", (2026, 11, 16)),
        ("on friday", (2026, 11, 20)),
        ("two weeks ago", (2026, 11, 9)),
        ("3 months ago", (2026, 8, 1)),
        ("last june for two weeks", (2026, 6, 1)),
    ],
)
def test_the_day_on_which_something_was(text, day):
    assert DAYS.was(text, MONDAY) == date(*day)


@pytest.mark.parametrize(
    "text",
    [
        *("", "ages ago", "last year", "last summer", "in year 9 summer", "year 9", "in june y9"),
        *("it may be", "june or july", "june and september", "june 2 years ago", "maybe june"),
        *("in june 1999", "june 2005", "31 february", "29 feb", "24/7", "14/15/25"),
        *("tomorrow", "next june", "in december 2026", "24 november 2026", "the march before last"),
    ],
)
def test_what_is_not_sure_names_no_day_on_which_it_was(text):
    assert DAYS.was(text, MONDAY) is None


PIECES = (
    *("last", "in", "june", "may", "29", "feb", "31", "on", "friday", "2024", "two", "weeks"),
    *("ago", "/", "3", "year", "yesterday", "of", "week", "months", "nov"),
)


@given(st.lists(st.sampled_from(PIECES)), st.dates(date(2024, 1, 1), date(2040, 1, 1)))
def test_what_was_is_never_to_come_and_never_an_error(words, today):
    found = DAYS.was(" ".join(words), today)
    assert found is None or date(today.year - 10, 1, 1) <= found <= today


@given(
    st.lists(
        st.sampled_from(
            [
                "by",
                "on",
                "next",
                "this",
                "29",
                "feb",
                "31",
                "friday",
                "week",
                "in",
                "3",
                "/",
                "2",
                "months",
            ]
        )
    ),
    st.dates(date(2024, 1, 1), date(2040, 1, 1)),
)
def test_never_in_the_past_and_never_an_error(words, today):
    found = DAYS.find(" ".join(words), today)
    assert found is None or found.day >= today
