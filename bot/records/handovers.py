"""Hand-overs: asked for, agreed to, taken, passed on, left for later, ended.

Each function holds the conversation, so that of two at once the second sees what the first did;
each writes the change, its event and the audit in the transaction of its caller.
"""

import secrets
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from bot.records.audit import log
from bot.records.audit.actors import Actor
from bot.records.conversations import ConversationRow
from bot.records.entries import settle_unanswered
from bot.records.handover.rows import (
    AlreadyTaken,
    HandoverRow,
    NotAgreed,
    NothingAsked,
    NotYours,
    hold,
    request_of,
    standing,
    state_of,
)
from bot.records.handover.states import Change, Event, State, step
from bot.records.models import Conversation, Handover, HandoverEvent
from bot.records.sealing import Sealing

__all__ = ["AlreadyTaken", "NotAgreed", "NotYours", "NothingAsked"]


def ask(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    origin: str,
    urgency: int,
    way: str,
    reason: str,
    now: datetime,
    called: str = "",
) -> HandoverRow:
    """Note that a person is wished for; nobody may read the chat for it before `consent`.

    Where a hand-over stands already, that one is given back and says what is asked now, unless
    somebody has taken it. Raises NoSuchChat or NotNow.
    """
    found = hold(connection, school_id, conversation_id)
    there = standing(connection, sealing, school_id, conversation_id)
    if there is not None:
        if there.staff_id is not None or there.consented_at is not None:
            return there
        after = replace(there, urgency=urgency, way=way, reason=reason, called=called)
        _keep(connection, sealing, after)
        return after
    change = step(state_of(found), Event.ASKED)
    row = HandoverRow(
        id=secrets.token_hex(16),
        school_id=school_id,
        conversation_id=conversation_id,
        origin=origin,
        urgency=urgency,
        way=way,
        reason=reason,
        called=called,
        holder={},
        consented_at=None,
        asked_at=now,
        waiting_since=None,
        staff_id=None,
        taken_at=None,
        snoozed_until=None,
        ended_at=None,
        ending=None,
    )
    values = {name: getattr(row, name) for name in HandoverRow.__dataclass_fields__}
    for name in ("reason", "called", "holder"):
        del values[name]
    connection.execute(insert(Handover).values(**values, request=sealing.seal(request_of(row))))
    _note(connection, sealing, found, row, change, actor, now)
    return row


