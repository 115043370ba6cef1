"""Live: what happens in a chat and in the queue, as server-sent events; typing and seen."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress

import orjson
from sqlalchemy import Connection
from starlette.responses import Response, StreamingResponse

from bot.console.chats.chat import readable, row_of
from bot.console.chats.queue import sort
from bot.console.chats.showing import called, line_of
from bot.console.visit import Visit
from bot.gateway.broker import Sign
from bot.records.handover.queue import QueueRow, queue
from bot.records.sealing import Sealing
from bot.records.store import StoreBusy

LASTS_S = 300
"""After so long a stream ends and the browser asks again: whoever may no more is told then."""
BEAT_S = 15


def _event(name: str, value: object, number: int | None = None) -> bytes:
    numbered = b"" if number is None else b"id: %d\n" % number
    return b"%bevent: %b\ndata: %b\n\n" % (numbered, name.encode(), orjson.dumps(value))


def _stream(events: AsyncGenerator[bytes]) -> Response:
    return StreamingResponse(
        _beating(events),
        media_type="text/event-stream",
        headers={"X-Accel-Buffering": "no", "Cache-Control": "no-store"},
    )


async def _beating(events: AsyncGenerator[bytes]) -> AsyncGenerator[bytes]:
    """The events, and a comment while there are none; to the end of LASTS_S."""
    loop = asyncio.get_running_loop()
    ends = loop.time() + LASTS_S
    async with aclosing(events):
        next_one: asyncio.Future[bytes] = asyncio.ensure_future(anext(events))
        try:
            while (left := ends - loop.time()) > 0:
                done, _ = await asyncio.wait({next_one}, timeout=min(BEAT_S, left))
                if not done:
                    yield b": here\n\n"
                    continue
                try:
                    chunk = next_one.result()
                except (StopAsyncIteration, StoreBusy):
                    return
                yield chunk
                next_one = asyncio.ensure_future(anext(events))
        finally:
            next_one.cancel()
            with suppress(asyncio.CancelledError, StopAsyncIteration, StoreBusy):
                await next_one


async def chat_events(visit: Visit) -> Response:
    """GET /console/chats/{chat}/events: lines as they come, who is to speak, typing, seen."""
    row = await row_of(visit)
    asked = visit.request.headers.get("last-event-id") or visit.asked("after") or "0"
    after = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    return _stream(_chat(visit, row, after))


async def _chat(visit: Visit, row: QueueRow, after: int) -> AsyncGenerator[bytes]:
    chat_id, reader = row.handover.conversation_id, called(row)
    first = await visit.read(_first, row)
    gateway = visit.desk.gateway
    yield _event("there", {"there": gateway.presence.there(chat_id)})
    async with aclosing(gateway.watch(chat_id, max(after, first - 1))) as news:
        async for one in news:
            if isinstance(one, str):
                continue
            if isinstance(one, Sign):
                yield _event(one.kind, one.value)
                if one.kind == "talk" and one.value["state"] in ("bot", "closed"):
                    # Handed back: what is said from here on is for the service alone.
                    return
                continue
            line = line_of(one, reader)
            html = visit.desk.pages.render("chats/line.html", {"line": line})
            yield _event("entry", {"seq": one.seq, "from": one.sender, "html": html}, one.seq)


def _first(connection: Connection, sealing: Sealing, school_id: int, row: QueueRow) -> int:
    """The number of the first line that was passed on."""
    return min((entry.seq for entry in readable(connection, sealing, row)), default=1)


async def queue_events(visit: Visit) -> Response:
    """GET /console/queue/events: how many wait, each time that the queue changes."""
    return _stream(_queue(visit))


async def _queue(visit: Visit) -> AsyncGenerator[bytes]:
    gateway, school_id = visit.desk.gateway, visit.desk.school_id
    async with aclosing(gateway.queue_news(school_id)) as news:
        async for _ in news:
            rows = await visit.read(queue, visit.desk.clock())
            groups = sort(rows, visit.who.id)
            waiting = [row.handover.id for row in groups.waiting]
            unread = sum(row.unread for row in groups.mine)
            yield _event("queue", {"waiting": waiting, "unread": unread, "rows": len(rows)})


async def signs(visit: Visit) -> Response:
    """POST /console/chats/{chat}/signs: typing, or lines seen, by the one who holds the chat."""
    row = await row_of(visit)
    chat_id, persons = row.handover.conversation_id, visit.desk.gateway.persons
    if row.handover.staff_id == visit.who.id and row.state == "person":
        if visit.body.get("typing") is True:
            who = {"name": visit.who.details.name, "role": visit.title}
            persons.typing(chat_id, who, to="reader")
        seq = visit.body.get("seen")
        if isinstance(seq, int) and 0 < seq < 2**31:
            await persons.seen(chat_id, visit.who.id, seq)
    return Response(status_code=204)
