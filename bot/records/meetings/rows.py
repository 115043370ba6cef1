"""Guidance meetings in the store: made, found, changed. What the pupil wants of one is sealed."""

import secrets
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from bot.records.models import Meeting
from bot.records.sealing import Sealing

TO_COME = ("offered", "booked")
"""States of a meeting that is still to be."""
HELD = ("held", "signed off")


class NoMeeting(Exception):
    """The school has no such meeting, or the pupil has not."""


@dataclass(frozen=True, slots=True)
class MeetingDetails:
    """What is sealed of a meeting. `minutes` is how long it was in the end.

    `absent` is that a pupil who missed it was away from school that day.
    """

    talk: str | None = field(default=None, repr=False)
    reason: str | None = field(default=None, repr=False)
    minutes: int | None = None
    absent: bool | None = None

    def fields(self) -> dict[str, Any]:
        """As a dictionary to be sealed; what is not there is left out."""
        found = {
            "talk": self.talk,
            "reason": self.reason,
            "minutes": self.minutes,
            "absent": self.absent,
        }
        return {name: value for name, value in found.items() if value is not None}

    @classmethod
    def of(cls, held: dict[str, Any]) -> "MeetingDetails":
        """What `fields` gave."""
        return cls(held.get("talk"), held.get("reason"), held.get("minutes"), held.get("absent"))


@dataclass(frozen=True, slots=True)
class MeetingRow:
    """A meeting as stored, opened. `pupil_id` is None for a session of a group."""

    id: str
    school_id: int
    pupil_id: str | None
    staff_id: str
    kind: str
    state: str
    room: str | None
    begins_at: datetime
    ends_at: datetime
    calendar_id: str
    sequence: int
    details: MeetingDetails
    created_at: datetime
    changed_at: datetime

    @property
    def is_to_come(self) -> bool:
        """Whether it is still to be, as far as anybody has said."""
        return self.state in TO_COME


def add_meeting(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    *,
    pupil_id: str | None,
    staff_id: str,
    kind: str,
    state: str,
    room: str | None,
    begins_at: datetime,
    ends_at: datetime,
    details: MeetingDetails,
    now: datetime,
) -> MeetingRow:
    """Add a meeting; that nobody has another one then is for its cells to say."""
    meeting_id = secrets.token_hex(16)
    connection.execute(
        insert(Meeting).values(
            id=meeting_id,
            school_id=school_id,
            pupil_id=pupil_id,
            staff_id=staff_id,
            kind=kind,
            state=state,
            room=room,
            begins_at=begins_at,
            ends_at=ends_at,
            # Another one than the id, which stands in addresses of the console.
            calendar_id=secrets.token_hex(16),
            sequence=0,
            details=sealing.seal(details.fields()),
            created_at=now,
            changed_at=now,
        )
    )
    return find_meeting(connection, sealing, school_id, meeting_id)


def find_meeting(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    *,
    pupil_id: str | None = None,
    hold: bool = False,
) -> MeetingRow:
    """One meeting; only that pupil's, if given. Raises NoMeeting.

    With `hold` nobody else changes it until the transaction ends.
    """
    chosen = select(Meeting.__table__).where(
        Meeting.school_id == school_id, Meeting.id == meeting_id
    )
    if pupil_id is not None:
        chosen = chosen.where(Meeting.pupil_id == pupil_id)
    if hold:
        chosen = chosen.with_for_update()
    row = connection.execute(chosen).first()
    if row is None:
        raise NoMeeting
    return _row(sealing, row)


def change_meeting(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    now: datetime,
    *,
    details: MeetingDetails | None = None,
    **values: Any,
) -> MeetingRow:
    """Change columns of a meeting. Raises NoMeeting."""
    if details is not None:
        values["details"] = sealing.seal(details.fields())
    where = (Meeting.school_id == school_id, Meeting.id == meeting_id)
    connection.execute(update(Meeting).where(*where).values(**values, changed_at=now))
    return find_meeting(connection, sealing, school_id, meeting_id)


def meetings_of_pupil(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> list[MeetingRow]:
    """All meetings of a pupil, the latest first."""
    return _found(connection, sealing, school_id, Meeting.pupil_id == pupil_id)[::-1]


def meetings_between(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    first: datetime,
    last: datetime,
    *,
    staff_id: str | None = None,
    states: Collection[str] | None = None,
) -> list[MeetingRow]:
    """The meetings that begin from `first` on and before `last`, in order of time."""
    where: list[ColumnElement[bool]] = [Meeting.begins_at >= first, Meeting.begins_at < last]
    if staff_id is not None:
        where.append(Meeting.staff_id == staff_id)
    if states is not None:
        where.append(Meeting.state.in_(states))
    return _found(connection, sealing, school_id, *where)


def all_of_pupils(connection: Connection, sealing: Sealing, school_id: int) -> list[MeetingRow]:
    """Every meeting that is a pupil's, in order of time."""
    return _found(connection, sealing, school_id, Meeting.pupil_id.is_not(None))


def _found(
    connection: Connection, sealing: Sealing, school_id: int, *where: ColumnElement[bool]
) -> list[MeetingRow]:
    chosen = (
        select(Meeting.__table__)
        .where(Meeting.school_id == school_id, *where)
        .order_by(Meeting.begins_at, Meeting.id)
    )
    return [_row(sealing, row) for row in connection.execute(chosen)]


def _row(sealing: Sealing, row: Row[Any]) -> MeetingRow:
    values = dict(row._mapping)
    return MeetingRow(**values | {"details": MeetingDetails.of(sealing.open(values["details"]))})
