"""`./signpost staff`: let staff in, list them, let them begin again, see them out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager

import click
from sqlalchemy import Connection

from bot.advisers.mail.outbox import is_address
from bot.command_line.school_store import SchoolStore, school_store
from bot.command_line.started import read_settings, say
from bot.console.sign_in import mails
from bot.identity.staff import invitations
from bot.identity.staff.second_factor import factors_of
from bot.records.audit.actors import at_the_keyboard
from bot.records.models import ROLES
from bot.records.sealing import Sealing
from bot.records.staff import (
    EmailTaken,
    LastAdministrator,
    NoStaff,
    StaffDetails,
    StaffRow,
    add_staff,
    find_by_email,
    list_staff,
)
from bot.records.staff_invitations import open_invitations
from bot.settings import Settings

email_argument = click.argument("email", metavar="EMAIL")
UNCHANGED = "Nothing was changed."
_BY_HAND = (
    "They have no second factor any more: such a link is never sent by mail. Leave out --mail and "
    f"hand it over in person. {UNCHANGED}"
)


@click.group(short_help="Let staff in, list them, see them out.")
def staff() -> None:
    """Who on the staff may sign in to the console.

    A link that is made here is shown once. It works once, for seven days.
    """


@staff.command(short_help="Make a link with which somebody joins.")
@email_argument
@click.option("--name", help="Their name, for somebody new.")
@click.option(
    "--role",
    "roles",
    type=click.Choice(ROLES),
    multiple=True,
    help="What they may do, for somebody new; may be given several times.",
)
@click.option("--mail", is_flag=True, help="Send the link by mail as well.")
def invite(email: str, name: str | None, roles: tuple[str, ...], mail: bool) -> None:
    """Put somebody on the staff, and make the link with which they set up how they sign in.

    For somebody on the staff already it makes a new link; older ones stop working.
    """
    if not is_address(email):
        raise click.BadParameter("that is not an e-mail address", param_hint="'EMAIL'")
    settings = read_settings()
    with _in_one_sentence(), school_store() as school:
        link, sent = school.write(_invite, school, settings, email, name, roles, mail, _now())
    _tell(link, settings, sent=sent if mail else None)


@staff.command("list", short_help="Who is on the staff.")
def list_command() -> None:
    """Who is on the staff, with their roles, and whether they can sign in."""
    with school_store() as school:
        rows = school.read(_listed, school.sealing, school.id, _now())
    for row, state in rows:
        roles = ", ".join(sorted(row.roles)) or "no role"
        click.echo(f"{row.details.name} <{row.details.email}>: {roles}; {state}")
    if not rows:
        click.echo("Nobody is on the staff yet. The link for the first administrator is printed")
        click.echo("each time the service starts.")


@staff.command(short_help="Let somebody begin again.")
@email_argument
@click.option(
    "--second-factor-too",
    is_flag=True,
    help="They have lost that as well: make sure that it is them.",
)
@click.option("--mail", is_flag=True, help="Send the link by mail; not with --second-factor-too.")
def reset(email: str, second_factor_too: bool, mail: bool) -> None:
    """Take somebody's password away and make the link with which they choose another.

    They are signed out everywhere. They still need their second factor, unless that is taken away
    as well.
    """
    if mail and second_factor_too:
        raise click.UsageError(
            "A link that needs no second factor is never sent by mail: hand it over in person."
        )
    settings = read_settings()
    with _in_one_sentence(), school_store() as school:
        link, sent = school.write(_reset, school, settings, email, second_factor_too, mail, _now())
    _tell(link, settings, sent=sent if mail else None)


@staff.command(short_help="See somebody out.")
@email_argument
@click.option("--yes", is_flag=True, help="Do not ask.")
def leave(email: str, yes: bool) -> None:
    """Take somebody off the staff: nothing of theirs opens anything from now on.

    Meetings and plans stay. Chats that they hold are for somebody else to take over.
    """
    if not yes:
        click.confirm(f"Take {email} off the staff?", abort=True)
    with _in_one_sentence(), school_store() as school:
        school.write(_leave, school.sealing, school.id, email, _now())
    click.echo("Done. They are signed out everywhere.")


# ---- in the store


def _invite(
    connection: Connection,
    school: SchoolStore,
    settings: Settings,
    email: str,
    name: str | None,
    roles: tuple[str, ...],
    mail: bool,
    now: dt.datetime,
) -> tuple[str, bool]:
    known = find_by_email(connection, school.sealing, school.id, email)
    if known is None or known.left_on is not None:
        if not (name and name.strip() and roles):
            raise click.ClickException(
                f"Nobody on the staff has that address: give --name and --role. {UNCHANGED}"
            )
        details = StaffDetails(name=name.strip(), email=email)
        known = add_staff(connection, school.sealing, school.id, details, now=now, roles=set(roles))
    elif name or roles:
        raise EmailTaken
    token = invitations.invite(
        connection, school.sealing, school.id, known.id, by=at_the_keyboard(), now=now
    )
    link = _link(settings, token)
    if mail and not invitations.may_be_mailed(
        connection, school.sealing, school.id, known.id, "join"
    ):
        raise click.ClickException(_BY_HAND)
    sent = mail and _mailed(connection, school.sealing, known, "invited", settings, link, now)
    return link, sent


def _reset(
    connection: Connection,
    school: SchoolStore,
    settings: Settings,
    email: str,
    second_factor_too: bool,
    mail: bool,
    now: dt.datetime,
) -> tuple[str, bool]:
    known = _named(connection, school.sealing, school.id, email)
    token = invitations.reset(
        connection,
        school.sealing,
        school.id,
        known.id,
        second_factor_too=second_factor_too,
        by=at_the_keyboard(),
        now=now,
    )
    if second_factor_too:
        name = settings.school_name
        mails.put(connection, school.sealing, known, "begun_anew", now, school=name)
    link = _link(settings, token)
    if mail and not invitations.may_be_mailed(
        connection, school.sealing, school.id, known.id, "reset"
    ):
        raise click.ClickException(_BY_HAND)
    sent = mail and _mailed(connection, school.sealing, known, "begin_again", settings, link, now)
    return link, sent


def _leave(
    connection: Connection, sealing: Sealing, school_id: int, email: str, now: dt.datetime
) -> None:
    known = _named(connection, sealing, school_id, email)
    invitations.leave(connection, sealing, school_id, known.id, by=at_the_keyboard(), now=now)


def _listed(
    connection: Connection, sealing: Sealing, school_id: int, now: dt.datetime
) -> list[tuple[StaffRow, str]]:
    invited = open_invitations(connection, school_id, now)
    found = []
    for row in list_staff(connection, sealing, school_id):
        ready = factors_of(connection, sealing, school_id, row.id).any
        until = invited.get(row.id)
        state = "can sign in" if ready else "has not joined"
        if until is not None:
            state += f", a link is open until {until:%Y-%m-%d}"
        found.append((row, state))
    return found


def _named(connection: Connection, sealing: Sealing, school_id: int, email: str) -> StaffRow:
    known = find_by_email(connection, sealing, school_id, email)
    if known is None or known.left_on is not None:
        raise NoStaff
    return known


def _mailed(
    connection: Connection,
    sealing: Sealing,
    row: StaffRow,
    kind: str,
    settings: Settings,
    link: str,
    now: dt.datetime,
) -> bool:
    return mails.put_link(
        connection,
        sealing,
        row,
        kind,
        now,
        school=settings.school_name,
        link=link,
        until=now + invitations.LASTS,
    )


# ---- what is told


def _link(settings: Settings, token: str) -> str:
    origin = settings.public_url or f"http://{settings.host}:{settings.port}"
    return f"{origin}{invitations.PATH}/{token}"


def _tell(link: str, settings: Settings, *, sent: bool | None) -> None:
    click.echo(link)
    say("The link works once, for seven days. It is not shown again.")
    if not settings.public_url:
        say("SIGNPOST_PUBLIC_URL is not set: the address named is this computer's own.")
    if sent is not None:
        say("It was put into the outbox." if sent else "It could not be mailed: hand it over.")


@contextmanager
def _in_one_sentence() -> Iterator[None]:
    try:
        yield
    except NoStaff:
        raise click.ClickException(f"Nobody on the staff has that address. {UNCHANGED}") from None
    except EmailTaken:
        raise click.ClickException(
            "Somebody on the staff has that address: leave out --name and --role for a new link. "
            f"{UNCHANGED}"
        ) from None
    except LastAdministrator:
        raise click.ClickException(
            "They are the last administrator: make somebody else one first. " + UNCHANGED
        ) from None


def _now() -> dt.datetime:
    return dt.datetime.now(dt.timezone.utc)
