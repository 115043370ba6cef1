"""Expected jobs to 2035 in the wider group of a job, and openings as people leave.

The projections are for the 26 sub-major groups, so each result is for a wider group than the job
that was asked about, and its scope says which. DfE asks for caution with them: see the source's
caveat, which is to be shown.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

from lmi.figures.change import percent_change
from lmi.figures.scope import ENGLAND, Scope, distinct
from lmi.snapshot import Snapshot, Source

Direction = Literal["fall_fast", "fall", "steady", "grow", "grow_fast"]

# Per cent a year, so that a shorter way to 2035 is judged by the same measure: under 0.2 either
# way is steady (2 over ten years), 1 or more is fast (10 over ten years).
STEADY_BELOW = 0.2
FAST_FROM = 1.0

REPLACEMENT_FROM, REPLACEMENT_TO = 2020, 2035


@dataclass(frozen=True)
class Openings:
    """Openings in the wider group over all the years from `from_year` to `to_year`, thousands.

    `leaving` is replacement demand: jobs to be filled because people retire, change job or leave.
    `total` is leaving plus `net_change`. England, whatever area was asked about.
    `rate` is replacement demand in per cent of the jobs, a year.
    """

    from_year: int
    to_year: int
    leaving: float
    net_change: float
    total: float
    rate: float
    scope: Scope
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Outlook:
    """Expected jobs in the wider group, thousands, not rounded, from `base_year` to `end_year`.

    `change` is in thousands, `percent` of the base. `points` are the published (year, thousands)
    from base to end. `england_percent` is the same change over England, for an area to be set
    against. `caution` is always True: these are projections, with DfE's caveat in `sources`.
    """

    soc2020: str
    scope: Scope
    base_year: int
    end_year: int
    base: float
    end: float
    change: float
    percent: float
    direction: Direction
    points: tuple[tuple[int, float], ...]
    england_percent: float
    openings: Openings | None
    caution: bool
    sources: tuple[Source, ...]


def direction_of(percent: float, years: int) -> Direction:
    """The code of a change of `percent` over `years`, by the thresholds of this module."""
    a_year = percent / years
    if abs(a_year) < STEADY_BELOW:
        return "steady"
    if a_year < 0:
        return "fall_fast" if a_year <= -FAST_FROM else "fall"
    return "grow_fast" if a_year >= FAST_FROM else "grow"


def outlook(snapshot: Snapshot, soc2020: str, today: date, area: str = ENGLAND) -> Outlook | None:
    """The outlook of the unit group's sub-major group in England or a named area.

    The base is the latest year not after `today` that national and area tables share (they share
    2020, 2025, 2030 and 2035), so that an area can be set against England. None for an area that
    the tables do not hold, and once the last year has come. KeyError when there is no such unit
    group.
    """
    code = snapshot.unit_groups[soc2020].sub_major
    scope = Scope("sub_major_group", code, snapshot.groups[code], area)
    national = snapshot.employment(code)
    shared = set(snapshot.area_employment(ENGLAND, code)) & set(national)
    years = sorted(shared or national)
    local = national if area == ENGLAND else snapshot.area_employment(area, code)
    past = [year for year in years if year <= today.year and local.get(year)]
    if not past or past[-1] >= years[-1] or years[-1] not in local:
        return None
    base_year, end_year = past[-1], years[-1]
    base, end = local[base_year], local[end_year]
    percent = percent_change(base, end)
    table = "employment_england" if area == ENGLAND else "employment_area"
    openings = openings_in(snapshot, code)
    return Outlook(
        soc2020=soc2020,
        scope=scope,
        base_year=base_year,
        end_year=end_year,
        base=base,
        end=end,
        change=end - base,
        percent=percent,
        direction=direction_of(percent, end_year - base_year),
        points=tuple((year, local[year]) for year in sorted(local) if base_year <= year),
        england_percent=percent_change(national[base_year], national[end_year]),
        openings=openings,
        caution=True,
        sources=distinct((snapshot.source(table), *(openings.sources if openings else ()))),
    )


def openings_in(snapshot: Snapshot, sub_major: str) -> Openings | None:
    """Openings over the whole projection in a sub-major group, or None when there is no row."""
    row = snapshot.replacement(sub_major)
    if row is None:
        return None
    return Openings(
        from_year=REPLACEMENT_FROM,
        to_year=REPLACEMENT_TO,
        leaving=row.replacement_demand,
        net_change=row.net_change,
        total=row.total_requirement,
        rate=row.rate_pa * 100,
        scope=Scope("sub_major_group", sub_major, snapshot.groups[sub_major], ENGLAND),
        sources=(snapshot.source("replacement_demand"),),
    )
