"""The second step of signing in: a code of the app, a passkey, or a recovery code.

Asked again, too, before somebody changes how they sign in.
"""

from collections.abc import Callable

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.sign_in import cookies
from bot.console.sign_in.doors import doors_of, place_of, site_of
from bot.console.sign_in.parts import (
    SECOND,
    SET_UP,
    SIGN_IN,
    Through,
    asked_for,
    let_through,
    note,
    note_own,
    prove,
    tell,
    with_to,
)
from bot.console.sign_in.signing_in import NOBODY
from bot.console.visit import Visit
from bot.identity.staff.passkeys import PasskeyRefused, Site, giving, use_passkey
from bot.identity.staff.second_factor import (
    Factors,
    factors_of,
    use_app_code,
    use_recovery_code,
)
from bot.identity.staff.staff_sessions import StaffSignedIn, knows_device
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow
from bot.records.staff_secrets import list_passkeys

_STATUS = {"empty": 422, "wrong": 422, "passkey": 422, "wait": 429}


async def show(visit: Visit) -> Response:
    """GET /console/sign-in/second: the page for the second factor."""
    session = visit.signed_in
    if session is None:
        return visit.seen(SIGN_IN)
    if session.is_fresh(visit.now):
        return visit.seen(asked_for(visit))
    return await _form(visit, session)


async def send(visit: Visit) -> Response:
    """POST /console/sign-in/second: a code of the app, or a recovery code."""
    session = visit.signed_in
    if session is None:
        return visit.seen(SIGN_IN)
    typed = visit.typed("code")
    if not typed:
        return await _form(visit, session, "empty")
    wait_s, right = await tried(visit, session.staff.id)
    if wait_s is not None:
        return await _form(visit, session, "wait", wait_s=wait_s)
    through = await visit.write(_by_code, session, visit, typed)
    if through is None:
        await visit.write(note_second_failed, session.staff.id, visit)
        return await _form(visit, session, "wrong")
    right()
    return let_through(visit, through, asked_for(visit))


async def send_passkey(visit: Visit) -> Response:
    """POST /console/sign-in/second/passkey: what the browser gave for a passkey."""
    session = visit.signed_in
    if session is None:
        return visit.seen(SIGN_IN)
    wait_s, right = await tried(visit, session.staff.id)
    if wait_s is not None:
        return await _form(visit, session, "wait", wait_s=wait_s)
    site = site_of(visit)
    try:
        challenge = doors_of(visit).challenges.take(session.session_hash, "give")
        through = await visit.write(_by_passkey, session, visit, site, challenge)
    except PasskeyRefused:
        through = None
    if through is None:
        await visit.write(note_second_failed, session.staff.id, visit)
        return await _form(visit, session, "passkey")
    right()
    return let_through(visit, through, asked_for(visit))


async def tried(visit: Visit, staff_id: str) -> tuple[int | None, Callable[[], None]]:
    """Count a try: how long to wait (None for not at all), and what to call if it was right."""
    device = cookies.device_of(visit)
    known = await visit.read(_known, staff_id, device)
    place = place_of(visit, visit.desk.sealing, staff_id, known=known)
    second = doors_of(visit).second
    wait_s = second.attempt(staff_id, place, known=known)
    return wait_s, lambda: second.right(staff_id, place, known=known)


def _known(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str, device: str | None
) -> bool:
    return knows_device(connection, sealing, school_id, staff_id, device)


def note_second_failed(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str, visit: Visit
) -> None:
    """Note in the audit that what was given as the second factor was none."""
    note(connection, sealing, school_id, NOBODY, "second factor failed", staff_id, visit.now)


def _by_code(
    connection: Connection,
    sealing: Sealing,
    _school_id: int,
    session: StaffSignedIn,
    visit: Visit,
    typed: str,
) -> Through | None:
    if not take_code(connection, sealing, session.staff, visit, typed):
        return None
    return prove(connection, sealing, session, visit)


def take_code(
    connection: Connection, sealing: Sealing, staff: StaffRow, visit: Visit, typed: str
) -> bool:
    """Whether a code of the app or a recovery code was typed; it is used up by it."""
    if use_app_code(connection, sealing, staff.school_id, staff.id, typed, visit.now):
        return True
    if use_recovery_code(connection, sealing, staff.school_id, staff.id, typed, visit.now):
        note_own(connection, sealing, staff, "recovery code used", visit.now)
        tell(connection, sealing, staff, "recovery_used", visit)
        return True
    return False


def _by_passkey(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    session: StaffSignedIn,
    visit: Visit,
    site: Site | None,
    challenge: bytes,
) -> Through | None:
    if site is None:
        return None
    answer = visit.typed("answer")
    staff_id = session.staff.id
    use_passkey(connection, sealing, school_id, staff_id, answer, site, challenge, visit.now)
    return prove(connection, sealing, session, visit)


# ---- the page


async def _form(
    visit: Visit,
    session: StaffSignedIn,
    problem: str | None = None,
    *,
    wait_s: int | None = None,
) -> Response:
    """The page with the ways that there are; to set one up where the school's account is proof."""
    factors = await visit.read(factors_of, session.staff.id)
    if not factors.any:
        return visit.seen(SET_UP if session.way != "password" else SIGN_IN)
    response = visit.page(
        "sign_in/second.html",
        _STATUS[problem] if problem else 200,
        problem=problem,
        wait_s=wait_s or 0,
        factors=factors,
        options=await asking(visit, factors, session.staff.id, session.session_hash),
        again=session.second_at is not None,
        name=session.staff.details.name,
        to=asked_for(visit),
    )
    if wait_s is not None:
        response.headers["Retry-After"] = str(wait_s)
    return response


async def asking(visit: Visit, factors: Factors, staff_id: str, bound_to: str) -> str | None:
    """What the browser is asked to give a passkey with; None where there is none for this site."""
    site = site_of(visit)
    if site is None or not factors.passkeys:
        return None
    known = await visit.read(list_passkeys, staff_id)
    return giving(site, known, doors_of(visit).challenges.new(bound_to, "give"))


def needs_second(visit: Visit, to: str) -> Response | None:
    """To the second factor first, unless it was given just now; None to go on."""
    return None if visit.staff.is_fresh(visit.now) else visit.seen(with_to(SECOND, to))
