"""O*NET by way of LMI for All: o-net/…"""

from __future__ import annotations

import re

from lmi.service.answers import fields
from lmi.service.around_results import (
    OnetOccupation,
    OnetOccupations,
    OnetProfile,
    OnetScale,
    OnetTrait,
    SkillsMatch,
    SkillsMatches,
)
from lmi.service.no_data import NoData, Reason
from lmi.service.results import Receipt

KINDS = ("skills", "abilities", "interests", "knowledge")
ONET_CODE = re.compile(r"\d{2}-\d{4}\.\d{2}")
_SPANS = {"LV": (0.0, 7.0), "IM": (1.0, 5.0)}


def occupations(body: object, asked: str, receipt: Receipt) -> OnetOccupations | NoData:
    """The US occupations of a job; NoData when there is none."""
    whole = fields.mapping(body)
    code = fields.answered_code(whole, asked)
    if isinstance(code, NoData):
        return code
    found = tuple(
        OnetOccupation(onet_code, _titles(item.get("occupations")), _available(item))
        for item in fields.objects(whole.get("onetCodes"))
        if ONET_CODE.fullmatch(onet_code := fields.text(item.get("code")))
    )
    if not found:
        return NoData(Reason.NO_FIGURE, f"no O*NET occupation for {asked}")
    return OnetOccupations(receipt, asked, code, found)


def profile(kind: str, body: object, asked: str, receipt: Receipt) -> OnetProfile | NoData:
    """The scales that hold a trait, traits by value; NoData when there is none.

    A value outside its scale's span is left out; so is a level of 0, which says "not used".
    """
    whole = fields.mapping(body)
    answered = fields.text(whole.get("onetcode"))
    if answered not in ("", asked):
        return NoData(Reason.OTHER_JOB, f"asked {asked}, got {answered[:20]}")
    scales = []
    for item in fields.objects(whole.get("scales")):
        scale_id = fields.text(item.get("id"))
        span = _SPANS.get(scale_id)
        traits = [
            OnetTrait(fields.text(trait.get("id")), name, value)
            for trait in fields.objects(item.get(kind))
            if (name := fields.text(trait.get("name")))
            and (value := fields.published(trait.get("value"))) is not None
            and (span is None or span[0] <= value <= span[1])
        ]
        if traits:
            traits.sort(key=lambda trait: (-trait.value, trait.name))
            scales.append(OnetScale(scale_id, span, tuple(traits)))
    if not scales:
        return NoData(Reason.NO_FIGURE, f"no {kind} for {asked}")
    return OnetProfile(receipt, kind, asked, tuple(scales))


def from_skills(body: object, receipt: Receipt) -> SkillsMatches:
    """Occupations found from skills, in the service's order; may be none."""
    found = tuple(
        SkillsMatch(title, _codes(item.get("likely_soc_codes")))
        for item in fields.objects(fields.mapping(body).get("results"))
        if (title := fields.text(item.get("title")))
    )
    return SkillsMatches(receipt, found)


def _titles(value: object) -> tuple[str, ...]:
    """Titles, which come as texts or as objects with a title."""
    named = tuple(fields.text(item.get("title")) for item in fields.objects(value))
    return fields.texts(value) + tuple(title for title in named if title)


def _available(item: dict[str, object]) -> tuple[str, ...]:
    kinds = fields.mapping(item.get("data_available"))
    return tuple(sorted(name for name, there in kinds.items() if there is True))


def _codes(value: object) -> tuple[str, ...]:
    codes = (fields.soc_code(item) for item in value) if isinstance(value, list) else ()
    return tuple(code for code in codes if code)
