"""One-time links for staff, in the store: only the hash of what opens them is kept."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from bot.records.models import StaffInvitation


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A link that is open: for whom (None for the first administrator), what for, until when."""

    token_hash: str
    school_id: int
    staff_id: str | None
    purpose: str
    created_at: datetime
    expires_at: datetime


_COLUMNS = (
    StaffInvitation.token_hash,
    StaffInvitation.school_id,
    StaffInvitation.staff_id,
    StaffInvitation.purpose,
    StaffInvitation.created_at,
    StaffInvitation.expires_at,
)


def add_invitation(connection: Connection, row: InvitationRow) -> None:
    """Keep a link. Raises IntegrityError for somebody who is not of the school."""
    values = {name: getattr(row, name) for name in InvitationRow.__dataclass_fields__}
    connection.execute(insert(StaffInvitation).values(values))


def find_invitation(
    connection: Connection, school_id: int, token_hash: str, now: datetime
) -> InvitationRow | None:
    """The link with that hash, while it is open."""
    chosen = select(*_COLUMNS).where(*_open(school_id, token_hash, now))
    row = connection.execute(chosen).first()
    return None if row is None else InvitationRow(**row._mapping)


def exchange_invitation(
    connection: Connection,
    school_id: int,
    token_hash: str,
    new_hash: str,
    *,
    now: datetime,
    expires_at: datetime,
) -> bool:
    """The link opens under the other hash from now on; False when it is not open any more."""
    changed = update(StaffInvitation).where(*_open(school_id, token_hash, now))
    changed = changed.values(token_hash=new_hash, expires_at=expires_at)
    return bool(connection.execute(changed).rowcount)


def name_invitation(connection: Connection, school_id: int, token_hash: str, staff_id: str) -> None:
    """The link for the first administrator is from now on that person's link to join."""
    chosen = (StaffInvitation.school_id == school_id, StaffInvitation.token_hash == token_hash)
    named = update(StaffInvitation).where(*chosen).values(staff_id=staff_id, purpose="join")
    connection.execute(named)


def use_invitation(connection: Connection, school_id: int, token_hash: str, now: datetime) -> bool:
    """Use the link up; False when it is not open any more."""
    used = update(StaffInvitation).where(*_open(school_id, token_hash, now)).values(used_at=now)
    return bool(connection.execute(used).rowcount)


def void_invitations(connection: Connection, school_id: int, staff_id: str | None) -> int:
    """Delete the unused links of somebody, or those for the first administrator; how many."""
    whose = (
        StaffInvitation.staff_id.is_(None)
        if staff_id is None
        else StaffInvitation.staff_id == staff_id
    )
    chosen = (StaffInvitation.school_id == school_id, StaffInvitation.used_at.is_(None), whose)
    return connection.execute(delete(StaffInvitation).where(*chosen)).rowcount


def open_invitations(connection: Connection, school_id: int, now: datetime) -> dict[str, datetime]:
    """Until when each member of staff has an open link, by their ids."""
    columns = (StaffInvitation.staff_id, StaffInvitation.expires_at)
    chosen = select(*columns).where(
        StaffInvitation.school_id == school_id,
        StaffInvitation.staff_id.is_not(None),
        StaffInvitation.used_at.is_(None),
        StaffInvitation.expires_at > now,
    )
    return {row.staff_id: row.expires_at for row in connection.execute(chosen)}


def delete_old_invitations(connection: Connection, school_id: int, expired_by: datetime) -> int:
    """Delete links that expired by then, used or not; how many."""
    chosen = (
        StaffInvitation.school_id == school_id,
        StaffInvitation.expires_at <= expired_by,
    )
    return connection.execute(delete(StaffInvitation).where(*chosen)).rowcount


def _open(school_id: int, token_hash: str, now: datetime) -> tuple[Any, ...]:
    return (
        StaffInvitation.school_id == school_id,
        StaffInvitation.token_hash == token_hash,
        StaffInvitation.used_at.is_(None),
        StaffInvitation.expires_at > now,
    )
