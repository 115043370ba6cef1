"""Writes small content folders for tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from knowledge.answers import Answers
from knowledge.facts import Facts
from knowledge.wording import Wording

FACT = {
    "id": "wage",
    "statement": "The lowest pay",
    "value": 7.55,
    "unit": "£ an hour",
    "valid_from": "2025-04-01",
    "valid_to": "2026-03-31",
    "publisher": "GOV.UK",
    "page": "Rates",
    "link": "https://www.gov.uk/rates",
    "checked_on": "2026-01-10",
    "review_by": "2026-12-01",
    "status": "confirmed",
}
ANSWER = {
    "title": "Pay",
    "audiences": ["years 10-11"],
    "examples": ["what is the pay"],
    "sources": [{"publisher": "GOV.UK", "link": "https://www.gov.uk/pay"}],
}
BUTTONS = {"buttons.more": "Tell me more", "offers.talk_to_adviser": "Talk to an adviser",
           "answers.check": "Check this: {pages}."}  # fmt: skip


def fact(**changes: Any) -> dict[str, Any]:
    """A good fact with some keys changed; None leaves a key out."""
    return {key: value for key, value in {**FACT, **changes}.items() if value is not None}


def facts_text(*facts: dict[str, Any]) -> str:
    """Facts as they stand in a file: days without quotes, one entry after another."""
    lines = []
    for one in facts:
        for number, (key, value) in enumerate(one.items()):
            lines.append(f"{'- ' if number == 0 else '  '}{key}: {value}")
    return "\n".join(lines) + "\n"


def facts_in(folder: Path, *facts: dict[str, Any], name: str = "wages.yml") -> Path:
    """Write a file of facts; return the folder that `Facts.load` takes."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(facts_text(*facts), encoding="utf-8")
    return folder


def answer_in(
    folder: Path, name: str, text: str = "It depends.", topic: str = "pay", **changes: Any
) -> Path:
    """Write one answer below `folder`; None leaves a key of its head out."""
    head = {key: value for key, value in {**ANSWER, **changes}.items() if value is not None}
    path = folder / topic / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"---\n{yaml.safe_dump(head)}---\n{text}\n", encoding="utf-8")
    return path


def content_in(folder: Path) -> Answers:
    """Load what was written to `folder`/answers and `folder`/facts."""
    (folder / "facts").mkdir(parents=True, exist_ok=True)
    return Answers.load(folder / "answers", Facts.load(folder / "facts"), Wording(BUTTONS))
