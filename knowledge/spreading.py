"""From what someone likes to a spread of kinds of work, with why each came up.

A spread is a start and no verdict: it reaches over sectors and levels, is in no order of worth, and
adds two groups that stretch or cut against a stereotype.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

LEVELS = ("2", "3", "4-5", "6")
DEGREE = "degree"
"""A tag of every group of level 6, so that it can be refused."""
FULL = 3
"""The greatest weight of a tag."""
MOST, FEWEST = 6, 5
"""Groups in a spread."""
FEWEST_SECTORS = 3
MOST_OF_A_SECTOR = 2
MOST_OF_A_LEVEL = 3
MOST_REASONS = 2
HELD_BACK = 0.6
"""Strength (0 to 1) from which something refused holds a group back."""
BOTH = 0.25
"""What a group gains for each further thing that it takes up."""
DULLED = 0.25
"""How much less a thing liked counts for each group chosen that takes it up."""
TAKEN_UP = 0.3
"""Strength from which a group counts as taking a thing up."""
FURTHER_TAGS = 0.1
"""What the tags beside the strongest add, against it."""

Few = Literal["women", "men"]
Kind = Literal["higher", "women", "men", "further"]


@dataclass(frozen=True)
class Group:
    """A kind of work: its usual level to get in, example unit groups (SOC 2020), and its tags."""

    id: str
    name: str
    sector: str
    level: str
    jobs: tuple[str, ...]
    about: str
    tags: Mapping[str, int]
    ties: Mapping[str, str]


@dataclass(frozen=True)
class Signal:
    """One thing known of a person: liked where `weight` is above 0, else not.

    `refused` tells that the person ruled it out, which holds back groups that are full of it.
    """

    label: str
    tags: Mapping[str, int]
    weight: float = 1.0
    refused: bool = False


@dataclass(frozen=True)
class Reason:
    """What brought a group up, and what ties it to the work where that is not plain (else "")."""

    label: str
    tie: str


@dataclass(frozen=True)
class Pick:
    """A group in a spread, why it came up, and what it holds that the person refused."""

    group: Group
    because: tuple[Reason, ...]
    although: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stretch:
    """A group beside the spread: a higher level than `near`, few women or men, or further off."""

    kind: Kind
    group: Group
    because: tuple[Reason, ...]
    near: Group | None = None


@dataclass(frozen=True)
class Spread:
    """Five or six groups, those that fit most first, and two that stretch."""

    picks: tuple[Pick, ...]
    stretches: tuple[Stretch, ...]


def spread(
    groups: Iterable[Group],
    signals: Sequence[Signal],
    few: Mapping[str, Few],
    without_jobs: Iterable[str] = (),
) -> Spread | None:
    """Return the spread for `signals`; None where nothing in them is liked.

    `few` tells by group id where few women or few men work; groups with a job of
    `without_jobs` (SOC 2020 codes) are left out.
    """
    refused_jobs = set(without_jobs)
    ranking = _Ranking([g for g in groups if not refused_jobs & set(g.jobs)], signals)
    if not ranking.reached:
        return None
    picks = tuple(Pick(g, reasons(g, signals), _although(g, signals)) for g in _choose(ranking))
    return Spread(picks, _stretches(picks, ranking, signals, few))


class _Ranking:
    """Groups in order of fit, which moves as groups are chosen: what has had its turn counts less.

    Without that, one thing liked would fill a spread that begins with two.
    """

    def __init__(self, groups: Sequence[Group], signals: Sequence[Signal]) -> None:
        self._weights = [s.weight for s in signals]
        self._shares = {g.id: [strength(s.tags, g) for s in signals] for g in groups}
        self._had = [0] * len(signals)
        said = "|".join(f"{s.label}{s.weight}" for s in signals)
        # Equals come in no order of worth or of name.
        self._shuffled = {g.id: zlib.crc32(f"{g.id}|{said}".encode()) for g in groups}
        self.held_back = {g.id for g in groups if _although(g, signals)}
        self.groups = sorted(groups, key=self.fit)
        self.reached = [g for g in self.groups if self._takes_up(g)]

    def fit(self, group: Group) -> tuple[bool, float, int]:
        """Return a key to sort by: what fits most comes first."""
        parts = list(zip(self._weights, self._shares[group.id], self._had, strict=True))
        score = sum(
            w * share / (1 + DULLED * had) if w > 0 else w * share for w, share, had in parts
        )
        score += BOTH * max(self._takes_up(group) - 1, 0)
        return group.id in self.held_back, -round(score, 6), self._shuffled[group.id]

    def had(self, group: Group) -> None:
        """Note that a group was chosen."""
        shares = self._shares[group.id]
        self._had = [n + (share >= TAKEN_UP) for n, share in zip(self._had, shares, strict=True)]

    def _takes_up(self, group: Group) -> int:
        shares = self._shares[group.id]
        return sum(w > 0 and share > 0 for w, share in zip(self._weights, shares, strict=True))


def strength(tags: Mapping[str, int], group: Group) -> float:
    """Return how much of `tags` is in a group's work: 0 is nothing, 1 is in full.

    The tag that counts most decides; the others add a little.
    """
    shares = sorted((w * group.tags.get(tag, 0) / FULL**2 for tag, w in tags.items()), reverse=True)
    return shares[0] + FURTHER_TAGS * sum(shares[1:]) if shares else 0.0


def reasons(group: Group, signals: Iterable[Signal]) -> tuple[Reason, ...]:
    """Return what brought a group up: at most two things, the one that counts most first."""
    found = [(s.weight * strength(s.tags, group), s) for s in signals if s.weight > 0 and s.label]
    found = sorted((f for f in found if f[0] > 0), key=lambda f: -f[0])[:MOST_REASONS]
    return tuple(Reason(s.label, _tie(s.tags, group)) for _, s in found)


def _tie(tags: Mapping[str, int], group: Group) -> str:
    most = max(tags, key=lambda tag: tags[tag] * group.tags.get(tag, 0))
    return group.ties.get(most, "")


def _although(group: Group, signals: Iterable[Signal]) -> tuple[str, ...]:
    return tuple(s.label for s in signals if s.refused and strength(s.tags, group) >= HELD_BACK)


def _choose(ranking: _Ranking) -> list[Group]:
    """Return five or six of the groups reached, the one that fits most first."""
    chosen: list[Group] = []

    def take(groups: Sequence[Group], up_to: int, most_of_a_level: int) -> None:
        while len(chosen) < up_to:
            sectors = Counter(g.sector for g in chosen)
            levels = Counter(g.level for g in chosen)
            open_groups = [
                group
                for group in groups
                if group not in chosen
                and sectors[group.sector] < MOST_OF_A_SECTOR
                and levels[group.level] < most_of_a_level
            ]
            if not open_groups:
                return
            chosen.append(min(open_groups, key=ranking.fit))
            ranking.had(chosen[-1])

    free = [g for g in ranking.reached if g.id not in ranking.held_back]
    take(free, MOST, MOST_OF_A_LEVEL)
    take(free, FEWEST, MOST)
    take(ranking.reached, FEWEST, MOST)
    if len({g.level for g in chosen}) == 1:
        _vary_level(chosen, ranking.reached)
    return chosen


def _vary_level(chosen: list[Group], reached: Iterable[Group]) -> None:
    """Give a place, the last that can be, to the first group reached of another level."""
    others = [g for g in reached if g.level != chosen[0].level]
    for place in reversed(range(len(chosen))):
        kept = Counter(g.sector for g in chosen[:place] + chosen[place + 1 :])
        for group in others:
            if kept[group.sector] < MOST_OF_A_SECTOR:
                chosen[place] = group
                return


def _stretches(
    picks: Sequence[Pick], ranking: _Ranking, signals: Sequence[Signal], few: Mapping[str, Few]
) -> tuple[Stretch, ...]:
    """Return two groups beside the picks: a higher level of a field, and few women or men.

    Where there is none such, one that has much in common with the group that fits most.
    """
    chosen = [pick.group for pick in picks]
    others = [g for g in ranking.groups if g not in chosen and g.id not in ranking.held_back]
    sectors = {group.sector for group in chosen}
    found: list[Stretch] = []

    def add(kind: Kind, group: Group, near: Group | None = None) -> None:
        found.append(Stretch(kind, group, reasons(group, signals), near))
        others.remove(group)

    steps = [
        (near, group)
        for group in others
        for near in chosen
        if near.sector == group.sector
        and LEVELS.index(near.level) < LEVELS.index(group.level)
        and reasons(group, signals)
    ]
    if steps:
        add("higher", steps[0][1], steps[0][0])
    rare = [g for g in others if g.id in few]
    rare.sort(key=lambda g: (not reasons(g, signals), g.sector not in sectors))
    if rare:
        add(few[rare[0].id], rare[0])
    others.sort(key=lambda g: (not reasons(g, signals), -_in_common(g, chosen[0])))
    while len(found) < 2 and others:
        add("further", others[0], chosen[0])
    return tuple(found)


def _in_common(group: Group, other: Group) -> int:
    """Return how much two groups have in common, by their tags and the field they are in."""
    shared = sum(min(weight, other.tags.get(tag, 0)) for tag, weight in group.tags.items())
    return shared + FULL * (group.sector == other.sector)
