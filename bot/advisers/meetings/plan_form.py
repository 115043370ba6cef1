"""What an action plan says, and when it is whole: all ways on are in it, or a reason."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError

LONGEST = 2000
LONGEST_WORDS = 200
MOST_ACTIONS = 10
WHO = ("pupil", "adviser", "school", "parent")
"""Who does an action; only a pupil's own go into the record."""
_ROUTES = Path(__file__).with_name("routes.yml")
_LAST_BEFORE_16 = 11

_Text = Annotated[str, StringConstraints(max_length=LONGEST, strip_whitespace=True)]
_Said = Annotated[str, StringConstraints(min_length=1, max_length=LONGEST, strip_whitespace=True)]
_Words = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_WORDS, strip_whitespace=True)
]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PlannedAction(_Part):
    """One thing to do: what, who does it, and by when."""

    text: _Words
    who: Literal["pupil", "adviser", "school", "parent"] = "pupil"
    by: date | None = None


class Plan(_Part):
    """What a plan says. `considered` are names of routes; `why_not` is about those left out."""

    agreed_to_talk: _Said
    explored: _Said
    considered: tuple[_Words, ...] = ()
    why_not: _Text = ""
    advice: _Said
    actions: Annotated[tuple[PlannedAction, ...], Field(max_length=MOST_ACTIONS)] = ()


class PlanWrong(ValueError):
    """The plan is not whole. `fields` maps what is wrong to how: missing, long, reason, choose."""

    def __init__(self, fields: Mapping[str, str]) -> None:
        super().__init__(", ".join(sorted(fields)))
        self.fields = dict(fields)


@cache
def routes() -> dict[str, dict[str, str]]:
    """The ways on, in words, by name: those of "16" and those of "18"."""
    found: dict[str, dict[str, str]] = yaml.safe_load(_ROUTES.read_text(encoding="utf-8"))
    return found


def routes_for(year_group: int) -> dict[str, str]:
    """The ways on that a pupil of that year group is to hear of."""
    return routes()["16" if year_group <= _LAST_BEFORE_16 else "18"]


def checked(fields: Mapping[str, Any], year_group: int) -> Plan:
    """What was typed, as a plan. Raises PlanWrong: all routes are considered, or there is a reason.

    A reason is asked for in words, so that a route is left out on purpose or not at all.
    """
    wrong: dict[str, str] = {}
    plan = None
    try:
        plan = Plan.model_validate(dict(fields))
    except ValidationError as problem:
        for error in problem.errors(include_input=False, include_url=False, include_context=False):
            place = ".".join(map(str, error["loc"]))
            wrong[place] = "long" if error["type"] in ("string_too_long", "too_long") else "missing"
    # Raised outside of the handler: it carries nothing along that was typed.
    if plan is None:
        raise PlanWrong(wrong)
    known = routes_for(year_group)
    if not set(plan.considered) <= set(known):
        raise PlanWrong({"considered": "choose"})
    if set(plan.considered) != set(known) and not plan.why_not:
        raise PlanWrong({"why_not": "reason"})
    return plan
