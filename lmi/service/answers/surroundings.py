"""Degree subjects, vacancy postings and the jobs of an area: hesa, vacancies, census."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from lmi.service.answers import fields
from lmi.service.around_results import (
    CensusGroup,
    CensusJobs,
    DegreeSubjects,
    Subject,
    SubjectsOfYear,
    Vacancies,
    Vacancy,
)
from lmi.service.no_data import NoData, Reason
from lmi.service.plain_text import without_nec
from lmi.service.results import Receipt

_SUBJECT = re.compile(r"\(([A-Z]\w{0,3})\)\s*(.+)")
_ACADEMIC_YEAR = re.compile(r"(\d{4})/(\d{2})")
_LIMITED = "too many requests"


def subjects(body: object, asked: str, receipt: Receipt) -> DegreeSubjects | NoData:
    """Subjects by year; NoData when there is none. "(H3) Mechanical engineering" is split."""
    whole = fields.mapping(body)
    code = fields.answered_code(whole, asked)
    if isinstance(code, NoData):
        return code
    years: dict[int, SubjectsOfYear] = {}
    for item in fields.objects(whole.get("years")):
        academic_year = fields.text(item.get("year"))
        parts = _ACADEMIC_YEAR.fullmatch(academic_year)
        found = [
            Subject(*named, percent)
            for course in fields.objects(item.get("courses"))
            if (percent := fields.percentage(course.get("percentage"))) is not None
            and (named := _subject(fields.text(course.get("name"))))[1]
        ]
        if parts and found:
            found.sort(key=lambda subject: (-subject.percent, subject.name))
            year = int(parts[1]) + 1
            years[year] = SubjectsOfYear(academic_year, year, tuple(found))
    if not years:
        return NoData(Reason.NO_FIGURE, f"no subjects for {asked}")
    return DegreeSubjects(receipt, asked, code, tuple(years[year] for year in sorted(years)))


def postings(body: object, receipt: Receipt) -> Vacancies | NoData:
    """Postings as plain text; NoData when the service says "Too Many Requests" as a posting."""
    items = fields.objects(body)
    if any(fields.text(item.get("title")).casefold().startswith(_LIMITED) for item in items):
        return NoData(Reason.RATE_LIMITED)
    found = (_posting(item) for item in items)
    return Vacancies(receipt, tuple(posting for posting in found if posting.title))


def area_jobs(body: object, area: str, receipt: Receipt) -> CensusJobs | NoData:
    """Groups with a description and at least one published number; NoData when there is none."""
    groups = tuple(
        group
        for item in fields.objects(fields.mapping(body).get("jobsBreakdown"))
        if (group := _group(item)).description
        and (group.people is not None or group.percent is not None)
    )
    if not groups:
        return NoData(Reason.NO_FIGURE, "no jobs breakdown for the area")
    return CensusJobs(receipt, area, groups)


def _subject(name: str) -> tuple[str, str]:
    parts = _SUBJECT.fullmatch(name)
    return (parts[1], parts[2].strip()) if parts else ("", name)


def _posting(item: dict[str, object]) -> Vacancy:
    place = item.get("location")
    number = item.get("id")
    return Vacancy(
        id=str(number) if isinstance(number, (int, str)) else "",
        title=fields.text(item.get("title")),
        summary=fields.text(item.get("summary")),
        company=fields.text(item.get("company")),
        link=_web_address(item.get("link")),
        place=fields.text(fields.mapping(place).get("location", place)),
    )


def _web_address(value: object) -> str:
    """The address if it is an http(s) one: a posting is a stranger's text."""
    if not isinstance(value, str):
        return ""
    try:
        parts = urlsplit(value.strip())
    except ValueError:
        return ""
    return value.strip() if parts.scheme in ("http", "https") and parts.netloc else ""


def _group(item: dict[str, object]) -> CensusGroup:
    return CensusGroup(
        without_nec(fields.text(item.get("description")))[0],
        fields.published(item.get("value")),
        fields.percentage(item.get("percentage")),
    )
