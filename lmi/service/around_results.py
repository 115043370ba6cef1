"""What LMI for All says around a job: hard-to-fill vacancies, skills, degree subjects, postings
and the jobs of an area. The same rules as in `results`: nothing suppressed is ever in here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from lmi.service.regions import Region
from lmi.service.results import AboutJob, Answer

# --- vacancies that are hard to fill ------------------------------------------------------------


@dataclass(frozen=True)
class VacancyDifficulty(AboutJob):
    """ess/uk and ess/region: percentages of vacancies; at least one of the three is there.

    `skills_shortage`: of all vacancies, those unfilled for want of skills. `hard_to_fill`: of all
    vacancies. `hard_to_fill_for_skills`: of the hard-to-fill ones. `reliability` is the service's
    own number, None where it gives none.
    """

    dataset: ClassVar[str] = "vacancy_difficulty"
    unit: ClassVar[str] = "%"
    year: int | None
    region: Region | None
    skills_shortage: float | None
    hard_to_fill: float | None
    hard_to_fill_for_skills: float | None
    reliability: int | None

    @property
    def source_year(self) -> str:
        """The survey's year, "" where the service does not say."""
        return "" if self.year is None else str(self.year)


@dataclass(frozen=True)
class SurveyRegions(Answer):
    """ess/regions: names and codes as that survey has them."""

    dataset: ClassVar[str] = "vacancy_difficulty"
    codes: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class HardestToFill(Answer):
    """ess/regions/ranksocs: SOC 2010 codes in the service's order, the hardest first."""

    dataset: ClassVar[str] = "vacancy_difficulty"
    region: Region
    soc2010: tuple[str, ...]


# --- O*NET --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class OnetOccupation:
    """A US occupation that LMI for All matches to the job. `available`: kinds of data it has."""

    code: str
    titles: tuple[str, ...]
    available: tuple[str, ...]


@dataclass(frozen=True)
class OnetOccupations(AboutJob):
    """o-net/soc2onet."""

    dataset: ClassVar[str] = "onet"
    occupations: tuple[OnetOccupation, ...]


@dataclass(frozen=True)
class OnetTrait:
    """A skill, ability, interest or field of knowledge with its value on the scale it is in."""

    id: str
    name: str
    value: float


@dataclass(frozen=True)
class OnetScale:
    """One scale, traits by value, highest first. LV (level) runs 0-7, IM (importance) 1-5; the
    span of any other scale is not known and is None.
    """

    id: str
    span: tuple[float, float] | None
    traits: tuple[OnetTrait, ...]


@dataclass(frozen=True)
class OnetProfile(Answer):
    """o-net/{skills|abilities|interests|knowledge}. At least one scale with a trait."""

    dataset: ClassVar[str] = "onet"
    kind: str
    onet_code: str
    scales: tuple[OnetScale, ...]

    def scale(self, scale_id: str) -> OnetScale | None:
        """The scale with this id ("IM", "LV"), None where the service has none."""
        return next((scale for scale in self.scales if scale.id == scale_id), None)


@dataclass(frozen=True)
class SkillsMatch:
    """A US occupation found from skills, and the SOC 2010 codes it is likely to be."""

    title: str
    soc2010: tuple[str, ...]


@dataclass(frozen=True)
class SkillsMatches(Answer):
    """o-net/reversematch, in the service's order. May hold none."""

    dataset: ClassVar[str] = "onet"
    matches: tuple[SkillsMatch, ...]


# --- courses, vacancies, census -----------------------------------------------------------------


@dataclass(frozen=True)
class Subject:
    """A subject group, and the percentage of the job's recent graduates who studied it."""

    code: str
    name: str
    percent: float


@dataclass(frozen=True)
class SubjectsOfYear:
    """One academic year ("2011/12"; `year` is the one it ended in), subjects by percentage."""

    academic_year: str
    year: int
    subjects: tuple[Subject, ...]


@dataclass(frozen=True)
class DegreeSubjects(AboutJob):
    """hesa/courses: at least one year with at least one subject, sorted by year."""

    dataset: ClassVar[str] = "degree_subjects"
    unit: ClassVar[str] = "% of graduates in the job"
    years: tuple[SubjectsOfYear, ...]

    @property
    def last(self) -> SubjectsOfYear:
        """The latest year's subjects."""
        return self.years[-1]

    @property
    def year(self) -> int:
        """The year in which the latest academic year ended."""
        return self.last.year

    @property
    def source_year(self) -> str:
        """The latest academic year, as "2011/12"."""
        return self.last.academic_year


@dataclass(frozen=True)
class Vacancy:
    """One posting, plain text. `link` is an http(s) address or ""."""

    id: str
    title: str
    summary: str
    company: str
    link: str
    place: str


@dataclass(frozen=True)
class Vacancies(Answer):
    """vacancies/search. May hold none. The licence of postings is unconfirmed: show them once, do
    not keep them; the client never caches them.
    """

    dataset: ClassVar[str] = "vacancies"
    postings: tuple[Vacancy, ...]


@dataclass(frozen=True)
class CensusGroup:
    """A group of jobs in an area: people, and their percentage of all in work there."""

    description: str
    people: float | None
    percent: float | None


@dataclass(frozen=True)
class CensusJobs(Answer):
    """census/jobs_breakdown: at least one group."""

    dataset: ClassVar[str] = "census"
    area: str
    groups: tuple[CensusGroup, ...]
