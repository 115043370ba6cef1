"""Other unit groups near one, in alphabetical order: never in an order of prestige or pay."""

from __future__ import annotations

from dataclasses import dataclass

from lmi.figures.pay import Pay, published_pay
from lmi.figures.scope import UK, Scope, distinct
from lmi.snapshot import Snapshot, Source

FEWEST = 3


@dataclass(frozen=True)
class RelatedJob:
    """A unit group near the one asked about, with its latest pay where that is published."""

    soc2020: str
    title: str
    pay: Pay | None


@dataclass(frozen=True)
class RelatedJobs:
    """The other unit groups of the group in `scope`, alphabetical by title."""

    soc2020: str
    scope: Scope
    jobs: tuple[RelatedJob, ...]
    sources: tuple[Source, ...]


def related_jobs(snapshot: Snapshot, soc2020: str) -> RelatedJobs:
    """The other unit groups in the same minor group, or the sub-major one if they are under three.

    KeyError when there is no such unit group.
    """
    own = snapshot.unit_groups[soc2020]
    groups = [group for group in snapshot.unit_groups.values() if group.code != soc2020]
    near = [group for group in groups if group.minor == own.minor]
    scope = Scope("minor_group", own.minor, snapshot.groups[own.minor], UK)
    if len(near) < FEWEST:
        near = [group for group in groups if group.sub_major == own.sub_major]
        scope = Scope("sub_major_group", own.sub_major, snapshot.groups[own.sub_major], UK)
    jobs = tuple(
        RelatedJob(group.code, group.title, published_pay(snapshot, group.code))
        for group in sorted(near, key=lambda group: group.title.casefold())
    )
    paid = (source for job in jobs if job.pay is not None for source in job.pay.sources)
    sources = distinct((snapshot.source("unit_groups"), *paid))
    return RelatedJobs(soc2020, scope, jobs, sources)
