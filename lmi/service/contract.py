"""The endpoints of LMI for All, version 1, and what an answer of each must hold to be one.

An answer without its key, or with an error in it, is no answer: it is neither shown nor kept in
the cache, where it would push out a good older one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from lmi.service.no_data import NoData, Reason

PUBLIC_BASE_URL = "https://api.lmiforall.org.uk/api/v1"
SOC = r"\d{1,4}"
ONET = r"\d{2}-\d{4}\.\d{2}"


@dataclass(frozen=True)
class Endpoint:
    """One endpoint: its path below the base, and what its answer holds.

    `keys`: the answer is an object with one of these keys; no keys: it is a list (or, with
    `object_too`, an object of any keys).
    """

    name: str
    pattern: str
    keys: tuple[str, ...] = ()
    object_too: bool = False

    def matches(self, path: str) -> bool:
        """Whether this path below the base (no leading slash) is one of this endpoint's."""
        return re.fullmatch(self.pattern, path) is not None


ENDPOINTS = (
    Endpoint("soc_search", r"soc/search"),
    Endpoint("soc_code", rf"soc/code/{SOC}", ("soc",)),
    Endpoint("pay", r"ashe/estimatePay", ("series",)),
    Endpoint("hours", r"ashe/estimateHours", ("series",)),
    Endpoint("pay_changes", r"ashe/annualChanges", ("annual_changes",)),
    Endpoint("employment_forecast", r"wf/predict", ("predictedEmployment",)),
    Endpoint(
        "employment_breakdown",
        r"wf/predict/breakdown/(region|gender|status|qualification|industry)",
        ("predictedEmployment",),
    ),
    Endpoint("replacement_demand", r"wf/replacement_demand", ("rate",)),
    Endpoint("unemployment", r"lfs/unemployment", ("years",)),
    Endpoint(
        "vacancy_difficulty",
        rf"ess/(uk|region/\d{{1,2}})/{SOC}",
        ("percentSSV", "percentHTF", "percentHTFisSSV"),
    ),
    Endpoint("survey_regions", r"ess/regions", object_too=True),
    Endpoint("hardest_to_fill", r"ess/regions/ranksocs/\d{1,2}"),
    Endpoint("onet_occupations", rf"o-net/soc2onet/{SOC}", ("onetCodes",)),
    Endpoint("onet_profile", rf"o-net/(skills|abilities|interests|knowledge)/{ONET}", ("scales",)),
    Endpoint("jobs_from_skills", r"o-net/reversematch", ("results",)),
    Endpoint("degree_subjects", rf"hesa/courses/{SOC}", ("years",)),
    Endpoint("vacancies", r"vacancies/search"),
    Endpoint("census_jobs", r"census/jobs_breakdown", ("jobsBreakdown",)),
)


def endpoint_of(path: str) -> Endpoint | None:
    """The endpoint that a path below the base belongs to, None for a path we never ask."""
    return next((endpoint for endpoint in ENDPOINTS if endpoint.matches(path)), None)


def complaint(path: str, body: object) -> NoData | None:
    """What is wrong with a decoded answer to `path`, None when it holds what it must."""
    if isinstance(body, dict) and "error" in body:
        return NoData(Reason.ERROR_IN_ANSWER, str(body["error"])[:200])
    endpoint = endpoint_of(path)
    if endpoint is None:
        return None
    if endpoint.keys:
        if isinstance(body, dict) and any(key in body for key in endpoint.keys):
            return None
        return NoData(Reason.UNEXPECTED_SHAPE, f"{path}: no {' or '.join(endpoint.keys)}")
    if isinstance(body, list) or (endpoint.object_too and isinstance(body, dict)):
        return None
    return NoData(Reason.UNEXPECTED_SHAPE, f"{path}: not a list")
