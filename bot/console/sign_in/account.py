"""One's own account: password, second factor, recovery codes, where one is signed in.

What changes how somebody signs in asks for the second factor again, unless it was given just now;
it is told by mail.
"""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.sign_in import cookies, setting_up
from bot.console.sign_in.doors import doors_of, place_of
from bot.console.sign_in.parts import ACCOUNT, SIGN_IN, note_own, tell
from bot.console.sign_in.second import needs_second
from bot.console.sign_in.setting_up import Kept, Whose
from bot.console.visit import NotHere, Visit
from bot.identity.staff.passwords import PasswordRefused, check_new
from bot.identity.staff.second_factor import AppDraft, Factors, factors_of
from bot.identity.staff.staff_sessions import (
    StaffSignedIn,
    end_place,
    end_session,
    end_sessions,
    knows_device,
    places,
)
from bot.records.sealing import Sealing
from bot.records.staff_secrets import (
    PasskeyRow,
    find_secret,
    list_passkeys,
    remove_passkey,
    remove_totp,
    set_password_hash,
)
from bot.records.staff_sessions import forget_devices

ADD = f"{ACCOUNT}/second"
PASSWORD = f"{ACCOUNT}/password"
CODES = f"{ACCOUNT}/codes"


async def show(visit: Visit) -> Response:
    """GET /console/account: how one signs in, and where one is signed in."""
    session = visit.staff
    idle = visit.desk.settings.staff_idle_minutes
    has_password, factors, passkeys, found = await visit.read(_account, session, visit.now, idle)
    return visit.page(
        "account/account.html",
        who=visit.who,
        has_password=has_password,
        factors=factors,
        passkeys=passkeys,
        places=found,
        told=visit.asked("told"),
    )


def _account(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    session: StaffSignedIn,
    now: Any,
    idle: int,
) -> tuple[bool, Factors, list[PasskeyRow], list[Any]]:
    staff = session.staff
    secret = find_secret(connection, sealing, school_id, staff.id)
    return (
        secret is not None and secret.password_hash is not None,
        factors_of(connection, sealing, school_id, staff.id),
        list_passkeys(connection, sealing, school_id, staff.id),
        places(connection, sealing, session, now, idle_minutes=idle),
    )


# ---- password


async def show_password(visit: Visit) -> Response:
    """GET /console/account/password: the form for another password."""
    return needs_second(visit, PASSWORD) or await _password_page(visit)


async def change_password(visit: Visit) -> Response:
    """POST /console/account/password: keep another password; everybody else is signed out."""
    asked = needs_second(visit, PASSWORD)
    if asked is not None:
        return asked
    doors, who = doors_of(visit), visit.who
    old, new = (str(visit.form.get(name) or "") for name in ("old", "password"))
    own = [who.details.name, who.details.email, visit.desk.settings.school_name]
    try:
        check_new(new, own)
        if old and old == new:
            raise PasswordRefused("same")
    except PasswordRefused as refused:
        return await _password_page(visit, told=refused.says())
    kept = await visit.read(_password_hash, who.id)
    if kept is not None:
        account = visit.desk.sealing.lookup("email", who.details.email)
        device = cookies.device_of(visit)
        known = await visit.read(knows_device, who.id, device)
        place = place_of(visit, visit.desk.sealing, who.id, known=known)
        wait_s = doors.first.attempt(account, place, known=known)
        if wait_s is not None:
            return await _password_page(visit, "wait", wait_s=wait_s)
        if not (await doors.passwords.check(old, kept)).right:
            return await _password_page(visit, "old")
        doors.first.right(account, place, known=known)
    await visit.write(_set_password, visit, await doors.passwords.hash(new))
    return visit.seen(f"{ACCOUNT}?told=password")


def _password_hash(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str
) -> str | None:
    secret = find_secret(connection, sealing, school_id, staff_id)
    return None if secret is None else secret.password_hash


def _set_password(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, password_hash: str
) -> None:
    who = visit.who
    set_password_hash(connection, school_id, who.id, password_hash, visit.now)
    end_sessions(connection, school_id, who.id, but=visit.staff.session_hash)
    note_own(connection, sealing, who, "password changed", visit.now)
    tell(connection, sealing, who, "password_changed", visit)


async def _password_page(
    visit: Visit, problem: str | None = None, *, told: str | None = None, wait_s: int = 0
) -> Response:
    has_one = await visit.read(_password_hash, visit.who.id) is not None
    status = 429 if problem == "wait" else 422 if problem or told else 200
    return visit.page(
        "account/password.html",
        status,
        problem=problem,
        told=told,
        wait_s=wait_s,
        has_password=has_one,
        given={"email": visit.who.details.email},
    )


# ---- second factor


async def show_second(visit: Visit) -> Response:
    """GET /console/account/second: set up an app in place of the old one, or one passkey more."""
    return needs_second(visit, ADD) or await setting_up.page(visit, _whose(visit))


async def add_app(visit: Visit) -> Response:
    """POST /console/account/second/app: the code that the new app shows."""
    asked = needs_second(visit, ADD)
    if asked is not None:
        return asked
    whose = _whose(visit)
    draft = setting_up.app_of(visit, whose)
    if draft is None:
        return await setting_up.page(visit, whose, "old")
    kept = await visit.write(_keep_app, whose, draft, visit)
    if kept is None:
        return await setting_up.page(visit, whose, "code", draft.sealed)
    return _kept(visit, kept)


