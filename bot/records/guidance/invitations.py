"""Links with which leavers answer where they are, and what was answered."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, select, update

from bot.records.guidance.destinations import DestinationRow, add_destination
from bot.records.guidance.leaving import (
    known_to_last_from,
    last_day,
    left_from,
)
from bot.records.guidance.lines import ENGLAND, NoPupil, day_in_england
from bot.records.models import Destination, DestinationInvitation, Pupil
from bot.records.pupils import PupilRow, find_pupil
from bot.records.sealing import Sealing

NOWHERE = ("not in education or work", "unknown")
"""Of these nobody asks whether they lasted."""


@dataclass(frozen=True, slots=True)
class InvitationRow:
    """A link as stored. `years_after` is 0 for the asking at leaving."""

    id: str
    school_id: int
    pupil_id: str
    years_after: int
    created_at: datetime
    expires_at: datetime
    answered_at: datetime | None
    withdrawn_at: datetime | None
    destination_id: str | None

    @property
    def last_day(self) -> date:
        """The last day on which the link can be answered, in England."""
        return day_in_england(self.expires_at - timedelta(seconds=1))

    def is_open(self, now: datetime) -> bool:
        """Whether the link can be answered, or an answer be changed."""
        return self.withdrawn_at is None and now < self.expires_at


LINK_COLUMNS: tuple[Any, ...] = tuple(
    getattr(DestinationInvitation, name) for name in InvitationRow.__slots__
)


@dataclass(frozen=True, slots=True)
class Opened:
    """What a link opens: the link, and whether the question of six months makes sense by then."""

    invitation: InvitationRow
    asks_whether_it_lasted: bool


def last_day_of(now: datetime, days: int) -> date:
    """The last day, in England, of a link that is made now."""
    return day_in_england(now) + timedelta(days=days)


def invite(
    connection: Connection,
    school_id: int,
    pupil_id: str,
    *,
    years_after: int,
    new_hash: str,
    now: datetime,
    days: int,
) -> str:
    """Keep a link, good to the end of the day so many days on; its number. Raises NoPupil."""
    chosen = select(Pupil.id).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    if connection.execute(chosen).first() is None:
        raise NoPupil
    number = secrets.token_hex(8)
    connection.execute(
        insert(DestinationInvitation).values(
            id=number,
            school_id=school_id,
            pupil_id=pupil_id,
            years_after=years_after,
            token_hash=new_hash,
            created_at=now,
            expires_at=datetime.combine(last_day_of(now, days + 1), time(), ENGLAND),
        )
    )
    return number


def invitations_of(connection: Connection, school_id: int, pupil_id: str) -> list[InvitationRow]:
    """Every link that was made for the pupil, newest first."""
    return _found(connection, school_id, DestinationInvitation.pupil_id == pupil_id)


def open_link(
    connection: Connection, sealing: Sealing, school_id: int, token_hash: str, now: datetime
) -> Opened | None:
    """What the link of that hash opens; None for one that there is not, or is no more.

    A link that is past its end or was withdrawn is found: ask `is_open`. Of a pupil who came back
    to the school there is none. Raises SealBroken.
    """
    found = _linked(connection, sealing, school_id, token_hash, now)
    return None if found is None else found[0]


def answer_link(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    token_hash: str,
    *,
    category: str,
    place: str | None,
    course: str | None,
    sustained: bool | None,
    now: datetime,
) -> DestinationRow | None:
    """Keep what a leaver answered, in place of what this link answered before.

    None where the link is not open. `sustained` is dropped where nothing can have lasted six
    months. Raises ValueError for a category that is none, SealBroken.
    """
    found = _linked(connection, sealing, school_id, token_hash, now, held=True)
    if found is None or not found[0].invitation.is_open(now):
        return None
    opened, pupil = found
    invitation, today = opened.invitation, day_in_england(now)
    can_last = opened.asks_whether_it_lasted and category not in NOWHERE
    added = add_destination(
        connection,
        sealing,
        school_id,
        invitation.pupil_id,
        kind="actual",
        category=category,
        details={"place": place, "course": course},
        year_group=left_from(pupil, today),
        sustained=sustained if can_last else None,
        reported_by="leaver",
        reported_on=today,
        now=now,
    )
    if invitation.destination_id is not None:
        before = delete(Destination).where(
            Destination.id == invitation.destination_id,
            Destination.school_id == school_id,
            Destination.pupil_id == invitation.pupil_id,
        )
        connection.execute(before)
    connection.execute(
        update(DestinationInvitation)
        .where(
            DestinationInvitation.id == invitation.id,
            DestinationInvitation.school_id == school_id,
        )
        .values(answered_at=now, destination_id=added.id)
    )
    return added


def _found(
    connection: Connection, school_id: int, *chosen: ColumnElement[bool], held: bool = False
) -> list[InvitationRow]:
    wanted = (
        select(*LINK_COLUMNS)
        .where(DestinationInvitation.school_id == school_id, *chosen)
        .order_by(DestinationInvitation.created_at.desc(), DestinationInvitation.id)
    )
    rows = connection.execute(wanted.with_for_update() if held else wanted)
    return [InvitationRow(**row._mapping) for row in rows]


def _linked(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    token_hash: str,
    now: datetime,
    *,
    held: bool = False,
) -> tuple[Opened, PupilRow] | None:
    by_hash = DestinationInvitation.token_hash == token_hash
    found = _found(connection, school_id, by_hash, held=held)
    if not found:
        return None
    today = day_in_england(now)
    pupil = find_pupil(connection, sealing, school_id, found[0].pupil_id)
    if pupil is None or not pupil.has_left(today):
        return None
    left = last_day(pupil, left_from(pupil, today))
    return Opened(found[0], known_to_last_from(left) <= today), pupil
