"""The 412 unit groups as job words: their official titles, and their plain labels.

A title typed or sent back by a button has to lead to its own group, whatever its words mean
elsewhere. Its name for a sentence is the singular where the title has one ("Police officers
(sergeant and below)": "police officer"); "Welding trades" has none and stays as it is.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from lmi.occupations.inflection import canonical, singular_phrase
from lmi.occupations.names import in_a_sentence
from lmi.occupations.words import Word, words_of

LABELS_FILE = "plain_group_names.csv"
BREAK = "¶"  # stands between two words that a comma or stop parts

_NOT_ELSEWHERE = re.compile(r"\s*\bn\.e\.c\b\.?", re.IGNORECASE)
_BRACKETS = re.compile(r"\s*\([^)]*\)")
# What follows these words tells where or for whom; what is before them names the people.
_TAIL = re.compile(r"\s(?:in|of|from)\s|\s-\s|,\sunspecified\b")
_PARTS = re.compile(r",\s+|\s+and\s+")
_NO_ONE = frozenset(
    ["occupations", "trades", "services", "ranks", "staff", "discipline", "sales", "relations"]
)
_BY_ENDING = ("er", "or", "ist", "ian", "man", "person", "pair")


def without_nec(title: str) -> str:
    """Give an official title without "n.e.c." (not elsewhere classified)."""
    return _NOT_ELSEWHERE.sub("", title).strip()


def key_of(title: str) -> str:
    """Give the matching form of a whole title, stops left out."""
    return " ".join(word.form for word in words_of(without_nec(title)))


def keys_of(title: str) -> set[str]:
    """Give the matching forms of a title: with and without its stops."""
    return {key_of(title), " ".join(_with_breaks(words_of(without_nec(title))))}


def keys_without_brackets(title: str) -> set[str]:
    """Give the matching forms of a title whose brackets are left out; none if it has none."""
    bare = _BRACKETS.sub("", title)
    return keys_of(bare) if bare != title else set()


def _with_breaks(words: list[Word]) -> Iterator[str]:
    for word in words:
        if word.after_break:
            yield BREAK
        yield word.form


def named(title: str, is_worker: Callable[[str], bool]) -> tuple[str, str]:
    """Give the singular and the plural of an official title as they stand in a sentence.

    `is_worker` tells of a word's matching form whether it names somebody by their work; the
    parts of a title that do are each put in the singular ("solicitor or lawyer").
    """
    plural = in_a_sentence(_BRACKETS.sub("", without_nec(title)))
    tail = _TAIL.search(plural)
    people, rest = (plural[: tail.start()], plural[tail.start() :]) if tail else (plural, "")
    if people.endswith(tuple(_NO_ONE)):
        return plural, plural
    parts = [_singular_of(part, is_worker) for part in _PARTS.split(people)]
    singles = [part for part in parts if part is not None]
    if len(singles) == len(parts):
        *first, last = singles
        name = f"{', '.join(first)} or {last}" if first else last
        return name + rest, plural
    last_part = _PARTS.split(people)[-1]
    single = _singular_of(last_part, is_worker)
    if len(singles) == 1 and single is not None:
        # "Sports and leisure assistants": the last part alone names the people.
        return people[: len(people) - len(last_part)] + single + rest, plural
    return plural, plural


def _singular_of(part: str, is_worker: Callable[[str], bool]) -> str | None:
    before, space, head = part.rpartition(" ")
    single = singular_phrase(head)
    if single == head or head in _NO_ONE:
        return None
    if not (single.endswith(_BY_ENDING) or is_worker(canonical(single))):
        return None
    return f"{before}{space}{single}"


def read_labels(folder: Path) -> dict[str, str]:
    """Read the plain label of each unit group: at most five words, as a pupil would say it."""
    with (folder / LABELS_FILE).open(encoding="utf-8", newline="") as stream:
        return {row["soc2020"]: row["label"] for row in csv.DictReader(stream)}
