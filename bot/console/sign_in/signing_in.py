"""The first step of signing in: e-mail and password, or the school's own account."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.responses import RedirectResponse, Response

from bot.console.sign_in import cookies
from bot.console.sign_in.devices import device_name
from bot.console.sign_in.doors import doors_of, here, place_of
from bot.console.sign_in.parts import SECOND, SET_UP, SIGN_IN, asked_for, note, onward, with_to
from bot.console.visit import NotHere, Visit
from bot.identity.oidc import SETTING, WAYS, Provider, SignInFailed, providers_of
from bot.identity.staff.second_factor import factors_of
from bot.identity.staff.staff_sessions import (
    begin_session,
    end_session,
    has_left,
    knows_device,
)
from bot.records.audit.actors import Actor
from bot.records.sealing import Sealing
from bot.records.settings import get_setting
from bot.records.staff import StaffRow, find_by_email
from bot.records.staff_secrets import find_secret, set_password_hash
from bot.records.store import StoreBusy

NOBODY = Actor("nobody")
_LONGEST_EMAIL = 254
_STATUS = {
    "empty": 422,
    "wrong": 422,
    "wait": 429,
    "unfinished": 403,
    "away": 502,
    "stopped": 200,
    "other-school": 403,
    "unknown": 403,
    "not-valid": 400,
}


@dataclass(frozen=True, slots=True)
class _Looked:
    """Who an e-mail address is, if anybody, and what signs them in."""

    staff: StaffRow | None
    password_hash: str | None = field(default=None, repr=False)
    known: bool = False


# ---- by password


async def show(visit: Visit) -> Response:
    """GET /console/sign-in: the form, or on for who is signed in already."""
    if visit.signed_in is not None:
        to = asked_for(visit)
        return visit.seen(to if visit.signed_in.second_at is not None else with_to(SECOND, to))
    response = await _form(visit, signed_out=visit.asked("signed") == "out")
    if cookies.has_session(visit):
        cookies.forget_session(visit, response)
    return response


async def send(visit: Visit) -> Response:
    """POST /console/sign-in: e-mail and password; then on to the second factor.

    Whether somebody has that address is not told, neither by words nor by how long it takes.
    """
    desk, doors = visit.desk, doors_of(visit)
    email = visit.typed("email")[:_LONGEST_EMAIL]
    password = str(visit.form.get("password") or "")
    if not email or not password:
        return await _form(visit, "empty", email=email)
    device = cookies.device_of(visit)
    looked = await visit.read(_look, email, device, visit.now)
    account = desk.sealing.lookup("email", email)
    staff_id = None if looked.staff is None else looked.staff.id
    place = place_of(visit, desk.sealing, staff_id, known=looked.known)
    wait_s = None if looked.known else doors.addresses.take(place)
    if wait_s is None:
        wait_s = doors.first.attempt(account, place, known=looked.known)
    if wait_s is not None:
        return await _form(visit, "wait", email=email, wait_s=wait_s)
    checked = await doors.passwords.check(password, looked.password_hash)
    if not checked.right or looked.staff is None:
        await visit.write(_failed, staff_id, visit.now)
        return await _form(visit, "wrong", email=email)
    doors.first.right(account, place, known=looked.known)
    token = await visit.write(_begin, looked.staff, "password", visit, renewed=checked.renewed)
    if token is None:
        return await _form(visit, "unfinished", email=email)
    response = visit.seen(with_to(SECOND, asked_for(visit)))
    cookies.remember_session(visit, response, token)
    return response


def _look(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    email: str,
    device: str | None,
    now: datetime,
) -> _Looked:
    staff = find_by_email(connection, sealing, school_id, email)
    if staff is None or has_left(staff, now):
        return _Looked(None)
    secret = find_secret(connection, sealing, school_id, staff.id)
    known = knows_device(connection, sealing, school_id, staff.id, device)
    return _Looked(staff, None if secret is None else secret.password_hash, known)


def _failed(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str | None, now: datetime
) -> None:
    note(connection, sealing, school_id, NOBODY, "sign-in failed", staff_id, now)


def _begin(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff: StaffRow,
    way: str,
    visit: Visit,
    *,
    renewed: str | None = None,
) -> str | None:
    """The token of a session without the second factor, in place of this browser's older one.

    None for a password of somebody who never set up a second factor: only the link that they were
    sent lets them do that, not the password alone.
    """
    if way == "password" and not factors_of(connection, sealing, school_id, staff.id).any:
        return None
    if renewed is not None:
        set_password_hash(connection, school_id, staff.id, renewed, visit.now)
    end_older(connection, visit)
    return begin_session(
        connection,
        sealing,
        school_id,
        staff.id,
        way,
        visit.now,
        device=device_name(visit.request.headers.get("user-agent", "")),
        hours=visit.desk.settings.staff_session_hours,
    )


def end_older(connection: Connection, visit: Visit) -> None:
    """Whoever was signed in with this browser before is out."""
    if visit.signed_in is not None:
        end_session(connection, visit.signed_in)


# ---- with the school's Microsoft or Google account


async def start(visit: Visit) -> Response:
    """GET /console/sign-in/{microsoft,google}: off to the provider."""
    provider = await _provider(visit)
    try:
        address, flow = await visit.desk.oidc.begin(provider, _callback(visit, provider))
    except SignInFailed as failed:
        return await _form(visit, failed.why, way=provider.way)
    response = RedirectResponse(address, 303)
    cookies.remember_flow(visit, response, visit.desk.flows.write(flow, visit.now))
    return response


async def come_back(visit: Visit) -> Response:
    """GET /console/sign-in/{microsoft,google}/callback: back from the provider.

    The account must be the school's own, and its address that of somebody on the staff. Our own
    second factor is asked for, unless the provider says that it has asked for one.
    """
    provider = await _provider(visit)
    flow = visit.desk.flows.read(visit.request.cookies.get(cookies.FLOW_COOKIE, ""), visit.now)
    try:
        if flow is None:
            raise SignInFailed("not-valid")
        account = await visit.desk.oidc.account(
            provider,
            flow,
            dict(visit.request.query_params),
            _callback(visit, provider),
            visit.now,
        )
        response = await _let_in(visit, provider, account.addresses, both=account.second_factor)
    except SignInFailed as failed:
        response = await _form(visit, failed.why, way=provider.way)
    cookies.forget_flow(visit, response)
    return response


async def _let_in(
    visit: Visit, provider: Provider, addresses: list[str], *, both: bool
) -> Response:
    found = await visit.read(_by_address, addresses, visit.now)
    if found is None:
        await visit.write(_failed, None, visit.now)
        return await _form(visit, "unknown", way=provider.way)
    staff, has_factor = found
    token = await visit.write(_begin, staff, provider.way, visit)
    if token is None or both:
        return await onward(visit, token)
    response = visit.seen(SECOND if has_factor else SET_UP)
    cookies.remember_session(visit, response, token)
    return response


def _by_address(
    connection: Connection, sealing: Sealing, school_id: int, addresses: list[str], now: datetime
) -> tuple[StaffRow, bool] | None:
    for address in addresses:
        staff = find_by_email(connection, sealing, school_id, address)
        if staff is not None and not has_left(staff, now):
            return staff, factors_of(connection, sealing, school_id, staff.id).any
    return None


async def _providers(visit: Visit) -> dict[Any, Provider]:
    desk = visit.desk
    setting = await desk.store.read(get_setting, desk.school_id, SETTING)
    found = providers_of(
        setting,
        desk.sealing,
        microsoft_url=desk.settings.microsoft_login_url,
        google_url=desk.settings.google_login_url,
    )
    return dict(found)


async def _provider(visit: Visit) -> Provider:
    """The provider in the path. Raises NotHere when the school has not set it up."""
    way = visit.named("way")
    found = (await _providers(visit)).get(way) if way in WAYS else None
    if found is None:
        raise NotHere
    return found


def _callback(visit: Visit, provider: Provider) -> str:
    """Where the provider sends the browser back to, as it must be registered there."""
    origin = here(visit.request, visit.desk.settings.public_url)
    return f"{origin}{SIGN_IN}/{provider.way}/callback"


# ---- the page


async def _form(
    visit: Visit,
    problem: str | None = None,
    *,
    email: str = "",
    way: str | None = None,
    wait_s: int | None = None,
    signed_out: bool = False,
) -> Response:
    """The form, with a sentence about what went wrong; a password that was typed is not shown."""
    try:
        providers = list(await _providers(visit))
    except StoreBusy:
        providers = []  # the page with its sentence is worth more than the other ways in
    response = visit.page(
        "sign_in/first.html",
        _STATUS[problem] if problem else 200,
        problem=problem,
        email=email,
        provider=way,
        providers=providers,
        wait_s=wait_s or 0,
        signed_out=signed_out,
        to=asked_for(visit),
    )
    if wait_s is not None:
        response.headers["Retry-After"] = str(wait_s)
    return response
