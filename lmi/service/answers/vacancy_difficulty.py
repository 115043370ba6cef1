"""The Employer Skills Survey: ess/…"""

from __future__ import annotations

from lmi.service.answers import fields
from lmi.service.around_results import HardestToFill, SurveyRegions, VacancyDifficulty
from lmi.service.no_data import NoData, Reason
from lmi.service.regions import Region
from lmi.service.results import Receipt


def difficulty(
    body: object, asked: str, receipt: Receipt, region: Region | None = None
) -> VacancyDifficulty | NoData:
    """Percentages of vacancies; NoData when none of the three is published, or for another
    region than the one asked for.
    """
    whole = fields.mapping(body)
    code = fields.answered_code(whole, asked)
    if isinstance(code, NoData):
        return code
    answered = fields.whole(fields.mapping(whole.get("region")).get("code"))
    if region is not None and answered not in (None, region.value):
        return NoData(Reason.NO_FIGURE, f"asked region {region.value}, got {answered}")
    result = VacancyDifficulty(
        receipt,
        asked,
        code,
        year=fields.year(whole.get("year")),
        region=region,
        skills_shortage=fields.percentage(whole.get("percentSSV")),
        hard_to_fill=fields.percentage(whole.get("percentHTF")),
        hard_to_fill_for_skills=fields.percentage(whole.get("percentHTFisSSV")),
        reliability=fields.whole(whole.get("reliability")),
    )
    shown = (result.skills_shortage, result.hard_to_fill, result.hard_to_fill_for_skills)
    if all(figure is None for figure in shown):
        return NoData(Reason.NO_FIGURE, f"no vacancy figures for {asked}")
    return result


def regions(body: object, receipt: Receipt) -> SurveyRegions | NoData:
    """Names and codes: from {"London": 1}, {"1": "London"} or [{"name", "code"}]."""
    pairs: list[tuple[str, object]] = [
        (fields.text(item.get("name")), item.get("code")) for item in fields.objects(body)
    ]
    for key, value in fields.mapping(body).items():
        pairs.append((fields.text(value), key) if isinstance(value, str) else (key, value))
    codes = tuple(
        (name, code)
        for name, raw in pairs
        if name and not name.isdecimal() and (code := fields.whole(raw)) is not None
    )
    return SurveyRegions(receipt, codes) if codes else NoData(Reason.NO_FIGURE, "no regions")


def hardest(body: object, region: Region, receipt: Receipt) -> HardestToFill | NoData:
    """SOC codes in the service's order; its -1 ("no occupation") is left out."""
    items = body if isinstance(body, list) else []
    codes = (fields.soc_code(item.get("soc") if isinstance(item, dict) else item) for item in items)
    found = tuple(dict.fromkeys(code for code in codes if code))
    if not found:
        return NoData(Reason.NO_FIGURE, f"no ranking for region {region.value}")
    return HardestToFill(receipt, region, found)
