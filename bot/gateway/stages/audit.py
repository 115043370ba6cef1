"""One line for each message that was dealt with: what became of it, never what it said."""

import logging

from bot.gateway.desk import Desk
from bot.gateway.turn import Turn

log = logging.getLogger("signpost.audit")


async def audit(turn: Turn, desk: Desk) -> Turn:
    """Account for the turn."""
    took = desk.clock() - turn.arrived_at
    log.info(
        "turn conversation=%s seq=%d by=%s status=%s resumed=%s ms=%d",
        turn.conversation_id[:8],
        turn.seq,
        turn.settled_by,
        turn.status,
        turn.resumed,
        took.total_seconds() * 1000,
    )
    return turn
