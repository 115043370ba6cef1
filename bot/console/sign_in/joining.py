"""One-time links: to join, to begin again, and for the first administrator.

Opening a link changes nothing, as mail scanners open links too: the button on its page exchanges
it for a cookie. With that there is an hour to say who one is, choose a password and set up a
second factor; who has a second factor still has to give it.
"""

from dataclasses import dataclass, field

from sqlalchemy import Connection
from starlette.responses import Response

from bot.advisers.mail.outbox import is_address
from bot.console.sign_in import cookies, setting_up
from bot.console.sign_in.devices import device_name
from bot.console.sign_in.doors import doors_of, site_of
from bot.console.sign_in.parts import (
    Through,
    keep,
    let_through,
    note_own,
    prove,
    tell,
)
from bot.console.sign_in.second import asking, note_second_failed, take_code, tried
from bot.console.sign_in.setting_up import Kept, Whose
from bot.console.sign_in.signing_in import end_older
from bot.console.visit import Visit
from bot.identity.staff.invitations import (
    PATH,
    Joining,
    find_joining,
    finish,
    is_open,
    open_link,
    say_who,
)
from bot.identity.staff.passkeys import PasskeyRefused, use_passkey
from bot.identity.staff.passwords import PasswordRefused, check_new
from bot.identity.staff.second_factor import AppDraft
from bot.identity.staff.staff_sessions import begin_session, find_session
from bot.records.sealing import Sealing
from bot.records.staff import EmailTaken, StaffRow
from bot.records.staff_secrets import PasskeyRow, set_password_hash

DETAILS, RENEW, APP, PASSKEY = (
    f"{PATH}/details",
    f"{PATH}/renew",
    f"{PATH}/app",
    f"{PATH}/passkey",
)
_LONGEST = {"name": 120, "email": 254}


@dataclass(frozen=True, slots=True)
class _Done:
    through: Through
    codes: list[str] | None = field(repr=False)


# ---- the link


async def show_link(visit: Visit) -> Response:
    """GET /console/join/{token}: what the link is for, and the button that uses it."""
    token = visit.named("token")
    if not await visit.read(_is_open, token, visit):
        return visit.page("sign_in/link_closed.html", 410)
    return visit.page("sign_in/link.html", token=token)


async def use_link(visit: Visit) -> Response:
    """POST /console/join: the link is used up; its owner goes on with a cookie."""
    cookie = await visit.write(_open_link, visit.typed("token"), visit)
    if cookie is None:
        return visit.page("sign_in/link_closed.html", 410)
    response = visit.seen(PATH)
    cookies.remember_joining(visit, response, cookie)
    return response


def _is_open(
    connection: Connection, _sealing: Sealing, school_id: int, token: str, visit: Visit
) -> bool:
    return is_open(connection, school_id, token, visit.now)


def _open_link(
    connection: Connection, _sealing: Sealing, school_id: int, token: str, visit: Visit
) -> str | None:
    return open_link(connection, school_id, token, visit.now)


# ---- the steps


async def show(visit: Visit) -> Response:
    """GET /console/join: the next step of whoever opened a link."""
    joining = await _joining(visit)
    if joining is None:
        return visit.page("sign_in/link_closed.html", 410)
    if joining.factors.any:
        return await _renew_page(visit, joining, {}, {})
    if joining.staff is None or not joining.has_password:
        return _details_page(visit, joining, _given(joining), {})
    return await setting_up.page(visit, _whose(joining))


async def say_details(visit: Visit) -> Response:
    """POST /console/join/details: name and password, and the first administrator's e-mail."""
    joining = await _joining(visit)
    if joining is None:
        return visit.page("sign_in/link_closed.html", 410)
    if joining.factors.any:
        return visit.seen(PATH)
    name = " ".join(visit.typed("name").split())
    email = visit.typed("email") if joining.staff is None else joining.staff.details.email
    wrong = {}
    if not name or len(name) > _LONGEST["name"]:
        wrong["name"] = "name"
    if joining.staff is None and not (is_address(email) and len(email) <= _LONGEST["email"]):
        wrong["email"] = "email"
    told = _password_told(visit, name, email)
    given = {"name": name, "email": email}
    if wrong or told:
        return _details_page(visit, joining, given, wrong, told)
    password_hash = await doors_of(visit).passwords.hash(_typed_password(visit))
    try:
        staff = await visit.write(_say_who, joining, name, email, password_hash, visit)
    except EmailTaken:
        return _details_page(visit, joining, given, {"email": "taken"})
    if staff is None:
        return visit.page("sign_in/link_closed.html", 410)
    return visit.seen(PATH)


