"""What the pages for signing in share: where they lead, what they note, how a sign-in is done."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import quote

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.rows import HOME
from bot.console.sign_in import cookies, mails
from bot.console.sign_in.devices import device_name
from bot.console.visit import Visit
from bot.identity.staff.staff_sessions import (
    StaffSignedIn,
    device_key,
    find_session,
    new_device_token,
    prove_session,
)
from bot.records import staff_sessions as kept
from bot.records.audit import log
from bot.records.audit.actors import Actor
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow

SIGN_IN = f"{HOME}/sign-in"
SECOND = f"{SIGN_IN}/second"
SET_UP = f"{SIGN_IN}/set-up"
ACCOUNT = f"{HOME}/account"
_WAY_ON = re.compile(rf"{HOME}(/(?!\.+(/|$))[\w.~-]+)*/?")
"""Paths below the console, none of which a browser would read as going up again."""


@dataclass(frozen=True, slots=True)
class Through:
    """Somebody is signed in with both factors: what the browser is to keep."""

    token: str = field(repr=False)
    device_token: str = field(repr=False)


# ---- where to


def asked_for(visit: Visit) -> str:
    """The page that somebody wanted before they were asked to sign in; never another site's."""
    to = visit.typed("to") or visit.asked("to")
    fits = len(to) <= 200 and _WAY_ON.fullmatch(to) and not to.startswith((SIGN_IN, f"{HOME}/join"))
    return to if fits else HOME


def with_to(path: str, to: str) -> str:
    """The path with the page to go on to afterwards."""
    return path if to == HOME else f"{path}?to={quote(to)}"


async def onward(visit: Visit, token: str | None) -> Response:
    """On to the console for a session that needs no second factor of ours.

    The provider has asked for one, and says so in what it has signed.
    """
    through = await visit.write(_proven_elsewhere, visit, token)
    if through is None:
        return visit.seen(SIGN_IN)
    return let_through(visit, through, HOME)


def let_through(visit: Visit, through: Through, to: str) -> Response:
    """On to a page, with the cookies of a session that has both factors."""
    response = visit.seen(to)
    keep(visit, response, through)
    return response


def keep(visit: Visit, response: Response, through: Through) -> None:
    """Have the browser keep the session, and be known again."""
    cookies.remember_session(visit, response, through.token)
    cookies.remember_device(visit, response, through.device_token)


# ---- in the transaction of a sign-in


def _proven_elsewhere(
    connection: Connection, sealing: Sealing, _school_id: int, visit: Visit, token: str | None
) -> Through | None:
    session = find_session(connection, sealing, token, visit.now)
    return None if session is None else prove(connection, sealing, session, visit)


def prove(
    connection: Connection, sealing: Sealing, session: StaffSignedIn, visit: Visit
) -> Through | None:
    """The second factor was given: the session goes on under a new token, and the device is known.

    A device that is new to somebody who has used others is told by mail. None when the session
    ended meanwhile.
    """
    token = prove_session(connection, session, visit.now)
    if token is None:
        return None
    if session.second_at is None:
        note_own(connection, sealing, session.staff, "signed in", visit.now)
    return Through(token, _see_device(connection, sealing, session.staff, visit))


def _see_device(connection: Connection, sealing: Sealing, staff: StaffRow, visit: Visit) -> str:
    token = cookies.device_of(visit)
    if token is None or len(token) > 128:
        token = new_device_token()
    used_others = kept.any_device(connection, staff.school_id, staff.id)
    key = device_key(sealing, staff.id, token)
    if kept.see_device(connection, staff.school_id, staff.id, key, visit.now):
        note_own(connection, sealing, staff, "new device", visit.now)
        if used_others:
            tell(connection, sealing, staff, "new_device", visit)
    return token


def tell(
    connection: Connection,
    sealing: Sealing,
    staff: StaffRow,
    kind: str,
    visit: Visit,
) -> None:
    """Tell somebody by mail what was done with their sign-in, and from which device."""
    mails.put(
        connection,
        sealing,
        staff,
        kind,
        visit.now,
        school=visit.desk.settings.school_name,
        device=device_name(visit.request.headers.get("user-agent", "")),
    )


def note_own(
    connection: Connection, sealing: Sealing, staff: StaffRow, action: str, now: datetime
) -> None:
    """Note in the audit what somebody did with their own sign-in."""
    actor = Actor("staff", staff.id, staff.details.name)
    note(connection, sealing, staff.school_id, actor, action, staff.id, now)


def note(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    actor: Actor,
    action: str,
    staff_id: str | None,
    now: datetime,
) -> None:
    """Note in the audit what was done with somebody's sign-in."""
    log.append(
        connection,
        sealing,
        school_id,
        actor=actor,
        action=action,
        object_kind="staff",
        object_id=staff_id,
        now=now,
    )
