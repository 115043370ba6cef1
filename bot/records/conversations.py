"""Conversations in the store: born, seen, warned, closed, deleted."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, delete, insert, select, update

from bot.records.models import Conversation, Entry, Erasure, Offer, School
from bot.records.offers import add_offers
from bot.records.sealing import Sealing


@dataclass(frozen=True, slots=True)
class ConversationRow:
    """A conversation as stored; `opening` holds the notice and the greeting as shown."""

    id: str
    school_id: int
    school_slug: str
    school_name: str
    channel: str
    state: str
    scene: dict[str, Any]
    opening: dict[str, Any]
    last_seq: int
    created_at: datetime
    last_seen_at: datetime
    warned_at: datetime | None


_COLUMNS = (
    Conversation.id,
    Conversation.school_id,
    School.slug.label("school_slug"),
    School.name.label("school_name"),
    Conversation.channel,
    Conversation.state,
    Conversation.scene,
    Conversation.opening,
    Conversation.last_seq,
    Conversation.created_at,
    Conversation.last_seen_at,
    Conversation.warned_at,
)
_FIND = (
    select(*_COLUMNS)
    .join(School, School.id == Conversation.school_id)
    .where(Conversation.id == bindparam("conversation"))
)
_LOCK = _FIND.with_for_update(of=Conversation)


def _row(row: Row[Any]) -> ConversationRow:
    return ConversationRow(**row._mapping)


def add_conversation(
    connection: Connection,
    sealing: Sealing,
    *,
    conversation_id: str,
    school_id: int,
    channel: str,
    scene: dict[str, Any],
    opening: dict[str, Any],
    standing: Sequence[Mapping[str, str]],
    now: datetime,
) -> None:
    """Store a new conversation, its opening, and the buttons in it or standing beside it."""
    connection.execute(
        insert(Conversation).values(
            id=conversation_id,
            school_id=school_id,
            channel=channel,
            state="bot",
            scene=scene,
            opening=opening,
            last_seq=0,
            created_at=now,
            last_seen_at=now,
        )
    )
    messages = [*opening.values(), {"buttons": standing}]
    add_offers(connection, sealing, school_id, conversation_id, messages)


def find_conversation(connection: Connection, conversation_id: str) -> ConversationRow | None:
    """The conversation, or None when there is none (any more)."""
    row = connection.execute(_FIND, {"conversation": conversation_id}).first()
    return None if row is None else _row(row)


def lock_conversation(connection: Connection, conversation_id: str) -> ConversationRow | None:
    """The conversation, held by this transaction so that no other can add to it meanwhile."""
    row = connection.execute(_LOCK, {"conversation": conversation_id}).first()
    return None if row is None else _row(row)


def close_older(connection: Connection, born_before: datetime) -> int:
    """Close the bot's conversations born before that moment; how many."""
    chosen = (Conversation.state == "bot", Conversation.created_at <= born_before)
    return connection.execute(update(Conversation).where(*chosen).values(state="closed")).rowcount


def warn_older(
    connection: Connection, conversation_ids: list[str], born_before: datetime, now: datetime
) -> list[str]:
    """Mark as warned those of the conversations that were born before and not warned yet."""
    chosen = (
        Conversation.id.in_(conversation_ids),
        Conversation.state == "bot",
        Conversation.created_at <= born_before,
        Conversation.warned_at.is_(None),
    )
    marked = update(Conversation).where(*chosen).values(warned_at=now).returning(Conversation.id)
    return list(connection.execute(marked).scalars())


def delete_conversation(connection: Connection, conversation_id: str, now: datetime) -> bool:
    """Delete the conversation and all under it; note that the engine has to forget it too.

    False when there was none.
    """
    found = lock_conversation(connection, conversation_id)
    if found is None:
        return False
    for table in (Offer, Entry):
        connection.execute(delete(table).where(table.conversation_id == conversation_id))
    connection.execute(delete(Conversation).where(Conversation.id == conversation_id))
    connection.execute(
        insert(Erasure).values(
            conversation_id=conversation_id, school_id=found.school_id, created_at=now
        )
    )
    return True


def pending_erasures(connection: Connection, limit: int = 100) -> list[str]:
    """Ids of deleted conversations that the engine has still to forget, oldest first."""
    chosen = select(Erasure.conversation_id).order_by(Erasure.created_at).limit(limit)
    return list(connection.execute(chosen).scalars())


def finish_erasure(connection: Connection, conversation_id: str) -> None:
    """The engine has forgotten the conversation: keep not even its id."""
    connection.execute(delete(Erasure).where(Erasure.conversation_id == conversation_id))
