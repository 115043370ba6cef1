"""When pay for all employees, full and part time, says little about a full-time job.

The yearly pay that ASHE publishes mixes full-time and part-time workers. For a kitchen assistant
the middle is £11,064, which nobody who works full time for the whole year may be paid. The rule
here finds such groups from the figures themselves: a year's full-time work at the national living
wage is the floor, and pay under that floor has to come from fewer hours or part of the year.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lmi.snapshot import Source

WEEKS_A_YEAR = 52.143
FULL_TIME_HOURS = 37.5

# A middle half this wide (upper quarter over lower quarter) beside a lower quarter under the floor
# comes from mixed hours. Wide spreads above the floor come from seniority and are no concern here.
WIDE_SPREAD = 1.75

# GBP an hour from 1 April of the year, the highest adult rate (23 and over until March 2024, then
# 21 and over). GOV.UK, National Minimum Wage and National Living Wage rates.
NATIONAL_LIVING_WAGE: dict[int, float] = {
    2020: 8.72,
    2021: 8.91,
    2022: 9.50,
    2023: 10.42,
    2024: 11.44,
    2025: 12.21,
    2026: 12.71,
}

WAGE_SOURCE = Source(
    publisher="GOV.UK",
    dataset="National Minimum Wage and National Living Wage rates",
    year="2020 to 2026",
    link="https://www.gov.uk/national-minimum-wage-rates",
    licence="Open Government Licence v3.0",
)

Reason = Literal["below_full_time_minimum", "quarter_below_full_time_minimum"]


@dataclass(frozen=True)
class PartTimeNote:
    """Why a figure for all employees misleads about full-time work.

    `reason` is "below_full_time_minimum" when the middle itself, and
    "quarter_below_full_time_minimum" when the lower quarter of a wide spread, is under
    `full_time_minimum`: GBP a year for 37.5 hours a week at `wage` GBP an hour, the national living
    wage from 1 April of `wage_year`.
    """

    reason: Reason
    full_time_minimum: int
    wage: float
    wage_year: int
    hours_a_week: float
    source: Source


def wage_in(tax_year_end: int) -> tuple[int, float]:
    """The April and the GBP an hour of the national living wage over a tax year.

    ASHE's annual pay of year Y is for the tax year that ended in April Y, so the rate is that of
    April Y-1. Outside the known rates the nearest known year is taken.
    """
    year = min(max(tax_year_end - 1, min(NATIONAL_LIVING_WAGE)), max(NATIONAL_LIVING_WAGE))
    return year, NATIONAL_LIVING_WAGE[year]


def full_time_minimum(year: int) -> int:
    """GBP a year for full-time work at the national living wage, in the pay year given."""
    return round(wage_in(year)[1] * FULL_TIME_HOURS * WEEKS_A_YEAR)


def part_time_note(
    median: int | None, p25: int | None, p75: int | None, year: int
) -> PartTimeNote | None:
    """The reason why yearly pay of all employees misleads, or None when it does not.

    Amounts are GBP a year; None is suppressed and decides nothing.
    """
    floor = full_time_minimum(year)
    reason: Reason | None = None
    if median is not None and median < floor:
        reason = "below_full_time_minimum"
    elif p25 is not None and p75 is not None and 0 < p25 < floor and p75 / p25 >= WIDE_SPREAD:
        reason = "quarter_below_full_time_minimum"
    if reason is None:
        return None
    wage_year, wage = wage_in(year)
    return PartTimeNote(reason, floor, wage, wage_year, FULL_TIME_HOURS, WAGE_SOURCE)
