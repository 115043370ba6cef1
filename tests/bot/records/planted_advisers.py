"""The rows that staff leave behind, one in every table: sign-in, audit, hand-over, a meeting."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection

from bot.records.models import Base
from bot.records.sealing import Sealing

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TABLES = Base.metadata.tables


@dataclass(frozen=True)
class Planted:
    school_id: int
    pupil_id: str
    staff_id: str
    conversation_id: str
    line_id: str


def sealed(kind: str, mark: str) -> dict[str, Any]:
    """What is sealed in a planted row of that table; `mark` is in it, to be looked for."""
    if kind == "offers":
        return {"payload": "/pay", "title": f"{mark} Quillfeather"}
    return {"text": f"{mark} Quillfeather", "of": kind}


def plant_advisers(connection: Connection, sealing: Sealing, planted: Planted, mark: str) -> None:
    """A row in each table of sign-in, audit, hand-over, review, mail and meetings."""
    of_school = {"school_id": planted.school_id}
    for table, row in (
        _sign_in(sealing, planted, mark)
        | _handover(sealing, planted, mark)
        | _meeting(sealing, planted, mark)
    ).items():
        connection.execute(TABLES[table].insert().values(of_school | row))
    event = {
        "number": 1,
        "at": NOW,
        "actor_kind": "staff",
        "actor_id": planted.staff_id,
        "action": "record viewed",
        "object_kind": "pupil",
        "previous": "0" * 64,
        "hash": mark * 64,
    }
    events = TABLES["audit_events"]
    event_id = connection.execute(
        events.insert().values(of_school | event).returning(events.c.id)
    ).scalar_one()
    detail = {"event_id": event_id, "detail": sealing.seal(sealed("audit_details", mark))}
    detail["pupil_id"] = planted.pupil_id
    connection.execute(TABLES["audit_details"].insert().values(of_school | detail))


def _sign_in(sealing: Sealing, planted: Planted, mark: str) -> dict[str, dict[str, Any]]:
    of_staff = {"staff_id": planted.staff_id}
    seen = {"created_at": NOW, "last_seen_at": NOW, "ends_at": NOW + timedelta(hours=12)}
    return {
        "staff_roles": of_staff | {"role": "adviser", "given_at": NOW},
        "staff_secrets": of_staff
        | {"totp": sealing.seal(sealed("staff_secrets", mark)), "totp_step": 1, "changed_at": NOW},
        "passkeys": of_staff
        | {
            "id": mark * 40,
            "details": sealing.seal(sealed("passkeys", mark)),
            "sign_count": 1,
            "created_at": NOW,
        },
        "recovery_codes": of_staff | {"code_key": mark * 64},
        "staff_sessions": of_staff
        | {
            "token_hash": mark * 64,
            "way": "password",
            "device": sealing.seal(sealed("staff_sessions", mark)),
        }
        | seen,
        "staff_devices": of_staff
        | {"device_key": mark * 64, "first_seen_at": NOW, "last_seen_at": NOW},
        "staff_invitations": of_staff
        | {
            "token_hash": mark * 64,
            "purpose": "join",
            "created_at": NOW,
            "expires_at": NOW + timedelta(days=7),
        },
    }


def _handover(sealing: Sealing, planted: Planted, mark: str) -> dict[str, dict[str, Any]]:
    of_chat = {"conversation_id": planted.conversation_id}
    return {
        "handovers": of_chat
        | {
            "id": f"h{mark * 31}",
            "origin": "reader",
            "urgency": 1,
            "way": "chat",
            "request": sealing.seal(sealed("handovers", mark)),
            "asked_at": NOW,
            "waiting_since": NOW,
        },
        "handover_events": of_chat
        | {
            "at": NOW,
            "actor_kind": "pupil",
            "what": "asked",
            "from_state": "bot",
            "to_state": "waiting",
        },
        "private_notes": of_chat
        | {
            "staff_id": planted.staff_id,
            "body": sealing.seal(sealed("private_notes", mark)),
            "created_at": NOW,
        },
        "conversation_tags": of_chat | {"tag": "apprenticeships", "created_at": NOW},
        "ready_phrases": {
            "title": "Hello",
            "body": sealing.seal(sealed("ready_phrases", mark)),
            "changed_at": NOW,
        },
        "read_marks": of_chat | {"side": "reader", "seq": 1, "at": NOW},
        "referrals": {
            "id": f"r{mark * 31}",
            "pupil_id": planted.pupil_id,
            "origin": "tutor",
            "details": sealing.seal(sealed("referrals", mark)),
            "urgency": 1,
            "created_at": NOW,
        },
        "entry_opinions": of_chat
        | {
            "seq": 1,
            "helpful": False,
            "why": sealing.seal(sealed("entry_opinions", mark)),
            "at": NOW,
        },
        "content_tasks": {
            "id": f"t{mark * 31}",
            "kind": "wrong",
            "details": sealing.seal(sealed("content_tasks", mark)),
            "created_at": NOW,
        },
        "mails": {
            "once": f"once {mark}",
            "message": sealing.seal(sealed("mails", mark)),
            "attempts": 0,
            "next_try_at": NOW,
            "created_at": NOW,
        },
    }


def _meeting(sealing: Sealing, planted: Planted, mark: str) -> dict[str, dict[str, Any]]:
    meeting_id = f"m{mark * 31}"
    of_it = {"meeting_id": meeting_id}
    of_staff = {"staff_id": planted.staff_id}
    ends_at = NOW + timedelta(minutes=30)
    hours = {"begins": time(9), "ends": time(12)}
    return {
        "working_hours": of_staff | {"kind": "guidance", "weekday": 0} | hours,
        "absences": of_staff | {"begins_at": NOW, "ends_at": ends_at},
        "lessons": {
            "tutor_group": "11B",
            "weekday": 0,
            "week": "A",
            "subject": "Maths",
            "avoid": True,
        }
        | hours,
        "meetings": of_staff
        | {
            "id": meeting_id,
            "pupil_id": planted.pupil_id,
            "kind": "guidance",
            "state": "signed off",
            "room": "Library",
            "begins_at": NOW,
            "ends_at": ends_at,
            "calendar_id": mark * 32,
            "sequence": 0,
            "details": sealing.seal(sealed("meetings", mark)),
            "created_at": NOW,
            "changed_at": NOW,
        },
        "taken_cells": of_it | {"whose": f"pupil:{planted.pupil_id}", "begins_at": NOW},
        "invitees": of_it | {"role": "parent", "details": sealing.seal(sealed("invitees", mark))},
        "waiting_places": {
            "pupil_id": planted.pupil_id,
            "wish": sealing.seal(sealed("waiting_places", mark)),
            "since": NOW,
        },
        "action_plans": of_it
        | {
            "body": sealing.seal(sealed("action_plans", mark)),
            "version": 1,
            "written_at": NOW,
            "comment": sealing.seal(sealed("action_plans", mark)),
            "follow_up_on": date(2027, 1, 20),
        },
        "plan_shares": of_it
        | {"details": sealing.seal(sealed("plan_shares", mark)), "agreed_at": NOW},
        "sign_offs": of_it
        | of_staff
        | {
            "minutes": 35,
            "level": 6,
            "equivalent": False,
            "held": sealing.seal(sealed("sign_offs", mark)),
            "signed_at": NOW,
        },
    }
