"""What the index is built from: the official titles and the project's own word lists.

- `lmi/tables/job_titles.csv`: official titles (columns title, soc2020 codes best first, origin,
  weight = share of the evidence that points to the first code). Written by `lmi rebuild`.
- `lmi/tables/pay.csv`: how many people do the jobs of a unit group, and `lmi/tables/places.csv`:
  names of places, which are no misspelt jobs.
- `lmi/everyday_job_words.csv`: everyday words (columns word, soc2020, name, kind).
- `lmi/job_word_rules.csv`: words that steer the search (columns words, kind).
"""

from __future__ import annotations

import csv
import re
from collections import defaultdict
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from lmi.occupations.inflection import canonical

AUTHORED = Path(__file__).resolve().parents[1]
EVERYDAY_FILE = "everyday_job_words.csv"
RULES_FILE = "job_word_rules.csv"
TITLES_FILE = "job_titles.csv"
UNIT_GROUPS_FILE = "unit_groups.csv"
PAY_FILE = "pay.csv"
PLACES_FILE = "places.csv"

BROAD, SUBJECT, ABBREVIATION = "broad", "subject", "abbreviation"
MISSPELLING = "misspelling"
KINDS = (BROAD, SUBJECT, ABBREVIATION, MISSPELLING, "everyday", "us", "gender")
OFFICIAL, PROFILE, INDEX = "soc2020_related", "ncs_profile", "soc2010_index"

_RAW_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_BRACKETS = re.compile(r"\([^)]*\)?")
_HYPHENED = re.compile(r"([a-z]+)-([a-z]+)")


class TitleRow(NamedTuple):
    """One official title: its natural words, its unit groups, how sure they are."""

    title: str
    codes: str
    origin: str
    weight: float
    qualified: bool


class EverydayRow(NamedTuple):
    """One everyday word: its unit groups best first, the name to show, its kind."""

    word: str
    codes: tuple[str, ...]
    name: str
    kind: str


def raw_words(phrase: str) -> list[str]:
    """Give the lower-case words of a phrase, punctuation left out; "&" alone is "and"."""
    return _RAW_WORD.findall(phrase.lower().replace(" & ", " and "))


def natural_order(title: str) -> str:
    """Turn an index line round: "Engineer, design, mechanical" to "mechanical design Engineer"."""
    if ", " not in title:
        return title
    return " ".join(reversed(title.split(", ")))


def split_title(title: str) -> tuple[str, bool]:
    """Give a title in natural order without its bracketed qualifier, and whether it had one."""
    if "(" in title:
        bare = _BRACKETS.sub(" ", title).strip(" ,")
        return natural_order(bare), True
    return natural_order(title), False


def hyphened_pairs(title: str) -> Iterable[tuple[str, str]]:
    """Give the pairs of words that a title joins by a hyphen ("make-up")."""
    return _HYPHENED.findall(title.lower()) if "-" in title else ()


def read_titles(folder: Path) -> list[TitleRow]:
    """Read the official titles."""
    with (folder / TITLES_FILE).open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        return [
            TitleRow(bare, codes, origin, float(weight), qualified)
            for title, codes, origin, weight in rows
            for bare, qualified in (split_title(title),)
        ]


def read_unit_group_titles(folder: Path) -> dict[str, str]:
    """Read the official title of each SOC 2020 unit group."""
    with (folder / UNIT_GROUPS_FILE).open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["title"] for row in csv.DictReader(stream)}


def read_jobs(folder: Path) -> dict[str, int]:
    """Read how many jobs each unit group has, in the latest year that says so."""
    with (folder / PAY_FILE).open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        told = ((year, code, jobs) for code, year, sex, jobs, *_ in rows if sex == "all" and jobs)
        return {code: int(jobs) for _, code, jobs in sorted(told)}


def read_place_words(folder: Path) -> frozenset[str]:
    """Read the names of places that are one word, in small letters."""
    with (folder / PLACES_FILE).open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        return frozenset(row[0] for row in rows if " " not in row[0])


def read_everyday(folder: Path = AUTHORED) -> list[EverydayRow]:
    """Read the everyday words."""
    with (folder / EVERYDAY_FILE).open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        return [
            EverydayRow(word, tuple(codes.split()), name, kind) for word, codes, name, kind in rows
        ]


class Rules(NamedTuple):
    """The words that steer the search, by what they are for (matching forms, not as typed)."""

    never: frozenset[str]
    slot_only: frozenset[str]
    ordinary: frozenset[str]
    quality: frozenset[str]
    employer: frozenset[str]
    boundary: frozenset[str]
    careful: frozenset[str]
    article_only: frozenset[str]
    not_alone: frozenset[str]
    agent_heads: frozenset[str]
    field_no: frozenset[str]
    career: frozenset[str]
    known_person: frozenset[str]


def read_rules(folder: Path = AUTHORED) -> Rules:
    """Read the rules; several words may stand in one row, separated by semicolons."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    with (folder / RULES_FILE).open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        for words, kind in rows:
            for phrase in words.split(";"):
                raw = raw_words(phrase)
                by_kind[kind].add(" ".join(canonical(word) for word in raw))
                if kind != "never":
                    by_kind[kind].add(" ".join(raw))
    return Rules(**{kind: frozenset(by_kind[kind]) for kind in Rules._fields})
