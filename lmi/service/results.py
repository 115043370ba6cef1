"""What LMI for All says, typed, each value with its unit, its year and how fresh it is.

Codes here are SOC 2010, as text. No value in these types is ever a suppressed one: what the
service leaves out, or gives as 0 or null, is simply not there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from lmi.service.credits import credit
from lmi.service.regions import Region
from lmi.snapshot import Source


@dataclass(frozen=True)
class Receipt:
    """When an answer was fetched (UTC), and whether it is `stale`: past its time in the cache and
    shown only because the service gave nothing newer.
    """

    fetched_at: datetime
    stale: bool = False


@dataclass(frozen=True)
class Answer:
    """Base of every result. `dataset` names an entry of credits.yml."""

    dataset: ClassVar[str] = "occupations"
    receipt: Receipt

    @property
    def fetched_at(self) -> datetime:
        """When the service said this, in UTC."""
        return self.receipt.fetched_at

    @property
    def stale(self) -> bool:
        """Whether this is an old answer, shown because the service now fails."""
        return self.receipt.stale

    @property
    def source_year(self) -> str:
        """The data year or years as text, "" where the service does not say."""
        return ""

    @property
    def caveats(self) -> tuple[str, ...]:
        """Names of the caveats in credits.yml that hold for this answer."""
        return ()

    @property
    def source(self) -> Source:
        """Whom to credit for this answer, with its data year and caveats."""
        return credit(self.dataset, self.source_year, self.caveats)


@dataclass(frozen=True)
class AboutJob(Answer):
    """An answer about one occupation. `asked_soc2010` is the code we asked for, `soc2010` the one
    the service answered for.
    """

    asked_soc2010: str
    soc2010: str

    @property
    def wider_group(self) -> bool:
        """Whether the figure is for the wider group, not for the job asked about: say so."""
        return len(self.soc2010) < len(self.asked_soc2010)

    @property
    def caveats(self) -> tuple[str, ...]:
        """The wider group, where the answer is for one."""
        return ("wider_group",) if self.wider_group else ()


# --- occupations --------------------------------------------------------------------------------


@dataclass(frozen=True)
class SocEntry:
    """One SOC 2010 unit group in plain words. `leftover`: the official title ends in "n.e.c."."""

    soc2010: str
    title: str
    leftover: bool
    description: str
    qualifications: str
    tasks: tuple[str, ...]
    job_titles: tuple[str, ...]


@dataclass(frozen=True)
class SocMatch:
    """A found unit group. `score` 0..1 is ours, from titles alone; 0 means that only the texts
    matched, which says little.
    """

    entry: SocEntry
    score: float


@dataclass(frozen=True)
class SocMatches(Answer):
    """soc/search, ranked again by titles, highest first. May hold none."""

    query: str
    matches: tuple[SocMatch, ...]

    @property
    def by_title(self) -> tuple[SocMatch, ...]:
        """Only those whose titles match: the ones that may be offered to a reader."""
        return tuple(match for match in self.matches if match.score > 0)


@dataclass(frozen=True)
class SocDetails(Answer):
    """soc/code/{soc}."""

    entry: SocEntry


# --- figures by year ----------------------------------------------------------------------------


@dataclass(frozen=True)
class YearFigure:
    """One figure of one year, in the unit of the answer that holds it. `note` is the service's
    own warning, "" when there is none.
    """

    year: int
    value: float
    note: str = ""


@dataclass(frozen=True)
class ByYear(AboutJob):
    """At least one figure, sorted by year, one a year. `region` None means the United Kingdom."""

    unit: ClassVar[str] = ""
    figures: tuple[YearFigure, ...]
    region: Region | None = None

    @property
    def first(self) -> YearFigure:
        """The earliest year's."""
        return self.figures[0]

    @property
    def last(self) -> YearFigure:
        """The latest year's."""
        return self.figures[-1]

    def in_year(self, year: int) -> YearFigure | None:
        """The figure of that year, None where none is published."""
        return next((figure for figure in self.figures if figure.year == year), None)

    @property
    def caveats(self) -> tuple[str, ...]:
        """The wider group and small samples, where they hold for the latest figure."""
        small = ("small_sample",) if self.last.note else ()
        return (*super().caveats, *small)


