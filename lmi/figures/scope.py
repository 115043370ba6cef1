"""What a figure is for: which group of jobs, in which place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal

from lmi.snapshot import Snapshot, Source

ScopeKind = Literal[
    "unit_group",
    "minor_group",
    "sub_major_group",
    "soc2010_unit_group",
    "soc2010_wider_group",
    "profile",
]

YEAR = re.compile(r"\b(?:19|20)\d\d\b")

UK = "UK"
ENGLAND = "England"


@dataclass(frozen=True)
class Scope:
    """The group of jobs (kind, code, official title) and the place that a figure is for.

    `kind` says how wide the group is. `place` is "UK", "England" or the name of an area. A figure
    whose scope is wider than the job that was asked about must be shown as one for that group.
    """

    kind: ScopeKind
    code: str
    title: str
    place: str

    @property
    def is_wider(self) -> bool:
        """Whether the group holds more jobs than one unit group."""
        return self.kind in ("minor_group", "sub_major_group", "soc2010_wider_group")


def unit_group_scope(snapshot: Snapshot, soc2020: str, place: str = UK) -> Scope:
    """The scope of one SOC 2020 unit group; KeyError when there is no such code."""
    return Scope("unit_group", soc2020, snapshot.unit_groups[soc2020].title, place)


def dated(source: Source, *years: int) -> Source:
    """The source with the data years of one figure in place of those of its whole table."""
    return replace(source, year=_span(years))


def distinct(sources: Iterable[Source]) -> tuple[Source, ...]:
    """The sources in the order given, each once; years of the same data set become one span."""
    years: dict[Source, set[int]] = {}
    plain: dict[Source, Source] = {}
    for source in sources:
        same = replace(source, year="")
        plain.setdefault(same, source)
        years.setdefault(same, set()).update(int(year) for year in YEAR.findall(source.year))
    return tuple(
        replace(source, year=_span(years[same])) if years[same] else source
        for same, source in plain.items()
    )


def _span(years: Iterable[int]) -> str:
    ordered = sorted(set(years))
    return str(ordered[0]) if len(ordered) == 1 else f"{ordered[0]}-{ordered[-1]}"
