"""The words of careers talk, and how many words of a message are foreign to it.

"What does a solicitor do" and "what does a transistor do" mean much the same to a sentence
embedding. What tells them apart is a word that nobody uses when they ask about jobs.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

from rapidfuzz import fuzz, process

SEEN_IN = 2
"""A word belongs to careers talk when at least so many examples of it use the word."""
SHORTEST_JUDGED = 3
SHORTEST_MISSPELT = 5
LIKENESS = 84
"""Likeness (0-100) from which a word counts as a misspelling of one that belongs."""
MOST_COUNTED = 3
REMEMBERED = 20_000

JobWords = list[dict[str, Any]]


class CareersWords:
    """The words that people use when they ask about jobs, courses and choices."""

    def __init__(self, words: Iterable[str]) -> None:
        """Take the words; `from_examples` finds them in training data."""
        self.words = frozenset(words)
        self._long = sorted(word for word in self.words if len(word) >= SHORTEST_MISSPELT)
        self._judged: dict[str, bool] = {}

    @classmethod
    def from_examples(cls, examples: Iterable[tuple[str, JobWords]]) -> CareersWords:
        """Collect the words of in-scope examples, each a text with the job words found in it."""
        seen: Counter[str] = Counter()
        for text, job_words in examples:
            seen.update(set(words_of(text, job_words)))
        return cls(word for word, times in seen.items() if times >= SEEN_IN)

    def belongs(self, word: str) -> bool:
        """Tell whether a lower-case word is one of careers talk, or a misspelling of one."""
        if len(word) < SHORTEST_JUDGED or word in self.words:
            return True
        if word not in self._judged:
            if len(self._judged) > REMEMBERED:
                self._judged.clear()
            self._judged[word] = len(word) >= SHORTEST_MISSPELT and bool(
                process.extractOne(word, self._long, scorer=fuzz.ratio, score_cutoff=LIKENESS)
            )
        return self._judged[word]

    def numbers(self, text: str, job_words: JobWords) -> tuple[float, float]:
        """Return how many words are foreign (0 to 3), and 1 where some are and no job is named."""
        foreign = sum(not self.belongs(word) for word in words_of(text, job_words))
        return float(min(foreign, MOST_COUNTED)), float(foreign > 0 and not job_words)


def words_of(text: str, job_words: JobWords) -> list[str]:
    """Return the lower-case words of a text without its job words."""
    for word in sorted(job_words, key=lambda w: w["start"], reverse=True):
        text = f"{text[: word['start']]} {text[word['end'] :]}"
    return re.findall(r"[a-z]+", text.lower().replace("'", "").replace("’", ""))
