"""Asking for a person in the chat: one stage before the engine, one after its reply.

It works without the engine. While a person holds the conversation, or is waited for, nothing
passes from here to the stages that answer.
"""

import logging
from dataclasses import replace
from typing import Any

from bot.advisers.takeover import for_a_person, held_by_person
from bot.gateway.adviser_talk.replies import Reply
from bot.gateway.adviser_talk.talk import NOTE
from bot.gateway.broker import Sign
from bot.gateway.desk import Desk
from bot.gateway.plain_log import where_it_broke
from bot.gateway.replies import meta_of
from bot.gateway.stages.ask_engine import NAME as ENGINE
from bot.gateway.stages.takeover import NAME as TAKEOVER
from bot.gateway.telling import talk_of, tell_queue
from bot.gateway.turn import Turn
from bot.records.handover.in_chat import Situation
from bot.records.handover.rows import NothingAsked, NotYours
from bot.records.handover.states import NotNow
from bot.records.sealing import SealBroken
from bot.records.store import StoreBusy

NAME = "adviser"
INTENT = "talk_to_adviser"

log = logging.getLogger("signpost.gateway")


async def adviser_said(turn: Turn, desk: Desk) -> Turn:
    """Settle a message that asks for a person, and every one that is meant for one."""
    talk = desk.adviser_talk
    if turn.settled or talk is None:
        return turn
    own = turn.payload is not None and talk.reading.for_service(None, turn.payload)
    try:
        situation = await desk.store.read(talk.situation, turn.conversation_id)
    except (StoreBusy, SealBroken):
        if for_a_person(turn.state):
            return replace(turn, settled_by=TAKEOVER)
        return _settled(turn, talk.busy(), {}) if own else turn
    if situation is None:
        return turn
    if held_by_person(situation.state):
        # Taken since the message came in.
        return replace(turn, settled_by=TAKEOVER)
    reply = None
    if talk.concerns(situation, turn.text, turn.payload):
        try:
            reply = await desk.store.write(
                talk.answer,
                situation,
                turn.conversation_id,
                turn.seq,
                text=turn.text,
                payload=turn.payload,
                now=desk.clock(),
            )
        except (NotNow, NothingAsked, NotYours):
            # Somebody was quicker: what is to be said now, a person says.
            return replace(turn, settled_by=TAKEOVER)
        except (StoreBusy, SealBroken) as problem:
            log.warning("nobody could be asked: %s", type(problem).__name__)
            reply = talk.busy() if own else None
    if reply is not None and reply.changed:
        await _tell(turn, desk, situation)
    if reply is not None and reply.carry_on is not None:
        return replace(turn, text=reply.carry_on, payload=None)
    if reply is not None:
        return _settled(turn, reply, situation.notes)
    if for_a_person(situation.state):
        return replace(turn, settled_by=TAKEOVER)
    return replace(turn, open_wish=situation)


async def adviser_told(turn: Turn, desk: Desk) -> Turn:
    """Ask the first question where the engine understood the wish; say how to go on with one."""
    talk, situation = desk.adviser_talk, turn.open_wish
    if talk is None or situation is None or turn.settled_by != ENGINE or not situation.staffed:
        return turn
    try:
        if turn.status == "answered" and (turn.meta or {}).get("intent") == INTENT:
            reply = await desk.store.read(
                talk.asked_by_intent,
                situation,
                turn.conversation_id,
                turn.seq,
                now=desk.clock(),
            )
            meta = {**(turn.meta or {}), **_notes(reply, situation.notes)}
            return replace(turn, messages=reply.messages, meta=meta)
        resumed = talk.resuming(situation.notes) if turn.messages else None
    except Exception as problem:  # the answer is there, and asking for a person must not cost it
        log.warning("nobody could be asked: %s", where_it_broke(problem))
        return turn
    if resumed is None:
        return turn
    wish = {NOTE: {"wish": situation.notes[NOTE].get("wish")}}
    meta = {**(turn.meta or {}), **wish}
    return replace(turn, messages=(*turn.messages, *resumed.messages), meta=meta)


async def _tell(turn: Turn, desk: Desk, before: Situation) -> None:
    talk = desk.adviser_talk
    if talk is None:
        return
    told = talk_of(await desk.store.read(talk.situation, turn.conversation_id))
    for side in ("reader", "staff"):
        desk.broker.sign(turn.conversation_id, Sign("talk", side, told))
    tell_queue(desk.broker, before.school_id)


def _notes(reply: Reply, before: dict[str, Any]) -> dict[str, Any]:
    """What to note with a reply; what the record waited for can be gone on with afterwards."""
    noted: dict[str, Any] = {NOTE: reply.note} if reply.note else {}
    record = before.get("record") or {}
    if "awaits" in record:
        noted["record"] = {"paused": {"awaits": record["awaits"], "id": record.get("id")}}
    elif record:
        noted["record"] = record
    return noted


def _settled(turn: Turn, reply: Reply, before: dict[str, Any]) -> Turn:
    meta = {**meta_of(reply.messages), **_notes(reply, before)}
    return replace(turn, settled_by=NAME, messages=reply.messages, meta=meta)
