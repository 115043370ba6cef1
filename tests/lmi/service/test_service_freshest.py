from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi.service.answers import by_year
from lmi.service.freshest import WEEKS_A_YEAR, a_week, a_year, freshest
from lmi.service.no_data import NoData, Reason
from lmi.service.results import Receipt, WeeklyPay

NOW = datetime(2026, 11, 22, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Yearly:
    year: int
    source: str = "ASHE"
    unit: str = "GBP a year"


def live(year: int, soc: int = 2216, stale: bool = False) -> WeeklyPay:
    body = {"soc": soc, "series": [{"year": year, "estpay": 333}]}
    pay = by_year.series(WeeklyPay, body, "2216", Receipt(NOW, stale))
    assert isinstance(pay, WeeklyPay)
    return pay


def test_the_later_data_year_wins_and_says_which_and_when() -> None:
    snapshot = Yearly(2024)
    chosen = freshest(snapshot, live(2022))
    assert (chosen.side, chosen.year, chosen.source) == ("snapshot", 2024, "ASHE")
    assert chosen.passed_over.year == 2022
    chosen = freshest(snapshot, live(2025))
    assert (chosen.side, chosen.year) == ("live", 2025)
    assert chosen.source.publisher == "LMI for All"
    assert chosen.source.year == "2025"
    assert chosen.passed_over is snapshot


def test_a_tie_goes_to_the_snapshot() -> None:
    assert freshest(Yearly(2024), live(2024)).side == "snapshot"


def test_units_are_left_as_they_are() -> None:
    assert freshest(Yearly(2020), live(2022)).figure.unit == "GBP a week"
    assert freshest(Yearly(2024), live(2022)).figure.unit == "GBP a year"


def test_a_wider_group_never_replaces_the_job_itself() -> None:
    chosen = freshest(Yearly(2020), live(2025, soc=22))
    assert (chosen.side, chosen.year) == ("snapshot", 2020)
    assert freshest(None, live(2025, soc=22)).figure.wider_group, "alone it is shown, as such"


def test_when_it_was_fetched_plays_no_part() -> None:
    assert freshest(Yearly(2020), live(2022, stale=True)).side == "live"


@pytest.mark.parametrize("nothing", [None, NoData(Reason.RESTING)])
def test_one_side_or_none(nothing: NoData | None) -> None:
    assert freshest(nothing, nothing) is None
    assert freshest(Yearly(2010), nothing).side == "snapshot"
    assert freshest(nothing, live(2013)).side == "live"


def test_weeks_and_years() -> None:
    assert WEEKS_A_YEAR == 52.143
    assert a_year(100) == pytest.approx(5214.3)
    assert a_week(5214.3) == pytest.approx(100)


@given(st.integers(1990, 2040), st.integers(1990, 2040))
def test_it_is_never_the_older_one(one: int, other: int) -> None:
    assert freshest(Yearly(one), live(other)).year == max(one, other)


@given(st.floats(1, 1e6))
def test_there_and_back(pounds: float) -> None:
    assert a_week(a_year(pounds)) == pytest.approx(pounds)
