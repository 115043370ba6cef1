"""Typical pay, the middle half, and the same by month, week and hour.

Every amount comes from one published row, or is worked out from it and says so. A suppressed
figure is never filled in: an earlier published year stands in under its own year, then the nearest
wider group under its own name, then nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lmi.figures.hours import Hours
from lmi.figures.part_time import WEEKS_A_YEAR, PartTimeNote, part_time_note, wage_in
from lmi.figures.scope import UK, Scope, ScopeKind, dated, distinct, unit_group_scope
from lmi.snapshot import PayRow, Snapshot, Source

PayBasis = Literal["latest_year", "earlier_year", "wider_group", "live"]
Period = Literal["year", "month", "week", "hour"]

MONTHS_A_YEAR = 12
FEWEST_MEMBERS = 2
# A wider range of hours (a part-time to a full-time post) says too little about one hour's pay.
MOST_HOURS_APART = 12


@dataclass(frozen=True)
class Pay:
    """Gross pay of all employees, full and part time, GBP a year; None where suppressed.

    `soc2020` is the unit group that was asked about; `scope` is what the figure is for, which is
    wider when `basis` is "wider_group". `year` is the data year, `latest_year` the newest in the
    table, so that an earlier year can be named as one. `members` counts the unit groups that a
    wider group's middle was worked out from (0 otherwise). `weekly` is GBP a week where the live
    service published that, and `median` was worked out from it.
    """

    soc2020: str
    scope: Scope
    basis: PayBasis
    year: int
    latest_year: int
    sex: str
    median: int
    p10: int | None
    p25: int | None
    p75: int | None
    p90: int | None
    jobs: int | None
    members: int
    weekly: float | None
    part_time: PartTimeNote | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class PayIn:
    """One pay figure in the period asked: GBP a year, month, week or hour; None where suppressed.

    Year: as published. Month and week: worked out, to the pound. Hour: worked out from `hours`, to
    the penny. `worked_out` is False only for a published amount.
    """

    period: Period
    median: float
    p10: float | None
    p25: float | None
    p75: float | None
    p90: float | None
    year: int
    scope: Scope
    worked_out: bool
    hours: Hours | None
    sources: tuple[Source, ...]


def jobs_weighted_middle(medians: Iterable[tuple[int, int]]) -> int | None:
    """The middle of (median, jobs) pairs when every job counts once; None of nothing.

    Half of the jobs are in groups with this median or a lower one. Where the halves meet between
    two groups it is midway, to the pound.
    """
    pairs = sorted((median, jobs) for median, jobs in medians if jobs > 0)
    total = sum(jobs for _, jobs in pairs)
    below = 0
    for place, (median, jobs) in enumerate(pairs):
        below += jobs
        if below * 2 == total and place + 1 < len(pairs):
            return round((median + pairs[place + 1][0]) / 2)
        if below * 2 >= total:
            return median
    return None


def published_pay(
    snapshot: Snapshot, soc2020: str, year: int | None = None, sex: str = "all"
) -> Pay | None:
    """The unit group's own pay in one year (the latest when None), or None when suppressed.

    KeyError when there is no such unit group.
    """
    latest = max(snapshot.pay_years())
    scope = unit_group_scope(snapshot, soc2020)
    row = snapshot.pay(soc2020, latest if year is None else year, sex)
    if row is None or row.median is None:
        return None
    basis: PayBasis = "latest_year" if row.year == latest else "earlier_year"
    return _from_row(snapshot, row, row.median, scope, basis, latest)


def typical_pay(snapshot: Snapshot, soc2020: str, sex: str = "all") -> Pay | None:
    """The nearest published pay for a unit group, named for what it is.

    The latest year; else the latest earlier year that has a median; else the minor group, then the
    sub-major group, in the latest year; else None: no figure is published. KeyError when there is
    no such unit group.
    """
    for year in sorted(snapshot.pay_years(), reverse=True):
        pay = published_pay(snapshot, soc2020, year, sex)
        if pay is not None:
            return pay
    return wider_pay(snapshot, soc2020, sex)


def wider_pay(snapshot: Snapshot, soc2020: str, sex: str = "all") -> Pay | None:
    """The jobs-weighted middle of the medians in the minor, else the sub-major, group.

    Latest year only. Groups whose jobs are suppressed cannot be weighted and are left out; with
    fewer than two left, the group gives no figure. KeyError when there is no such unit group.
    """
    year = max(snapshot.pay_years())
    own = snapshot.unit_groups[soc2020]
    kinds: tuple[tuple[ScopeKind, str], ...] = (
        ("minor_group", own.minor),
        ("sub_major_group", own.sub_major),
    )
    for kind, code in kinds:
        members = [
            (row.median, row.jobs)
            for group in snapshot.unit_groups.values()
            if code in (group.minor, group.sub_major)
            and (row := snapshot.pay(group.code, year, sex)) is not None
            and row.median is not None
            and row.jobs
        ]
        middle = jobs_weighted_middle(members)
        if middle is None or len(members) < FEWEST_MEMBERS:
            continue
        return Pay(
            soc2020=soc2020,
            scope=Scope(kind, code, snapshot.groups[code], UK),
            basis="wider_group",
            year=year,
            latest_year=year,
            sex=sex,
            median=middle,
            p10=None,
            p25=None,
            p75=None,
            p90=None,
            jobs=None,
            members=len(members),
            weekly=None,
            part_time=part_time_note(middle, None, None, year),
            sources=(dated(snapshot.source("pay"), year),),
        )
    return None


def pay_in(pay: Pay, period: Period, hours: Hours | None = None) -> PayIn | None:
    """The same pay in another period; None when an hourly figure cannot be stood behind.

    An hour needs published hours. A profile's hours are those of a full-time post, so they do not
    divide the pay of a group where part-time work pulls it down; and a result under the national
    living wage shows that hours and pay are not of the same people.
    """
    if period == "hour":
        return None if hours is None else _hourly(pay, hours)
    if period == "week" and pay.weekly is not None:
        return _scaled(pay, "week", 1.0, median=pay.weekly)
    per_year = {"year": 1.0, "month": float(MONTHS_A_YEAR), "week": WEEKS_A_YEAR}[period]
    return _scaled(pay, period, per_year)


def _hourly(pay: Pay, hours: Hours) -> PayIn | None:
    if hours.low <= 0 or hours.high - hours.low > MOST_HOURS_APART:
        return None
    if pay.part_time is not None and hours.basis == "profile":
        return None
    weekly = pay.weekly if pay.weekly is not None else pay.median / WEEKS_A_YEAR
    median = round(weekly / hours.middle, 2)
    if median < wage_in(pay.year)[1]:
        return None
    return PayIn(
        period="hour",
        median=median,
        # Hours differ along the scale, so the middle's hours say nothing about its ends.
        p10=None,
        p25=None,
        p75=None,
        p90=None,
        year=pay.year,
        scope=pay.scope,
        worked_out=True,
        hours=hours,
        sources=distinct((*pay.sources, *hours.sources)),
    )


def _scaled(pay: Pay, period: Period, per_year: float, median: float | None = None) -> PayIn:
    def part(amount: int | None) -> float | None:
        return None if amount is None else round(amount / per_year)

    return PayIn(
        period=period,
        median=round(pay.median / per_year) if median is None else median,
        p10=part(pay.p10),
        p25=part(pay.p25),
        p75=part(pay.p75),
        p90=part(pay.p90),
        year=pay.year,
        scope=pay.scope,
        worked_out=(pay.weekly is not None) if period == "year" else median is None,
        hours=None,
        sources=pay.sources,
    )


def _from_row(
    snapshot: Snapshot, row: PayRow, median: int, scope: Scope, basis: PayBasis, latest: int
) -> Pay:
    return Pay(
        soc2020=row.soc2020,
        scope=scope,
        basis=basis,
        year=row.year,
        latest_year=latest,
        sex=row.sex,
        median=median,
        p10=row.p10,
        p25=row.p25,
        p75=row.p75,
        p90=row.p90,
        jobs=row.jobs,
        members=0,
        weekly=None,
        part_time=part_time_note(median, row.p25, row.p75, row.year),
        sources=(dated(snapshot.source("pay"), row.year),),
    )
