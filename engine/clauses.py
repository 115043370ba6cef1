"""Where a message of several questions is divided, and how each of them is to be read.

A question is kept together with what leads up to it and with what belongs to it: "I hate maths. Can
I drop it and do art" is one. What a later question leaves out ("and how much do you get paid") is
taken from an earlier one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import zip_longest
from pathlib import Path

import yaml

WORDS = Path(__file__).parent / "vocabulary" / "clauses.yml"
SHORTEST = 2
"""Words of a question; "and leeds" is none."""
LONGEST_FRAGMENT = 4
"""Words of a clause that asks without being worded so; "what does a vet earn and the hours"."""
LONGEST_NAMING = 8
"""The same for one that names what it is about; "how do i write a cv and get ready to be asked"."""
QUESTION, FRAGMENT, STATEMENT = "question", "fragment", "statement"
LEAST_BEFORE, LEAST_OF_QUESTION_BEFORE = 1, 3
"""Words that stand before a question in the middle of a clause, and of another question."""


@dataclass(frozen=True)
class Clause:
    """A part of a message, at the offset `start`, that may be a question of its own.

    `kind` is QUESTION for one worded so, FRAGMENT for a few words that may ask something ("and the
    hours"), STATEMENT for what tells something that more is asked beside ("i need a summer job.
    also …"). `lead_up` are the statements before it that belong to it. `core` is the text without
    what stands behind the question itself, such as the fragments at its end.
    """

    start: int
    text: str
    kind: str
    lead_up: str = ""
    core: str = ""


@dataclass(frozen=True)
class _Piece:
    start: int
    end: int
    asks: bool
    begins: bool
    """Whether it is the first of a sentence."""
    joined: bool
    """Whether more than a comma divides it from the one before."""
    adds: bool
    """Whether what divides it from the one before says that it is something else."""


@lru_cache(maxsize=1)
def _lists() -> dict[str, str]:
    told = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    return {name: str(words).replace("\n", "") for name, words in told.items()}


@lru_cache(maxsize=32)
def words(name: str) -> re.Pattern[str]:
    """Return a list of words of the vocabulary as a pattern."""
    return re.compile(rf"\b(?:{_lists()[name]})\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def _divides() -> re.Pattern[str]:
    lists = _lists()
    misspelt = rf"(?:{lists['misspelt_divider']})\b(?=\s+(?:{lists['opener']})\b)"
    return re.compile(
        rf"(?:[.?!;,]+\s*|\s+)(?:(?:{lists['divider']})\b[\s,]+|{misspelt}\s+|[&+]\s*)+"
        r"|[.?!;]+(?!\d)\s*|\s*\n\s*|,\s+|\s+[-\u2013\u2014]+\s+",
        re.IGNORECASE,
    )


@lru_cache(maxsize=3)
def _opens(*names: str) -> re.Pattern[str]:
    lists = _lists()
    opener = "|".join(lists[name] for name in names)
    return re.compile(
        rf"(?:(?:{lists['lead']})\b\W*)*(?!(?:{lists['tells']})\b)(?:{opener})\b",
        re.IGNORECASE,
    )


@lru_cache(maxsize=1)
def _ends_politely() -> re.Pattern[str]:
    return re.compile(rf"(?:\W+(?:{_lists()['politely']})\b)*\W*$", re.IGNORECASE)


def is_worded_as_question(clause: str, begins: bool = True, follows: bool = False) -> bool:
    """Tell whether a clause begins as questions do.

    `begins` tells that it is the first of a sentence, `follows` that it stands behind a question.
    "He has left and is at home" asks nothing, "can he leave and is he insured" asks twice.
    """
    names = ["opener"]
    if begins or follows:
        names.append("behind_question")
    if begins:
        names.append("first")
    return bool(_opens(*names).match(clause))


def clauses(text: str) -> list[Clause]:
    """Return the clauses of `text` that may each be a question, in order."""
    pieces = list(_pieces(text))
    if not any(piece.asks for piece in pieces):
        return _topics(text, pieces)
    found: list[Clause] = []
    for unit in _units(pieces):
        first = next((n for n, piece in enumerate(unit) if piece.asks), len(unit) - 1)
        before, question, after = unit[:first], unit[first], unit[first + 1 :]
        alone = [c for c in (_fragment(text, p) for p in before[:1]) if c and question.joined]
        if before and question.adds and not alone:
            told = text[before[0].start : before[-1].end]
            alone = [Clause(before[0].start, told, STATEMENT, core=told)]
        whole = text[question.start : unit[-1].end]
        core = text[question.start : question.end]
        lead_up = text[before[0].start : before[-1].end] if before else ""
        found += alone
        if len(whole.split()) >= SHORTEST:
            found.append(Clause(question.start, whole, QUESTION, lead_up, core))
        found += [c for c in (_fragment(text, p) for p in after) if c]
    return found


def _fragment(text: str, piece: _Piece) -> Clause | None:
    told = text[piece.start : piece.end]
    told = told[: _ends_politely().search(told).start()]
    length = len(told.split())
    names = words("named").search(told)
    if piece.asks or words("told_of").match(told):
        return None
    if length > (LONGEST_NAMING if names else LONGEST_FRAGMENT):
        return None
    if length < SHORTEST and not (names and names[0] == told):
        return None
    return Clause(piece.start, told, FRAGMENT, core=told)


def _statement(text: str, piece: _Piece) -> Clause | None:
    told = text[piece.start : piece.end]
    if len(told.split()) < SHORTEST:
        return None
    return Clause(piece.start, told, STATEMENT, core=told)


def _topics(text: str, pieces: Sequence[_Piece]) -> list[Clause]:
    """Return the clauses of a message without a question, which may ask all the same.

    "I need help with my cv and interview tips", "t levels and apprenticeships please". What tells
    of somebody ("i failed maths and i feel rubbish") is one matter.
    """
    if words("requests").match(text):
        told = [_fragment(text, piece) or _statement(text, piece) for piece in pieces]
    else:
        told = [_fragment(text, piece) for piece in pieces]
        if None in told:
            return []
    return [clause for clause in told if clause]


def _units(pieces: Sequence[_Piece]) -> list[list[_Piece]]:
    """Put each question together with the statements that lead up to it or belong to it."""
    units: list[list[_Piece]] = []
    last = max((n for n, piece in enumerate(pieces) if piece.asks), default=-1)
    for number, piece in enumerate(pieces):
        has_asked = bool(units) and any(p.asks for p in units[-1])
        leads_up = piece.begins and number < last
        if not units or (has_asked and (piece.asks or leads_up)):
            units.append([piece])
        else:
            units[-1].append(piece)
    return units


def _pieces(text: str) -> Iterator[_Piece]:
    """Return what stands between the dividers, cut before each question in its middle."""
    found: list[_Piece] = []
    start, divided_by = 0, ""
    for divider in [*_divides().finditer(text), None]:
        end = divider.start() if divider else len(text)
        if text[start:end].strip():
            before = found[-1] if found else None
            begins = before is None or bool(re.search(r"[.?!;\n]", divided_by))
            adds = bool(words("adds").search(divided_by))
            joined = divided_by.strip() != ","
            ends_so = begins and text[end:].lstrip().startswith("?")
            piece = _Piece(start, end, False, begins, joined, adds)
            found += _cut(text, piece, ends_so, None if begins else before)
        if divider:
            start, divided_by = divider.end(), divider[0]
    for piece, behind in zip_longest(found, found[1:]):
        is_case = words("conditional").match(text, piece.start) and behind
        if is_case and behind.asks and not behind.joined and not behind.begins:
            piece = replace(piece, asks=False)
        yield piece


def _cut(text: str, piece: _Piece, ends_so: bool, before: _Piece | None) -> Iterator[_Piece]:
    """Return a piece in two where a question stands in its middle.

    `before` is the piece before it in the same sentence.
    """
    told = text[piece.start : piece.end]
    follows = before is not None and before.asks
    asks = is_worded_as_question(told, piece.begins, follows)
    if before is not None and not follows and not piece.joined:
        asks = asks and not _is_relative(told)
    # "How much tax and national insurance will i pay" asks one thing.
    goes_on = follows and not words("verb").search(text[before.start : before.end])
    least = LEAST_OF_QUESTION_BEFORE if asks else LEAST_BEFORE
    worded = list(words("inner").finditer(told))
    found = list(worded)
    if not asks and not goes_on:
        inside = [(m.start(), m.end()) for m in worded]
        found += [
            m
            for m in words("inner_of_statement").finditer(told)
            if not any(start < m.start() < end for start, end in inside)
        ]
    places = []
    for each in found:
        before = told[: each.start()].split()
        if len(before) >= least and not words("leads_in").fullmatch(before[-1]):
            places.append(piece.start + each.start())
    if not places:
        yield replace(piece, asks=asks or ends_so)
        return
    cut = min(places)
    first = replace(piece, end=len(text[:cut].rstrip()), asks=asks)
    yield first
    yield from _cut(text, _Piece(cut, piece.end, False, False, True, False), ends_so, first)


def _is_relative(clause: str) -> bool:
    found = words("relative").match(clause)
    return bool(found) and not words("turned").match(clause[found.end() :].lstrip())
