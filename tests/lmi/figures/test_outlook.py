from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi.figures.outlook import direction_of, outlook
from tests.lmi.figures.small_snapshot import SmallSnapshot

TODAY = date(2026, 11, 22)


def test_electricians_group_in_england(snapshot):
    look = outlook(snapshot, "5241", TODAY)
    assert look.scope.kind == "sub_major_group"
    assert look.scope.title == "Skilled metal, electrical and electronic trades"
    assert look.scope.place == "England"
    assert (look.base_year, look.end_year) == (2025, 2035)
    assert (round(look.base), round(look.end)) == (922, 873)
    assert look.change == look.end - look.base
    assert round(look.percent, 1) == -5.3
    assert look.direction == "fall"
    assert look.points[0] == (2025, look.base)
    assert look.points[-1] == (2035, look.end)
    assert len(look.points) == 11
    assert look.caution
    assert look.sources[0].caveat


def test_openings_of_the_electricians_group(snapshot):
    openings = outlook(snapshot, "5241", TODAY).openings
    assert (openings.from_year, openings.to_year) == (2020, 2035)
    assert (openings.leaving, openings.net_change, openings.total) == (346.831, -53.679, 293.152)
    assert round(openings.leaving + openings.net_change, 3) == openings.total


def test_an_area_against_england(snapshot):
    look = outlook(snapshot, "6135", TODAY, "Cumbria")
    england = outlook(snapshot, "6135", TODAY)
    assert look.scope.place == "Cumbria"
    assert [year for year, _ in look.points] == [2025, 2030, 2035]
    assert look.england_percent == england.percent
    assert look.base < england.base


def test_every_unit_group_and_area_has_an_outlook(snapshot):
    assert all(outlook(snapshot, code, TODAY) for code in snapshot.unit_groups)
    assert all(outlook(snapshot, "5241", TODAY, area.name) for area in snapshot.areas)


def test_an_unknown_area_has_none(snapshot):
    assert outlook(snapshot, "5241", TODAY, "Atlantis") is None


@pytest.mark.parametrize(
    ("year", "base"), [(2024, 2020), (2025, 2025), (2029, 2025), (2030, 2030), (2034, 2030)]
)
def test_the_base_is_the_latest_shared_year_that_has_come(snapshot, year, base):
    assert outlook(snapshot, "5241", date(year, 6, 1)).base_year == base


@pytest.mark.parametrize("year", [2019, 2035, 2040])
def test_no_outlook_before_or_after_its_time(snapshot, year):
    assert outlook(snapshot, "5241", date(year, 6, 1)) is None


def test_no_base_no_outlook():
    small = SmallSnapshot(codes=["1111"], employment={"11": {2025: 0.0, 2035: 10.0}})
    assert outlook(small, "1111", TODAY) is None


@pytest.mark.parametrize(
    ("percent", "years", "code"),
    [
        (-20.6, 10, "fall_fast"),
        (-5.3, 10, "fall"),
        (-1.9, 10, "steady"),
        (1.9, 10, "steady"),
        (2.0, 10, "grow"),
        (10.0, 10, "grow_fast"),
        (-10.0, 10, "fall_fast"),
        (5.0, 5, "grow_fast"),
    ],
)
def test_directions(percent, years, code):
    assert direction_of(percent, years) == code


@given(st.floats(-90, 500), st.floats(-90, 500), st.integers(1, 15))
def test_a_higher_change_never_has_a_lower_direction(one, other, years):
    order = ["fall_fast", "fall", "steady", "grow", "grow_fast"]
    low, high = sorted((one, other))
    assert order.index(direction_of(low, years)) <= order.index(direction_of(high, years))
