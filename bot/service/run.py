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
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from sqlalchemy.exc import SQLAlchemyError

from bot.identity import secrets
from bot.identity.sealing import sealing_of
from bot.records.store import StoreBusy
from bot.service import model, progress
from bot.service.processes import Part, ServiceFailed, Supervisor, free_port, port_is_taken
from bot.settings import PROJECT, Settings
from knowledge.school import BadContent, School

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
        # One that was killed outright leaves its file, and its number may be another's by now.
        with _lock_file(settings).open("r+") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return Addresses(told["gateway"], told["engine"])
    except (OSError, ValueError, KeyError):
        return None
    return None


@asynccontextmanager
async def service(
    settings: Settings, say: Callable[[str], None]
) -> AsyncIterator[tuple[Supervisor, Addresses]]:
    """Start everything, yield when all is healthy, stop everything.

    Raises ServiceFailed with one sentence for whatever is in the way.
    """
    # The parts of the service work in a folder of their own.
    settings = settings.model_copy(update={"data_dir": settings.data_dir.absolute()})
    with ExitStack() as held:
        with _in_one_sentence(settings):
            settings.data_dir.mkdir(parents=True, exist_ok=True)
            held.enter_context(_only_one(settings))
            addresses, supervisor = await _prepare(settings, say)
        try:
            with _in_one_sentence(settings):
                await supervisor.start()
                _announce(settings, addresses)
            yield supervisor, addresses
        finally:
            announcement(settings).unlink(missing_ok=True)
            await supervisor.stop()


def _announce(settings: Settings, addresses: Addresses) -> None:
    told = {"pid": os.getpid(), "gateway": addresses.gateway, "engine": addresses.engine}
    # Whole under another name first: who looks for it never finds half of it.
    draft = announcement(settings).with_suffix(".draft")
    draft.write_text(json.dumps(told), encoding="utf-8")
    draft.replace(announcement(settings))


async def _prepare(settings: Settings, say: Callable[[str], None]) -> tuple[Addresses, Supervisor]:
    if settings.port and port_is_taken(settings.host, settings.port):
        raise ServiceFailed(
            f"Port {settings.port} is in use. Stop what uses it, "
            f"or choose another: make run PORT={settings.port + 1}"
        )
    if shutil.disk_usage(settings.data_dir).free < NEEDED_MB * 1_000_000:
        raise ServiceFailed(
            f"The disk is full: {settings.data_dir} has less than {NEEDED_MB} MB left. "
            "Make room and start again."
        )
    school_content = settings.school_content.absolute()
    try:
        School.load(school_content)
    except BadContent as fault:
        raise ServiceFailed(f"The school's own content cannot be read: {fault}.") from None
    keys = secrets.load_or_make(settings.secrets_dir)
    if not model.ENGINE_PYTHON.exists():
        raise ServiceFailed(model.NO_ENVIRONMENT)
    if not model.is_fresh():
        say("Training the model: training data, domain or components changed. About a minute.")
        with progress.shown("Training") as how_far:
            await model.train(settings.data_dir, say, how_far)
    # Here, because importing Alembic takes most of a second that `--help` need not wait for.
    from bot.records.migrate import upgrade

    upgrade(settings.store_url, sealing=sealing_of(keys))
    engine_port, actions_port = free_port(), free_port()
    port = settings.port or free_port()
    engine_url = f"http://127.0.0.1:{engine_port}"
    actions_url = f"http://127.0.0.1:{actions_port}"
    gateway_url = f"http://{_reached_at(settings.host)}:{port}"
    environment = {
        "SIGNPOST_DATA_DIR": str(settings.data_dir),
        "SIGNPOST_DATABASE_URL": settings.database_url,
        "SIGNPOST_MESSAGES_PER_MINUTE": str(settings.messages_per_minute),
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
            advice="To have its model made anew: ./signpost train --force",
        ),
        Part(
            "actions",
            [sys.executable, "-m", "actions", str(actions_port)],
            f"{actions_url}/health",
            {**environment, "SIGNPOST_SCHOOL_CONTENT": str(school_content)},
        ),
        Part(
            "gateway",
            [sys.executable, "-m", "bot.channels.web", "--port", str(port)],
            f"{gateway_url}/healthz",
            {**environment, "SIGNPOST_HOST": settings.host, "SIGNPOST_PORT": str(port)},
        ),
    ]
    supervisor = Supervisor(parts, (settings.data_dir / "logs").resolve(), PROJECT, say)
    return Addresses(gateway_url, engine_url), supervisor


def _reached_at(host: str) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"[{host}]" if ":" in host else host


async def run(settings: Settings, say: Callable[[str], None]) -> None:
    """Run the service until it is told to stop (Ctrl-C, SIGTERM, or its terminal is closed).

    Raises ServiceFailed.
    """
    told = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, told.set)
    going = asyncio.create_task(_run(settings, say))
    stopping = asyncio.create_task(told.wait())
    await asyncio.wait({going, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if going.done():
        await going
        return
    say("Stopping.")
    going.cancel()
    with suppress(asyncio.CancelledError):
        await going


async def _run(settings: Settings, say: Callable[[str], None]) -> None:
    async with service(settings, say) as (supervisor, addresses):
        say(f"Signpost is ready: {addresses.gateway}/chat   (Ctrl-C stops it)")
        token = await asyncio.to_thread(_first_administrator, settings)
        if token is not None:
            here = settings.public_url or addresses.gateway
            say(f"Nobody can let staff in yet. The first administrator's link: {here}{token}")
            say("It works once, until the service is started again.")
        await supervisor.watch()


def _first_administrator(settings: Settings) -> str | None:
    """The path of a new link for the first administrator; None once there is one."""
    # Here, because importing what it needs takes time that `--help` need not wait for.
    from bot.identity.staff.invitations import PATH, first_administrator_link
    from bot.records.schools import keep_school
    from bot.records.store import open_engine, writing

    now = datetime.now(UTC)
    engine = open_engine(settings.store_url, threads=1)
    try:
        with writing(engine).begin() as connection:
            school_id = keep_school(connection, settings.school_slug, settings.school_name, now)
            token = first_administrator_link(connection, school_id, now)
    except SQLAlchemyError:
        # The store is busy for a moment: the service runs all the same.
        return None
    finally:
        engine.dispose()
    return None if token is None else f"{PATH}/{token}"


def _lock_file(settings: Settings) -> Path:
    return settings.data_dir / "service.lock"


def _only_one(settings: Settings) -> IO[str]:
    lock = _lock_file(settings).open("w")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        lock.close()
        where = running(settings)
        at = f" at {where.gateway}/chat" if where else ""
        raise ServiceFailed(f"Signpost already runs{at} with the same data folder.") from None
    return lock


@contextmanager
def _in_one_sentence(settings: Settings) -> Iterator[None]:
    try:
        yield
    except (StoreBusy, SQLAlchemyError) as problem:
        reason = getattr(problem, "orig", None) or "another program holds it"
        raise ServiceFailed(f"The record store cannot be opened: {reason}.") from problem
    except OSError as problem:
        raise ServiceFailed(_in_words(problem, settings)) from problem


def _in_words(error: OSError, settings: Settings) -> str:
    name = error.filename or settings.data_dir
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"The disk is full: nothing more can be written to {settings.data_dir}."
    if error.errno in (errno.EACCES, errno.EROFS, errno.EPERM):
        return f"{name} cannot be written: {error.strerror}."
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return f"{name} is no folder. Set SIGNPOST_DATA_DIR to a folder for what changes."
    return f"{error.strerror or error} ({name})."
