"""Hand-overs as stored, opened, and the conversations that they are of."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.records.conversations import ConversationRow, lock_conversation
from bot.records.handover.states import State
from bot.records.models import Handover, HandoverEvent
from bot.records.sealing import Sealing


@dataclass(frozen=True, slots=True)
class HandoverRow:
    """A hand-over. `called` is what a guest gave to be called by; `holder` {name, role}, or {}.

    `waiting_since` is None while a person holds the conversation.
    """

    id: str
    school_id: int
    conversation_id: str
    origin: str
    urgency: int
    way: str
    reason: str = field(repr=False)
    called: str = field(repr=False)
    holder: dict[str, str] = field(repr=False)
    consented_at: datetime | None
    asked_at: datetime
    waiting_since: datetime | None
    staff_id: str | None
    taken_at: datetime | None
    snoozed_until: datetime | None
    ended_at: datetime | None
    ending: str | None


@dataclass(frozen=True, slots=True)
class EventRow:
    """One change of a conversation's state, and who made it."""

    at: datetime
    actor_kind: str
    staff_id: str | None
    what: str
    from_state: str
    to_state: str


class NoSuchChat(Exception):
    """The school has no such conversation (any more)."""


class NothingAsked(Exception):
    """Nobody has asked for a person in this conversation."""


class NotAgreed(Exception):
    """The reader has not agreed that the chat is passed on."""


class NotYours(Exception):
    """Somebody else holds the conversation."""


class AlreadyTaken(Exception):
    """Somebody else was quicker; `name` is who."""

    def __init__(self, name: str) -> None:
        super().__init__("taken")
        self.name = name


COLUMNS: tuple[Any, ...] = (
    Handover.id,
    Handover.school_id,
    Handover.conversation_id,
    Handover.origin,
    Handover.urgency,
    Handover.way,
    Handover.request,
    Handover.consented_at,
    Handover.asked_at,
    Handover.waiting_since,
    Handover.staff_id,
    Handover.taken_at,
    Handover.snoozed_until,
    Handover.ended_at,
    Handover.ending,
)


def opened(sealing: Sealing, row: Any, known: Collection[str] = ()) -> HandoverRow:
    """A row with its request opened; columns named in `known` are not of it. Raises SealBroken."""
    values = {name: value for name, value in row._mapping.items() if name not in known}
    request = sealing.open(values.pop("request"))
    return HandoverRow(
        reason=request.get("reason", ""),
        called=request.get("called", ""),
        holder=request.get("holder") or {},
        **values,
    )


def request_of(row: HandoverRow, **changes: Any) -> dict[str, Any]:
    """What is sealed of a hand-over, with some of it changed."""
    return {"reason": row.reason, "called": row.called, "holder": row.holder, **changes}


def hold(connection: Connection, school_id: int, conversation_id: str) -> ConversationRow:
    """The school's conversation, held by this transaction. Raises NoSuchChat."""
    found = lock_conversation(connection, conversation_id)
    if found is None or found.school_id != school_id:
        raise NoSuchChat
    return found


def standing(
    connection: Connection, sealing: Sealing, school_id: int, conversation_id: str
) -> HandoverRow | None:
    """The hand-over that has not ended; None where nobody asks for a person."""
    chosen = select(*COLUMNS).where(
        Handover.school_id == school_id,
        Handover.conversation_id == conversation_id,
        Handover.ended_at.is_(None),
    )
    row = connection.execute(chosen).first()
    return None if row is None else opened(sealing, row)


def last_ended(
    connection: Connection, sealing: Sealing, school_id: int, conversation_id: str
) -> HandoverRow | None:
    """The last hand-over in which a person held the conversation and which is over."""
    chosen = (
        select(*COLUMNS)
        .where(
            Handover.school_id == school_id,
            Handover.conversation_id == conversation_id,
            Handover.ended_at.is_not(None),
            Handover.taken_at.is_not(None),
        )
        .order_by(Handover.ended_at.desc(), Handover.id)
        .limit(1)
    )
    row = connection.execute(chosen).first()
    return None if row is None else opened(sealing, row)


def events_of(connection: Connection, school_id: int, conversation_id: str) -> list[EventRow]:
    """Every change of the conversation's state, in order."""
    chosen = (
        select(
            HandoverEvent.at,
            HandoverEvent.actor_kind,
            HandoverEvent.staff_id,
            HandoverEvent.what,
            HandoverEvent.from_state,
            HandoverEvent.to_state,
        )
        .where(
            HandoverEvent.school_id == school_id, HandoverEvent.conversation_id == conversation_id
        )
        .order_by(HandoverEvent.id)
    )
    return [EventRow(**row._mapping) for row in connection.execute(chosen)]


def state_of(found: ConversationRow) -> State:
    """The conversation's state as one that can be stepped from."""
    return State(found.state)
