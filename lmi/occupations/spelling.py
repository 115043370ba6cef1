"""Misspelt job words: the nearest known word, or none.

A wrong correction is worse than none: it would make a job of an ordinary word. So only words of
five letters and more are tried, the first sound has to agree (or be a vowel left out), the
allowed distance grows slowly with length and is wider for words that sound alike, and a list of
ordinary words near a job word (`job_word_rules.csv`) is never touched. Where two known words are
as near, the job that more people do is meant.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import lru_cache

from rapidfuzz.distance import OSA

_SHORTEST = 5
_SOUNDS = (
    (re.compile(r"ph"), "f"),
    (re.compile(r"(?:tion|sion|ssion|cian|tian|cion|shun)"), "shan"),
    (re.compile(r"mb(?=er|or|ing|s?$)"), "m"),
    (re.compile(r"ck|q|c(?![eiyh])|ch(?=[rlo])"), "k"),
    (re.compile(r"c"), "s"),
    (re.compile(r"z"), "s"),
    (re.compile(r"^(?:ps|sy)"), "s"),
    (re.compile(r"^(?:kn|gn)"), "n"),
    (re.compile(r"y"), "i"),
    (re.compile(r"(?:er|or|ar|re|our|ur)(?=\b|s\b)"), "er"),
    (re.compile(r"ae|ea|ee|ei|ie|oe"), "e"),
    (re.compile(r"(?<=[^aeiou])e$"), ""),
    (re.compile(r"(.)\1+"), r"\1"),
)
_VOWEL_AFTER_FIRST = re.compile(r"(?<=.)[aeiouh]+")


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """Give a rough spelling of how a word sounds ("phisio" and "physio" agree)."""
    for pattern, written in _SOUNDS:
        word = pattern.sub(written, word)
    return word


@lru_cache(maxsize=16384)
def skeleton(word: str) -> str:
    """Give the first letter and the consonants of how a word sounds ("plomer", "plumber")."""
    return _VOWEL_AFTER_FIRST.sub("", sound(word))


# Endings of verbs, adjectives and abstract nouns: such a word is no misspelt job, unless the job
# ends alike ("electrition" and "electrician" do, to the ear).
_NOT_A_JOB = re.compile(
    r"(?:ed|ing|tions?|sions?|ly|ism|ments?|ness|ity|ive|al|ic|ous|able|ates?|i[sz]es?|ship|ance"
    r"|ence|ful|less|ies|phy|logy)$"
)
_LIKE_TION = ("cian", "tian", "sian")


_MOST_FOR_RARITY = 0.9  # what the rarest job costs more than the commonest, in letters
_MOST_JOBS = 1_500_000


def _allowed(word: str, known: str, in_slot: bool) -> int:
    """Give how many letters of `word` may be wrong for it to be `known`."""
    length = min(len(word), len(known))
    steps = (7,) if in_slot else (8, 10)
    least = 1 if in_slot else 0
    allowed = least + sum(length >= step for step in steps)
    if sound(word) == sound(known):
        return allowed + 1 + (length >= 7) + (length >= 10)
    if in_slot and length >= 6 and skeleton(word) == skeleton(known):
        return max(allowed, 2 + (length >= 8))
    return allowed


def _last_letter_lost(word: str, known: str) -> bool:
    # "write" and "account" are words of their own, "dentis" and "technicia" are none.
    return len(word) >= 6 and len(known) == len(word) + 1 and known[-1] in "tcne"


def one_letter_off(word: str, knowns: Iterable[str]) -> str | None:
    """Give the only known word that differs from `word` by a letter, or None."""
    near = [
        known
        for known in knowns
        if len(known) >= _SHORTEST and OSA.distance(word, known, score_cutoff=1) == 1
    ]
    return near[0] if len(near) == 1 else None


class Speller:
    """Corrects one word against a set of well-known job words."""

    def __init__(
        self,
        job_words: Iterable[str],
        ordinary: frozenset[str],
        jobs: Callable[[str], int] = lambda word: 0,
    ) -> None:
        """Take the words to correct to, ordinary words never to correct, and how many do a job."""
        self._ordinary = ordinary
        self._jobs = jobs
        self._by_start: dict[str, list[str]] = defaultdict(list)
        for word in sorted(set(job_words)):
            if len(word) >= _SHORTEST and word.isalpha():
                heard = sound(word)
                self._by_start[heard[0]].append(word)
                if heard[0] in "aeiou" and len(word) > _SHORTEST:
                    self._by_start[heard[1]].append(word)

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
            if abs(len(known) - len(word)) > 3:
                continue
            if known.startswith(word) and not _last_letter_lost(word, known):
                continue  # "interview" is no misspelt "interviewer", but "accountan" is one
            if word.startswith(known) and sound(known) != heard:
                continue  # nor "doctorate" a "doctor", but "paramedick" is a "paramedic"
            if sound(known)[0] != heard[0] and known[1:] != word and sound(known)[1:] != heard:
                continue  # a vowel left out at the start and nothing else: "lectrician"
            if ending and not known.endswith(ending.group()):
                as_tion = ending.group() in ("tion", "tions", "sion") and known.endswith(_LIKE_TION)
                if not as_tion:
                    continue
            allowed = _allowed(word, known, in_slot)
            if known.endswith(word):
                allowed = max(allowed, 1)
            typed = OSA.distance(word, known, score_cutoff=allowed)
            if typed > allowed:
                continue
            cost = typed + OSA.distance(heard, sound(known)) + self._rarity(known)
            if best is None or (cost, known) < best:
                best = (cost, known)
        return best[1] if best else None

    def _rarity(self, known: str) -> float:
        """Give what a rare job costs more than a common one; a word of no known job is rarest."""
        jobs = self._jobs(known)
        return _MOST_FOR_RARITY * (1 - math.log1p(jobs) / math.log1p(_MOST_JOBS))
