"""Who needs a meeting by 16 and by 18, who first, and whether there is time for all."""

import itertools
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisers.meetings.due import (
    GROUPS,
    STATES,
    Pupil,
    Seen,
    counts,
    due_by,
    due_list,
    forecast,
    stage_of,
)

TODAY = date(2026, 11, 23)


def pupil(year: int = 11, name: str = "a", *meetings: Seen, groups=(), group="11B") -> Pupil:
    return Pupil(name, 2026 - (year - 7), group, frozenset(groups), meetings, name)


def seen(on: date, state: str = "signed off", **more) -> Seen:
    return Seen("m", on, state, counts=more.pop("counts", state == "signed off"), **more)


def state_of(*meetings: Seen, year: int = 11) -> str:
    (row,) = due_list([pupil(year, "a", *meetings)], TODAY)
    return row.state


@pytest.mark.parametrize(
    ("year", "stage", "by"),
    [(7, "16", date(2031, 7, 22)), (11, "16", date(2027, 7, 22)), (12, "18", date(2028, 7, 22)),
     (13, "18", date(2027, 7, 22))],
)  # fmt: skip
def test_by_16_is_the_end_of_year_11_and_by_18_that_of_year_13(year, stage, by):
    assert stage_of(year) == stage
    assert due_by(year, TODAY) == by


@pytest.mark.parametrize("year", [6, 14])
def test_other_years_are_in_no_list(year):
    assert stage_of(year) is None
    assert due_list([pupil(year)], TODAY) == []


@pytest.mark.parametrize(
    ("meetings", "state"),
    [((), "none"),
     ((seen(date(2026, 11, 2), "missed"),), "missed"),
     ((seen(date(2026, 11, 2), "missed", absent=True),), "absent"),
     ((seen(date(2026, 11, 2), "cancelled"),), "none"),
     ((seen(date(2026, 11, 2), "booked"),), "none"),
     ((seen(TODAY, "booked"),), "booked"),
     ((seen(date(2026, 11, 2), "missed"), seen(date(2026, 12, 2), "booked")), "booked"),
     ((seen(date(2026, 11, 2), "held"),), "held"),
     ((seen(date(2026, 11, 2), "held"), seen(date(2026, 12, 2), "booked")), "held"),
     ((seen(date(2026, 11, 2)),), "met"),
     ((seen(date(2024, 3, 1)),), "met")],
)  # fmt: skip
def test_what_there_is_so_far(meetings, state):
    assert state_of(*meetings) == state


def test_a_meeting_before_16_is_none_of_those_by_18():
    in_year_11 = seen(date(2026, 3, 2))
    assert state_of(in_year_11, year=12) == "none"
    assert state_of(in_year_11, seen(date(2026, 10, 5)), year=12) == "met"
    # The last day of August is still in the year before.
    assert state_of(seen(date(2026, 8, 31)), year=12) == "none"
    assert state_of(seen(date(2026, 9, 1)), year=12) == "met"


def test_who_needs_it_most_comes_first():
    rows = due_list(
        [
            pupil(11, "met", seen(date(2026, 10, 5))),
            pupil(12, "far", groups=["looked after"]),
            pupil(11, "plain"),
            pupil(11, "booked", seen(date(2026, 12, 7), "booked")),
            pupil(11, "premium", groups=["pupil premium"]),
            pupil(11, "both", groups=["send", "neet"]),
            pupil(11, "care", seen(date(2026, 12, 7), "booked"), groups=["looked after"]),
            pupil(11, "missed", seen(date(2026, 11, 2), "missed")),
        ],
        TODAY,
    )
    assert [row.pupil.name for row in rows] == [
        "care", "both", "premium", "plain", "missed", "booked", "far", "met",
    ]  # fmt: skip
    assert rows[1].groups == ("send", "neet")


def test_counts_add_up():
    rows = due_list(
        [pupil(11, "a"), pupil(11, "b", seen(date(2026, 10, 5))), pupil(13, "c")], TODAY
    )
    of_11, of_13 = counts(rows)
    assert (of_11.year_group, of_11.pupils, of_11.to_see, of_11.states["met"]) == (11, 2, 1, 1)
    assert (of_13.pupils, of_13.to_see) == (1, 1)


def test_the_forecast_goes_by_the_last_school_weeks():
    met = [pupil(11, f"m{n}", seen(date(2026, 11, 2) + timedelta(days=n))) for n in range(6)]
    waiting = [pupil(11, f"w{n}") for n in range(60)]
    (found,) = forecast(due_list([*met, *waiting], TODAY), TODAY)
    assert (found.year_group, found.to_see, found.weeks_seen) == (11, 60, 6)
    assert found.weekly == 1.0
    assert found.weeks_left == 35
    assert found.unseen == 60 - 35
    assert found.by == date(2027, 7, 22)


def test_holidays_are_no_time_for_meetings():
    waiting = [pupil(11, f"w{n}") for n in range(9)]
    rows = due_list([pupil(11, "m", seen(date(2026, 11, 3))), *waiting], TODAY)
    closed = {date(2026, 12, 21) + timedelta(days=n): False for n in range(12)}
    (with_holidays,) = forecast(rows, TODAY, closed)
    (without,) = forecast(rows, TODAY)
    assert without.weeks_left - with_holidays.weeks_left == 2


def test_who_is_booked_is_seen_whatever_the_rate():
    booked = [pupil(13, f"b{n}", seen(date(2026, 12, 7), "booked")) for n in range(5)]
    (found,) = forecast(due_list([*booked, pupil(13, "w")], TODAY), TODAY)
    assert (found.weekly, found.unseen) == (0.0, 1)


def test_in_the_first_week_there_is_no_rate_to_go_by():
    first = date(2026, 9, 1)
    rows = due_list([Pupil("a", 2022, "11B")], first)
    (found,) = forecast(rows, first)
    assert (found.weeks_seen, found.unseen) == (0, None)


MEETINGS = st.lists(
    st.builds(
        lambda ahead, state, absent: seen(
            TODAY + timedelta(days=ahead), state, absent=absent and state == "missed"
        ),
        st.integers(-900, 300),
        st.sampled_from(["booked", "cancelled", "missed", "held", "signed off"]),
        st.booleans(),
    ),
    max_size=4,
)
PUPILS = st.lists(
    st.tuples(st.integers(5, 15), MEETINGS, st.sets(st.sampled_from(GROUPS))), max_size=12
)


@given(PUPILS)
def test_nobody_is_lost_and_nobody_is_met_who_was_not(given_pupils):
    pupils = [
        pupil(year, str(number), *meetings, groups=groups)
        for number, (year, meetings, groups) in enumerate(given_pupils)
    ]
    rows = due_list(pupils, TODAY)
    assert {row.pupil.id for row in rows} == {
        one.id for one in pupils if 7 <= one.year_group(TODAY) <= 13
    }
    for row in rows:
        assert row.state in STATES
        assert row.is_met == any(
            one.counts and stage_of(row.pupil.year_group(one.on)) == row.stage
            for one in row.pupil.meetings
        )
    open_rows = [row for row in rows if not row.is_met]
    assert rows[: len(open_rows)] == open_rows
    for before, after in itertools.pairwise(open_rows):
        assert before.by <= after.by
        assert not (before.by == after.by and after.groups and not before.groups)
    for one in forecast(rows, TODAY):
        assert one.unseen is None or 0 <= one.unseen <= one.to_see
