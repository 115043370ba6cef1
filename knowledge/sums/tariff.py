"""UCAS Tariff points: what grades count, what they come to, and which grades reach a number."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import combinations_with_replacement
from typing import Literal, get_args

from knowledge.facts import Facts, FactValue
from knowledge.sums import exact

Kind = Literal[
    "a_level", "as_level", "epq", "t_level", "extended_diploma", "diploma", "extended_certificate"
]
KINDS: tuple[Kind, ...] = get_args(Kind)
VOCATIONAL: tuple[Kind, ...] = ("extended_certificate", "diploma", "extended_diploma")
"""BTECs and the like, by the number of grades they have: one, two, three."""

_LETTERS = {"A*": "a_star", "A": "a", "B": "b", "C": "c", "D": "d", "E": "e"}
_AS_LETTERS = {grade: name for grade, name in _LETTERS.items() if grade != "A*"}
_WORDS = {"D*": "distinction_star", "D": "distinction", "M": "merit", "P": "pass"}
_T_LEVEL = {
    "D*": "distinction_star", "D": "distinction", "M": "merit", "PC": "pass_c", "PE": "pass_e",
}  # fmt: skip
_FACTS: dict[Kind, tuple[str, dict[str, str]]] = {
    "a_level": ("tariff_a_level", _LETTERS),
    "as_level": ("tariff_as_level", _AS_LETTERS),
    "epq": ("tariff_epq", _LETTERS),
    "t_level": ("tariff_t_level", _T_LEVEL),
    "extended_diploma": ("tariff_btec", _WORDS),
    "diploma": ("tariff_btec", _WORDS),
    "extended_certificate": ("tariff_btec", _WORDS),
}
UNKNOWN_CORE = "P"
"""A T Level Pass whose core grade is not known: it counts as PC (C or above) or PE (D or E)."""
UNGRADED = "U"
A_LEVELS_TOGETHER = 3
MOST_WAYS = 3


class BadGrade(ValueError):
    """A qualification has no such grade, or not that many grades."""


@dataclass(frozen=True)
class Line:
    """What the grades of one kind of qualification count.

    `least` is lower than `total` only for a T Level Pass whose core grade is not known.
    """

    kind: Kind
    grades: tuple[str, ...]
    points: tuple[int, ...]
    total: int
    least: int
    used: tuple[FactValue, ...]


@dataclass(frozen=True)
class Way:
    """Grades of one kind that reach a number of points, and what they come to."""

    kind: Kind
    grades: tuple[str, ...]
    total: int


def grades_of(kind: Kind) -> tuple[str, ...]:
    """Return the grades that count for a kind, highest first."""
    return tuple(_FACTS[kind][1])


def count(kind: Kind, grades: Sequence[str], facts: Facts, day: dt.date) -> Line:
    """Return what `grades` ("A*", "B"; "D*", "D", "M", "P") of one kind come to on a day.

    An extended diploma has three grades, a diploma two, an extended certificate one; of the other
    kinds each grade is a qualification of its own. Raises `BadGrade` where that is not so.
    """
    if not grades:
        raise BadGrade(f"no grade of {kind}")
    if kind in VOCATIONAL:
        return _vocational(kind, grades, facts, day)
    points, least, used = [], [], []
    for grade in grades:
        if grade == UNGRADED and kind in ("a_level", "as_level", "epq"):
            points.append(0)
            least.append(0)
            continue
        either = ("PC", "PE") if kind == "t_level" and grade == UNKNOWN_CORE else (grade, grade)
        found = [_points(kind, each, facts, day) for each in either]
        points.append(found[0][0])
        least.append(found[1][0])
        used += [value for _, value in dict.fromkeys(found)]
    return Line(kind, tuple(grades), tuple(points), sum(points), sum(least), tuple(used))


def _vocational(kind: Kind, grades: Sequence[str], facts: Facts, day: dt.date) -> Line:
    size = facts.on(f"tariff_{kind}_size", day)
    a_levels = exact(size.fact.value)
    if len(grades) != VOCATIONAL.index(kind) + 1:
        raise BadGrade(f"{len(grades)} grades of {kind}")
    found = [_points(kind, grade, facts, day) for grade in grades]
    share = a_levels / len(grades)
    points = tuple(int(Decimal(each) * share) for each, _ in found)
    total = sum(points)
    used = tuple(dict.fromkeys(value for _, value in found))
    return Line(kind, tuple(grades), points, total, total, (*used, size))


def _points(kind: Kind, grade: str, facts: Facts, day: dt.date) -> tuple[int, FactValue]:
    prefix, names = _FACTS[kind]
    if grade not in names:
        raise BadGrade(f"{grade} is no grade of {kind}")
    value = facts.on(f"{prefix}_{names[grade]}", day)
    return int(exact(value.fact.value)), value


def ways_to(target: int, facts: Facts, day: dt.date) -> list[Way]:
    """Return grades that come to `target` points or the next number above, kind by kind.

    Three A levels (up to three ways, the evenest first), then an extended diploma, then a T Level.
    A kind that cannot reach the number is left out.
    """
    ways: list[Way] = []
    kinds: tuple[tuple[Kind, int, int], ...] = (
        ("a_level", A_LEVELS_TOGETHER, MOST_WAYS),
        ("extended_diploma", 3, 1),
        ("t_level", 1, 1),
    )
    for kind, number, most in kinds:
        reached = []
        for grades in combinations_with_replacement(grades_of(kind), number):
            line = count(kind, grades, facts, day)
            if line.total >= target:
                reached.append((line.total, max(line.points) - min(line.points), grades))
        least = min((total for total, _, _ in reached), default=0)
        evenest = sorted(each for each in reached if each[0] == least)
        ways += [Way(kind, grades, total) for total, _, grades in evenest[:most]]
    return ways


def facts_of_ways(ways: Sequence[Way], facts: Facts, day: dt.date) -> list[FactValue]:
    """Return the facts that ways stand on, once each."""
    used = [value for way in ways for value in count(way.kind, way.grades, facts, day).used]
    return list({value.fact.id: value for value in used}.values())
