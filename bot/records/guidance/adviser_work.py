"""What the pupil's own copy of everything tells of advisers: meetings, plans, sign-offs, waiting.

What staff wrote for each other is not in it: private notes, tags, the reasons of others for asking
for an adviser, and members of a plan whose names begin with "private". Somebody may look over a
pupil's shoulder. The school gives these to a pupil who asks for them. A plan that is still being
written is not in it either.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, select

from bot.records.guidance.lines import day_in_england
from bot.records.models import (
    ActionPlan,
    EntryOpinion,
    Handover,
    HandoverEvent,
    Invitee,
    Meeting,
    PlanShare,
    Referral,
    SignOff,
    WaitingPlace,
)
from bot.records.sealing import Sealing
from bot.records.staff import find_staff, title_of

PRIVATE = "private"
"""How the names of members begin that are for staff alone."""
_OWN_WISH = "pupil"
_OWN_ASKING = ("reader", "service")
"""Origins of a hand-over whose reason is the reader's own."""


def meetings_told(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> list[dict[str, Any]]:
    """Every meeting of the pupil's as JSON holds it, the latest first.

    `with` is who gives it and what they are called on that day, None once nobody knows any more;
    what a signed-off meeting says of the adviser stays with its `sign_off`.
    """
    mine = (Meeting.school_id == school_id, Meeting.pupil_id == pupil_id)
    chosen = select(Meeting.__table__).where(*mine)
    rows = connection.execute(chosen.order_by(Meeting.begins_at.desc(), Meeting.id)).all()
    beside = {
        table: _by_meeting(connection, table, school_id, pupil_id)
        for table in (Invitee, ActionPlan, PlanShare, SignOff)
    }
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "state": row.state,
            "room": row.room,
            "begins_at": _said(row.begins_at),
            "ends_at": _said(row.ends_at),
            "with": _who(connection, sealing, school_id, row.staff_id, row.begins_at),
            **_open_to_all(sealing.open(row.details)),
            "made_at": _said(row.created_at),
            "changed_at": _said(row.changed_at),
            "asked_along": [
                {
                    "role": one.role,
                    **_open_to_all(sealing.open(one.details)),
                    "agreed_at": _said(one.agreed_at),
                }
                for one in beside[Invitee].get(row.id, ())
            ],
            "plan": next((_plan(sealing, one) for one in beside[ActionPlan].get(row.id, ())), None),
            "plan_shared_with": [
                {
                    **_open_to_all(sealing.open(one.details)),
                    "agreed_at": _said(one.agreed_at),
                    "sent_at": _said(one.sent_at),
                }
                for one in beside[PlanShare].get(row.id, ())
            ],
            "sign_off": next(
                (_sign_off(sealing, one) for one in beside[SignOff].get(row.id, ())), None
            ),
        }
        for row in rows
    ]


