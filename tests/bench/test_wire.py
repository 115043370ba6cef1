import asyncio

import pytest

from bench.wire import BrokenAnswer, Connection, Event, EventReader


class Server:
    """Answers each request on a connection with the next of the given answers, as bytes."""

    def __init__(self, *answers: bytes):
        self.answers = list(answers)
        self.requests: list[bytes] = []
        self.connections = 0

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self._server.sockets[0].getsockname()[1]}"
        return self

    async def __aexit__(self, *_):
        self._server.close()

    async def _serve(self, reader, writer):
        self.connections += 1
        while self.answers:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = next(
                (int(x.split(b":")[1]) for x in head.split(b"\r\n") if b"Content-Length" in x), 0
            )
            self.requests.append(head + await reader.readexactly(length))
            answer = self.answers.pop(0)
            writer.write(answer)
            await writer.drain()
            if b"Connection: close" in answer or not answer:
                break
        writer.close()


OK = b'HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\n{"a": 1}'


async def test_one_connection_for_several_requests():
    async with Server(OK, OK) as server:
        connection = Connection(server.url, {"Authorization": "Bearer x"})
        assert (await connection.post("/a", {"b": "ü"})).json() == {"a": 1}
        assert (await connection.get("/c")).status == 200
        assert server.connections == 1
        assert server.requests[0].startswith(b"POST /a HTTP/1.1\r\n")
        assert b"Authorization: Bearer x\r\n" in server.requests[0]
        assert server.requests[0].endswith(b'{"b": "\\u00fc"}')
        connection.close()


async def test_an_answer_in_chunks():
    chunks = b"5\r\nhello\r\n6;x=y\r\n world\r\n0\r\n\r\n"
    async with Server(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks) as server:
        connection = Connection(server.url)
        assert (await connection.get("/")).body == b"hello world"
        connection.close()


async def test_an_answer_without_a_body():
    async with Server(b"HTTP/1.1 204 No Content\r\n\r\n", OK) as server:
        connection = Connection(server.url)
        assert (await connection.request("DELETE", "/")).status == 204
        assert (await connection.get("/")).status == 200
        connection.close()


async def test_a_connection_that_the_server_closed_is_made_anew():
    closing = OK.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n", 1)
    async with Server(closing, OK) as server:
        connection = Connection(server.url)
        await connection.get("/")
        assert (await connection.get("/")).json() == {"a": 1}
        assert server.connections == 2
        connection.close()


async def test_a_connection_gone_stale_is_made_anew_once():
    async with Server(OK, b"", OK) as server:
        connection = Connection(server.url)
        await connection.get("/")
        assert (await connection.get("/")).json() == {"a": 1}
        assert server.connections == 2
        connection.close()


async def test_a_server_that_only_hangs_up():
    async with Server(b"") as server:
        with pytest.raises(BrokenAnswer):
            await Connection(server.url).get("/")


async def test_an_answer_that_is_no_http():
    async with Server(b"SSH-2.0\r\n\r\n") as server:
        with pytest.raises(BrokenAnswer):
            await Connection(server.url).get("/")


async def test_a_stream_of_events():
    head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n"
    body = (
        b": beat\r\n\r\nid: 1\r\nevent: entry\r\ndata: {}\r\n\r\nevent: state\ndata: a\ndata: b\n\n"
    )
    async with Server(head + body) as server:
        told = [event async for event in Connection(server.url).events("/events")]
    assert told == [Event("entry", "{}"), Event("state", "a\nb")]


async def test_no_stream_of_events():
    async with Server(OK) as server:
        with pytest.raises(BrokenAnswer, match="no event stream"):
            _ = [event async for event in Connection(server.url).events("/events")]


def test_events_that_arrive_byte_by_byte():
    reader = EventReader()
    body = "event: entry\r\ndata: pay £1\r\n\r\ndata: x\n\n".encode()
    found = [event for byte in body for event in reader.feed(bytes([byte]))]
    assert found == [Event("entry", "pay £1"), Event("message", "x")]
