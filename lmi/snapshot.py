"""The embedded snapshot: every figure and fact that the project ships, loaded into memory.

Figures come with their source: `Snapshot.source("pay")` says who published the table, which
edition it is and what a reader has to be warned of.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from lmi.table_files import TABLES, read_sources

ALL_EMPLOYEES = "all"
# Two areas share a name twice. The LEP's figures go first: for the North East they cover the whole
# of today's combined authority, and DfE says that the LSIP called Dorset was mapped wrongly.
AREA_KINDS = ("LEP", "MCA", "LSIP", "Country")


@dataclass(frozen=True)
class Source:
    """Who published a table; `year` is its data year or years, `link` the official page."""

    publisher: str
    dataset: str
    year: str
    link: str
    licence: str
    caveat: str = ""


@dataclass(frozen=True)
class UnitGroup:
    """A SOC 2020 unit group with the codes of the groups above it."""

    code: str
    title: str
    minor: str
    sub_major: str
    major: str


@dataclass(frozen=True)
class PayRow:
    """Gross pay in pounds a year, all employees; `None` is a figure that ONS does not publish."""

    soc2020: str
    year: int
    sex: str
    jobs: int | None
    median: int | None
    p10: int | None
    p25: int | None
    p75: int | None
    p90: int | None


@dataclass(frozen=True)
class Replacement:
    """Change and openings 2020-35 in England, in thousands; `rate_pa` is a share of jobs a year."""

    code: str
    net_change: float
    replacement_demand: float
    total_requirement: float
    rate_pa: float


@dataclass(frozen=True)
class Area:
    """A place with projections: `kind` is Country, LEP, LSIP or MCA, as the source says."""

    kind: str
    name: str


@dataclass(frozen=True)
class Standard:
    """An apprenticeship standard; the level is 2 to 7, the duration is the typical one."""

    reference: str
    title: str
    level: str
    duration_months: int


@dataclass(frozen=True)
class Profile:
    """Entry facts of a National Careers Service job profile.

    Numbers of GCSEs (grade 4 or better unless a college's level 2 course) and A levels are texts
    like "2-3", "5" or "2+", empty where the profile gives none. `university_award` is what the A
    levels are for: "degree", "foundation degree" or "higher national diploma". `postgraduate` says
    that the profile names a course that needs a degree first. GCSEs for an apprenticeship are
    those of the advanced, higher and degree levels; an intermediate one asks for fewer.
    `other_route` says that the profile names a further way in (a private course, a graduate
    scheme, a trade body's training), which for a few jobs is the only one.
    """

    slug: str
    title: str
    soc2010: str
    soc2020: tuple[str, ...]
    routes: tuple[str, ...]
    min_hours: float | None
    max_hours: float | None
    university_a_levels: str
    university_gcses: str
    college_gcses: str
    apprenticeship_gcses: str
    apprenticeship_levels: tuple[str, ...]
    standards: tuple[str, ...]
    link: str
    university_award: str = ""
    postgraduate: bool = False
    other_route: bool = False


class Snapshot:
    """The tables, read once; nothing in it changes afterwards."""

    unit_groups: dict[str, UnitGroup]
    groups: dict[str, str]
    areas: tuple[Area, ...]
    soc2010_titles: dict[str, str]
    profiles: dict[str, Profile]
    standards: dict[str, Standard]
    summaries: dict[str, str]
    places: dict[str, str]

    def __init__(self, folder: Path) -> None:
        self.unit_groups = {
            code: UnitGroup(code, *above) for code, *above in _cells(folder, "unit_groups")
        }
        self.groups = {row[0]: row[1] for row in _cells(folder, "groups")}
        # rows become `PayRow` when asked for: making all of them takes longer than reading them
        self._pay = {(row[0], int(row[1]), row[2]): tuple(row[3:]) for row in _cells(folder, "pay")}
        self._jobs_counted: dict[int, int] = defaultdict(int)
        for (_, year, sex), (jobs, *_) in self._pay.items():
            if sex == ALL_EMPLOYEES:
                self._jobs_counted[year] += int(jobs or 0)
        self._pay_years = sorted({year for _, year, _ in self._pay})
        self._all_jobs = {
            (int(year), sex): (int(median), origin)
            for year, sex, median, origin in _cells(folder, "pay_all_jobs")
        }
        self._employment = _by_year(folder, "employment_england", keys=1)
        self._replacement = {
            code: Replacement(code, *(float(figure) for figure in figures))
            for code, *figures in _cells(folder, "replacement_demand")
        }
        self._area_employment = _by_year(folder, "employment_area", keys=3)
        listed = dict.fromkeys((kind, name) for kind, name, _ in self._area_employment)
        self.areas = tuple(Area(kind, name) for kind, name in listed)
        self._read_soc2010(folder)
        self._read_profiles(folder)
        self.summaries = dict(_optional(folder, "summaries", ("soc2020", "summary")))
        self.places = {
            place.casefold(): area for place, area in _optional(folder, "places", ("place", "area"))
        }
        self._sources = {
            name: Source(**{field: entry[field] for field in Source.__dataclass_fields__})
            for name, entry in read_sources(folder).items()
        }

    @classmethod
    def load(cls, folder: Path = TABLES) -> Snapshot:
        """Read the tables in `folder`, in less than 0.2 s."""
        return cls(folder)

    def pay(self, soc2020: str, year: int | None = None, sex: str = ALL_EMPLOYEES) -> PayRow | None:
        """Return pay in `year`, or in the latest year that has this unit group.

        `sex` is all, women or men. The row says its year; a figure in it may be `None`.
        """
        years = reversed(self._pay_years) if year is None else (year,)
        for wanted in years:
            cells = self._pay.get((soc2020, wanted, sex))
            if cells is not None:
                figures = (int(cell) if cell else None for cell in cells)
                return PayRow(soc2020, wanted, sex, *figures)
        return None

    def pay_years(self) -> list[int]:
        """Return the years that have pay, oldest first."""
        return list(self._pay_years)

    def jobs_counted(self, year: int) -> int:
        """Return the jobs of all unit groups whose jobs are published in a year, added up."""
        return self._jobs_counted.get(year, 0)

    def all_jobs_pay(self, year: int, sex: str = ALL_EMPLOYEES) -> int | None:
        """Return typical pay of all jobs together, pounds a year.

        It is computed from the unit groups unless that year's official workbook was imported:
        see `all_jobs_pay_is_official`.
        """
        found = self._all_jobs.get((year, sex))
        return found[0] if found else None

    def all_jobs_pay_is_official(self, year: int, sex: str = ALL_EMPLOYEES) -> bool:
        """Say whether ONS itself published the all-jobs figure of that year."""
        found = self._all_jobs.get((year, sex))
        return found is not None and found[1] == "official"

    def employment(self, code: str) -> dict[int, float]:
        """Return people employed in England in thousands, by year 2010-2035.

        `code` is a sub-major group ("22"), a major group ("2") or "" for all jobs; the result is
        empty for any other.
        """
        return dict(self._employment.get((code,), {}))

    def replacement(self, code: str) -> Replacement | None:
        """Return openings from growth and from people leaving; `code` is a sub-major group."""
        return self._replacement.get(code)

    def area_employment(self, area_name: str, code: str) -> dict[int, float]:
        """Return people employed in an area in thousands, in 2020, 2025, 2030 and 2035.

        `code` is a sub-major group. The result is empty for an unknown area or code.
        """
        for kind in AREA_KINDS:
            found = self._area_employment.get((kind, area_name, code))
            if found:
                return dict(found)
        return {}

    def soc2010_for(self, soc2020: str) -> tuple[str, ...]:
        """Return the SOC 2010 codes that lead to a SOC 2020 unit group, likeliest first."""
        return self._soc2010_for.get(soc2020, ())

    def soc2020_for(self, soc2010: str) -> tuple[str, ...]:
        """Return the SOC 2020 unit groups that follow a SOC 2010 one, likeliest first."""
        return self._soc2020_for.get(soc2010, ())

    def profiles_for(self, soc2020: str) -> tuple[Profile, ...]:
        """Return the job profiles in a unit group, those that are surely in it first."""
        return self._profiles_for.get(soc2020, ())

    def source(self, table: str) -> Source:
        """Return the source of a table; `KeyError` when there is no such table."""
        return self._sources[table]

    def _read_soc2010(self, folder: Path) -> None:
        self.soc2010_titles = {}
        self._soc2020_for: dict[str, tuple[str, ...]] = {}
        ranked: dict[str, list[tuple[int, str]]] = defaultdict(list)
        for code, title, soc2020, _ in _cells(folder, "soc2010"):
            self.soc2010_titles[code] = title
            self._soc2020_for[code] = tuple(soc2020.split())
            for place, unit_group in enumerate(soc2020.split()):
                ranked[unit_group].append((place, code))
        self._soc2010_for = {
            unit_group: tuple(code for _, code in sorted(places))
            for unit_group, places in ranked.items()
        }

    def _read_profiles(self, folder: Path) -> None:
        with (folder / "profiles.csv").open(encoding="utf-8", newline="") as stream:
            self.profiles = {row["slug"]: _profile(row) for row in csv.DictReader(stream)}
        self.standards = {
            reference: Standard(reference, title, level, int(months))
            for reference, title, level, months in _cells(folder, "standards")
        }
        ranked: dict[str, list[tuple[int, Profile]]] = defaultdict(list)
        for profile in self.profiles.values():
            for place, unit_group in enumerate(profile.soc2020):
                ranked[unit_group].append((place, profile))
        self._profiles_for = {
            unit_group: tuple(
                profile for _, profile in sorted(places, key=lambda pair: (pair[0], pair[1].slug))
            )
            for unit_group, places in ranked.items()
        }


def _cells(folder: Path, table: str) -> Iterator[list[str]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        yield from rows


def _optional(folder: Path, table: str, columns: tuple[str, str]) -> Iterator[tuple[str, str]]:
    path = folder / f"{table}.csv"
    if path.exists():
        with path.open(encoding="utf-8", newline="") as stream:
            rows = csv.reader(stream)
            header = next(rows)
            key, value = (header.index(column) for column in columns)
            for row in rows:
                yield row[key], row[value]


def _by_year(folder: Path, table: str, keys: int) -> dict[tuple[str, ...], dict[int, float]]:
    with (folder / f"{table}.csv").open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        years = [int(name) for name in next(rows)[keys:]]
        return {
            tuple(row[:keys]): {
                year: float(cell) for year, cell in zip(years, row[keys:], strict=True)
            }
            for row in rows
        }


def _profile(row: dict[str, str]) -> Profile:
    return Profile(
        slug=row["slug"],
        title=row["title"],
        soc2010=row["soc2010"],
        soc2020=tuple(row["soc2020"].split()),
        routes=tuple(row["routes"].split()),
        min_hours=float(row["min_hours"]) if row["min_hours"] else None,
        max_hours=float(row["max_hours"]) if row["max_hours"] else None,
        university_a_levels=row["university_a_levels"],
        university_gcses=row["university_gcses"],
        college_gcses=row["college_gcses"],
        apprenticeship_gcses=row["apprenticeship_gcses"],
        apprenticeship_levels=tuple(row["apprenticeship_levels"].split()),
        standards=tuple(row["standards"].split()),
        link=row["link"],
        university_award=row["university_award"],
        postgraduate=row["postgraduate"] == "yes",
        other_route=row["other_route"] == "yes",
    )
