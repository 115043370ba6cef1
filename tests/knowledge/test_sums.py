"""The worked sums: against tables worked by hand, and by properties that hold for all numbers."""

import datetime as dt
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge.facts import Facts, pages, to_check
from knowledge.sums import loans, money, tariff, wages
from knowledge.sums.spoken import digits

FACTS = Facts.load()
TODAY = dt.date(2026, 11, 22)
BEFORE, AFTER = dt.date(2026, 3, 31), dt.date(2026, 4, 1)

# ---- UCAS points ----

POINTS_BY_HAND = [
    ("a_level", "A* A A", 152),
    ("a_level", "A A A", 144),
    ("a_level", "A B B", 128),
    ("a_level", "B B C", 112),
    ("a_level", "C C C", 96),
    ("a_level", "D E", 40),
    ("a_level", "B C U", 72),
    ("a_level", "A* A* A* A*", 224),
    ("as_level", "A", 20),
    ("as_level", "B C", 28),
    ("as_level", "D E", 16),
    ("epq", "A*", 28),
    ("epq", "A", 24),
    ("epq", "E", 8),
    ("t_level", "D*", 168),
    ("t_level", "D", 144),
    ("t_level", "M", 120),
    ("t_level", "PC", 96),
    ("t_level", "PE", 72),
    ("extended_diploma", "D* D* D*", 168),
    ("extended_diploma", "D* D D", 152),
    ("extended_diploma", "D D M", 128),
    ("extended_diploma", "D M M", 112),
    ("extended_diploma", "P P P", 48),
    ("diploma", "D* D*", 112),
    ("diploma", "M P", 48),
    ("extended_certificate", "D*", 56),
    ("extended_certificate", "M", 32),
]


@pytest.mark.parametrize(("kind", "grades", "total"), POINTS_BY_HAND)
def test_points_worked_by_hand(kind, grades, total):
    line = tariff.count(kind, grades.split(), FACTS, TODAY)
    assert (line.total, line.least) == (total, total)
    assert sum(line.points) == total
    assert line.used


def test_a_t_level_pass_counts_by_its_core():
    line = tariff.count("t_level", ["P"], FACTS, TODAY)
    assert (line.total, line.least) == (96, 72)


def test_the_extended_diploma_agrees_with_its_published_total():
    line = tariff.count("extended_diploma", ["D*"] * 3, FACTS, TODAY)
    assert line.total == FACTS.on("tariff_btec_extended_ddd", TODAY).fact.value


@pytest.mark.parametrize(
    ("kind", "grades"),
    [
        ("a_level", ["M"]),
        ("a_level", []),
        ("as_level", ["A*"]),
        ("t_level", ["A"]),
        ("extended_diploma", ["D", "D"]),
        ("extended_certificate", ["D", "D"]),
        ("diploma", ["A", "B"]),
    ],
)
def test_grades_that_there_are_not(kind, grades):
    with pytest.raises(tariff.BadGrade):
        tariff.count(kind, grades, FACTS, TODAY)


@st.composite
def grades(draw):
    kind = draw(st.sampled_from(tariff.KINDS))
    number = 1 + tariff.VOCATIONAL.index(kind) if kind in tariff.VOCATIONAL else None
    most = number or draw(st.integers(1, 5))
    grade = st.sampled_from(tariff.grades_of(kind))
    return kind, draw(st.lists(grade, min_size=most, max_size=most))


@given(grades())
def test_the_order_of_grades_changes_nothing(found):
    kind, each = found
    line = tariff.count(kind, each, FACTS, TODAY)
    assert line.total == sum(line.points) == tariff.count(kind, each[::-1], FACTS, TODAY).total


@given(grades(), st.data())
def test_a_higher_grade_always_counts_more(found, data):
    kind, each = found
    scale = tariff.grades_of(kind)
    place = data.draw(st.integers(0, len(each) - 1))
    if each[place] != scale[0]:
        higher = list(each)
        higher[place] = scale[scale.index(each[place]) - 1]
        before = tariff.count(kind, each, FACTS, TODAY).total
        assert tariff.count(kind, higher, FACTS, TODAY).total > before