def consent(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> HandoverRow:
    """The reader agrees that the chat is passed on. A second yes changes nothing.

    To talk now, the reader waits and the service is silent; for an answer later it goes on.
    Raises NoSuchChat, NothingAsked or NotNow.
    """
    found = hold(connection, school_id, conversation_id)
    row = _standing(connection, sealing, found)
    if row.consented_at is not None:
        return row
    change = step(state_of(found), Event.CONSENTED if row.way == "chat" else Event.LEFT)
    after = replace(row, consented_at=now, waiting_since=now)
    return _change(connection, sealing, found, after, change, actor, now)


def claim(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    role: str,
    now: datetime,
) -> HandoverRow:
    """Take the conversation: from now on only that person speaks in it. Again changes nothing.

    Raises NoSuchChat, NothingAsked, NotAgreed, NotNow, or AlreadyTaken with the other's name.
    """
    found = hold(connection, school_id, conversation_id)
    row = _standing(connection, sealing, found)
    if row.staff_id is not None:
        if row.staff_id == actor.id:
            return row
        raise AlreadyTaken(row.holder.get("name", ""))
    if row.consented_at is None:
        raise NotAgreed
    change = step(state_of(found), Event.CLAIMED)
    after = _held(row, actor, role, now)
    return _change(connection, sealing, found, after, change, actor, now)


def pass_on(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    now: datetime,
    to: Actor | None = None,
    role: str = "",
) -> HandoverRow:
    """Give the conversation to a colleague, or without one back to the queue.

    Raises NoSuchChat, NothingAsked, NotYours or NotNow.
    """
    found, row = _own(connection, sealing, school_id, conversation_id, actor)
    if to is None:
        change = step(state_of(found), Event.PUT_BACK)
        after = replace(row, staff_id=None, holder={}, waiting_since=now, snoozed_until=None)
    else:
        change = step(state_of(found), Event.PASSED_ON)
        after = replace(_held(row, to, role, now), snoozed_until=None)
    return _change(connection, sealing, found, after, change, actor, now)


def hand_back(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> HandoverRow:
    """The service speaks again. A reader may do so only while nobody is there (snoozed).

    Raises NoSuchChat, NothingAsked, NotYours or NotNow.
    """
    found, row = _own(connection, sealing, school_id, conversation_id, actor)
    change = step(state_of(found), Event.HANDED_BACK)
    return _change(connection, sealing, found, row, change, actor, now)


def close(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> HandoverRow:
    """The conversation takes no more messages. Raises as `hand_back` does."""
    found, row = _own(connection, sealing, school_id, conversation_id, actor)
    change = step(state_of(found), Event.CLOSED)
    return _change(connection, sealing, found, row, change, actor, now)


def snooze(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    until: datetime,
    now: datetime,
) -> HandoverRow:
    """The person comes back to it at that moment. Raises as `hand_back` does."""
    found, row = _own(connection, sealing, school_id, conversation_id, actor)
    change = step(state_of(found), Event.SNOOZED)
    after = replace(row, snoozed_until=until)
    return _change(connection, sealing, found, after, change, actor, now)


def wake(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> HandoverRow:
    """The person who had put it off holds it again. Raises NothingAsked, NotYours or NotNow."""
    found, row = _own(connection, sealing, school_id, conversation_id, actor)
    change = step(state_of(found), Event.WOKEN)
    after = replace(row, snoozed_until=None)
    return _change(connection, sealing, found, after, change, actor, now)


def withdraw(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> HandoverRow:
    """The reader wishes for nobody any more. Raises NoSuchChat, NothingAsked or NotNow."""
    found = hold(connection, school_id, conversation_id)
    row = _standing(connection, sealing, found)
    change = step(state_of(found), Event.WITHDRAWN)
    return _change(connection, sealing, found, row, change, actor, now)


def leave(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> HandoverRow:
    """Who waited is answered later instead, and keeps the place. Raises as `withdraw` does."""
    found = hold(connection, school_id, conversation_id)
    row = _standing(connection, sealing, found)
    change = step(state_of(found), Event.LEFT)
    return _change(connection, sealing, found, replace(row, way="message"), change, actor, now)


def lapse(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    actor: Actor,
    now: datetime,
) -> HandoverRow:
    """Nobody came in all the time that a wish stands. Raises as `withdraw` does."""
    found = hold(connection, school_id, conversation_id)
    row = _standing(connection, sealing, found)
    change = step(state_of(found), Event.LAPSED)
    return _change(connection, sealing, found, row, change, actor, now)


def note_returned(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    row: HandoverRow,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """The reader came back to a chat that a person held, and is asked which they want."""
    found = hold(connection, school_id, row.conversation_id)
    _note(connection, sealing, found, row, step(state_of(found), Event.RETURNED), actor, now)


def _standing(connection: Connection, sealing: Sealing, found: ConversationRow) -> HandoverRow:
    row = standing(connection, sealing, found.school_id, found.id)
    if row is None:
        raise NothingAsked
    return row


def _own(
    connection: Connection, sealing: Sealing, school_id: int, conversation_id: str, actor: Actor
) -> tuple[ConversationRow, HandoverRow]:
    """The conversation and its hand-over, which that person holds; or is the reader's to end."""
    found = hold(connection, school_id, conversation_id)
    row = _standing(connection, sealing, found)
    reader_may = actor.kind in ("pupil", "guest") and found.state == State.SNOOZED
    if not reader_may and (row.staff_id is None or row.staff_id != actor.id):
        raise NotYours
    return found, row


def _held(row: HandoverRow, by: Actor, role: str, now: datetime) -> HandoverRow:
    holder = {"name": by.name, "role": role}
    return replace(row, staff_id=by.id, holder=holder, taken_at=now, waiting_since=None)


def _change(
    connection: Connection,
    sealing: Sealing,
    found: ConversationRow,
    row: HandoverRow,
    change: Change,
    actor: Actor,
    now: datetime,
) -> HandoverRow:
    if change.ending is not None:
        row = replace(
            row, ended_at=now, ending=change.ending, waiting_since=None, snoozed_until=None
        )
    _keep(connection, sealing, row)
    if change.after is not change.before:
        connection.execute(
            update(Conversation)
            .where(Conversation.id == found.id, Conversation.school_id == found.school_id)
            .values(state=change.after.value)
        )
    if change.after is not State.BOT:
        # What still waited for the service is the person's to read now, and nobody else's.
        settle_unanswered(connection, found.id)
    _note(connection, sealing, found, row, change, actor, now)
    return row


def _keep(connection: Connection, sealing: Sealing, row: HandoverRow) -> None:
    names: tuple[str, ...] = (
        "urgency", "way", "consented_at", "waiting_since", "staff_id", "taken_at",
        "snoozed_until", "ended_at", "ending",
    )  # fmt: skip
    values: dict[str, Any] = {name: getattr(row, name) for name in names}
    connection.execute(
        update(Handover)
        .where(Handover.id == row.id, Handover.school_id == row.school_id)
        .values(**values, request=sealing.seal(request_of(row)))
    )


def _note(
    connection: Connection,
    sealing: Sealing,
    found: ConversationRow,
    row: HandoverRow,
    change: Change,
    actor: Actor,
    now: datetime,
) -> None:
    connection.execute(
        insert(HandoverEvent).values(
            school_id=found.school_id,
            conversation_id=found.id,
            handover_id=row.id,
            at=now,
            actor_kind=actor.kind,
            staff_id=actor.id if actor.kind == "staff" else None,
            what=change.event.value,
            from_state=change.before.value,
            to_state=change.after.value,
        )
    )
    log.append(
        connection,
        sealing,
        found.school_id,
        actor=actor,
        action=f"chat {change.event.value}",
        object_kind="conversation",
        object_id=found.id,
        now=now,
        before={"state": change.before.value},
        after={"state": change.after.value},
    )
