"""Wishes for an adviser that are no chat: a tutor's for a pupil, a parent's or pupil's own."""

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, insert, select, update

from bot.records.models import Pupil, Referral
from bot.records.pupils import PupilDetails
from bot.records.sealing import Sealing

MOST_ROWS = 100


@dataclass(frozen=True, slots=True)
class ReferralRow:
    """A referral. `name` is the pupil's, or what the parent gave; `reached` how to reach them."""

    id: str
    pupil_id: str | None
    origin: str
    urgency: int
    name: str = field(repr=False)
    reason: str = field(repr=False)
    reached: str = field(repr=False)
    referred_by: str | None
    taken_by: str | None
    created_at: datetime
    ended_at: datetime | None


class NoSuchPupil(Exception):
    """The school has no such pupil."""


def refer(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    *,
    origin: str,
    reason: str,
    urgency: int,
    now: datetime,
    pupil_id: str | None = None,
    name: str = "",
    reached: str = "",
    referred_by: str | None = None,
) -> str:
    """Keep a referral; its id. Raises NoSuchPupil for a pupil who is not of the school.

    A parent's carries no pupil: nothing ties a parent to one.
    """
    if pupil_id is not None:
        of_school = (Pupil.id == pupil_id, Pupil.school_id == school_id)
        if connection.execute(select(Pupil.id).where(*of_school)).first() is None:
            raise NoSuchPupil
    referral_id = secrets.token_hex(16)
    connection.execute(
        insert(Referral).values(
            id=referral_id,
            school_id=school_id,
            pupil_id=pupil_id,
            origin=origin,
            details=sealing.seal({"reason": reason, "name": name, "reached": reached}),
            urgency=urgency,
            referred_by=referred_by,
            created_at=now,
        )
    )
    return referral_id


def referrals(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    *,
    ended: bool = False,
    page: int = 1,
    of_staff: str | None = None,
) -> list[ReferralRow]:
    """A page of the referrals: the open ones by urgency and time, or the ended ones, latest first.

    With `of_staff` only those that this person made.
    """
    chosen: tuple[ColumnElement[bool], ...] = (
        Referral.school_id == school_id,
        Referral.ended_at.is_not(None) if ended else Referral.ended_at.is_(None),
    )
    if of_staff is not None:
        chosen += (Referral.referred_by == of_staff,)
    order = (
        (Referral.ended_at.desc(), Referral.id)
        if ended
        else (Referral.urgency.desc(), Referral.created_at, Referral.id)
    )
    selected = (
        select(
            Referral.id,
            Referral.pupil_id,
            Referral.origin,
            Referral.urgency,
            Referral.details,
            Referral.referred_by,
            Referral.taken_by,
            Referral.created_at,
            Referral.ended_at,
            Pupil.details.label("pupil"),
        )
        .outerjoin(Pupil, (Pupil.id == Referral.pupil_id) & (Pupil.school_id == Referral.school_id))
        .where(*chosen)
        .order_by(*order)
        .limit(MOST_ROWS)
        .offset((page - 1) * MOST_ROWS)
    )
    found = []
    for row in connection.execute(selected):
        values = dict(row._mapping)
        said = sealing.open(values.pop("details"))
        pupil = values.pop("pupil")
        name = said.get("name", "")
        if pupil is not None:
            details = PupilDetails.of_json(sealing.open(pupil))
            name = f"{details.given_name} {details.family_name}"
        found.append(
            ReferralRow(
                name=name,
                reason=said.get("reason", ""),
                reached=said.get("reached", ""),
                **values,
            )
        )
    return found


def count_open(connection: Connection, school_id: int) -> int:
    """How many referrals nobody has ended."""
    chosen = select(func.count()).where(
        Referral.school_id == school_id, Referral.ended_at.is_(None)
    )
    return int(connection.execute(chosen).scalar_one())


def take(connection: Connection, school_id: int, referral_id: str, staff_id: str) -> bool:
    """Take a referral that nobody has; False when somebody has it, or it is not there."""
    chosen = (
        Referral.school_id == school_id,
        Referral.id == referral_id,
        Referral.taken_by.is_(None),
        Referral.ended_at.is_(None),
    )
    return (
        connection.execute(update(Referral).where(*chosen).values(taken_by=staff_id)).rowcount > 0
    )


def end(connection: Connection, school_id: int, referral_id: str, now: datetime) -> bool:
    """The referral is dealt with; False when it was before, or is not there."""
    chosen = (
        Referral.school_id == school_id,
        Referral.id == referral_id,
        Referral.ended_at.is_(None),
    )
    return connection.execute(update(Referral).where(*chosen).values(ended_at=now)).rowcount > 0
