"""Staff in the store: who they are, their roles, what they are qualified to do, and their leaving.

What names them is sealed. They are found by a keyed hash of their e-mail address.
"""

import secrets
from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, delete, insert, select, update

from bot.records.models import (
    ROLES,
    Base,
    Passkey,
    RecoveryCode,
    StaffDevice,
    StaffInvitation,
    StaffMember,
    StaffRole,
    StaffSecret,
    StaffSession,
    WorkingHours,
)
from bot.records.sealing import Sealing

QUALIFYING_LEVEL = 6
"""The level of a careers qualification that Benchmark 8 asks for."""
ADMINISTRATOR = "administrator"
_OF_WHO_LEFT: tuple[type[Base], ...] = (
    StaffRole,
    StaffSession,
    StaffSecret,
    Passkey,
    RecoveryCode,
    StaffDevice,
    StaffInvitation,
    WorkingHours,
)
"""What somebody who leaves does not keep for a day: all that opens something, and their hours."""


class NoStaff(LookupError):
    """The school has nobody of staff with that id."""


class EmailTaken(ValueError):
    """Somebody else of the school's staff has that e-mail address."""


class LastAdministrator(ValueError):
    """The school would be left without anybody who can let people in."""


@dataclass(frozen=True, slots=True, repr=False)
class StaffDetails:
    """What is held of somebody of staff; None where it is not known.

    `internal` says whether the school employs them; `employer` names who does otherwise.
    `equivalent` is what the school has recorded in place of an entry in the register.
    """

    name: str
    email: str
    employer: str | None = None
    internal: bool = True
    qualification: str | None = None
    register_number: str | None = None
    equivalent: str | None = None
    dbs_on: date | None = None
    languages: tuple[str, ...] = ()
    rooms: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """As a dictionary to be sealed; what is not held is left out."""
        held = {name: value for name, value in asdict(self).items() if value is not None}
        held |= {"languages": list(self.languages), "rooms": list(self.rooms)}
        if self.dbs_on is not None:
            held["dbs_on"] = self.dbs_on.isoformat()
        return held

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "StaffDetails":
        """What `to_json` gave; names that are not known, of a later version, are passed over."""
        known: dict[str, Any] = {
            one.name: value[one.name] for one in fields(cls) if one.name in value
        }
        if "dbs_on" in known:
            known["dbs_on"] = date.fromisoformat(known["dbs_on"])
        for name in ("languages", "rooms"):
            known[name] = tuple(known.get(name, ()))
        return cls(**known)


@dataclass(frozen=True, slots=True)
class StaffRow:
    """Somebody of staff as stored, opened. `register_expires` is the last day that counts."""

    id: str
    school_id: int
    details: StaffDetails = field(repr=False)
    level: int | None
    register_expires: date | None
    roles: frozenset[str]
    left_on: date | None

    def has_left(self, day: date) -> bool:
        """Whether somebody has left by that day."""
        return self.left_on is not None and self.left_on <= day


def qualified_on(row: StaffRow, day: date) -> bool:
    """Whether somebody may sign off a guidance meeting that is held on that day.

    That takes level 6 or higher, and an entry in the register that is good on that day or what
    the school has recorded as equivalent.
    """
    if row.level is None or row.level < QUALIFYING_LEVEL:
        return False
    return is_registered(row, day) or bool((row.details.equivalent or "").strip())


def is_registered(row: StaffRow, day: date) -> bool:
    """Whether the register has an entry, with its number, that is good on that day."""
    numbered = bool((row.details.register_number or "").strip())
    return numbered and row.register_expires is not None and row.register_expires >= day


def title_of(row: StaffRow, day: date) -> str:
    """What somebody is called on that day, as pupils read it: "careers adviser" and others."""
    qualified = qualified_on(row, day)
    for one in _titles():
        if one.get("role", None) in (None, *row.roles) and (qualified or not one.get("qualified")):
            return str(one["title"])
    raise LookupError("no title fits")  # the last of the list fits everybody


