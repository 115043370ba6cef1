"""A response that stays open and tells events as they come (text/event-stream).

Of our own, because a stream carries four events for each message: a general library spends more
on each, in task groups and cancel scopes, than on taking the message in.
"""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import Response
from starlette.types import Receive, Scope, Send

HERE = b": here\n\n"
"""A comment, which no reader is told of: it keeps the connection open."""
_HEADERS = {
    "Cache-Control": "no-store",
    "Connection": "keep-alive",
    "X-Accel-Buffering": "no",  # reverse proxies must not keep events back
}


def event(name: str, data: bytes, number: int | None = None) -> bytes:
    """One event as it travels. `data` is JSON on one line."""
    numbered = b"" if number is None else b"id: %d\n" % number
    return b"%bevent: %b\ndata: %b\n\n" % (numbered, name.encode("ascii"), data)


class ReaderStuck(Exception):
    """A reader took nothing for longer than is waited for."""


class EventStream(Response):
    """Sends events until there are no more, the reader has gone, or takes nothing any longer.

    A comment is sent every `heartbeat_s`; each send may take `send_timeout_s`.
    """

    media_type = "text/event-stream"

    def __init__(
        self, events: AsyncGenerator[bytes], *, heartbeat_s: float, send_timeout_s: float
    ) -> None:
        super().__init__(headers=_HEADERS)
        del self.headers["content-length"]
        self._events = events
        self._heartbeat_s = heartbeat_s
        self._send_timeout_s = send_timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve. Raises ReaderStuck. Asked for its head alone, it tells no event."""
        await send(
            {
                "type": "http.response.start",
                "status": self.status_code,
                "headers": self.raw_headers,
            }
        )
        if scope["method"] != "HEAD":
            await self._until_over(receive, send)
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _until_over(self, receive: Receive, send: Send) -> None:
        working = [
            asyncio.create_task(self._tell(send)),
            asyncio.create_task(self._beat(send)),
            asyncio.create_task(_until_gone(receive)),
        ]
        try:
            await asyncio.wait(working, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in working:
                task.cancel()
            ended = await asyncio.gather(*working, return_exceptions=True)
        for problem in ended:
            if isinstance(problem, Exception):
                raise problem

    async def _tell(self, send: Send) -> None:
        async with aclosing(self._events) as events:
            async for chunk in events:
                await self._send(send, chunk)

    async def _beat(self, send: Send) -> None:
        while True:
            await asyncio.sleep(self._heartbeat_s)
            await self._send(send, HERE)

    async def _send(self, send: Send, chunk: bytes) -> None:
        try:
            async with asyncio.timeout(self._send_timeout_s):
                await send({"type": "http.response.body", "body": chunk, "more_body": True})
        except TimeoutError:
            raise ReaderStuck from None


async def _until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
