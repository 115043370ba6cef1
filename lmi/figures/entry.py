"""How to enter a job: every open route and its stated requirements, from the career profiles."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lmi.figures.hours import Hours, profile_hours
from lmi.figures.scope import ENGLAND, unit_group_scope
from lmi.snapshot import Profile, Snapshot, Source, Standard


@dataclass(frozen=True)
class ProfileFacts:
    """The facts of one profile. Empty strings and tuples: the profile states none.

    `routes` are alphabetical codes out of apprenticeship, college, direct, university,
    volunteering and work: the order says nothing about their worth. Requirements are numbers as the
    profile gives them ("2-3" A levels, "4-5" GCSEs). Award, `postgraduate`, `other_route`: see
    `lmi.snapshot.Profile`.
    """

    slug: str
    title: str
    routes: tuple[str, ...]
    university_a_levels: str
    university_gcses: str
    college_gcses: str
    apprenticeship_gcses: str
    apprenticeship_levels: tuple[str, ...]
    university_award: str
    postgraduate: bool
    other_route: bool
    standards: tuple[Standard, ...]
    hours: Hours | None
    link: str


@dataclass(frozen=True)
class WaysIn:
    """How to enter a unit group: `profiles` (at least one) and all their routes together.

    `matched` is True when the job words named one profile, which is then the only one. Otherwise
    the profiles of the unit group stand in alphabetical order and `routes` names each route that
    at least one of them has. `sure` is False when no profile is surely in the unit group, only
    likely: profiles carry SOC 2010 codes, which do not always lead to one SOC 2020 unit group.
    """

    soc2020: str
    matched: bool
    sure: bool
    routes: tuple[str, ...]
    profiles: tuple[ProfileFacts, ...]
    hours: Hours | None
    sources: tuple[Source, ...]


def ways_in(snapshot: Snapshot, soc2020: str, words: Iterable[str] = ()) -> WaysIn | None:
    """The ways into a unit group, or into the profile that one of the job words names.

    `words` are job words as shown or typed ("vet", "vets", "veterinary surgeon"). None when no
    profile belongs to the unit group.
    """
    profiles = snapshot.profiles_for(soc2020)
    if not profiles:
        return None
    named = _named(profiles, words)
    sure = [profile for profile in profiles if profile.soc2020[0] == soc2020]
    group = sorted(sure or profiles, key=lambda p: p.title.casefold())
    chosen = [named] if named else group
    facts = tuple(_facts(snapshot, profile) for profile in chosen)
    scope = None if len(chosen) == 1 else unit_group_scope(snapshot, soc2020, ENGLAND)
    return WaysIn(
        soc2020=soc2020,
        matched=named is not None,
        sure=named is not None or bool(sure),
        routes=tuple(sorted({route for fact in facts for route in fact.routes})),
        profiles=facts,
        hours=profile_hours(snapshot, chosen, scope),
        sources=(snapshot.source("profiles"),),
    )


def _named(profiles: tuple[Profile, ...], words: Iterable[str]) -> Profile | None:
    """The profile whose whole title is one of the words; nothing short of that is a match."""
    by_title = {_key(profile.title): profile for profile in profiles}
    return next((by_title[key] for word in words if (key := _key(word)) in by_title), None)


def _key(title: str) -> str:
    """A title without case, hyphens, brackets and a plural's last s, for comparing."""
    words = "".join(c if c.isalnum() else " " for c in title.casefold()).split()
    if words and len(words[-1]) > 3 and words[-1].endswith("s") and not words[-1].endswith("ss"):
        words[-1] = words[-1][:-1]
    return " ".join(words)


def _facts(snapshot: Snapshot, profile: Profile) -> ProfileFacts:
    return ProfileFacts(
        slug=profile.slug,
        title=profile.title,
        routes=tuple(sorted(profile.routes)),
        university_a_levels=profile.university_a_levels,
        university_gcses=profile.university_gcses,
        college_gcses=profile.college_gcses,
        apprenticeship_gcses=profile.apprenticeship_gcses,
        apprenticeship_levels=profile.apprenticeship_levels,
        university_award=profile.university_award,
        postgraduate=profile.postgraduate,
        other_route=profile.other_route,
        standards=tuple(
            snapshot.standards[reference]
            for reference in profile.standards
            if reference in snapshot.standards
        ),
        hours=profile_hours(snapshot, [profile]),
        link=profile.link,
    )