@cache
def _titles() -> tuple[dict[str, Any], ...]:
    return tuple(yaml.safe_load(Path(__file__).with_suffix(".yml").read_text(encoding="utf-8")))


# ---- found


_COLUMNS: tuple[Any, ...] = (
    StaffMember.id,
    StaffMember.school_id,
    StaffMember.details,
    StaffMember.level,
    StaffMember.register_expires,
    StaffMember.left_on,
)


def find_staff(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str
) -> StaffRow | None:
    """Somebody of the school's staff, whoever has left too; None when there is nobody such."""
    return next(iter(_found(connection, sealing, school_id, StaffMember.id == staff_id)), None)


def find_by_email(
    connection: Connection, sealing: Sealing, school_id: int, email: str
) -> StaffRow | None:
    """Whoever of the school's staff has that e-mail address, whoever has left too."""
    key = sealing.lookup("email", email)
    return next(iter(_found(connection, sealing, school_id, StaffMember.email_key == key)), None)


def list_staff(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    *,
    leavers: bool = False,
    role: str | None = None,
) -> list[StaffRow]:
    """The school's staff by name, without those who have left unless `leavers` are wanted.

    With `role` only those who have it.
    """
    chosen = () if leavers else (StaffMember.left_on.is_(None),)
    rows = _found(connection, sealing, school_id, *chosen)
    if role is not None:
        rows = [row for row in rows if role in row.roles]
    return sorted(rows, key=lambda row: (row.details.name.casefold(), row.id))


def _found(
    connection: Connection, sealing: Sealing, school_id: int, *chosen: Any
) -> list[StaffRow]:
    wanted = select(*_COLUMNS).where(StaffMember.school_id == school_id, *chosen)
    rows = connection.execute(wanted).all()
    roles: dict[str, set[str]] = {row.id: set() for row in rows}
    given = select(StaffRole.staff_id, StaffRole.role).where(StaffRole.school_id == school_id)
    if len(rows) == 1:
        given = given.where(StaffRole.staff_id == rows[0].id)
    for staff_id, role in connection.execute(given) if rows else ():
        if staff_id in roles:
            roles[staff_id].add(role)
    return [
        StaffRow(
            **dict(row._mapping)
            | {
                "details": StaffDetails.of_json(sealing.open(row.details)),
                "roles": frozenset(roles[row.id]),
            }
        )
        for row in rows
    ]


# ---- changed


def add_staff(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    details: StaffDetails,
    *,
    now: datetime,
    roles: Collection[str] = (),
    level: int | None = None,
    register_expires: date | None = None,
) -> StaffRow:
    """Add somebody to the school's staff; who had left under that e-mail address comes back.

    Raises EmailTaken, and ValueError for a role that there is not or without name or address.
    """
    _check(details, roles)
    known = find_by_email(connection, sealing, school_id, details.email)
    if known is not None and known.left_on is None:
        raise EmailTaken
    values = {
        "details": sealing.seal(details.to_json()),
        "email_key": sealing.lookup("email", details.email),
        "level": level,
        "register_expires": register_expires,
        "left_on": None,
    }
    if known is None:
        staff_id = secrets.token_hex(16)
        whole = values | {"id": staff_id, "school_id": school_id, "created_at": now}
        connection.execute(insert(StaffMember).values(whole))
    else:
        staff_id = known.id
        connection.execute(update(StaffMember).where(*_one(school_id, staff_id)).values(values))
    _give(connection, school_id, staff_id, roles, now)
    return StaffRow(
        staff_id, school_id, details, level, register_expires, frozenset(roles), left_on=None
    )


