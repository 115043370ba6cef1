"""`./signpost destinations report` and `missing`: the counts as a page, and who has not said."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from pathlib import Path

import click
from sqlalchemy import Connection

from bot.advisers.destination_files import WORDING, Refused
from bot.advisers.destination_report import destination_report, group_of_jobs, jobs_rows
from bot.command_line.noted import noted
from bot.command_line.refusals import one_clear_line
from bot.command_line.school_store import SchoolStore, school_store
from bot.command_line.started import read_settings
from bot.records.guidance.aggregates import report, years_reported
from bot.records.guidance.hoped_jobs import hoped_groups
from bot.records.guidance.intentions import ASKED_FROM, Intentions, intentions_of
from bot.records.guidance.lines import day_in_england
from bot.records.guidance.views import note_view, purposes
from bot.records.pupils import LAST_YEAR, PupilRow, school_year
from bot.records.sealing import Sealing
from bot.records.settings import get_setting, set_setting
from knowledge.days import Day
from knowledge.wording import Wording
from lmi.figures.scope import ENGLAND
from lmi.snapshot import Snapshot

AREA = "area"
"""The setting of the school with the area that its outlook is for: {"name": ...}."""
PURPOSE = "plans"
ROLES = ("careers staff", "adviser", "careers leader", "administrator")
_on = click.option("--on", "day", type=Day(), metavar="DATE", hidden=True)


@click.command("report", short_help="Write the counts as a page with pictures, and as CSV.")
@click.option(
    "--year",
    "beginning_in",
    type=click.IntRange(2000, 2100),
    metavar="YEAR",
    help="Reported in the school year that began in YEAR; without it the newest.",
)
@click.option(
    "--to",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    required=True,
    metavar="FILE.html",
    help="The page; its numbers go to FILE.csv and FILE-jobs.csv beside it.",
)
@click.option("--area", metavar="NAME", help="Where jobs are looked at; remembered.  [England]")
@_on
def report_command(
    beginning_in: int | None, file: Path, area: str | None, day: dt.date | None
) -> None:
    """Write a report for careers leader and governors: tables, pictures, CSV. It names nobody.

    Beside where pupils plan to go and went stands which jobs they hope for, and how many such jobs
    are expected. Numbers under 6 are hidden, and what they could be worked out from.
    """
    wording, snapshot, today = Wording.load(), Snapshot.load(), day or _today()
    page = file.with_suffix(".html")
    places = (page, page.with_suffix(".csv"), page.with_name(f"{page.stem}-jobs.csv"))
    with one_clear_line(), school_store() as school:
        for place in places:
            if place.exists():
                raise Refused("there", name=place.name)
        where = _area(school, snapshot, area)
        chosen = beginning_in or newest_year(school, today)
        found = school.read(report, school.sealing, school.id, chosen)
        hoped = school.read(
            hoped_groups, school.sealing, school.id, chosen, group_of_jobs(snapshot)
        )
        rows, outlooks = jobs_rows(snapshot, hoped, today, where)
        made = destination_report(
            found,
            rows,
            outlooks,
            school=read_settings().school_name,
            place=where,
            day=today,
            wording=wording,
            names=(places[1].name, places[2].name),
        )
        page.write_text(made.html, encoding="utf-8")
        for place, text in zip(places[1:], (made.destinations_csv, made.jobs_csv), strict=True):
            place.write_text(text, encoding="utf-8-sig", newline="")
    click.echo(f"Written: {', '.join(place.name for place in places)}.")


@click.command("missing", short_help="Who has not said this year where they plan to go.")
@click.option(
    "--year",
    type=click.IntRange(ASKED_FROM, LAST_YEAR),
    required=True,
    help="Which year group; pupils are asked from Year 9.",
)
@click.option("--names", is_flag=True, help="Name those who have not; each sees that you looked.")
@click.option("--actor", metavar="NAME", help="With --names: your name, as the pupils will see it.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default=ROLES[0],
    help="With --names: what you are at the school.  [careers staff]",
)
@_on
def missing_command(
    year: int, names: bool, actor: str | None, role: str, day: dt.date | None
) -> None:
    """Count by tutor group who has said this school year where they plan to go, and who has not."""
    if names and not (actor or "").strip():
        raise click.ClickException(WORDING.say("missing.who"))
    today = day or _today()
    with school_store() as school:
        if names:
            now = dt.datetime.now(dt.timezone.utc)
            found = school.write(
                _seen, school.sealing, school.id, year, today, (actor or "").strip(), role, now
            )
        else:
            found = school.read(intentions_of, school.sealing, school.id, year, today)
    for line in _lines(found, year, names=names):
        click.echo(line)


def newest_year(school: SchoolStore, today: dt.date) -> int:
    """The newest school year in which destinations were reported, else today's."""
    known = school.read(years_reported, school.id)
    return known[0] if known else school_year(today)


def _area(school: SchoolStore, snapshot: Snapshot, typed: str | None) -> str:
    """The area to look at: what was typed, which is remembered, else what was before."""
    names = {one.name.casefold(): one.name for one in snapshot.areas}
    if typed is None:
        told = school.read(get_setting, school.id, AREA) or {}
        return names.get(str(told.get("name", "")).casefold(), ENGLAND)
    found = names.get(typed.strip().casefold())
    if found is None:
        raise Refused("area", areas=", ".join(sorted(names.values())))
    now = dt.datetime.now(dt.timezone.utc)
    setting = noted(
        set_setting,
        school.sealing,
        school.id,
        "setting changed",
        "setting",
        AREA,
        after={"name": found},
    )
    school.write(setting, school.id, AREA, {"name": found}, now)
    return found


def _seen(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    year: int,
    today: dt.date,
    actor: str,
    role: str,
    now: dt.datetime,
) -> Intentions:
    """Who has said and who has not, once it is noted with each who is named that somebody looks."""
    found = intentions_of(connection, sealing, school_id, year, today)
    for pupil in found.missing:
        note_view(
            connection,
            sealing,
            school_id,
            pupil.id,
            name=actor,
            role=role,
            purpose=purposes()[PURPOSE],
            now=now,
        )
    return found


def _lines(found: Intentions, year: int, *, names: bool) -> list[str]:
    told, missing = Counter(map(_group, found.told)), Counter(map(_group, found.missing))
    every = len(found.told) + len(found.missing)
    if not every:
        return [WORDING.say("missing.nobody", year=year)]
    lines = [
        WORDING.say("missing.total", year=year, told=f"{len(found.told):,}", every=f"{every:,}")
    ]
    for group in sorted({*told, *missing}):
        lines.append(
            WORDING.say(
                "missing.group",
                group=group or WORDING.say("missing.no_group"),
                told=told[group],
                every=told[group] + missing[group],
            )
        )
        if names:
            lines += [f"  {_name(one)}" for one in found.missing if _group(one) == group]
    return lines


def _group(pupil: PupilRow) -> str:
    return pupil.tutor_group or ""


def _name(pupil: PupilRow) -> str:
    return f"{pupil.details.given_name} {pupil.details.family_name}"


def _today() -> dt.date:
    return day_in_england(dt.datetime.now(dt.timezone.utc))
