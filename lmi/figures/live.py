"""What a live service can add to the snapshot: newer pay, hours, subjects, skills and more.

`LiveService` says what may be asked, by SOC 2020 code; `LiveFigures` answers it from LMI for All,
which speaks SOC 2010. Every question is asked beside the answer and waited for a short while only:
None means that the service is not configured, has nothing, is late, or fails.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from lmi.figures.hours import Hours
from lmi.figures.part_time import WEEKS_A_YEAR, part_time_note
from lmi.figures.pay import Pay
from lmi.figures.scope import UK, Scope, ScopeKind
from lmi.service.beside import BUDGET_S, ask_beside
from lmi.service.no_data import NoData
from lmi.snapshot import Snapshot, Source

if TYPE_CHECKING:
    from lmi.service.around_results import (
        DegreeSubjects,
        OnetOccupations,
        OnetProfile,
        VacancyDifficulty,
    )
    from lmi.service.regions import Region
    from lmi.service.results import AboutJob, PayByRegion, Unemployment, WeeklyHours, WeeklyPay

T = TypeVar("T")

# How much a skill matters is asked first; the level it is needed at where that is missing.
SKILL_SCALES = ("IM", "LV")


@dataclass(frozen=True)
class LivePay:
    """Estimated gross pay, `weekly` GBP a week in `year`.

    `same_group` is True when the SOC 2010 group in `scope` and the SOC 2020 unit group asked about
    lead to each other alone; only then may the figure stand in for the unit group's.
    """

    soc2020: str
    scope: Scope
    same_group: bool
    year: int
    weekly: float
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class LiveSubjects:
    """(subject, per cent of the graduates in the job), most studied first, in an academic year."""

    scope: Scope
    academic_year: str
    subjects: tuple[tuple[str, float], ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class LiveSkills:
    """(skill, value) by value, from the US occupation `onet_code`, named in `onet_titles`.

    `scale` is "IM", importance 1 to 5, or "LV", level 0 to 7.
    """

    scope: Scope
    onet_code: str
    onet_titles: tuple[str, ...]
    scale: str
    skills: tuple[tuple[str, float], ...]
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class LiveUnemployment:
    """Unemployment among people whose last job this was, per cent in `year`."""

    scope: Scope
    year: int
    percent: float
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class LiveVacancies:
    """Per cent of vacancies that employers find hard to fill, and that lack skilled applicants.

    None where not published; `year` is None where the service does not say.
    """

    scope: Scope
    year: int | None
    hard_to_fill: float | None
    skills_shortage: float | None
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class LiveRegionalPay:
    """(region, GBP a week), in the order of the service's codes, in `year`."""

    scope: Scope
    year: int
    weekly: tuple[tuple[str, float], ...]
    sources: tuple[Source, ...]


class LiveService(Protocol):
    """What can be asked live about a SOC 2020 unit group; None is no answer in time."""

    def pay(self, soc2020: str) -> LivePay | None:
        """Pay a week of the latest year."""

    def hours(self, soc2020: str) -> Hours | None:
        """Hours a week of the latest year, basis "live"."""

    def degree_subjects(self, soc2020: str) -> LiveSubjects | None:
        """What graduates in the job studied."""

    def skills(self, soc2020: str) -> LiveSkills | None:
        """Skills that the job uses."""

    def unemployment(self, soc2020: str) -> LiveUnemployment | None:
        """The latest unemployment rate."""

    def hard_to_fill(self, soc2020: str, region: Region | None = None) -> LiveVacancies | None:
        """Vacancies that are hard to fill, UK or one region."""

    def regional_pay(self, soc2020: str) -> LiveRegionalPay | None:
        """Pay a week by region, of the latest year."""


class Client(Protocol):
    """The part of `lmi.service.client.LmiForAll` that figures need."""

    @property
    def base_url(self) -> str:
        """The service's address, "" when none is configured."""

    def pay(self, soc2010: str) -> WeeklyPay | NoData:
        """See LmiForAll."""

    def hours(self, soc2010: str) -> WeeklyHours | NoData:
        """See LmiForAll."""

    def degree_subjects(self, soc2010: str) -> DegreeSubjects | NoData:
        """See LmiForAll."""

    def onet_occupations(self, soc2010: str) -> OnetOccupations | NoData:
        """See LmiForAll."""

    def skills(self, onet_code: str) -> OnetProfile | NoData:
        """See LmiForAll."""

    def unemployment(self, soc2010: str) -> Unemployment | NoData:
        """See LmiForAll."""

    def vacancy_difficulty(
        self, soc2010: str, region: Region | None = None
    ) -> VacancyDifficulty | NoData:
        """See LmiForAll."""

    def pay_by_region(self, soc2010: str) -> PayByRegion | NoData:
        """See LmiForAll."""


