"""`./signpost keys`: the keys that seal what the store holds of people."""

from __future__ import annotations

import sys
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any

import click
from sqlalchemy.exc import SQLAlchemyError

from bot.command_line.started import read_settings, say
from bot.command_line.until_told import run_until_told
from bot.identity.sealing import sealing_of
from bot.identity.secrets import RecordKey, add_record_key, list_record_keys, load_or_make
from bot.records import migrate
from bot.records.audit.actors import at_the_keyboard
from bot.records.audit.log import append
from bot.records.resealing import SEALED, Resealed, reseal_settings, reseal_some
from bot.records.schools import school_ids
from bot.records.sealing import Sealing
from bot.records.store import Store, StoreBusy
from bot.settings import Settings

ROWS_AT_A_TIME = 200
"""In one transaction, about 30 ms: a reader's message waits no longer than that."""
MOST_ROUNDS = 5
SETTINGS = "school_settings.value"
NO_KEY = "There is no key yet: the first start of the service makes one."
WAIT_S = 60.0
"""For a store that somebody else keeps locked."""


@click.group(short_help="Renew the keys that seal records, or list them.")
def keys() -> None:
    """Renew the keys that seal what the store holds of people, or see how old they are.

    The keys themselves are never shown. They are in the file record-keys of the data folder's
    secrets: whoever has that file and the store can read the records.
    """


@keys.command("list", short_help="How many keys there are, and when each was made.")
def list_keys() -> None:
    """Say how many keys there are and when each was made; the newest seals, all open."""
    try:
        known = list_record_keys(read_settings().secrets_dir)
    except FileNotFoundError:
        click.echo(NO_KEY)
        return
    except OSError as problem:
        raise _told(problem) from problem
    click.echo("1 key" if len(known) == 1 else f"{len(known)} keys")
    for number, key in enumerate(known, start=1):
        does = "seals and opens" if number == 1 else "opens only"
        click.echo(f"{number:>3}  made {_made(key)}, {does}")


@keys.command(short_help="Make a new key and seal every record with it.")
def rotate() -> None:
    """Make a new key, and seal with it all that is sealed in the store.

    The service may go on running. Older keys are kept: they open backups made before, and nothing
    in the store once this command is done. The key by which pupils are looked up is not renewed,
    as only its hashes are stored.
    """
    run_until_told(_rotate(read_settings(), datetime.now(tz=UTC)), "The store did not answer.")


@dataclass(slots=True)
class _Count:
    """What has been done in one column."""

    sealed_again: int = 0
    broken: int = 0
    left: bool = False
    """Whether the last round still found something to do."""


async def _rotate(settings: Settings, now: datetime) -> None:
    _fit_for_sealing(settings)
    try:
        known = add_record_key(settings.secrets_dir, now)
        sealing = sealing_of(load_or_make(settings.secrets_dir))
    except FileNotFoundError as problem:
        raise click.ClickException(NO_KEY) from problem
    except OSError as problem:
        raise _told(problem) from problem
    click.echo("A new key seals the records from now on.")
    older = len(known) - 1
    click.echo(f"Older keys that are kept, to open backups: {older}.")
    say("Sealing again what older keys have sealed.")
    store = Store(settings.store_url, WAIT_S)
    try:
        # The keys are the installation's: the audit of every school says that there is a new one.
        for school_id in await store.read(school_ids):
            await store.write(
                append,
                sealing,
                school_id,
                actor=at_the_keyboard(),
                action="keys renewed",
                object_kind="installation",
                object_id=None,
                now=now,
                after={"keys": len(known)},
            )
        counts = {
            f"{table}.{column}": await _reseal(partial(_some_rows, store, sealing, table, column))
            for table, column in SEALED
        }
        counts[SETTINGS] = await _reseal(lambda _: store.write(reseal_settings, sealing))
        await store.scrub()
    except (StoreBusy, SQLAlchemyError) as problem:
        # Without the database's own words, which may quote what they are about.
        raise click.ClickException(
            "The store could not be used to the end. Everything can still be opened; run the "
            "command again to seal the rest with a newer key."
        ) from problem
    finally:
        store.close()
    _tell(counts)


async def _some_rows(
    store: Store, sealing: Sealing, table: str, column: str, after: Any
) -> Resealed:
    return await store.write(reseal_some, sealing, table, column, after=after, limit=ROWS_AT_A_TIME)


async def _reseal(some: Callable[[Any], Awaitable[Resealed]]) -> _Count:
    """Have `some` rows sealed after the other, over and over until nothing is left to do."""
    count = _Count()
    # Once more after the last change: a service that had not heard of the key yet, or held a
    # row, may have left something behind.
    for _ in range(MOST_ROUNDS):
        changed, count.broken, after = 0, 0, None
        while True:
            done = await some(after)
            changed += done.sealed_again
            count.broken += done.broken
            after = done.after
            if after is None:
                break
        count.sealed_again += changed
        count.left = changed > 0
        if not changed:
            break
    return count


def _tell(counts: dict[str, _Count]) -> None:
    click.echo("Values sealed again:")
    for name, count in counts.items():
        click.echo(f"  {name:<28}{count.sealed_again:>10,}")
    for name, count in counts.items():
        if count.left:
            say(f"Some of {name} may still be under an older key: it changes too fast.")
    broken = {name: count.broken for name, count in counts.items() if count.broken}
    for name, number in broken.items():
        say(f"No key opens {number:,} of {name}: they were left as they are.")
    if broken:
        sys.exit(1)


def _fit_for_sealing(settings: Settings) -> None:
    """Refuse, before anything is changed, a store that cannot be read or has another shape."""
    try:
        revision = migrate.current(settings.store_url)
    except (SQLAlchemyError, OSError) as problem:
        raise click.ClickException("The store cannot be opened. No key was made.") from problem
    if revision is None:
        raise click.ClickException("There is no store yet. No key was made.")
    if revision != migrate.head():
        raise click.ClickException(
            "The store has the shape of another version. Start the service once, then run this "
            "command again. No key was made."
        )


def _made(key: RecordKey) -> str:
    if key.made_at is None:
        return "at an unknown time"
    return f"{key.made_at.astimezone(UTC):%-d %B %Y, %H:%M} UTC"


def _told(problem: OSError) -> click.ClickException:
    sentence = problem.strerror or str(problem)
    return click.ClickException(f"{sentence[:1].upper()}{sentence[1:]}.")
