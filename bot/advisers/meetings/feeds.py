"""The secret address at which a calendar reads an adviser's meetings; of it only a hash is kept.

Whoever has the address sees when and where, and no names. A new one closes the one before.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.advisers.meetings.calendar import feed, words
from bot.advisers.meetings.notices import Notices
from bot.records.audit import log
from bot.records.audit.actors import Actor
from bot.records.guidance.lines import day_in_england
from bot.records.meetings.rows import HELD, TO_COME, meetings_between
from bot.records.sealing import Sealing
from bot.records.settings import get_setting, set_setting
from bot.records.staff import find_staff

_SETTING = "calendar_feed:{}"
_BYTES = 24
_LONGEST_TOKEN = 64
_BACK, _AHEAD = timedelta(days=60), timedelta(days=400)


def path_of(staff_id: str, token: str) -> str:
    """The address of a feed, without the host."""
    return f"/calendar/{staff_id}/{token}.ics"


def open_feed(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> str:
    """Make a secret for somebody's feed, known only now; the one before opens nothing any more."""
    token = secrets.token_urlsafe(_BYTES)
    set_setting(connection, school_id, _SETTING.format(staff_id), {"hash": _hash(token)}, now)
    _note(connection, sealing, school_id, staff_id, actor, "calendar address made", now)
    return token


def close_feed(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Let the address open nothing any more; False where there was none."""
    if not has_feed(connection, school_id, staff_id):
        return False
    set_setting(connection, school_id, _SETTING.format(staff_id), {}, now)
    _note(connection, sealing, school_id, staff_id, actor, "calendar address closed", now)
    return True


def has_feed(connection: Connection, school_id: int, staff_id: str) -> bool:
    """Whether there is an address of somebody's feed."""
    return bool((get_setting(connection, school_id, _SETTING.format(staff_id)) or {}).get("hash"))


def feed_at(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    token: str,
    notices: Notices,
    now: datetime,
) -> bytes | None:
    """The calendar at an address; None for any that is not open, or of somebody who has left."""
    if len(token) > _LONGEST_TOKEN or len(staff_id) > _LONGEST_TOKEN:
        return None
    kept = (get_setting(connection, school_id, _SETTING.format(staff_id)) or {}).get("hash") or ""
    if not hmac.compare_digest(kept.encode(), _hash(token).encode()):
        return None
    staff = find_staff(connection, sealing, school_id, staff_id)
    if staff is None or staff.has_left(day_in_england(now)):
        return None
    found = meetings_between(
        connection,
        sealing,
        school_id,
        now - _BACK,
        now + _AHEAD,
        staff_id=staff_id,
        states=(*TO_COME, *HELD),
    )
    return feed(found, notices.organiser, words()["feed"].format(school=notices.school))


def _hash(token: str) -> str:
    # Random bits need no slow hash: there is nothing to guess.
    return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()


def _note(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    actor: Actor,
    action: str,
    now: datetime,
) -> None:
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
