"""The twin's own small answers, one for every endpoint of the contract.

`SHAPES` is the table. `known_from` says how sure the shape is: "recorded" where real answers of
that endpoint were recorded, "clients" where it was read from other people's clients. Whatever is
in here is reconstructed: every number is made up and looks it (111, 222, 333 …), titles are made
up but for a few official ones, and every sentence is ours.

Codes that play a part, for any endpoint that takes one:
    1111  the job itself has no figure; its wider group has one
    2222  every figure is suppressed: 0, null or absent
    3333  a service that says {"error": …} with status 200
    4444  the answer is for another job altogether
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

ONLY_WIDER, SUPPRESSED, ERROR, OTHER = "1111", "2222", "3333", "4444"
Params = dict[str, str]
Reply = tuple[int, Any]


def _occupation(soc: int, title: str, *add_titles: str) -> dict[str, Any]:
    return {
        "soc": soc,
        "title": title,
        "description": f"<p>Made-up words about <b>{soc}</b>.</p>",
        "qualifications": "Made-up entry &amp; training.",
        "tasks": f" first made-up task of {soc};\n second made-up task;\n third, the last.",
        "add_titles": list(add_titles),
    }


OCCUPATIONS = {
    entry["soc"]: entry
    for entry in (
        _occupation(9233, "Cleaners and domestics", "Cleaner (library)", "Maid, house"),
        _occupation(1259, "Managers and proprietors in other services n.e.c.", "Manager, tour"),
        _occupation(2451, "Librarians", "Librarian, branch", "Librarian, picture"),
        _occupation(4135, "Library clerks and assistants", "Assistant, library", "Clerk (library)"),
        _occupation(2216, "Veterinarians", "Surgeon, veterinary", "Vet"),
        _occupation(8229, "<em>Mobile machine</em> drivers &amp; operatives n.e.c.", "Dredger"),
    )
}


def search(path: str, params: Params) -> Reply:
    """As the real one: fuzzy over the texts too, the worst first."""
    words = params.get("q", "").strip()
    if not words:
        return 400, {"error": "Please give a string to search for."}
    if words == "gobbledygook":
        return 200, []
    if words == "library":
        return 200, [OCCUPATIONS[soc] for soc in (9233, 1259, 2451, 4135)]
    found = [e for e in OCCUPATIONS.values() if words.casefold() in str(e).casefold()]
    return 200, found[:10]


def occupation(path: str, params: Params) -> Reply:
    soc = path.rpartition("/")[2]
    if soc == OTHER:
        return 200, OCCUPATIONS[2216]
    entry = OCCUPATIONS.get(int(soc))
    return (200, entry) if entry else (404, {"error": "No such code."})


def _echo(params: Params, soc: str = "") -> int:
    soc = soc or params.get("soc", "0")
    if soc == OTHER:
        return 9876
    return int(soc[:2]) if params.get("coarse") == "true" else int(soc)


def _hidden(params: Params, soc: str = "") -> bool:
    """Whether this job, asked this way, has nothing to show."""
    soc = soc or params.get("soc", "")
    return soc == ONLY_WIDER and params.get("coarse") != "true"


def yearly(list_key: str, value_key: str) -> Callable[[str, Params], Reply]:
    """Unsorted on purpose, the latest year first but one."""

    def build(path: str, params: Params) -> Reply:
        soc = params.get("soc", "")
        figures: list[dict[str, Any]]
        if soc == SUPPRESSED:
            figures = [
                {"year": 2021, value_key: 0},
                {"year": 2022, value_key: None},
                {"year": 2020},
            ]
        elif _hidden(params):
            figures = []
        elif params.get("breakdown") == "region":
            figures = [
                {"year": year, "breakdown": _regions("region", value_key, base)}
                for year, base in ((2022, 200), (2020, 100))
            ]
        else:
            scale = 1 if value_key in ("estpay", "employment") else 0.1
            figures = [
                {"year": 2021, value_key: round(222 * scale, 1)},
                {"year": 2022, value_key: round(333 * scale, 1)},
                {"year": 2020, value_key: round(111 * scale, 1)},
            ]
        return 200, {"soc": _echo(params), list_key: figures}

    return build


def _regions(key: str, value_key: str, base: int) -> list[dict[str, Any]]:
    return [
        {key: 7, value_key: base + 7},
        {key: 1, value_key: base + 1},
        {key: 12, value_key: 0},
        {key: 3, value_key: None},
    ]


NAMES = {
    "region": {1: "London", 9: "North East (England)", 12: "Northern Ireland"},
    "gender": {1: "Male", 2: "Female"},
    "status": {1: "Full-time", 2: "Part-time", 3: "Self-employed"},
    "qualification": {1: "Made-up level 1", 2: "Made-up level 2"},
    "industry": {1: "Made-up industry 1", 2: "Made-up industry 2"},
}


def employment_parts(path: str, params: Params) -> Reply:
    by = path.rpartition("/")[2]
    low, high = int(params.get("minYear", 2021)), int(params.get("maxYear", 2022))
    years = []
    for year in range(high, low - 1, -1):
        parts: list[dict[str, Any]] = [
            {"code": code, "name": name, "employment": 0 if code == 12 else code * 1111}
            for code, name in reversed(NAMES[by].items())
        ]
        parts[-1]["note"] = "Made-up note: small sample."
        if params.get("soc") == SUPPRESSED:
            parts = [{"code": 1, "name": NAMES[by][1], "employment": None}]
        years.append({"year": year, "breakdown": parts})
    return 200, {"soc": _echo(params), "breakdown": by, "predictedEmployment": years}


def replacement(path: str, params: Params) -> Reply:
    rate = 0 if params.get("soc") == SUPPRESSED else 33.3
    return 200, {"soc": _echo(params), "start_year": 2020, "end_year": 2030, "rate": rate}


def vacancy_difficulty(path: str, params: Params) -> Reply:
    soc = path.rpartition("/")[2]
    shown = soc != SUPPRESSED and not _hidden(params, soc)
    body: dict[str, Any] = {
        "soc": _echo(params, soc),
        "year": int(params.get("year", 2022)),
        "percentSSV": 11.1 if shown else 0,
        "percentHTF": 22.2 if shown else None,
        "percentHTFisSSV": 33.3 if shown else 0,
        "reliability": 3,
    }
    if "/region/" in path:
        body["region"] = {"name": "Made-up", "code": int(path.split("/")[2])}
    return 200, body


def survey_regions(path: str, params: Params) -> Reply:
    return 200, {"London": 1, "South East": 2, "Wales": 10}


def hardest(path: str, params: Params) -> Reply:
    return 200, [{"soc": 2216, "percentHTF": 33.3}, {"soc": 4135, "percentHTF": 22.2}, {"soc": -1}]


def onet_occupations(path: str, params: Params) -> Reply:
    soc = path.rpartition("/")[2]
    there = {"skills": True, "abilities": True, "interests": False, "knowledge": True}
    codes = [
        {
            "code": "29-1131.00",
            "occupations": ["Made-up animal doctors", "Made-up vets"],
            "data_available": there,
        }
    ]
    return 200, {"soc": _echo(params, soc), "onetCodes": [] if soc == SUPPRESSED else codes}


def onet_profile(path: str, params: Params) -> Reply:
    _, kind, code = path.split("/")
    if code == "00-0000.00":
        return 200, {"onetcode": code, "scales": []}
    items = [
        {"id": "2.A.1.a", "name": "Reading Comprehension", "value": 2.22},
        {"id": "2.A.1.b", "name": "Active Listening", "value": 4.44},
        {"id": "2.A.1.c", "name": "Writing", "value": 0},
        {"id": "2.A.1.d", "name": "Speaking", "value": None},
        {"id": "2.A.1.e", "name": "Mathematics", "value": 99},
    ]
    return 200, {"onetcode": code, "scales": [{"id": "IM", kind: items}, {"id": "LV", kind: []}]}


def reverse_match(path: str, params: Params) -> Reply:
    results = [
        {"title": "Made-up chiefs", "likely_soc_codes": [1115, 1116]},
        {"title": "Made-up vets", "likely_soc_codes": [2216]},
    ]
    return 200, {"selection": dict(params), "results": results}


def courses(path: str, params: Params) -> Reply:
    soc = path.rpartition("/")[2]
    years = [
        {
            "year": "2012/13",
            "courses": [
                {"name": "(H3) Mechanical engineering", "percentage": 11.0},
                {"name": "(G1) Mathematics &amp; more", "percentage": 22.0},
                {"name": "(F3) Physics", "percentage": 0.0},
            ],
        },
        {"year": "2011/12", "courses": [{"name": "(F3) Physics", "percentage": 33.0}]},
    ]
    return 200, {"soc": _echo(params, soc), "years": [] if soc == SUPPRESSED else years}


TOO_MANY = [{"id": 0, "title": "Too Many Requests", "summary": "", "company": "", "link": ""}]


def vacancies(path: str, params: Params) -> Reply:
    if params.get("keywords") == "gobbledygook":
        return 200, []
    postings = [
        {
            "id": 111,
            "title": "Made-up <b>vet</b>",
            "summary": "<p>Made-up work.</p><script>alert(1)</script>",
            "company": "Made-up &amp; Sons",
            "link": "https://jobs.example/111",
            "location": {"location": "Made-up Town"},
        },
        {
            "id": 222,
            "title": "Made-up nurse",
            "summary": "",
            "company": "",
            "link": "javascript:alert(1)",
            "location": {"location": ""},
        },
    ]
    return 200, postings[: int(params.get("limit", 10))]


def census(path: str, params: Params) -> Reply:
    groups = [
        {"description": "Made-up professionals n.e.c.", "value": 1111, "percentage": 11.1},
        {"description": "Made-up drivers", "value": 0, "percentage": None},
    ]
    return 200, {"jobsBreakdown": groups}


@dataclass(frozen=True)
class Shape:
    """One endpoint of the twin."""

    name: str
    pattern: str
    known_from: str
    build: Callable[[str, Params], Reply]


SHAPES = (
    Shape("soc/search", r"soc/search", "recorded", search),
    Shape("soc/code", r"soc/code/\d+", "recorded", occupation),
    Shape("estimatePay", r"ashe/estimatePay", "recorded", yearly("series", "estpay")),
    Shape("estimateHours", r"ashe/estimateHours", "recorded", yearly("series", "hours")),
    Shape("annualChanges", r"ashe/annualChanges", "clients", yearly("annual_changes", "change")),
    Shape("predict", r"wf/predict", "clients", yearly("predictedEmployment", "employment")),
    Shape("predict/breakdown", r"wf/predict/breakdown/\w+", "recorded", employment_parts),
    Shape("replacement_demand", r"wf/replacement_demand", "clients", replacement),
    Shape("unemployment", r"lfs/unemployment", "clients", yearly("years", "unemprate")),
    Shape("ess", r"ess/(uk|region/\d+)/\d+", "clients", vacancy_difficulty),
    Shape("ess/regions", r"ess/regions", "clients", survey_regions),
    Shape("ess/ranksocs", r"ess/regions/ranksocs/\d+", "clients", hardest),
    Shape("soc2onet", r"o-net/soc2onet/\d+", "clients", onet_occupations),
    Shape(
        "o-net", r"o-net/(skills|abilities|interests|knowledge)/[\d.-]+", "clients", onet_profile
    ),
    Shape("reversematch", r"o-net/reversematch", "clients", reverse_match),
    Shape("hesa/courses", r"hesa/courses/\d+", "recorded", courses),
    Shape("vacancies", r"vacancies/search", "clients", vacancies),
    Shape("census", r"census/jobs_breakdown", "clients", census),
)


def reconstructed(path: str, params: Params) -> Reply:
    """The twin's own answer; 404 for a path that the contract does not have."""
    for shape in SHAPES:
        if re.fullmatch(shape.pattern, path):
            if params.get("soc") == ERROR or path.endswith(f"/{ERROR}"):
                return 200, {"error": "Made-up: no data for this occupation."}
            return shape.build(path, params)
    return 404, {"error": "No such endpoint."}
