"""The action plan of a meeting: written by the adviser, read and agreed to by the pupil.

Advice enters the pupil's record once the plan is given to the pupil; actions only with the
pupil's yes; and nobody else gets the plan but those whom the pupil named.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.advisers.mail.outbox import Attached, is_address
from bot.advisers.meetings.notices import Notices, send_plan, send_to_pupil
from bot.advisers.meetings.plan_form import LONGEST, LONGEST_WORDS, Plan, PlanWrong, routes_for
from bot.records.audit import log
from bot.records.audit.actors import Actor
from bot.records.guidance.documents import drawn
from bot.records.guidance.in_chat import hold_record
from bot.records.guidance.lines import NoLine, add_line, correct_line, day_in_england
from bot.records.guidance.proposals import confirm_proposal, propose
from bot.records.meetings.plans import (
    SHARED_WITH,
    PlanRow,
    add_share,
    change_plan,
    delete_share,
    keep_plan,
    note_share_sent,
    plan_of,
    shares_of,
)
from bot.records.meetings.rows import MeetingRow, NoMeeting, find_meeting
from bot.records.pupils import find_pupil
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow, find_staff, title_of

MOST_SHARES = 8


class NotYet(Exception):
    """What became of the meeting or of its plan so far does not allow it."""


def said_in(row: PlanRow) -> Plan:
    """What a plan says now."""
    return Plan.model_validate(row.body["plan"])


def is_given(row: PlanRow) -> bool:
    """Whether the pupil was given what the plan says now, to read."""
    return row.body.get("given") == row.version


# ---- the adviser


def write(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    plan: Plan,
    follow_up_on: date | None,
    *,
    actor: Actor,
    now: datetime,
) -> PlanRow:
    """Keep what the adviser wrote. The pupil does not see it before it is given.

    What the pupil had agreed to before is not agreed to any more. Raises NotYet, NoMeeting.
    """
    meeting = _meeting(connection, sealing, school_id, meeting_id)
    if meeting.begins_at > now or meeting.state not in ("booked", "held", "signed off"):
        raise NotYet
    before = plan_of(connection, sealing, school_id, meeting_id)
    beside = {} if before is None else {k: v for k, v in before.body.items() if k != "plan"}
    body = {**beside, "plan": plan.model_dump(mode="json")}
    version = keep_plan(connection, sealing, school_id, meeting_id, body, follow_up_on, now)
    _note(connection, sealing, meeting, actor, "plan written", now, {"version": version})
    return _plan(connection, sealing, school_id, meeting_id)


def give(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    meeting_id: str,
    *,
    actor: Actor,
    notices: Notices,
    now: datetime,
) -> PlanRow:
    """Let the pupil read the plan; its advice enters the record, under the adviser's name.

    Somebody without a careers qualification gives a plan, but nothing that the record calls
    advice. Raises NotYet, NoMeeting.
    """
    meeting = _meeting(connection, sealing, school_id, meeting_id)
    row = _plan(connection, sealing, school_id, meeting_id)
    if meeting.state not in ("held", "signed off"):
        raise NotYet
    if is_given(row):
        return row
    staff = find_staff(connection, sealing, school_id, meeting.staff_id)
    body = dict(row.body) | {"given": row.version}
    if staff is not None and staff.level and staff.details.qualification:
        body["advice_line"] = _advise(connection, sealing, meeting, staff, row, now)
    change_plan(connection, sealing, school_id, meeting_id, body=body)
    once = f"plan:{meeting_id}:{row.version}"
    send_to_pupil(connection, sealing, school_id, notices, meeting, "plan_ready", once, now)
    _note(connection, sealing, meeting, actor, "plan given", now, {"version": row.version})
    return _plan(connection, sealing, school_id, meeting_id)


def _advise(
    connection: Connection,
    sealing: Sealing,
    meeting: MeetingRow,
    staff: StaffRow,
    row: PlanRow,
    now: datetime,
) -> str:
    """The line of the record that holds the advice; one and the same for all versions."""
    pupil_id = meeting.pupil_id or ""
    advice = {
        "text": said_in(row).advice,
        "adviser_name": staff.details.name,
        "qualification": staff.details.qualification,
        "level": staff.level,
        "register_number": staff.details.register_number or None,
    }
    whose = (connection, sealing, meeting.school_id, pupil_id)
    known = row.body.get("advice_line")
    if known is not None:
        try:
            return correct_line(*whose, str(known), advice, now, by="staff").id
        except NoLine:
            pass  # taken out with the record meanwhile: it is new then
    return add_line(
        *whose,
        kind="advice",
        body=advice,
        provenance="adviser",
        source={"meeting": meeting.id},
        staff_id=staff.id,
        happened_on=day_in_england(meeting.begins_at),
        now=now,
    ).id


# ---- the pupil


def given_plan(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, meeting_id: str
) -> tuple[MeetingRow, PlanRow]:
    """A pupil's own plan, as far as it was given. Raises NoMeeting for anything else."""
    meeting = find_meeting(connection, sealing, school_id, meeting_id, pupil_id=pupil_id)
    row = plan_of(connection, sealing, school_id, meeting_id)
    if row is None or not is_given(row):
        raise NoMeeting
    return meeting, row


