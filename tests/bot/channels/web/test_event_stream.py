"""A stream of events, without a gateway behind it."""

import asyncio
from collections.abc import AsyncGenerator

import pytest

from bot.channels.web.event_stream import HERE, EventStream, ReaderStuck, event

HEAD = {"type": "http", "method": "HEAD"}
GET = {"type": "http", "method": "GET"}


class Reader:
    """One who takes what is sent, until gone or stuck."""

    def __init__(self) -> None:
        self.got: list[dict] = []
        self.some = asyncio.Semaphore(0)
        self.gone = asyncio.Event()
        self.takes = True

    async def receive(self) -> dict:
        await self.gone.wait()
        return {"type": "http.disconnect"}

    async def send(self, message: dict) -> None:
        if not self.takes and message.get("more_body"):
            await asyncio.Event().wait()
        self.got.append(message)
        self.some.release()

    async def taken(self, count: int) -> None:
        """Wait for the head and as many pieces."""
        for _ in range(1 + count):
            await self.some.acquire()

    @property
    def bodies(self) -> list[bytes]:
        return [m["body"] for m in self.got if m["type"] == "http.response.body"]


class Source:
    """Tells chunks, then waits or ends; notes that it was closed."""

    def __init__(self, *chunks: bytes, ends: bool = True) -> None:
        self.chunks, self.ends, self.closed, self.begun = chunks, ends, False, False

    async def told(self) -> AsyncGenerator[bytes]:
        self.begun = True
        try:
            for chunk in self.chunks:
                yield chunk
            if not self.ends:
                await asyncio.Event().wait()
        finally:
            self.closed = True


def stream(source: Source, *, heartbeat_s: float = 60, send_timeout_s: float = 5) -> EventStream:
    return EventStream(source.told(), heartbeat_s=heartbeat_s, send_timeout_s=send_timeout_s)


def test_an_event_as_it_travels():
    assert event("entry", b'{"seq":3}', 3) == b'id: 3\nevent: entry\ndata: {"seq":3}\n\n'
    assert event("state", b"{}") == b"event: state\ndata: {}\n\n"


async def test_everything_is_told_and_the_end():
    reader, source = Reader(), Source(b"one", b"two")
    await stream(source)(GET, reader.receive, reader.send)
    assert reader.bodies == [b"one", b"two", b""]
    assert [m.get("more_body") for m in reader.got] == [None, True, True, False]
    headers = dict(reader.got[0]["headers"])
    assert headers[b"content-type"].startswith(b"text/event-stream")
    assert headers[b"cache-control"] == b"no-store"
    assert headers[b"x-accel-buffering"] == b"no"
    assert b"content-length" not in headers
    assert source.closed


async def test_its_head_alone():
    reader, source = Reader(), Source(b"one", ends=False)
    async with asyncio.timeout(2):
        await stream(source)(HEAD, reader.receive, reader.send)
    assert reader.bodies == [b""]
    assert not source.begun


async def test_a_reader_who_goes_ends_it():
    reader, source = Reader(), Source(b"one", ends=False)
    serving = asyncio.create_task(stream(source)(GET, reader.receive, reader.send))
    async with asyncio.timeout(2):
        await reader.taken(1)
        assert reader.bodies == [b"one"]
        assert not serving.done()
        reader.gone.set()
        await serving
    assert source.closed


async def test_a_comment_keeps_it_open():
    reader, source = Reader(), Source(ends=False)
    serving = asyncio.create_task(
        stream(source, heartbeat_s=0.01)(GET, reader.receive, reader.send)
    )
    async with asyncio.timeout(2):
        await reader.taken(2)
    assert reader.bodies[:2] == [HERE, HERE]
    reader.gone.set()
    await serving


async def test_a_reader_who_takes_nothing_is_let_go():
    reader, source = Reader(), Source(b"one")
    reader.takes = False
    with pytest.raises(ReaderStuck):
        await stream(source, send_timeout_s=0.01)(GET, reader.receive, reader.send)
    assert source.closed


async def test_what_breaks_in_the_source_is_not_hidden():
    class Broken(Source):
        async def told(self) -> AsyncGenerator[bytes]:
            yield b"one"
            raise LookupError

    reader = Reader()
    with pytest.raises(LookupError):
        await stream(Broken())(GET, reader.receive, reader.send)
    assert reader.bodies == [b"one"]


async def test_a_server_that_stops_closes_the_source():
    reader, source = Reader(), Source(b"one", ends=False)
    serving = asyncio.create_task(stream(source)(GET, reader.receive, reader.send))
    async with asyncio.timeout(2):
        await reader.taken(1)
        serving.cancel()
        with pytest.raises(asyncio.CancelledError):
            await serving
    assert source.closed
