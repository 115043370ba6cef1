from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi.figures.hours import Hours
from lmi.figures.pay import (
    jobs_weighted_middle,
    pay_in,
    published_pay,
    typical_pay,
    wider_pay,
)
from lmi.figures.scope import Scope
from tests.lmi.figures.small_snapshot import SmallSnapshot, row

HOURS = Hours(37, 40, "profile", None, Scope("profile", "x", "X", "England"), ())
amounts = st.none() | st.integers(1000, 200_000)


def test_vets_earn_what_is_published(snapshot):
    pay = typical_pay(snapshot, "2240")
    assert (pay.median, pay.p25, pay.p75) == (42612, 32976, None)
    assert (pay.year, pay.latest_year, pay.basis, pay.jobs) == (2024, 2024, "latest_year", 14000)
    assert pay.scope == Scope("unit_group", "2240", "Veterinarians", "UK")
    (source,) = pay.sources
    assert source.publisher == "Office for National Statistics"
    assert source.year == "2024"
    assert source.caveat


def test_electricians_middle_half(snapshot):
    pay = typical_pay(snapshot, "5241")
    assert (pay.p10, pay.p25, pay.median, pay.p75, pay.p90) == (22440, 30000, 38064, 45528, None)


def test_an_earlier_year_stands_in_under_its_own_year(snapshot):
    # Biological scientists: nothing for 2024, £33,900 for 2023.
    pay = typical_pay(snapshot, "2112")
    assert (pay.median, pay.year, pay.latest_year, pay.basis) == (33900, 2023, 2024, "earlier_year")
    assert pay.sources[0].year == "2023"


def test_a_group_without_any_year_gets_its_wider_group_by_name(snapshot):
    pay = typical_pay(snapshot, "3413")  # actors, entertainers and presenters
    assert pay.basis == "wider_group"
    assert pay.scope.kind == "minor_group"
    assert pay.scope.code == "341"
    assert pay.members >= 2
    assert (pay.p25, pay.p75, pay.jobs) == (None, None, None)
    medians = [
        snapshot.pay(g.code, 2024).median for g in snapshot.unit_groups.values() if g.minor == "341"
    ]
    assert pay.median in medians


def test_a_wider_group_by_hand():
    small = SmallSnapshot(
        [row("1111", 2024, None), row("1112", 2024, 20000, 1000), row("1113", 2024, 30000, 3000)]
    )
    pay = typical_pay(small, "1111")
    assert (pay.median, pay.members, pay.scope.code) == (30000, 2, "111")


def test_one_published_group_does_not_speak_for_the_minor_group():
    small = SmallSnapshot(
        [row("1111", 2024, None), row("1112", 2024, 20000), row("1121", 2024, 40000)]
    )
    pay = typical_pay(small, "1111")
    assert (pay.scope.kind, pay.scope.code, pay.members) == ("sub_major_group", "11", 2)
    assert pay.median == 30000


def test_nothing_published_anywhere_near_is_no_figure():
    small = SmallSnapshot([row("1111", 2024, None), row("1112", 2024, 20000)])
    assert typical_pay(small, "1111") is None


def test_medians_without_jobs_cannot_be_weighted():
    small = SmallSnapshot(
        [row("1111", 2024, None), row("1112", 2024, 20000, None), row("1113", 2024, 30000)]
    )
    assert wider_pay(small, "1111") is None


def test_an_unknown_code_is_a_mistake(snapshot):
    with pytest.raises(KeyError):
        typical_pay(snapshot, "0000")


def test_women_and_men_on_their_own(snapshot):
    assert published_pay(snapshot, "5241", 2024, "women").median == 25320
    assert published_pay(snapshot, "2240", 2024, "men") is None


def test_every_unit_group_gets_a_figure_or_none_and_never_a_made_up_one(snapshot):
    for code in snapshot.unit_groups:
        pay = typical_pay(snapshot, code)
        if pay is None or pay.basis == "wider_group":
            assert all(snapshot.pay(code, y).median is None for y in snapshot.pay_years())
        else:
            assert pay.median == snapshot.pay(code, pay.year).median


@given(st.lists(st.tuples(st.integers(2021, 2024), amounts, amounts), min_size=1, max_size=4))
def test_suppressed_in_means_no_number_out(rows):
    held = {year: row("1111", year, median, p25=p25) for year, median, p25 in rows}
    pay = typical_pay(SmallSnapshot(list(held.values())), "1111")
    published = {year: r for year, r in held.items() if r.median is not None}
    if not published:
        assert pay is None
    else:
        best = published[max(published)]
        assert (pay.year, pay.median, pay.p25, pay.p75) == (best.year, best.median, best.p25, None)


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1))
def test_half_the_jobs_lie_on_either_side_of_the_middle(pairs):
    middle = jobs_weighted_middle(pairs)
    total = sum(jobs for _, jobs in pairs)
    assert sum(jobs for median, jobs in pairs if median < middle) * 2 <= total
    assert sum(jobs for median, jobs in pairs if median > middle) * 2 <= total


def test_the_middle_of_nothing_is_nothing():
    assert jobs_weighted_middle([]) is None
    assert jobs_weighted_middle([(20000, 0)]) is None


def test_a_month_and_a_week_of_an_electrician(snapshot):
    pay = typical_pay(snapshot, "5241")
    month, week = pay_in(pay, "month"), pay_in(pay, "week")
    assert (month.median, month.p25, month.p75, month.p90) == (3172, 2500, 3794, None)
    assert week.median == 730  # 38,064 / 52.143
    assert month.worked_out
    assert week.worked_out
    year = pay_in(pay, "year")
    assert (year.median, year.worked_out) == (38064, False)


def test_an_hour_needs_published_hours(snapshot):
    pay = typical_pay(snapshot, "5241")
    assert pay_in(pay, "hour") is None
    hour = pay_in(pay, "hour", HOURS)
    assert hour.median == 18.96  # 38,064 / 52.143 / 38.5
    assert (hour.p25, hour.worked_out, hour.hours) == (None, True, HOURS)


def test_full_time_hours_do_not_divide_part_time_pay(snapshot):
    kitchen = typical_pay(snapshot, "9263")
    assert pay_in(kitchen, "hour", HOURS) is None


def test_no_hourly_figure_under_the_minimum_wage(snapshot):
    kitchen = typical_pay(snapshot, "9263")
    survey = replace(HOURS, low=38, high=38, basis="live", year=2024)
    assert pay_in(kitchen, "hour", survey) is None
    survey = replace(survey, low=18, high=18)
    assert pay_in(kitchen, "hour", survey).median == 11.79


@pytest.mark.parametrize("ends", [(0, 0), (16, 40)])
def test_hours_that_say_nothing_about_an_hour(snapshot, ends):
    hours = replace(HOURS, low=ends[0], high=ends[1])
    assert pay_in(typical_pay(snapshot, "5241"), "hour", hours) is None


@given(st.integers(1000, 500_000), st.sampled_from([("month", 12), ("week", 52.143)]))
def test_the_parts_of_a_year_add_up_to_it(median, period):
    pay = typical_pay(SmallSnapshot([row("1111", 2024, median)]), "1111")
    name, number = period
    part = pay_in(pay, name)
    assert abs(part.median * number - median) <= number / 2 + 0.01
    assert (part.p10, part.p25, part.p75, part.p90) == (None,) * 4
