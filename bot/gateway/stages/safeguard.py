"""The safeguarding screen, before anything that could fail or refuse."""

from dataclasses import replace

from bot.gateway.desk import Desk
from bot.gateway.replies import authored
from bot.gateway.turn import Turn

NAME = "safeguarding"


async def safeguard(turn: Turn, desk: Desk) -> Turn:
    """Settle a cry for help with the fixed text, without the engine."""
    if turn.settled or turn.text is None:
        return turn
    concern = desk.screen.check(turn.text)
    if concern is None:
        return turn
    messages, meta = authored(desk, "help_now")
    return replace(turn, concern=concern.topic, settled_by=NAME, messages=messages, meta=meta)
