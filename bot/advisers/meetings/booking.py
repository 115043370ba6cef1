"""Booking meetings, and what becomes of them: each act is one transaction, audited, told by mail.

That nobody has two meetings at once, nor a room, is kept by the key of `taken_cells`, whatever
this code thinks. In every act rows are held in one order: pupil, meeting, cells, mails, audit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.advisers.meetings.finding import free_for
from bot.advisers.meetings.notices import Notices, tell, tell_staff, tell_waiting
from bot.advisers.meetings.school_rules import rules_of
from bot.advisers.meetings.slots import Span, cells_needed
from bot.records.audit import log
from bot.records.audit.actors import Actor
from bot.records.guidance.in_chat import hold_record
from bot.records.guidance.lines import day_in_england
from bot.records.meetings.cells import CellsTaken, release_cells, take_cells
from bot.records.meetings.hours import LONGEST_ROOM
from bot.records.meetings.places import stop_waiting
from bot.records.meetings.rows import (
    MeetingDetails,
    MeetingRow,
    add_meeting,
    change_meeting,
    find_meeting,
    meetings_of_pupil,
)
from bot.records.models import CELL_MINUTES, MEETING_KINDS
from bot.records.pupils import PupilRow, find_pupil
from bot.records.sealing import Sealing
from bot.records.staff import find_staff

LONGEST_TALK = 1000
LONGEST_REASON = 500
LONGEST_MINUTES = 240
_PAST = timedelta(days=28)
_AHEAD = timedelta(days=400)


class NotBooked(Exception):
    """The meeting is not booked, or not changed; `why` names the sentence that says why.

    "taken": that time is not free any more (`whose` says for whom: staff, pupil, room);
    "one already": the pupil has a meeting to come; "not offered": no such time is given out;
    "too soon": it cannot be changed that shortly before; "wrong": it cannot be at all;
    "not now": what became of the meeting so far does not allow it.
    """

    def __init__(self, why: str, whose: frozenset[str] = frozenset()) -> None:
        super().__init__(why)
        self.why = why
        self.whose = whose


@dataclass(frozen=True, slots=True)
class Wanted:
    """A meeting that somebody wants. Without a pupil it is a session for a group.

    `minutes` is for staff to choose; a pupil's are as long as the school says.
    """

    staff_id: str
    begins_at: datetime
    pupil_id: str | None
    kind: str = "guidance"
    room: str | None = None
    minutes: int | None = None
    talk: str | None = field(default=None, repr=False)


def book(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    wanted: Wanted,
    *,
    actor: Actor,
    notices: Notices,
    now: datetime,
) -> MeetingRow:
    """Book a meeting. A pupil books one of the times that are given out, and one at a time.

    Staff may book at any time that is not taken. Raises NotBooked.
    """
    wanted = replace(wanted, room=_room(wanted.room), talk=_text(wanted.talk, LONGEST_TALK))
    _check(connection, sealing, school_id, wanted, now)
    pupil = None
    if wanted.pupil_id is not None:
        hold_record(connection, school_id, wanted.pupil_id)
        pupil = find_pupil(connection, sealing, school_id, wanted.pupil_id)
        if pupil is None or pupil.has_left(day_in_england(now)):
            raise NotBooked("wrong")
    rules = rules_of(connection, school_id).slots
    minutes = wanted.minutes or rules.minutes
    if actor.kind == "pupil":
        if pupil is None or actor.id != pupil.id or minutes != rules.minutes:
            raise NotBooked("wrong")
        if any(_ahead(one, now) for one in meetings_of_pupil(*_of(connection, sealing, pupil))):
            raise NotBooked("one already")
        _need_offered(connection, school_id, pupil, wanted, now)
    ends_at = wanted.begins_at + timedelta(minutes=minutes)
    meeting = add_meeting(
        connection,
        sealing,
        school_id,
        pupil_id=wanted.pupil_id,
        staff_id=wanted.staff_id,
        kind=wanted.kind,
        state="booked",
        room=wanted.room,
        begins_at=wanted.begins_at,
        ends_at=ends_at,
        details=MeetingDetails(talk=wanted.talk),
        now=now,
    )
    _take(connection, school_id, meeting, rules.buffer)
    if pupil is not None:
        stop_waiting(connection, sealing, school_id, pupil.id, now)
    if wanted.begins_at > now:
        tell(connection, sealing, school_id, notices, meeting, "booked", now)
    _note(connection, sealing, meeting, actor, "meeting booked", now, after=_shown(meeting))
    return meeting


def move(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    begins_at: datetime,
    *,
    staff_id: str | None = None,
    room: str | None = None,
    actor: Actor,
    notices: Notices,
    now: datetime,
) -> MeetingRow:
    """Give a booked meeting another time, and another adviser and room as given. Raises NotBooked.

    A pupil may until the school's notice before it begins, to a time that is given out. Raises
    NoMeeting too, for a pupil also where the meeting is somebody else's.
    """
    before = _held(connection, sealing, school_id, meeting_id, actor)
    if before.state != "booked" or before.begins_at <= now:
        raise NotBooked("not now")
    rules = rules_of(connection, school_id).slots
    staff_id = staff_id or before.staff_id
    wanted = Wanted(staff_id, begins_at, before.pupil_id, before.kind, _room(room))
    _check(connection, sealing, school_id, wanted, now)
    if begins_at <= now:
        raise NotBooked("wrong")
    # First, so that a meeting may move into a part of its own time.
    release_cells(connection, school_id, meeting_id)
    length = before.ends_at - before.begins_at
    if actor.kind == "pupil":
        _need_notice(before, rules.notice_hours, now)
        pupil = None if before.pupil_id is None else find_pupil(
            connection, sealing, school_id, before.pupil_id
        )  # fmt: skip
        if pupil is None:
            raise NotBooked("wrong")
        _need_offered(connection, school_id, pupil, wanted, now)
        length = rules.length
    if staff_id != before.staff_id:
        off = replace(before, sequence=before.sequence + 1)
        tell_staff(connection, sealing, school_id, notices, off, "cancelled", now)
    after = change_meeting(
        connection,
        sealing,
        school_id,
        meeting_id,
        now,
        staff_id=staff_id,
        room=wanted.room,
        begins_at=begins_at,
        ends_at=begins_at + length,
        sequence=before.sequence + 1,
    )
    _take(connection, school_id, after, rules.buffer)
    tell(connection, sealing, school_id, notices, after, "moved", now)
    _tell_if_free(connection, sealing, before, notices, now)
    _note(
        connection, sealing, after, actor, "meeting moved", now,
        before=_shown(before), after=_shown(after),
    )  # fmt: skip
    return after


def cancel(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    *,
    reason: str | None = None,
    actor: Actor,
    notices: Notices,
    now: datetime,
) -> MeetingRow:
    """Call a booked meeting off; who waits is told of its time. Raises NotBooked, NoMeeting.

    A pupil may at any time before it begins: nobody is to sit there and wait.
    """
    before = _held(connection, sealing, school_id, meeting_id, actor)
    if not before.is_to_come or (actor.kind == "pupil" and before.begins_at <= now):
        raise NotBooked("not now")
    release_cells(connection, school_id, meeting_id)
    after = change_meeting(
        connection,
        sealing,
        school_id,
        meeting_id,
        now,
        state="cancelled",
        sequence=before.sequence + 1,
        details=replace(before.details, reason=_text(reason, LONGEST_REASON)),
    )
    if before.begins_at > now:
        tell(connection, sealing, school_id, notices, after, "cancelled", now)
        _tell_if_free(connection, sealing, after, notices, now)
    _note(connection, sealing, after, actor, "meeting cancelled", now, before=_shown(before))
    return after


def miss(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    *,
    absent: bool = False,
    actor: Actor,
    now: datetime,
) -> MeetingRow:
    """Note that the pupil did not come, or was away that day. Raises NotBooked, NoMeeting."""
    details = MeetingDetails(absent=absent or None)
    return _ended(connection, sealing, school_id, meeting_id, "missed", details, actor, now)


def hold(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    minutes: int,
    *,
    actor: Actor,
    now: datetime,
) -> MeetingRow:
    """Note that the meeting took place, and for how long in minutes. Raises NotBooked, NoMeeting.

    One that was noted as missed can be put right.
    """
    if not 0 < minutes <= LONGEST_MINUTES:
        raise NotBooked("wrong")
    details = MeetingDetails(minutes=minutes)
    return _ended(connection, sealing, school_id, meeting_id, "held", details, actor, now)


def _ended(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    state: str,
    said: MeetingDetails,
    actor: Actor,
    now: datetime,
) -> MeetingRow:
    before = _held(connection, sealing, school_id, meeting_id, actor)
    if actor.kind == "pupil":
        raise NotBooked("wrong")
    if before.state not in ("booked", "missed", "held") or before.begins_at > now:
        raise NotBooked("not now")
    details = replace(before.details, minutes=said.minutes, absent=said.absent)
    if (before.state, before.details) == (state, details):
        return before
    after = change_meeting(
        connection, sealing, school_id, meeting_id, now, state=state, details=details
    )
    _note(
        connection,
        sealing,
        after,
        actor,
        f"meeting {state}",
        now,
        before={"state": before.state},
        after={"minutes": said.minutes, "absent": said.absent},
    )
    return after


def say_what_for(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    talk: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> MeetingRow:
    """Note what the pupil wants to talk about. Raises NotBooked, NoMeeting."""
    before = _held(connection, sealing, school_id, meeting_id, actor)
    if not before.is_to_come:
        raise NotBooked("not now")
    details = replace(before.details, talk=_text(talk, LONGEST_TALK))
    after = change_meeting(connection, sealing, school_id, meeting_id, now, details=details)
    _note(connection, sealing, after, actor, "meeting topics noted", now)
    return after


# ---- what all of them need


def _of(
    connection: Connection, sealing: Sealing, pupil: PupilRow
) -> tuple[Connection, Sealing, int, str]:
    return connection, sealing, pupil.school_id, pupil.id


def _held(
    connection: Connection, sealing: Sealing, school_id: int, meeting_id: str, actor: Actor
) -> MeetingRow:
    """The meeting, held; a pupil's only where it is that pupil's. Raises NoMeeting."""
    own = actor.id if actor.kind == "pupil" else None
    found = find_meeting(connection, sealing, school_id, meeting_id, pupil_id=own)
    if found.pupil_id is not None:
        hold_record(connection, school_id, found.pupil_id)
    return find_meeting(connection, sealing, school_id, meeting_id, pupil_id=own, hold=True)


def _check(
    connection: Connection, sealing: Sealing, school_id: int, wanted: Wanted, now: datetime
) -> None:
    whole = wanted.begins_at.timestamp() % (CELL_MINUTES * 60) == 0
    minutes = wanted.minutes or CELL_MINUTES
    if not whole or minutes % CELL_MINUTES or not 0 < minutes <= LONGEST_MINUTES:
        raise NotBooked("wrong")
    if wanted.kind not in MEETING_KINDS or (wanted.kind == "group") != (wanted.pupil_id is None):
        raise NotBooked("wrong")
    if not now - _PAST <= wanted.begins_at <= now + _AHEAD:
        raise NotBooked("wrong")
    staff = find_staff(connection, sealing, school_id, wanted.staff_id)
    if staff is None or staff.has_left(day_in_england(wanted.begins_at)):
        raise NotBooked("wrong")


def _need_offered(
    connection: Connection, school_id: int, pupil: PupilRow, wanted: Wanted, now: datetime
) -> None:
    """Raise NotBooked where the time is none that is given out to this pupil."""
    day = day_in_england(wanted.begins_at)
    offered = (wanted.begins_at, wanted.staff_id, wanted.kind, wanted.room)
    for slot in free_for(connection, school_id, pupil, day, day, now):
        if (slot.begins_at, slot.staff_id, slot.kind, slot.room) == offered:
            return
    raise NotBooked("not offered")


def _need_notice(meeting: MeetingRow, hours: int, now: datetime) -> None:
    if meeting.begins_at < now + timedelta(hours=hours):
        raise NotBooked("too soon")


def _take(connection: Connection, school_id: int, meeting: MeetingRow, buffer: timedelta) -> None:
    span = Span(meeting.begins_at, meeting.ends_at)
    cells = cells_needed(span, meeting.staff_id, meeting.pupil_id, meeting.room, buffer)
    try:
        take_cells(connection, school_id, meeting.id, cells)
    except CellsTaken as taken:
        raise NotBooked("taken", taken.whose) from None


def _tell_if_free(
    connection: Connection, sealing: Sealing, freed: MeetingRow, notices: Notices, now: datetime
) -> None:
    """Tell who waits, if there is still time to book it, and if it was one that pupils book."""
    notice = timedelta(hours=rules_of(connection, freed.school_id).slots.notice_hours)
    if freed.kind in ("guidance", "results") and freed.begins_at >= now + notice:
        tell_waiting(connection, sealing, freed.school_id, notices, freed, now)


def _ahead(meeting: MeetingRow, now: datetime) -> bool:
    return meeting.is_to_come and meeting.ends_at > now


def _shown(meeting: MeetingRow) -> dict[str, str | None]:
    """What the audit keeps of a meeting: when, with whom and where, never what it is about."""
    return {
        "begins_at": meeting.begins_at.isoformat(),
        "ends_at": meeting.ends_at.isoformat(),
        "staff": meeting.staff_id,
        "room": meeting.room,
        "kind": meeting.kind,
        "state": meeting.state,
    }


def _note(
    connection: Connection,
    sealing: Sealing,
    meeting: MeetingRow,
    actor: Actor,
    action: str,
    now: datetime,
    before: Mapping[str, str | int | None] | None = None,
    after: Mapping[str, str | int | None] | None = None,
) -> None:
    log.append(
        connection,
        sealing,
        meeting.school_id,
        actor=actor,
        action=action,
        object_kind="meeting",
        object_id=meeting.id,
        now=now,
        before=before,
        after=after,
    )


def _room(said: str | None) -> str | None:
    room = " ".join((said or "").split())
    if len(room) > LONGEST_ROOM:
        raise NotBooked("wrong")
    return room or None


def _text(said: str | None, most: int) -> str | None:
    text = (said or "").strip()
    if len(text) > most:
        raise NotBooked("wrong")
    return text or None
