"""Who waits for a meeting to come free, and who comes along to one."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from bot.records.models import Invitee, WaitingPlace
from bot.records.sealing import Sealing

INVITED = ("parent", "senco", "interpreter", "other")


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """A pupil who waits; `told_at` is when something had come free last."""

    id: int
    school_id: int
    pupil_id: str
    wish: str | None = field(repr=False)
    told_at: datetime | None
    since: datetime


@dataclass(frozen=True, slots=True)
class InviteeRow:
    """Somebody who is to come along. `agreed_at` is the pupil's yes; nobody is told without it."""

    id: int
    meeting_id: str
    role: str
    name: str = field(repr=False)
    email: str = field(repr=False)
    agreed_at: datetime | None


def wait(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    wish: str | None,
    now: datetime,
) -> int:
    """Let a pupil wait, with what would fit in the pupil's own words; who waits already is found.

    The place's number.
    """
    known = waiting_place(connection, sealing, school_id, pupil_id)
    sealed = sealing.seal({"wish": wish} if wish else {})
    if known is not None:
        if wish:
            where = (WaitingPlace.school_id == school_id, WaitingPlace.id == known.id)
            connection.execute(update(WaitingPlace).where(*where).values(wish=sealed))
        return known.id
    made = insert(WaitingPlace).values(
        school_id=school_id, pupil_id=pupil_id, wish=sealed, since=now
    )
    return connection.execute(made.returning(WaitingPlace.id)).scalar_one()


def stop_waiting(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, now: datetime
) -> bool:
    """A pupil waits no more; what was wished is forgotten. False for one who did not wait."""
    where = (
        WaitingPlace.school_id == school_id,
        WaitingPlace.pupil_id == pupil_id,
        WaitingPlace.ended_at.is_(None),
    )
    ended = update(WaitingPlace).where(*where).values(ended_at=now, wish=sealing.seal({}))
    return bool(connection.execute(ended).rowcount)


def waiting_place(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> WaitingRow | None:
    """The place of a pupil who waits."""
    found = _waiting(connection, sealing, school_id, WaitingPlace.pupil_id == pupil_id)
    return found[0] if found else None


def waiting_list(connection: Connection, sealing: Sealing, school_id: int) -> list[WaitingRow]:
    """Everybody who waits, the longest first."""
    return _waiting(connection, sealing, school_id)


def note_told(
    connection: Connection, sealing: Sealing, school_id: int, place: WaitingRow, now: datetime
) -> None:
    """Who waits was told that something has come free."""
    held = {"told_at": now.isoformat()} | ({"wish": place.wish} if place.wish else {})
    where = (WaitingPlace.school_id == school_id, WaitingPlace.id == place.id)
    connection.execute(update(WaitingPlace).where(*where).values(wish=sealing.seal(held)))


def _waiting(
    connection: Connection, sealing: Sealing, school_id: int, *where: Any
) -> list[WaitingRow]:
    chosen = (
        select(WaitingPlace.__table__)
        .where(WaitingPlace.school_id == school_id, WaitingPlace.ended_at.is_(None), *where)
        .order_by(WaitingPlace.since, WaitingPlace.id)
    )
    found = []
    for row in connection.execute(chosen):
        held = sealing.open(row.wish)
        told = held.get("told_at")
        found.append(
            WaitingRow(
                row.id,
                row.school_id,
                row.pupil_id,
                held.get("wish"),
                None if told is None else datetime.fromisoformat(told),
                row.since,
            )
        )
    return found


# ---- who comes along


def invite(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    *,
    role: str,
    name: str,
    email: str,
    agreed_at: datetime | None,
) -> int:
    """Note who is to come along; without the pupil's yes it stays a question to the pupil."""
    made = insert(Invitee).values(
        school_id=school_id,
        meeting_id=meeting_id,
        role=role,
        details=sealing.seal({"name": name, "email": email}),
        agreed_at=agreed_at,
    )
    return connection.execute(made.returning(Invitee.id)).scalar_one()


def invitees_of(
    connection: Connection, sealing: Sealing, school_id: int, meeting_id: str
) -> list[InviteeRow]:
    """Who is to come along to a meeting, agreed to or not."""
    chosen = (
        select(Invitee.__table__)
        .where(Invitee.school_id == school_id, Invitee.meeting_id == meeting_id)
        .order_by(Invitee.id)
    )
    return [_invitee(sealing, row) for row in connection.execute(chosen)]


def agree_to(
    connection: Connection, school_id: int, meeting_id: str, invitee_id: int, now: datetime
) -> bool:
    """The pupil agrees that somebody comes along; False where nobody such was proposed."""
    where = (
        Invitee.school_id == school_id,
        Invitee.meeting_id == meeting_id,
        Invitee.id == invitee_id,
        Invitee.agreed_at.is_(None),
    )
    return bool(connection.execute(update(Invitee).where(*where).values(agreed_at=now)).rowcount)


def uninvite(connection: Connection, school_id: int, meeting_id: str, invitee_id: int) -> bool:
    """Somebody does not come along; False where nobody such was to."""
    where = (
        Invitee.school_id == school_id,
        Invitee.meeting_id == meeting_id,
        Invitee.id == invitee_id,
    )
    return bool(connection.execute(delete(Invitee).where(*where)).rowcount)


def _invitee(sealing: Sealing, row: Row[Any]) -> InviteeRow:
    held = sealing.open(row.details)
    return InviteeRow(row.id, row.meeting_id, row.role, held["name"], held["email"], row.agreed_at)
