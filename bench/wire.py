"""A small HTTP/1.1 client over kept connections: cheap enough to load a server from one process.

General clients cost a millisecond of processor a request, which on two shared cores would be
measured as the server's own time. This one knows exactly what is needed here: a request with a
body, an answer with a length or in chunks, and a stream of server-sent events.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

MOST_BYTES = 8_000_000


class BrokenAnswer(ConnectionError):
    """The other side closed the connection or did not speak HTTP."""


@dataclass(frozen=True)
class Answer:
    """An HTTP answer, read to its end."""

    status: int
    body: bytes

    def json(self) -> Any:
        """Return the body read as JSON."""
        return json.loads(self.body)


@dataclass(frozen=True)
class Event:
    """One server-sent event."""

    name: str
    data: str


class Connection:
    """One kept connection to a server; one request at a time."""

    def __init__(self, base_url: str, headers: Mapping[str, str] | None = None) -> None:
        """Take the server's address, such as http://127.0.0.1:8080, and headers to send always."""
        parts = urlsplit(base_url)
        self._host = parts.hostname or "127.0.0.1"
        self._port = parts.port or 80
        self.headers: dict[str, str] = {"Host": f"{self._host}:{self._port}", **(headers or {})}
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def get(self, path: str) -> Answer:
        """Send a GET."""
        return await self.request("GET", path)

    async def post(self, path: str, body: Any) -> Answer:
        """Send a POST with a JSON body."""
        return await self.request("POST", path, json.dumps(body).encode())

    async def request(self, method: str, path: str, body: bytes | None = None) -> Answer:
        """Send one request and read its answer; a connection that went stale is made anew once.

        Raises BrokenAnswer or OSError.
        """
        kept = self._reader is not None
        try:
            return await self._exchange(method, path, body)
        except (ConnectionError, asyncio.IncompleteReadError) as error:
            self.close()
            if not kept:
                raise BrokenAnswer(f"{method} {path}: {error}") from error
        try:
            return await self._exchange(method, path, body)
        except asyncio.IncompleteReadError as error:
            raise BrokenAnswer(f"{method} {path}: {error}") from error

    async def _exchange(self, method: str, path: str, body: bytes | None) -> Answer:
        try:
            reader = await self._send(method, path, body)
            status, headers = await _head(reader)
            if "transfer-encoding" in headers:
                pieces = [piece async for piece in _chunks(reader)]
                answer = Answer(status, b"".join(pieces))
            else:
                length = int(headers.get("content-length", 0))
                answer = Answer(status, await reader.readexactly(length) if length else b"")
        except BaseException:
            self.close()  # an answer half read belongs to nobody
            raise
        if headers.get("connection", "").lower() == "close":
            self.close()
        return answer

    async def events(self, path: str) -> AsyncIterator[Event]:
        """Ask for a stream of server-sent events and yield them until the server ends it.

        Raises BrokenAnswer when the answer is no such stream.
        """
        self.headers["Accept"] = "text/event-stream"
        reader = await self._send("GET", path, None)
        status, headers = await _head(reader)
        if status != 200 or "text/event-stream" not in headers.get("content-type", ""):
            raise BrokenAnswer(f"GET {path}: status {status}, no event stream")
        told = EventReader()
        source = _chunks(reader) if "transfer-encoding" in headers else _rest(reader)
        async for piece in source:
            for event in told.feed(piece):
                yield event

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._writer is not None:
            self._writer.close()
        self._reader = self._writer = None

    async def _send(self, method: str, path: str, body: bytes | None) -> asyncio.StreamReader:
        if self._reader is None or self._writer is None:
            self._reader, self._writer = await asyncio.open_connection(
                self._host, self._port, limit=MOST_BYTES
            )
        lines = [f"{method} {path} HTTP/1.1"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        if body is not None:
            lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
        head = "\r\n".join([*lines, "", ""]).encode("latin-1")
        self._writer.write(head + (body or b""))
        await self._writer.drain()
        return self._reader


class EventReader:
    """Puts server-sent events together from the pieces in which they arrive."""

    def __init__(self) -> None:
        self._rest = b""
        self._name = ""
        self._data: list[str] = []

    def feed(self, piece: bytes) -> list[Event]:
        """Take the next bytes; return the events that they complete."""
        *lines, self._rest = (self._rest + piece).split(b"\n")
        found = []
        for raw in lines:
            line = raw.rstrip(b"\r").decode("utf-8")
            if not line:
                if self._data:
                    found.append(Event(self._name or "message", "\n".join(self._data)))
                self._name, self._data = "", []
                continue
            field, _, value = line.partition(":")
            value = value.removeprefix(" ")
            if field == "event":
                self._name = value
            elif field == "data":
                self._data.append(value)
        return found


async def _head(reader: asyncio.StreamReader) -> tuple[int, dict[str, str]]:
    """Read status line and headers; names in lower case."""
    raw = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = raw.split("\r\n")
    words = first.split(" ", 2)
    if len(words) < 2 or not words[0].startswith("HTTP/") or not words[1].isdigit():
        raise BrokenAnswer("the answer does not begin as HTTP does")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
    return int(words[1]), headers


async def _chunks(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while True:
        size = int((await reader.readuntil(b"\r\n")).split(b";")[0], 16)
        piece = await reader.readexactly(size)
        await reader.readexactly(2)
        if size == 0:
            return
        yield piece


async def _rest(reader: asyncio.StreamReader) -> AsyncIterator[bytes]:
    while piece := await reader.read(65_536):
        yield piece
