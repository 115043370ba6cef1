"""The load: many people in one process of its own. Reads a plan from standard input as JSON and
writes what happened to standard output as JSON.

    python -m bench.speed.load < plan.json
"""

from __future__ import annotations

import asyncio
import json
import random
import resource
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import Any

from bench.speed.script import Script
from bench.speed.talk import NoReply, Talk, talking

AFTER_FAILURE_S = 0.2
"""Pause after a failed message, so that a service that is down is not run over."""


@dataclass(frozen=True)
class Plan:
    """What to do. Times are seconds.

    `talk` is a kind of talk (bench.speed.talk.TALKS). `senders` people write for `warm_up` and
    then for `seconds`, of which only the latter are measured; between a reply and the next
    message each thinks for a time drawn evenly from `think` (0, 0: back to back). With `turns`,
    one person has one conversation of so many turns instead.
    """

    talk: str
    url: str
    senders: int = 1
    seconds: float = 20
    warm_up: float = 3
    think: tuple[float, float] = (0, 0)
    turns: int = 0
    seed: int = 1


@dataclass
class Heard:
    """What happened: times of replies in milliseconds, in the order of their coming."""

    times_ms: list[float] = field(default_factory=list)
    answers: Counter[str] = field(default_factory=Counter)
    failures: Counter[str] = field(default_factory=Counter)
    began: int = 0


async def crowd(plan: Plan, script: Script) -> Heard:
    """Let all senders write; count what was answered once the warm-up is over."""
    heard = Heard()
    start = time.perf_counter() + plan.warm_up
    end = start + plan.seconds
    people = [
        asyncio.create_task(_person(number, plan, script, heard, start))
        for number in range(plan.senders)
    ]
    done, waiting = await asyncio.wait(people, timeout=end - time.perf_counter())
    for task in waiting:
        task.cancel()
    await asyncio.gather(*waiting, return_exceptions=True)
    for task in done:  # a person writes without end: one who stopped met what nobody expected
        task.result()
    return heard


async def _person(number: int, plan: Plan, script: Script, heard: Heard, start: float) -> None:
    chance = random.Random(f"think/{plan.seed}/{number}")
    with talking(plan.talk, plan.url) as talk:
        await asyncio.sleep(chance.uniform(0, plan.think[1]))
        for lines in script.for_sender(number, plan.seed):
            try:
                await talk.begin()
                heard.began += time.perf_counter() >= start
                for line in lines:
                    await _say(talk, line, heard, start)
                    if plan.think[1]:
                        await asyncio.sleep(chance.uniform(*plan.think))
            except (NoReply, OSError, asyncio.IncompleteReadError) as failure:
                if time.perf_counter() >= start:
                    heard.failures[_why(failure)] += 1
                await asyncio.sleep(AFTER_FAILURE_S)


async def _say(talk: Talk, line: str, heard: Heard, start: float) -> None:
    sent = time.perf_counter()
    answers = await talk.say(line)
    now = time.perf_counter()
    if now >= start:
        heard.times_ms.append((now - sent) * 1000)
        heard.answers.update(answers)


async def long_conversation(plan: Plan, script: Script) -> Heard:
    """Let one person have one conversation of `plan.turns` turns; a failure ends it."""
    heard = Heard(began=1)
    with talking(plan.talk, plan.url) as talk:
        await talk.begin()
        for line in script.long_lines(plan.turns):
            try:
                await _say(talk, line, heard, 0)
            except (NoReply, OSError) as failure:
                heard.failures[_why(failure)] += 1
                break
    return heard


def _why(failure: BaseException) -> str:
    return str(failure) if isinstance(failure, NoReply) else type(failure).__name__


def result(plan: Plan, heard: Heard, lasted: float) -> dict[str, Any]:
    """Return what was heard as plain data, with the share of one core that this process used."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return {
        "plan": asdict(plan),
        "replies": len(heard.times_ms),
        "conversations": heard.began,
        "failures": dict(heard.failures),
        "answers": dict(heard.answers.most_common()),
        "generator_core_share": round((used.ru_utime + used.ru_stime) / lasted, 3),
        "times_ms": [round(t, 3) for t in heard.times_ms],
    }


def main() -> None:
    """Carry out the plan on standard input."""
    told = json.load(sys.stdin)
    plan = Plan(**{**told, "think": tuple(told.get("think", (0, 0)))})
    script = Script.load()
    began = time.perf_counter()
    heard = asyncio.run((long_conversation if plan.turns else crowd)(plan, script))
    json.dump(result(plan, heard, time.perf_counter() - began), sys.stdout)


if __name__ == "__main__":
    main()
