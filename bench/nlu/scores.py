"""From questions and what was understood of them to figures."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from bench.measures import Matches, Share, Spread, macro_f1
from bench.nlu import job_words
from bench.nlu.mapping import REFUSED, Mapping
from bench.nlu.questions import Question
from bench.nlu.understanding import Understood

THRESHOLDS = tuple(n / 20 for n in range(20))
"""The fallback thresholds that are tried: 0.00, 0.05 … 0.95."""
AIM_IN_SCOPE = 0.92
AIM_CAUGHT = 0.85


@dataclass(frozen=True)
class AtThreshold:
    """What a fallback threshold would give."""

    threshold: float
    in_scope: Share
    caught: Share

    @property
    def balance(self) -> float:
        """The mean of in-scope accuracy and out-of-scope caught: what a threshold trades."""
        return (self.in_scope.value + self.caught.value) / 2

    @property
    def shortfall(self) -> float:
        """By how much the two aims together are missed; 0 when both are reached."""
        return max(AIM_IN_SCOPE - self.in_scope.value, 0) + max(AIM_CAUGHT - self.caught.value, 0)


@dataclass(frozen=True)
class Asked:
    """A question with what was understood of it, judged."""

    question: Question
    understood: Understood
    right: frozenset[str]

    @property
    def is_right(self) -> bool:
        """Whether the intent counts as right."""
        return self.understood.intent in self.right


def judge(
    questions: Sequence[Question], understood: Sequence[Understood], mapping: Mapping
) -> list[Asked]:
    """Put each question beside what was understood of it."""
    return [
        Asked(question, told, mapping.acceptable(question.label, question.also))
        for question, told in zip(questions, understood, strict=True)
    ]


def recall_by_label(asked: Sequence[Asked]) -> dict[str, Share]:
    """Return, for each label in the order of its frequency, the share that was understood."""
    count = Counter(a.question.label for a in asked)
    right = Counter(a.question.label for a in asked if a.is_right)
    return {label: Share(right[label], of) for label, of in count.most_common()}


def in_scope_accuracy(asked: Sequence[Asked]) -> Share:
    """Return the share of questions with an answer that get it; being refused is wrong."""
    ours = [a for a in asked if a.question.in_scope]
    return Share(sum(a.is_right for a in ours), len(ours))


def f1_over_labels(asked: Sequence[Asked], mapping: Mapping) -> float:
    """Return the mean F1 over labels; an acceptable alternative counts as the label itself."""
    return macro_f1(
        (
            a.question.label,
            a.question.label if a.is_right else mapping.label_of(a.understood.intent),
        )
        for a in asked
    )


def false_accepts(asked: Sequence[Asked]) -> dict[str, Share]:
    """Return, by kind and for all, the share of out-of-scope questions that got an answer."""
    kinds: dict[str, list[bool]] = defaultdict(list)
    for a in asked:
        if not a.question.in_scope:
            accepted = a.understood.intent not in REFUSED
            kinds[a.question.kind or "other"].append(accepted)
            kinds["all"].append(accepted)
    return {
        kind: Share(sum(accepted), len(accepted))
        for kind, accepted in sorted(kinds.items(), key=lambda item: (item[0] == "all", item[0]))
    }


def job_spans(asked: Sequence[Asked]) -> tuple[Matches, Matches]:
    """Return how well job words were found, as wholes and by overlap, where they are marked."""
    exact = overlap = Matches(0, 0, 0)
    for a in asked:
        if a.question.jobs is None or not a.question.in_scope:
            continue
        told = [text for text, _ in a.understood.jobs]
        exact += job_words.exact(a.question.jobs, told)
        overlap += job_words.overlapping(a.question.jobs, told)
    return exact, overlap


def unit_groups(asked: Sequence[Asked], right: dict[str, frozenset[str]]) -> dict[int, Share]:
    """Return, for the first and the first three candidates, the share with a right unit group."""
    known = [a for a in asked if a.question.id in right]
    return {
        first: Share(
            sum(
                job_words.found_within(
                    right[a.question.id], [codes for _, codes in a.understood.jobs], first
                )
                for a in known
            ),
            len(known),
        )
        for first in (1, 3)
    }


def sweep(asked: Sequence[Asked]) -> list[AtThreshold]:
    """Return what each threshold would give: below it, a question counts as refused.

    Read off the ranking, so that nothing is trained or asked again.
    """
    rows = []
    for threshold in THRESHOLDS:
        scope, caught = [], []
        for a in asked:
            intent, confidence = a.understood.ranking[0] if a.understood.ranking else (None, 0.0)
            if confidence < threshold:
                intent = "nlu_fallback"
            if a.question.in_scope:
                scope.append(intent in a.right)
            else:
                caught.append(intent in REFUSED)
        rows.append(
            AtThreshold(threshold, Share(sum(scope), len(scope)), Share(sum(caught), len(caught)))
        )
    return rows


def chosen(rows: Sequence[AtThreshold]) -> float:
    """Return the threshold that comes closest to both aims; of equals, the better balanced."""
    return min(rows, key=lambda row: (row.shortfall, -row.balance, row.threshold)).threshold


def confusions(asked: Sequence[Asked]) -> list[dict[str, Any]]:
    """Return what went wrong, one entry a question: its id, label, and intents; never its text."""
    return [
        {
            "id": a.question.id,
            "label": a.question.label,
            "told": a.understood.intent,
            "confidence": round(a.understood.ranking[0][1], 3) if a.understood.ranking else None,
            "kind": a.question.kind,
        }
        for a in asked
        if not a.is_right
    ]


def parse_times(asked: Sequence[Asked]) -> Spread:
    """Return how long parsing took, in milliseconds, HTTP on the loopback included."""
    return Spread.of([a.understood.seconds * 1000 for a in asked])
