"""Answers that are one figure a year, or one a year for each part: ashe, wf and lfs."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from lmi.service.answers import fields
from lmi.service.no_data import NoData, Reason
from lmi.service.regions import Region, region_coded
from lmi.service.results import (
    Breakdown,
    ByYear,
    EmploymentBreakdown,
    EmploymentForecast,
    HoursByRegion,
    Part,
    PartsOfYear,
    PayByRegion,
    PayChange,
    Receipt,
    ReplacementDemand,
    Unemployment,
    WeeklyHours,
    WeeklyPay,
    YearFigure,
)

Y = TypeVar("Y", bound=ByYear)
B = TypeVar("B", bound=Breakdown)
Reader = Callable[[object], "float | None"]

# Result type -> the list's key, the value's key, and how a publishable value is read.
_SERIES: dict[type[ByYear], tuple[str, str, Reader]] = {
    WeeklyPay: ("series", "estpay", fields.published),
    WeeklyHours: ("series", "hours", fields.published),
    PayChange: ("annual_changes", "change", fields.change),
    Unemployment: ("years", "unemprate", fields.percentage),
    EmploymentForecast: ("predictedEmployment", "employment", fields.published),
}
_PARTS: dict[type[Breakdown], tuple[str, str]] = {
    PayByRegion: ("series", "estpay"),
    HoursByRegion: ("series", "hours"),
    EmploymentBreakdown: ("predictedEmployment", "employment"),
}


def series(
    kind: type[Y], body: object, asked: str, receipt: Receipt, region: Region | None = None
) -> Y | NoData:
    """The published figures by year, sorted; NoData when there is none.

    The service's order is any order; where it repeats a year, the last mention counts (a
    revision).
    """
    whole = fields.mapping(body)
    code = fields.answered_code(whole, asked)
    if isinstance(code, NoData):
        return code
    list_key, value_key, read = _SERIES[kind]
    figures: dict[int, YearFigure] = {}
    for item in fields.objects(whole.get(list_key)):
        year, value = fields.year(item.get("year")), read(item.get(value_key))
        if year is not None and value is not None:
            figures[year] = YearFigure(year, value, fields.text(item.get("note")))
    if not figures:
        return NoData(Reason.NO_FIGURE, f"no {value_key} for {asked}")
    return kind(receipt, asked, code, tuple(figures[year] for year in sorted(figures)), region)


def breakdown(kind: type[B], by: str, body: object, asked: str, receipt: Receipt) -> B | NoData:
    """The published figures by year and part, sorted; NoData when there is none.

    Parts come as {"code", "name", …} (wf) or under the breakdown's own name, {"region": 1} (ashe).
    """
    whole = fields.mapping(body)
    code = fields.answered_code(whole, asked)
    if isinstance(code, NoData):
        return code
    list_key, value_key = _PARTS[kind]
    years: dict[int, PartsOfYear] = {}
    for item in fields.objects(whole.get(list_key)):
        year = fields.year(item.get("year"))
        parts = tuple(_parts(by, value_key, fields.objects(item.get("breakdown"))))
        if year is not None and parts:
            years[year] = PartsOfYear(year, parts)
    if not years:
        return NoData(Reason.NO_FIGURE, f"no {value_key} by {by} for {asked}")
    return kind(receipt, asked, code, by, tuple(years[year] for year in sorted(years)))


def replacement(body: object, asked: str, receipt: Receipt) -> ReplacementDemand | NoData:
    """Openings from people leaving; NoData without a rate or the years that it spans."""
    whole = fields.mapping(body)
    code = fields.answered_code(whole, asked)
    if isinstance(code, NoData):
        return code
    start, end = fields.year(whole.get("start_year")), fields.year(whole.get("end_year"))
    rate = fields.published(whole.get("rate"))
    if rate is None or start is None or end is None or start > end:
        return NoData(Reason.NO_FIGURE, f"no replacement rate for {asked}")
    return ReplacementDemand(receipt, asked, code, start, end, rate)


def _parts(by: str, value_key: str, items: Iterable[dict[str, object]]) -> list[Part]:
    parts: dict[int, Part] = {}
    for item in items:
        code = fields.whole(item.get("code", item.get(by)))
        value = fields.published(item.get(value_key))
        if code is None or value is None:
            continue
        name = fields.text(item.get("name"))
        if by == "region" and (region := region_coded(code)) is not None:
            name = region.title
        parts[code] = Part(code, name, value, fields.text(item.get("note")))
    return [parts[code] for code in sorted(parts)]