def waiting_told(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> list[dict[str, Any]]:
    """When the pupil waited for a meeting to come free, the latest first."""
    chosen = select(WaitingPlace.__table__).where(
        WaitingPlace.school_id == school_id, WaitingPlace.pupil_id == pupil_id
    )
    return [
        {
            "since": _said(row.since),
            "ended_at": _said(row.ended_at),
            "wish": _open_to_all(sealing.open(row.wish)),
        }
        for row in connection.execute(chosen.order_by(WaitingPlace.since.desc(), WaitingPlace.id))
    ]


def referrals_told(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> list[dict[str, Any]]:
    """When somebody asked for an adviser for the pupil, the latest first.

    `details` are None where it was somebody else who asked.
    """
    chosen = select(Referral.__table__).where(
        Referral.school_id == school_id, Referral.pupil_id == pupil_id
    )
    return [
        {
            "asked_by": row.origin,
            "asked_at": _said(row.created_at),
            "ended_at": _said(row.ended_at),
            "details": _open_to_all(sealing.open(row.details)) if row.origin == _OWN_WISH else None,
        }
        for row in connection.execute(chosen.order_by(Referral.created_at.desc(), Referral.id))
    ]


def handovers_told(
    connection: Connection, sealing: Sealing, school_id: int, conversation_id: str
) -> list[dict[str, Any]]:
    """Each time that a person was asked for in a chat, the first one first."""
    of_chat = (Handover.school_id == school_id, Handover.conversation_id == conversation_id)
    chosen = select(Handover.__table__).where(*of_chat).order_by(Handover.asked_at, Handover.id)
    events = select(HandoverEvent.__table__).where(
        HandoverEvent.school_id == school_id, HandoverEvent.conversation_id == conversation_id
    )
    changes: dict[str | None, list[dict[str, Any]]] = {}
    for row in connection.execute(events.order_by(HandoverEvent.id)):
        told = {"at": _said(row.at), "what": row.what, "from": row.from_state, "to": row.to_state}
        changes.setdefault(row.handover_id, []).append({**told, "by": row.actor_kind})
    return [
        {
            "asked_by": row.origin,
            "asked_at": _said(row.asked_at),
            "way": row.way,
            "request": _open_to_all(sealing.open(row.request))
            if row.origin in _OWN_ASKING
            else None,
            "agreed_at": _said(row.consented_at),
            "taken_at": _said(row.taken_at),
            "ended_at": _said(row.ended_at),
            "ending": row.ending,
            "changes": changes.get(row.id, []),
        }
        for row in connection.execute(chosen)
    ]


def opinions_told(
    connection: Connection, sealing: Sealing, school_id: int, conversation_id: str, from_seq: int
) -> dict[int, dict[str, Any]]:
    """What the pupil thought of replies, by the number of the line."""
    chosen = select(EntryOpinion.__table__).where(
        EntryOpinion.school_id == school_id,
        EntryOpinion.conversation_id == conversation_id,
        EntryOpinion.seq >= from_seq,
    )
    return {
        row.seq: {
            "helpful": row.helpful,
            "why": None if row.why is None else sealing.open(row.why),
            "at": _said(row.at),
        }
        for row in connection.execute(chosen)
    }


def _by_meeting(
    connection: Connection, table: Any, school_id: int, pupil_id: str
) -> dict[str, list[Row[Any]]]:
    """Rows that hang on the pupil's meetings, by the meeting."""
    mine = select(Meeting.id).where(Meeting.school_id == school_id, Meeting.pupil_id == pupil_id)
    rows = table.__table__
    chosen = select(rows).where(table.school_id == school_id, table.meeting_id.in_(mine))
    found: dict[str, list[Row[Any]]] = {}
    for row in connection.execute(chosen.order_by(*rows.primary_key)):
        found.setdefault(row.meeting_id, []).append(row)
    return found


def _plan(sealing: Sealing, row: Row[Any]) -> dict[str, Any]:
    """What a plan says, as far as the adviser has given it to the pupil to read."""
    body = sealing.open(row.body)
    is_given = body.get("given") == row.version
    return {
        "version": row.version,
        "written_at": _said(row.written_at),
        "says": _open_to_all(body["plan"]) if is_given else None,
        "agreed_version": row.agreed_version,
        "agreed_at": _said(row.agreed_at),
        "comment": None if row.comment is None else sealing.open(row.comment),
        "follow_up_on": _said(row.follow_up_on),
    }


def _sign_off(sealing: Sealing, row: Row[Any]) -> dict[str, Any]:
    return {
        "signed_at": _said(row.signed_at),
        "minutes": row.minutes,
        "level": row.level,
        "equivalent": row.equivalent,
        "adviser": _open_to_all(sealing.open(row.held)),
    }


def _who(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str, at: datetime
) -> dict[str, str] | None:
    staff = find_staff(connection, sealing, school_id, staff_id)
    if staff is None:
        return None
    return {"name": staff.details.name, "role": title_of(staff, day_in_england(at))}


def _open_to_all(held: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in held.items() if not name.startswith(PRIVATE)}


def _said(value: datetime | date | None) -> str | None:
    return None if value is None else value.isoformat()
