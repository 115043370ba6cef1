"""The plan of a meeting, written as guidance is done; given to the pupil when it is ready."""

from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.advisers.meetings.plan_form import MOST_ACTIONS, WHO, Plan, PlanWrong, checked, routes_for
from bot.advisers.meetings.plans import NotYet, give, is_given, plan_pdf, said_in, write
from bot.console.meetings.showing import ALL, day_typed, done, notices, shown, words
from bot.console.visit import NotHere, Visit
from bot.records.audit import log
from bot.records.guidance.lines import day_in_england
from bot.records.meetings.plans import PlanRow, plan_of
from bot.records.meetings.rows import NoMeeting, find_meeting
from bot.records.pupils import find_pupil
from bot.records.sealing import Sealing

_TEXTS = ("agreed_to_talk", "explored", "why_not", "advice")


async def show(visit: Visit) -> Response:
    """GET /console/meetings/{meeting}/plan: the form, with what was written so far."""
    found = await _found(visit)
    row: PlanRow | None = found["row"]
    return _form(visit, found, {} if row is None else _typed_of(said_in(row), row), {})


async def keep(visit: Visit) -> Response:
    """POST /console/meetings/{meeting}/plan: keep it; with a mistake the form as it was typed."""
    found = await _found(visit)
    given: dict[str, Any] = {name: visit.typed(name) for name in _TEXTS}
    given["considered"] = visit.ticked("considered")
    given["follow_up_on"] = visit.typed("follow_up_on")
    actions, numbers = [], []
    for number in range(MOST_ACTIONS):
        text, by = visit.typed(f"action_{number}"), visit.typed(f"by_{number}")
        given |= {
            f"action_{number}": text, f"who_{number}": visit.typed(f"who_{number}"),
            f"by_{number}": by,
        }  # fmt: skip
        if text:
            day = day_typed(by) if by else None
            actions.append({"text": text, "who": visit.typed(f"who_{number}"), "by": day})
            numbers.append(number)
    fields = {name: given[name] for name in _TEXTS}
    fields |= {"considered": tuple(given["considered"]), "actions": actions}
    try:
        plan = checked(fields, found["year_group"])
    except PlanWrong as wrong:
        return _form(visit, found, given, _mistakes(wrong.fields, numbers))
    return await done(
        visit, f"{ALL}/{visit.named('meeting')}/plan", "written", write, visit.named("meeting"),
        plan, day_typed(given["follow_up_on"]) if given["follow_up_on"] else None,
    )  # fmt: skip


async def give_it(visit: Visit) -> Response:
    """POST /console/meetings/{meeting}/plan/give: let the pupil read it."""
    return await done(
        visit, f"{ALL}/{visit.named('meeting')}", "given", give, visit.named("meeting"),
        notices=notices(visit),
    )  # fmt: skip


async def download(visit: Visit) -> Response:
    """GET /console/meetings/{meeting}/plan.pdf: the plan as a document; audited."""
    try:
        content = await visit.write(_document, visit, visit.named("meeting"))
    except (NoMeeting, NotYet):
        raise NotHere from None
    return visit.file(content, "application/pdf", "action-plan.pdf")


def _document(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, meeting_id: str
) -> bytes:
    content = plan_pdf(connection, sealing, school_id, meeting_id)
    log.append(
        connection, sealing, school_id, actor=visit.actor, action="plan downloaded",
        object_kind="meeting", object_id=meeting_id, now=visit.now,
    )  # fmt: skip
    return content


async def _found(visit: Visit) -> dict[str, Any]:
    try:
        return await visit.write(_gathered, visit, visit.named("meeting"))
    except NoMeeting:
        raise NotHere from None


def _gathered(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, meeting_id: str
) -> dict[str, Any]:
    whose = (connection, sealing, school_id)
    meeting = find_meeting(*whose, meeting_id)
    pupil = None if meeting.pupil_id is None else find_pupil(*whose, meeting.pupil_id)
    if pupil is None:
        raise NoMeeting
    row = plan_of(*whose, meeting_id)
    visit.audit(connection, "meeting viewed", "meeting", meeting_id, purpose="plan")
    return {
        "one": shown(*whose, meeting, visit.today),
        "row": row,
        "plan_given": row is not None and is_given(row),
        "year_group": pupil.year_group(day_in_england(meeting.begins_at)),
    }


def _typed_of(plan: Plan, row: PlanRow) -> dict[str, Any]:
    given: dict[str, Any] = {name: getattr(plan, name) for name in _TEXTS}
    given["considered"] = list(plan.considered)
    given["follow_up_on"] = "" if row.follow_up_on is None else row.follow_up_on.isoformat()
    for number, one in enumerate(plan.actions):
        given |= {
            f"action_{number}": one.text, f"who_{number}": one.who,
            f"by_{number}": "" if one.by is None else one.by.isoformat(),
        }  # fmt: skip
    return given


def _mistakes(fields: dict[str, str], numbers: list[int]) -> dict[str, str]:
    """What is wrong, by the fields of the form: actions without text are not numbered there."""
    found = {}
    for name, how in fields.items():
        parts = name.split(".")
        if parts[0] == "actions":
            at = int(parts[1]) if len(parts) > 1 and parts[1].isdigit() else 0
            name = f"action_{numbers[at] if at < len(numbers) else 0}"
        found[name] = words()["mistakes"].get(how, words()["mistakes"]["missing"])
    return found


def _form(
    visit: Visit, found: dict[str, Any], given: dict[str, Any], wrong: dict[str, str]
) -> Response:
    used = [n for n in range(MOST_ACTIONS) if given.get(f"action_{n}")]
    return visit.page(
        "meetings/plan.html",
        422 if wrong else 200,
        given=given,
        wrong=wrong,
        words=words(),
        routes=list(routes_for(found["year_group"]).items()),
        who=[(one, one.capitalize()) for one in WHO],
        actions=min(MOST_ACTIONS, max(used, default=-1) + 3),
        **found,
    )
