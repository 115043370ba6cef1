"""`./signpost destinations ask, withdraw, set`: links with which leavers say where they are."""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TextIO

import click
from sqlalchemy import Connection

from bot.advisers.destination_files import WORDING, csv_cell
from bot.command_line.noted import noted
from bot.command_line.owner_files import new_file
from bot.command_line.refusals import one_clear_line
from bot.command_line.school_store import SchoolStore, school_store
from bot.command_line.started import read_settings, say
from bot.identity.destination_links import DestinationLinks
from bot.identity.secrets import load_or_make
from bot.records.guidance.asking import (
    MOST_DAYS,
    MOST_YEARS,
    Standing,
    asking_of,
    set_asking,
    standing_of,
    withdraw,
)
from bot.records.guidance.invitations import invite, last_day_of
from bot.records.guidance.leaving import left_from
from bot.records.guidance.lines import day_in_england
from bot.records.retention import clocks_of
from bot.records.sealing import Sealing
from knowledge.days import Day
from knowledge.facts import day_told

_on = click.option("--on", "day", type=Day(), metavar="DATE", hidden=True)


@click.command("ask", short_help="Make links for the leavers who are due, for a mail merge.")
@click.option(
    "--csv",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE.csv",
    help="Where the links go. Only its owner can read the file.",
)
@click.option("--dry-run", is_flag=True, help="Say how many are due, and make nothing.")
@click.option("--again", is_flag=True, help="Replace the links that wait for an answer, too.")
@_on
def ask_command(file: Path | None, dry_run: bool, again: bool, day: dt.date | None) -> None:
    """Ask leavers where they are: at leaving, and each year after for three years.

    Works out who is due, makes a link for each and writes them to FILE.csv, one to a line, for a
    mail merge to the addresses that the school has. Who has a link that is good gets no second
    one, and who is known to be somewhere is not asked.
    """
    if file is None and not dry_run:
        raise click.ClickException(_say("no_file"))
    settings, now = read_settings(), _moment(day)
    if not dry_run and not settings.public_url:
        raise click.ClickException(_say("no_address"))
    with one_clear_line(), school_store() as school:
        if file is None or dry_run:
            _tell(school.read(standing_of, school.sealing, school.id, now))
            _tell_if_gone_before(school)
            click.echo(_say("dry_run"))
            return
        links = DestinationLinks(load_or_make(settings.secrets_dir).token_key)
        address = f"{settings.public_url}/destination/"
        with new_file(file) as opened:
            # In the transaction: a link that is in no file would be known to nobody.
            asking = noted(
                _ask,
                school.sealing,
                school.id,
                "destination links made",
                "school",
                after=lambda done: {"made": len(done[0].due), "replaced": done[1]},
                when=lambda done: done[0].due,
            )
            found, replaced = school.write(
                asking, school.sealing, school.id, links, address, opened, again, now
            )
        days = school.read(asking_of, school.id).days
        _tell_if_gone_before(school)
    _tell(found)
    if replaced:
        click.echo(_say("replaced", count=f"{replaced:,}"))
    if not found.due:
        file.unlink()
        return
    until = day_told(last_day_of(now, days))
    click.echo(_say("written", count=f"{len(found.due):,}", file=file.name, day=until))
    click.echo(_say("again_hint"))


@click.command("withdraw", short_help="Close links that were sent; answers stay.")
@click.argument("numbers", nargs=-1, metavar="[NUMBER]...")
@click.option("--all", "every", is_flag=True, help="All that are open.")
@_on
def withdraw_command(numbers: tuple[str, ...], every: bool, day: dt.date | None) -> None:
    """Close links by their NUMBER in the file that `ask` wrote, say one sent to a wrong address.

    The leaver is due again then: the next `ask` makes a new link.
    """
    if bool(numbers) == every:
        raise click.ClickException(_say("withdraw_which"))
    ids = None if every else [number.strip() for number in numbers]
    with school_store() as school:
        closing = noted(
            withdraw,
            school.sealing,
            school.id,
            "destination links closed",
            "school",
            after=lambda number: {"closed": number},
            when=bool,
        )
        closed = school.write(closing, school.id, _moment(day), ids=ids)
    click.echo(_say("withdrawn", count=f"{closed:,}"))
    if missed := len(set(ids or ())) - (closed if ids else 0):
        raise click.ClickException(_say("not_found", count=f"{missed:,}"))


