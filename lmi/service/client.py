"""LMI for All, asked in its own words: a method for every endpoint of its version 1.

Every method gives a typed result or a NoData; none raises for the service's trouble or for a
question that the service could not answer. Codes are SOC 2010, as text of four digits. The class
may be shared by threads.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TypeVar

from lmi.service.answers import by_year, occupations, onet, surroundings
from lmi.service.answers import vacancy_difficulty as survey
from lmi.service.around_results import (
    CensusJobs,
    DegreeSubjects,
    HardestToFill,
    OnetOccupations,
    OnetProfile,
    SkillsMatches,
    SurveyRegions,
    Vacancies,
    VacancyDifficulty,
)
from lmi.service.breaker import Breaker
from lmi.service.no_data import NOTHING_PUBLISHED, NoData, Reason
from lmi.service.regions import Gender, Region
from lmi.service.results import (
    EmploymentBreakdown,
    EmploymentForecast,
    HoursByRegion,
    PayByRegion,
    PayChange,
    Receipt,
    ReplacementDemand,
    SocDetails,
    SocMatches,
    Unemployment,
    WeeklyHours,
    WeeklyPay,
)
from lmi.service.transport import CONNECT_S, KEEP_FOR, READ_S, Transport

R = TypeVar("R")

BREAKDOWNS = ("region", "gender", "status", "qualification", "industry")
NOTHING: Mapping[str, str] = MappingProxyType({})
_SOC = re.compile(r"[1-9]\d{3}")


class LmiForAll:
    """The client. `base_url` "" means that nothing is ever called: every method then gives
    NoData(NOT_CONFIGURED). `folder` holds the cache file; None keeps no cache.

    `clock` (monotonic seconds) drives the breaker, `sleep` the pauses between retries. ValueError
    for a base address that is not http(s).
    """

    def __init__(
        self,
        base_url: str = "",
        folder: Path | None = None,
        *,
        keep_for: timedelta = KEEP_FOR,
        timeout_s: tuple[float, float] = (CONNECT_S, READ_S),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.breaker = Breaker(clock)
        self._transport = Transport(
            base_url,
            folder,
            breaker=self.breaker,
            clock=clock,
            sleep=sleep,
            keep_for=keep_for,
            timeout_s=timeout_s,
        )

    @property
    def base_url(self) -> str:
        """The configured address, without a slash at its end; "" when there is none."""
        return self._transport.base_url

    def close(self) -> None:
        """Close connections and the cache."""
        self._transport.close()

    def __enter__(self) -> LmiForAll:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    # --- occupations --------------------------------------------------------------------------

    def search(self, words: str) -> SocMatches | NoData:
        """Unit groups whose titles or texts hold the words, ranked by titles; maybe none.

        Never cached: what a reader typed is not written to a disk.
        """
        query = " ".join(words.split())[:100]
        if not query:
            return NoData(Reason.BAD_QUESTION, "nothing to search for")
        return self._ask(
            "soc/search",
            lambda body, receipt: occupations.matches(body, query, receipt),
            {"q": query},
            keep=False,
        )

    def occupation(self, soc2010: str) -> SocDetails | NoData:
        """Title, description, entry, tasks and job titles of one unit group."""
        return self._about(
            f"soc/code/{soc2010}",
            soc2010,
            lambda body, receipt: occupations.details(body, soc2010, receipt),
            in_path=True,
        )

    # --- pay and hours ------------------------------------------------------------------------

    def pay(self, soc2010: str, region: Region | None = None) -> WeeklyPay | NoData:
        """Estimated gross pay in pounds a week, for the job or, failing that, its wider group
        (`wider_group` says which).
        """
        return self._fine_then_coarse(
            "ashe/estimatePay",
            soc2010,
            lambda body, receipt: by_year.series(WeeklyPay, body, soc2010, receipt, region),
            _region_filter(region),
        )

    def pay_by_region(self, soc2010: str) -> PayByRegion | NoData:
        """Estimated gross pay in pounds a week in each region, for the job or its wider group."""
        return self._fine_then_coarse(
            "ashe/estimatePay",
            soc2010,
            lambda body, receipt: by_year.breakdown(PayByRegion, "region", body, soc2010, receipt),
            {"breakdown": "region"},
        )

    def hours(self, soc2010: str, region: Region | None = None) -> WeeklyHours | NoData:
        """Estimated hours a week, for the job or its wider group."""
        return self._fine_then_coarse(
            "ashe/estimateHours",
            soc2010,
            lambda body, receipt: by_year.series(WeeklyHours, body, soc2010, receipt, region),
            _region_filter(region),
        )

    def hours_by_region(self, soc2010: str) -> HoursByRegion | NoData:
        """Estimated hours a week in each region, for the job or its wider group."""
        return self._fine_then_coarse(
            "ashe/estimateHours",
            soc2010,
            lambda body, receipt: by_year.breakdown(
                HoursByRegion, "region", body, soc2010, receipt
            ),
            {"breakdown": "region"},
        )

    def pay_changes(self, soc2010: str, region: Region | None = None) -> PayChange | NoData:
        """How pay changed, per cent a year."""
        return self._about(
            "ashe/annualChanges",
            soc2010,
            lambda body, receipt: by_year.series(PayChange, body, soc2010, receipt, region),
            _region_filter(region),
        )

    # --- employment ---------------------------------------------------------------------------

    def employment_forecast(
        self,
        soc2010: str,
        first_year: int | None = None,
        last_year: int | None = None,
        region: Region | None = None,
    ) -> EmploymentForecast | NoData:
        """People in work by year, as projected."""
        return self._about(
            "wf/predict",
            soc2010,
            lambda body, receipt: by_year.series(
                EmploymentForecast, body, soc2010, receipt, region
            ),
            _years(first_year, last_year)
            | ({} if region is None else {"region": str(region.value)}),
        )

    def employment_breakdown(
        self,
        soc2010: str,
        by: str,
        first_year: int | None = None,
        last_year: int | None = None,
    ) -> EmploymentBreakdown | NoData:
        """People in work by year and by one of BREAKDOWNS, as projected."""
        if by not in BREAKDOWNS:
            return NoData(Reason.BAD_QUESTION, f"no breakdown by {by}")
        return self._about(
            f"wf/predict/breakdown/{by}",
            soc2010,
            lambda body, receipt: by_year.breakdown(
                EmploymentBreakdown, by, body, soc2010, receipt
            ),
            _years(first_year, last_year),
        )

    def replacement_demand(self, soc2010: str) -> ReplacementDemand | NoData:
        """Openings from people leaving, as a percentage of today's stock."""
        return self._about(
            "wf/replacement_demand",
            soc2010,
            lambda body, receipt: by_year.replacement(body, soc2010, receipt),
        )

    def unemployment(self, soc2010: str, gender: Gender | None = None) -> Unemployment | NoData:
        """Unemployment among people whose last job this was, per cent by year."""
        extra = {} if gender is None else {"filterBy": f"gender:{gender.value}"}
        return self._about(
            "lfs/unemployment",
            soc2010,
            lambda body, receipt: by_year.series(Unemployment, body, soc2010, receipt),
            extra,
        )

    # --- vacancies that are hard to fill ------------------------------------------------------

    def vacancy_difficulty(
        self, soc2010: str, region: Region | None = None, year: int | None = None
    ) -> VacancyDifficulty | NoData:
        """Hard-to-fill and skills-shortage vacancies, for the job or its wider group."""
        where = "uk" if region is None else f"region/{region.value}"
        return self._fine_then_coarse(
            f"ess/{where}/{soc2010}",
            soc2010,
            lambda body, receipt: survey.difficulty(body, soc2010, receipt, region),
            {} if year is None else {"year": str(year)},
            in_path=True,
        )

    def survey_regions(self) -> SurveyRegions | NoData:
        """The regions of the employers' survey with their codes."""
        return self._ask("ess/regions", survey.regions)

    def hardest_to_fill(self, region: Region) -> HardestToFill | NoData:
        """SOC 2010 codes whose vacancies are hardest to fill in a region."""
        return self._ask(
            f"ess/regions/ranksocs/{region.value}",
            lambda body, receipt: survey.hardest(body, region, receipt),
        )

    # --- O*NET --------------------------------------------------------------------------------

    def onet_occupations(self, soc2010: str) -> OnetOccupations | NoData:
        """The US occupations that match the job."""
        return self._about(
            f"o-net/soc2onet/{soc2010}",
            soc2010,
            lambda body, receipt: onet.occupations(body, soc2010, receipt),
            in_path=True,
        )

    def skills(self, onet_code: str) -> OnetProfile | NoData:
        """Skills of a US occupation ("53-6041.00"), with level and importance."""
        return self._onet("skills", onet_code)

    def abilities(self, onet_code: str) -> OnetProfile | NoData:
        """Abilities of a US occupation, with level and importance."""
        return self._onet("abilities", onet_code)

    def interests(self, onet_code: str) -> OnetProfile | NoData:
        """Interests of a US occupation."""
        return self._onet("interests", onet_code)

    def knowledge(self, onet_code: str) -> OnetProfile | NoData:
        """Fields of knowledge of a US occupation, with level and importance."""
        return self._onet("knowledge", onet_code)

    def jobs_from_skills(
        self, skills: Sequence[str] = (), interests: Sequence[str] = (), weights: str = ""
    ) -> SkillsMatches | NoData:
        """US occupations, with likely SOC 2010 codes, from O*NET element ids ("2.A.1.a")."""
        asked = {
            "skills": ",".join(skills),
            "interests": ",".join(interests),
            "weights": weights,
        }
        if not skills and not interests:
            return NoData(Reason.BAD_QUESTION, "no skills and no interests")
        given = {name: value for name, value in asked.items() if value}
        return self._ask("o-net/reversematch", onet.from_skills, given)

    # --- subjects, postings, area -------------------------------------------------------------

    def degree_subjects(self, soc2010: str) -> DegreeSubjects | NoData:
        """What the job's recent graduates had studied."""
        return self._about(
            f"hesa/courses/{soc2010}",
            soc2010,
            lambda body, receipt: surroundings.subjects(body, soc2010, receipt),
            in_path=True,
        )

    def vacancies(
        self, keywords: str, location: str = "", radius: int | None = None, limit: int = 10
    ) -> Vacancies | NoData:
        """Live postings; `radius` in the service's own unit. Never cached."""
        words = " ".join(keywords.split())[:100]
        if not words:
            return NoData(Reason.BAD_QUESTION, "nothing to search for")
        params = {"keywords": words, "limit": str(limit)}
        if location:
            params["location"] = " ".join(location.split())[:100]
        if radius is not None:
            params["radius"] = str(radius)
        return self._ask("vacancies/search", surroundings.postings, params, keep=False)

    def census_jobs(self, area: str) -> CensusJobs | NoData:
        """The jobs that people in an area (a postcode) have. Never cached, as for `search`."""
        place = " ".join(area.split())[:100]
        if not place:
            return NoData(Reason.BAD_QUESTION, "no area")
        return self._ask(
            "census/jobs_breakdown",
            lambda body, receipt: surroundings.area_jobs(body, place, receipt),
            {"area": place},
            keep=False,
        )

    # --- how all of them ask ------------------------------------------------------------------

    def _ask(
        self,
        path: str,
        read: Callable[[object, Receipt], R | NoData],
        params: Mapping[str, str] = NOTHING,
        *,
        keep: bool = True,
    ) -> R | NoData:
        fetched = self._transport.fetch(path, params, keep=keep)
        return fetched if isinstance(fetched, NoData) else read(fetched.body, fetched.receipt)

    def _about(
        self,
        path: str,
        soc2010: str,
        read: Callable[[object, Receipt], R | NoData],
        params: Mapping[str, str] = NOTHING,
        *,
        in_path: bool = False,
    ) -> R | NoData:
        if not _SOC.fullmatch(soc2010):
            return NoData(Reason.BAD_QUESTION, f"no SOC 2010 unit group: {soc2010[:20]!r}")
        code = {} if in_path else {"soc": soc2010}
        return self._ask(path, read, {**params, **code})

    def _fine_then_coarse(
        self,
        path: str,
        soc2010: str,
        read: Callable[[object, Receipt], R | NoData],
        params: Mapping[str, str] = NOTHING,
        *,
        in_path: bool = False,
    ) -> R | NoData:
        """Ask for the job itself, and for its wider group only where nothing is published for it.

        The result says which it is. When the service is in trouble there is no second question.
        """
        fine = self._about(path, soc2010, read, {**params, "coarse": "false"}, in_path=in_path)
        if not isinstance(fine, NoData) or fine.reason not in NOTHING_PUBLISHED:
            return fine
        return self._about(path, soc2010, read, {**params, "coarse": "true"}, in_path=in_path)

    def _onet(self, kind: str, onet_code: str) -> OnetProfile | NoData:
        if not onet.ONET_CODE.fullmatch(onet_code):
            return NoData(Reason.BAD_QUESTION, f"no O*NET code: {onet_code[:20]!r}")
        return self._ask(
            f"o-net/{kind}/{onet_code}",
            lambda body, receipt: onet.profile(kind, body, onet_code, receipt),
        )


def _region_filter(region: Region | None) -> dict[str, str]:
    return {} if region is None else {"filters": f"region:{region.value}"}


def _years(first: int | None, last: int | None) -> dict[str, str]:
    years = {"minYear": first, "maxYear": last}
    return {name: str(year) for name, year in years.items() if year is not None}
