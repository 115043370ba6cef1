"""Sessions of staff. The cookie holds a random token, the store its hash.

A session begins with a password or the school's account, and opens nothing but the page for the
second factor until that was given; then it goes on under another token.
"""

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from bot.records import staff_sessions as kept
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow, find_staff
from bot.settings import Settings

IDLE_MINUTES: Final[int] = Settings.model_fields["staff_idle_minutes"].default
HOURS: Final[int] = Settings.model_fields["staff_session_hours"].default
SECOND_WITHIN = timedelta(minutes=10)
"""How long after the first factor the second may be given."""
FRESH_FOR = timedelta(minutes=10)
"""How long after the second factor it need not be given again to change how to sign in."""
NOTED_EVERY = timedelta(minutes=1)
"""Use is noted this often: looking at a page should not have to wait for a writer."""
DEVICE_KNOWN_FOR = timedelta(days=365)
ENGLAND = ZoneInfo("Europe/London")
_NAME = "signpost_staff"
_DEVICE = "signpost_staff_device"
_LONGEST_TOKEN = 128
_LONGEST_DEVICE = 120


@dataclass(frozen=True, slots=True)
class StaffSignedIn:
    """Somebody of staff who is signed in; only `second_at` shows that the second factor was given.

    `session_hash` names the session and opens nothing.
    """

    staff: StaffRow
    session_hash: str
    second_at: datetime | None
    way: str
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime

    def to_be_noted(self, now: datetime) -> bool:
        """Whether its use at that moment should be noted with `note_use`."""
        return now - self.last_seen_at >= NOTED_EVERY

    def is_fresh(self, now: datetime) -> bool:
        """Whether the second factor was given just now: enough to change how to sign in."""
        return self.second_at is not None and now - self.second_at < FRESH_FOR


@dataclass(frozen=True, slots=True)
class Place:
    """One line of "where you are signed in"; `name` stands for it in a form and opens nothing."""

    name: str
    device: str
    way: str
    created_at: datetime
    last_seen_at: datetime
    here: bool


# ---- cookies


def cookie_name(*, secure: bool) -> str:
    """What the cookie of a session is called; where https is spoken no other host can set it."""
    return f"__Host-{_NAME}" if secure else _NAME


def device_cookie_name(*, secure: bool) -> str:
    """What the cookie is called by which a device is known again."""
    return f"__Host-{_DEVICE}" if secure else _DEVICE


# ---- sessions


def begin_session(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    way: str,
    now: datetime,
    *,
    device: str,
    hours: int = HOURS,
    second: bool = False,
) -> str:
    """Sign somebody in for at most so many hours; the token for the cookie, kept nowhere else.

    `second` says that the second factor was given along with the first. Raises IntegrityError for
    somebody who is not of the school.
    """
    token = secrets.token_urlsafe(32)
    row = kept.StaffSessionRow(
        token_hash=_hash(token),
        school_id=school_id,
        staff_id=staff_id,
        way=way,
        second_at=now if second else None,
        device=device[:_LONGEST_DEVICE],
        created_at=now,
        last_seen_at=now,
        ends_at=now + timedelta(hours=hours),
    )
    kept.add_session(connection, sealing, row)
    return token


def find_session(
    connection: Connection,
    sealing: Sealing,
    cookie: str | None,
    now: datetime,
    *,
    idle_minutes: int = IDLE_MINUTES,
) -> StaffSignedIn | None:
    """Who the cookie's token signs in, with or without the second factor given.

    None for a token that this installation did not give out, after signing out, from the absolute
    end on, once it lay unused for `idle_minutes`, when the second factor was not given in time,
    and for somebody who has left. Changes nothing.
    """
    if not cookie or len(cookie) > _LONGEST_TOKEN:
        return None
    row = kept.find_session(connection, sealing, _hash(cookie))
    if row is None or not _is_open(row, now, idle_minutes):
        return None
    staff = find_staff(connection, sealing, row.school_id, row.staff_id)
    if staff is None or has_left(staff, now):
        return None
    return StaffSignedIn(
        staff,
        row.token_hash,
        row.second_at,
        row.way,
        row.created_at,
        row.last_seen_at,
        row.ends_at,
    )


