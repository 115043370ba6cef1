"""`python -m bench.answers.several`: do two questions in one message get both answers?

The messages of development.csv were used for tuning: they say what a change does, and nothing to
quote. What is quoted is measured on questions.csv and independent.csv, by `bench.answers`.
"""

from __future__ import annotations

import argparse
import asyncio
import csv
import sys
import uuid
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.answers.judging import ASIDE, SPECIAL
from bench.measures import Share
from bench.wire import Connection
from bot.command_line.started import started
from bot.service.processes import ServiceFailed
from bot.settings import Settings

MESSAGES = Path(__file__).parent / "development.csv"
OFFERS = ("which_answer", "ask_job")
WHOLE_ANSWERS = 2


@dataclass(frozen=True)
class Asked:
    """A message, who writes it, and its questions, each with the answers that are right for it.

    A right answer is an id of an answer or an intent, "id:word" where its text has to hold a word.
    """

    text: str
    scene: dict[str, Any]
    questions: tuple[tuple[str, ...], ...]


def read(path: Path = MESSAGES) -> list[Asked]:
    """Return the messages of the file."""
    with path.open(encoding="utf-8", newline="") as stream:
        return [
            Asked(
                row["text"],
                {"audience": row["audience"], "year": int(row["year"])},
                tuple(tuple(part.split("|")) for part in row["right"].split("+")),
            )
            for row in csv.DictReader(stream)
        ]


def outcome(asked: Asked, reply: dict[str, Any]) -> str:
    """Return what became of a message: right, part or wrong; "several" for one question's two."""
    told = [(m["answer"].partition(".")[0], m["text"].casefold()) for m in reply["messages"]]
    told = [each for each in told if each[0] not in (*ASIDE, *OFFERS)]
    if reply["nlu"]["intent"] in SPECIAL:
        told.append((reply["nlu"]["intent"], ""))
    stages = [m for m in reply["messages"] if m["answer"] == "which_stage"]
    told += [(b["payload"], "") for m in stages for b in m["buttons"][:1]]
    got = [any(_is(right, told) for right in rights) for rights in asked.questions]
    if len(got) == 1:
        titles = {answer for answer, _ in told} - SPECIAL
        if len(reply["nlu"].get("questions") or ()) > 1 and len(titles) > 1:
            return "several"
        return "right" if got[0] else "wrong"
    if sum(got) >= min(len(got), WHOLE_ANSWERS):
        return "right"
    return "part" if any(got) else "wrong"


def _is(right: str, told: list[tuple[str, str]]) -> bool:
    answer, _, word = right.partition(":")
    return any(
        (each == answer or f'"{answer}"' in each or each.startswith(f"{answer}_")) and word in text
        for each, text in told
    )


def main() -> None:
    """Measure, and print the shares; `--every` lists what was not right."""
    parser = argparse.ArgumentParser(prog="python -m bench.answers.several", description=__doc__)
    parser.add_argument("--every", action="store_true", help="list the messages not got right")
    arguments = parser.parse_args()
    try:
        asyncio.run(_measure(arguments.every))
    except (ServiceFailed, OSError) as failure:
        sys.exit(f"bench.answers.several: {failure}")


async def _measure(every: bool) -> None:
    became: dict[str, Counter[str]] = {"several questions": Counter(), "one question": Counter()}
    async with started(Settings()) as service:
        token = {"Authorization": f"Bearer {service.keys.engine_token}"}
        engine = Connection(service.addresses.engine, token)
        for asked in read():
            path = f"/conversations/bench-{uuid.uuid4()}/turns"
            answer = await engine.post(path, {"text": asked.text, "scene": asked.scene})
            if answer.status != 200:
                raise ServiceFailed(f"the engine answered with status {answer.status}")
            told = outcome(asked, answer.json())
            became["several questions" if len(asked.questions) > 1 else "one question"][told] += 1
            if every and told != "right":
                print(f"  {told:<8} {asked.text!r}")
        engine.close()
    for kind, counts in became.items():
        print(f"{kind}:")
        for told, number in sorted(counts.items()):
            print(f"  {told:<8} {Share(number, counts.total())}")


if __name__ == "__main__":
    main()
