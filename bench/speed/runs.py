"""The runs that every measured service goes through, Signpost and stock Rasa alike."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from bench.measures import Spread, growth, median
from bench.memory import peak_mb, resident_mb
from bench.results import table
from bench.speed.load import Plan
from bench.speed.script import Script
from bot.settings import PROJECT


@dataclass(frozen=True)
class Extent:
    """How much is measured; a smaller extent is for trying the programs, not for figures."""

    seconds: float = 20
    warm_up: float = 4
    senders: tuple[int, ...] = (1, 10, 50)
    people: int = 50
    think: tuple[float, float] = (2.5, 7.5)
    think_seconds: float = 60
    turns: int = 300
    long_conversations: int = 3
    starts: int = 3

    @classmethod
    def quick(cls) -> Extent:
        """Return the extent of a trial."""
        return cls(seconds=4, warm_up=1, think_seconds=12, turns=40, long_conversations=1, starts=1)

    def notes(self) -> list[str]:
        """Return what a reader of the figures should know."""
        return [
            "the load generator is a process of its own on the same cores as what it measures",
            f"back to back: {self.seconds:g} s after {self.warm_up:g} s of warm-up; a new "
            "conversation after each script of 5 to 7 messages (bench/speed/script.yml)",
            f"people: each thinks {self.think[0]:g} to {self.think[1]:g} s after a reply "
            f"(mean {sum(self.think) / 2:g} s), {self.think_seconds:g} s measured",
            f"long conversation: {self.turns} turns, {self.long_conversations} times, one after "
            "the other; the same ten lines over and over, medians of the first and last ten turns",
        ]


class LoadFailed(RuntimeError):
    """The load generator ended with an error; the text is its last line."""


async def all_runs(
    talk: str, url: str, processes: Mapping[str, int], extent: Extent
) -> dict[str, Any]:
    """Put all loads on the service at `url`, one after the other; print and return the figures.

    `processes` gives the process id of each part by its name.
    """
    told: dict[str, Any] = {"memory_started_mb": held(processes), "load": {}}
    base = Plan(talk, url, seconds=extent.seconds, warm_up=extent.warm_up)
    rows = []
    for senders in extent.senders:
        name = f"{senders} back to back"
        told["load"][name] = figures(await _load(replace(base, senders=senders)))
        rows.append(_row(name, told["load"][name]))
        print(f"  measured: {name}", flush=True)
    name = f"{extent.people} people"
    thinking = replace(
        base,
        senders=extent.people,
        think=extent.think,
        seconds=extent.think_seconds,
        warm_up=max(extent.warm_up, extent.think[1]),
    )
    told["load"][name] = figures(await _load(thinking))
    rows.append(_row(name, told["load"][name]))
    print(f"  measured: {name}", flush=True)
    told["long_conversation"] = await _long(base, extent)
    told["memory_after_mb"] = held(processes)
    told["memory_peak_mb"] = {name: peak_mb(pid) for name, pid in processes.items()}
    _tell(rows, told, extent)
    return told


def held(processes: Mapping[str, int]) -> dict[str, float]:
    """Return the resident memory of each process in MB."""
    return {name: resident_mb(pid) for name, pid in processes.items()}


def figures(heard: dict[str, Any]) -> dict[str, Any]:
    """Return the figures of one load from what its generator told."""
    return {
        "replies_per_s": round(heard["replies"] / heard["plan"]["seconds"], 2),
        "reply_ms": asdict(Spread.of(heard["times_ms"])),
        "conversations": heard["conversations"],
        "failures": heard["failures"],
        "answers": heard["answers"],
        "generator_core_share": heard["generator_core_share"],
    }


async def _long(base: Plan, extent: Extent) -> dict[str, Any]:
    window = len(Script.load().long)
    ratios, firsts, lasts = [], [], []
    failures: Counter[str] = Counter()
    for number in range(extent.long_conversations):
        heard = await _load(replace(base, turns=extent.turns))
        failures.update(heard["failures"])
        if len(heard["times_ms"]) == extent.turns:
            first, last, ratio = growth(heard["times_ms"], window)
            firsts.append(first)
            lasts.append(last)
            ratios.append(ratio)
        print(f"  measured: long conversation {number + 1}", flush=True)
    return {
        "turns": extent.turns,
        "first_ms": round(median(firsts), 2) if firsts else None,
        "last_ms": round(median(lasts), 2) if lasts else None,
        "ratio": round(median(ratios), 3) if ratios else None,
        "ratios": [round(ratio, 3) for ratio in ratios],
        "failures": dict(failures),
    }


async def _load(plan: Plan) -> dict[str, Any]:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "bench.speed.load",
        cwd=PROJECT,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    out, err = await process.communicate(json.dumps(asdict(plan)).encode())
    if process.returncode:
        lines = err.decode(errors="replace").strip().splitlines()
        raise LoadFailed(lines[-1] if lines else f"ended with code {process.returncode}")
    heard: dict[str, Any] = json.loads(out)
    return heard


def _row(name: str, told: dict[str, Any]) -> list[Any]:
    spread = told["reply_ms"]
    return [
        name,
        told["replies_per_s"],
        spread["p50"],
        spread["p95"],
        spread["p99"],
        spread["count"],
        sum(told["failures"].values()),
        f"{told['generator_core_share']:.0%}",
    ]


def _tell(rows: list[list[Any]], told: dict[str, Any], extent: Extent) -> None:
    head = ["load", "replies/s", "p50 ms", "p95 ms", "p99 ms", "replies", "failed", "generator"]
    print("\n" + table(head, rows))
    for name, load in told["load"].items():
        if load["failures"]:
            print(f"  failed at {name}: {load['failures']}")
    long = told["long_conversation"]
    if long["ratio"] is None:
        print(f"\n  the long conversation was not finished: {long['failures']}")
    else:
        print(
            f"\n  turn 1: {long['first_ms']} ms, turn {extent.turns}: {long['last_ms']} ms, "
            f"ratio {long['ratio']:.2f}"
        )
    print("\n  resident memory, MB")
    memory = [
        [name, started, told["memory_after_mb"][name], told["memory_peak_mb"][name]]
        for name, started in told["memory_started_mb"].items()
    ]
    print(table(["process", "started", "after the load", "peak"], memory), flush=True)
