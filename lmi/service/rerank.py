"""Ranking what soc/search found by titles: the service matches task texts too, so that a search
for "library" brings cleaners.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from lmi.service.plain_text import right_way_round
from lmi.service.results import SocEntry, SocMatch

_WORD = re.compile(r"[a-z0-9]+")
# Words of at least this many letters that begin alike are kin: "library", "librarians".
_STEM = 5


def by_titles(query: str, entries: tuple[SocEntry, ...]) -> tuple[SocMatch, ...]:
    """Every entry with its score, highest first; equal scores keep the service's order."""
    matches = [SocMatch(entry, score(query, entry)) for entry in entries]
    return tuple(sorted(matches, key=lambda match: -match.score))


def score(query: str, entry: SocEntry) -> float:
    """How well the entry's own title or one of its job titles fits the query: 0..1.

    1 is a title that says just what was asked. Then come, in this order: the asked words in the
    group's own title, in one of its many job titles, words that are only kin to them, and words
    in brackets, which say where a job is and not what it is ("Manager, service (library)").
    """
    asked = _words(query)
    if not asked:
        return 0.0
    own = _words(entry.title)
    jobs = [_words(right_way_round(title)) for title in entry.job_titles]
    best = max(
        _tier(0.7, 0.3, _fit(asked, own, _same)),
        _tier(0.3, 0.3, _fit(asked, own, _kin)),
        *(_tier(0.4, 0.25, _fit(asked, job, _same)) for job in jobs),
        *(_tier(0.2, 0.2, _fit(asked, job, _kin)) for job in jobs),
        *(0.1 for title in entry.job_titles if _fit(asked, _words(title), _same)),
    )
    return 1.0 if any(sorted(asked) == sorted(title) for title in (own, *jobs)) else round(best, 4)


def _tier(base: float, span: float, fit: float) -> float:
    return base + span * fit if fit else 0.0


def _fit(asked: list[str], title: list[str], alike: Callable[[str, str], bool]) -> float:
    """0 unless every asked word is in the title; else how much of the title was asked for."""
    if not title or not all(any(alike(word, other) for other in title) for word in asked):
        return 0.0
    return min(1.0, len(asked) / len(title))


def _same(word: str, other: str) -> bool:
    return word == other


def _kin(word: str, other: str) -> bool:
    return min(len(word), len(other)) >= _STEM and word[:_STEM] == other[:_STEM]


def _words(text: str) -> list[str]:
    return [_singular(word) for word in _WORD.findall(text.casefold().replace("'s", ""))]


def _singular(word: str) -> str:
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word
