"""The form with which a parent, or anybody without a chat, asks for a careers adviser.

Nothing ties what is written to a pupil, unless that pupil is signed in and asks.
"""

from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.advisers.mail import outbox
from bot.advisers.mail.letters import letter
from bot.channels.web.bodies import form_body
from bot.channels.web.house import House, house_of
from bot.channels.web.origins import same_origin
from bot.channels.web.problems import ProblemFound
from bot.gateway.stages.normalise import clean, has_words
from bot.gateway.telling import tell_queue
from bot.gateway.waiting_watch import mailboxes
from bot.records.audit import log
from bot.records.audit.actors import Actor
from bot.records.handover.queue import anybody
from bot.records.handover.referrals import refer
from bot.records.mails import is_address
from bot.records.sealing import Sealing

if TYPE_CHECKING:
    from bot.channels.web.routes import RouteRow

PATH = "/ask-adviser"
LONGEST = {"name": 80, "reached": 120, "reason": 1000}
URGENCIES = ("1", "2", "3")


def ask_rows() -> tuple["RouteRow", ...]:
    """The routes of this form."""
    # Here, because the table of routes is made from this module among others.
    from bot.channels.web.routes import Access, RouteRow

    return (
        RouteRow("GET", PATH, Access.VISITOR, show),
        RouteRow("POST", PATH, Access.VISITOR, send),
    )


async def show(request: Request) -> Response:
    """GET /ask-adviser: the form; with `sent` the thanks."""
    house = house_of(request)
    there = await house.store.read(anybody, house.school_id)
    return await _page(request, {}, [], there=there, sent="sent" in request.query_params)


async def send(request: Request) -> Response:
    """POST /ask-adviser: passed on to the advisers, with a mail that says nothing of it."""
    house = house_of(request)
    if not same_origin(request):
        raise ProblemFound("other-origin")
    wait_s = house.forms.take(house.address_of(request))
    if wait_s is not None:
        raise ProblemFound("too-many", retry_after_s=wait_s)
    fields = await form_body(request)
    given = {name: clean(fields.get(name, "")) for name in (*LONGEST, "urgency")}
    session = await house.signed_in(request)
    needed = ("reason",) if session is not None else ("name", "reached", "reason")
    wrong = [name for name in needed if not has_words(given[name])]
    wrong += [name for name, most in LONGEST.items() if len(given[name]) > most]
    if given["urgency"] not in URGENCIES:
        given["urgency"] = "1"
    there = await house.store.read(anybody, house.school_id)
    if wrong or not there:
        return await _page(request, given, wrong, there=there)
    pupil_id = None if session is None else session.pupil_id
    await house.store.write(
        _keep, house.sealing, house.school_id, given, pupil_id, house.settings.school_name,
        f"{house.settings.public_url}/console/referrals", house.gateway.desk.clock(),
    )  # fmt: skip
    tell_queue(house.gateway.desk.broker, house.school_id)
    if house.gateway.help_for(given["reason"]) is not None:
        return await _page(request, {}, [], there=True, sent=True, help_now=True)
    return RedirectResponse(f"{PATH}?sent=1", 303, {"Cache-Control": "no-store"})


def _keep(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    given: dict[str, str],
    pupil_id: str | None,
    school_name: str,
    address: str,
    now: Any,
) -> None:
    actor = Actor("guest") if pupil_id is None else Actor("pupil", pupil_id)
    referral_id = refer(
        connection,
        sealing,
        school_id,
        origin="parent" if pupil_id is None else "pupil",
        pupil_id=pupil_id,
        name=given["name"],
        reached=given["reached"],
        reason=given["reason"],
        urgency=int(given["urgency"]),
        now=now,
    )
    said = letter("chats.referral", school=school_name, address=address)
    for place, to in enumerate(mailboxes(connection, sealing, school_id)):
        if is_address(to):
            outbox.put(
                connection, sealing, school_id, once=f"referral {referral_id} {place}", to=to,
                subject=said.subject, text=said.text, now=now,
            )  # fmt: skip
    log.append(
        connection, sealing, school_id, actor=actor, action="referral made",
        object_kind="referral", object_id=referral_id, now=now,
    )  # fmt: skip


async def _page(
    request: Request,
    given: dict[str, str],
    wrong: list[str],
    *,
    there: bool,
    sent: bool = False,
    help_now: bool = False,
) -> Response:
    house: House = house_of(request)
    session = await house.signed_in(request)
    html = house.pages.get_template("ask_adviser.html").render(
        school={"name": house.settings.school_name},
        given={"urgency": "1", **given},
        wrong=wrong,
        there=there,
        sent=sent,
        help=house.gateway.help_now() if help_now else None,
        longest=LONGEST,
        pupil=session is not None,
    )
    return HTMLResponse(html, 422 if wrong else 200, {"Cache-Control": "no-store"})
