"""Misspelt job words: the nearest known word, or none.

A wrong correction is worse than none: it would make a job of an ordinary word. So only words of
five letters and more are tried, the first sound has to agree, the allowed distance grows slowly
with length, and a list of ordinary words near a job word (`job_word_rules.csv`) is never touched.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

_SHORTEST = 5
_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?:tion|sion|ssion|cian|tian|cion|shun)"), "shan"),
    (re.compile(r"ck|q|c(?![eiyh])|ch(?=[rlo])"), "k"),
    (re.compile(r"c"), "s"),
    (re.compile(r"z"), "s"),
    (re.compile(r"^(?:ps|sy)"), "s"),
    (re.compile(r"^(?:kn|gn)"), "n"),
    (re.compile(r"y"), "i"),
    (re.compile(r"(?:er|or|ar|re|our|ur)(?=\b|s\b)"), "er"),
    (re.compile(r"ae|ea|ee|ei|ie|oe"), "e"),
    (re.compile(r"(.)\1+"), r"\1"),
)


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """Give a rough spelling of how a word sounds ("phisio" and "physio" agree)."""
    for pattern, written in _SOUNDS:
        word = pattern.sub(written, word)
    return word


# Endings of verbs, adjectives and abstract nouns: such a word is no misspelt job, unless the job
# ends alike ("electrition" and "electrician" do, to the ear).
_NOT_A_JOB = re.compile(
    r"(?:ed|ing|tions?|sions?|ly|ism|ments?|ness|ity|ive|al|ic|ous|able|ates?|i[sz]es?|ship|ance"
    r"|ence|ful|less|ies|phy|logy)$"
)
_LIKE_TION = ("cian", "tian", "sian")


def _allowed(length: int, same_sound: bool, in_slot: bool) -> int:
    """Give how many letters may be wrong in a word of this length."""
    steps = (7,) if in_slot else (8, 10)
    least = 1 if in_slot else 0
    allowed = least + sum(length >= step for step in steps)
    return allowed + 1 if same_sound else allowed


class Speller:
    """Corrects one word against a set of well-known job words."""

    def __init__(self, job_words: Iterable[str], ordinary: frozenset[str]) -> None:
        """Take the words to correct to, and ordinary words never to correct."""
        self._ordinary = ordinary
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for word in sorted(set(job_words)):
            if len(word) >= _SHORTEST and word.isalpha():
                self._by_start[sound(word)[0]].append(word)

    @lru_cache(maxsize=16384)  # noqa: B019  (one speller lives as long as the process)
    def correct(self, word: str, in_slot: bool) -> str | None:
        """Give the known word that `word` (lower case) misspells, or None.

        `in_slot` tells that the word stands where a job is asked for; more is forgiven there.
        """
        if len(word) < _SHORTEST or not word.isalpha() or word in self._ordinary:
            return None
        heard = sound(word)
        ending = _NOT_A_JOB.search(word)
        best: tuple[float, str] | None = None
        for known in self._by_start.get(heard[0], ()):
            if abs(len(known) - len(word)) > 3 or known.startswith(word) or word.startswith(known):
                continue  # "interview" is no misspelt "interviewer"
            if ending and not known.endswith(ending.group()):
                as_tion = ending.group() in ("tion", "tions", "sion") and known.endswith(_LIKE_TION)
                if not as_tion:
                    continue
            known_sound = sound(known)
            length = min(len(word), len(known))
            allowed = _allowed(length, heard == known_sound, in_slot)
            typed = OSA.distance(word, known, score_cutoff=allowed)
            if typed > allowed:
                continue
            cost = typed + OSA.distance(heard, known_sound)
            if best is None or (cost, known) < best:
                best = (cost, known)
        return best[1] if best else None
