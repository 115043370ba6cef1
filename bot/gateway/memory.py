"""What the engine remembers of chats now, for the pupil whose chats they are."""

from collections.abc import Iterable
from typing import Any

from bot.gateway.desk import Desk
from bot.gateway.engine import EngineAway, EngineFailed


async def remembered(
    desk: Desk, conversation_ids: Iterable[str]
) -> dict[str, dict[str, Any] | None] | None:
    """What the engine holds of each conversation (None for nothing), by its id.

    None when it cannot be asked to the end: part of it would look like all.
    """
    found = {}
    try:
        for conversation_id in conversation_ids:
            async with desk.engine.places:
                found[conversation_id] = await desk.engine.held(conversation_id)
    except (EngineAway, EngineFailed):
        return None
    return found
