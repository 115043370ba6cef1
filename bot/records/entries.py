"""Entries of a conversation in the store: numbered without gaps, in the order they came.

What an entry says, and how it was read, is sealed; opening it is left out where its number will do.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from bot.records.conversations import ConversationRow, lock_conversation
from bot.records.models import UNANSWERED, Conversation, Entry
from bot.records.offers import add_offers, title_of
from bot.records.sealing import Sealing


@dataclass(frozen=True, slots=True)
class EntryRow:
    """An entry, opened. `body` is {"messages": […]} with "payload" where a button was pressed."""

    conversation_id: str
    seq: int
    sender: str
    client_message_id: str | None
    in_reply_to: int | None
    body: dict[str, Any]
    meta: dict[str, Any] | None
    status: str
    attempts: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sent:
    """When a reader's message was taken, and its number."""

    seq: int
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Admitted:
    """What became of a reader's message: its entry, and whether it was there before."""

    entry: EntryRow
    conversation: ConversationRow
    repeated: bool


class NoConversation(Exception):
    """There is no conversation of that id (any more)."""


class ConversationClosed(Exception):
    """The conversation takes no more messages."""


class NotOffered(Exception):
    """No button with that payload was offered in the conversation."""


_COLUMNS: tuple[Any, ...] = (
    Entry.conversation_id,
    Entry.seq,
    Entry.sender,
    Entry.client_message_id,
    Entry.in_reply_to,
    Entry.body,
    Entry.meta,
    Entry.status,
    Entry.attempts,
    Entry.created_at,
)
_HERE = Entry.conversation_id == bindparam("conversation")

# Made once: building a statement costs several times what SQLite needs to run it.
_NEXT_SEQ = (
    update(Conversation)
    .where(Conversation.id == bindparam("conversation"))
    .values(last_seq=Conversation.last_seq + 1, last_seen_at=bindparam("now"))
    .returning(Conversation.last_seq)
)
_INSERT = insert(Entry)
_BY_ITS_SENDER = (_HERE, Entry.client_message_id == bindparam("sent"))
_SENT = select(Entry.seq, Entry.created_at).where(*_BY_ITS_SENDER)
_SENT_WHOLE = select(*_COLUMNS).where(*_BY_ITS_SENDER)
_AFTER = select(*_COLUMNS).where(_HERE, Entry.seq > bindparam("after")).order_by(Entry.seq)
_UNANSWERED = select(*_COLUMNS).where(_HERE, UNANSWERED).order_by(Entry.seq)
_ANY_UNANSWERED = select(Entry.seq).where(_HERE, UNANSWERED).limit(1)
_SETTLE = (
    update(Entry)
    .where(_HERE, Entry.seq == bindparam("asked"), UNANSWERED)
    .values(status=bindparam("new_status"), attempts=Entry.attempts + bindparam("failed"))
)


_SETTLE_ALL = update(Entry).where(_HERE, UNANSWERED).values(status="answered")
_REPLIED = (
    select(Entry.seq)
    .where(_HERE, Entry.in_reply_to == bindparam("asked"), Entry.sender == "service")
    .limit(1)
)


def _row(sealing: Sealing, row: Row[Any]) -> EntryRow:
    values = dict(row._mapping)
    values["body"] = sealing.open(row.body)
    values["meta"] = None if row.meta is None else sealing.open(row.meta)
    return EntryRow(**values)


def _next_seq(connection: Connection, conversation_id: str, now: datetime) -> int:
    return int(
        connection.execute(_NEXT_SEQ, {"conversation": conversation_id, "now": now}).scalar_one()
    )


def _insert(connection: Connection, sealing: Sealing, school_id: int, entry: EntryRow) -> None:
    values = {name: getattr(entry, name) for name in EntryRow.__dataclass_fields__}
    values["body"] = sealing.seal(entry.body)
    values["meta"] = None if entry.meta is None else sealing.seal(entry.meta)
    connection.execute(_INSERT, {"school_id": school_id, **values})


def find_sent(connection: Connection, conversation_id: str, client_message_id: str) -> Sent | None:
    """Number and time of the entry that a reader's message became, or None."""
    values = {"conversation": conversation_id, "sent": client_message_id}
    row = connection.execute(_SENT, values).first()
    return None if row is None else Sent(row.seq, row.created_at)


