"""What happens in a conversation, as it happens: server-sent events, or long poll."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from functools import partial

import orjson
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.api import json_response
from bot.channels.web.event_stream import EventStream, event
from bot.channels.web.house import House, conversation_of, credential_of, house_of
from bot.channels.web.ownership import check_opens
from bot.channels.web.problems import ProblemFound
from bot.gateway.broker import Sign
from bot.gateway.messages import entry_of
from bot.identity.tokens import Credential
from bot.records.conversations import ConversationRow
from bot.records.store import StoreBusy

Check = Callable[[], Awaitable[None]]
"""Raises ProblemFound once the conversation is no longer open to who asked."""

LONGEST_WAIT_S = 25
SEND_TIMEOUT_S = 20
"""A reader who takes nothing for so long is let go; the store has what was missed."""


async def events(request: Request) -> Response:
    """GET …/events: a stream, or with `?after=` the next entries."""
    credential = credential_of(request)
    conversation = await conversation_of(request, credential)
    # A page that stays open listens by itself: that is no use of a pupil's session.
    still_opens = partial(check_opens, request, conversation.id, noted=False)
    await still_opens()
    streams = "text/event-stream" in request.headers.get("accept", "")
    query = request.query_params
    if not streams and ("after" in query or "wait" in query):
        after = _known(query.get("after", "0"), conversation)
        wait_s = _number(query.get("wait", "0"), LONGEST_WAIT_S)
        return await _poll(house_of(request), credential, after, wait_s, still_opens)
    asked = request.headers.get("last-event-id") or query.get("after", "0")
    after = _known(asked, conversation)
    house = house_of(request)
    return EventStream(
        _stream(house, credential, after, still_opens),
        heartbeat_s=house.settings.heartbeat_s,
        send_timeout_s=SEND_TIMEOUT_S,
    )


def _known(asked: str, conversation: ConversationRow) -> int:
    after = _number(asked, 2**31)
    # A number that was never given out must not hide entries: then all are told again.
    return after if after <= conversation.last_seq else 0


def _number(given: str, most: int) -> int:
    if not (given.isascii() and given.isdigit() and len(given) <= 10 and int(given) <= most):
        raise ProblemFound("not-as-described")
    return int(given)


async def _poll(
    house: House, credential: Credential, after: int, wait_s: int, still_opens: Check
) -> Response:
    rows, state = await house.gateway.poll(credential.conversation_id, after, wait_s)
    if rows:
        await still_opens()
    found = [entry_of(row, with_meta=credential.operator) for row in rows]
    return json_response({"entries": found, "state": state})


async def _stream(
    house: House, credential: Credential, after: int, still_opens: Check
) -> AsyncGenerator[bytes]:
    left = credential.expires_at - house.gateway.desk.clock()
    try:
        async with (
            asyncio.timeout(left.total_seconds()),
            aclosing(house.gateway.follow(credential.conversation_id, after)) as followed,
        ):
            async for news in followed:
                if isinstance(news, str):
                    yield event("state", orjson.dumps({"state": news}))
                elif isinstance(news, Sign):
                    yield event(news.kind, orjson.dumps(news.value))
                else:
                    await still_opens()
                    entry = entry_of(news, with_meta=credential.operator)
                    yield event("entry", orjson.dumps(entry), news.seq)
    except (TimeoutError, StoreBusy, ProblemFound):
        # The token's time is over, the store is busy, or the pupil signed out: the reader connects
        # again and is told.
        return