async def add_passkey(visit: Visit) -> Response:
    """POST /console/account/second/passkey: the passkey that the browser made."""
    asked = needs_second(visit, ADD)
    if asked is not None:
        return asked
    whose = _whose(visit)
    found = setting_up.passkey_of(visit, whose)
    kept = None if found is None else await visit.write(_keep_passkey, whose, found, visit)
    if kept is None:
        return await setting_up.page(visit, whose, "passkey")
    return _kept(visit, kept)


async def take_app(visit: Visit) -> Response:
    """POST /console/account/second/app/remove: without the app, if a passkey is left."""
    return needs_second(visit, ACCOUNT) or await _taken(visit, _remove_app)


async def take_passkey(visit: Visit) -> Response:
    """POST /console/account/second/passkey/remove: without that passkey, if another way is left."""
    return needs_second(visit, ACCOUNT) or await _taken(visit, _remove_passkey)


async def _taken(visit: Visit, work: Callable[..., str]) -> Response:
    return visit.seen(f"{ACCOUNT}?told={await visit.write(work, visit)}")


def _remove_app(connection: Connection, sealing: Sealing, school_id: int, visit: Visit) -> str:
    who = visit.who
    if factors_of(connection, sealing, school_id, who.id).last:
        return "last"
    if not remove_totp(connection, school_id, who.id, visit.now):
        raise NotHere
    note_own(connection, sealing, who, "app removed", visit.now)
    tell(connection, sealing, who, "app_removed", visit)
    return "removed"


def _remove_passkey(connection: Connection, sealing: Sealing, school_id: int, visit: Visit) -> str:
    who = visit.who
    if factors_of(connection, sealing, school_id, who.id).last:
        return "last"
    if not remove_passkey(connection, school_id, who.id, visit.typed("passkey")):
        raise NotHere
    note_own(connection, sealing, who, "passkey removed", visit.now)
    tell(connection, sealing, who, "passkey_removed", visit)
    return "removed"


def _keep_app(
    connection: Connection,
    sealing: Sealing,
    _school_id: int,
    whose: Whose,
    draft: AppDraft,
    visit: Visit,
) -> Kept | None:
    kept = setting_up.keep_the_app(connection, sealing, whose, draft, visit)
    if kept is not None:
        tell(connection, sealing, whose.staff, "app_set_up", visit)
    return kept


def _keep_passkey(
    connection: Connection,
    sealing: Sealing,
    _school_id: int,
    whose: Whose,
    passkey: PasskeyRow,
    visit: Visit,
) -> Kept | None:
    kept = setting_up.keep_the_passkey(connection, sealing, whose, passkey, visit)
    if kept is not None:
        tell(connection, sealing, whose.staff, "passkey_added", visit)
    return kept


def _kept(visit: Visit, kept: Kept) -> Response:
    if kept.codes is None:
        return visit.seen(f"{ACCOUNT}?told=kept")
    return setting_up.codes_page(visit, kept.codes, to=ACCOUNT)


def _whose(visit: Visit) -> Whose:
    return Whose(visit.who, visit.staff.session_hash, ADD, "more", first=False)


# ---- recovery codes


async def new_codes(visit: Visit) -> Response:
    """POST /console/account/codes: ten new recovery codes; the old ones open nothing any more."""
    asked = needs_second(visit, ACCOUNT)
    if asked is not None:
        return asked
    codes = await visit.write(_new_codes, visit)
    return setting_up.codes_page(visit, codes, to=ACCOUNT)


def _new_codes(
    connection: Connection, sealing: Sealing, _school_id: int, visit: Visit
) -> list[str]:
    codes = setting_up.make_codes(connection, sealing, visit.who, visit)
    tell(connection, sealing, visit.who, "codes_made", visit)
    return codes


# ---- where one is signed in


async def sign_out(visit: Visit) -> Response:
    """POST /console/sign-out: out on this device; nothing stays behind."""
    if visit.signed_in is not None:
        await visit.write(_sign_out, visit.signed_in, visit)
    response = visit.seen(f"{SIGN_IN}?signed=out")
    cookies.forget_session(visit, response)
    return response


def _sign_out(
    connection: Connection,
    sealing: Sealing,
    _school_id: int,
    session: StaffSignedIn,
    visit: Visit,
) -> None:
    if end_session(connection, session) and session.second_at is not None:
        note_own(connection, sealing, session.staff, "signed out", visit.now)


async def sign_out_there(visit: Visit) -> Response:
    """POST /console/account/places: out on one other device."""
    await visit.write(_sign_out_there, visit)
    return visit.seen(f"{ACCOUNT}?told=out-there")


def _sign_out_there(
    connection: Connection, sealing: Sealing, _school_id: int, visit: Visit
) -> None:
    if not end_place(connection, sealing, visit.staff, visit.typed("place")):
        raise NotHere
    note_own(connection, sealing, visit.who, "signed out elsewhere", visit.now)


async def sign_out_everywhere(visit: Visit) -> Response:
    """POST /console/account/everywhere: out on all devices, none of which is known any more."""
    await visit.write(_sign_out_everywhere, visit)
    response = visit.seen(f"{SIGN_IN}?signed=out")
    cookies.forget_session(visit, response)
    return response


def _sign_out_everywhere(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit
) -> None:
    end_sessions(connection, school_id, visit.who.id)
    forget_devices(connection, school_id, visit.who.id)
    note_own(connection, sealing, visit.who, "signed out everywhere", visit.now)
