"""What the talk about a person knows of a conversation, read at once for each message."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import BindParameter, Connection, bindparam, exists, select

from bot.records.handover.queue import CHATTING
from bot.records.handover.rows import HandoverRow, events_of, last_ended, standing
from bot.records.handover.states import Event
from bot.records.models import (
    Conversation,
    ConversationOwner,
    Entry,
    Handover,
    HandoverEvent,
    School,
    StaffMember,
    StaffRole,
)
from bot.records.sealing import Sealing


@dataclass(frozen=True, slots=True)
class Situation:
    """Whose a conversation is, who is to speak, and what the service waits for in it.

    `notes` are those of the service's last reply, by talk. `handed_back` is whether a person held
    it before; `staffed` whether the school has anybody who could come.
    """

    school_id: int
    school_name: str
    state: str
    audience: str
    pupil_id: str | None
    from_seq: int
    notes: dict[str, Any]
    standing: HandoverRow | None = field(repr=False)
    handed_back: bool
    staffed: bool


_HERE: BindParameter[str] = bindparam("conversation")
_STAFFED = exists().where(
    StaffRole.school_id == Conversation.school_id,
    StaffRole.role.in_(CHATTING),
    StaffMember.id == StaffRole.staff_id,
    StaffMember.left_on.is_(None),
)
# One statement, made once: each message asks this.
_SITUATION = (
    select(
        Conversation.school_id,
        School.name.label("school_name"),
        Conversation.state,
        Conversation.scene,
        ConversationOwner.pupil_id,
        ConversationOwner.from_seq,
        select(Entry.meta)
        .where(Entry.conversation_id == _HERE, Entry.sender == "service")
        .order_by(Entry.seq.desc())
        .limit(1)
        .scalar_subquery()
        .label("meta"),
        exists()
        .where(Handover.conversation_id == _HERE, Handover.ended_at.is_(None))
        .label("stands"),
        exists()
        .where(HandoverEvent.conversation_id == _HERE, HandoverEvent.what == Event.HANDED_BACK)
        .label("handed_back"),
        _STAFFED.label("staffed"),
    )
    .join(School, School.id == Conversation.school_id)
    .outerjoin(ConversationOwner, ConversationOwner.conversation_id == Conversation.id)
    .where(Conversation.id == _HERE)
)


def situation_of(
    connection: Connection, sealing: Sealing, conversation_id: str
) -> Situation | None:
    """The situation of a conversation; None when there is none (any more)."""
    row = connection.execute(_SITUATION, {"conversation": conversation_id}).first()
    if row is None:
        return None
    return Situation(
        school_id=row.school_id,
        school_name=row.school_name,
        state=row.state,
        audience=str(row.scene.get("audience") or "pupil"),
        pupil_id=row.pupil_id,
        from_seq=row.from_seq or 1,
        notes={} if row.meta is None else sealing.open(row.meta),
        standing=standing(connection, sealing, row.school_id, conversation_id)
        if row.stands
        else None,
        handed_back=bool(row.handed_back),
        staffed=bool(row.staffed),
    )


def text_at(
    connection: Connection, sealing: Sealing, school_id: int, conversation_id: str, seq: int
) -> str:
    """What the reader wrote as that line; "" where it is none of the reader's."""
    chosen = select(Entry.body).where(
        Entry.school_id == school_id,
        Entry.conversation_id == conversation_id,
        Entry.seq == seq,
        Entry.sender == "reader",
    )
    sealed = connection.execute(chosen).scalar_one_or_none()
    return "" if sealed is None else str(sealing.open(sealed)["messages"][0]["text"])


def offered_person(
    connection: Connection, sealing: Sealing, school_id: int, conversation_id: str, payload: str
) -> bool:
    """Whether the service's last reply offered that button itself."""
    chosen = (
        select(Entry.body)
        .where(
            Entry.school_id == school_id,
            Entry.conversation_id == conversation_id,
            Entry.sender == "service",
        )
        .order_by(Entry.seq.desc())
        .limit(1)
    )
    sealed = connection.execute(chosen).scalar_one_or_none()
    messages = [] if sealed is None else sealing.open(sealed)["messages"]
    return any(
        button["payload"] == payload
        for message in messages
        for button in message.get("buttons") or ()
    )


def returned_to(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    seq: int,
) -> tuple[HandoverRow, datetime] | None:
    """The hand-over that somebody handed back before, and when the line before `seq` was.

    None where no person held the chat, or its reader was asked already which they want.
    """
    held = last_ended(connection, sealing, school_id, conversation_id)
    if held is None or held.ending != "handed back":
        return None
    what = [one.what for one in events_of(connection, school_id, conversation_id)]
    # Nothing but that: whoever was asked since, or has asked for somebody again, has chosen.
    if what[-1:] != [Event.HANDED_BACK]:
        return None
    chosen = (
        select(Entry.created_at)
        .where(
            Entry.school_id == school_id,
            Entry.conversation_id == conversation_id,
            Entry.seq < seq,
        )
        .order_by(Entry.seq.desc())
        .limit(1)
    )
    before = connection.execute(chosen).scalar_one_or_none()
    return None if before is None else (held, before)
