"""What was replied enters the transcript."""

from dataclasses import replace

from bot.gateway.desk import Desk
from bot.gateway.stages.adviser_talk import NAME as ADVISER
from bot.gateway.stages.safeguard import NAME as SAFEGUARD
from bot.gateway.turn import Turn
from bot.records.entries import add_reply
from bot.records.store import StoreBusy

MOST_TRIES = 5
_SPEAKS_IN = {
    SAFEGUARD: None,
    ADVISER: ("bot", "waiting", "snoozed", "closed"),
}
"""In which states of the conversation a reply is stored. Help is told whoever holds it."""
_OTHERS_SPEAK_IN = ("bot", "closed")
"""A reply that comes when a person has taken the conversation meanwhile is let go."""


async def store_reply(turn: Turn, desk: Desk) -> Turn:
    """Store the reply and the state of the message it answers.

    Nothing is stored when the conversation was deleted meanwhile. A locked store is waited for
    several times as long as for a reader's message, because nobody can send a reply again.
    """
    for tries in range(1, MOST_TRIES + 1):
        try:
            stored = await desk.store.write(
                add_reply,
                desk.sealing,
                turn.conversation_id,
                in_reply_to=turn.seq,
                messages=list(turn.messages),
                meta=turn.meta,
                now=desk.clock(),
                asked_status=turn.status,
                failed_attempt=turn.failed_attempt,
                only_in=_SPEAKS_IN.get(turn.settled_by or "", _OTHERS_SPEAK_IN),
                insists=turn.settled_by in _SPEAKS_IN,
            )
        except StoreBusy:
            if tries == MOST_TRIES:
                raise
        else:
            return replace(turn, stored=stored)
    raise AssertionError("not reached")
