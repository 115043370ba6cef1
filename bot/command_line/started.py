"""Uses the service that runs, or starts one for as long as a command needs it."""

from __future__ import annotations

import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from pydantic import ValidationError

from bot.identity.secrets import Secrets, load_or_make
from bot.service.run import Addresses, running, service
from bot.settings import Settings


@dataclass(frozen=True)
class Started:
    """A service to talk to, with the keys to it."""

    addresses: Addresses
    keys: Secrets


AS_MANY_AS_COME = 1_000_000
"""Messages a minute in a service of a command's own: nobody else needs a place."""


def read_settings() -> Settings:
    """Return the settings; a wrong one is told in a sentence that names it."""
    try:
        return Settings()
    except ValidationError as wrong:
        told = [
            f"SIGNPOST_{'_'.join(str(part) for part in one['loc']).upper()}: {one['msg']}."
            for one in wrong.errors(include_input=False, include_url=False)
        ]
        raise click.ClickException(" ".join(["A setting is wrong.", *told])) from wrong


@asynccontextmanager
async def started(settings: Settings) -> AsyncIterator[Started]:
    """Yield the running service, or one of our own with an empty store that is thrown away."""
    where = running(settings)
    if where is not None:
        yield Started(where, load_or_make(settings.secrets_dir))
        return
    say("Signpost is not running: starting it for this command.")
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="command-", dir=settings.data_dir) as folder:
        _keep_logs(Path(folder), settings)
        own = settings.model_copy(
            update={
                "data_dir": Path(folder),
                "port": 0,
                "database_url": "",
                "messages_per_minute": AS_MANY_AS_COME,
            }
        )
        async with service(own, say) as (_, addresses):
            yield Started(addresses, load_or_make(own.secrets_dir))


def _keep_logs(folder: Path, settings: Settings) -> None:
    """Let what goes wrong be found after the folder is gone: its logs are the installation's."""
    logs = settings.data_dir.absolute() / "logs"
    logs.mkdir(exist_ok=True)
    (folder / "logs").symlink_to(logs)


def say(sentence: str) -> None:
    """Tell the operator on standard error."""
    click.echo(sentence, err=True)