async def set_up_app(visit: Visit) -> Response:
    """POST /console/join/app: the code that the app shows; with it, joining is done."""
    joining = await _joining(visit)
    if joining is None or not _may_set_up(joining):
        return visit.seen(PATH)
    whose = _whose(joining)
    draft = setting_up.app_of(visit, whose)
    if draft is None:
        return await setting_up.page(visit, whose, "old")
    try:
        done = await visit.write(_join_with_app, joining, whose, draft, visit)
    except _LinkGone:
        return visit.page("sign_in/link_closed.html", 410)
    if done is None:
        return await setting_up.page(visit, whose, "code", draft.sealed)
    return _joined(visit, done)


async def set_up_passkey(visit: Visit) -> Response:
    """POST /console/join/passkey: the passkey that the browser made; joining is done."""
    joining = await _joining(visit)
    if joining is None or not _may_set_up(joining):
        return visit.seen(PATH)
    whose = _whose(joining)
    passkey = setting_up.passkey_of(visit, whose)
    if passkey is None:
        return await setting_up.page(visit, whose, "passkey")
    try:
        done = await visit.write(_join_with_passkey, joining, whose, passkey, visit)
    except _LinkGone:
        return visit.page("sign_in/link_closed.html", 410)
    if done is None:
        return await setting_up.page(visit, whose, "passkey")
    return _joined(visit, done)


async def renew(visit: Visit) -> Response:
    """POST /console/join/renew: another password, with the second factor that one has."""
    joining = await _joining(visit)
    if joining is None or joining.staff is None or not joining.factors.any:
        return visit.seen(PATH)
    staff = joining.staff
    told = _password_told(visit, staff.details.name, staff.details.email)
    if told:
        return await _renew_page(visit, joining, {}, {}, told)
    answer, typed = visit.typed("answer"), visit.typed("code")
    if not (answer or typed):
        return await _renew_page(visit, joining, {"code": "empty"}, {})
    wait_s, right = await tried(visit, staff.id)
    if wait_s is not None:
        return await _renew_page(visit, joining, {"code": "wait"}, {"wait_s": wait_s})
    password_hash = await doors_of(visit).passwords.hash(_typed_password(visit))
    try:
        challenge = doors_of(visit).challenges.take(joining.hash, "give") if answer else b""
        through = await visit.write(_renew, joining, staff, password_hash, challenge, visit)
    except PasskeyRefused:
        through = None
    except _LinkGone:
        return visit.page("sign_in/link_closed.html", 410)
    if through is None:
        await visit.write(note_second_failed, staff.id, visit)
        return await _renew_page(visit, joining, {"code": "wrong"}, {})
    right()
    response = let_through(visit, through, "/console")
    cookies.forget_joining(visit, response)
    return response


# ---- in one transaction each


def _say_who(
    connection: Connection,
    sealing: Sealing,
    _school_id: int,
    joining: Joining,
    name: str,
    email: str,
    password_hash: str,
    visit: Visit,
) -> StaffRow | None:
    return say_who(
        connection,
        sealing,
        joining,
        name=name,
        email=email,
        password_hash=password_hash,
        now=visit.now,
    )


def _join_with_app(
    connection: Connection,
    sealing: Sealing,
    _school_id: int,
    joining: Joining,
    whose: Whose,
    draft: AppDraft,
    visit: Visit,
) -> _Done | None:
    kept = setting_up.keep_the_app(connection, sealing, whose, draft, visit)
    return None if kept is None else _join(connection, sealing, joining, whose, kept, visit)


def _join_with_passkey(
    connection: Connection,
    sealing: Sealing,
    _school_id: int,
    joining: Joining,
    whose: Whose,
    passkey: PasskeyRow,
    visit: Visit,
) -> _Done | None:
    kept = setting_up.keep_the_passkey(connection, sealing, whose, passkey, visit)
    return None if kept is None else _join(connection, sealing, joining, whose, kept, visit)


