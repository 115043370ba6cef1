"""Puts the figures of Signpost and of a stock Rasa side by side."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from bench.measures import median
from bench.results import table

Told = dict[str, Any] | None


def tell_ratios(stock: dict[str, Any], speed: Told, nlu: Told) -> None:
    """Print the figures side by side; what was not measured here is a dash."""
    for name, told in (("speed", speed), ("nlu", nlu)):
        if told is None:
            print(f"\n  bench.{name} was not run on this machine: its figures are missing below.")
        else:
            when = told["conditions"]
            print(
                f"\n  Signpost's figures of bench.{name}: {when['date']}, commit {when['commit']}, "
                f"load {when['load_1_5_15'][0]}"
            )
    if speed is not None and not _alike(speed["extent"], stock["extent"]):
        print("  The two were measured to a different extent: the ratios are not comparable.")
    rows = [*_costs(stock, speed), *_loads(stock, speed), *_understanding(stock["nlu"], nlu)]
    print("\n" + table(["", "Signpost", "stock Rasa", "ratio"], rows))
    print("  ratio: how many times better Signpost is; for a share, the difference\n", flush=True)


def _alike(one: Any, other: Any) -> bool:
    # One comes from a file and has lists where the other has tuples.
    return json.dumps(one) == json.dumps(other)


def better_low(ours: float | None, stock: float | None) -> str | None:
    """Return how many times smaller ours is, as "3.1 x", None when either is missing."""
    return f"{stock / ours:.1f} x" if ours and stock is not None else None


def better_high(ours: float | None, stock: float | None) -> str | None:
    """Return how many times larger ours is, as "3.1 x", None when either is missing."""
    return f"{ours / stock:.1f} x" if stock and ours is not None else None


def difference(ours: float | None, stock: float | None) -> str | None:
    """Return by how much ours is larger, as "+0.12", None when either is missing."""
    return f"{ours - stock:+.2f}" if ours is not None and stock is not None else None


def _costs(stock: dict[str, Any], speed: Told) -> list[list[Any]]:
    figures: list[tuple[str, Callable[[dict[str, Any]], float | None]]] = [
        ("training, s", lambda told: told["training"]["seconds"] if "training" in told else None),
        ("start to ready, s", lambda told: median(told["start_s"])),
        ("memory after the load, MB", lambda told: sum(told["memory_after_mb"].values())),
    ]
    rows = []
    for name, figure in figures:
        ours, theirs = (figure(speed) if speed else None), figure(stock)
        rows.append([name, ours, theirs, better_low(ours, theirs)])
    return rows


def _loads(stock: dict[str, Any], speed: Told) -> list[list[Any]]:
    rows = []
    for load, theirs in stock["load"].items():
        ours = speed["load"].get(load) if speed else None
        if "back to back" in load:
            mine = ours["replies_per_s"] if ours else None
            other = theirs["replies_per_s"]
            rows.append([f"replies/s, {load}", mine, other, better_high(mine, other)])
        mine, other = _p95(ours), _p95(theirs)
        rows.append([f"p95 ms, {load}", mine, other, better_low(mine, other)])
    mine = speed["long_conversation"]["ratio"] if speed else None
    other = stock["long_conversation"]["ratio"]
    name = f"turn {stock['long_conversation']['turns']} against turn 1"
    rows.append([name, mine, other, better_low(mine, other)])
    return rows


def _p95(load: Told) -> float | None:
    return load["reply_ms"]["p95"] if load and load["reply_ms"]["count"] else None


def _understanding(stock: dict[str, Any], nlu: Told) -> list[list[Any]]:
    rows = []
    for name, theirs in stock.items():
        ours = nlu.get(name) if nlu else None
        for what, figure in (
            ("in-scope accuracy", lambda told: told["in_scope_accuracy"]["value"]),
            ("macro F1", lambda told: told["macro_f1"]),
            ("out of scope caught", lambda told: 1 - told["false_accepts"]["all"]["value"]),
        ):
            mine, other = (figure(ours) if ours else None), figure(theirs)
            rows.append([f"{name}: {what}", mine, other, difference(mine, other)])
        mine = ours["parse_ms"]["p95"] if ours else None
        other = theirs["parse_ms"]["p95"]
        rows.append([f"{name}: parse p95, ms", mine, other, better_low(mine, other)])
    return rows
