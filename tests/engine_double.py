"""A small engine that speaks the engine's contract over a real socket, with switches.

`EngineDouble().start()` serves from a thread of its own on a port the system picks. It answers
each turn with a message that repeats what was said, so that a test can see what arrived.
"""

import asyncio
import contextlib
import socket
import threading
from dataclasses import dataclass, field
from typing import Any

import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route


@dataclass
class Switches:
    """How the engine behaves. `mode`: ok, slow, loading, 500, empty, garbage, not-json."""

    mode: str = "ok"
    slow_s: float = 60.0
    fails_on: str | None = None


@dataclass
class Seen:
    """What reached the engine, in order."""

    turns: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    deleted: list[str] = field(default_factory=list)
    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    tokens: list[str | None] = field(default_factory=list)
    asked: threading.Event = field(default_factory=threading.Event)
    at_once: int = 0
    most_at_once: int = 0


def reply_to(body: dict[str, Any]) -> dict[str, Any]:
    said = body.get("text") or body["payload"]
    return {
        "messages": [
            {
                "answer": "pay",
                "text": f"**Said:** {said}",
                "buttons": [
                    {"title": "And the outlook?", "payload": '/outlook{"job": "2216"}'},
                    {"title": "How do I get in?", "payload": '/how_to_become{"job": "2216"}'},
                ],
                "figures": [
                    {
                        "label": "typical pay",
                        "value": 42612,
                        "unit": "GBP a year",
                        "year": 2024,
                        "soc2020": "2216",
                    }
                ],
                "chart": None,
                "sources": [
                    {
                        "publisher": "Office for National Statistics",
                        "dataset": "ASHE",
                        "year": "2024",
                        "link": "https://www.ons.gov.uk/",
                        "caveat": "",
                    }
                ],
            }
        ],
        "nlu": {
            "intent": "pay",
            "confidence": 0.97,
            "ranking": [{"name": "pay", "confidence": 0.97}],
            "jobs": [{"soc2020": "2216", "title": "Veterinarians"}],
        },
    }


class EngineDouble:
    """Start it, change its switches, look at what it saw, stop it, start it again."""

    def __init__(self) -> None:
        self.switches = Switches()
        self.seen = Seen()
        self.port = _free_port()
        self._server: uvicorn.Server | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> "EngineDouble":
        started = threading.Event()

        app = Starlette(
            routes=[
                Route("/health", self._health),
                Route("/conversations/{id}/turns", self._turn, methods=["POST"]),
                Route("/conversations/{id}", self._held, methods=["GET"]),
                Route("/conversations/{id}", self._delete, methods=["DELETE"]),
            ]
        )
        config = uvicorn.Config(
            app, log_level="critical", lifespan="off", ws="none", access_log=False
        )
        self._server = _Server(config, started)
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        listening.listen(512)
        self._thread = threading.Thread(
            target=self._server.run, kwargs={"sockets": [listening]}, daemon=True
        )
        self._thread.start()
        assert started.wait(10)
        return self

    def stop(self) -> None:
        """Refuse connections from now on."""
        if self._server is not None:
            self._server.should_exit = True
            self._server.force_exit = True
            self._thread.join(10)
            self._server = None

    async def _health(self, request: Request) -> Response:
        if self.switches.mode == "slow":
            await asyncio.sleep(self.switches.slow_s)
        if self.switches.mode == "loading":
            return _json({"status": "loading"}, 503)
        return _json({"status": "ready"})

    async def _turn(self, request: Request) -> Response:
        body = orjson.loads(await request.body())
        self.seen.tokens.append(request.headers.get("authorization"))
        self.seen.turns.append((request.path_params["id"], body))
        self.seen.asked.set()
        self.seen.at_once += 1
        self.seen.most_at_once = max(self.seen.most_at_once, self.seen.at_once)
        try:
            return await self._answer(body)
        finally:
            self.seen.at_once -= 1

    async def _answer(self, body: dict[str, Any]) -> Response:
        mode = self.switches.mode
        if self.switches.fails_on is not None and self.switches.fails_on in str(body):
            mode = "500"
        if mode == "slow":
            await asyncio.sleep(self.switches.slow_s)
        if mode == "loading":
            return _json({"status": "loading"}, 503)
        if mode == "500":
            return Response("broken", 500)
        if mode == "empty":
            return _json({"messages": [], "nlu": {}})
        if mode == "garbage":
            return _json({"messages": [{"buttons": "none"}]})
        if mode == "not-json":
            return Response("<html>", media_type="text/html")
        return _json(reply_to(body))

    async def _held(self, request: Request) -> Response:
        if self.switches.mode != "ok":
            return await self._answer({"text": ""})
        found = self.seen.held.get(request.path_params["id"])
        return _json(found, 404 if found is None else 200)

    async def _delete(self, request: Request) -> Response:
        if self.switches.mode == "500":
            return Response("broken", 500)
        self.seen.deleted.append(request.path_params["id"])
        return Response(status_code=204)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, started: threading.Event) -> None:
        super().__init__(config)
        self._told = started

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._told.set()

    @contextlib.contextmanager
    def capture_signals(self):
        yield


def _json(content: Any, status: int = 200) -> Response:
    return Response(orjson.dumps(content), status, media_type="application/json")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    double = EngineDouble().start()
    print(double.url, flush=True)
    threading.Event().wait()
