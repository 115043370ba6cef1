"""My record: the plan of a meeting, read, agreed to or commented on, and shared."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from bot.advisers.meetings.plan_form import LONGEST, PlanWrong, routes_for
from bot.advisers.meetings.plans import (
    NotYet,
    agree,
    comment,
    given_plan,
    plan_pdf,
    said_in,
    share,
    unshare,
)
from bot.channels.web.house import House
from bot.channels.web.record.asking import file, for_pupil, now, page, read, see
from bot.channels.web.record.forms import typed
from bot.channels.web.record.meetings import meeting_id, notices_of
from bot.identity.sessions import Session
from bot.records.guidance.lines import NoLine, day_in_england
from bot.records.meetings.plans import SHARED_WITH, shares_of
from bot.records.meetings.rows import NoMeeting
from bot.records.pupils import find_pupil
from bot.records.staff import find_staff, title_of


@for_pupil
async def show(request: Request, house: House, session: Session) -> Response:
    """GET /record/meetings/{meeting}/plan: the plan as it was given."""
    return await _page(request, house, session)


@for_pupil
async def say_yes(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/{meeting}/plan/agree: the pupil's yes to the version that was read."""
    version = (await typed(request)).get("version", "")
    number = int(version) if version.isascii() and version.isdigit() and len(version) < 6 else 0
    try:
        await _write(house, session, agree, meeting_id(request), number)
    except NotYet:
        return await _page(request, house, session, told="changed")
    return see(f"{_own(request)}#agreed")


@for_pupil
async def say_otherwise(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/{meeting}/plan/comment: what the pupil sees differently."""
    given = await typed(request)
    try:
        await _write(house, session, comment, meeting_id(request), given.get("comment", ""))
    except PlanWrong as wrong:
        return await _page(request, house, session, wrong=wrong.fields, given=given)
    return see(f"{_own(request)}#comment")


@for_pupil
async def share_it(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/{meeting}/plan/share: let somebody have it."""
    given = await typed(request)
    said = {name: given.get(name, "") for name in ("who", "name", "email")}
    try:
        await _write(house, session, share, meeting_id(request), **said, notices=notices_of(house))
    except PlanWrong as wrong:
        return await _page(request, house, session, wrong=wrong.fields, given=given)
    except NotYet:
        return await _page(request, house, session, told="not_yet")
    return see(f"{_own(request)}#shared")


@for_pupil
async def unshare_it(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/{meeting}/plan/shares/{share}/remove: off the list again."""
    number = request.path_params["share"]
    if not (number.isascii() and number.isdigit() and len(number) < 10):
        raise NoLine
    await _write(house, session, unshare, meeting_id(request), int(number))
    return see(f"{_own(request)}#shared")


@for_pupil
async def download(request: Request, house: House, session: Session) -> Response:
    """GET /record/meetings/{meeting}/plan.pdf: the plan as a document."""
    found = await _given(request, house, session)
    content = await house.store.read(plan_pdf, house.sealing, session.school_id, found[0].id)
    return file(content, "application/pdf", "action-plan.pdf")


def _own(request: Request) -> str:
    return f"/record/meetings/{meeting_id(request)}/plan"


async def _given(request: Request, house: House, session: Session) -> Any:
    try:
        return await read(house, session, given_plan, meeting_id(request))
    except NoMeeting:
        raise NoLine from None


async def _write(house: House, session: Session, work: Any, *args: Any, **more: Any) -> Any:
    whose = (house.sealing, session.school_id, session.pupil_id)
    moment = now(house)

    def done(connection: Any) -> Any:
        return work(connection, *whose, *args, now=moment, **more)

    try:
        return await house.store.write(done)
    except NoMeeting:
        raise NoLine from None


async def _page(
    request: Request,
    house: House,
    session: Session,
    *,
    wrong: dict[str, str] | None = None,
    told: str | None = None,
    given: dict[str, str] | None = None,
) -> Response:
    meeting, row = await _given(request, house, session)
    staff = await house.store.read(find_staff, house.sealing, session.school_id, meeting.staff_id)
    pupil = await read(house, session, find_pupil)
    shares = await house.store.read(shares_of, house.sealing, session.school_id, meeting.id)
    day = day_in_england(meeting.begins_at)
    plan = said_in(row)
    routes = routes_for(11 if pupil is None else pupil.year_group(day))
    return page(
        house,
        "record_plan.html",
        200 if wrong is None and told is None else 409,
        meeting=meeting,
        day=day,
        row=row,
        plan=plan,
        considered=[routes[one] for one in routes if one in plan.considered],
        left_out=[routes[one] for one in routes if one not in plan.considered],
        adviser="" if staff is None else staff.details.name,
        title="" if staff is None else title_of(staff, day),
        shares=shares,
        shared_with=SHARED_WITH,
        longest=LONGEST,
        wrong=wrong or {},
        told=told,
        given=given or {},
    )
