"""Trains and serves the stock project, in the environment that is kept for it."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.wire import Connection
from bot.service.processes import free_port
from bot.settings import PROJECT

ENVIRONMENT = PROJECT / ".venv" / "stock"
READY_WITHIN_S = 300


class StockFailed(RuntimeError):
    """Stock Rasa could not be trained or served; the text holds its last words."""


@dataclass(frozen=True)
class Training:
    """What training cost: seconds, peak memory in MB, and the machine's load when it began."""

    seconds: float
    peak_mb: float
    load: float
    lowered_priority: int


def make_environment() -> None:
    """Make the environment with TensorFlow (2.6 GB) unless it is there."""
    subprocess.run(
        [PROJECT / "scripts" / "environment.sh", "stock", "3.10", "stock.txt"],
        cwd=PROJECT,
        check=True,
    )


def train(folder: Path, name: str) -> tuple[Path, Training]:
    """Return the model `name` of the project in `folder`, training it if it is not there yet.

    What training cost is kept beside the model, since it takes long. Raises StockFailed.
    """
    model = folder / "models" / f"{name}.tar.gz"
    cost = folder / "models" / f"{name}.json"
    if model.exists() and cost.exists():
        return model, Training(**json.loads(cost.read_text(encoding="utf-8")))
    load = os.getloadavg()[0]
    log = folder / "training.log"
    began = time.perf_counter()
    with log.open("wb") as out:
        process = subprocess.Popen(
            [_rasa(), "train", "--fixed-model-name", name, "--out", "models"],
            cwd=folder,
            env=_surroundings(folder),
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )
        _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode or not model.exists():
        raise StockFailed(f"Stock Rasa could not be trained:\n{_last_lines(log)}")
    training = Training(
        seconds=round(time.perf_counter() - began, 1),
        peak_mb=round(usage.ru_maxrss * 1024 / 1e6, 1),
        load=round(load, 2),
        lowered_priority=os.getpriority(os.PRIO_PROCESS, 0),
    )
    cost.write_text(json.dumps(asdict(training)), encoding="utf-8")
    return model, training


@dataclass(frozen=True)
class Served:
    """A stock Rasa that answers: its address, its process, and the seconds it took to be ready."""

    url: str
    pid: int
    start_s: float


@asynccontextmanager
async def served(folder: Path, model: Path) -> AsyncIterator[Served]:
    """Serve `model` with the REST channel and an empty SQL tracker store; stop it afterwards.

    Raises StockFailed when it does not get ready.
    """
    _forget_conversations(folder)
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    log = folder / "server.log"
    began = time.perf_counter()
    with log.open("wb") as out:
        process = await asyncio.create_subprocess_exec(
            _rasa(), "run", "--model", model, "--enable-api", "--interface", "127.0.0.1",
            "--port", str(port), "--endpoints", "endpoints.yml",
            "--credentials", "credentials.yml",
            cwd=folder,
            env=_surroundings(folder),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=out,
            stderr=out,
        )  # fmt: skip
    try:
        await _ready(url, process, log)
        yield Served(url, process.pid, round(time.perf_counter() - began, 2))
    finally:
        await _stop(process)


def _forget_conversations(folder: Path) -> None:
    for old in folder.glob("trackers.db*"):
        old.unlink()


async def _ready(url: str, process: asyncio.subprocess.Process, log: Path) -> None:
    # The server opens its port once the model is loaded.
    deadline = time.monotonic() + READY_WITHIN_S
    connection = Connection(url)
    while time.monotonic() < deadline:
        if process.returncode is not None:
            raise StockFailed(f"Stock Rasa stopped:\n{_last_lines(log)}")
        with suppress(OSError):
            if (await connection.get("/")).status == 200:
                connection.close()
                return
        await asyncio.sleep(0.05)
    raise StockFailed(f"Stock Rasa was not ready within {READY_WITHIN_S} s.")


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is not None:
        return
    process.terminate()
    try:
        await asyncio.wait_for(process.wait(), 15)
    except TimeoutError:
        process.kill()
        await process.wait()


def _rasa() -> Path:
    return ENVIRONMENT / "bin" / "rasa"


def _surroundings(folder: Path) -> dict[str, str]:
    """Return the environment variables: no telemetry, Rasa's settings file in the project."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {
        **os.environ,
        "RASA_TELEMETRY_ENABLED": "false",
        "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
        "TF_CPP_MIN_LOG_LEVEL": "2",
        "HOME": str(home),
    }


def _last_lines(log: Path) -> str:
    lines = log.read_text(encoding="utf-8", errors="replace").splitlines()
    return "\n".join(line for line in lines if line.strip())[-2_000:] if lines else "(no words)"
