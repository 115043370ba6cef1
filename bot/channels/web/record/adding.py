"""My record: lines that a pupil adds by hand, and where the pupil plans to go."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.house import House
from bot.channels.web.record.asking import back, for_pupil, page, read, see, today, write
from bot.channels.web.record.forms import DAYS, FORMS, Typed, checked, mistakes, typed
from bot.identity.sessions import Session
from bot.records.guidance.bodies import ENCOUNTERS, LONGEST_WORDS, BodyWrong
from bot.records.guidance.destinations import INTENDED, add_destination, destinations_of
from bot.records.guidance.lines import NoLine, add_line
from bot.records.pupils import find_pupil

ADDED = ("experience", "skill", "action", "aspiration", "note", "barrier")
"""Kinds that a pupil can add by hand."""
PLACE = (
    ("category", LONGEST_WORDS, True),
    ("place", LONGEST_WORDS, False),
    ("course", LONGEST_WORDS, False),
)


@for_pupil
async def ask_line(request: Request, house: House, session: Session) -> Response:
    """GET /record/add/{kind}: an empty form for a line of that kind."""
    return _form(house, _kind(request), Typed({}, {}, None, {}))


@for_pupil
async def add(request: Request, house: House, session: Session) -> Response:
    """POST /record/add/{kind}: keep the line; with a mistake the form again, as it was typed."""
    kind = _kind(request)
    found = checked(kind, await typed(request), today(house))
    if not found.wrong:
        more: dict[str, Any] = {DAYS[kind]: found.day} if kind in DAYS else {}
        try:
            line = await write(
                house,
                session,
                add_line,
                kind=kind,
                body=found.body,
                provenance="pupil",
                source={},
                **more,
            )
        except BodyWrong as problem:
            found.wrong.update(dict.fromkeys(problem.fields, "missing"))
        else:
            return back(line.id)
    return _form(house, kind, found)


def _kind(request: Request) -> str:
    kind: str = request.path_params["kind"]
    if kind not in ADDED:
        raise NoLine
    return kind


def _form(house: House, kind: str, found: Typed) -> Response:
    return page(
        house,
        "record_add.html",
        422 if found.wrong else 200,
        kind=kind,
        fields=FORMS[kind],
        given=found.given,
        day=found.given.get("day", "") if kind in DAYS else None,
        wrong=found.wrong,
        encounters=ENCOUNTERS,
        today=today(house),
    )


# ---- where the pupil plans to go


@for_pupil
async def ask_destination(request: Request, house: House, session: Session) -> Response:
    """GET /record/destination: the form, with what was noted last."""
    noted = await read(house, session, destinations_of, kind="intended")
    given = {"category": noted[0].category, **noted[0].details.fields()} if noted else {}
    return _destination(house, given, {})


@for_pupil
async def choose_destination(request: Request, house: House, session: Session) -> Response:
    """POST /record/destination: note where the pupil plans to go; what was noted before stays."""
    given = await typed(request)
    wrong = mistakes(PLACE, given)
    if "category" not in wrong and given["category"] not in INTENDED:
        wrong["category"] = "choose"
    if wrong:
        return _destination(house, given, wrong)
    pupil = await read(house, session, find_pupil)
    if pupil is None:
        raise NoLine
    day = today(house)
    await write(
        house,
        session,
        add_destination,
        kind="intended",
        category=given["category"],
        details={name: given.get(name) or None for name in ("place", "course")},
        year_group=pupil.year_group(day),
        reported_by="pupil",
        reported_on=day,
    )
    return see("/record#plan")


def _destination(house: House, given: dict[str, str], wrong: dict[str, str]) -> Response:
    return page(
        house,
        "record_destination.html",
        422 if wrong else 200,
        given=given,
        wrong=wrong,
        categories=INTENDED,
        fields=PLACE[1:],
    )
