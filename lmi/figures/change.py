"""How pay changed between two published years, and against the middle of all jobs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lmi.figures.scope import Scope, dated, unit_group_scope
from lmi.snapshot import Snapshot, Source

Against = Literal["faster", "slower", "same"]

# Percentage points within which a job's pay changed "about as much as" all jobs together.
SAME_WITHIN_POINTS = 1.0


@dataclass(frozen=True)
class PayChange:
    """The change of a unit group's typical pay from `from_year` to `to_year`.

    Medians and `difference` are GBP a year, gross, all employees, in the money of each year (rising
    prices are not taken off). `percent` is of the earlier median. The all-jobs fields and `against`
    are None when the all-jobs middle is missing in either year; `against` compares percentages,
    "same" within one percentage point. `all_jobs_official` is False where the
    all-jobs middle was worked out from the unit groups rather than published by ONS.
    """

    soc2020: str
    scope: Scope
    from_year: int
    to_year: int
    from_median: int
    to_median: int
    difference: int
    percent: float
    all_jobs_from: int | None
    all_jobs_to: int | None
    all_jobs_percent: float | None
    all_jobs_official: bool
    against: Against | None
    sources: tuple[Source, ...]


def pay_change(snapshot: Snapshot, soc2020: str, since: int = 2021) -> PayChange | None:
    """The change from the first published year, not before `since`, to the last published one.

    None when fewer than two years are published. KeyError when there is no such unit group.
    """
    scope = unit_group_scope(snapshot, soc2020)
    medians = {
        year: row.median
        for year in snapshot.pay_years()
        if year >= since
        and (row := snapshot.pay(soc2020, year)) is not None
        and row.median is not None
    }
    if len(medians) < 2:
        return None
    first, last = min(medians), max(medians)
    percent = percent_change(medians[first], medians[last])
    all_from, all_to = snapshot.all_jobs_pay(first), snapshot.all_jobs_pay(last)
    all_percent = None if all_from is None or all_to is None else percent_change(all_from, all_to)
    return PayChange(
        soc2020=soc2020,
        scope=scope,
        from_year=first,
        to_year=last,
        from_median=medians[first],
        to_median=medians[last],
        difference=medians[last] - medians[first],
        percent=percent,
        all_jobs_from=all_from,
        all_jobs_to=all_to,
        all_jobs_percent=all_percent,
        all_jobs_official=all(snapshot.all_jobs_pay_is_official(y) for y in (first, last)),
        against=None if all_percent is None else _against(percent - all_percent),
        sources=(
            dated(snapshot.source("pay"), first, last),
            *(
                ()
                if all_percent is None
                else (dated(snapshot.source("pay_all_jobs"), first, last),)
            ),
        ),
    )


def percent_change(before: float, after: float) -> float:
    """The change in per cent of `before`, which is above zero."""
    return (after - before) / before * 100


def _against(points: float) -> Against:
    if abs(points) <= SAME_WITHIN_POINTS:
        return "same"
    return "faster" if points > 0 else "slower"
