"""Authored answers as replies."""

from typing import Any

from bot.gateway.desk import Desk
from bot.gateway.messages import Message, whole


def answer(desk: Desk, answer_id: str) -> Message:
    """One authored answer, as it reads today."""
    return whole(desk.answers.message(answer_id, on=desk.clock().date()))


def meta_of(messages: tuple[Message, ...], nlu: dict[str, Any] | None = None) -> dict[str, Any]:
    """What an operator may see of a reply: {intent, confidence, answers, jobs}."""
    nlu = nlu or {}
    return {
        "intent": nlu.get("intent"),
        "confidence": nlu.get("confidence"),
        "answers": [message["answer"] for message in messages if message["answer"]],
        "jobs": nlu.get("jobs") or [],
    }


def authored(desk: Desk, answer_id: str) -> tuple[tuple[Message, ...], dict[str, Any]]:
    """An authored answer as a whole reply: its messages and its meta."""
    messages = (answer(desk, answer_id),)
    return messages, meta_of(messages)
