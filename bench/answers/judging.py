"""Judges replies against the questions of questions.csv, which nothing is trained on."""

from __future__ import annotations

import csv
import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.measures import Share
from knowledge.wording import Wording

QUESTIONS = Path(__file__).parent / "questions.csv"
INDEPENDENT = Path(__file__).parent / "independent.csv"
"""Written later, by someone who saw the titles of the answers and no example."""
OUT_OF_SCOPE = "out_of_scope"
SPECIAL = {
    "quiz", "job_ideas", "resources", "school_info", "ucas_tariff", "apprentice_pay",
    "loan_repayment",
}  # fmt: skip
"""Rights that are no subject but an intent with an action of its own."""
ASIDE = ("not_known", "not_understood", "not_understood_again", "unknown_job")
"""Answers that say that the service does not know."""
AIM_RIGHT, AIM_OFFERED, AIM_WRONG, AIM_CAUGHT = 0.90, 0.97, 0.03, 0.90


@dataclass(frozen=True)
class Question:
    """A question, who asks, and what answers it: all of `right`, or one of `also`."""

    text: str
    audience: str
    year: int | None
    right: tuple[str, ...]
    also: tuple[str, ...]

    @property
    def is_reported(self) -> bool:
        """Whether it is of the half that no threshold was chosen on."""
        return int(hashlib.md5(self.text.encode()).hexdigest(), 16) % 2 == 1

    @property
    def kind(self) -> str:
        """What kind of question it is: in scope, two at once, an intent, out of scope."""
        if self.right == (OUT_OF_SCOPE,):
            return OUT_OF_SCOPE
        if len(self.right) > 1:
            return "two at once"
        return "special" if self.right[0] in SPECIAL else "in scope"

    @property
    def scene(self) -> dict[str, Any]:
        """The scene as the gateway hands it to the engine."""
        return {"audience": self.audience, **({"year": self.year} if self.year else {})}


def read(path: Path = QUESTIONS) -> list[Question]:
    """Return all questions of the file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Question(
                row["text"],
                row["audience"],
                int(row["year"]) if row["year"] else None,
                tuple(row["right"].split("+")),
                tuple(filter(None, row["also"].split("|"))),
            )
            for row in csv.DictReader(stream)
        ]


@dataclass(frozen=True)
class Given:
    """What a question was given: answers said at once, or offered, or neither.

    `beside`: what an answer offers with it that may have been meant instead.
    """

    said: tuple[str, ...]
    offered: tuple[str, ...]
    intent: str
    beside: tuple[str, ...] = ()


def given(reply: dict[str, Any]) -> Given:
    """Read the engine's reply to one turn."""
    said: list[str] = []
    offered: list[str] = []
    beside: list[str] = []
    in_doubt = Wording.load().say("answers.beside")
    for message in reply["messages"]:
        subjects = [
            json.loads(button["payload"].removeprefix("/answer")).get("subject", "")
            for button in message["buttons"]
            if button["payload"].startswith("/answer{")
        ]
        if message["answer"] == "which_answer":
            offered += subjects
        elif message["answer"] == "which_stage":
            said += subjects[:1]  # the answer is found; it depends on the year, which is asked for
        elif message["answer"] not in ASIDE:
            said.append(message["answer"].partition(".")[0])
            if in_doubt in message["text"]:
                beside += subjects
    return Given(tuple(said), tuple(offered), reply["nlu"]["intent"], tuple(beside))


def outcome(question: Question, told: Given) -> str:
    """Return what became of a question.

    right, offered, beside (another was told, and this offered with it), wrong, wrongly offered,
    not known, part.
    """
    if question.kind == OUT_OF_SCOPE:
        return "wrong" if told.said else "wrongly offered" if told.offered else "right"
    wanted = set(question.right) | set(question.also)
    got = {*told.said, *((told.intent,) if told.intent in SPECIAL else ())}
    if question.kind == "two at once":
        if set(question.right) <= got:
            return "right"
        return "part" if got & wanted else "wrong" if told.said else "not known"
    if got & wanted:
        return "right"
    if told.said:
        return "beside" if wanted.intersection(told.beside) else "wrong"
    if told.offered:
        return "offered" if set(told.offered) & wanted else "wrongly offered"
    return "not known"


def shares(outcomes: Iterable[str]) -> dict[str, Share]:
    """Return each outcome's share with its interval."""
    counts = Counter(outcomes)
    total = sum(counts.values())
    return {name: Share(count, total) for name, count in sorted(counts.items())}


def within_offered(outcomes: Sequence[str]) -> Share:
    """Return the share that is right at once or among what is offered."""
    return Share(sum(o in ("right", "offered", "beside") for o in outcomes), len(outcomes))
