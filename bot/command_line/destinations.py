"""`./signpost destinations`: where pupils mean to go and where they went, in and out as CSV."""

from __future__ import annotations

import csv
import datetime as dt
import io
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

from bot.advisers.destination_files import (
    MOST_BYTES,
    WORDING,
    Reading,
    Refused,
    export_destinations,
    read_destinations,
    write_destinations,
)
from bot.command_line.school_store import school_store
from bot.command_line.started import say
from bot.records.guidance.aggregates import Counts, Report, report, years_reported
from bot.records.guidance.suppression import ALL, SMALL
from bot.records.pupils import school_year
from knowledge.days import Day
from knowledge.destinations import categories, named
from knowledge.wording import Wording

LISTED = 100
_WIDTH = 100
_TOTAL = "Total"
on_option = click.option("--on", "day", type=Day(), metavar="DATE", hidden=True)


@click.group(short_help="Bring in where leavers went, and count it.")
def destinations() -> None:
    """Destinations: where pupils mean to go, where they went, and whether it lasted six months."""


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
    with _one_clear_line(), school_store() as school:
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
        school.write(write_destinations, school.sealing, school.id, reading, now)
        click.echo("Written.")


@destinations.command("export", short_help="Write all destinations with names to a file.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False), metavar="FILE.csv")
def export_command(file: Path) -> None:
    """Write every destination to FILE.csv, with names: for the school's information system.

    Only its owner can read the file. Delete it when it has been brought in.
    """
    wording = Wording.load()
    with _one_clear_line(), school_store() as school:
        text = school.read(export_destinations, school.sealing, school.id, wording)
        try:
            handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            raise Refused("there", name=file.name) from None
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as opened:
            opened.write(text)
    click.echo(f"Written: {text.count(chr(10)) - 1:,} destinations.")


@destinations.command("show", short_help="Count them by year, route, pupil premium or SEND.")
@click.option(
    "--by",
    type=click.Choice(["year", "route", "pupil-premium", "send"]),
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
    with _one_clear_line(), school_store() as school:
        beginning_in = school_year
        if beginning_in is None:
            known = school.read(years_reported, school.id)
            beginning_in = known[0] if known else _this_school_year(today)
        found = school.read(report, school.sealing, school.id, beginning_in)
    if as_csv:
        click.echo(_csv(found, by, wording), nl=False)
        return
    span = f"{found.beginning_in}/{(found.beginning_in + 1) % 100:02}"
    click.echo(f"Destinations reported in {span}\n")
    for counts in _chosen(found, by):
        _print_counts(counts, by, wording)
    note = WORDING.say("destinations.hidden_note", small=SMALL)
    click.echo(note)


def _this_school_year(today: dt.date) -> int:
    return school_year(today)


@contextmanager
def _one_clear_line() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise click.ClickException(refused.says()) from None


def _chosen(found: Report, by: str) -> list[Counts]:
    """What is shown: by route there are the totals, and how many actual ones lasted."""
    groupings = {"intended": "year", "actual": "sustained"} if by == "route" else {}
    return [found.counts[kind, groupings.get(kind, by)] for kind in ("intended", "actual")]


def _columns(counts: Counts, by: str) -> list[tuple[str, str]]:
    """Group and heading of each column of numbers."""
    if by == "route" and counts.kind == "intended":
        return [(ALL, _TOTAL)]
    labels = {one.id: one.label for one in named(WORDING.say("destinations.groups"))}
    if counts.grouping == "sustained":
        labels = {one: f"Sustained: {label.lower()}" for one, label in labels.items()}
        labels["not held"] = "Sustained: not known"
    columns = [(one, labels.get(one, f"Year {one.lstrip('0')}")) for one in counts.groups]
    return [*columns, (ALL, _TOTAL)]


def _rows(counts: Counts, wording: Wording) -> list[tuple[str, str]]:
    labels = {one.id: one.label for one in categories(wording)}
    return [*((one, labels[one]) for one in counts.categories), (ALL, _TOTAL)]


def _print_counts(counts: Counts, by: str, wording: Wording) -> None:
    kinds = {one.id: one.label for one in named(WORDING.say("destinations.kinds"))}
    columns = _columns(counts, by)
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column(kinds[counts.kind])
    for _, heading in columns:
        table.add_column(heading, justify="right")
    for category, label in _rows(counts, wording):
        cells = (_shown(counts.number(group, category)) for group, _ in columns)
        table.add_row(Text(label), *(Text(cell) for cell in cells))
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
    span = f"{found.beginning_in}/{(found.beginning_in + 1) % 100:02}"
    for counts in _chosen(found, by):
        for category, label in _rows(counts, wording):
            for group, heading in _columns(counts, by):
                number = _shown(counts.number(group, category), thousands=False)
                writer.writerow((span, counts.kind, label, heading, number))
    return text.getvalue()


def _shown(number: int | None, *, thousands: bool = True) -> str:
    if number is None:
        return WORDING.say("destinations.hidden")
    return f"{number:,}" if thousands else str(number)


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
