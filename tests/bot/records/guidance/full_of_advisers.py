"""What advisers leave of a pupil: a hand-over, notes, a meeting with its plan, who waits."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, insert

from bot.records.models import (
    ActionPlan,
    ConversationTag,
    EntryOpinion,
    Handover,
    HandoverEvent,
    Invitee,
    Mail,
    Meeting,
    PlanShare,
    PrivateNote,
    ReadMark,
    Referral,
    SignOff,
    TakenCell,
    WaitingPlace,
)
from bot.records.sealing import Sealing
from tests.bot.records.guidance.conftest import NOW

PRIVATE = "only for staff"
STAFF_ID = "5" * 32
ENDS = NOW + timedelta(minutes=35)


def meeting_of(pupil: str) -> str:
    """The id of the meeting that is made for a pupil."""
    return pupil[1:] + pupil[:1]


def plan_that_says(words: str) -> dict[str, Any]:
    """A plan as bot/advisers/meetings/plan_form.py makes them, with something for staff in it."""
    return {
        "agreed_to_talk": words,
        "explored": "What a practice is like.",
        "considered": ["sixth_form", "apprenticeship"],
        "why_not": "The rest another time.",
        "advice": "See one at work.",
        "actions": [
            {"text": words, "who": "pupil", "by": "2026-12-04"},
            {"text": "Ask a practice", "who": "adviser", "by": None},
        ],
        "private_note": PRIVATE,
    }


def fill_advisers(
    connection: Connection,
    sealing: Sealing,
    school: int,
    pupil: str,
    conversation: str,
    name: str,
    sentence: str,
) -> None:
    """A row in each table that advisers write of a pupil, with the name and the sentence in it."""
    words = sealing.seal({"text": f"{name}: {sentence}"})
    of_chat = {"school_id": school, "conversation_id": conversation}
    meeting = meeting_of(pupil)
    of_it = {"school_id": school, "meeting_id": meeting}
    handover = pupil[2:] + pupil[:2]
    seal = sealing.seal
    rows: list[tuple[Any, dict[str, Any]]] = [
        (
            Handover,
            of_chat
            | {
                "id": handover,
                "origin": "reader",
                "urgency": 2,
                "way": "chat",
                "request": seal({"reason": sentence, "called": name}),
                "consented_at": NOW,
                "asked_at": NOW,
                "staff_id": STAFF_ID,
                "taken_at": NOW,
                "ended_at": NOW,
                "ending": "closed",
            },
        ),
        (
            HandoverEvent,
            of_chat
            | {
                "handover_id": handover,
                "at": NOW,
                "actor_kind": "pupil",
                "what": "asked",
                "from_state": "bot",
                "to_state": "waiting",
            },
        ),
        (
            PrivateNote,
            of_chat
            | {
                "staff_id": STAFF_ID,
                "body": seal({"text": f"{PRIVATE}: {name} {sentence}"}),
                "created_at": NOW,
            },
        ),
        (ConversationTag, of_chat | {"tag": "money", "created_at": NOW}),
        (ReadMark, of_chat | {"side": "reader", "seq": 3, "at": NOW}),
        (
            EntryOpinion,
            of_chat | {"seq": 3, "helpful": False, "why": seal({"text": sentence}), "at": NOW},
        ),
        (
            Referral,
            {
                "id": pupil[3:] + pupil[:3],
                "school_id": school,
                "pupil_id": pupil,
                "origin": "tutor",
                "details": seal({"reason": f"{PRIVATE}: {sentence}"}),
                "urgency": 1,
                "created_at": NOW,
            },
        ),
        (
            Meeting,
            {
                "id": meeting,
                "school_id": school,
                "pupil_id": pupil,
                "staff_id": STAFF_ID,
                "kind": "guidance",
                "state": "signed off",
                "room": "Library",
                "begins_at": NOW,
                "ends_at": ENDS,
                "calendar_id": meeting[::-1],
                "details": seal({"talk": sentence}),
                "created_at": NOW,
                "changed_at": NOW,
            },
        ),
        (TakenCell, of_it | {"whose": f"pupil:{pupil}", "begins_at": NOW}),
        (
            Invitee,
            of_it
            | {
                "role": "parent",
                "details": seal({"name": f"{name}'s aunt", "email": f"{name}@home.example"}),
                "agreed_at": NOW,
            },
        ),
        (
            ActionPlan,
            of_it
            | {
                "body": seal(
                    {
                        "plan": plan_that_says(f"{name}: {sentence}"),
                        "given": 2,
                        "private_reflection": PRIVATE,
                    }
                ),
                "version": 2,
                "written_at": NOW,
                "agreed_version": 2,
                "agreed_at": NOW,
                "comment": words,
                "follow_up_on": date(2027, 1, 20),
            },
        ),
        (
            PlanShare,
            of_it
            | {"details": seal({"who": "tutor", "name": f"{name}'s tutor"}), "agreed_at": NOW},
        ),
        (
            SignOff,
            of_it
            | {
                "staff_id": STAFF_ID,
                "minutes": 35,
                "level": 6,
                "equivalent": False,
                "held": seal({"name": "Quorra Plinth", "register_number": "CDI-1"}),
                "signed_at": ENDS,
            },
        ),
        (
            WaitingPlace,
            {
                "school_id": school,
                "pupil_id": pupil,
                "wish": seal({"when": sentence}),
                "since": NOW,
            },
        ),
        (
            Mail,
            {
                "school_id": school,
                "once": f"invite {meeting} 0",
                "message": words,
                "next_try_at": NOW,
                "created_at": NOW,
            },
        ),
    ]
    for table, row in rows:
        connection.execute(insert(table).values(row))
