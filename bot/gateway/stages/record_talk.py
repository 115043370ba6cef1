"""The guidance record in the chat: one stage before the engine, one after its reply.

Only for a conversation that is a pupil's, while that pupil is signed in. What is said for the
record goes no further than here; a record that cannot be reached costs nobody an ordinary answer.
"""

import logging
from dataclasses import replace

from bot.gateway.desk import Desk
from bot.gateway.plain_log import where_it_broke
from bot.gateway.record_talk.aside import Aside
from bot.gateway.record_talk.replies import PREFIX, Reply
from bot.gateway.replies import meta_of
from bot.gateway.stages.ask_engine import NAME as ENGINE
from bot.gateway.turn import Turn
from bot.records.sealing import SealBroken
from bot.records.store import StoreBusy

NAME = "record"
DELETED = "record_deleted"
"""The reply to a line that was deleted: it goes out of the store's log file as well."""

log = logging.getLogger("signpost.record")


async def record_said(turn: Turn, desk: Desk) -> Turn:
    """Settle a message for the record; note beside any other of a pupil's what it says for it."""
    talk = desk.record_talk
    if turn.settled or talk is None:
        return turn
    now = desk.clock()
    buttons = turn.payload is not None and turn.payload.startswith(PREFIX)
    try:
        situation = await desk.store.read(
            talk.situation,
            turn.conversation_id,
            now=now,
            idle_minutes=desk.settings.pupil_idle_minutes,
        )
    except StoreBusy:
        return _settled(turn, talk.busy()) if buttons else turn
    if situation is None or situation.pupil_id is None or turn.seq < situation.from_seq:
        if buttons:
            return _settled(turn, talk.too_old())
        asked = None if turn.text is None else talk.asks(turn.text, now)
        listed = asked is not None and asked.do == "list"
        return _settled(turn, talk.to_guest()) if listed else turn
    concerned, said = talk.read(situation, turn.text, turn.payload, now)
    if not situation.signed_in:
        # A message that waited for the engine outlives a session. Nothing is kept or told.
        for_record = concerned and talk.is_for_record(situation, turn.text, said, now)
        return _settled(turn, talk.signed_out(situation)) if for_record else turn
    reply = None
    if concerned:
        try:
            reply = await desk.store.write(
                talk.answer,
                situation,
                turn.conversation_id,
                turn.seq,
                text=turn.text,
                payload=turn.payload,
                now=now,
            )
        except (StoreBusy, SealBroken) as problem:
            log.warning("the record was not reached: %s", type(problem).__name__)
            # What is for the record is not handed to the engine because the record is away.
            if talk.is_for_record(situation, turn.text, said, now):
                reply = talk.busy()
    if reply is not None:
        if reply.messages[0]["answer"] == DELETED:
            await desk.store.scrub()
        return _settled(turn, reply)
    rest = said.rest if said is not None and said.kind != "aspiration" else ""
    waits = situation.note if "awaits" in situation.note else {}
    return replace(turn, asks=rest or None, aside=Aside(situation, said, waits))


async def record_told(turn: Turn, desk: Desk) -> Turn:
    """Keep what the engine told a pupil, and add what is to be said beside its reply."""
    talk, aside = desk.record_talk, turn.aside
    if talk is None or aside is None or turn.settled_by != ENGINE:
        return turn
    if turn.status != "answered" or not turn.messages:
        return turn
    try:
        reply = await desk.store.write(
            talk.beside,
            aside,
            turn.conversation_id,
            turn.seq,
            messages=turn.messages,
            meta=turn.meta or {},
            payload=turn.payload,
            now=desk.clock(),
        )
    except Exception as problem:  # the answer is there, and the record must not cost it
        log.warning("nothing was kept beside a reply: %s", where_it_broke(problem))
        return turn
    if reply is None:
        return turn
    meta = {**(turn.meta or {}), "record": reply.note}
    return replace(turn, messages=(*turn.messages, *reply.messages), meta=meta)


def _settled(turn: Turn, reply: Reply) -> Turn:
    meta = {**meta_of(reply.messages), "record": reply.note}
    return replace(turn, settled_by=NAME, messages=reply.messages, meta=meta)
