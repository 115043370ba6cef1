"""What is too long, empty, or too much in a minute. A cry for help is never refused."""

from dataclasses import replace

from bot.gateway.desk import Desk
from bot.gateway.stages.normalise import has_words
from bot.gateway.turn import Refused, Turn
from bot.records.entries import find_sent


async def limit(turn: Turn, desk: Desk) -> Turn:
    """Refuse what is too much. Sending the same message again is not sending more."""
    if turn.settled:
        return turn
    if turn.text is not None:
        if not has_words(turn.text):
            raise Refused("empty")
        if len(turn.text) > desk.settings.message_max_chars:
            raise Refused("too-long")
    wait_s = desk.rate.take(turn.conversation_id)
    if wait_s is None:
        return turn
    sent = await desk.store.read(find_sent, turn.conversation_id, turn.client_message_id)
    if sent is None:
        raise Refused("too-many", retry_after_s=wait_s)
    return replace(turn, seq=sent.seq, at=sent.created_at, repeated=True)
