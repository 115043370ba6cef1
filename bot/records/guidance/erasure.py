"""Deleting a pupil with everything held of the pupil; what remains is a certificate.

The certificate holds no personal data. What the engine still has to forget is noted as
`bot.records.conversations.delete_conversation` does; after the transaction the caller scrubs the
store (`Store.scrub`) and has the engine forget.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from itertools import batched
from typing import Any

from sqlalchemy import Connection, delete, select

from bot.records.belongings import OF_A_PUPIL, with_pupils
from bot.records.conversations import delete_conversation
from bot.records.models import AuditDetail, Base, Conversation, Mail, Pupil

_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Certificate:
    """Proof of a deletion, without personal data: how many rows of each table, when, a number."""

    number: str
    deleted_at: datetime
    counts: dict[str, int]

    def to_json(self) -> dict[str, Any]:
        """The certificate as JSON holds it."""
        return {
            "number": self.number,
            "deleted_at": self.deleted_at.isoformat(),
            "counts": self.counts,
        }


@dataclass(frozen=True, slots=True)
class Erased:
    """What was deleted; `conversation_ids` are for the engine to forget, then for nobody."""

    certificate: Certificate
    conversation_ids: tuple[str, ...]


def erase_pupil(
    connection: Connection, school_id: int, pupil_id: str, now: datetime
) -> Erased | None:
    """Delete the pupil and everything under it, in this transaction; None when there is none.

    A chat that the pupil owns goes as a whole, with what was said in it before signing in, and
    with notes of staff beside it. Meetings go with their plans and sign-offs. The audit keeps that
    something was done, by whom and when, and not with whom: what tells of the pupil goes.
    """
    chosen = select(Pupil.id).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    if connection.execute(chosen.with_for_update()).first() is None:
        return None
    going = with_pupils(connection, school_id, (pupil_id,))
    # What is known by more than the pupil's id first; the rest goes with what it belongs to.
    by_key: tuple[type[Base], ...] = (AuditDetail, Mail)
    for table in by_key:
        rows = table.__table__
        (key,) = rows.primary_key
        for some in batched(going[table.__tablename__], _AT_ONCE):
            gone = delete(table).where(rows.c.school_id == school_id, key.in_(some))
            connection.execute(gone)
    for table in OF_A_PUPIL:
        rows = table.__table__
        theirs = (rows.c.school_id == school_id, rows.c.pupil_id == pupil_id)
        connection.execute(delete(table).where(*theirs))
    owned = tuple(sorted(going[Conversation.__tablename__]))
    for conversation_id in owned:
        delete_conversation(connection, conversation_id, now)
    last = delete(Pupil).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    connection.execute(last)
    counts = {table: len(keys) for table, keys in sorted(going.items())}
    return Erased(Certificate(secrets.token_hex(8), now, counts), owned)
