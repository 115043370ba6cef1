"""`python -m bench.answers`: does a question get the right authored answer, first time?"""

from __future__ import annotations

import argparse
import asyncio
import sys
import uuid
from collections.abc import Sequence
from typing import Any

from bench import conditions
from bench.answers import judging
from bench.answers.judging import Question, given, outcome, shares, within_offered
from bench.results import save
from bench.wire import Connection
from bot.command_line.started import started
from bot.service.processes import ServiceFailed
from bot.settings import Settings

Asked = tuple[Question, judging.Given, str]


def main() -> None:
    """Read the arguments, measure, print, save."""
    parser = argparse.ArgumentParser(prog="python -m bench.answers", description=__doc__)
    parser.add_argument(
        "--every",
        action="store_true",
        help="list what went wrong in the half that thresholds were chosen on",
    )
    arguments = parser.parse_args()
    try:
        asyncio.run(_measure(arguments.every))
    except (ServiceFailed, OSError) as failure:
        sys.exit(f"bench.answers: {failure}")


async def _measure(every: bool) -> None:
    told: dict[str, Any] = {
        "conditions": conditions.conditions(
            notes=[
                "each question opens a conversation of its own, asked of engine and actions",
                "the question's audience and year are known, as a school's page tells them",
                "'chosen on': the half that thresholds were chosen on; 'reported': the other half",
                "own: written before the examples; independent: later, by someone who saw none",
                "beside: another answer was told in doubt, with a button to the right one",
                "a partial answer counts as wrong; intervals are Wilson's, 95%",
            ]
        )
    }
    conditions.show(told["conditions"])
    async with started(Settings()) as service:
        token = {"Authorization": f"Bearer {service.keys.engine_token}"}
        engine = Connection(service.addresses.engine, token)
        sets = {
            name: [await _ask(engine, question) for question in judging.read(path)]
            for name, path in (("own", judging.QUESTIONS), ("independent", judging.INDEPENDENT))
        }
        engine.close()
    halves = {
        f"{name}, {half}": [a for a in asked if a[0].is_reported == is_reported]
        for name, asked in sets.items()
        for half, is_reported in (("reported", True), ("chosen on", False))
    }
    for name, half in halves.items():
        told[name] = _tell(name, half)
    if every:
        for name in sets:
            _list(name, halves[f"{name}, chosen on"])
    save("answers", told)


async def _ask(engine: Connection, question: Question) -> Asked:
    body = {"text": question.text, "scene": question.scene}
    answer = await engine.post(f"/conversations/bench-{uuid.uuid4()}/turns", body)
    if answer.status != 200:
        raise ServiceFailed(f"the engine answered a question with status {answer.status}")
    told = given(answer.json())
    return question, told, outcome(question, told)


def _tell(name: str, asked: Sequence[Asked]) -> dict[str, Any]:
    print(f"== {name}: {len(asked)} questions ==\n")
    told: dict[str, Any] = {}
    for kind in ("in scope", "special", "two at once", judging.OUT_OF_SCOPE):
        outcomes = [became for question, _, became in asked if question.kind == kind]
        print(f"  {kind}")
        told[kind] = {}
        for became, share in shares(outcomes).items():
            print(f"    {became:<16} {share}{_aim(kind, became)}")
            told[kind][became] = share.as_dict()
        if kind == "in scope":
            share = within_offered(outcomes)
            print(f"    {'right or offered':<16} {share}   (aim {judging.AIM_OFFERED})")
            told[kind]["right or offered"] = share.as_dict()
        print()
    return told


def _aim(kind: str, became: str) -> str:
    aims = {
        ("in scope", "right"): f"{judging.AIM_RIGHT}",
        ("in scope", "wrong"): f"at most {judging.AIM_WRONG}",
        (judging.OUT_OF_SCOPE, "right"): f"{judging.AIM_CAUGHT}",
    }
    return f"   (aim {aims[kind, became]})" if (kind, became) in aims else ""


def _list(name: str, asked: Sequence[Asked]) -> None:
    print(f"  {name}: what went wrong in the half that thresholds were chosen on")
    for question, told, became in asked:
        if became != "right":
            got = ", ".join(told.said or told.offered) or "-"
            print(f"    {became:<14} {'+'.join(question.right)} -> {got} ({told.intent})")


if __name__ == "__main__":
    main()
