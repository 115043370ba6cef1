"""Waiting for a time, and who comes along: each act with its row in the audit."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Connection

from bot.advisers.mail.outbox import is_address
from bot.advisers.meetings.booking import NotBooked
from bot.advisers.meetings.notices import Notices, tell_guest
from bot.records.audit import log
from bot.records.audit.actors import Actor
from bot.records.guidance.in_chat import hold_record
from bot.records.meetings.places import (
    INVITED,
    InviteeRow,
    agree_to,
    invite,
    invitees_of,
    stop_waiting,
    uninvite,
    wait,
    waiting_place,
)
from bot.records.meetings.rows import NoMeeting, find_meeting
from bot.records.sealing import Sealing

LONGEST_WISH = 200
LONGEST_NAME = 120
MOST_INVITED = 4


def begin_waiting(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    wish: str | None,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Let a pupil wait for a time to come free; the place's number. Raises NotBooked."""
    wish = (wish or "").strip() or None
    if wish is not None and len(wish) > LONGEST_WISH:
        raise NotBooked("long")
    hold_record(connection, school_id, pupil_id)
    new = waiting_place(connection, sealing, school_id, pupil_id) is None
    place = wait(connection, sealing, school_id, pupil_id, wish, now)
    if new:
        _note(connection, sealing, school_id, "pupil", pupil_id, actor, "waiting begun", now)
    return place


def end_waiting(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> bool:
    """Let a pupil wait no more; False for one who did not."""
    if not stop_waiting(connection, sealing, school_id, pupil_id, now):
        return False
    _note(connection, sealing, school_id, "pupil", pupil_id, actor, "waiting ended", now)
    return True


def ask_along(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    *,
    role: str,
    name: str,
    email: str,
    actor: Actor,
    notices: Notices,
    now: datetime,
) -> int:
    """Name somebody to come along. Told at once if the pupil names them, else with the pupil's yes.

    Raises NoMeeting, NotBooked.
    """
    own = actor.id if actor.kind == "pupil" else None
    meeting = find_meeting(connection, sealing, school_id, meeting_id, pupil_id=own, hold=True)
    name, email = " ".join(name.split()), email.strip()
    wrong = role not in INVITED or not 0 < len(name) <= LONGEST_NAME
    if wrong or (email and not is_address(email)) or meeting.pupil_id is None:
        raise NotBooked("wrong")
    there = invitees_of(connection, sealing, school_id, meeting_id)
    if meeting.state != "booked" or len(there) >= MOST_INVITED:
        raise NotBooked("not now")
    agreed_at = now if own is not None else None
    invitee_id = invite(
        connection, sealing, school_id, meeting_id,
        role=role, name=name, email=email, agreed_at=agreed_at,
    )  # fmt: skip
    if agreed_at is not None and email:
        guest = InviteeRow(invitee_id, meeting_id, role, name, email, agreed_at)
        tell_guest(connection, sealing, school_id, notices, meeting, guest, "booked", now)
    _note(connection, sealing, school_id, "meeting", meeting_id, actor, "invitee asked", now, role)
    return invitee_id


def answer_invitee(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    invitee_id: int,
    *,
    yes: bool,
    actor: Actor,
    notices: Notices,
    now: datetime,
) -> None:
    """The pupil's yes or no to somebody who would come along; nobody is told before a yes.

    A no also takes back a yes. Raises NoMeeting, where it is another's meeting too.
    """
    if actor.kind != "pupil":
        raise NoMeeting
    meeting = find_meeting(connection, sealing, school_id, meeting_id, pupil_id=actor.id, hold=True)
    there = invitees_of(connection, sealing, school_id, meeting_id)
    guest = next((one for one in there if one.id == invitee_id), None)
    if guest is None:
        raise NoMeeting
    if yes:
        if not agree_to(connection, school_id, meeting_id, invitee_id, now):
            return
        if guest.email and meeting.is_to_come:
            tell_guest(connection, sealing, school_id, notices, meeting, guest, "booked", now)
    else:
        uninvite(connection, school_id, meeting_id, invitee_id)
        if guest.agreed_at is not None and guest.email and meeting.is_to_come:
            tell_guest(connection, sealing, school_id, notices, meeting, guest, "cancelled", now)
    action = "invitee agreed" if yes else "invitee removed"
    _note(connection, sealing, school_id, "meeting", meeting_id, actor, action, now, guest.role)


def _note(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    kind: str,
    object_id: str,
    actor: Actor,
    action: str,
    now: datetime,
    role: str | None = None,
) -> None:
    log.append(
        connection,
        sealing,
        school_id,
        actor=actor,
        action=action,
        object_kind=kind,
        object_id=object_id,
        now=now,
        after=None if role is None else {"role": role},
    )