@dataclass(frozen=True)
class Measured(ByYear):
    """Figures of past years: the latest one stands for the whole."""

    @property
    def year(self) -> int:
        """The data year of `value`."""
        return self.last.year

    @property
    def value(self) -> float:
        """The latest figure, in `unit`."""
        return self.last.value

    @property
    def source_year(self) -> str:
        """The data year as text."""
        return str(self.year)


@dataclass(frozen=True)
class WeeklyPay(Measured):
    """ashe/estimatePay: an estimate of gross pay in pounds a WEEK."""

    dataset: ClassVar[str] = "pay"
    unit: ClassVar[str] = "GBP a week"


@dataclass(frozen=True)
class WeeklyHours(Measured):
    """ashe/estimateHours: hours a week."""

    dataset: ClassVar[str] = "hours"
    unit: ClassVar[str] = "hours a week"


@dataclass(frozen=True)
class PayChange(Measured):
    """ashe/annualChanges: how pay changed, in per cent a year; may be negative."""

    dataset: ClassVar[str] = "pay_change"
    unit: ClassVar[str] = "% a year"


@dataclass(frozen=True)
class Unemployment(Measured):
    """lfs/unemployment: per cent."""

    dataset: ClassVar[str] = "unemployment"
    unit: ClassVar[str] = "%"


@dataclass(frozen=True)
class EmploymentForecast(ByYear):
    """wf/predict: people in work. It has no `year`: the service does not say when the projection
    was made, so it cannot be weighed against another by date.
    """

    dataset: ClassVar[str] = "employment"
    unit: ClassVar[str] = "people"

    @property
    def source_year(self) -> str:
        """The years of the projection that this answer holds."""
        return f"{self.first.year}-{self.last.year}"


# --- figures by year and part -------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """One part of a breakdown: a region, a gender, a qualification level, an industry."""

    code: int
    name: str
    value: float
    note: str = ""


@dataclass(frozen=True)
class PartsOfYear:
    """One year's parts, in order of code."""

    year: int
    parts: tuple[Part, ...]

    def part(self, code: int) -> Part | None:
        """The part with this code, None where none is published."""
        return next((part for part in self.parts if part.code == code), None)


@dataclass(frozen=True)
class Breakdown(AboutJob):
    """At least one year with at least one part, sorted by year. `by` is the service's word:
    region, gender, status, qualification or industry.
    """

    unit: ClassVar[str] = ""
    by: str
    years: tuple[PartsOfYear, ...]

    @property
    def last(self) -> PartsOfYear:
        """The latest year's parts."""
        return self.years[-1]

    def in_year(self, year: int) -> PartsOfYear | None:
        """The parts of that year, None where none is published."""
        return next((one for one in self.years if one.year == year), None)

    @property
    def source_year(self) -> str:
        """The latest year, as text."""
        return str(self.last.year)

    @property
    def caveats(self) -> tuple[str, ...]:
        """The wider group and small samples, where they hold for the latest year."""
        small = ("small_sample",) if any(part.note for part in self.last.parts) else ()
        return (*super().caveats, *small)


@dataclass(frozen=True)
class PayByRegion(Breakdown):
    """ashe/estimatePay by region: gross pounds a WEEK."""

    dataset: ClassVar[str] = "pay"
    unit: ClassVar[str] = "GBP a week"


@dataclass(frozen=True)
class HoursByRegion(Breakdown):
    """ashe/estimateHours by region: hours a week."""

    dataset: ClassVar[str] = "hours"
    unit: ClassVar[str] = "hours a week"


@dataclass(frozen=True)
class EmploymentBreakdown(Breakdown):
    """wf/predict/breakdown: people in work."""

    dataset: ClassVar[str] = "employment"
    unit: ClassVar[str] = "people"

    @property
    def source_year(self) -> str:
        """The years of the projection that this answer holds."""
        return f"{self.years[0].year}-{self.last.year}"


# --- other figures about a job ------------------------------------------------------------------


@dataclass(frozen=True)
class ReplacementDemand(AboutJob):
    """wf/replacement_demand: openings from people leaving between the years, as a percentage of
    today's stock (`value`, in `unit`).
    """

    dataset: ClassVar[str] = "replacement_demand"
    unit: ClassVar[str] = "% of today's stock"
    start_year: int
    end_year: int
    value: float

    @property
    def source_year(self) -> str:
        """The years that the figure spans."""
        return f"{self.start_year}-{self.end_year}"
