"""Whether the right words were taken for a job, and led to the right unit group."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from bench.measures import Matches

_ARTICLES = {"a", "an", "the"}


def bare(words: str) -> str:
    """Return words as they are compared: lower case, no punctuation, no article before them."""
    parts = re.sub(r"[^\w\s]", " ", words.lower().replace("'", "").replace("’", "")).split()
    while parts and parts[0] in _ARTICLES:
        parts = parts[1:]
    return " ".join(parts)


def exact(gold: Sequence[str], told: Sequence[str]) -> Matches:
    """Compare the spans of one question as wholes; a span said twice counts twice."""
    wanted, found = Counter(map(bare, gold)), Counter(map(bare, told))
    right = (wanted & found).total()
    return Matches(right, found.total() - right, wanted.total() - right)


def overlapping(gold: Sequence[str], told: Sequence[str]) -> Matches:
    """Compare the spans of one question, where a word in common is enough.

    Each span is paired with at most one other, those with most words in common first.
    """
    wanted = [set(bare(words).split()) for words in gold]
    found = [set(bare(words).split()) for words in told]
    pairs = sorted(
        ((len(w & f), i, j) for i, w in enumerate(wanted) for j, f in enumerate(found) if w & f),
        key=lambda pair: (-pair[0], pair[1], pair[2]),
    )
    taken_wanted: set[int] = set()
    taken_found: set[int] = set()
    for _, i, j in pairs:
        if i not in taken_wanted and j not in taken_found:
            taken_wanted.add(i)
            taken_found.add(j)
    right = len(taken_wanted)
    return Matches(right, len(found) - right, len(wanted) - right)


def found_within(gold: frozenset[str], spans: Sequence[Sequence[str]], first: int) -> bool:
    """Tell whether any span has one of the `gold` codes among its `first` candidates."""
    return any(gold & set(codes[:first]) for codes in spans)
