"""Sessions of staff, and the devices that they signed in from, in the store."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, update

from bot.records.models import StaffDevice, StaffSession
from bot.records.sealing import Sealing


@dataclass(frozen=True, slots=True)
class StaffSessionRow:
    """A session as stored; `device` is what the device called itself.

    `second_at` is when the second factor was given; None until then.
    """

    token_hash: str
    school_id: int
    staff_id: str
    way: str
    second_at: datetime | None
    device: str
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime


_COLUMNS = (
    StaffSession.token_hash,
    StaffSession.school_id,
    StaffSession.staff_id,
    StaffSession.way,
    StaffSession.second_at,
    StaffSession.device,
    StaffSession.created_at,
    StaffSession.last_seen_at,
    StaffSession.ends_at,
)


def add_session(connection: Connection, sealing: Sealing, row: StaffSessionRow) -> None:
    """Keep a session. Raises IntegrityError for somebody who is not of the school."""
    values = {
        "token_hash": row.token_hash,
        "school_id": row.school_id,
        "staff_id": row.staff_id,
        "way": row.way,
        "second_at": row.second_at,
        "device": sealing.seal({"name": row.device}),
        "created_at": row.created_at,
        "last_seen_at": row.last_seen_at,
        "ends_at": row.ends_at,
    }
    connection.execute(insert(StaffSession).values(values))


def find_session(
    connection: Connection, sealing: Sealing, token_hash: str
) -> StaffSessionRow | None:
    """The session with that hash, whether or not its time is over.

    The one query here without a school: the token decides which school's it is.
    """
    chosen = select(*_COLUMNS).where(StaffSession.token_hash == token_hash)
    row = connection.execute(chosen).first()
    return None if row is None else _session(sealing, row)


def list_sessions(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str
) -> list[StaffSessionRow]:
    """All of somebody's sessions, the one used last first, whether or not their time is over."""
    chosen = select(*_COLUMNS).where(*_of(StaffSession, school_id, staff_id))
    last_used = (StaffSession.last_seen_at.desc(), StaffSession.token_hash)
    return [_session(sealing, row) for row in connection.execute(chosen.order_by(*last_used))]


def see_session(connection: Connection, school_id: int, token_hash: str, now: datetime) -> None:
    """Note that the session was used; never an earlier moment than is noted."""
    chosen = (
        StaffSession.school_id == school_id,
        StaffSession.token_hash == token_hash,
        StaffSession.last_seen_at < now,
    )
    connection.execute(update(StaffSession).where(*chosen).values(last_seen_at=now))


def prove_session(
    connection: Connection, school_id: int, token_hash: str, new_hash: str, now: datetime
) -> bool:
    """The second factor was given: the session goes on under another hash.

    False when there is no such session any more.
    """
    chosen = (StaffSession.school_id == school_id, StaffSession.token_hash == token_hash)
    proven = update(StaffSession).where(*chosen)
    proven = proven.values(token_hash=new_hash, second_at=now, last_seen_at=now)
    return bool(connection.execute(proven).rowcount)


def delete_session(connection: Connection, school_id: int, token_hash: str) -> bool:
    """Delete one session; False when there was none."""
    chosen = (StaffSession.school_id == school_id, StaffSession.token_hash == token_hash)
    return bool(connection.execute(delete(StaffSession).where(*chosen)).rowcount)


def delete_sessions(
    connection: Connection, school_id: int, staff_id: str, *, but: str | None = None
) -> int:
    """Delete all of somebody's sessions but the one with the hash `but`; how many."""
    chosen = _of(StaffSession, school_id, staff_id)
    if but is not None:
        chosen = (*chosen, StaffSession.token_hash != but)
    return connection.execute(delete(StaffSession).where(*chosen)).rowcount


def delete_ended_sessions(
    connection: Connection,
    school_id: int,
    *,
    ended_by: datetime,
    seen_by: datetime,
    begun_by: datetime,
) -> int:
    """Delete the sessions that are over or lay unused, and those half begun; how many."""
    over = or_(
        StaffSession.ends_at <= ended_by,
        StaffSession.last_seen_at <= seen_by,
        and_(StaffSession.second_at.is_(None), StaffSession.created_at <= begun_by),
    )
    chosen = delete(StaffSession).where(StaffSession.school_id == school_id, over)
    return connection.execute(chosen).rowcount


# ---- devices


def knows_device(connection: Connection, school_id: int, staff_id: str, key: str) -> bool:
    """Whether somebody signed in from the device before."""
    chosen = (*_of(StaffDevice, school_id, staff_id), StaffDevice.device_key == key)
    return connection.execute(select(StaffDevice.id).where(*chosen)).first() is not None


def any_device(connection: Connection, school_id: int, staff_id: str) -> bool:
    """Whether somebody ever signed in from any device."""
    chosen = select(StaffDevice.id).where(*_of(StaffDevice, school_id, staff_id))
    return connection.execute(chosen.limit(1)).first() is not None


def see_device(
    connection: Connection, school_id: int, staff_id: str, key: str, now: datetime
) -> bool:
    """Note that somebody signed in from the device; True when it is a new one."""
    chosen = (*_of(StaffDevice, school_id, staff_id), StaffDevice.device_key == key)
    seen = update(StaffDevice).where(*chosen).values(last_seen_at=now)
    if connection.execute(seen).rowcount:
        return False
    connection.execute(
        insert(StaffDevice).values(
            school_id=school_id,
            staff_id=staff_id,
            device_key=key,
            first_seen_at=now,
            last_seen_at=now,
        )
    )
    return True


def forget_devices(connection: Connection, school_id: int, staff_id: str) -> int:
    """No device is known any more; how many there were."""
    chosen = delete(StaffDevice).where(*_of(StaffDevice, school_id, staff_id))
    return connection.execute(chosen).rowcount


def delete_old_devices(connection: Connection, school_id: int, seen_by: datetime) -> int:
    """Forget devices that nobody signed in from since; how many."""
    chosen = (StaffDevice.school_id == school_id, StaffDevice.last_seen_at <= seen_by)
    return connection.execute(delete(StaffDevice).where(*chosen)).rowcount


def _of(table: Any, school_id: int, staff_id: str) -> tuple[Any, ...]:
    return table.school_id == school_id, table.staff_id == staff_id


def _session(sealing: Sealing, row: Any) -> StaffSessionRow:
    values = dict(row._mapping)
    return StaffSessionRow(**(values | {"device": str(sealing.open(row.device)["name"])}))