class _LinkGone(Exception):
    """The link was used up meanwhile: nothing of this request may stay."""


def _join(
    connection: Connection,
    sealing: Sealing,
    joining: Joining,
    whose: Whose,
    kept: Kept,
    visit: Visit,
) -> _Done:
    """Use the link up and sign in with both factors. Raises _LinkGone, which undoes it all."""
    if not finish(connection, joining, visit.now):
        raise _LinkGone
    note_own(connection, sealing, whose.staff, "staff joined", visit.now)
    return _Done(_sign_in(connection, sealing, whose.staff, visit), kept.codes)


def _renew(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    joining: Joining,
    staff: StaffRow,
    password_hash: str,
    challenge: bytes,
    visit: Visit,
) -> Through | None:
    answer = visit.typed("answer")
    site = site_of(visit)
    if answer and site is not None:
        use_passkey(connection, sealing, school_id, staff.id, answer, site, challenge, visit.now)
    elif not take_code(connection, sealing, staff, visit, visit.typed("code")):
        return None
    if not finish(connection, joining, visit.now):
        raise _LinkGone
    set_password_hash(connection, school_id, staff.id, password_hash, visit.now)
    note_own(connection, sealing, staff, "password changed", visit.now)
    tell(connection, sealing, staff, "password_changed", visit)
    return _sign_in(connection, sealing, staff, visit)


def _sign_in(connection: Connection, sealing: Sealing, staff: StaffRow, visit: Visit) -> Through:
    end_older(connection, visit)
    token = begin_session(
        connection,
        sealing,
        staff.school_id,
        staff.id,
        "password",
        visit.now,
        device=device_name(visit.request.headers.get("user-agent", "")),
        hours=visit.desk.settings.staff_session_hours,
    )
    session = find_session(connection, sealing, token, visit.now)
    through = None if session is None else prove(connection, sealing, session, visit)
    if through is None:
        raise _LinkGone
    return through


# ---- the pages


async def _joining(visit: Visit) -> Joining | None:
    cookie = visit.request.cookies.get(cookies.JOINING_COOKIE)
    return await visit.read(find_joining, cookie, visit.now)


def _may_set_up(joining: Joining) -> bool:
    return joining.staff is not None and joining.has_password and not joining.factors.any


def _whose(joining: Joining) -> Whose:
    if joining.staff is None:
        raise LookupError("nobody has said who they are")
    return Whose(joining.staff, joining.hash, PATH, "join", first=True)


def _joined(visit: Visit, done: _Done) -> Response:
    response = setting_up.codes_page(visit, done.codes or [], to="/console")
    keep(visit, response, done.through)
    cookies.forget_joining(visit, response)
    return response


def _given(joining: Joining) -> dict[str, str]:
    if joining.staff is None:
        return {"name": "", "email": ""}
    return {"name": joining.staff.details.name, "email": joining.staff.details.email}


def _typed_password(visit: Visit) -> str:
    return str(visit.form.get("password") or "")


def _password_told(visit: Visit, name: str, email: str) -> str | None:
    """Why the password is not taken, as a sentence; None when it is."""
    try:
        check_new(_typed_password(visit), [name, email, visit.desk.settings.school_name])
    except PasswordRefused as refused:
        return refused.says()
    return None


def _details_page(
    visit: Visit,
    joining: Joining,
    given: dict[str, str],
    wrong: dict[str, str],
    told: str | None = None,
) -> Response:
    return visit.page(
        "sign_in/details.html",
        422 if wrong or told else 200,
        first=joining.staff is None,
        given=given,
        wrong=wrong,
        told=told,
    )


async def _renew_page(
    visit: Visit,
    joining: Joining,
    wrong: dict[str, str],
    values: dict[str, int],
    told: str | None = None,
) -> Response:
    if joining.staff is None:
        raise LookupError("nobody has said who they are")
    status = 429 if wrong.get("code") == "wait" else 422 if wrong or told else 200
    return visit.page(
        "sign_in/renew.html",
        status,
        wrong=wrong,
        told=told,
        factors=joining.factors,
        options=await asking(visit, joining.factors, joining.staff.id, joining.hash),
        wait_s=values.get("wait_s", 0),
        given={"email": joining.staff.details.email},
    )