def agree(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    meeting_id: str,
    version: int,
    now: datetime,
) -> PlanRow:
    """The pupil's yes to that version: the pupil's own actions enter the record, each once.

    Raises NoMeeting; NotYet where the plan says something else by now.
    """
    hold_record(connection, school_id, pupil_id)
    meeting, row = given_plan(connection, sealing, school_id, pupil_id, meeting_id)
    if row.version != version:
        raise NotYet
    if row.is_agreed:
        return row
    added: dict[str, str] = dict(row.body.get("action_lines", {}))
    for action in said_in(row).actions:
        if action.who != "pupil" or action.text in added:
            continue
        offered = propose(
            connection,
            sealing,
            school_id,
            pupil_id,
            kind="action",
            body={"text": action.text},
            source={"meeting": meeting_id},
            due_on=action.by,
            now=now,
        )
        line = confirm_proposal(connection, sealing, school_id, pupil_id, offered.id, now)
        added[action.text] = line.id
    change_plan(
        connection,
        sealing,
        school_id,
        meeting_id,
        body={**row.body, "action_lines": added},
        agreed_version=version,
        agreed_at=now,
    )
    _note(
        connection, sealing, meeting, Actor("pupil", pupil_id), "plan agreed", now,
        {"version": version},
    )  # fmt: skip
    return _plan(connection, sealing, school_id, meeting_id)


def comment(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    meeting_id: str,
    text: str,
    now: datetime,
) -> PlanRow:
    """What the pupil sees differently, for the adviser to read. Raises NoMeeting, PlanWrong."""
    meeting, _ = given_plan(connection, sealing, school_id, pupil_id, meeting_id)
    text = text.strip()
    if not text or len(text) > LONGEST:
        raise PlanWrong({"comment": "long" if text else "missing"})
    change_plan(connection, sealing, school_id, meeting_id, comment=text)
    _note(connection, sealing, meeting, Actor("pupil", pupil_id), "plan commented", now)
    return _plan(connection, sealing, school_id, meeting_id)


