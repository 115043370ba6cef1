"""A second factor for who signed in with the school's account and has none of ours yet."""

from dataclasses import dataclass, field

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.sign_in import setting_up
from bot.console.sign_in.parts import SECOND, SET_UP, SIGN_IN, Through, keep, prove
from bot.console.sign_in.setting_up import Kept, Whose
from bot.console.visit import Visit
from bot.identity.staff.second_factor import AppDraft, factors_of
from bot.identity.staff.staff_sessions import StaffSignedIn
from bot.records.sealing import Sealing
from bot.records.staff_secrets import PasskeyRow


@dataclass(frozen=True, slots=True)
class _Done:
    through: Through
    codes: list[str] = field(repr=False)


async def show(visit: Visit) -> Response:
    """GET /console/sign-in/set-up: the page to set one up."""
    whose = await _whose(visit)
    if whose is None:
        return visit.seen(SIGN_IN if visit.signed_in is None else SECOND)
    return await setting_up.page(visit, whose)


async def app(visit: Visit) -> Response:
    """POST /console/sign-in/set-up/app: the code that the app shows."""
    whose = await _whose(visit)
    if whose is None:
        return visit.seen(SIGN_IN)
    draft = setting_up.app_of(visit, whose)
    if draft is None:
        return await setting_up.page(visit, whose, "old")
    done = await visit.write(_with_app, whose, draft, visit)
    if done is None:
        return await setting_up.page(visit, whose, "code", draft.sealed)
    return _through(visit, done)


async def passkey(visit: Visit) -> Response:
    """POST /console/sign-in/set-up/passkey: the passkey that the browser made."""
    whose = await _whose(visit)
    if whose is None:
        return visit.seen(SIGN_IN)
    found = setting_up.passkey_of(visit, whose)
    done = None if found is None else await visit.write(_with_passkey, whose, found, visit)
    if done is None:
        return await setting_up.page(visit, whose, "passkey")
    return _through(visit, done)


async def _whose(visit: Visit) -> Whose | None:
    """Who may set up a first one here: the school's account has vouched for them just now.

    A password alone does not: it may be what somebody else has learnt.
    """
    session = visit.signed_in
    if session is None or session.second_at is not None or session.way == "password":
        return None
    if (await visit.read(factors_of, session.staff.id)).any:
        return None
    return Whose(session.staff, session.session_hash, SET_UP, "first", first=True)


def _with_app(
    connection: Connection,
    sealing: Sealing,
    _school_id: int,
    whose: Whose,
    draft: AppDraft,
    visit: Visit,
) -> _Done | None:
    if _has_one(connection, sealing, whose):
        return None
    kept = setting_up.keep_the_app(connection, sealing, whose, draft, visit)
    return _done(connection, sealing, kept, visit.signed_in, visit)


def _with_passkey(
    connection: Connection,
    sealing: Sealing,
    _school_id: int,
    whose: Whose,
    passkey: PasskeyRow,
    visit: Visit,
) -> _Done | None:
    if _has_one(connection, sealing, whose):
        return None
    kept = setting_up.keep_the_passkey(connection, sealing, whose, passkey, visit)
    return _done(connection, sealing, kept, visit.signed_in, visit)


def _has_one(connection: Connection, sealing: Sealing, whose: Whose) -> bool:
    staff = whose.staff
    return factors_of(connection, sealing, staff.school_id, staff.id).any


def _done(
    connection: Connection,
    sealing: Sealing,
    kept: Kept | None,
    session: StaffSignedIn | None,
    visit: Visit,
) -> _Done | None:
    if kept is None or session is None:
        return None
    through = prove(connection, sealing, session, visit)
    return None if through is None else _Done(through, kept.codes or [])


def _through(visit: Visit, done: _Done) -> Response:
    response = setting_up.codes_page(visit, done.codes, to="/console")
    keep(visit, response, done.through)
    return response
