"""`./signpost roster`: pupils from the export of a school's information system."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text
from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError

from bot.command_line.noted import noted
from bot.command_line.started import read_settings, say
from bot.identity.roster.applying import Preview, apply, choices_of, preview
from bot.identity.roster.columns import COLUMNS, NAMED, Refused, held_columns, shown
from bot.identity.roster.mapping import typed_mapping
from bot.identity.roster.planning import Change, Plan
from bot.identity.roster.reading import MOST_BYTES, read_table
from bot.identity.roster.reading import Table as RosterFile
from bot.identity.roster.rows import initials
from bot.identity.roster.values import seen
from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.records.migrate import upgrade
from bot.records.pupils import LAST_YEAR, PupilDetails, count_pupils, school_year
from bot.records.schools import keep_school
from bot.records.sealing import SealBroken, Sealing
from bot.records.store import Store, StoreBusy
from knowledge.days import Day

P = ParamSpec("P")
R = TypeVar("R")

LISTED = 20
"""So many pupils of each kind are listed; how many there are is always told."""
_STORE_WAIT_S = 30.0
_WIDTH = 100
_DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
_ENCODINGS = {"utf-8-sig": "UTF-8", "cp1252": "Windows text", "utf-16": "UTF-16"}

on_option = click.option("--on", "day", type=Day(), metavar="DATE", hidden=True)


@click.group(short_help="Bring in the pupils, and count them.")
def roster() -> None:
    """Pupils: bring in the roster, see how many there are and what is held of them."""


@roster.command("import", short_help="Show what a roster would change, and write it after a yes.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--hold", metavar="COLUMNS", help="What to hold, with commas between; remembered.")
@click.option(
    "--map",
    "mapped",
    metavar="HEADING=COLUMN",
    multiple=True,
    help="Read a heading as a column; without a column leave it out. Remembered.",
)
@click.option(
    "--school-year",
    type=click.IntRange(2000, 2100),
    metavar="YEAR",
    help="The year groups are for the school year beginning in YEAR.",
)
@click.option("--part", is_flag=True, help="The file holds some pupils only: nobody has left.")
@click.option("--same", type=int, multiple=True, metavar="LINE", help="This row is who it seems.")
@click.option("--new", type=int, multiple=True, metavar="LINE", help="This row is a new pupil.")
@click.option("--yes", is_flag=True, help="Write without asking.")
@on_option
def import_command(
    file: Path,
    hold: str | None,
    mapped: tuple[str, ...],
    school_year: int | None,
    part: bool,
    same: tuple[int, ...],
    new: tuple[int, ...],
    yes: bool,
    day: dt.date | None,
) -> None:
    """Bring in the roster from FILE, a CSV export of SIMS, Arbor, Bromcom or Wonde.

    First shows what would change, with bad rows by line and reason; pupils appear with an initial
    and their family name. Nothing is written before a yes, and then all of it or nothing.
    """
    today = day or dt.date.today()
    with _one_clear_line(), _school() as school:
        held = None if hold is None else held_columns(hold)
        typed = typed_mapping(mapped)
        table = read_table(_content(file))
        try:
            found = school.read(
                preview,
                school.sealing,
                school.id,
                table,
                today,
                held=held,
                typed=typed,
                beginning_in=school_year,
                part=part,
                same=same,
                new=new,
            )
        except Refused:
            _print_headings(table)
            raise
        before = school.read(choices_of, school.id)
        _print_preview(found, table, today)
        if not found.plan.writes and found.choices == before:
            click.echo("Nothing to write.")
            return
        if not _agreed(found.plan, yes):
            click.echo("Nothing was written.")
            return
        plan = found.plan
        applying = noted(
            apply,
            school.sealing,
            school.id,
            "roster applied",
            "roster",
            after={
                "added": len(plan.adds),
                "changed": len(plan.changes),
                "back": len(plan.returns),
                "left": len(plan.leavers),
                "held": sorted(found.choices.held),
            },
        )
        now = dt.datetime.now(dt.timezone.utc)
        school.write(applying, school.sealing, school.id, found, today, now)
        click.echo("Written.")


@roster.command("show", short_help="Count the pupils by year and tutor group.")
@on_option
def show_command(day: dt.date | None) -> None:
    """Count the pupils by year and tutor group. Names nobody."""
    today = day or dt.date.today()
    with _one_clear_line(), _school() as school:
        counts = school.read(count_pupils, school.id)
    rows, there, gone = [], 0, 0
    for one in counts:
        year = 7 + school_year(today) - one.year_7_in
        if one.left or year > LAST_YEAR:
            gone += one.pupils
        else:
            there += one.pupils
            rows.append((f"Year {year}", one.tutor_group or "none", f"{one.pupils:,}"))
    if rows:
        _print_table(("Year", "Tutor group", "Pupils"), rows)
    click.echo(f"Pupils: {there:,}. Have left: {gone:,}.")


@roster.command("columns", short_help="List what is held of a pupil, and why.")
def columns_command() -> None:
    """List what is held of a pupil, what is not, and why it would be."""
    with _one_clear_line(), _school() as school:
        choices = school.read(choices_of, school.id)
    _print_table(
        ("Column", "Name for --hold", "Held", "Why"),
        [
            (column.shown, name, "yes" if name in choices.held else "no", column.reason)
            for name, column in COLUMNS.items()
        ],
    )
    if choices.headings:
        told = [
            (heading, NAMED[name].shown if name else "not read")
            for heading, name in choices.headings.items()
        ]
        _print_table(("Remembered heading", "Read as"), told)


# ---- the store


class _School:
    """The school's store, for as long as a command needs it."""

    def __init__(self, store: Store, school_id: int, sealing: Sealing) -> None:
        self._store = store
        self.id = school_id
        self.sealing = sealing

    def read(
        self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return asyncio.run(self._store.read(work, *args, **kwargs))

    def write(
        self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        return asyncio.run(self._store.write(work, *args, **kwargs))


@contextmanager
def _school() -> Iterator[_School]:
    settings = read_settings()
    sealing = sealing_of(load_or_make(settings.secrets_dir))
    upgrade(settings.store_url, sealing=sealing)
    store = Store(settings.store_url, wait_s=_STORE_WAIT_S, threads=1)
    try:
        now = dt.datetime.now(dt.timezone.utc)
        name = settings.school_name
        school_id = asyncio.run(store.write(keep_school, settings.school_slug, name, now))
        yield _School(store, school_id, sealing)
    finally:
        store.close()


@contextmanager
def _one_clear_line() -> Iterator[None]:
    """Turn what a user can do something about into one line and exit code 1."""
    try:
        yield
    except Refused as refused:
        raise click.ClickException(refused.says()) from None
    except IntegrityError:
        raise click.ClickException(Refused("changed").says()) from None
    except SealBroken:
        raise click.ClickException(Refused("sealed").says()) from None
    except StoreBusy:
        raise click.ClickException(Refused("busy").says()) from None
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise click.ClickException(f"{error.strerror or error}{where}") from None


def _content(file: Path) -> bytes:
    with file.open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


# ---- what is printed


def _print_preview(found: Preview, table: RosterFile, today: dt.date) -> None:
    plan = found.plan
    system = f"; looks like an export of {found.system}" if found.system else ""
    how = f"{_ENCODINGS[table.encoding]}, {_DELIMITERS[table.delimiter]}{system}"
    click.echo(f"{len(table.rows):,} rows; {how}.\n")
    _print_columns(found)
    _print_table(
        ("Would be", "Pupils"),
        [
            ("added", f"{len(plan.adds):,}"),
            ("changed", f"{len(plan.changes):,}"),
            ("back after leaving", f"{len(plan.returns):,}"),
            ("marked as having left", f"{len(plan.leavers):,}"),
            ("the same", f"{plan.same:,}"),
            ("kept, as their row is unclear", f"{plan.waiting:,}"),
            ("left out, bad rows", f"{len(plan.bad):,}"),
        ],
    )
    _print_people(
        "Added",
        [
            (str(row.line), _who(row.details), f"Year {row.year_group}", row.tutor_group or "")
            for row in plan.adds
        ],
    )
    _print_people("Changed", [_changed(one) for one in plan.changes])
    _print_people("Back after leaving", [_changed(one) for one in plan.returns])
    _print_people(
        "Marked as having left",
        [
            ("", _who(one.details), f"Year {one.year_group(today)}", one.tutor_group or "")
            for one in plan.leavers
        ],
    )
    _print_people(
        "Bad rows",
        [(str(one.line), _isolated(one.initial), one.says()) for one in plan.bad],
        listed=LISTED * 5,
    )
    _print_reasons(plan)
    for note in plan.notes:
        click.echo(note.says())
    if plan.notes:
        click.echo()


def _print_columns(found: Preview) -> None:
    held = found.choices.held
    rows = []
    for heading, name in found.columns.read_as():
        if not heading:
            continue
        if name is None:
            read_as = "not read"
        elif name in held or name not in COLUMNS:
            read_as = NAMED[name].shown
        else:
            read_as = f"{NAMED[name].shown}: not held"
        rows.append((seen(heading)[:40], read_as, COLUMNS[name].reason if name in held else ""))
    _print_table(("Heading", "Read as", "Held because"), rows)


def _print_reasons(plan: Plan) -> None:
    """With many bad rows, how often each reason comes."""
    if len(plan.bad) > LISTED:
        click.echo("Bad rows by reason:")
        for says, count in Counter(one.says() for one in plan.bad).most_common(LISTED):
            click.echo(f"  {count:,} times {says}")
        click.echo()


def _print_headings(table: RosterFile) -> None:
    """What there is to map, when a file cannot be read as it is."""
    say(f"Headings in the file: {', '.join(seen(one)[:40] for one in table.headings if one)}.")


def _print_people(title: str, rows: Sequence[tuple[str, ...]], listed: int = LISTED) -> None:
    if not rows:
        return
    wide = max(map(len, rows))
    _print_table(("Line", title, *[""] * (wide - 2)), rows[:listed], end="")
    more = len(rows) - listed
    click.echo(f"  and {more:,} more\n" if more > 0 else "")


def _print_table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]], end: str = "\n") -> None:
    table = Table(*head, box=None, pad_edge=False, header_style="bold")
    for row in rows:
        # Text, not markup: a heading in brackets is a heading in brackets.
        table.add_row(*(Text(cell) for cell in row))
    width: dict[str, Any] = {} if sys.stdout.isatty() else {"width": _WIDTH}
    console = Console(file=sys.stdout, highlight=False, **width)
    console.print(table)
    if end:
        click.echo()


def _who(details: PupilDetails) -> str:
    return _isolated(initials(details.given_name, details.family_name))


def _changed(one: Change) -> tuple[str, str, str]:
    return str(one.line), _who(one.details), shown(one.columns)


def _isolated(name: str) -> str:
    """A name written from right to left, kept from turning round the words beside it."""
    leftwards = any(unicodedata.bidirectional(one) in ("R", "AL") for one in name)
    return f"\u2068{name}\u2069" if leftwards else name


def _agreed(plan: Plan, yes: bool) -> bool:
    if yes:
        if plan.most_leave:
            raise Refused("most_leave")
        return True
    if not _at_terminal():
        say("Add --yes to write it.")
        return False
    return click.confirm("Write this?")


def _at_terminal() -> bool:
    return sys.stdin.isatty()
