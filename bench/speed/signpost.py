"""Starts Signpost for measuring: its own store, no limits that would stop a load generator."""

from __future__ import annotations

import asyncio
import os
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.results import FOLDER
from bot.service import model
from bot.service.run import service
from bot.settings import PROJECT, Settings

WITHOUT_LIMITS = {
    "SIGNPOST_MESSAGES_PER_MINUTE": "1000000",
    "SIGNPOST_NEW_CONVERSATIONS_PER_MINUTE": "1000000",
    "SIGNPOST_SESSION_MINUTES": "0",
}
"""Settings that differ from an installation's: one person writes as fast as replies come."""


@dataclass(frozen=True)
class Running:
    """A running Signpost: the gateway's address, its processes by name, and its start time."""

    url: str
    processes: dict[str, int]
    start_s: float


@asynccontextmanager
async def running() -> AsyncIterator[Running]:
    """Start everything with an empty store, yield, stop everything.

    Raises ServiceFailed. The model must be fresh, else training is part of the start time.
    """
    os.environ.update(WITHOUT_LIMITS)  # the parts of the service inherit them
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="signpost-", dir=FOLDER) as folder:
        settings = Settings(data_dir=Path(folder), port=0, database_url="")
        began = time.perf_counter()
        async with service(settings, _say) as (supervisor, addresses):
            start_s = round(time.perf_counter() - began, 2)
            processes = {p.name: p.process.pid for p in supervisor.parts if p.process}
            yield Running(addresses.gateway, processes, start_s)


async def start_times(count: int) -> list[float]:
    """Return the seconds from nothing to all healthy, of `count` starts with an empty store."""
    times = []
    for _ in range(count):
        async with running() as service_:
            times.append(service_.start_s)
    return times


@dataclass(frozen=True)
class Training:
    """What training cost: seconds, and peak memory in MB."""

    seconds: float
    peak_mb: float


async def training() -> Training:
    """Train a model that is thrown away. Raises model.NoModel when that fails."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="training-", dir=FOLDER) as folder:
        return await asyncio.to_thread(_train, Path(folder))


def _train(folder: Path) -> Training:
    began = time.perf_counter()
    process = subprocess.Popen(
        [model.ENGINE_PYTHON, "-W", "ignore", "-m", "engine.train", folder / "models"],
        cwd=PROJECT,
        env={
            **os.environ,
            "SIGNPOST_DATA_DIR": str(folder),
            "HOME": str(model.engine_home(folder)),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise model.NoModel("The model could not be trained; ./signpost train says why.")
    return Training(round(time.perf_counter() - began, 1), round(usage.ru_maxrss * 1024 / 1e6, 1))


def _say(sentence: str) -> None:
    print(f"  {sentence}", flush=True)
