"""My record: lines corrected, seen differently, ended, opened again, taken out."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.bodies import form_body
from bot.channels.web.house import House
from bot.channels.web.record.asking import (
    back,
    for_pupil,
    line_asked,
    page,
    see,
    tidy,
    write,
)
from bot.channels.web.record.forms import DAYS, FORMS, checked, typed
from bot.identity.sessions import Session
from bot.records.guidance.bodies import ENCOUNTERS, LONGEST_TEXT, BodyWrong
from bot.records.guidance.imported import take_out
from bot.records.guidance.lines import (
    NoLine,
    NotTheirs,
    RecordLineRow,
    correct_line,
    dispute_line,
    finish_action,
    reopen_action,
)


@for_pupil
async def ask_correction(request: Request, house: House, session: Session) -> Response:
    """GET /record/lines/{line}/correct: the form with what the line says now."""
    line = await _correctable(request, house, session)
    return _correction(house, line, line.body.fields(), _day_of(line), {})


@for_pupil
async def correct(request: Request, house: House, session: Session) -> Response:
    """POST /record/lines/{line}/correct: keep the new text; the old one stays in the history."""
    line = await _correctable(request, house, session)
    found = checked(line.kind, await typed(request))
    before = line.body.fields()
    names = {name for name, _, _ in FORMS[line.kind]}
    body = {name: value for name, value in before.items() if name not in names} | found.body
    if body.get("text") != before.get("text"):
        body.pop("soc2020", None)  # the job that was found for the old words
    wrong = found.wrong
    if not wrong:
        days = {DAYS[line.kind]: found.day} if line.kind in DAYS else {}
        try:
            await write(house, session, correct_line, line.id, body, **days)
        except BodyWrong as problem:
            wrong = dict.fromkeys(problem.fields, "missing")
    if wrong:
        return _correction(house, line, found.given, found.given.get("day", ""), wrong)
    return back(line.id)


@for_pupil
async def ask_dispute(request: Request, house: House, session: Session) -> Response:
    """GET /record/lines/{line}/dispute: the form for the pupil's own view of a line."""
    line = await line_asked(request, house, session)
    return page(house, "record_dispute.html", line=line, longest=LONGEST_TEXT)


@for_pupil
async def dispute(request: Request, house: House, session: Session) -> Response:
    """POST /record/lines/{line}/dispute: mark the line, keep the pupil's view beside it."""
    line = await line_asked(request, house, session)
    words = (await typed(request)).get("words", "")
    try:
        await write(house, session, dispute_line, line.id, words=words)
    except BodyWrong:
        return page(house, "record_dispute.html", 422, line=line, longest=LONGEST_TEXT, words=words)
    return back(line.id)


@for_pupil
async def end(request: Request, house: House, session: Session) -> Response:
    """POST /record/lines/{line}/done and …/dropped: end an action, perhaps with a reason."""
    outcome = request.url.path.rpartition("/")[2]
    reason = tidy((await form_body(request)).get("reason", ""))[:LONGEST_TEXT]
    line_id = request.path_params["line"]
    await write(house, session, finish_action, line_id, outcome, reason=reason)
    return back(line_id)


@for_pupil
async def reopen(request: Request, house: House, session: Session) -> Response:
    """POST /record/lines/{line}/open: an action that was ended is open again."""
    line_id = request.path_params["line"]
    await write(house, session, reopen_action, line_id)
    return back(line_id)


@for_pupil
async def ask_line_deletion(request: Request, house: House, session: Session) -> Response:
    """GET /record/lines/{line}/delete: the line, and whether the pupil is sure."""
    line = await line_asked(request, house, session)
    if not deletable(line):
        raise NotTheirs
    return page(house, "record_delete_line.html", line=line)


@for_pupil
async def delete_one(request: Request, house: House, session: Session) -> Response:
    """POST /record/lines/{line}/delete: take the line out with all it ever said."""
    line_id = request.path_params["line"]
    if not await write(house, session, take_out, line_id):
        raise NoLine
    await house.store.scrub()
    return see("/record#everything")


def deletable(line: RecordLineRow) -> bool:
    """Whether the pupil may take the line out by itself, as `delete_line` judges it."""
    return line.kind != "advice" and line.provenance not in ("adviser", "staff")


async def _correctable(request: Request, house: House, session: Session) -> RecordLineRow:
    line = await line_asked(request, house, session)
    if not line.correctable:
        raise NotTheirs
    return line


def _day_of(line: RecordLineRow) -> str:
    day = getattr(line, DAYS[line.kind]) if line.kind in DAYS else None
    return day.isoformat() if day else ""


def _correction(
    house: House, line: RecordLineRow, given: dict[str, Any], day: str, wrong: dict[str, str]
) -> Response:
    """The form; what was typed is in it again, and what is wrong with it is said."""
    return page(
        house,
        "record_correct.html",
        422 if wrong else 200,
        line=line,
        fields=FORMS[line.kind],
        given=given,
        day=day if line.kind in DAYS else None,
        wrong=wrong,
        encounters=ENCOUNTERS,
    )
