"""One supervisor for engine, actions and gateway: they start together and stop together."""

from __future__ import annotations

import asyncio
import ctypes
import os
import re
import signal
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import httpx

READY_WITHIN_S = 60.0
STOPS_WITHIN_S = 8.0
RESTARTS = 5
"""How often one process may be started again within `RESTARTS_WITHIN_S` before all are stopped."""
RESTARTS_WITHIN_S = 600.0
_LAST_WORDS = 4_000
_SAYS_NOTHING = "Application startup failed. Exiting."
_EXCEPTION = re.compile(r"^(?:\w+\.)*\w*(?:Error|Exception|NotFound): ")


class ServiceFailed(RuntimeError):
    """The service cannot run; the sentence names the process and the reason."""


@dataclass
class Part:
    """One process of the service: how it is started, and the address that says it is healthy."""

    name: str
    command: list[str]
    health: str
    environment: Mapping[str, str]
    advice: str = ""
    """What to do when it does not start, one sentence."""
    process: asyncio.subprocess.Process | None = None
    deaths: list[float] = field(default_factory=list)
    log_begins: int = 0
    """Where in its log the words of this process begin, those before are of earlier ones."""


class Supervisor:
    """Starts parts, waits until all are healthy, starts a fallen one again, stops all.

    Each part runs in a session of its own, so that Ctrl-C reaches the supervisor alone, and dies
    with the supervisor whatever happens to it.
    """

    def __init__(
        self, parts: list[Part], logs: Path, folder: Path, say: Callable[[str], None]
    ) -> None:
        """Take the parts in the order of starting; `say` gets one sentence per event."""
        self.parts = parts
        self._logs = logs
        self._folder = folder
        self._say = say
        self._stopping = False

    async def start(self) -> None:
        """Start all parts and return when all are healthy; ServiceFailed says which is not."""
        self._logs.mkdir(parents=True, exist_ok=True)
        for part in self.parts:
            await self._spawn(part)
        await asyncio.gather(*(self._healthy(part) for part in self.parts))

    async def watch(self) -> None:
        """Start fallen parts again until stopped; ServiceFailed when one keeps falling."""
        keeping = [asyncio.create_task(self._keep(part)) for part in self.parts]
        try:
            await asyncio.gather(*keeping)
        finally:
            for one in keeping:
                one.cancel()

    async def stop(self) -> None:
        """Stop all parts, the last started first; those that do not listen are killed."""
        self._stopping = True
        for part in reversed(self.parts):
            process = part.process
            if process is None or process.returncode is not None:
                continue
            with suppress(ProcessLookupError):
                process.terminate()
        running = [part.process.wait() for part in self.parts if part.process is not None]
        if not running:
            return
        try:
            await asyncio.wait_for(asyncio.gather(*running), STOPS_WITHIN_S)
        except TimeoutError:
            for part in self.parts:
                if part.process is not None and part.process.returncode is None:
                    with suppress(ProcessLookupError):
                        part.process.kill()
                    await part.process.wait()

    async def _spawn(self, part: Part) -> None:
        with self._log(part).open("ab") as log:
            part.log_begins = log.tell()
            part.process = await asyncio.create_subprocess_exec(
                *part.command,
                cwd=self._folder,
                env={**os.environ, **part.environment},
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,
            )

    async def _healthy(self, part: Part) -> None:
        deadline = time.monotonic() + READY_WITHIN_S
        async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
            while time.monotonic() < deadline:
                process = part.process
                if process is not None and process.returncode is not None:
                    raise ServiceFailed(self._why(part))
                with suppress(httpx.HTTPError):
                    if (await client.get(part.health)).status_code == 200:
                        return
                await asyncio.sleep(0.05)
        raise ServiceFailed(
            f"The {part.name} was not ready within {READY_WITHIN_S:.0f} seconds. "
            f"Its log is {self._log(part)}."
        )

    async def _keep(self, part: Part) -> None:
        while part.process is not None:
            await part.process.wait()
            if self._stopping:
                return
            now = time.monotonic()
            part.deaths = [t for t in part.deaths if now - t < RESTARTS_WITHIN_S] + [now]
            if len(part.deaths) > RESTARTS:
                raise ServiceFailed(f"The {part.name} keeps stopping. {self._why(part)}")
            self._say(f"The {part.name} stopped; starting it again.")
            await asyncio.sleep(min(2 ** (len(part.deaths) - 1) * 0.2, 5))
            await self._spawn(part)

    def _log(self, part: Part) -> Path:
        return self._logs / f"{part.name}.log"

    def _why(self, part: Part) -> str:
        words = self._log(part).read_bytes()[part.log_begins :][-_LAST_WORDS:]
        lines = [line.strip() for line in words.decode("utf-8", "replace").splitlines()]
        lines = [line for line in lines if line and not line.endswith(_SAYS_NOTHING)]
        reason = _EXCEPTION.sub("", lines[-1]).rstrip(".") if lines else "it gave no reason"
        sentence = f"The {part.name} stopped: {reason} (its log is {self._log(part)})."
        return f"{sentence} {part.advice}".rstrip()


def free_port() -> int:
    """Return a port of the loopback address that nothing uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port_is_taken(host: str, port: int) -> bool:
    """Tell whether something already listens at host and port."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return True
        return False


def die_with_parent() -> None:
    """Run in a child before its program: when its parent is killed outright, it ends as well."""
    # Only Linux knows how; elsewhere a supervisor that is killed leaves its parts running.
    if os.uname().sysname == "Linux":
        pr_set_pdeathsig = 1
        ctypes.CDLL(None, use_errno=True).prctl(pr_set_pdeathsig, signal.SIGTERM)
