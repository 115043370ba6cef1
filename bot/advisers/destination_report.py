"""The report on destinations: one HTML file with tables and pictures, and its numbers as CSV.

Everything in it is counted and hidden by `aggregates` and `hoped_jobs`; nothing here opens a
record. The figures of the labour market come from the snapshot, each with its source.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from jinja2 import Environment, FileSystemLoader
from markupsafe import Markup

from bot.advisers.destination_chart import BarRow, bars_chart
from bot.advisers.destination_files import WORDING
from bot.advisers.destination_tables import WAYS, NumberTable, number_tables, shown, span_of
from bot.records.guidance.aggregates import Report
from bot.records.guidance.suppression import SMALL
from knowledge.destinations import named
from knowledge.facts import day_told
from knowledge.wording import Wording
from lmi.charts.words import jobs
from lmi.figures.outlook import Outlook, outlook
from lmi.figures.scope import distinct
from lmi.snapshot import Snapshot, Source

_TEMPLATE = "destination_report.html"


@dataclass(frozen=True, slots=True)
class JobsRow:
    """A group of jobs: pupils who hope for it (None is hidden), and what is expected, in words."""

    code: str
    title: str
    pupils: int | None
    base: str
    end: str
    change: str


@dataclass(frozen=True, slots=True)
class DestinationReport:
    """The three files of a report, as text."""

    html: str
    destinations_csv: str
    jobs_csv: str


def group_of_jobs(snapshot: Snapshot) -> dict[str, str]:
    """The sub-major group of each unit group: what the projections are published for."""
    return {code: group.sub_major for code, group in snapshot.unit_groups.items()}


def jobs_rows(
    snapshot: Snapshot, hoped: Mapping[str, int | None], today: date, place: str
) -> tuple[list[JobsRow], list[Outlook]]:
    """Every sub-major group, those that pupils hope for first, with its outlook in the place."""
    one_of: dict[str, str] = {}
    for code, group in group_of_jobs(snapshot).items():
        one_of.setdefault(group, code)
    rows, outlooks = [], []
    for group, unit in sorted(one_of.items()):
        found = outlook(snapshot, unit, today, place)
        none = WORDING.say("report.jobs_no_projection")
        base, end, change = none, none, none
        if found is not None:
            outlooks.append(found)
            base, end, change = jobs(found.base), jobs(found.end), _change(found)
        rows.append(JobsRow(group, snapshot.groups[group], hoped.get(group, 0), base, end, change))
    # A hidden number stands between what is shown and nought, and tells nothing by its place.
    rows.sort(key=lambda row: (-(row.pupils or 0), row.pupils == 0, row.code))
    return rows, outlooks


def destination_report(
    found: Report,
    rows: list[JobsRow],
    outlooks: list[Outlook],
    *,
    school: str,
    place: str,
    day: date,
    wording: Wording,
    names: tuple[str, str],
) -> DestinationReport:
    """Put the report together; `names` are what the two CSV files will be called."""
    span = span_of(found)
    tables = {way: number_tables(found, way, wording) for way in WAYS}
    headings = {one.id: one.label for one in named(WORDING.say("report.ways"))}
    years = {(one.base_year, one.end_year) for one in outlooks}
    base, end = min(years) if years else ("", "")
    columns = [column.strip() for column in _say("jobs_columns", base=base, end=end).split("=")]
    sources = distinct(source for one in outlooks for source in one.sources)
    values = {
        "title": _say("title", school=school, span=span),
        "lead": _say("lead", span=span),
        "hidden_note": _say("hidden_note", least=SMALL - 1),
        "picture": _picture(tables["route"], _say("picture_title", span=span)),
        "picture_title": _say("picture_title", span=span),
        "groups": [(way, headings[way], tables[way]) for way in WAYS],
        "jobs_lead": _say("jobs_lead", span=span, place=place),
        "jobs_picture": _jobs_picture(rows, _say("jobs_picture_title", span=span)),
        "jobs": rows,
        "jobs_columns": columns,
        "sources": [_told(source) for source in sources],
        "destinations_csv": names[0],
        "jobs_csv": names[1],
        "made": _say("made", day=day_told(day)),
        "shown": shown,
    }
    plain = ("picture_lead", "nothing", "ways_note", "jobs_heading", "jobs_none", "jobs_caution",
             "files", "file_destinations", "file_jobs", "destination_column")  # fmt: skip
    values |= {name: _say(name) for name in plain}
    pages = Environment(loader=FileSystemLoader(Path(__file__).parent), autoescape=True)
    return DestinationReport(
        html=pages.get_template(_TEMPLATE).render(values),
        destinations_csv=_destinations_csv(span, tables),
        jobs_csv=_jobs_csv(span, place, rows, columns),
    )


def _say(name: str, **values: object) -> str:
    return WORDING.say(f"report.{name}", **values)


def _picture(tables: tuple[NumberTable, ...], title: str) -> Markup | None:
    """Plans and what became of leavers, by category; None where nothing was reported."""
    by_kind = {
        table.kind: {label: numbers[-1] for label, numbers in table.rows} for table in tables
    }
    # The last row is the total, which would dwarf the others.
    labels = [label for table in tables for label, _ in table.rows[:-1]]
    rows = [
        BarRow(label, tuple(by_kind[table.kind].get(label, 0) for table in tables))
        for label in dict.fromkeys(labels)
    ]
    if not any(number != 0 for row in rows for number in row.numbers):
        return None
    # Our own markup: every text in it is escaped by the drawing.
    return Markup(bars_chart(title, [table.title for table in tables], rows))  # noqa: S704


def _jobs_picture(rows: list[JobsRow], title: str) -> Markup | None:
    hoped = [
        BarRow(f"{row.title} ({row.change})", (row.pupils,)) for row in rows if row.pupils != 0
    ]
    return Markup(bars_chart(title, [""], hoped)) if hoped else None  # noqa: S704


def _change(found: Outlook) -> str:
    percent = round(abs(found.percent))
    if not percent or found.direction == "steady":
        return _say("same")
    return _say("more" if found.change > 0 else "fewer", percent=percent)


def _told(source: Source) -> dict[str, str]:
    text = _say(
        "source",
        publisher=source.publisher,
        dataset=source.dataset,
        year=source.year,
        licence=source.licence,
    )
    return {"text": text, "link": source.link, "caveat": source.caveat}


def _destinations_csv(span: str, tables: Mapping[str, tuple[NumberTable, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("School year", "Grouped by", "Kind", "Destination", "Group", "Pupils"))
    for way, both in tables.items():
        for table in both:
            for label, column, number in table.cells():
                cell = shown(number, thousands=False)
                writer.writerow((span, way, table.kind, label, column, cell))
    return text.getvalue()


def _jobs_csv(span: str, place: str, rows: list[JobsRow], columns: list[str]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(("School year", "Place", "SOC 2020", *columns))
    for row in rows:
        pupils = shown(row.pupils, thousands=False)
        writer.writerow((span, place, row.code, row.title, pupils, row.base, row.end, row.change))
    return text.getvalue()
