"""The twin itself: real sockets, real HTTP, one thread a connection."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.lmi_twin import recorded as recordings
from tests.lmi_twin import shapes
from tests.lmi_twin.switches import Mode, Switch, Switches

BASE = "/api/v1/"
PAGE = b"<!DOCTYPE html><html><title>Sign in</title><p>Welcome to the network.</p></html>"


class Twin:
    """Listens on loopback while entered. `recorded`: serve recorded answers where there are any.

    Switch in process with `switch`, from outside with
    `POST /_twin/switch {"path": "ashe/estimatePay" or "*", "mode": "slow", "seconds": 5}`.
    """

    def __init__(self, port: int = 0, recorded: bool = False) -> None:
        self.switches = Switches()
        self.calls: list[str] = []
        self.connections = 0
        self.arrived = threading.Semaphore(0)
        self._released = threading.Event()
        self._recorded = recordings.answers() if recorded else {}
        self._server = _Server(("127.0.0.1", port), _Handler)
        self._server.twin = self
        self._thread = threading.Thread(
            target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )

    @property
    def address(self) -> str:
        """Scheme, host and port."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    @property
    def base_url(self) -> str:
        """What a client is configured with."""
        return self.address + BASE.rstrip("/")

    def __enter__(self) -> Twin:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def stop(self) -> None:
        """Stop listening: from now on connections are refused."""
        self.release()
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join()
        self._server.server_close()

    def switch(
        self, path: str, mode: Mode | str, seconds: float = 0.0, times: int | None = None
    ) -> None:
        """Make a path (a beginning of it, or "*") behave in a mode, for so many requests."""
        if Mode(mode) is Mode.SLOW:
            self._released.clear()
        self.switches.set(Switch(path, Mode(mode), seconds, times))

    def release(self) -> None:
        """Let all slow requests go on at once."""
        self._released.set()

    def called(self, path: str) -> int:
        """How many requests came for paths that begin with this."""
        return sum(call.startswith(path) for call in self.calls)

    def answer(self, path: str, query: str) -> tuple[int, Any, str]:
        """Status, body and where the body is from: "recorded" or "reconstructed"."""
        known = self._recorded.get(recordings.question(path, query))
        if known is not None:
            return (*known, "recorded")
        params = dict(parse_qsl(query, keep_blank_values=True))
        return (*shapes.reconstructed(path, params), "reconstructed")

    def wait(self, seconds: float) -> None:
        """What a slow request does."""
        self._released.wait(seconds)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    # A pool of clients connects at once; the default backlog of 5 would turn some away.
    request_queue_size = 64
    twin: Twin


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    # Head and body are two writes: without this, each answer waits 40 ms for the other side.
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.twin.connections += 1

    def handle(self) -> None:
        # A client that gave up waiting has closed its end; that is no trouble of the twin's.
        with contextlib.suppress(ConnectionError):
            super().handle()

    def log_message(self, format: str, *args: object) -> None:
        """Quiet: tests read `calls` instead."""

    def do_GET(self) -> None:
        twin, parts = self.server.twin, urlsplit(self.path)
        if parts.path == "/_twin/calls":
            return self._send(200, json.dumps(twin.calls).encode())
        path = parts.path.removeprefix(BASE)
        twin.calls.append(path + (f"?{parts.query}" if parts.query else ""))
        twin.arrived.release()
        switch = twin.switches.take(path)
        if switch.mode is Mode.SLOW:
            twin.wait(switch.seconds)
        status, body, origin = twin.answer(path, parts.query)
        content = json.dumps(body).encode()
        match switch.mode:
            case Mode.DOWN:
                self.close_connection = True
                return None
            case Mode.ERROR_500:
                return self._send(500, b"<h1>Internal Server Error</h1>", "text/html")
            case Mode.EMPTY:
                return self._send(200, b"")
            case Mode.HTML:
                return self._send(200, PAGE, "text/html")
            case Mode.HTML_AS_JSON:
                return self._send(200, PAGE)
            case Mode.ERROR_IN_200:
                return self._send(200, b'{"error": "Made-up: something went wrong."}')
            case Mode.NO_KEY:
                return self._send(200, b'{"unexpected": true}')
            case Mode.RATE_LIMITED if path.startswith("vacancies/"):
                return self._send(200, json.dumps(shapes.TOO_MANY).encode())
            case Mode.RATE_LIMITED:
                return self._send(429, b'{"error": "Slow down."}', retry_after=switch.seconds)
            case Mode.GARBAGE:
                return self._send(200, content[: len(content) // 2] + b"\xff\x00{{{")
            case Mode.REDIRECT:
                return self._send(302, b"", location="http://127.0.0.1:9/sign-in")
            case Mode.CUT:
                self.close_connection = True
                return self._send(200, content, promised=len(content) + 100)
            case Mode.HUGE:
                return self._send(200, b"[" + b" " * (5 * 1024 * 1024) + b"]")
        return self._send(status, content, origin=origin)

    def do_POST(self) -> None:
        wanted = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        if self.path != "/_twin/switch":
            return self._send(404, b"{}")
        try:
            asked = json.loads(wanted)
            self.server.twin.switch(
                str(asked["path"]),
                str(asked["mode"]),
                float(asked.get("seconds", 0)),
                asked.get("times"),
            )
        except (ValueError, KeyError, TypeError) as trouble:
            modes = ", ".join(mode.value for mode in Mode)
            error = {"error": f"{trouble}; needs path and mode, one of: {modes}"}
            return self._send(400, json.dumps(error).encode())
        return self._send(200, b'{"switched": true}')

    def _send(
        self,
        status: int,
        content: bytes,
        kind: str = "application/json",
        *,
        origin: str = "",
        location: str = "",
        retry_after: float = 0.0,
        promised: int | None = None,
    ) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(content) if promised is None else promised))
        self.send_header("Access-Control-Allow-Origin", "*")
        if origin:
            self.send_header("X-Twin-Shape", origin)
        if location:
            self.send_header("Location", location)
        if retry_after:
            self.send_header("Retry-After", str(int(retry_after)))
        self.end_headers()
        self.wfile.write(content)
