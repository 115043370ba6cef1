"""Referrals: a tutor asks for an adviser for a pupil; staff take what came and deal with it."""

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.chats.showing import mistake, notice, words
from bot.console.people.pupils import named_like
from bot.console.visit import Visit
from bot.gateway.telling import tell_queue
from bot.records.handover import referrals
from bot.records.handover.referrals import NoSuchPupil
from bot.records.pupils import PupilRow, list_pupils
from bot.records.sealing import Sealing

REFER = "/console/refer"
REFERRALS = "/console/referrals"
LONGEST_REASON = 1000
MOST_FOUND = 20


async def show(visit: Visit) -> Response:
    """GET /console/refer: the form, and what one has referred oneself."""
    return await _page(visit, {}, {})


async def send(visit: Visit) -> Response:
    """POST /console/refer: look for a pupil by name, or pass the referral on."""
    given = {name: visit.typed(name) for name in ("name", "pupil", "reason", "urgency")}
    if "find" in visit.form or not given["pupil"]:
        wrong = {} if given["name"] else {"name": mistake("pupil")}
        return await _page(visit, given, wrong)
    wrong = {}
    if not 1 <= len(given["reason"]) <= LONGEST_REASON:
        wrong["reason"] = mistake("reason")
    if given["urgency"] not in ("1", "2", "3"):
        wrong["urgency"] = mistake("urgency")
    if wrong:
        return await _page(visit, given, wrong)
    try:
        await visit.write(_refer, visit, given)
    except NoSuchPupil:
        return await _page(visit, given, {"name": mistake("pupil")})
    tell_queue(visit.desk.gateway.desk.broker, visit.desk.school_id)
    return visit.seen(REFER, notice("referred"))


async def _page(visit: Visit, given: dict[str, str], wrong: dict[str, str]) -> Response:
    found = await visit.read(_find, given["name"]) if given.get("name") else []
    return visit.page(
        "chats/refer.html",
        422 if wrong else 200,
        given=given,
        wrong=wrong,
        found=[(one.id, _told(visit, one)) for one in found],
        mine=await visit.read(referrals.referrals, of_staff=visit.who.id),
        words=words(),
    )


def _told(visit: Visit, pupil: PupilRow) -> str:
    details = pupil.details
    group = f", {pupil.tutor_group}" if pupil.tutor_group else ""
    year = pupil.year_group(visit.today)
    return f"{details.given_name} {details.family_name}, Year {year}{group}"


def _find(connection: Connection, sealing: Sealing, school_id: int, name: str) -> list[PupilRow]:
    return named_like(list_pupils(connection, sealing, school_id), name)[:MOST_FOUND]


def _refer(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, given: dict[str, str]
) -> None:
    referral_id = referrals.refer(
        connection,
        sealing,
        school_id,
        origin="tutor",
        pupil_id=given["pupil"],
        reason=given["reason"],
        urgency=int(given["urgency"]),
        referred_by=visit.who.id,
        now=visit.now,
    )
    visit.audit(connection, "referral made", "referral", referral_id)


async def listed(visit: Visit) -> Response:
    """GET /console/referrals: those that are open; with `show=ended` those that are over."""
    over = visit.asked("show") == "ended"
    return visit.page(
        "chats/referrals.html",
        rows=await visit.read(referrals.referrals, ended=over),
        over=over,
        words=words(),
    )


async def act(visit: Visit) -> Response:
    """POST /console/referrals: take a referral, or mark it as dealt with."""
    referral_id, do = visit.typed("referral"), visit.typed("do")
    if do == "take":
        done = await visit.write(_take, visit, referral_id)
        return visit.seen(REFERRALS, notice("referral_taken") if done else notice("not_now"))
    done = await visit.write(_end, visit, referral_id)
    return visit.seen(REFERRALS, notice("referral_ended") if done else notice("not_now"))


def _take(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, referral_id: str
) -> bool:
    done = referrals.take(connection, school_id, referral_id, visit.who.id)
    if done:
        visit.audit(connection, "referral taken", "referral", referral_id)
    return done


def _end(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, referral_id: str
) -> bool:
    done = referrals.end(connection, school_id, referral_id, visit.now)
    if done:
        visit.audit(connection, "referral ended", "referral", referral_id)
    return done
