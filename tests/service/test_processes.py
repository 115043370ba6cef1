"""The supervisor, with small processes in place of the large ones."""

from __future__ import annotations

import asyncio
import socket
import sys
import time
from collections.abc import AsyncIterator
from contextlib import suppress
from pathlib import Path

import httpx
import psutil
import pytest

from bot.service import processes
from bot.service.processes import Part, ServiceFailed, Supervisor, free_port, port_is_taken

HEALTHY = """
import http.server, os, signal, sys
if "deaf" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
class Health(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/fall":
            print("falling now", file=sys.stderr, flush=True)
            os._exit(3)
        self.send_response(200)
        self.send_header("Content-Length", "0")
        self.end_headers()
    def log_message(self, *words):
        pass
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), Health).serve_forever()
"""


class Told:
    """What the supervisor says, and a way to wait for it."""

    def __init__(self) -> None:
        self.sentences: asyncio.Queue[str] = asyncio.Queue()

    def __call__(self, sentence: str) -> None:
        self.sentences.put_nowait(sentence)


def part(name: str, code: str, *arguments: str) -> Part:
    port = free_port()
    command = [sys.executable, "-c", code, str(port), *arguments]
    return Part(name, command, f"http://127.0.0.1:{port}/health", {})


async def told_of_nothing() -> None:
    """Let the loop go on for a moment: what is waited for tells nobody when it happens."""
    with suppress(TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.02)


async def healthy(client: httpx.AsyncClient, part: Part) -> None:
    """Wait until the part answers."""
    async with asyncio.timeout(20):
        while True:
            with suppress(httpx.HTTPError):
                if (await client.get(part.health)).status_code == 200:
                    return
            await told_of_nothing()


@pytest.fixture
async def supervise(tmp_path: Path) -> AsyncIterator[object]:
    made: list[Supervisor] = []
    others = psutil.Process().children()  # an earlier test's, such as multiprocessing's tracker

    def make(*parts: Part) -> tuple[Supervisor, Told]:
        told = Told()
        supervisor = Supervisor(list(parts), tmp_path / "logs", tmp_path, told)
        made.append(supervisor)
        return supervisor, told

    yield make
    for supervisor in made:
        await supervisor.stop()
    assert psutil.Process().children() == others


async def test_a_part_that_never_starts_is_named_with_its_last_words(supervise, tmp_path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "actions.log").write_text("ValueError: an old trouble\n")
    code = "import sys; print('some noise', file=sys.stderr); raise LookupError('no table of pay')"
    supervisor, _ = supervise(part("gateway", HEALTHY), part("actions", code))
    with pytest.raises(ServiceFailed) as failed:
        await supervisor.start()
    log = tmp_path / "logs" / "actions.log"
    assert str(failed.value) == f"The actions stopped: no table of pay (its log is {log})."

    supervisor, _ = supervise(part("actions", "pass"))
    with pytest.raises(ServiceFailed, match="The actions stopped: it gave no reason"):
        await supervisor.start()


async def test_a_part_that_is_never_healthy_is_not_waited_for_forever(
    supervise, monkeypatch
) -> None:
    monkeypatch.setattr(processes, "READY_WITHIN_S", 0.5)
    supervisor, _ = supervise(part("engine", "import signal; signal.pause()"))
    with pytest.raises(ServiceFailed, match="The engine was not ready within"):
        await supervisor.start()


async def test_a_part_that_falls_is_started_again_but_not_for_ever(supervise, monkeypatch) -> None:
    monkeypatch.setattr(processes, "RESTARTS", 2)
    falls = part("actions", HEALTHY)
    supervisor, told = supervise(falls, part("gateway", HEALTHY))
    await supervisor.start()
    watching = asyncio.create_task(supervisor.watch())
    fall = falls.health.replace("/health", "/fall")
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(2):
            with pytest.raises(httpx.HTTPError):
                await client.get(fall)
            assert await told.sentences.get() == "The actions stopped; starting it again."
            await healthy(client, falls)
        with pytest.raises(httpx.HTTPError):
            await client.get(fall)
    with pytest.raises(ServiceFailed, match=r"The actions keeps stopping\. .*falling now"):
        await watching


async def test_one_that_does_not_listen_is_killed_and_delays_nobody_else(
    supervise, monkeypatch
) -> None:
    monkeypatch.setattr(processes, "STOPS_WITHIN_S", 0.5)
    parts = [part("engine", HEALTHY, "deaf"), part("gateway", HEALTHY, "deaf")]
    supervisor, _ = supervise(*parts)
    await supervisor.start()
    began = time.monotonic()
    await supervisor.stop()
    assert time.monotonic() - began < 3
    assert [p.process.returncode for p in parts] == [-9, -9]


async def test_cancelled_while_it_starts_it_leaves_nothing(supervise) -> None:
    supervisor, _ = supervise(part("engine", "import signal; signal.pause()"))
    starting = asyncio.create_task(supervisor.start())
    while not psutil.Process().children():
        await told_of_nothing()
    starting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await starting


def test_ports() -> None:
    port = free_port()
    assert not port_is_taken("127.0.0.1", port)
    with socket.socket() as other:
        other.bind(("127.0.0.1", port))
        other.listen()
        assert port_is_taken("127.0.0.1", port)
