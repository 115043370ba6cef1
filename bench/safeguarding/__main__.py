"""`python -m bench.safeguarding`: what the safeguarding screen hears, misses and takes wrongly.

Two halves, divided by the first byte of the SHA-256 of the text: even for choosing, odd for
reporting. No text is printed or saved, of neither half.
"""

from __future__ import annotations

import csv
import hashlib
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from bench.conditions import conditions, show
from bench.measures import Share, Spread
from bench.results import save, table
from bot.safeguarding.screen import Concern, Screen
from bot.settings import PROJECT

LINES = Path(__file__).parent / "lines.csv"
ENTITY = re.compile(r"\[([^\]]*)\](?:\([^)]*\)|\{[^}]*\})")
HALVES = ("choosing", "reporting")
LONGEST = 1000
REPEATS = 5


@dataclass(frozen=True)
class Line:
    """A judged text, what the screen said to it, and in how many milliseconds."""

    row: dict[str, str]
    half: str
    heard: Concern | None

    @property
    def flagged(self) -> bool:
        """Whether it is a cry for help."""
        return self.row["flag"] == "yes"


def half_of(text: str) -> str:
    """Return the half to which a text belongs."""
    return HALVES[hashlib.sha256(text.encode()).digest()[0] % 2]


def judged(screen: Screen, path: Path = LINES) -> list[Line]:
    """Return every line with what the screen says to it."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            Line(row, half_of(row["text"]), screen.check(row["text"]))
            for row in csv.DictReader(file)
        ]


def own_questions() -> list[str]:
    """Return the project's own careers questions, each once: answers and training data."""
    texts = set()
    for path in (PROJECT / "data" / "nlu").glob("*.yml"):
        for intent in yaml.safe_load(path.read_text(encoding="utf-8"))["nlu"]:
            for line in intent.get("examples", "").splitlines():
                texts.add(ENTITY.sub(r"\1", line.strip().removeprefix("-").strip()))
    for path in (PROJECT / "knowledge" / "answers").rglob("*.md"):
        head = path.read_text(encoding="utf-8").split("---")[1]
        texts.update(map(str, (yaml.safe_load(head) or {}).get("examples", [])))
    return sorted(texts - {""})


def recall(lines: Iterable[Line]) -> Share:
    """Return the share of the flagged lines that the screen heard."""
    cries = [line for line in lines if line.flagged]
    return Share(sum(line.heard is not None for line in cries), len(cries))


def alarms(lines: Iterable[Line], kind: str) -> Share:
    """Return the share of the lines of an unflagged kind at which the screen raised an alarm."""
    calm = [line for line in lines if line.row["kind"] == kind]
    return Share(sum(line.heard is not None for line in calm), len(calm))


def agreement(lines: Iterable[Line], field: str) -> Share:
    """Return the share of the lines heard for which a field is as it was judged."""
    heard = [(line.row, line.heard) for line in lines if line.flagged and line.heard]
    said = {True: "yes", False: "no"}
    same = sum(row[field] == said.get(value := getattr(c, field), value) for row, c in heard)
    return Share(same, len(heard))


def milliseconds(screen: Screen, texts: Sequence[str]) -> list[float]:
    """Return the time of each text: the shortest of some runs, so that others do not count in."""
    times = []
    for text in texts:
        runs = []
        for _ in range(REPEATS):
            started = time.perf_counter()
            screen.check(text)
            runs.append(1000 * (time.perf_counter() - started))
        times.append(min(runs))
    return times


def main() -> None:
    """Measure, print and save."""
    told: dict[str, Any] = {"conditions": conditions()}
    show(told["conditions"])
    screen = Screen.load()
    lines = judged(screen)
    for half in HALVES:
        told[half] = _half(half, [line for line in lines if line.half == half])
    own = own_questions()
    raised = Share(sum(screen.check(text) is not None for text in own), len(own))
    told["own_questions"] = raised.as_dict()
    print(f"\nOwn careers questions, alarms (warranted ones too): {_per_thousand(raised)}")
    texts = [line.row["text"] for line in lines]
    joined = " ".join(texts)
    long = [joined[at : at + LONGEST] for at in range(0, len(joined) - LONGEST, LONGEST)]
    rows = []
    for name, some in (("judged lines", texts), (f"{LONGEST} characters", long)):
        spread = Spread.of(milliseconds(screen, some))
        told[f"ms, {name}"] = spread.__dict__
        rows.append((name, spread.count, spread.p50, spread.p95, spread.largest))
    print("\nTime a message, ms\n" + table(("", "texts", "p50", "p95", "most"), rows))
    save("safeguarding", told)


def _half(name: str, lines: list[Line]) -> dict[str, Any]:
    print(f"\n{name.capitalize()} half: {len(lines)} lines")
    told: dict[str, Any] = {"recall": recall(lines).as_dict()}
    rows: list[tuple[str, Any]] = [("recall, all", recall(lines))]
    for field in ("severity", "kind", "category"):
        for value in sorted({line.row[field] for line in lines if line.flagged}):
            share = recall(line for line in lines if line.row[field] == value)
            told[f"recall, {field} {value}"] = share.as_dict()
            rows.append((f"{field} {value}", share))
    for field in ("severity", "category", "third_party"):
        share = agreement(lines, field)
        told[f"agreement, {field}"] = share.as_dict()
        rows.append((f"of those heard, {field} as judged", share))
    print(table(("", "share  [95%]  count"), rows))
    for kind in ("benign", "near_miss"):
        share = alarms(lines, kind)
        told[f"alarms, {kind}"] = share.as_dict()
        print(f"  alarms, {kind}: {_per_thousand(share)}")
    return told


def _per_thousand(share: Share) -> str:
    told = share.as_dict()
    low, high = 1000 * told["low"], 1000 * told["high"]
    return f"{1000 * share.value:.1f} per 1,000 [{low:.1f}, {high:.1f}]  {share.hits}/{share.of}"


if __name__ == "__main__":
    main()
