"""Answers that are authored in knowledge/answers and said as they stand."""

from __future__ import annotations

from dataclasses import replace

from actions.ground import Ground
from actions.turn import Reply, Turn


def authored(answer_id: str, turn: Turn, ground: Ground) -> Reply:
    """Say the answer `answer_id`; what it offers can be chosen by "the second one"."""
    message = ground.answers.message(answer_id, on=turn.today)
    offers = tuple((b["title"], b["payload"]) for b in message["buttons"])
    return Reply((message,), replace(turn.memory, asking=None, offered=offers, misses=0))


def not_known(turn: Turn, ground: Ground) -> Reply:
    """Say that a question is not for this service; the second time, what is, and an adviser."""
    return _missed("not_known", turn, ground)


def not_understood(turn: Turn, ground: Ground) -> Reply:
    """Say that the message was not clear; the second time, what can be asked, and an adviser."""
    return _missed("not_understood", turn, ground)


def _missed(answer_id: str, turn: Turn, ground: Ground) -> Reply:
    misses = turn.memory.misses + 1
    reply = authored("not_understood_again" if misses >= 2 else answer_id, turn, ground)
    return replace(reply, memory=replace(reply.memory, misses=misses))
