"""Signing a meeting off, so that it counts for Benchmark 8: only then, and never a chat.

It counts if it was held, one to one, for at least as long as the school says or with a reason,
by an adviser who was qualified on that day, and if its plan is written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.advisers.meetings.school_rules import rules_of
from bot.records.audit import log
from bot.records.audit.actors import Actor
from bot.records.guidance.lines import day_in_england
from bot.records.meetings.plans import SignOffRow, keep_sign_off, plan_of, sign_off_of
from bot.records.meetings.rows import MeetingRow, change_meeting, find_meeting
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow, find_staff, is_registered, qualified_on

LONGEST_REASON = 500


@dataclass(frozen=True, slots=True)
class Checked:
    """What stands in the way of signing a meeting off: names of sentences; none if it counts.

    "not one to one", "not held", "no minutes", "short" (and no reason), "no plan",
    "not qualified", "not theirs", "signed off".
    """

    missing: tuple[str, ...]

    @property
    def counts(self) -> bool:
        """Whether it can be signed off."""
        return not self.missing


class NotSignedOff(Exception):
    """The meeting cannot be signed off; `missing` says why, as in `Checked`."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


def check(
    meeting: MeetingRow,
    staff: StaffRow | None,
    signer_id: str,
    *,
    has_plan: bool,
    least_minutes: int,
    short_reason: str | None,
) -> Checked:
    """What stands in the way. `staff` is who held the meeting, with what is known of them now.

    Nobody signs off what another adviser has held.
    """
    missing = []
    if meeting.kind == "group" or meeting.pupil_id is None:
        missing.append("not one to one")
    if meeting.state == "signed off":
        missing.append("signed off")
    elif meeting.state != "held":
        missing.append("not held")
    minutes = meeting.details.minutes
    if minutes is None:
        missing.append("no minutes")
    elif minutes < least_minutes and not (short_reason or "").strip():
        missing.append("short")
    if not has_plan:
        missing.append("no plan")
    if staff is None or not qualified_on(staff, day_in_england(meeting.begins_at)):
        missing.append("not qualified")
    if signer_id != meeting.staff_id:
        missing.append("not theirs")
    return Checked(tuple(missing))


def held_by(staff: StaffRow, day: date) -> dict[str, Any]:
    """What somebody held on that day, as it is kept with the meeting for good."""
    return {
        "name": staff.details.name,
        "employer": staff.details.employer,
        "internal": staff.details.internal,
        "qualification": staff.details.qualification,
        "level": staff.level,
        "register_number": staff.details.register_number,
        "register_expires": None
        if staff.register_expires is None
        else staff.register_expires.isoformat(),
        "registered": is_registered(staff, day),
        "equivalent": staff.details.equivalent,
        "on": day.isoformat(),
    }


def look(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    signer_id: str,
    short_reason: str | None = None,
) -> Checked:
    """What stands in the way of that member of staff signing it off. Raises NoMeeting."""
    meeting = find_meeting(connection, sealing, school_id, meeting_id)
    return check(
        meeting,
        find_staff(connection, sealing, school_id, meeting.staff_id),
        signer_id,
        has_plan=plan_of(connection, sealing, school_id, meeting_id) is not None,
        least_minutes=rules_of(connection, school_id).least_minutes,
        short_reason=short_reason,
    )


def sign(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    *,
    actor: Actor,
    short_reason: str | None = None,
    now: datetime,
) -> SignOffRow:
    """Sign a meeting off. Raises NotSignedOff, NoMeeting.

    What the adviser held on the day of the meeting stays as it is kept here, whatever changes.
    """
    find_meeting(connection, sealing, school_id, meeting_id, hold=True)
    if actor.kind != "staff" or actor.id is None:
        raise NotSignedOff(("not theirs",))
    found = look(connection, sealing, school_id, meeting_id, actor.id, short_reason)
    if not found.counts:
        raise NotSignedOff(found.missing)
    meeting = find_meeting(connection, sealing, school_id, meeting_id)
    staff = find_staff(connection, sealing, school_id, meeting.staff_id)
    minutes = meeting.details.minutes
    if staff is None or staff.level is None or minutes is None:
        raise NotSignedOff(("not qualified",))
    day = day_in_england(meeting.begins_at)
    held = held_by(staff, day)
    short = minutes < rules_of(connection, school_id).least_minutes
    if short:
        held["short_reason"] = (short_reason or "").strip()[:LONGEST_REASON]
    keep_sign_off(
        connection,
        sealing,
        school_id,
        meeting_id,
        staff_id=staff.id,
        minutes=minutes,
        level=staff.level,
        equivalent=not is_registered(staff, day),
        held=held,
        now=now,
    )
    change_meeting(connection, sealing, school_id, meeting_id, now, state="signed off")
    log.append(
        connection,
        sealing,
        school_id,
        actor=actor,
        action="meeting signed off",
        object_kind="meeting",
        object_id=meeting_id,
        now=now,
        after={"minutes": minutes, "level": staff.level, "short": short},
    )
    kept = sign_off_of(connection, sealing, school_id, meeting_id)
    if kept is None:
        raise LookupError("a sign-off that was kept is there")
    return kept
