"""The engine forgets deleted conversations, now or when it is back."""

from bot.gateway.desk import Desk
from bot.gateway.engine import EngineAway, EngineFailed
from bot.records.conversations import finish_erasure, pending_erasures
from bot.records.store import StoreBusy


async def forget(desk: Desk, conversation_id: str) -> bool:
    """Have the engine delete one tracker; False when it cannot now, to be tried again."""
    if not await _forgotten(desk, conversation_id):
        return False
    await desk.store.scrub()  # its number too: the note of it was the last place
    return True


async def forget_all(desk: Desk) -> None:
    """Have the engine delete every tracker that is still to be forgotten."""
    left = await desk.store.read(pending_erasures)
    any_left = bool(left)
    while left:
        for conversation_id in left:
            if not await _forgotten(desk, conversation_id):
                return
        left = await desk.store.read(pending_erasures)
    if any_left:
        await desk.store.scrub()
    desk.outage.note_erased()


async def _forgotten(desk: Desk, conversation_id: str) -> bool:
    try:
        await desk.engine.forget(conversation_id)
        await desk.store.write(finish_erasure, conversation_id)
    except (EngineAway, EngineFailed, StoreBusy):
        desk.outage.note_erasures()
        return False
    return True