@click.command("set", short_help="For how long leavers are asked, and links are good.")
@click.option("--years", type=click.IntRange(0, MOST_YEARS), help="Years after leaving.  [3]")
@click.option("--days", type=click.IntRange(1, MOST_DAYS), help="Days that a link is good.  [60]")
def set_command(years: int | None, days: int | None) -> None:
    """Set for how many years leavers are asked and for how many days a link is good.

    Without an option it says how it is set. Links that were sent keep their last day.
    """
    with school_store() as school:
        asking = school.read(asking_of, school.id)
        given = {"years": years, "days": days}
        changed = replace(asking, **{name: one for name, one in given.items() if one is not None})
        if changed != asking:
            now = dt.datetime.now(dt.timezone.utc)
            setting = noted(
                set_asking,
                school.sealing,
                school.id,
                "setting changed",
                "setting",
                "destination_asking",
                after={"years": changed.years, "days": changed.days},
            )
            school.write(setting, school.id, changed, now)
        click.echo(_say("asking", years=changed.years, days=changed.days))
        _tell_if_gone_before(school)


def _ask(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    links: DestinationLinks,
    address: str,
    opened: TextIO,
    again: bool,
    now: dt.datetime,
) -> tuple[Standing, int]:
    """Make the links and write them; who was due, and how many links were replaced."""
    # A second try after a clash begins the file anew.
    opened.seek(0)
    opened.truncate()
    found = standing_of(connection, sealing, school_id, now, held=True)
    replaced = 0
    if again and found.open_ids:
        replaced = withdraw(connection, school_id, now, ids=found.open_ids)
        found = standing_of(connection, sealing, school_id, now)
    days = asking_of(connection, school_id).days
    until = last_day_of(now, days).isoformat()
    writer = csv.writer(opened, lineterminator="\r\n")
    writer.writerow([column.strip() for column in _say("columns").split("=")])
    for due in found.due:
        link = links.issue()
        number = invite(
            connection,
            school_id,
            due.pupil.id,
            years_after=due.years_after,
            new_hash=link.token_hash,
            now=now,
            days=days,
        )
        names = due.pupil.details.given_name, due.pupil.details.family_name
        left = f"Year {left_from(due.pupil, day_in_england(now))}"
        cells = (number, *names, left, _asking(due.years_after), address + link.token, until)
        writer.writerow([csv_cell(cell) for cell in cells])
    return found, replaced


def _tell(found: Standing) -> None:
    if not found.due:
        click.echo(_say("due_none"))
    else:
        counts = sorted(Counter(due.years_after for due in found.due).items())
        parts = ", ".join(
            _say("due_part", count=f"{number:,}", asking=_asking(years).lower())
            for years, number in counts
        )
        click.echo(_say("due", count=f"{len(found.due):,}", parts=parts))
    waiting = f"{len(found.open_ids):,}"
    click.echo(_say("waiting", count=waiting, known=f"{found.known:,}"))


def _tell_if_gone_before(school: SchoolStore) -> None:
    """Warn where a leaver's record is deleted before the year of the last asking is over."""
    months = school.read(clocks_of, school.id)["leavers"]
    needed = 12 * (school.read(asking_of, school.id).years + 1)
    if isinstance(months, int) and months < needed:
        say(_say("too_short", months=months, needed=needed))


def _asking(years: int) -> str:
    if not years:
        return _say("at_leaving")
    told = _say("one_year") if years == 1 else _say("many_years", years=years)
    return _say("years_after", years=told)


def _say(name: str, **values: object) -> str:
    return WORDING.say(f"asking.{name}", **values)


def _moment(day: dt.date | None) -> dt.datetime:
    """Now, or at noon of a day that was given to try something out."""
    if day is None:
        return dt.datetime.now(dt.timezone.utc)
    return dt.datetime(day.year, day.month, day.day, 12, tzinfo=dt.timezone.utc)
