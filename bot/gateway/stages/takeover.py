"""The gate before the bot: while a person holds the conversation, it says nothing."""

from dataclasses import replace

from bot.advisers.takeover import held_by_person
from bot.gateway.desk import Desk
from bot.gateway.turn import Turn

NAME = "takeover"


async def takeover(turn: Turn, desk: Desk) -> Turn:
    """Settle the turn with silence when a person holds the conversation."""
    if turn.settled or not held_by_person(turn.state):
        return turn
    return replace(turn, settled_by=NAME)
