"""Hours a week: from a job profile, or from the live service's survey figure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from lmi.figures.scope import ENGLAND, Scope
from lmi.snapshot import Profile, Snapshot, Source

HoursBasis = Literal["profile", "live"]


@dataclass(frozen=True)
class Hours:
    """Hours a week, from `low` to `high` (equal when one figure is published).

    basis "profile": what a careers profile calls typical, for a full-time post; `year` is None
    because profiles state none for a single fact (the source's year dates the whole set).
    basis "live": the survey's hours of employees in `year`, full and part time.
    """

    low: float
    high: float
    basis: HoursBasis
    year: int | None
    scope: Scope
    sources: tuple[Source, ...]

    @property
    def middle(self) -> float:
        """The middle of the range, the hours that an hourly figure is worked out with."""
        return (self.low + self.high) / 2


def profile_hours(
    snapshot: Snapshot, profiles: Iterable[Profile], scope: Scope | None = None
) -> Hours | None:
    """The typical hours over the profiles given: the lowest to the highest that they state.

    None when no profile states its hours. `scope` names what several profiles stand for together;
    left out, it is that of the first profile.
    """
    stated = [p for p in profiles if p.min_hours is not None or p.max_hours is not None]
    if not stated:
        return None
    ends = [h for p in stated for h in (p.min_hours, p.max_hours) if h is not None]
    if scope is None:
        scope = Scope("profile", stated[0].slug, stated[0].title, ENGLAND)
    return Hours(min(ends), max(ends), "profile", None, scope, (snapshot.source("profiles"),))
