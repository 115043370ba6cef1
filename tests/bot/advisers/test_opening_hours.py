"""When advisers are there, by the school's own hours and holidays, in England's time."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisers.opening_hours import (
    DEFAULT,
    HoursWrong,
    OpeningHours,
    Span,
    hours_of,
    set_hours,
)
from tests.bot.records.conftest import NOW, Shelf, shelf  # noqa: F401

ENGLAND = ZoneInfo("Europe/London")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ENGLAND)


@pytest.mark.parametrize(
    ("moment", "is_open", "opens"),
    [
        ("2026-11-23T08:29:59", False, "2026-11-23T08:30"),
        ("2026-11-23T08:30", True, "2026-11-24T08:30"),
        ("2026-11-23T15:59:59", True, "2026-11-24T08:30"),
        ("2026-11-23T16:00", False, "2026-11-24T08:30"),
        ("2026-11-27T18:00", False, "2026-11-30T08:30"),  # Friday evening
        ("2026-11-28T12:00", False, "2026-11-30T08:30"),
    ],
)
def test_the_usual_hours(moment: str, is_open: bool, opens: str):
    assert DEFAULT.is_open(at(moment)) is is_open
    assert DEFAULT.next_opening(at(moment)) == at(opens)


def test_the_clock_is_englands_winter_and_summer():
    assert DEFAULT.is_open(datetime(2026, 11, 23, 8, 30, tzinfo=UTC))
    assert DEFAULT.is_open(datetime(2026, 7, 6, 7, 30, tzinfo=UTC))
    assert not DEFAULT.is_open(datetime(2026, 7, 6, 15, 0, tzinfo=UTC))


def test_holidays_and_lunch():
    spans = (Span(time(9), time(12)), Span(time(13), time(15)))
    holidays = ((date(2026, 12, 19), date(2027, 1, 3)),)
    hours = OpeningHours({0: spans, 4: spans}, holidays)
    assert not hours.is_open(at("2026-11-23T12:30"))
    assert hours.closes(at("2026-11-23T11:00")) == at("2026-11-23T12:00")
    assert hours.next_opening(at("2026-11-23T12:30")) == at("2026-11-23T13:00")
    assert hours.next_opening(at("2026-12-18T15:30")) == at("2027-01-04T09:00")
    assert not hours.is_open(at("2026-12-21T10:00"))


def test_never_open_is_told():
    assert OpeningHours({}).next_opening(at("2026-11-23T12:00")) is None


@given(
    st.dictionaries(
        st.integers(0, 6),
        st.lists(st.integers(0, 1439), min_size=2, max_size=6, unique=True).map(sorted),
        max_size=7,
    ),
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31)),
)
def test_the_next_opening_is_open_and_nothing_is_before_it(
    given_hours: dict[int, list[int]], moment: datetime
):
    hours = OpeningHours(
        {
            day: tuple(
                Span(time(*divmod(begins, 60)), time(*divmod(ends, 60)))
                for begins, ends in zip(marks[::2], marks[1::2], strict=False)
            )
            for day, marks in given_hours.items()
        }
    )
    assert OpeningHours.of_json(hours.to_json()) == hours
    now = moment.replace(tzinfo=UTC)
    opens = hours.next_opening(now)
    if opens is None:
        assert not any(hours.by_weekday.values())
        return
    # In the hour that a clock is put forward there are no minutes that a span could begin in.
    if opens.astimezone(UTC).astimezone(ENGLAND).time() == opens.time():
        assert opens > now
        assert hours.is_open(opens)
        assert hours.closes(opens - timedelta(seconds=1)) in (None, opens)


@pytest.mark.parametrize(
    "wrong",
    [
        {"hours": {"7": []}},
        {"hours": {"0": ["8:30-16:00"]}},
        {"hours": {"0": ["16:00-08:30"]}},
        {"hours": {"0": ["09:00-12:00", "11:00-13:00"]}},
        {"hours": {"0": ["24:00-25:00"]}},
        {"holidays": [["2026-12-20", "2026-12-19"]]},
        {"holidays": [["soon", "later"]]},
        {"holidays": [["2026-12-20"]]},
    ],
)
def test_wrong_hours_are_refused(wrong: dict):
    with pytest.raises(HoursWrong):
        OpeningHours.of_json(wrong)


def test_each_school_has_its_own(shelf: Shelf):  # noqa: F811
    mine = OpeningHours({2: (Span(time(10), time(11)),)}, ((date(2026, 12, 1), date(2026, 12, 2)),))
    with shelf.engine.begin() as connection:
        assert hours_of(connection, shelf.school_id) == DEFAULT
        set_hours(connection, shelf.school_id, mine, NOW)
        assert hours_of(connection, shelf.school_id) == mine
        assert hours_of(connection, shelf.school_id + 1) == DEFAULT
