"""`./signpost timetable`: which lessons tutor groups should not miss for a meeting."""

from __future__ import annotations

import datetime as dt
import sys
from dataclasses import replace
from pathlib import Path

import click
from sqlalchemy import Connection

from bot.advisers.meetings.school_rules import rules_of, set_rules
from bot.advisers.meetings.timetable_files import (
    MOST_BYTES,
    NoTimetable,
    Timetable,
    read_timetable,
    words,
)
from bot.command_line.school_store import school_store
from bot.records.audit import log
from bot.records.audit.actors import at_the_keyboard
from bot.records.meetings.hours import replace_lessons
from bot.records.sealing import Sealing
from knowledge.days import Day

LISTED = 20


@click.command(short_help="Bring in the lessons that are not to be missed.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--week-a", type=Day(), metavar="DATE", help="A day in a week A, if there are two.")
@click.option("--yes", is_flag=True, help="Write without asking.")
def timetable(file: Path, week_a: dt.date | None, yes: bool) -> None:
    """Bring in the timetable of tutor groups from FILE, as CSV, in place of the one before.

    Headings: tutor group, day, begins, ends, and if wanted week (A or B), subject and avoid (yes
    or no; empty means yes). "*" as tutor group means all.
    """
    said = words()["sentences"]
    try:
        with file.open("rb") as opened:
            found = read_timetable(opened.read(MOST_BYTES + 1))
    except NoTimetable as wrong:
        raise click.ClickException(said[wrong.why]) from None
    except OSError as error:
        raise click.ClickException(f"{error.strerror or error} ({file}).") from None
    for one in found.bad[:LISTED]:
        click.echo(said["bad"].format(line=one.line, why=said[one.why]))
    if len(found.bad) > LISTED:
        click.echo(said["more"].format(number=len(found.bad) - LISTED))
    if not found.lessons:
        raise click.ClickException(said["nothing"])
    groups = {one.tutor_group for one in found.lessons}
    avoid = sum(one.avoid for one in found.lessons)
    click.echo(said["read"].format(lessons=len(found.lessons), groups=len(groups), avoid=avoid))
    if not yes and not (sys.stdin.isatty() and click.confirm("Write this?")):
        click.echo(said["not_written"])
        return
    with school_store() as school:
        now = dt.datetime.now(dt.timezone.utc)
        weeks = school.write(_keep, school.sealing, school.id, found, week_a, now)
    click.echo(said["written"])
    if not weeks and any(one.week for one in found.lessons):
        click.echo(said["weeks_unset"])


def _keep(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    found: Timetable,
    week_a: dt.date | None,
    now: dt.datetime,
) -> bool:
    """Write the timetable; whether it is known which weeks are A."""
    before = replace_lessons(connection, school_id, found.lessons)
    rules = rules_of(connection, school_id)
    if week_a is not None:
        monday = week_a - dt.timedelta(days=week_a.weekday())
        rules = replace(rules, week_a=monday)
        set_rules(connection, school_id, rules, now)
    log.append(
        connection,
        sealing,
        school_id,
        actor=at_the_keyboard(),
        action="timetable replaced",
        object_kind="timetable",
        object_id=None,
        now=now,
        before={"lessons": before},
        after={"lessons": len(found.lessons)},
    )
    return rules.week_a is not None
