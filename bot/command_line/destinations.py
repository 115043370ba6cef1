"""`./signpost destinations`: where pupils mean to go and where they went, in and out as CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
import sys
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.advisers.destination_files import (
    MOST_BYTES,
    WORDING,
    Reading,
    export_destinations,
    read_destinations,
    write_destinations,
)
from bot.advisers.destination_tables import (
    WAYS,
    NumberTable,
    number_tables,
    shown,
    span_of,
)
from bot.command_line.destination_asking import ask_command, set_command, withdraw_command
from bot.command_line.destination_report import (
    ROLES,
    missing_command,
    newest_year,
    report_command,
)
from bot.command_line.noted import noted
from bot.command_line.owner_files import new_file
from bot.command_line.refusals import one_clear_line
from bot.command_line.school_store import school_store
from bot.command_line.started import say
from bot.records.audit.actors import at_the_keyboard
from bot.records.guidance.aggregates import Report, report
from bot.records.guidance.suppression import SMALL
from knowledge.days import Day
from knowledge.destinations import categories, named
from knowledge.wording import Wording

LISTED = 100
_WIDTH = 100
on_option = click.option("--on", "day", type=Day(), metavar="DATE", hidden=True)


@click.group(short_help="Bring in where leavers went, and count it.")
def destinations() -> None:
    """Destinations: where pupils mean to go, where they went, and whether it lasted six months."""


for _command in (ask_command, withdraw_command, set_command, missing_command, report_command):
    destinations.add_command(_command)


@destinations.command("import", short_help="Show what a file would add, and write it after a yes.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv")
@click.option("--yes", is_flag=True, help="Write without asking.")
@on_option
def import_command(file: Path, yes: bool, day: dt.date | None) -> None:
    """Bring in destinations from FILE.csv, one to a line.

    Needed are the columns Kind (intended or actual) and Destination, and who it is: UPN, or names
    and date of birth. Read as well: place, course, date, year group, and whether it was sustained
    for six months. What is held already is not added twice.
    """
    wording = Wording.load()
    today = day or dt.date.today()
    with one_clear_line(), school_store() as school:
        with file.open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
        reading = school.read(read_destinations, school.sealing, school.id, content, wording, today)
        _print_reading(reading, wording)
        if not (reading.adds or reading.sustained):
            click.echo("Nothing to write.")
            return
        if not _agreed(yes):
            click.echo("Nothing was written.")
            return
        now = dt.datetime.now(dt.timezone.utc)
        writing = noted(
            write_destinations,
            school.sealing,
            school.id,
            "destinations imported",
            "school",
            after={"added": len(reading.adds), "sustained": len(reading.sustained)},
        )
        school.write(writing, school.sealing, school.id, reading, now)
        click.echo("Written.")


@destinations.command("export", short_help="Write all destinations with names to a file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv")
@click.option("--actor", metavar="NAME", help="Your name, as the pupils will see it.")
@click.option(
    "--role",
    type=click.Choice(ROLES),
    default="careers leader",
    help="What you are at the school.  [careers leader]",
)
def export_command(file: Path, actor: str | None, role: str) -> None:
    """Write every destination to FILE.csv, with names: for the school's information system.

    Every pupil who is in the file sees who took it out. Only its owner can read the file: delete
    it when it has been brought in.
    """
    if actor is None and sys.stdin.isatty():
        actor = click.prompt("Your name")
    if actor is None or not actor.strip():
        raise click.ClickException(WORDING.say("destinations.who"))
    with one_clear_line(), school_store() as school, new_file(file) as opened:
        exporting = noted(
            export_destinations,
            school.sealing,
            school.id,
            "destinations exported",
            "school",
            actor=at_the_keyboard(actor.strip()),
        )
        text = school.write(
            exporting,
            school.sealing,
            school.id,
            Wording.load(),
            name=actor.strip(),
            role=role,
            now=dt.datetime.now(dt.timezone.utc),
        )
        opened.write(text)
    click.echo(f"Written: {text.count(chr(10)) - 1:,} destinations.")


@destinations.command(
    "show", short_help="Count them by year, route, gender, pupil premium or SEND."
)
@click.option(
    "--by",
    type=click.Choice(WAYS),
    default="year",
    help="How to group them.  [year]",
)
@click.option(
    "--school-year",
    type=click.IntRange(2000, 2100),
    metavar="YEAR",
    help="Reported in the school year that began in YEAR; without it the newest.",
)
@click.option("--csv", "as_csv", is_flag=True, help="As CSV.")
@on_option
def show_command(by: str, school_year: int | None, as_csv: bool, day: dt.date | None) -> None:
    """Count intended and actual destinations. Names nobody, and hides numbers under 6.

    Numbers from which a hidden one could be worked out are hidden as well.
    """
    wording = Wording.load()
    today = day or dt.date.today()
    with one_clear_line(), school_store() as school:
        beginning_in = school_year or newest_year(school, today)
        found = school.read(report, school.sealing, school.id, beginning_in)
    if as_csv:
        click.echo(_csv(found, by, wording), nl=False)
        return
    click.echo(f"Destinations reported in {span_of(found)}\n")
    for table in number_tables(found, by, wording):
        _print_table(table)
    note = WORDING.say("destinations.hidden_note", small=SMALL)
    click.echo(note)


def _print_table(numbers: NumberTable) -> None:
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(numbers.title)
    for heading in numbers.columns:
        table.add_column(heading, justify="right")
    for label, found in numbers.rows:
        table.add_row(Text(label), *(Text(shown(number)) for number in found))
    console = (
        Console(file=sys.stdout, highlight=False)
        if sys.stdout.isatty()
        else Console(file=sys.stdout, highlight=False, width=_WIDTH)
    )
    console.print(table)
    click.echo()


def _csv(found: Report, by: str, wording: Wording) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("School year", "Kind", "Destination", "Group", "Pupils"))
    for table in number_tables(found, by, wording):
        for label, heading, number in table.cells():
            cell = shown(number, thousands=False)
            writer.writerow((span_of(found), table.kind, label, heading, cell))
    return text.getvalue()


def _print_reading(reading: Reading, wording: Wording) -> None:
    labels = {
        one.id: one.label
        for one in (*categories(wording), *named(WORDING.say("destinations.kinds")))
    }
    for (kind, category), number in sorted(reading.counts.items()):
        click.echo(f"  {number:>6,}  {labels[kind]}: {labels[category]}")
    click.echo(
        f"Would be added: {len(reading.adds):,}. Newly known whether they lasted: "
        f"{len(reading.sustained):,}. Held already: {reading.same:,}. "
        f"Left out: {len(reading.bad):,}."
    )
    for one in reading.bad[:LISTED]:
        click.echo(one.says())
    if len(reading.bad) > LISTED:
        click.echo(f"And {len(reading.bad) - LISTED:,} more.")


def _agreed(yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        say("Add --yes to write it.")
        return False
    return click.confirm("Write this?")