def share(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    meeting_id: str,
    *,
    who: str,
    name: str,
    email: str,
    notices: Notices,
    now: datetime,
) -> int:
    """The pupil lets somebody have the plan, by mail as a PDF. Only one that the pupil agreed to.

    Raises NoMeeting, NotYet, PlanWrong for nobody that mail can be sent to.
    """
    meeting, row = given_plan(connection, sealing, school_id, pupil_id, meeting_id)
    if not row.is_agreed:
        raise NotYet
    name, email = " ".join(name.split()), email.strip()
    wrong = {}
    if who not in SHARED_WITH:
        wrong["who"] = "choose"
    if not 0 < len(name) <= LONGEST_WORDS:
        wrong["name"] = "long" if name else "missing"
    if not is_address(email):
        wrong["email"] = "choose" if email else "missing"
    if wrong:
        raise PlanWrong(wrong)
    if len(shares_of(connection, sealing, school_id, meeting_id)) >= MOST_SHARES:
        raise NotYet
    share_id = add_share(
        connection, sealing, school_id, meeting_id, who=who, name=name, email=email, now=now
    )
    document = Attached(
        "action-plan.pdf", "application/pdf", plan_pdf(connection, sealing, school_id, meeting_id)
    )
    once = f"share:{meeting_id}:{row.version}:{share_id}"
    send_plan(connection, sealing, school_id, notices, meeting, email, document, once, now)
    note_share_sent(connection, school_id, meeting_id, share_id, now)
    _note(connection, sealing, meeting, Actor("pupil", pupil_id), "plan shared", now, {"who": who})
    return share_id


def unshare(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    meeting_id: str,
    share_id: int,
    now: datetime,
) -> bool:
    """Somebody is on the pupil's list no more; what was sent cannot be called back."""
    meeting, _ = given_plan(connection, sealing, school_id, pupil_id, meeting_id)
    if not delete_share(connection, school_id, meeting_id, share_id):
        return False
    _note(connection, sealing, meeting, Actor("pupil", pupil_id), "plan unshared", now)
    return True


# ---- the document


def plan_pdf(connection: Connection, sealing: Sealing, school_id: int, meeting_id: str) -> bytes:
    """The plan as a tagged PDF. Raises NoMeeting, NotYet, NotDrawn."""
    return drawn("plan", shown_in(connection, sealing, school_id, meeting_id))


def shown_in(
    connection: Connection, sealing: Sealing, school_id: int, meeting_id: str
) -> dict[str, Any]:
    """What the document shows, as JSON holds it. Raises NoMeeting, NotYet."""
    meeting = _meeting(connection, sealing, school_id, meeting_id)
    row = _plan(connection, sealing, school_id, meeting_id)
    pupil = find_pupil(connection, sealing, school_id, meeting.pupil_id or "")
    staff = find_staff(connection, sealing, school_id, meeting.staff_id)
    if pupil is None:
        raise NoMeeting
    day = day_in_england(meeting.begins_at)
    plan = said_in(row)
    names = routes_for(pupil.year_group(day))
    return {
        "pupil": f"{pupil.details.given_name} {pupil.details.family_name}",
        "day": day.isoformat(),
        "adviser": "" if staff is None else staff.details.name,
        "title": "" if staff is None else title_of(staff, day),
        "agreed_to_talk": plan.agreed_to_talk,
        "explored": plan.explored,
        "considered": [names[one] for one in names if one in plan.considered],
        "left_out": [names[one] for one in names if one not in plan.considered],
        "why_not": plan.why_not,
        "advice": plan.advice,
        "actions": [one.model_dump(mode="json") for one in plan.actions],
        "agreed_on": None
        if row.agreed_at is None or not row.is_agreed
        else day_in_england(row.agreed_at).isoformat(),
        "follow_up_on": None if row.follow_up_on is None else row.follow_up_on.isoformat(),
    }


# ---- what all of them need


def _meeting(
    connection: Connection, sealing: Sealing, school_id: int, meeting_id: str
) -> MeetingRow:
    found = find_meeting(connection, sealing, school_id, meeting_id, hold=False)
    if found.pupil_id is None:
        raise NoMeeting
    hold_record(connection, school_id, found.pupil_id)
    return find_meeting(connection, sealing, school_id, meeting_id, hold=True)


def _plan(connection: Connection, sealing: Sealing, school_id: int, meeting_id: str) -> PlanRow:
    found = plan_of(connection, sealing, school_id, meeting_id)
    if found is None:
        raise NotYet
    return found


def _note(
    connection: Connection,
    sealing: Sealing,
    meeting: MeetingRow,
    actor: Actor,
    action: str,
    now: datetime,
    after: Mapping[str, Any] | None = None,
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
        after=after,
    )
