"""One-time links for staff: to join, to begin again after a loss, for the first administrator.

A link opens once: it is exchanged for a cookie, with which its owner has an hour to finish. It
proves who somebody is only for as long as they have no second factor; from then on a link alone
lets nobody in.
"""

import hashlib
import secrets
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.identity.staff.second_factor import Factors, factors_of
from bot.identity.staff.staff_sessions import ENGLAND, end_sessions, has_left
from bot.records import staff_invitations as kept
from bot.records import staff_secrets
from bot.records.audit import log
from bot.records.audit.actors import Actor
from bot.records.sealing import Sealing
from bot.records.staff import (
    ADMINISTRATOR,
    EmailTaken,
    NoStaff,
    StaffDetails,
    StaffRow,
    add_staff,
    change_staff,
    find_by_email,
    find_staff,
    leave_staff,
    set_roles,
)
from bot.records.staff_sessions import forget_devices

LASTS = timedelta(days=7)
OPEN_FOR = timedelta(hours=1)
"""How long there is to finish once the link was opened."""
KEPT_FOR = timedelta(days=30)
PATH = "/console/join"
_LONGEST_TOKEN = 128


@dataclass(frozen=True, slots=True)
class Joining:
    """Somebody who opened a link and has not finished; `hash` names it and opens nothing.

    `staff` is None for the first administrator who has not said who they are.
    """

    hash: str
    school_id: int
    staff: StaffRow | None
    purpose: str
    has_password: bool
    factors: Factors


# ---- making links


def invite(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    *,
    by: Actor,
    now: datetime,
) -> str:
    """The token of a link to join, for seven days; older links of this person are void.

    Raises NoStaff.
    """
    staff = _there(connection, sealing, school_id, staff_id, now)
    _audit(connection, sealing, staff, "staff invited", by, now)
    return _new(connection, school_id, staff_id, "join", now)


def reset(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    *,
    second_factor_too: bool,
    by: Actor,
    now: datetime,
) -> str:
    """The token of a link to begin again; the old password opens nothing, and all are signed out.

    With `second_factor_too` the second factor is forgotten as well. Such a link lets in whoever
    opens it: it is handed over in person and never sent by mail. Raises NoStaff.
    """
    staff = _there(connection, sealing, school_id, staff_id, now)
    if second_factor_too:
        staff_secrets.forget_secrets(connection, school_id, staff_id, now)
        forget_devices(connection, school_id, staff_id)
    else:
        staff_secrets.forget_password(connection, school_id, staff_id, now)
    end_sessions(connection, school_id, staff_id)
    action = "sign-in begun anew" if second_factor_too else "password taken away"
    _audit(connection, sealing, staff, action, by, now)
    return _new(connection, school_id, staff_id, "reset", now)


def may_be_mailed(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str, purpose: str
) -> bool:
    """Whether a link may go by mail: for somebody new, or where the second factor is asked for.

    To somebody whose second factor was taken away no link is mailed: who reads their mail could
    take over what they have done here.
    """
    if factors_of(connection, sealing, school_id, staff_id).any:
        return True
    secret = staff_secrets.find_secret(connection, sealing, school_id, staff_id)
    return purpose == "join" and (secret is None or secret.password_hash is not None)


def leave(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    *,
    by: Actor,
    now: datetime,
) -> None:
    """Somebody leaves today: signed out everywhere, and nothing of theirs opens anything.

    Raises NoStaff or LastAdministrator.
    """
    staff = _there(connection, sealing, school_id, staff_id, now)
    leave_staff(connection, school_id, staff_id, now.astimezone(ENGLAND).date())
    _audit(connection, sealing, staff, "staff left", by, now)


def first_administrator_link(connection: Connection, school_id: int, now: datetime) -> str | None:
    """The token of a link for the school's first administrator; those made before are void.

    None once there is an administrator who can sign in.
    """
    kept.void_invitations(connection, school_id, None)
    if staff_secrets.any_with_second_factor(connection, school_id, ADMINISTRATOR):
        return None
    return _new(connection, school_id, None, "first", now)


# ---- opening them


def is_open(connection: Connection, school_id: int, token: str, now: datetime) -> bool:
    """Whether a link with that token is open. Changes nothing: mail scanners follow links."""
    return _row(connection, school_id, token, now) is not None


def open_link(connection: Connection, school_id: int, token: str, now: datetime) -> str | None:
    """Exchange the link's token for another, for the cookie; the link opens nothing any more.

    None for a link that is not open, and for one to the first administrator once there is one.
    """
    row = _row(connection, school_id, token, now)
    if row is None:
        return None
    if row.purpose == "first" and staff_secrets.any_with_second_factor(
        connection, school_id, ADMINISTRATOR
    ):
        return None
    cookie = secrets.token_urlsafe(32)
    exchanged = kept.exchange_invitation(
        connection,
        school_id,
        row.token_hash,
        _hash(cookie),
        now=now,
        expires_at=now + OPEN_FOR,
    )
    return cookie if exchanged else None


