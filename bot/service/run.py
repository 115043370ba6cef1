"""`./signpost run`: everything on, on embedded defaults, until Ctrl-C."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import json
import os
import shutil
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from bot.identity import secrets
from bot.records.migrate import upgrade
from bot.service import model
from bot.service.processes import Part, ServiceFailed, Supervisor, free_port, port_is_taken
from bot.settings import PROJECT, Settings

NEEDED_MB = 200
"""Free disk below which nothing is started: a store that cannot be written loses messages."""


@dataclass(frozen=True)
class Addresses:
    """Where a running service is reached."""

    gateway: str
    engine: str


def announcement(settings: Settings) -> Path:
    """Return the file in which a running service says where it is."""
    return settings.data_dir / "service.json"


def running(settings: Settings) -> Addresses | None:
    """Return where the service of this data folder runs, None when it does not."""
    try:
        told = json.loads(announcement(settings).read_text(encoding="utf-8"))
        os.kill(int(told["pid"]), 0)
        return Addresses(told["gateway"], told["engine"])
    except (OSError, ValueError, KeyError):
        return None


@asynccontextmanager
async def service(
    settings: Settings, say: Callable[[str], None]
) -> AsyncIterator[tuple[Supervisor, Addresses]]:
    """Start everything, yield when all is healthy, stop everything.

    Raises ServiceFailed with one sentence for whatever is in the way.
    """
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        lock = _only_one(settings)
    except OSError as error:
        raise ServiceFailed(_in_words(error, settings)) from error
    with lock:
        addresses, supervisor = _prepare(settings, say)
        try:
            await supervisor.start()
            announcement(settings).write_text(
                json.dumps(
                    {
                        "pid": os.getpid(),
                        "gateway": addresses.gateway,
                        "engine": addresses.engine,
                    }
                ),
                encoding="utf-8",
            )
            yield supervisor, addresses
        except OSError as error:
            raise ServiceFailed(_in_words(error, settings)) from error
        finally:
            announcement(settings).unlink(missing_ok=True)
            await supervisor.stop()


def _prepare(settings: Settings, say: Callable[[str], None]) -> tuple[Addresses, Supervisor]:
    if settings.port and port_is_taken(settings.host, settings.port):
        raise ServiceFailed(
            f"Port {settings.port} is in use. Stop what uses it, "
            f"or choose another: make run PORT={settings.port + 1}"
        )
    try:
        if shutil.disk_usage(settings.data_dir).free < NEEDED_MB * 1_000_000:
            raise ServiceFailed(
                f"The disk is full: {settings.data_dir} has less than {NEEDED_MB} MB left. "
                "Make room and start again."
            )
        keys = secrets.load_or_make(settings.secrets_dir)
        if not model.is_fresh():
            say("Training the model: training data, domain or components changed. About a minute.")
            model.train(settings.data_dir, say)
        upgrade(settings.store_url)
    except model.NoModel as error:
        raise ServiceFailed(str(error)) from error
    except OSError as error:
        raise ServiceFailed(_in_words(error, settings)) from error
    engine_port, actions_port = free_port(), free_port()
    port = settings.port or free_port()
    engine_url = f"http://127.0.0.1:{engine_port}"
    actions_url = f"http://127.0.0.1:{actions_port}"
    shown = "127.0.0.1" if settings.host in ("0.0.0.0", "::") else settings.host  # noqa: S104
    gateway_url = f"http://{shown}:{port}"
    environment = {
        "SIGNPOST_DATA_DIR": str(settings.data_dir),
        "SIGNPOST_ENGINE_URL": engine_url,
        "SIGNPOST_ACTIONS_URL": actions_url,
        "SIGNPOST_ENGINE_TOKEN": keys.engine_token,
        "PYTHONUNBUFFERED": "1",
    }
    parts = [
        Part(
            "engine",
            [str(model.ENGINE_PYTHON), "-W", "ignore", "-m", "engine.server"],
            f"{engine_url}/health",
            {
                **environment,
                "SIGNPOST_ENGINE_PORT": str(engine_port),
                "SIGNPOST_MODEL": str(model.MODEL),
                "HOME": str(model.engine_home(settings.data_dir)),
            },
        ),
        Part(
            "actions",
            [sys.executable, "-m", "actions", str(actions_port)],
            f"{actions_url}/health",
            environment,
        ),
        Part(
            "gateway",
            [sys.executable, "-m", "bot.channels.web", "--port", str(port)],
            f"{gateway_url}/healthz",
            {**environment, "SIGNPOST_HOST": settings.host, "SIGNPOST_PORT": str(port)},
        ),
    ]
    supervisor = Supervisor(parts, settings.data_dir / "logs", PROJECT, say)
    return Addresses(gateway_url, engine_url), supervisor


async def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Run the service until it is told to stop (Ctrl-C or SIGTERM)."""
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, told.set)
    async with service(settings, say) as (supervisor, addresses):
        say(f"Signpost is ready: {addresses.gateway}/chat   (Ctrl-C stops it)")
        watching = asyncio.create_task(supervisor.watch())
        stopping = asyncio.create_task(told.wait())
        await asyncio.wait({watching, stopping}, return_when=asyncio.FIRST_COMPLETED)
        if watching.done():
            raise _first(watching.exception())
        watching.cancel()
        with suppress(asyncio.CancelledError):
            await watching
        say("Stopping.")


def _first(error: BaseException | None) -> ServiceFailed:
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error if isinstance(error, ServiceFailed) else ServiceFailed(str(error))


def _only_one(settings: Settings) -> IO[str]:
    lock = (settings.data_dir / "service.lock").open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        where = running(settings)
        at = f" at {where.gateway}/chat" if where else ""
        raise ServiceFailed(f"Signpost already runs{at} with the same data folder.") from None
    return lock


def _in_words(error: OSError, settings: Settings) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: nothing more can be written to {settings.data_dir}."
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return f"{error.filename or settings.data_dir} cannot be written: {error.strerror}."
    return f"{error.strerror or error} ({error.filename or settings.data_dir})."