@given(grades(), grades())
def test_sums_add_up(one, two):
    if one[0] == two[0] and one[0] not in tariff.VOCATIONAL:
        both = tariff.count(one[0], [*one[1], *two[1]], FACTS, TODAY).total
        apart = [tariff.count(kind, each, FACTS, TODAY).total for kind, each in (one, two)]
        assert both == sum(apart)


@given(st.integers(0, 168))
def test_ways_reach_the_number_and_come_to_what_they_say(target):
    ways = tariff.ways_to(target, FACTS, TODAY)
    assert {way.kind for way in ways} == {"a_level", "extended_diploma", "t_level"}
    for way in ways:
        assert way.total >= target
        assert tariff.count(way.kind, way.grades, FACTS, TODAY).total == way.total
    assert 1 <= sum(way.kind == "a_level" for way in ways) <= 3
    assert tariff.facts_of_ways(ways, FACTS, TODAY)


def test_ways_to_112_and_beyond_all():
    ways = tariff.ways_to(112, FACTS, TODAY)
    assert [("".join(way.grades), way.total) for way in ways] == [
        ("BBC", 112),
        ("ACC", 112),
        ("ABD", 112),
        ("DMM", 112),
        ("M", 120),
    ]
    assert tariff.ways_to(169, FACTS, TODAY) == []


# ---- the lowest legal pay ----

# day, age, year of training, hours: an hour, a week, a month (52 weeks / 12), a year.
PAY_BY_HAND = [
    (BEFORE, 17, 1, "37", "7.55", "279.35", "1210.52", "14526.20"),
    (AFTER, 17, 1, "37", "8.00", "296.00", "1282.67", "15392.00"),
    (BEFORE, 18, 2, "30", "7.55", "226.50", "981.50", "11778.00"),
    (AFTER, 18, 2, "30", "8.00", "240.00", "1040.00", "12480.00"),
    (BEFORE, 19, 1, "40", "7.55", "302.00", "1308.67", "15704.00"),
    (AFTER, 19, 1, "40", "8.00", "320.00", "1386.67", "16640.00"),
    (BEFORE, 20, 2, "40", "10.00", "400.00", "1733.33", "20800.00"),
    (AFTER, 20, 2, "40", "10.85", "434.00", "1880.67", "22568.00"),
    (BEFORE, 21, 2, "37.5", "12.21", "457.88", "1984.13", "23809.50"),
    (AFTER, 21, 2, "37.5", "12.71", "476.63", "2065.38", "24784.50"),
    (AFTER, 35, 1, "37", "8.00", "296.00", "1282.67", "15392.00"),
    (AFTER, 35, 3, "37", "12.71", "470.27", "2037.84", "24454.04"),
]


@pytest.mark.parametrize(
    ("day", "age", "year", "hours", "hour", "week", "month", "whole"), PAY_BY_HAND
)
def test_pay_worked_by_hand(day, age, year, hours, hour, week, month, whole):
    pay = wages.lowest_pay(age, year, Decimal(hours), FACTS, day)
    assert pay.now == wages.Amounts(Decimal(hour), Decimal(week), Decimal(month), Decimal(whole))


def test_the_coming_rate_is_told_once_it_is_announced():
    announced = wages.lowest_pay(17, 1, Decimal(37), FACTS, BEFORE)
    assert announced.coming_from == AFTER
    assert announced.coming == wages.lowest_pay(17, 1, Decimal(37), FACTS, AFTER).now
    secret = wages.lowest_pay(17, 1, Decimal(37), FACTS, dt.date(2025, 11, 25))
    assert (secret.coming, secret.coming_from) == (None, None)
    assert secret.now.hour == Decimal("7.55")


def test_a_rate_that_has_run_out_is_to_be_checked():
    late = wages.lowest_pay(17, 1, Decimal(37), FACTS, dt.date(2040, 1, 1))
    assert to_check(late.used, dt.date(2040, 1, 1))
    assert pages(to_check(late.used, dt.date(2040, 1, 1))).startswith("[")


@pytest.mark.parametrize(
    ("age", "year", "rule"),
    [
        (16, 1, "under_age"),
        (18, 3, "under_age"),
        (19, 1, "first_year"),
        (50, 1, "first_year"),
        (19, 2, "age"),
    ],
)
def test_which_rule_sets_the_rate(age, year, rule):
    assert wages.lowest_pay(age, year, Decimal(37), FACTS, TODAY).rule == rule
    assert wages.year_matters(age, FACTS, TODAY) is (rule != "under_age")