def change_staff(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    details: StaffDetails,
    *,
    level: int | None,
    register_expires: date | None,
) -> None:
    """Change what is held of somebody, all of it but roles.

    What was signed off before stays as it was then. Raises NoStaff, EmailTaken, or ValueError
    without name or address.
    """
    _check(details, ())
    other = find_by_email(connection, sealing, school_id, details.email)
    if other is not None and other.id != staff_id:
        raise EmailTaken
    values = {
        "details": sealing.seal(details.to_json()),
        "email_key": sealing.lookup("email", details.email),
        "level": level,
        "register_expires": register_expires,
    }
    changed = update(StaffMember).where(*_one(school_id, staff_id)).values(values)
    if not connection.execute(changed).rowcount:
        raise NoStaff


def set_roles(
    connection: Connection, school_id: int, staff_id: str, roles: Collection[str], now: datetime
) -> None:
    """Give somebody these roles, and take away all others.

    Raises NoStaff, also for somebody who has left; LastAdministrator; ValueError for a role that
    there is not.
    """
    _check_roles(roles)
    _hold(connection, school_id, staff_id)
    if ADMINISTRATOR not in roles:
        _keep_an_administrator(connection, school_id, staff_id)
    mine = (StaffRole.school_id == school_id, StaffRole.staff_id == staff_id)
    connection.execute(delete(StaffRole).where(*mine, StaffRole.role.not_in(roles)))
    held = set(connection.execute(select(StaffRole.role).where(*mine)).scalars())
    _give(connection, school_id, staff_id, set(roles) - held, now)


def leave_staff(connection: Connection, school_id: int, staff_id: str, day: date) -> None:
    """Somebody leaves on that day: without roles, sessions, secrets, links and hours at once.

    Meetings, plans, sign-offs and what was advised stay, and so do chats and meetings still to
    come, for somebody else to take over. Raises NoStaff, also for somebody who has left before;
    LastAdministrator.
    """
    _hold(connection, school_id, staff_id)
    _keep_an_administrator(connection, school_id, staff_id)
    for table in _OF_WHO_LEFT:
        rows = table.__table__
        gone = delete(table).where(rows.c.school_id == school_id, rows.c.staff_id == staff_id)
        connection.execute(gone)
    left = update(StaffMember).where(*_one(school_id, staff_id)).values(left_on=day)
    connection.execute(left)


def _one(school_id: int, staff_id: str) -> tuple[Any, ...]:
    return StaffMember.school_id == school_id, StaffMember.id == staff_id


def _hold(connection: Connection, school_id: int, staff_id: str) -> None:
    """Lock somebody who has not left. Raises NoStaff."""
    there = select(StaffMember.id).where(*_one(school_id, staff_id), StaffMember.left_on.is_(None))
    if connection.execute(there.with_for_update()).first() is None:
        raise NoStaff


def _keep_an_administrator(connection: Connection, school_id: int, staff_id: str) -> None:
    """Raise LastAdministrator where nobody but this one could let people in.

    The administrators are locked, so that no two take the role away from each other at once.
    """
    every = select(StaffRole.staff_id).where(
        StaffRole.school_id == school_id, StaffRole.role == ADMINISTRATOR
    )
    found = connection.execute(every.order_by(StaffRole.staff_id).with_for_update()).scalars().all()
    if list(found) == [staff_id]:
        raise LastAdministrator


def _give(
    connection: Connection, school_id: int, staff_id: str, roles: Iterable[str], now: datetime
) -> None:
    rows = [
        {"staff_id": staff_id, "role": role, "school_id": school_id, "given_at": now}
        for role in sorted(set(roles))
    ]
    if rows:
        connection.execute(insert(StaffRole), rows)


def _check(details: StaffDetails, roles: Collection[str]) -> None:
    if not (details.name.strip() and details.email.strip()):
        raise ValueError("somebody of staff has a name and an e-mail address")
    _check_roles(roles)


def _check_roles(roles: Collection[str]) -> None:
    if not set(roles) <= set(ROLES):
        raise ValueError("not a role")