class LiveFigures:
    """LMI for All as a `LiveService`, for one answer: make one for each.

    All its questions together are waited for `budget_s` seconds at most, counted from the first;
    one that comes later is still asked, for the client's cache. `ask` is given a question and the
    seconds left.
    """

    def __init__(
        self,
        client: Client,
        snapshot: Snapshot,
        *,
        budget_s: float = BUDGET_S,
        clock: Callable[[], float] = time.monotonic,
        ask: Callable[[Callable[[], object], float], object] = ask_beside,
    ) -> None:
        self._client = client
        self._snapshot = snapshot
        self._budget_s = budget_s
        self._clock = clock
        self._beside = ask
        self._ends: float | None = None

    def pay(self, soc2020: str) -> LivePay | None:
        """See `LiveService`."""
        found = self._about(soc2020, self._client.pay)
        if found is None:
            return None
        return LivePay(
            soc2020=soc2020,
            scope=self._scope(found),
            same_group=not found.wider_group and self._same_group(soc2020, found.soc2010),
            year=found.year,
            weekly=found.value,
            sources=(found.source,),
        )

    def hours(self, soc2020: str) -> Hours | None:
        """See `LiveService`."""
        found = self._about(soc2020, self._client.hours)
        if found is None:
            return None
        scope = self._scope(found)
        return Hours(found.value, found.value, "live", found.year, scope, (found.source,))

    def degree_subjects(self, soc2020: str) -> LiveSubjects | None:
        """See `LiveService`."""
        found = self._about(soc2020, self._client.degree_subjects)
        if found is None:
            return None
        return LiveSubjects(
            scope=self._scope(found),
            academic_year=found.last.academic_year,
            subjects=tuple((subject.name, subject.percent) for subject in found.last.subjects),
            sources=(found.source,),
        )

    def skills(self, soc2020: str) -> LiveSkills | None:
        """See `LiveService`."""
        return self._about(soc2020, self._skills)

    def unemployment(self, soc2020: str) -> LiveUnemployment | None:
        """See `LiveService`."""
        found = self._about(soc2020, self._client.unemployment)
        if found is None:
            return None
        return LiveUnemployment(self._scope(found), found.year, found.value, (found.source,))

    def hard_to_fill(self, soc2020: str, region: Region | None = None) -> LiveVacancies | None:
        """See `LiveService`."""
        found = self._about(
            soc2020, lambda soc2010: self._client.vacancy_difficulty(soc2010, region)
        )
        if found is None:
            return None
        scope = self._scope(found)
        return LiveVacancies(
            scope=scope if region is None else replace(scope, place=region.title),
            year=found.year,
            hard_to_fill=found.hard_to_fill,
            skills_shortage=found.skills_shortage,
            sources=(found.source,),
        )

    def regional_pay(self, soc2020: str) -> LiveRegionalPay | None:
        """See `LiveService`."""
        found = self._about(soc2020, self._client.pay_by_region)
        if found is None:
            return None
        return LiveRegionalPay(
            scope=self._scope(found),
            year=found.last.year,
            weekly=tuple((part.name, part.value) for part in found.last.parts),
            sources=(found.source,),
        )

    def _about(self, soc2020: str, question: Callable[[str], T | NoData]) -> T | None:
        """The answer about the likeliest SOC 2010 group of the unit group, in what time is left."""
        codes = self._snapshot.soc2010_for(soc2020)
        if not codes or not self._client.base_url:
            return None
        if self._ends is None:
            self._ends = self._clock() + self._budget_s
        answers: list[T] = []

        def live() -> bool:
            found = question(codes[0])
            if isinstance(found, NoData):
                return False
            answers.append(found)
            return True

        there = self._beside(live, max(0.0, self._ends - self._clock()))
        return answers[0] if there else None

    def _skills(self, soc2010: str) -> LiveSkills | NoData:
        """Two questions in a row: which US occupation, then its skills."""
        matched = self._client.onet_occupations(soc2010)
        if isinstance(matched, NoData):
            return matched
        first = matched.occupations[0]
        profile = self._client.skills(first.code)
        if isinstance(profile, NoData):
            return profile
        scale = next((s for key in SKILL_SCALES if (s := profile.scale(key))), profile.scales[0])
        return LiveSkills(
            scope=self._scope(matched),
            onet_code=first.code,
            onet_titles=first.titles,
            scale=scale.id,
            skills=tuple((trait.name, trait.value) for trait in scale.traits),
            sources=(profile.source,),
        )

    def _scope(self, found: AboutJob) -> Scope:
        kind: ScopeKind = "soc2010_wider_group" if found.wider_group else "soc2010_unit_group"
        title = self._snapshot.soc2010_titles.get(found.soc2010, "")
        return Scope(kind, found.soc2010, title, UK)

    def _same_group(self, soc2020: str, soc2010: str) -> bool:
        return self._snapshot.soc2020_for(soc2010) == (soc2020,) and self._snapshot.soc2010_for(
            soc2020
        ) == (soc2010,)


def more_recent_pay(pay: Pay | None, live: LivePay | None) -> Pay | None:
    """The live figure where its data year is later and it is for the very job; else the snapshot's.

    Where the snapshot has nothing at all, a live figure for the very job stands alone. Its median
    for a year is worked out from the week, and `weekly` is as published.
    """
    if live is None or not live.same_group:
        return pay
    if pay is not None and live.year <= pay.year:
        return pay
    median = round(live.weekly * WEEKS_A_YEAR)
    return Pay(
        soc2020=live.soc2020,
        scope=live.scope,
        basis="live",
        year=live.year,
        latest_year=live.year,
        sex="all",
        median=median,
        p10=None,
        p25=None,
        p75=None,
        p90=None,
        jobs=None,
        members=0,
        weekly=live.weekly,
        part_time=part_time_note(median, None, None, live.year),
        sources=live.sources,
    )
