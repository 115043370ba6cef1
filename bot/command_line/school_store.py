"""The store of this installation's school, for as long as a command needs it."""

from __future__ import annotations

import asyncio
import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Concatenate, ParamSpec, TypeVar

import click
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.command_line.started import read_settings
from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.records.migrate import upgrade
from bot.records.schools import keep_school
from bot.records.sealing import SealBroken, Sealing
from bot.records.store import Store, StoreBusy

P = ParamSpec("P")
R = TypeVar("R")

WAIT_S = 30.0


class SchoolStore:
    """Calls data-access functions, each in one transaction; `id` is the school's."""

    def __init__(self, store: Store, school_id: int, sealing: Sealing) -> None:
        self.store = store
        self.id = school_id
        self.sealing = sealing

    def read(
        self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Call `work` in a reading transaction."""
        return asyncio.run(self.store.read(work, *args, **kwargs))

    def write(
        self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Call `work` in a writing transaction."""
        return asyncio.run(self.store.write(work, *args, **kwargs))

    def scrub(self) -> None:
        """Take what was deleted out of the store's log file too."""
        asyncio.run(self.store.scrub())


@contextmanager
def school_store() -> Iterator[SchoolStore]:
    """Open the store, migrated; what a user can do something about ends in one sentence."""
    settings = read_settings()
    try:
        sealing = sealing_of(load_or_make(settings.secrets_dir))
        upgrade(settings.store_url, sealing=sealing)
        store = Store(settings.store_url, wait_s=WAIT_S, threads=1)
        try:
            now = dt.datetime.now(dt.timezone.utc)
            name = settings.school_name
            school_id = asyncio.run(store.write(keep_school, settings.school_slug, name, now))
            yield SchoolStore(store, school_id, sealing)
        finally:
            store.close()
    except SealBroken:
        raise click.ClickException(
            "The keys of this installation do not open what is held. Nothing was changed."
        ) from None
    except StoreBusy:
        raise click.ClickException("The store is busy. Try again in a moment.") from None
    except SQLAlchemyError:
        # Without the database's own words, which may quote what they are about.
        raise click.ClickException("The store could not be used.") from None
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise click.ClickException(f"{error.strerror or error}{where}.") from None
