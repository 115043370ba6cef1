"""`./signpost compass`: careers records to and from a file in the style of Compass+."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from bot.advisers.compass_files import (
    Reading,
    export_compass,
    read_compass,
    write_compass,
)
from bot.advisers.compass_rows import MOST_BYTES, WORDING, LeftOut, Refused
from bot.command_line.noted import noted
from bot.command_line.school_store import school_store
from bot.command_line.started import say
from bot.records.audit.actors import at_the_keyboard
from bot.records.guidance.lines import day_in_england
from knowledge.days import Day
from knowledge.facts import day_told
from knowledge.wording import Wording

LISTED = 100
ROLES = ("careers staff", "adviser", "careers leader", "administrator")


@click.group(short_help="Careers records in the style of Compass+, in and out.")
def compass() -> None:
    """Careers records as CSV in the style of Compass+: experiences and intended destinations.

    The columns are in docs/compass.md.
    """


@compass.command("import", short_help="Show what a file would add, and write it after a yes.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv")
@click.option(
    "--made-on",
    type=Day(),
    metavar="DATE",
    help="The file's day; without it the day it was last saved.",
)
@click.option("--yes", is_flag=True, help="Write without asking.")
@click.option("--on", "day", type=Day(), metavar="DATE", hidden=True)
def import_command(file: Path, made_on: dt.date | None, yes: bool, day: dt.date | None) -> None:
    """Bring in careers records from FILE.csv, one to a line.

    First shows what would be added, what is there already and what is left out, by line and
    reason. Experiences and intended destinations are written after a yes, and say that they come
    from a file and of which day. What pupils hope for, decided or will do is only proposed: each
    pupil says yes or no on My record.
    """
    wording = Wording.load()
    with _one_clear_line(), school_store() as school:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
            saved = dt.datetime.fromtimestamp(os.fstat(opened.fileno()).st_mtime, tz=dt.UTC)
        now = dt.datetime.now(tz=dt.UTC)
        if day is not None:
            now = dt.datetime.combine(day, dt.time(12), tzinfo=dt.UTC)
        today = day_in_england(now)
        of_day = made_on or min(day_in_england(saved), today)
        told = (school.sealing, school.id)
        reading = school.read(read_compass, *told, content, wording, of_day, today)
        click.echo(f"The file is of {day_told(of_day)}.")
        _print_reading(reading)
        if not reading.adds:
            click.echo("Nothing to write.")
            return
        if not _agreed(yes):
            click.echo("Nothing was written.")
            return
        writing = noted(
            write_compass,
            *told,
            "careers records imported",
            "school",
            after={"added": len(reading.adds), "of": of_day},
        )
        school.write(writing, *told, reading, content, wording, of_day, now)
        click.echo("Written.")


@compass.command("export", short_help="Write experiences and plans, with names, to a file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv")
@click.option("--actor", metavar="NAME", help="Your name, as the pupils will see it.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="careers leader",
    help="What you are at the school.  [careers leader]",
)
@click.option("--leavers", is_flag=True, help="Those who have left as well.")
def export_command(file: Path, actor: str | None, role: str, leavers: bool) -> None:
    """Write the experiences and intended destinations of all pupils to FILE.csv, with names.

    What pupils wrote of them stays here. Every pupil who is in the file sees who took it out. Only
    its owner can read the file: delete it when it has been brought in.
    """
    if actor is None and sys.stdin.isatty():
        actor = click.prompt("Your name")
    if actor is None or not actor.strip():
        raise click.ClickException("Say who you are: add --actor. The pupils see it.")
    with _one_clear_line(), school_store() as school:
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Refused("there", name=file.name) from None
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as opened:
            try:
                exporting = noted(
                    export_compass,
                    school.sealing,
                    school.id,
                    "careers records exported",
                    "school",
                    after=lambda made: {"rows": made[1]},
                    actor=at_the_keyboard(actor.strip()),
                )
                text, number = school.write(
                    exporting,
                    school.sealing,
                    school.id,
                    Wording.load(),
                    name=actor.strip(),
                    role=role,
                    now=dt.datetime.now(tz=dt.UTC),
                    leavers=leavers,
                )
                opened.write(text)
            except BaseException:
                file.unlink()
                raise
    click.echo(f"Written: {number:,} line{'' if number == 1 else 's'}.")


@contextmanager
def _one_clear_line() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise click.ClickException(refused.says()) from None


def _print_reading(reading: Reading) -> None:
    for name in ("experiences", "places", "proposals"):
        if number := reading.counts[name]:
            click.echo(f"  {number:>6,}  {WORDING.say(f'compass.add_{name}')}")
    click.echo(
        f"Would be added: {len(reading.adds):,}. There already: {reading.same:,}. "
        f"In conflict: {len(reading.conflicts):,}. Left out: {len(reading.bad):,}."
    )
    _print_left_out(reading.conflicts)
    _print_left_out(reading.bad)


def _print_left_out(rows: tuple[LeftOut, ...]) -> None:
    for one in rows[:LISTED]:
        click.echo(one.says())
    if len(rows) > LISTED:
        click.echo(f"And {len(rows) - LISTED:,} more.")


def _agreed(yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        say("Add --yes to write it.")
        return False
    return click.confirm("Write this?")
