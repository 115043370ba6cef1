"""The reader's line enters the transcript, once, with its number."""

from dataclasses import replace
from datetime import timedelta

from bot.gateway.desk import Desk
from bot.gateway.turn import HelpUnstored, Refused, Turn
from bot.records import entries
from bot.records.store import StoreBusy


async def admit(turn: Turn, desk: Desk) -> Turn:
    """Store the message and tell who follows the conversation.

    Raises Refused for a conversation that is closed or unknown, or a button never offered.
    """
    if turn.repeated:
        return turn
    minutes = desk.settings.session_minutes
    try:
        admitted = await desk.store.write(
            entries.admit,
            desk.sealing,
            turn.conversation_id,
            turn.client_message_id,
            text=turn.text,
            payload=turn.payload,
            now=turn.arrived_at,
            longest=timedelta(minutes=minutes) if minutes else None,
            although_closed=turn.concern is not None,
        )
    except entries.NoConversation:
        raise Refused("no-conversation") from None
    except entries.ConversationClosed:
        raise Refused("closed") from None
    except entries.NotOffered:
        raise Refused("button-gone") from None
    except StoreBusy:
        if turn.concern is not None:
            raise HelpUnstored(turn.messages[0]) from None
        raise
    if not admitted.repeated:
        desk.broker.publish(admitted.entry)
    return replace(
        turn,
        seq=admitted.entry.seq,
        at=admitted.entry.created_at,
        repeated=admitted.repeated,
        state=admitted.conversation.state,
        scene=admitted.conversation.scene,
    )