def admit(
    connection: Connection,
    sealing: Sealing,
    conversation_id: str,
    client_message_id: str,
    *,
    text: str | None,
    payload: str | None,
    now: datetime,
    longest: timedelta | None = None,
    although_closed: bool = False,
    answered_in: Collection[str] = (),
) -> Admitted:
    """Store a reader's message once, with the next number, waiting for its reply.

    The same `client_message_id` again gives the first entry back. A conversation of the service's
    older than `longest` counts as closed. In the states `answered_in` the message is for a person
    and waits for no reply. Raises NoConversation, ConversationClosed, NotOffered.
    """
    conversation = lock_conversation(connection, conversation_id)
    if conversation is None:
        raise NoConversation
    values = {"conversation": conversation_id, "sent": client_message_id}
    before = connection.execute(_SENT_WHOLE, values).first()
    if before is not None:
        return Admitted(_row(sealing, before), conversation, repeated=True)
    over = (
        longest is not None
        and conversation.state == "bot"
        and now >= conversation.created_at + longest
    )
    if (over or conversation.state == "closed") and not although_closed:
        raise ConversationClosed
    body: dict[str, Any] = {"messages": [{"text": text}]}
    if payload is not None:
        title = title_of(connection, sealing, conversation_id, payload)
        if title is None:
            raise NotOffered
        body = {"messages": [{"text": title}], "payload": payload}
    entry = EntryRow(
        conversation_id=conversation_id,
        seq=_next_seq(connection, conversation_id, now),
        sender="reader",
        client_message_id=client_message_id,
        in_reply_to=None,
        body=body,
        meta=None,
        status="answered" if conversation.state in answered_in else "received",
        attempts=0,
        created_at=now,
    )
    _insert(connection, sealing, conversation.school_id, entry)
    return Admitted(entry, conversation, repeated=False)


def add_reply(
    connection: Connection,
    sealing: Sealing,
    conversation_id: str,
    *,
    in_reply_to: int | None,
    messages: list[dict[str, Any]],
    meta: dict[str, Any] | None,
    now: datetime,
    asked_status: str = "answered",
    failed_attempt: bool = False,
    sender: str = "service",
    only_in: Collection[str] | None = None,
    insists: bool = False,
) -> EntryRow | None:
    """Store a reply (none when `messages` is empty) and what became of the message it answers.

    It is stored in the states `only_in` of the conversation, in any without them. One that
    `insists` is stored once even though the message counts as answered. Gives None when nothing
    was stored: no messages, no such conversation any more, not in that state, or the message was
    answered meanwhile.
    """
    conversation = lock_conversation(connection, conversation_id)
    if conversation is None:
        return None
    if in_reply_to is not None:
        settled = connection.execute(
            _SETTLE,
            {
                "conversation": conversation_id,
                "asked": in_reply_to,
                "new_status": asked_status,
                "failed": int(failed_attempt),
            },
        )
        if settled.rowcount == 0:
            asked = {"conversation": conversation_id, "asked": in_reply_to}
            if not insists or connection.execute(_REPLIED, asked).first() is not None:
                return None
    if not messages or (only_in is not None and conversation.state not in only_in):
        return None
    entry = EntryRow(
        conversation_id=conversation_id,
        seq=_next_seq(connection, conversation_id, now),
        sender=sender,
        client_message_id=None,
        in_reply_to=in_reply_to,
        body={"messages": messages},
        meta=meta,
        status="answered",
        attempts=0,
        created_at=now,
    )
    _insert(connection, sealing, conversation.school_id, entry)
    add_offers(connection, sealing, conversation.school_id, conversation_id, messages)
    return entry


def add_person_line(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    staff_id: str,
    name: str,
    role: str,
    text: str,
    once: str,
    now: datetime,
) -> EntryRow:
    """Store what a person says, once for the same `once` (at most 63 characters).

    Whether that person may is for the caller, who holds the conversation.
    """
    # A reader's own ids have no such sign, so that nobody's line takes another's place.
    sent = {"conversation": conversation_id, "sent": f"@{once}"}
    before = connection.execute(_SENT_WHOLE, sent).first()
    if before is not None:
        return _row(sealing, before)
    entry = EntryRow(
        conversation_id=conversation_id,
        seq=_next_seq(connection, conversation_id, now),
        sender="person",
        client_message_id=sent["sent"],
        in_reply_to=None,
        body={"messages": [{"text": text}], "name": name, "role": role, "staff": staff_id},
        meta=None,
        status="answered",
        attempts=0,
        created_at=now,
    )
    _insert(connection, sealing, school_id, entry)
    return entry


def settle_unanswered(connection: Connection, conversation_id: str) -> None:
    """No message of the conversation waits for the service any more: a person reads them."""
    connection.execute(_SETTLE_ALL, {"conversation": conversation_id})


def entries_after(
    connection: Connection, sealing: Sealing, conversation_id: str, after: int = 0
) -> list[EntryRow]:
    """The entries numbered above `after`, in order."""
    rows = connection.execute(_AFTER, {"conversation": conversation_id, "after": after})
    return [_row(sealing, row) for row in rows]


def unanswered(connection: Connection, sealing: Sealing, conversation_id: str) -> list[EntryRow]:
    """The reader's messages that still have no reply, in order."""
    rows = connection.execute(_UNANSWERED, {"conversation": conversation_id})
    return [_row(sealing, row) for row in rows]


def any_unanswered(connection: Connection, conversation_id: str) -> bool:
    """Whether a message of the reader's still has no reply. Opens none of them."""
    values = {"conversation": conversation_id}
    return connection.execute(_ANY_UNANSWERED, values).first() is not None
