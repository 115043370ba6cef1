"""Booking a meeting in the chat: one stage before the engine, one after its reply.

It works without the engine, for signed-in pupils; others are told how to be one.
"""

import logging
from dataclasses import replace

from bot.advisers.takeover import for_a_person
from bot.gateway.desk import Desk
from bot.gateway.meeting_talk.talk import NOTE, PREFIX, Reply
from bot.gateway.plain_log import where_it_broke
from bot.gateway.replies import meta_of
from bot.gateway.stages.ask_engine import NAME as ENGINE
from bot.gateway.turn import Turn
from bot.records.sealing import SealBroken
from bot.records.store import StoreBusy

NAME = "meeting"

log = logging.getLogger("signpost.gateway")


async def meeting_said(turn: Turn, desk: Desk) -> Turn:
    """Settle a message about a meeting; note what is open beside any other."""
    talk = desk.meeting_talk
    if turn.settled or talk is None or for_a_person(turn.state):
        return turn
    pressed = turn.payload is not None and turn.payload.startswith(PREFIX)
    try:
        situation = await desk.store.read(talk.situation, turn.conversation_id)
        if situation is None or for_a_person(situation.state):
            return turn
        note = situation.notes.get(NOTE) or {}
        if not talk.concerns(note, turn.text, turn.payload):
            return turn
        reply = await desk.store.write(
            talk.answer,
            situation,
            turn.seq,
            text=turn.text,
            payload=turn.payload,
            now=desk.clock(),
            idle_minutes=desk.settings.pupil_idle_minutes,
        )
    except (StoreBusy, SealBroken) as problem:
        log.warning("meetings were not reached: %s", type(problem).__name__)
        return _settled(turn, talk.busy()) if pressed else turn
    if reply is None:
        return replace(turn, open_meeting=note)
    return _settled(turn, reply)


async def meeting_told(turn: Turn, desk: Desk) -> Turn:
    """Say beside the engine's reply how to go on with choosing a time."""
    talk = desk.meeting_talk
    if talk is None or not turn.open_meeting or turn.settled_by != ENGINE:
        return turn
    if turn.status != "answered" or not turn.messages:
        return turn
    try:
        resumed = talk.resuming(turn.open_meeting)
    except Exception as problem:  # the answer is there, and a meeting must not cost it
        log.warning("nothing was said of a meeting: %s", where_it_broke(problem))
        return turn
    if resumed is None:
        return turn
    meta = {**(turn.meta or {}), NOTE: resumed.note}
    return replace(turn, messages=(*turn.messages, *resumed.messages), meta=meta)


def _settled(turn: Turn, reply: Reply) -> Turn:
    meta = {**meta_of(reply.messages), **({NOTE: reply.note} if reply.note else {})}
    return replace(turn, settled_by=NAME, messages=reply.messages, meta=meta)
