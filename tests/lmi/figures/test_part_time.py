from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi.figures.part_time import full_time_minimum, part_time_note
from lmi.figures.pay import typical_pay


def test_a_year_at_the_wage_of_the_tax_year():
    # 10.42 an hour from April 2023, 37.5 hours, 52.143 weeks: the tax year that ended April 2024.
    assert full_time_minimum(2024) == 20375


@pytest.mark.parametrize(
    ("code", "median"), [("9263", 11064), ("6135", 19752), ("7111", 13632), ("6112", 17268)]
)
def test_part_time_work_pulls_the_middle_under_a_full_time_year(snapshot, code, median):
    pay = typical_pay(snapshot, code)
    assert pay.median == median
    assert pay.part_time.reason == "below_full_time_minimum"
    assert pay.part_time.full_time_minimum == 20375


@pytest.mark.parametrize("code", ["4215", "8214", "4213"])
def test_a_wide_spread_that_starts_under_a_full_time_year(snapshot, code):
    assert typical_pay(snapshot, code).part_time.reason == "quarter_below_full_time_minimum"


@pytest.mark.parametrize("code", ["5241", "2240", "1111", "1131"])
def test_high_or_senior_pay_is_not_explained_by_part_time_work(snapshot, code):
    assert typical_pay(snapshot, code).part_time is None


@given(st.integers(2000, 2040))
def test_the_floor_exists_in_every_year(year):
    assert 16000 < full_time_minimum(year) < 30000


@given(st.none() | st.integers(0, 200_000), st.none() | st.integers(0, 200_000))
def test_a_missing_median_alone_decides_nothing(p25, p75):
    note = part_time_note(None, p25, p75, 2024)
    assert note is None or (p25 is not None and p75 is not None)
