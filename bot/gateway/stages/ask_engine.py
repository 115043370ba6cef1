"""The engine's reply, or what is said when there is none."""

import json
from dataclasses import replace
from typing import Any

from bot.gateway.desk import Desk
from bot.gateway.engine import EngineAway, EngineFailed
from bot.gateway.replies import authored, meta_of
from bot.gateway.turn import Turn

NAME = "engine"
SAY = "/say"
"""What a button starts with that says a text for the reader (actions.several makes them)."""
MOST_FAILURES = 3
"""A message that a ready engine fails on this often is not asked again."""


async def ask_engine(turn: Turn, desk: Desk) -> Turn:
    """Settle the turn with the engine's reply; never with nothing.

    While the engine is away the message waits, and the reader is told so once.
    """
    if turn.settled:
        return turn
    try:
        async with desk.engine.places:
            if desk.outage.away:
                raise EngineAway("known to be away")
            text, payload = asked_of(turn)
            reply = await desk.engine.turn(
                turn.conversation_id, text=text, payload=payload, scene=scene_of(turn, desk)
            )
    except EngineAway:
        desk.outage.note_away()
        return _waiting(turn, desk)
    except EngineFailed:
        if turn.attempts + 1 >= MOST_FAILURES:
            messages, meta = authored(desk, "no_reply")
            return replace(
                turn,
                settled_by=NAME,
                messages=messages,
                meta=meta,
                status="failed",
                failed_attempt=True,
            )
        return replace(_waiting(turn, desk), failed_attempt=True)
    if not reply.messages:
        messages, meta = authored(desk, "no_reply")
        return replace(turn, settled_by=NAME, messages=messages, meta=meta)
    return replace(
        turn,
        settled_by=NAME,
        messages=reply.messages,
        meta=meta_of(reply.messages, reply.nlu),
    )


def asked_of(turn: Turn) -> tuple[str | None, str | None]:
    """The text, or else the payload of a button, that the engine is to answer."""
    if turn.payload is not None and turn.payload.startswith(f"{SAY}{{"):
        return str(json.loads(turn.payload.removeprefix(SAY))["text"]), None
    return turn.text if turn.asks is None else turn.asks, turn.payload


def scene_of(turn: Turn, desk: Desk) -> dict[str, Any]:
    """What the engine may know beside the words: audience, year group, and the day."""
    return {
        "audience": turn.scene.get("audience"),
        "year": turn.scene.get("year"),
        "on": turn.scene.get("on") or desk.clock().date().isoformat(),
    }


def _waiting(turn: Turn, desk: Desk) -> Turn:
    desk.outage.note_waiting(turn.conversation_id)
    settled = replace(turn, settled_by=NAME, status="waiting")
    if turn.resumed:
        return settled
    messages, meta = authored(desk, "engine_away")
    return replace(settled, messages=messages, meta=meta)
