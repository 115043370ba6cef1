"""Which unit groups a job phrase may mean, best first, and whether they fit equally well."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from lmi.occupations.index import Entry, JobIndex
from lmi.occupations.inflection import stem
from lmi.occupations.tables import BROAD, SUBJECT

MOST_CANDIDATES = 5
_OFFICIAL_SCORE, _INDEX_SCORE = 1.0, 0.9
_CORRECTED = 0.85
_EXTENDED = 0.7
_EQUAL = 0.85  # a second unit group from this share on fits as well as the first
_LEAST_SHARE = 0.2
# Last words that say little by themselves: "mammography tech" is near "mammography technician".
_FAMILIES = (
    ("technician", "tech", "technologist"),
    ("assistant", "aide", "helper"),
    ("specialist", "officer", "advisor", "consultant", "coordinator"),
    ("instructor", "coach", "trainer", "teacher"),
    ("engineer", "mechanic", "developer"),
    ("manager", "planner", "organiser"),
    ("worker", "operative", "labourer"),
)
_KIN = {
    word: tuple(other for other in family if other != word)
    for family in _FAMILIES
    for word in family
}
_KIN_WEIGHT = 0.7
# What the last word alone says beside titles that share more: "driver" is five kinds of work.
_BROAD_WEIGHT = 0.5

Shares = tuple[tuple[str, float], ...]


class Ranker:
    """Ranks unit groups for a phrase that the index has, or for one that it has only in part."""

    def __init__(self, index: JobIndex) -> None:
        """Take the index whose titles are the evidence."""
        self._index = index

    def of_entry(self, entry: Entry, corrected: bool = False) -> tuple[Shares, bool]:
        """Give (code, score) pairs of a known phrase, and whether several fit equally."""
        top = _OFFICIAL_SCORE if entry.official else _INDEX_SCORE
        if corrected:
            top *= _CORRECTED
        shares = tuple(
            (code, round(top * share, 3))
            for code, share in entry.shares[:MOST_CANDIDATES]
            if share >= _LEAST_SHARE
        )
        return shares, _is_ambiguous(entry, shares)

    @lru_cache(maxsize=4096)  # noqa: B019  (one ranker lives as long as the process)
    def of_extended(self, key: str, known_key: str) -> tuple[Shares, bool]:
        """Rank a phrase of which only the end is known ("underwater welder" by "welder").

        Titles that share the last word and at least one word before it speak first, by how much
        of the phrase they share; then the known end speaks.
        """
        words = key.split()
        head, before = words[-1], {stem(word) for word in words[:-1]}
        evidence: dict[str, float] = defaultdict(float)
        closest: dict[str, float] = defaultdict(float)
        for title, kin in self._titles_like(head):
            title_words = title.split()
            shared = before.intersection(map(stem, title_words[:-1]))
            if not shared:
                continue
            likeness = 2 * (len(shared) + 1) / (len(words) + len(title_words))
            entry = self._index.entry(title)
            if entry is None:
                continue
            for code, share in entry.shares:
                weight = kin * likeness**3 * share * (1.0 if entry.official else 0.6)
                evidence[code] += 0.15 * weight
                closest[code] = max(closest[code], weight)
        scores = {code: closest[code] + min(0.3, evidence[code]) for code in closest}
        known = self._index.entry(known_key)
        if known is not None:
            weight = 0.3 + len(known_key.split()) / len(words)
            if known.kind == BROAD and closest:
                weight *= _BROAD_WEIGHT
            for code, share in known.shares:
                scores[code] = scores.get(code, 0.0) + share * weight
        if not scores:
            return (), False
        ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))[:MOST_CANDIDATES]
        best = ranked[0][1]
        shares = tuple(
            (code, round(_EXTENDED * score / best, 3))
            for code, score in ranked
            if score >= _LEAST_SHARE * best
        )
        return shares, len(shares) > 1 and shares[1][1] >= _EQUAL * shares[0][1]

    @lru_cache(maxsize=4096)  # noqa: B019  (as above)
    def has_kind(self, word: str, head: str) -> bool:
        """Tell whether a listed job of this kind, or of its kin, has the word before it.

        Of "judo instructor" the lists know the "judo coach", of "quantum baker" nothing alike.
        """
        wanted = stem(word)
        return any(
            wanted in map(stem, title.split()[:-1])
            for title, _ in self._titles_like(head)
            if not self._index.is_misspelt(title)
        )

    def _titles_like(self, head: str) -> Iterator[tuple[str, float]]:
        """Give titles that end in a word, and in words that mean much the same, with a weight."""
        for kin in (head, *_KIN.get(head, ())):
            weight = 1.0 if kin == head else _KIN_WEIGHT
            for title in self._index.titles_with_head(kin):
                yield title, weight


def _is_ambiguous(entry: Entry, shares: Shares) -> bool:
    if len(shares) < 2:
        return False
    if entry.kind in (BROAD, SUBJECT):
        return shares[1][1] >= _EQUAL * shares[0][1]
    return entry.kind == "title" and shares[1][1] >= _EQUAL * shares[0][1]
