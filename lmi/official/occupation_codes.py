"""From a SOC 2010 code and a job title to SOC 2020 unit groups, likeliest first.

No official table maps one classification to the other. What is known of a title, strongest first:
it is a related title of a SOC 2020 unit group; the SOC 2010 code's unit group was carried over by
title or by votes; SOC 2020 related titles that the SOC 2010 index puts under the same code; and
how alike the title is to a unit group's related titles.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from lmi.official.errors import UnexpectedFile
from lmi.official.soc_workbook import SocStructure
from lmi.official.title_words import TitleLikeness, Words, is_qualified, natural_words

Scores = dict[str, float]

BY_TITLE, BY_VOTES, BY_HAND = "title", "votes", "corrected"
SURE = (2.0, 0.9, 0.6, 0.5, 0.4, 0.3)  # places of groups carried over by title or by hand
VOTED = (1.2, 0.5, 0.3)  # places in the votes of the source table
SHARED_TITLES = 1.0  # how much the related titles under the same 2010 code count
LIKENESS = 2.5  # how much likeness of the title itself counts
KEEP = 0.5  # candidates below this part of the likeliest one's score are dropped
MOST_CANDIDATES = 3


@dataclass(frozen=True)
class IndexTitle:
    """One line of the SOC 2010 coding index."""

    title: str
    soc2010: str
    qualified: bool


@dataclass(frozen=True)
class CarriedOver:
    """A SOC 2010 unit group with the SOC 2020 ones that took its place, likeliest first."""

    code: str
    title: str
    soc2020: tuple[str, ...]
    method: str


@dataclass(frozen=True)
class Corrections:
    """Hand corrections: by SOC 2010 code, by profile slug, by job title (case folded)."""

    soc2010: Mapping[str, tuple[str, ...]]
    profiles: Mapping[str, tuple[str, ...]]
    titles: Mapping[str, tuple[str, ...]]


def read_coding_index(path: Path) -> list[IndexTitle]:
    """Read the SOC 2010 coding index; the qualifiers themselves are not kept."""
    return [
        IndexTitle(
            row["job_title"].strip(),
            row["soc2010"],
            bool(row["industry_qualifier"].strip() or row["additional_qualifier"].strip()),
        )
        for row in _rows(path, ("soc2010", "job_title", "industry_qualifier"))
    ]


def read_carried_over(path: Path, corrections: Corrections) -> list[CarriedOver]:
    """Read the SOC 2010 to SOC 2020 table and put the hand corrections in."""
    found = []
    for row in _rows(path, ("soc2010", "title", "soc2020_candidates", "method")):
        code = row["soc2010"]
        soc2020 = tuple(part for part in row["soc2020_candidates"].split("|") if part)
        method = BY_TITLE if row["method"] == "title" else BY_VOTES
        if code in corrections.soc2010:
            soc2020, method = corrections.soc2010[code], BY_HAND
        found.append(CarriedOver(code, " ".join(row["title"].split()), soc2020, method))
    return sorted(found, key=lambda group: group.code)


def read_corrections(path: Path, unit_groups: Iterable[str]) -> Corrections:
    """Read the authored corrections; every code in them must be a SOC 2020 unit group."""
    known = set(unit_groups)
    tables: dict[str, dict[str, tuple[str, ...]]] = {"soc2010": {}, "profile": {}, "title": {}}
    for row in _rows(path, ("kind", "key", "soc2020", "reason")):
        codes = tuple(row["soc2020"].split())
        if row["kind"] not in tables or not codes or not known.issuperset(codes):
            raise UnexpectedFile(
                f"{path.name}: the line {row['kind']},{row['key']} names an unknown kind or code."
            )
        tables[row["kind"]][row["key"].casefold()] = codes
    return Corrections(tables["soc2010"], tables["profile"], tables["title"])


class OccupationCodes:
    """Ranks SOC 2020 unit groups for a title, given its SOC 2010 code."""

    def __init__(
        self, soc: SocStructure, carried_over: Iterable[CarriedOver], index: Iterable[IndexTitle]
    ) -> None:
        self._carried_over = {group.code: group for group in carried_over}
        self._titles_of: dict[str, list[Words]] = defaultdict(list)
        self._plain: dict[Words, list[str]] = defaultdict(list)
        self._qualified: dict[Words, list[str]] = defaultdict(list)
        for title, code in soc.related_titles:
            words = natural_words(title)
            self._titles_of[code].append(words)
            exact = self._qualified if is_qualified(title) else self._plain
            if code not in exact[words]:
                exact[words].append(code)
        for code, title in soc.unit_groups.items():
            self._titles_of[code].append(natural_words(title))
        self._likeness = TitleLikeness(
            words for titles in self._titles_of.values() for words in titles
        )
        self._shared = self._shared_titles(index)
        self._remembered: dict[tuple[Words, str], Scores] = {}

    def related(self, words: Words) -> tuple[str, ...]:
        """Return the unit groups that have this very title among their related titles.

        A title without a qualifier counts before the same title with one.
        """
        return tuple(self._plain.get(words) or self._qualified.get(words) or ())

    def scores(self, words: Words, soc2010: str) -> Scores:
        """Return how well each possible unit group fits, from the SOC 2010 code and the words."""
        key = (words, soc2010)
        if key not in self._remembered:
            scores = dict(self._prior(soc2010))
            for code in scores:
                scores[code] += LIKENESS * self._nearest(words, code)
            self._remembered[key] = scores
        return self._remembered[key]

    def candidates(self, title: str, soc2010: str) -> tuple[str, ...]:
        """Return the unit groups for a job title, likeliest first, at most three."""
        words = natural_words(title)
        scores = self.scores(words, soc2010)
        named = {*self._plain.get(words, ()), *self._qualified.get(words, ())}
        possible = named & set(scores)
        if possible:
            return likeliest({code: scores[code] for code in possible})
        return self.related(words) or likeliest(scores)

    def _prior(self, soc2010: str) -> Scores:
        scores: Scores = defaultdict(float)
        carried = self._carried_over.get(soc2010)
        if carried is not None:
            places = VOTED if carried.method == BY_VOTES else SURE
            for code, place in zip(carried.soc2020, places, strict=False):
                scores[code] += place
        shared = self._shared.get(soc2010, {})
        total = sum(shared[code] for code in sorted(shared))
        for code in sorted(shared):
            scores[code] += SHARED_TITLES * shared[code] / total
        return scores

    def _shared_titles(self, index: Iterable[IndexTitle]) -> dict[str, Scores]:
        codes_2010: dict[Words, set[str]] = defaultdict(set)
        for line in index:
            codes_2010[natural_words(line.title)].add(line.soc2010)
        shared: dict[str, Scores] = defaultdict(lambda: defaultdict(float))
        for words, unit_groups in self._plain.items():
            for soc2010 in sorted(codes_2010.get(words, ())):
                for code in unit_groups:
                    shared[soc2010][code] += 1 / (len(codes_2010[words]) * len(unit_groups))
        return shared

    def _nearest(self, words: Words, code: str) -> float:
        return max((self._likeness(words, other) for other in self._titles_of[code]), default=0.0)


def likeliest(scores: Scores) -> tuple[str, ...]:
    """Return the codes near the highest score, highest first, at most three."""
    ranked = sorted(scores, key=lambda code: (-scores[code], code))
    return tuple(code for code in ranked if scores[code] >= KEEP * scores[ranked[0]])[
        :MOST_CANDIDATES
    ]


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise UnexpectedFile(f"{path.name} has no column {', '.join(missing)}.")
        return list(reader)
