"""How two job titles are compared: their words in natural order, and how alike they are."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from math import log

Words = tuple[str, ...]

_BRACKETS = re.compile(r"\([^)]*\)?")
_NOT_WORD = re.compile(r"[^a-z0-9&+#]+")


def natural_words(title: str) -> Words:
    """Return the words of a title in natural order, without what stands in brackets.

    The SOC indexes print titles inverted: "Nurse, dental" gives ("dental", "nurse").
    """
    text = _BRACKETS.sub(" ", title.casefold().replace("’", "'").replace("'s", "s"))
    parts = text.split(",")
    joined = " ".join(reversed(parts))
    return tuple(_singular(word) for word in _NOT_WORD.split(joined) if word)


def is_qualified(title: str) -> bool:
    """Say whether a title holds only for a certain industry or grade, given in brackets."""
    return "(" in title


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith(("ss", "us", "is")):
        return word[:-1]
    return word


class TitleLikeness:
    """Likeness of titles from 0 to 1: shared words count by how rare they are."""

    def __init__(self, titles: Iterable[Words]) -> None:
        listed = list(titles)
        counts = Counter(word for words in listed for word in set(words))
        self._weights = {word: log(1 + len(listed) / count) for word, count in counts.items()}
        self._unknown = log(1 + len(listed))

    def __call__(self, one: Words, other: Words) -> float:
        """Return the weight of the shared words over the weight of all words of both."""
        first, second = set(one), set(other)
        every = self._sum(first | second)
        return self._sum(first & second) / every if every else 0.0

    def _sum(self, words: set[str]) -> float:
        # sorted: a sum of floats depends on its order, and tables must come out byte for byte
        return sum(self._weights.get(word, self._unknown) for word in sorted(words))
