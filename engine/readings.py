"""How a clause is to be read: as it stands, with what leads up to it, or with what it leaves out.

"And how much do you get paid" behind "how do apprenticeships work" asks about apprenticeships, and
behind "what does a vet do" about vets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from engine.clauses import QUESTION, Clause, words
from engine.features import inside

JobWords = list[dict[str, Any]]

_ARTICLE = re.compile(r"\b(?:an?|the|my|our)\s*$", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """A text that a clause may stand for, with the job words in it (offsets into the text).

    `is_completed` tells that something was put in that another clause names, `of_job` that it is a
    job.
    """

    text: str
    job_words: JobWords
    is_completed: bool = False
    of_job: bool = False


@dataclass(frozen=True)
class _Named:
    start: int
    text: str
    job: dict[str, Any] | None


def readings(
    clause: Clause, text: str, job_words: JobWords, is_divided: bool = False
) -> list[Reading]:
    """Return the readings of a clause of `text`, the clause as it stands first.

    `is_divided` tells that a fragment at its end is a question of its own.
    """
    told = clause.core if is_divided else clause.text
    own = inside(job_words, clause.start, told)
    found = [Reading(told, own)]
    if clause.lead_up:
        start = text.index(clause.lead_up)
        whole = text[start : clause.start + len(told)]
        found.append(Reading(whole, inside(job_words, start, whole)))
    if not own:
        named = _named_elsewhere(clause, text, job_words)
        says_it = words("stands_for").search(told)
        if named and (named.job or says_it or not words("named").search(told)):
            found.append(_with(named, told))
    return found


def of_another(clause: Clause, before: Sequence[Clause]) -> list[Reading]:
    """Return how a fragment reads that names another thing to ask the same of.

    "And t levels" behind "what are a levels", "and find a job" behind "how do i write a cv". What
    one question weighs or needs together is not divided: "the difference between …".
    """
    question = next((c for c in reversed(before) if c.kind == QUESTION), None)
    own = words("named").search(clause.text)
    if question is None or own is None or words("weighed").search(question.text):
        return []
    found = []
    first = words("named").search(question.core)
    ends_so = first and not question.core[first.end() :].strip()
    if first and ends_so and len(clause.text[: own.start()].split()) <= 1:
        asks = _ARTICLE.sub("", question.core[: first.start()])
        found.append(Reading(f"{asks.rstrip()} {clause.text}", []))
    how = words("asks_how").match(question.core)
    if how and first and own[0].casefold() != first[0].casefold():
        found.append(Reading(f"{how[0]} {clause.text}", []))
    return found


def _named_elsewhere(clause: Clause, text: str, job_words: JobWords) -> _Named | None:
    """Return what was named last before a clause; before the first, what is named next."""
    named = [_Named(w["start"], text[w["start"] : w["end"]], w) for w in job_words]
    named += [
        _Named(found.start(), found[0], None)
        for found in words("named").finditer(text)
        if not any(w["start"] < found.end() and found.start() < w["end"] for w in job_words)
    ]
    before = [n for n in named if n.start < clause.start]
    if before:
        return max(before, key=lambda n: n.start)
    end = clause.start + len(clause.text)
    behind = [n for n in named if n.start >= end and not n.job and not clause.lead_up]
    return min(behind, key=lambda n: n.start) if behind else None


def _with(named: _Named, clause: str) -> Reading:
    """Put what was named where a clause says "it", else behind it."""
    stands = words("stands_for").search(clause)
    at = stands.start() if stands else len(clause) + 1
    rest = clause[stands.end() :] if stands else ""
    text = (clause[:at] if stands else f"{clause} ") + named.text + rest
    if named.job is None:
        return Reading(text, [], is_completed=True)
    job = {**named.job, "start": at, "end": at + len(named.text)}
    return Reading(text, [job], is_completed=True, of_job=True)
