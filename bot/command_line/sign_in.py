"""`./signpost sign-in`: the school's Microsoft or Google accounts as a way to sign in."""

from __future__ import annotations

import sys
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any

import click
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.command_line.started import read_settings, say
from bot.command_line.until_told import run_until_told
from bot.identity.oidc import HOME, SETTING, WAYS, Way, home_of, providers_of, sealed_secret
from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.records.audit.actors import at_the_keyboard
from bot.records.audit.log import append
from bot.records.migrate import upgrade
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.settings import get_setting, set_setting
from bot.records.store import Store, StoreBusy
from bot.settings import Settings

NAMES: dict[Way, str] = {"microsoft": "Microsoft", "google": "Google"}
LONGEST_SECRET = 500
WAIT_S = 30.0
UNCHANGED = "Nothing was changed."

client_option = click.option(
    "--client-id", required=True, metavar="ID", help="As registered with the provider."
)


@click.group(name="sign-in", short_help="Let pupils sign in with the school's accounts.")
def sign_in() -> None:
    """Let pupils sign in with the school's Microsoft or Google accounts.

    The client's secret is asked for, or read from standard input; it is kept sealed and never
    shown. Signing in with a code from a slip needs none of this.
    """


@sign_in.command(short_help="Set up the accounts of the school's Microsoft tenant.")
@click.option("--tenant", required=True, metavar="GUID", help="Directory (tenant) ID.")
@client_option
def microsoft(tenant: str, client_id: str) -> None:
    """Set up the accounts of the school's Microsoft tenant, in place of what was set before."""
    _set_up("microsoft", tenant, client_id)


@sign_in.command(short_help="Set up the accounts of the school's Google domain.")
@click.option("--domain", required=True, metavar="DOMAIN", help="The school's Workspace domain.")
@client_option
def google(domain: str, client_id: str) -> None:
    """Set up the accounts of the school's Google domain, in place of what was set before."""
    _set_up("google", domain, client_id)


@sign_in.command(short_help="What is set up.")
def show() -> None:
    """Say which accounts are set up; secrets are not shown."""
    settings = read_settings()
    sealing = _sealing(settings)
    known = _run(settings, _known)
    usable = providers_of(
        known,
        sealing,
        microsoft_url=settings.microsoft_login_url,
        google_url=settings.google_login_url,
    )
    for way in WAYS:
        one = known.get(way)
        if one is None:
            click.echo(f"{NAMES[way]}: not set up.")
            continue
        told = f"{HOME[way]} {one.get(HOME[way])}, client ID {one.get('client_id')}"
        state = "the secret is kept" if way in usable else "cannot be used: set it up again"
        click.echo(f"{NAMES[way]}: {told}; {state}.")


@sign_in.command(short_help="Stop offering a provider.")
@click.argument("provider", type=click.Choice(WAYS))
def off(provider: Way) -> None:
    """Stop offering a provider, and forget its secret.

    Pupils who are signed in stay so until their session ends.
    """
    if _run(read_settings(), _take_out, provider, datetime.now(tz=UTC)):
        click.echo(f"Pupils cannot sign in with {NAMES[provider]} any more.")
    else:
        click.echo(f"{NAMES[provider]} was not set up.")


def _set_up(way: Way, typed: str, client_id: str) -> None:
    home, client_id = home_of(way, typed), client_id.strip()
    if home is None:
        what = "a tenant's GUID, such as" if way == "microsoft" else "a domain, such as"
        example = "00000000-0000-0000-0000-000000000000" if way == "microsoft" else "school.uk"
        raise click.BadParameter(f"that is not {what} {example}", param_hint=f"'--{HOME[way]}'")
    if not client_id or client_id.split() != [client_id]:
        raise click.BadParameter("that is not a client's ID", param_hint="'--client-id'")
    settings = read_settings()
    value = {HOME[way]: home, "client_id": client_id}
    secret = sealed_secret(_sealing(settings), _secret(way))
    _run(settings, _put_in, way, value | {"client_secret": secret}, datetime.now(tz=UTC))
    click.echo(f"Pupils can sign in with {NAMES[way]} accounts of {home} from now on.")
    here = settings.public_url or f"http://{settings.host}:{settings.port}"
    click.echo(f"Register this redirect address with {NAMES[way]}: {here}/sign-in/{way}/callback")
    click.echo(f"And this one, for staff: {here}/console/sign-in/{way}/callback")
    if not settings.public_url:
        say("SIGNPOST_PUBLIC_URL is not set: the address named is this computer's own.")


def _secret(way: Way) -> str:
    """The client's secret: typed unseen, or the one line of standard input."""
    if _typed_by_hand():
        secret = click.prompt(f"The client's secret at {NAMES[way]}", hide_input=True)
    else:
        secret = sys.stdin.read(LONGEST_SECRET + 2)
    secret = str(secret).strip()
    if not secret or len(secret) > LONGEST_SECRET or secret.split() != [secret]:
        raise click.ClickException(f"That is not a client's secret. {UNCHANGED}")
    return secret


def _typed_by_hand() -> bool:
    return sys.stdin.isatty()


# ---- the store


def _sealing(settings: Settings) -> Sealing:
    try:
        return sealing_of(load_or_make(settings.secrets_dir))
    except OSError as problem:
        why = problem.strerror or str(problem)
        raise click.ClickException(f"The keys cannot be read: {why}. {UNCHANGED}") from problem


def _known(connection: Connection, school_id: int) -> dict[str, Any]:
    return get_setting(connection, school_id, SETTING) or {}


def _put_in(
    connection: Connection, school_id: int, way: Way, value: dict[str, str], now: datetime
) -> None:
    known = _known(connection, school_id)
    set_setting(connection, school_id, SETTING, known | {way: value}, now)


def _take_out(connection: Connection, school_id: int, way: Way, now: datetime) -> bool:
    known = _known(connection, school_id)
    if known.pop(way, None) is None:
        return False
    set_setting(connection, school_id, SETTING, known, now)
    return True


_CHANGES: dict[Callable[..., Any], str] = {
    _put_in: "sign-in set up",
    _take_out: "sign-in turned off",
}
"""What changes something, and what the audit calls it."""


def _run(settings: Settings, work: Callable[..., Any], *args: Any) -> Any:
    """Do the work for the installation's school in one transaction; a failure is one line."""
    found: list[Any] = []
    run_until_told(_in_store(settings, work, args, found.append), "The store did not answer.")
    return found[0] if found else sys.exit(1)


def _in_store(
    settings: Settings, work: Callable[..., Any], args: tuple[Any, ...], keep: Callable[[Any], None]
) -> Coroutine[Any, Any, None]:
    def whole(connection: Connection, sealing: Sealing) -> Any:
        now = datetime.now(tz=UTC)
        school_id = keep_school(connection, settings.school_slug, settings.school_name, now)
        found = work(connection, school_id, *args)
        if work in _CHANGES and found is not False:
            append(
                connection,
                sealing,
                school_id,
                actor=at_the_keyboard(),
                action=_CHANGES[work],
                object_kind="way to sign in",
                object_id=args[0],
                now=now,
            )
        return found

    async def run() -> None:
        try:
            sealing = sealing_of(load_or_make(settings.secrets_dir))
            upgrade(settings.store_url, wait_s=WAIT_S, sealing=sealing)
            store = Store(settings.store_url, WAIT_S, threads=1)
            try:
                keep(await store.write(whole, sealing))
            finally:
                store.close()
        except (StoreBusy, SQLAlchemyError, OSError):
            # Without the database's own words, which may quote what they are about.
            raise click.ClickException(f"The store could not be used. {UNCHANGED}") from None

    return run()