def find_joining(
    connection: Connection, sealing: Sealing, school_id: int, cookie: str | None, now: datetime
) -> Joining | None:
    """Who has opened a link and not finished, by the cookie."""
    row = _row(connection, school_id, cookie or "", now)
    if row is None:
        return None
    if row.staff_id is None:
        return Joining(row.token_hash, school_id, None, row.purpose, False, Factors(False, 0, 0))
    staff = find_staff(connection, sealing, school_id, row.staff_id)
    if staff is None or has_left(staff, now):
        return None
    secret = staff_secrets.find_secret(connection, sealing, school_id, staff.id)
    has_password = secret is not None and secret.password_hash is not None
    factors = factors_of(connection, sealing, school_id, staff.id)
    return Joining(row.token_hash, school_id, staff, row.purpose, has_password, factors)


def say_who(
    connection: Connection,
    sealing: Sealing,
    joining: Joining,
    *,
    name: str,
    email: str,
    password_hash: str,
    now: datetime,
) -> StaffRow | None:
    """Keep the name and password of somebody who joins; they have no second factor yet.

    The first administrator gives an e-mail address too; anybody else's is the one they were
    invited by. None when the link is not open any more or there is a second factor meanwhile.
    Raises EmailTaken, and ValueError without a name or an address.
    """
    now_joining = _again(connection, sealing, joining, now)
    if now_joining is None or now_joining.factors.any:
        return None
    staff = now_joining.staff
    if staff is None:
        staff = _first(connection, sealing, joining.school_id, name, email, now)
        kept.name_invitation(connection, joining.school_id, joining.hash, staff.id)
    else:
        staff = _renamed(connection, sealing, staff, name)
    staff_secrets.set_password_hash(connection, staff.school_id, staff.id, password_hash, now)
    return staff


def finish(connection: Connection, joining: Joining, now: datetime) -> bool:
    """Use the link up; False when that was done, or its time is over."""
    return kept.use_invitation(connection, joining.school_id, joining.hash, now)


def sweep(connection: Connection, school_id: int, now: datetime) -> int:
    """Delete links that expired a month ago; how many."""
    return kept.delete_old_invitations(connection, school_id, now - KEPT_FOR)


def _again(
    connection: Connection, sealing: Sealing, joining: Joining, now: datetime
) -> Joining | None:
    """The same as it is now: another request with the cookie may have gone before."""
    row = kept.find_invitation(connection, joining.school_id, joining.hash, now)
    if row is None:
        return None
    if row.staff_id is None:
        return joining
    staff = find_staff(connection, sealing, joining.school_id, row.staff_id)
    if staff is None or has_left(staff, now):
        return None
    factors = factors_of(connection, sealing, joining.school_id, staff.id)
    return replace(joining, staff=staff, factors=factors)


def _first(
    connection: Connection, sealing: Sealing, school_id: int, name: str, email: str, now: datetime
) -> StaffRow:
    """The first administrator; somebody on the list without a second factor may be it."""
    known = find_by_email(connection, sealing, school_id, email)
    if known is None or has_left(known, now):
        details = StaffDetails(name=name, email=email)
        return add_staff(connection, sealing, school_id, details, now=now, roles=(ADMINISTRATOR,))
    if factors_of(connection, sealing, school_id, known.id).any:
        raise EmailTaken
    set_roles(connection, school_id, known.id, known.roles | {ADMINISTRATOR}, now)
    return _renamed(connection, sealing, known, name)


def _renamed(connection: Connection, sealing: Sealing, staff: StaffRow, name: str) -> StaffRow:
    details = replace(staff.details, name=name)
    if details != staff.details:
        change_staff(
            connection,
            sealing,
            staff.school_id,
            staff.id,
            details,
            level=staff.level,
            register_expires=staff.register_expires,
        )
    return replace(staff, details=details)


def _there(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str, now: datetime
) -> StaffRow:
    staff = find_staff(connection, sealing, school_id, staff_id)
    if staff is None or has_left(staff, now):
        raise NoStaff
    return staff


def _new(
    connection: Connection, school_id: int, staff_id: str | None, purpose: str, now: datetime
) -> str:
    kept.void_invitations(connection, school_id, staff_id)
    token = secrets.token_urlsafe(32)
    row = kept.InvitationRow(_hash(token), school_id, staff_id, purpose, now, now + LASTS)
    kept.add_invitation(connection, row)
    return token


def _row(
    connection: Connection, school_id: int, token: str, now: datetime
) -> kept.InvitationRow | None:
    if not token or len(token) > _LONGEST_TOKEN:
        return None
    return kept.find_invitation(connection, school_id, _hash(token), now)


def _audit(
    connection: Connection,
    sealing: Sealing,
    staff: StaffRow,
    action: str,
    by: Actor,
    now: datetime,
) -> None:
    log.append(
        connection,
        sealing,
        staff.school_id,
        actor=by,
        action=action,
        object_kind="staff",
        object_id=staff.id,
        now=now,
    )


def _hash(token: str) -> str:
    # 256 random bits need no key and no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
