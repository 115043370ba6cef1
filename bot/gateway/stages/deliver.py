"""The stored reply goes to whoever follows the conversation."""

from bot.gateway.desk import Desk
from bot.gateway.turn import Turn


async def deliver(turn: Turn, desk: Desk) -> Turn:
    """Tell the followers; one who is away finds the reply in the store."""
    if turn.stored is not None:
        desk.broker.publish(turn.stored)
    return turn
