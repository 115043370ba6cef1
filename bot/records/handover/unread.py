"""Lines of persons that a pupil has not seen, in chats that the pupil has left."""

from sqlalchemy import Connection, func, select

from bot.records.entries import EntryRow, entries_after
from bot.records.handover.beside import READER
from bot.records.models import ConversationOwner, Entry, ReadMark
from bot.records.sealing import Sealing

MOST_CHATS = 20


def unread_of(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> dict[str, list[EntryRow]]:
    """By conversation the lines of persons above the last that the pupil has seen, in order."""
    seen = func.coalesce(ReadMark.seq, 0)
    chosen = (
        select(Entry.conversation_id, func.min(seen).label("seen"))
        .join(
            ConversationOwner,
            (ConversationOwner.conversation_id == Entry.conversation_id)
            & (ConversationOwner.school_id == Entry.school_id),
        )
        .outerjoin(
            ReadMark,
            (ReadMark.conversation_id == Entry.conversation_id) & (ReadMark.side == READER),
        )
        .where(
            ConversationOwner.school_id == school_id,
            ConversationOwner.pupil_id == pupil_id,
            Entry.sender == "person",
            Entry.seq > seen,
        )
        .group_by(Entry.conversation_id)
        .order_by(func.min(Entry.created_at))
        .limit(MOST_CHATS)
    )
    found = {}
    for row in connection.execute(chosen).all():
        lines = entries_after(connection, sealing, row.conversation_id, row.seen)
        found[row.conversation_id] = [line for line in lines if line.sender == "person"]
    return found
