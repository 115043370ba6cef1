"""The lowest legal pay of an apprentice, for an age, a year of training and weekly hours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from typing import Literal

from knowledge.facts import Fact, Facts, FactValue
from knowledge.sums import exact, to_the_penny

WEEKS, MONTHS = Decimal(52), Decimal(12)

Rule = Literal["under_age", "first_year", "age"]

# The ages are part of what these facts are; their amounts are what changes.
_BY_AGE = (("minimum_wage_21_over", 21), ("minimum_wage_18_20", 18), ("minimum_wage_under_18", 0))


class TooYoung(ValueError):
    """Nobody of that age can be an apprentice."""


@dataclass(frozen=True)
class Amounts:
    """Pay in pounds, to the penny. A month is a twelfth of 52 weeks."""

    hour: Decimal
    week: Decimal
    month: Decimal
    year: Decimal


@dataclass(frozen=True)
class LowestPay:
    """The lowest pay that the law allows on a day, by which rule, and what is announced.

    `coming` is from `coming_from`, at the same age and in the same year of training.
    """

    now: Amounts
    rule: Rule
    rate: FactValue
    hours: Decimal
    coming: Amounts | None
    coming_from: dt.date | None
    used: tuple[FactValue, ...]


def youngest(facts: Facts, day: dt.date) -> FactValue:
    """Return the age from which an apprenticeship can start."""
    return facts.on("apprenticeship_minimum_age", day)


def year_matters(age: int, facts: Facts, day: dt.date) -> bool:
    """Tell whether the year of training changes the rate at that age."""
    return age >= _years(facts.on("apprentice_rate_age", day))


def lowest_pay(age: int, year: int, hours: Decimal, facts: Facts, day: dt.date) -> LowestPay:
    """Return the lowest legal pay at an age, in a year (1, 2, …) of training, for weekly hours.

    Raises `TooYoung` below the age at which an apprenticeship can start, ValueError for hours
    that no week has or a year below 1.
    """
    if age < _years(youngest(facts, day)):
        raise TooYoung(age)
    if not 0 < hours <= 168 or year < 1:
        raise ValueError(f"no week has {hours} hours, or no training a year {year}")
    fact_id, rule = _rate(age, year, facts, day)
    rate = facts.on(fact_id, day)
    coming = rate.successor
    return LowestPay(
        now=_amounts(rate.fact, hours),
        rule=rule,
        rate=rate,
        hours=hours,
        coming=_amounts(coming, hours) if coming else None,
        coming_from=coming.valid_from if coming else None,
        used=(rate,),
    )


def _rate(age: int, year: int, facts: Facts, day: dt.date) -> tuple[str, Rule]:
    if not year_matters(age, facts, day):
        return "apprentice_wage", "under_age"
    if year == 1:
        return "apprentice_wage", "first_year"
    return next(fact_id for fact_id, least in _BY_AGE if age >= least), "age"


def _amounts(rate: Fact, hours: Decimal) -> Amounts:
    hour = exact(rate.value)
    week = hour * hours
    year = week * WEEKS
    return Amounts(hour, to_the_penny(week), to_the_penny(year / MONTHS), to_the_penny(year))


def _years(value: FactValue) -> int:
    return int(exact(value.fact.value))
