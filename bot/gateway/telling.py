"""What both sides of a chat and the queue are told of who is to speak. Nothing of it is kept."""

from typing import Any

from bot.gateway.broker import Broker, Sign
from bot.records.handover.in_chat import Situation


def queue_of(school_id: int) -> str:
    """The name under which the broker tells of changes in a school's queue."""
    return f"queue of {school_id}"


def tell_queue(broker: Broker, school_id: int) -> None:
    """Tell everybody who looks at the school's queue that something in it is new."""
    broker.sign(queue_of(school_id), Sign("queue", "staff", {}))


def talk_of(found: Situation | None) -> dict[str, Any]:
    """Who is to speak in a chat, without anything that anybody wrote."""
    if found is None:
        return {"state": "closed", "name": None, "role": None}
    holder = {} if found.standing is None else found.standing.holder
    return {
        "state": found.state,
        "name": holder.get("name"),
        "role": holder.get("role"),
    }
