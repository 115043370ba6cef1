import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from loopback.http import Loopback, NotHttp, Unreachable

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Answers each request on a connection with what `replies` says; None closes it."""

    def __init__(self) -> None:
        self.requests: list[bytes] = []
        self.connections = 0
        self.reply: Callable[[bytes], Awaitable[bytes | None]] = self._ok
        self.url = ""

    async def _ok(self, request: bytes) -> bytes | None:
        return OK

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        while True:
            try:
                head = await reader.readuntil(b"\r\n\r\n")
            except asyncio.IncompleteReadError:
                break
            length = head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0]
            self.requests.append(head + await reader.readexactly(int(length or 0)))
            reply = await self.reply(self.requests[-1])
            if reply is None:
                break
            writer.write(reply)
            await writer.drain()
            if b"connection: close" in reply.lower():
                break
        writer.close()


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    found = Server()
    listening = await asyncio.start_server(found.serve, "127.0.0.1", 0)
    found.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}"
    yield found
    listening.close()


@pytest.fixture
async def http(server: Server) -> AsyncIterator[Loopback]:
    found = Loopback(server.url, "secret")
    yield found
    found.close()


async def test_sends_and_receives(server: Server, http: Loopback):
    answer = await http.ask("POST", "/x", b"{}")
    assert (answer.status, answer.content) == (200, b"ok")
    (request,) = server.requests
    assert request.startswith(b"POST /x HTTP/1.1\r\nHost: 127.0.0.1:")
    assert b"\r\nAuthorization: Bearer secret\r\n" in request
    assert request.endswith(b"\r\n\r\n{}")


async def test_keeps_the_connection(server: Server, http: Loopback):
    for _ in range(5):
        await http.ask("GET", "/x")
    assert server.connections == 1


async def test_one_request_at_a_time_on_a_connection(server: Server, http: Loopback):
    all_there = asyncio.Barrier(3)

    async def wait(request: bytes) -> bytes:
        await all_there.wait()
        return OK

    server.reply = wait
    answers = await asyncio.gather(*(http.ask("GET", "/x") for _ in range(3)))
    assert {answer.content for answer in answers} == {b"ok"}
    assert server.connections == 3


async def test_a_connection_that_went_stale_is_replaced(server: Server, http: Loopback):
    await http.ask("GET", "/x")

    async def close_once(request: bytes) -> bytes | None:
        server.reply = server._ok
        return None

    server.reply = close_once
    assert (await http.ask("GET", "/x")).content == b"ok"
    assert server.connections == 2


async def test_chunks_and_no_body(server: Server, http: Loopback):
    async def chunks(request: bytes) -> bytes:
        return (
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1\r\nc\r\n0\r\n\r\n"
        )

    async def none(request: bytes) -> bytes:
        return b"HTTP/1.1 204 No Content\r\n\r\n"

    server.reply = chunks
    assert (await http.ask("GET", "/x")).content == b"abc"
    server.reply = none
    answer = await http.ask("DELETE", "/x")
    assert (answer.status, answer.content) == (204, b"")


async def test_respects_a_closing_server(server: Server, http: Loopback):
    async def last(request: bytes) -> bytes:
        return b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

    server.reply = last
    await http.ask("GET", "/x")
    await http.ask("GET", "/x")
    assert server.connections == 2


@pytest.mark.parametrize(
    ("reply", "problem"),
    [
        (b"nonsense\r\n\r\n", NotHttp),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\nab", Unreachable),
        (None, Unreachable),
    ],
)
async def test_broken_answers(server: Server, http: Loopback, reply, problem):
    async def broken(request: bytes) -> bytes | None:
        return reply

    server.reply = broken
    with pytest.raises(problem):
        await http.ask("GET", "/x")


async def test_a_late_answer_is_nobodys(server: Server, http: Loopback):
    never = asyncio.Event()

    async def late(request: bytes) -> bytes:
        await never.wait()
        return OK

    server.reply = late
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.05):
            await http.ask("GET", "/late")
    server.reply = server._ok
    assert (await http.ask("GET", "/x")).content == b"ok"
    assert server.connections == 2
    never.set()


async def test_nobody_listens():
    with pytest.raises(Unreachable):
        await Loopback("http://127.0.0.1:9").ask("GET", "/x")


@pytest.mark.parametrize("url", ["https://127.0.0.1", "127.0.0.1:5005", "http://a/b", ""])
def test_only_plain_addresses(url: str):
    with pytest.raises(ValueError):
        Loopback(url)
