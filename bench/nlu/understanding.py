"""Asks an engine what it understands of questions: ours, or a stock Rasa."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bench.nlu.questions import Question
from bench.wire import Connection

WARM_UP = 20
"""Questions that are asked before any is timed: the first ones load and compile things."""


@dataclass(frozen=True)
class Understood:
    """What was made of one question.

    `ranking` holds (intent, confidence), highest first, without the fallback; `jobs` the words
    taken for a job with the codes of their unit groups, most likely first; `seconds` over HTTP.
    """

    intent: str | None
    ranking: tuple[tuple[str, float], ...]
    jobs: tuple[tuple[str, tuple[str, ...]], ...]
    seconds: float


class NotUnderstood(RuntimeError):
    """The engine refused a question."""


Reader = Callable[[dict[str, Any], float], Understood]


async def understand(
    connection: Connection, path: str, reader: Reader, questions: Sequence[Question]
) -> list[Understood]:
    """Ask for each question in turn, after a warm-up; return what was understood, in order."""
    for question in questions[:WARM_UP]:
        await _ask(connection, path, question)
    return [reader(*await _ask(connection, path, question)) for question in questions]


async def _ask(
    connection: Connection, path: str, question: Question
) -> tuple[dict[str, Any], float]:
    began = time.perf_counter()
    answer = await connection.post(path, {"text": question.text})
    seconds = time.perf_counter() - began
    if answer.status != 200:
        raise NotUnderstood(f"{question.id}: the engine answered with status {answer.status}.")
    return answer.json(), seconds


def of_signpost(told: dict[str, Any], seconds: float) -> Understood:
    """Read what our engine's `POST /parse` gives."""
    return Understood(
        told["intent"],
        _ranked(told["ranking"]),
        tuple(
            (word["text"], tuple(group["soc2020"] for group in word["unit_groups"]))
            for word in told["job_words"]
        ),
        seconds,
    )


def of_stock(told: dict[str, Any], seconds: float) -> Understood:
    """Read what Rasa's own `POST /model/parse` gives; it knows nothing of jobs."""
    return Understood(
        (told.get("intent") or {}).get("name"), _ranked(told["intent_ranking"]), (), seconds
    )


def _ranked(ranking: list[dict[str, Any]]) -> tuple[tuple[str, float], ...]:
    ranked = [(r["name"], float(r["confidence"])) for r in ranking if r["name"] != "nlu_fallback"]
    return tuple(sorted(ranked, key=lambda pair: -pair[1]))
