"""The reader's line enters the transcript, once, with its number."""

from dataclasses import replace
from datetime import timedelta

from bot.advisers.takeover import FOR_A_PERSON, HELD_BY_PERSON, SNOOZED
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
            answered_in=_answered_in(turn, desk),
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
        # While somebody is away who reads it later, the reader is asked which they want.
        for_person=admitted.entry.status == "answered" and admitted.conversation.state != SNOOZED,
        school_id=admitted.conversation.school_id,
        state=admitted.conversation.state,
        scene=admitted.conversation.scene,
    )


def _answered_in(turn: Turn, desk: Desk) -> tuple[str, ...]:
    """The states in which the message is a person's to answer, and never the service's.

    A cry for help waits for the help whatever the state: that is found again after a restart.
    """
    if turn.concern is not None:
        return ()
    talk = desk.adviser_talk
    if talk is not None and talk.reading.for_service(turn.text, turn.payload):
        return (HELD_BY_PERSON,)
    return FOR_A_PERSON