def note_use(connection: Connection, session: StaffSignedIn, now: datetime) -> None:
    """The session is in use: its idle time begins anew. The absolute end stays."""
    kept.see_session(connection, session.staff.school_id, session.session_hash, now)


def prove_session(connection: Connection, session: StaffSignedIn, now: datetime) -> str | None:
    """The second factor was given: the new token for the cookie; the old one opens nothing.

    None when the session ended meanwhile.
    """
    token = secrets.token_urlsafe(32)
    school_id = session.staff.school_id
    if not kept.prove_session(connection, school_id, session.session_hash, _hash(token), now):
        return None
    return token


def end_session(connection: Connection, session: StaffSignedIn) -> bool:
    """Sign out on this device; False when that was done already."""
    return kept.delete_session(connection, session.staff.school_id, session.session_hash)


def end_place(connection: Connection, sealing: Sealing, session: StaffSignedIn, name: str) -> bool:
    """Sign out on the device of that line; False when there is none of that name."""
    staff = session.staff
    for row in kept.list_sessions(connection, sealing, staff.school_id, staff.id):
        if _place_name(row.token_hash) == name:
            return kept.delete_session(connection, staff.school_id, row.token_hash)
    return False


def end_sessions(
    connection: Connection, school_id: int, staff_id: str, *, but: str | None = None
) -> int:
    """Sign out on all devices, or on all but the session with the hash `but`; on how many."""
    return kept.delete_sessions(connection, school_id, staff_id, but=but)


def places(
    connection: Connection,
    sealing: Sealing,
    session: StaffSignedIn,
    now: datetime,
    *,
    idle_minutes: int = IDLE_MINUTES,
) -> list[Place]:
    """Where somebody is signed in, this device first and then as they were last used."""
    found = [
        Place(
            _place_name(row.token_hash),
            row.device,
            row.way,
            row.created_at,
            row.last_seen_at,
            row.token_hash == session.session_hash,
        )
        for row in kept.list_sessions(
            connection, sealing, session.staff.school_id, session.staff.id
        )
        if row.second_at is not None and _is_open(row, now, idle_minutes)
    ]
    return sorted(found, key=lambda place: not place.here)


def sweep(
    connection: Connection, school_id: int, now: datetime, *, idle_minutes: int = IDLE_MINUTES
) -> int:
    """Delete sessions that open nothing any more, and forget devices of long ago; how many."""
    return kept.delete_ended_sessions(
        connection,
        school_id,
        ended_by=now,
        seen_by=now - timedelta(minutes=idle_minutes),
        begun_by=now - SECOND_WITHIN,
    ) + kept.delete_old_devices(connection, school_id, now - DEVICE_KNOWN_FOR)


def has_left(staff: StaffRow, now: datetime) -> bool:
    """Whether somebody has left by that day in England."""
    return staff.has_left(now.astimezone(ENGLAND).date())


# ---- devices


def new_device_token() -> str:
    """What a device is to be known by; kept as a keyed hash for each member of staff."""
    return secrets.token_urlsafe(32)


def device_key(sealing: Sealing, staff_id: str, token: str) -> str:
    """The keyed hash of a device's token: another one for each member of staff."""
    return sealing.lookup("device", f"{staff_id} {_hash(token)}")


def knows_device(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str, token: str | None
) -> bool:
    """Whether somebody signed in with both factors from that device before."""
    if not token or len(token) > _LONGEST_TOKEN:
        return False
    key = device_key(sealing, staff_id, token)
    return kept.knows_device(connection, school_id, staff_id, key)


def _is_open(row: kept.StaffSessionRow, now: datetime, idle_minutes: int) -> bool:
    if now >= row.ends_at or now - row.last_seen_at >= timedelta(minutes=idle_minutes):
        return False
    return row.second_at is not None or now - row.created_at < SECOND_WITHIN


def _place_name(token_hash: str) -> str:
    return token_hash[:16]


def _hash(token: str) -> str:
    # 256 random bits need no key and no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()