def test_nobody_under_the_starting_age_is_an_apprentice():
    with pytest.raises(wages.TooYoung):
        wages.lowest_pay(15, 1, Decimal(37), FACTS, TODAY)
    for hours, year in (("0", 1), ("169", 1), ("37", 0)):
        with pytest.raises(ValueError, match="no week"):
            wages.lowest_pay(17, year, Decimal(hours), FACTS, TODAY)


HOURS = st.decimals(1, 60, places=1)
DAYS = st.dates(dt.date(2025, 4, 1), dt.date(2027, 3, 31))


@given(st.integers(16, 70), st.integers(1, 6), HOURS, DAYS)
def test_pay_holds_together(age, year, hours, day):
    now = wages.lowest_pay(age, year, hours, FACTS, day).now
    assert abs(now.week - now.hour * hours) <= Decimal("0.005")
    assert abs(now.month * 12 - now.year) <= Decimal("0.06")
    assert abs(now.week * 52 - now.year) <= Decimal("0.26")


@given(st.integers(16, 69), st.integers(1, 5), HOURS, DAYS)
def test_pay_never_falls_with_age_training_or_hours(age, year, hours, day):
    now = wages.lowest_pay(age, year, hours, FACTS, day).now
    for older, later, longer in ((age + 1, year, hours), (age, year + 1, hours)):
        assert wages.lowest_pay(older, later, longer, FACTS, day).now.year >= now.year
    assert wages.lowest_pay(age, year, hours + 1, FACTS, day).now.year > now.year


# ---- student loans ----

LOANS_BY_HAND = [
    ("0", "0.00", "0.00"),
    ("24000", "0.00", "0.00"),
    ("25000", "0.00", "0.00"),
    ("25001", "0.09", "0.01"),
    ("26000", "90.00", "7.50"),
    ("30000", "450.00", "37.50"),
    ("32000", "630.00", "52.50"),
    ("38064", "1175.76", "97.98"),
    ("45000", "1800.00", "150.00"),
    ("100000", "6750.00", "562.50"),
]


@pytest.mark.parametrize(("salary", "year", "month"), LOANS_BY_HAND)
def test_repayments_worked_by_hand(salary, year, month):
    found = loans.repayment(Decimal(salary), FACTS, TODAY)
    assert (found.year, found.month) == (Decimal(year), Decimal(month))
    assert len(found.used) == 3


SALARIES = st.decimals(0, 500_000, places=2)


@given(SALARIES)
def test_repayments_start_at_the_threshold(salary):
    found = loans.repayment(salary, FACTS, TODAY)
    threshold = Decimal(str(found.threshold.fact.value))
    assert found.above == max(Decimal(0), salary - threshold)
    assert (found.year == 0) or salary > threshold
    assert abs(found.month * 12 - found.year) <= Decimal("0.07")
    assert found.year <= salary


@given(SALARIES, st.decimals(0, 10_000, places=2))
def test_a_rise_is_never_lost(salary, rise):
    """Of each pound more, no more than the rate goes back; and never less than before is paid."""
    low, high = (loans.repayment(each, FACTS, TODAY) for each in (salary, salary + rise))
    rate = Decimal(str(low.rate.fact.value)) / 100
    assert Decimal(0) <= high.year - low.year <= rise * rate + Decimal("0.01")


def test_nobody_is_paid_less_than_nothing():
    with pytest.raises(ValueError, match="nobody"):
        loans.repayment(Decimal(-1), FACTS, TODAY)


# ---- how numbers are said ----


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("thirty seven and a half hours", "37.5 hours"),
        ("thirty-two thousand", "32000"),
        ("a hundred and twelve points", "112 points"),
        ("two bs and a c", "2 bs and a c"),
        ("seventeen", "17"),
        ("twenty five thousand five hundred", "25500"),
        ("one b and two cs", "1 b and 2 cs"),
        ("someone often attends", "someone often attends"),
        ("a and b", "a and b"),
    ],
)
def test_numbers_in_words(words, told):
    assert digits(words) == told


@pytest.mark.parametrize(
    ("amount", "told"),
    [("8", "£8.00"), ("75", "£75"), ("1210.526", "£1,210.53"), ("25000", "£25,000")],
)
def test_money(amount, told):
    assert money(Decimal(amount)) == told
