"""A conversation with the actions, without the engine: what was understood is given."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from actions.context import read_payload
from actions.ground import Ground
from actions.registry import turn_of
from actions.topics import answer
from actions.turn import Memory, Reply

TODAY = dt.date(2026, 11, 22)


class Conversation:
    """Remembers from turn to turn what the engine's slots would, by way of plain data."""

    def __init__(self, ground: Ground, slots: dict[str, Any] | None = None) -> None:
        self.ground = ground
        self.slots = dict(slots or {})

    @property
    def memory(self) -> Memory:
        return Memory.from_slots(self.slots)

    def say(
        self,
        intent: str,
        text: str,
        clauses: Sequence[tuple[str, str]] = (),
        scene: dict[str, Any] | None = None,
        ranked: Sequence[tuple[str, float, float]] = (),
        left: Sequence[str] = (),
    ) -> list[dict[str, Any]]:
        """Say a text that was understood as `intent`; `clauses` are (intent, part of the text).

        `ranked` are the (subject, score, likeness) of the answers that the engine found, `left`
        the questions that it could not place.
        """
        answers = [dict(zip(("subject", "score", "likeness"), r, strict=True)) for r in ranked]
        questions = [
            {
                "intent": asked,
                "confidence": 0.9,
                "text": part,
                "start": text.index(part),
                "answers": answers,
            }
            for asked, part in clauses or [(intent, text)]
        ]
        words = [
            {
                "text": found.text,
                "start": found.start,
                "end": found.end,
                "name": found.name,
                "plural": found.plural,
                "ambiguous": found.ambiguous,
                "unit_groups": [
                    {"soc2020": c.soc2020, "title": c.title, "score": c.score}
                    for c in found.unit_groups
                ],
            }
            for found in self.ground.titles.find(text)
        ]
        return self._turn(intent, text, [], words, questions, scene, answers, left)

    def press(self, payload: str) -> list[dict[str, Any]]:
        """Press a button, as Rasa reads its payload."""
        intent, values = read_payload(payload)
        entities = [{"entity": name, "value": value} for name, value in values.items()]
        return self._turn(intent, payload, entities, [], [], None)

    def press_title(self, message: dict[str, Any], title: str) -> list[dict[str, Any]]:
        """Press the button of that title below a message."""
        (payload,) = [b["payload"] for b in message["buttons"] if b["title"] == title]
        return self.press(payload)

    def _turn(
        self,
        intent: str,
        text: str,
        entities: list[dict[str, Any]],
        words: list[dict[str, Any]],
        questions: list[dict[str, Any]],
        scene: dict[str, Any] | None,
        answers: Sequence[dict[str, Any]] = (),
        left: Sequence[str] = (),
    ) -> list[dict[str, Any]]:
        latest = {
            "text": text,
            "intent": {"name": intent, "confidence": 0.9},
            "entities": entities,
            "job_words": words,
            "questions": questions,
            "answers": list(answers),
            "left": list(left),
            "metadata": {"scene": scene} if scene else {},
        }
        turn = turn_of(latest, self.slots, TODAY)
        reply: Reply = answer(intent, turn, self.ground)
        self.slots = reply.memory.as_slots()
        return list(reply.messages)
