"""`./signpost audit`: what was done and seen, and whether anything was taken out of it."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Mapping
from typing import Any

import click
from sqlalchemy import Connection

from bot.command_line.noted import noted
from bot.command_line.school_store import school_store
from bot.command_line.started import say
from bot.records.audit.chain import Fault, Head, head_of, noted_head, verify
from bot.records.audit.log import actions
from bot.records.audit.search import AuditRow, search
from bot.records.sealing import Sealing
from knowledge.days import Day

LISTED = 100


@click.group(short_help="What was done and seen, and whether all of it is there.")
def audit() -> None:
    """The audit: what staff did and saw, by whom, when and why.

    Rows are only ever added, and each hangs on the one before, so that a row that is changed or
    taken out is noticed.
    """


@audit.command("verify", short_help="Check that no row was changed or taken out.")
@click.option(
    "--noted",
    "typed",
    metavar="NUMBER:HASH",
    help="The last row as it was told at an earlier check.",
)
def verify_command(typed: str | None) -> None:
    """Check that no row was changed, moved or taken out. Ends with 1 if something is wrong.

    It tells the number and hash of the last row. Note them where nobody who runs this machine can
    change them, and give them at the next check: only that notices a whole audit, or the end of
    one, that was put back as it once was.
    """
    noted_before = None if typed is None else noted_head(typed)
    if typed is not None and noted_before is None:
        raise click.BadParameter("that is not a number, a colon and a hash", param_hint="'--noted'")
    with school_store() as school:
        faults, last = school.read(_looked_over, school.sealing, school.id, noted_before)
    for fault in faults[:LISTED]:
        click.echo(fault.says())
    if len(faults) > LISTED:
        click.echo(f"And {len(faults) - LISTED:,} more.")
    if faults:
        say("The audit is not whole.")
        sys.exit(1)
    rows = "1 row" if last.number == 1 else f"{last.number:,} rows"
    click.echo(f"The audit is whole: {rows}.")
    if last.number:
        click.echo(f"The last row, to note elsewhere: {last}")


@audit.command("show", short_help="Show what was done and seen, newest first.")
@click.option("--action", type=click.Choice([*actions()]), metavar="ACTION", help="Only these.")
@click.option("--kind", metavar="KIND", help="Only what was done to such a thing, like pupil.")
@click.option("--object", "object_id", metavar="ID", help="Only to this one; takes --kind.")
@click.option("--actor", "actor_id", metavar="ID", help="Only by this member of staff.")
@click.option("--since", type=Day(), metavar="DATE", help="From that day on.")
@click.option("--until", type=Day(), metavar="DATE", help="Up to that day, included.")
@click.option("--page", type=click.IntRange(1), default=1, help="Further back.  [1]")
@click.option("--changes", is_flag=True, help="With what was before and after.")
def show_command(
    action: str | None,
    kind: str | None,
    object_id: str | None,
    actor_id: str | None,
    since: dt.date | None,
    until: dt.date | None,
    page: int,
    changes: bool,
) -> None:
    """Show rows of the audit, newest first, 100 at a time. That you looked is a row as well.

    Where a pupil was deleted, or it is too long ago, it says that the detail was removed. Times
    are in UTC.
    """
    if object_id is not None and kind is None:
        raise click.UsageError("--object takes --kind as well.")
    wanted: dict[str, Any] = {
        "action": action,
        "object_kind": kind,
        "object_id": object_id,
        "actor_id": actor_id,
        "since": _begin(since),
        "until": None if until is None else _begin(until + dt.timedelta(days=1)),
    }
    told = {name: value for name, value in wanted.items() if value is not None}
    with school_store() as school:
        looking = noted(
            search, school.sealing, school.id, "audit viewed", "audit", after=told or None
        )
        found = school.write(looking, school.sealing, school.id, **wanted, page=page)
    for row in found.rows:
        click.echo(_line(row))
        if changes:
            for name, value in (("before", row.before), ("after", row.after)):
                if value:
                    click.echo(f"        {name}: {_values(value)}")
    if not found.rows:
        click.echo("There is no such row.")
    elif found.pages > 1:
        click.echo(f"Page {found.number} of {found.pages}: {found.total:,} rows.")


def _looked_over(
    connection: Connection, sealing: Sealing, school_id: int, noted_before: Head | None
) -> tuple[list[Fault], Head]:
    faults = verify(connection, school_id, sealing, noted=noted_before)
    return faults, head_of(connection, school_id) or Head(0, "")


def _begin(day: dt.date | None) -> dt.datetime | None:
    return None if day is None else dt.datetime.combine(day, dt.time(), tzinfo=dt.timezone.utc)


def _line(row: AuditRow) -> str:
    """One row on one line: number, when (UTC), who, what, to what, why."""
    when = f"{row.at:%Y-%m-%d %H:%M}"
    if row.removed:
        return f"{row.number:>6}  {when}  {row.actor_kind}: {row.says} (detail removed)"
    who = f"{row.actor_kind} {row.actor_name}" if row.actor_name else row.actor_kind
    of = f" [{row.object_kind} {row.object_id}]" if row.object_id else ""
    why = f". {row.purpose}" if row.purpose else ""
    return _plain(f"{row.number:>6}  {when}  {who}: {row.says}{of}{why}")


def _values(value: Mapping[str, Any]) -> str:
    told = (
        f"{name} {one if isinstance(one, str) else json.dumps(one)}" for name, one in value.items()
    )
    return _plain(", ".join(told))


def _plain(text: str) -> str:
    """The text without signs that would steer a terminal: names are typed by anybody."""
    return "".join(sign if sign.isprintable() else " " for sign in text)
