"""How many employee jobs a unit group holds."""

from __future__ import annotations

from dataclasses import dataclass

from lmi.figures.scope import Scope, dated, unit_group_scope
from lmi.snapshot import Snapshot, Source


@dataclass(frozen=True)
class Workforce:
    """Employee jobs in a unit group, UK, rounded to the thousand as published.

    Self-employed people are not in the survey: in trades and the arts the number of people who do
    the job is higher. `all_jobs` adds up the unit groups whose jobs are published in the same year
    and `share` is jobs over that, 0 to 1.
    """

    soc2020: str
    scope: Scope
    year: int
    latest_year: int
    jobs: int
    all_jobs: int
    share: float
    sources: tuple[Source, ...]


def workforce(snapshot: Snapshot, soc2020: str) -> Workforce | None:
    """The latest published number of jobs, or None when it is suppressed in every year.

    KeyError when there is no such unit group.
    """
    scope = unit_group_scope(snapshot, soc2020)
    years = snapshot.pay_years()
    for year in sorted(years, reverse=True):
        row = snapshot.pay(soc2020, year)
        if row is None or not row.jobs:
            continue
        all_jobs = snapshot.jobs_counted(year)
        return Workforce(
            soc2020=soc2020,
            scope=scope,
            year=year,
            latest_year=max(years),
            jobs=row.jobs,
            all_jobs=all_jobs,
            share=row.jobs / all_jobs,
            sources=(dated(snapshot.source("pay"), year),),
        )
    return None
