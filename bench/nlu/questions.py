"""The questions that understanding is measured on, in either of two file formats."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

from bot.settings import PROJECT

HELD_OUT = PROJECT / "bench" / "nlu" / "held_out.csv"
REAL = PROJECT.parent / "shared" / "data" / "real-questions" / "dev.csv"
UNIT_GROUPS = PROJECT / "bench" / "occupations" / "dev_unit_groups.csv"

OUT_OF_SCOPE = "out_of_scope"
ABOUT_A_JOB = frozenset(
    {"pay", "how_to_become", "entry_requirements", "job_outlook", "job_description"}
)
"""The labels of the real questions whose job words are marked; elsewhere "none" is not a fact."""


@dataclass(frozen=True)
class Question:
    """One question and what is right for it.

    `label` is a label of intents.yml or one of our intents; `jobs` the words that name a job, as
    written, None where the file does not say; `kind` how a question is out of scope, or "".
    """

    id: str
    text: str
    label: str
    also: tuple[str, ...] = ()
    jobs: tuple[str, ...] | None = None
    kind: str = ""

    @property
    def in_scope(self) -> bool:
        """Whether it has an answer."""
        return self.label != OUT_OF_SCOPE


class WrongFile(ValueError):
    """A file of questions has neither of the two formats; the sentence says what was expected."""


def read(path: Path) -> list[Question]:
    """Read questions from a file of either format.

    Real questions have the columns id, text, gold_intent, also_acceptable, job_title_surface,
    oos_kind; our own have text, intent, jobs. Several values are separated by "|".
    """
    with path.open(encoding="utf-8-sig", newline="") as stream:
        reader = csv.DictReader(stream)
        columns = set(reader.fieldnames or [])
        rows = list(reader)
    if {"id", "text", "gold_intent"} <= columns:
        return [_real(row) for row in rows]
    if {"text", "intent", "jobs"} <= columns:
        return [_ours(number, row) for number, row in enumerate(rows, start=2)]
    raise WrongFile(
        f"{path.name} has the columns {', '.join(sorted(columns))}; "
        "expected id, text, gold_intent or text, intent, jobs."
    )


def labelled_with_our_intents(questions: list[Question], labels: set[str]) -> bool:
    """Tell whether the labels are our intents rather than those of the real questions."""
    return not {question.label for question in questions} <= labels


def read_unit_groups(path: Path) -> dict[str, frozenset[str]]:
    """Return, by question id, the SOC 2020 codes that are right (columns id, soc2020)."""
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["id"]: frozenset(row["soc2020"].split()) for row in csv.DictReader(stream)}


def _real(row: dict[str, str]) -> Question:
    label = row["gold_intent"]
    return Question(
        row["id"],
        row["text"],
        label,
        _split(row.get("also_acceptable")),
        _split(row.get("job_title_surface")) if label in ABOUT_A_JOB else None,
        (row.get("oos_kind") or "").strip(),
    )


def _ours(number: int, row: dict[str, str]) -> Question:
    kind = "held out" if row["intent"] == OUT_OF_SCOPE else ""
    return Question(f"line {number}", row["text"], row["intent"], (), _split(row["jobs"]), kind)


def _split(value: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (value or "").split("|") if part.strip())
