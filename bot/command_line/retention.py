"""`./signpost retention`: how long things are kept, what is due, and deleting it."""

from __future__ import annotations

import asyncio
import datetime as dt
import sys
import textwrap

import click

from bot.command_line.noted import noted
from bot.command_line.school_store import school_store
from bot.gateway.retention import delete_all_due
from bot.records.audit.actors import at_the_keyboard
from bot.records.retention import (
    Due,
    WrongClock,
    clocks,
    clocks_of,
    count_kept,
    due_rows,
    last_run,
    set_clock,
)

_WIDTH = 78


@click.group(short_help="How long things are kept, and what is due to go.")
def retention() -> None:
    """Retention: how long what is held of people is kept, what is due, and deleting it.

    The running service deletes what is due once a day.
    """


@retention.command("show", short_help="Show every clock, how it is set, and why.")
def show_command() -> None:
    """Show how long each kind of thing is kept, how many there are, and the reason."""
    with school_store() as school:
        kept = school.read(clocks_of, school.id)
        numbers = school.read(count_kept, school.id)
        last = school.read(last_run, school.id)
    for name, clock in clocks().items():
        told = _told(kept[name])
        if isinstance(kept[name], int):
            told += f" after {clock.after}"
        set_by = "" if kept[name] == clock.default else f" (default: {_told(clock.default)})"
        click.echo(f"{name}: {clock.shown}, {numbers.get(name, 0):,} now")
        click.echo(f"  {told}{set_by}")
        click.echo(textwrap.fill(clock.reason, _WIDTH, initial_indent="  ", subsequent_indent="  "))
    if isinstance(kept["leavers"], int) and kept["leavers"] < 36:
        click.echo("Leavers: Benchmark 3 asks for destinations for at least three years.")
    when = "never" if last is None else f"{last[0]:%-d %B %Y, %H:%M} UTC"
    click.echo(f"Last run: {when}.")


@retention.command("set", short_help="Set one clock.")
@click.argument("clock")
@click.argument("months", metavar="MONTHS")
def set_command(clock: str, months: str) -> None:
    """Keep things of CLOCK for so many MONTHS; `retention show` names the clocks.

    In place of a number: "record" for as long as the pupil's record, "age 25" for leavers, or
    "default".
    """
    value: int | str = int(months) if months.isascii() and months.isdigit() else months
    known = clocks().get(clock)
    if months == "default" and known is not None:
        value = known.default
    with school_store() as school:
        try:
            setting = noted(
                set_clock,
                school.sealing,
                school.id,
                "clock set",
                "clock",
                clock,
                after={"months": value},
            )
            school.write(setting, school.id, clock, value, dt.datetime.now(dt.timezone.utc))
        except WrongClock:
            raise click.ClickException(
                f"There is no clock {clock}, or it cannot be set to that. Nothing was changed."
            ) from None
        after = school.read(clocks_of, school.id)
    click.echo(f"{clock}: {_told(after[clock])}.")


@retention.command("dry-run", short_help="List how much is due; delete nothing.")
def dry_run_command() -> None:
    """Say how much is due now, by clock and table. Deletes nothing and names nobody."""
    with school_store() as school:
        now = dt.datetime.now(dt.timezone.utc)
        _print_due(school.read(due_rows, school.sealing, school.id, now))


@retention.command("run", short_help="Delete what is due.")
@click.option("--yes", is_flag=True, help="Delete without asking.")
def run_command(yes: bool) -> None:
    """Delete what is due now: what `dry-run` lists, and nothing else. It cannot be undone.

    The service may go on running.
    """
    with school_store() as school:
        now = dt.datetime.now(dt.timezone.utc)
        found = school.read(due_rows, school.sealing, school.id, now)
        _print_due(found)
        if not found:
            return
        if not yes and not (sys.stdin.isatty() and click.confirm("Delete this?")):
            click.echo("Nothing was deleted.")
            return
        counts = asyncio.run(
            delete_all_due(school.store, school.sealing, school.id, now, at_the_keyboard())
        )
    click.echo(f"Deleted: {', '.join(f'{name} {number:,}' for name, number in counts.items())}.")


def _print_due(found: list[Due]) -> None:
    if not found:
        click.echo("Nothing is due.")
        return
    for due in found:
        click.echo(f"{due.clock}: {len(due.ids):,}")
        for table, keys in sorted(due.rows.items()):
            click.echo(f"  {len(keys):>8,} {table.replace('_', ' ')}")


def _told(value: int | str) -> str:
    if isinstance(value, int):
        return "1 month" if value == 1 else f"{value} months" if value else "at once"
    return {"record": "as long as the pupil's record", "age 25": "until the 25th birthday"}.get(
        value, value
    )
