"""Deleting a pupil with everything held of the pupil; what remains is a certificate.

The certificate holds no personal data. What the engine still has to forget is noted as
`bot.records.conversations.delete_conversation` does; after the transaction the caller scrubs the
store (`Store.scrub`) and has the engine forget.
"""

import secrets
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, select

from bot.records.conversations import delete_conversation
from bot.records.models import (
    Attachment,
    AttachmentContent,
    Base,
    ConversationOwner,
    Destination,
    DestinationInvitation,
    Entry,
    LineVersion,
    Offer,
    Proposal,
    Pupil,
    PupilSession,
    RecordLine,
    RecordView,
    SignInCode,
)

OF_A_PUPIL: tuple[type[Base], ...] = (
    RecordLine,
    Proposal,
    Destination,
    DestinationInvitation,
    Attachment,
    RecordView,
    SignInCode,
    PupilSession,
    ConversationOwner,
)
"""Every table with rows of a pupil; a test holds it against the models."""


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

    A chat that the pupil owns goes as a whole, with what was said in it before signing in.
    """
    chosen = select(Pupil.id).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    if connection.execute(chosen.with_for_update()).first() is None:
        return None
    counts: dict[str, int] = {}
    owned = tuple(
        connection.execute(
            select(ConversationOwner.conversation_id).where(
                ConversationOwner.school_id == school_id, ConversationOwner.pupil_id == pupil_id
            )
        ).scalars()
    )
    for table in (Entry, Offer):
        counts[table.__tablename__] = connection.execute(
            select(func.count())
            .select_from(table)
            .where(table.school_id == school_id, table.conversation_id.in_(owned))
        ).scalar_one()
    mine = select(RecordLine.id).where(
        RecordLine.school_id == school_id, RecordLine.pupil_id == pupil_id
    )
    versions = delete(LineVersion).where(
        LineVersion.school_id == school_id, LineVersion.line_id.in_(mine)
    )
    counts[LineVersion.__tablename__] = connection.execute(versions).rowcount
    files = select(Attachment.id).where(
        Attachment.school_id == school_id, Attachment.pupil_id == pupil_id
    )
    contents = delete(AttachmentContent).where(
        AttachmentContent.school_id == school_id, AttachmentContent.attachment_id.in_(files)
    )
    counts[AttachmentContent.__tablename__] = connection.execute(contents).rowcount
    for model in OF_A_PUPIL:
        rows = model.__table__
        gone = delete(model).where(rows.c.school_id == school_id, rows.c.pupil_id == pupil_id)
        counts[model.__tablename__] = connection.execute(gone).rowcount
    deleted = [delete_conversation(connection, conversation, now) for conversation in owned]
    counts["conversations"] = sum(deleted)
    gone = delete(Pupil).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    counts[Pupil.__tablename__] = connection.execute(gone).rowcount
    certificate = Certificate(secrets.token_hex(8), now, dict(sorted(counts.items())))
    return Erased(certificate, owned)
