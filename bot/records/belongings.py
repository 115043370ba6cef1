"""What belongs to a pupil, a chat, a line, a file, a meeting, one of staff, and goes with it.

The database takes most of it along by itself; here it is known beforehand, so that a deletion can
be listed row by row before it is made.
"""

import re
from collections.abc import Collection
from itertools import batched
from typing import Any

from sqlalchemy import Connection, select

from bot.records.audit.chain import alias
from bot.records.models import (
    Absence,
    ActionPlan,
    Attachment,
    AttachmentContent,
    AuditDetail,
    AuditEvent,
    Base,
    Conversation,
    ConversationOwner,
    ConversationTag,
    Destination,
    DestinationInvitation,
    Entry,
    EntryOpinion,
    Handover,
    HandoverEvent,
    Invitee,
    LineVersion,
    Mail,
    Meeting,
    Offer,
    Passkey,
    PlanShare,
    PrivateNote,
    Proposal,
    Pupil,
    PupilSession,
    ReadMark,
    RecordLine,
    RecordView,
    RecoveryCode,
    Referral,
    SignInCode,
    SignOff,
    StaffDevice,
    StaffInvitation,
    StaffMember,
    StaffRole,
    StaffSecret,
    StaffSession,
    TakenCell,
    WaitingPlace,
    WorkingHours,
)

Tables = tuple[type[Base], ...]
Rows = dict[str, frozenset[Any]]
"""Primary keys of rows by the name of their table; a tuple where the key has several columns."""

OF_A_PUPIL: Tables = (
    RecordLine,
    Proposal,
    Destination,
    DestinationInvitation,
    Attachment,
    RecordView,
    SignInCode,
    PupilSession,
    ConversationOwner,
    Referral,
    Meeting,
    WaitingPlace,
    AuditDetail,
)
"""Every table with rows of a pupil; a test holds it against the models.

Events of the audit are not among them: they stay, and what they tell of the pupil goes.
"""
OF_A_CHAT: Tables = (
    Entry,
    Offer,
    ConversationOwner,
    Handover,
    HandoverEvent,
    PrivateNote,
    ConversationTag,
    ReadMark,
    EntryOpinion,
)
OF_A_LINE: Tables = (LineVersion,)
OF_A_FILE: Tables = (AttachmentContent,)
OF_A_MEETING: Tables = (TakenCell, Invitee, ActionPlan, PlanShare, SignOff)
OF_STAFF: Tables = (
    StaffRole,
    StaffSecret,
    Passkey,
    RecoveryCode,
    StaffSession,
    StaffDevice,
    StaffInvitation,
    WorkingHours,
    Absence,
)
"""Not meetings and what was signed off: they are the pupils', and outlive whoever gave them."""

_AT_ONCE = 500
_ID = re.compile(r"(?<![0-9a-z])[0-9a-z]{32}(?![0-9a-z])")


def alone(table: type[Base], ids: Collection[Any]) -> Rows:
    """Rows with which nothing goes."""
    return {table.__tablename__: frozenset(ids)}


def with_pupils(connection: Connection, school_id: int, ids: Collection[Any]) -> Rows:
    """Pupils of the school, and all that goes with them."""
    found = alone(Pupil, ids) | _under(connection, OF_A_PUPIL, school_id, "pupil_id", ids)
    found |= with_lines(connection, school_id, found[RecordLine.__tablename__])
    found |= with_files(connection, school_id, found[Attachment.__tablename__])
    chats = found[ConversationOwner.__tablename__]
    # What was done to a chat before its pupil had signed in.
    found[AuditDetail.__tablename__] |= told_of_chats(connection, school_id, chats)
    found |= with_meetings(connection, school_id, found[Meeting.__tablename__])
    found |= with_chats(connection, school_id, chats)
    named = (*ids, *(key for one in (Meeting, Referral) for key in found[one.__tablename__]))
    mails = mails_about(connection, school_id, (*named, *chats, *found[Handover.__tablename__]))
    return found | alone(Mail, mails)


def with_chats(connection: Connection, school_id: int, ids: Collection[Any]) -> Rows:
    """Conversations of the school, and all that goes with them."""
    under = _under(connection, OF_A_CHAT, school_id, "conversation_id", ids)
    return alone(Conversation, ids) | under


def told_of_chats(connection: Connection, school_id: int, ids: Collection[str]) -> frozenset[Any]:
    """Keys of the audit's details that tell of these conversations."""
    found: set[Any] = set()
    aliases = [alias(school_id, "conversation", one) for one in ids]
    for some in batched(aliases, _AT_ONCE):
        chosen = (
            select(AuditDetail.event_id)
            .join(AuditEvent, AuditEvent.id == AuditDetail.event_id)
            .where(
                AuditDetail.school_id == school_id,
                AuditEvent.school_id == school_id,
                AuditEvent.object_kind == "conversation",
                AuditEvent.object_id.in_(some),
            )
        )
        found.update(connection.execute(chosen).scalars())
    return frozenset(found)


def mails_about(connection: Connection, school_id: int, ids: Collection[str]) -> frozenset[Any]:
    """Keys of the mails in the outbox whose `once` names one of these ids."""
    wanted = frozenset(ids)
    chosen = select(Mail.id, Mail.once).where(Mail.school_id == school_id)
    return frozenset(
        row.id for row in connection.execute(chosen) if wanted.intersection(_ID.findall(row.once))
    )


def with_lines(connection: Connection, school_id: int, ids: Collection[Any]) -> Rows:
    """Lines of records, with what they said before."""
    return alone(RecordLine, ids) | _under(connection, OF_A_LINE, school_id, "line_id", ids)


def with_files(connection: Connection, school_id: int, ids: Collection[Any]) -> Rows:
    """Files of leavers' folders, with their contents."""
    return alone(Attachment, ids) | _under(connection, OF_A_FILE, school_id, "attachment_id", ids)


def with_meetings(connection: Connection, school_id: int, ids: Collection[Any]) -> Rows:
    """Meetings, with their plans, sign-offs, and who was asked along."""
    return alone(Meeting, ids) | _under(connection, OF_A_MEETING, school_id, "meeting_id", ids)


def with_staff(connection: Connection, school_id: int, ids: Collection[Any]) -> Rows:
    """Members of staff, with how they sign in and when they work."""
    return alone(StaffMember, ids) | _under(connection, OF_STAFF, school_id, "staff_id", ids)


def _under(
    connection: Connection,
    tables: Tables,
    school_id: int,
    column: str,
    values: Collection[Any],
) -> Rows:
    found: Rows = {}
    for table in tables:
        rows = table.__table__
        keys: set[Any] = set()
        for some in batched(values, _AT_ONCE):
            chosen = select(*rows.primary_key).where(
                rows.c.school_id == school_id, rows.c[column].in_(some)
            )
            keys.update(key_of(row) for row in connection.execute(chosen))
        found[table.__tablename__] = frozenset(keys)
    return found


def key_of(row: Any) -> Any:
    """A row's key: its one column, or a tuple of several."""
    return row[0] if len(row) == 1 else tuple(row)
