"""Women's and men's typical pay in one unit group, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from lmi.figures.scope import Scope, dated, unit_group_scope
from lmi.snapshot import Snapshot, Source


@dataclass(frozen=True)
class PayGap:
    """Women's and men's medians of the same year, GBP a year, all employees, full and part time.

    `difference` is men's less women's and `percent` is that of men's, as ONS states a gender pay
    gap: negative where women earn more. `lower` says who earns less at the middle.
    """

    soc2020: str
    scope: Scope
    year: int
    latest_year: int
    women: int
    men: int
    difference: int
    percent: float
    lower: Literal["women", "men", "same"]
    sources: tuple[Source, ...]


def pay_gap(snapshot: Snapshot, soc2020: str, year: int | None = None) -> PayGap | None:
    """The gap in the year given, or in the latest year that publishes both medians.

    None when either is suppressed. KeyError when there is no such unit group.
    """
    scope = unit_group_scope(snapshot, soc2020)
    years = snapshot.pay_years()
    for candidate in sorted(years, reverse=True) if year is None else [year]:
        women = snapshot.pay(soc2020, candidate, "women")
        men = snapshot.pay(soc2020, candidate, "men")
        if women is None or men is None or women.median is None or men.median is None:
            continue
        difference = men.median - women.median
        return PayGap(
            soc2020=soc2020,
            scope=scope,
            year=candidate,
            latest_year=max(years),
            women=women.median,
            men=men.median,
            difference=difference,
            percent=difference / men.median * 100,
            lower="same" if difference == 0 else "women" if difference > 0 else "men",
            sources=(dated(snapshot.source("pay"), candidate),),
        )
    return None
