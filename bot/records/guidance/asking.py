"""Asking leavers where they are: who is due, and how a school asks.

Everybody who left after Year 11 or later is asked at leaving and once a year for some years. Each
asking is open for the year that begins with it; earlier ones are not made up for.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select, update

from bot.records.guidance.invitations import LINK_COLUMNS, InvitationRow
from bot.records.guidance.leaving import STAYS_ON, anniversary, last_day, left_from
from bot.records.guidance.lines import day_in_england
from bot.records.models import Destination, DestinationInvitation, School
from bot.records.pupils import PupilRow, list_pupils
from bot.records.sealing import Sealing
from bot.records.settings import get_setting, set_setting

SETTING = "destination_links"
YEARS, DAYS = 3, 60
"""For how many years after leaving pupils are asked, and for how many days a link is good."""
MOST_YEARS, MOST_DAYS = 10, 365


@dataclass(frozen=True, slots=True)
class Asking:
    """How a school asks its leavers."""

    years: int = YEARS
    days: int = DAYS


@dataclass(frozen=True, slots=True, repr=False)
class Due:
    """A leaver to be asked now, and which asking it is."""

    pupil: PupilRow
    years_after: int


@dataclass(frozen=True, slots=True, repr=False)
class Standing:
    """Where this year's asking stands: who is due, how many have a link, of how many it is known.

    `open_ids` are the links that wait for an answer.
    """

    due: tuple[Due, ...]
    open_ids: tuple[str, ...]
    known: int


def asking_of(connection: Connection, school_id: int) -> Asking:
    """How the school asks its leavers; what it has not set is the default."""
    told = get_setting(connection, school_id, SETTING) or {}
    return Asking(int(told.get("years", YEARS)), int(told.get("days", DAYS)))


def set_asking(connection: Connection, school_id: int, asking: Asking, now: datetime) -> None:
    """Set how the school asks. Raises ValueError for years or days that are out of bounds."""
    if not (0 <= asking.years <= MOST_YEARS and 1 <= asking.days <= MOST_DAYS):
        raise ValueError("years or days out of bounds")
    value = {"years": asking.years, "days": asking.days}
    set_setting(connection, school_id, SETTING, value, now)


def standing_of(
    connection: Connection, sealing: Sealing, school_id: int, now: datetime, *, held: bool = False
) -> Standing:
    """Who is due to be asked, in the order of names.

    Of whom a destination was told since the asking began, by whatever way, it is known. `held` is
    for the transaction that makes links: two who ask at once do not make two for one leaver.
    Raises SealBroken.
    """
    if held:
        connection.execute(select(School.id).where(School.id == school_id).with_for_update())
    today, years = day_in_england(now), asking_of(connection, school_id).years
    links: dict[str, list[InvitationRow]] = defaultdict(list)
    for one in _links(connection, school_id):
        links[one.pupil_id].append(one)
    told: dict[str, list[date]] = defaultdict(list)
    chosen = select(Destination.pupil_id, Destination.reported_on).where(
        Destination.school_id == school_id,
        Destination.kind == "actual",
        Destination.category != "unknown",
    )
    for pupil_id, day in connection.execute(chosen):
        told[pupil_id].append(day)
    due, open_ids, known = [], [], 0
    for pupil in list_pupils(connection, sealing, school_id, leavers=True):
        if (asked := _asked_now(pupil, today, years)) is None:
            continue
        years_after, since = asked
        mine = [
            one
            for one in links[pupil.id]
            if one.years_after == years_after and day_in_england(one.created_at) >= since
        ]
        if any(day >= since for day in told[pupil.id]) or any(one.answered_at for one in mine):
            known += 1
        elif waiting := [one.id for one in mine if one.is_open(now)]:
            open_ids += waiting
        else:
            due.append(Due(pupil, years_after))
    return Standing(tuple(due), tuple(open_ids), known)


def withdraw(
    connection: Connection, school_id: int, now: datetime, *, ids: Sequence[str] | None = None
) -> int:
    """Withdraw these links, or all that are open; how many there were. Answers stay."""
    rows = [one for one in _links(connection, school_id) if one.is_open(now)]
    chosen = {one.id for one in rows if ids is None or one.id in ids}
    for number in chosen:
        one = (DestinationInvitation.id == number, DestinationInvitation.school_id == school_id)
        connection.execute(update(DestinationInvitation).where(*one).values(withdrawn_at=now))
    return len(chosen)


def _asked_now(pupil: PupilRow, today: date, years: int) -> tuple[int, date] | None:
    """Which asking a leaver is in, and the day it began; None for who is not asked."""
    year_group = left_from(pupil, today)
    if not pupil.has_left(today) or year_group < STAYS_ON:
        # Who changed school before the end of Year 11 has a new school to ask.
        return None
    left = last_day(pupil, year_group)
    years_after = max(0, today.year - left.year)
    if years_after and anniversary(left, years_after) > today:
        years_after -= 1
    if years_after > years:
        return None
    return years_after, anniversary(left, years_after)


def _links(connection: Connection, school_id: int) -> list[InvitationRow]:
    chosen = select(*LINK_COLUMNS).where(DestinationInvitation.school_id == school_id)
    return [InvitationRow(**row._mapping) for row in connection.execute(chosen)]
