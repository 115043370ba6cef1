"""Everything held of a pupil as one JSON document: the record, the chats, what was derived.

The document's shape has a version of its own: a reader of version 1 reads every document that says
so. Members may be added within a version; none is renamed, taken away or given another meaning.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, select

from bot.records.guidance.adviser_work import (
    handovers_told,
    meetings_told,
    opinions_told,
    referrals_told,
    waiting_told,
)
from bot.records.guidance.attachments import attachments_of
from bot.records.guidance.destinations import destinations_of
from bot.records.guidance.invitations import invitations_of
from bot.records.guidance.lines import day_in_england, lines_of, versions_of_pupil
from bot.records.guidance.views import views_of
from bot.records.models import (
    Conversation,
    ConversationOwner,
    Entry,
    Proposal,
    Pupil,
    PupilSession,
    School,
    SignInCode,
)
from bot.records.pupils import find_pupil
from bot.records.sealing import Sealing

SCHEMA = "signpost-pupil-bundle"
VERSION = 1


def bundle_of(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, now: datetime
) -> dict[str, Any] | None:
    """Everything held of the pupil, as JSON holds it; None when the school has no such pupil.

    Moments are ISO 8601 in UTC, days are ISO dates. Of a chat it holds the lines that are the
    pupil's, each with `read_as`: how the service understood it. Of a file it holds what is told of
    it, with the SHA-256 of its content, which is downloaded by itself or in the leavers' folder.
    Keyed hashes are left out: they open nothing and say nothing. So is what staff wrote for each
    other (`bot.records.guidance.adviser_work`), and the audit: its looks are in `views`.
    """
    pupil = find_pupil(connection, sealing, school_id, pupil_id)
    if pupil is None:
        return None
    today = day_in_england(now)
    school = connection.execute(select(School.name).where(School.id == school_id)).scalar_one()
    held_since = connection.execute(
        select(Pupil.created_at).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    ).scalar_one()
    return {
        "schema": SCHEMA,
        "version": VERSION,
        "made_at": _said(now),
        "school": {"name": school},
        "pupil": {
            **pupil.details.to_json(),
            "year_7_in": pupil.year_7_in,
            "tutor_group": pupil.tutor_group,
            "left_on": _said(pupil.left_on),
            "held_since": _said(held_since),
            "changed_at": _said(pupil.updated_at),
        },
        "derived": {"year_group": pupil.year_group(today), "has_left": pupil.has_left(today)},
        "lines": _lines(connection, sealing, school_id, pupil_id),
        "proposals": _proposals(connection, sealing, school_id, pupil_id),
        "destinations": [
            {
                "id": row.id,
                "kind": row.kind,
                "category": row.category,
                "details": row.details.fields(),
                "year_group": row.year_group,
                "sustained": row.sustained,
                "reported_by": row.reported_by,
                "reported_on": _said(row.reported_on),
                "added_at": _said(row.created_at),
            }
            for row in destinations_of(connection, sealing, school_id, pupil_id)
        ],
        "destination_links": [
            {
                "number": row.id,
                "years_after_leaving": row.years_after,
                "made_at": _said(row.created_at),
                "ends_at": _said(row.expires_at),
                "answered_at": _said(row.answered_at),
                "withdrawn_at": _said(row.withdrawn_at),
            }
            for row in invitations_of(connection, school_id, pupil_id)
        ],
        "attachments": [
            {
                "id": row.id,
                "kind": row.kind,
                **row.details.fields(),
                "size": row.size,
                "provenance": row.provenance,
                "added_at": _said(row.created_at),
            }
            for row in attachments_of(connection, sealing, school_id, pupil_id)
        ],
        "meetings": meetings_told(connection, sealing, school_id, pupil_id),
        "waiting_places": waiting_told(connection, sealing, school_id, pupil_id),
        "referrals": referrals_told(connection, sealing, school_id, pupil_id),
        "views": [
            {
                "name": row.name,
                "role": row.role,
                "purpose": row.purpose,
                "viewed_at": _said(row.viewed_at),
            }
            for row in views_of(connection, sealing, school_id, pupil_id)
        ],
        "sign_in": {
            "codes": _rows(
                connection, SignInCode, school_id, pupil_id, "issued_at last_used_at revoked_at"
            ),
            "sessions": _rows(
                connection,
                PupilSession,
                school_id,
                pupil_id,
                "created_at way last_seen_at ends_at",
            ),
        },
        "conversations": _conversations(connection, sealing, school_id, pupil_id),
    }


def with_memory(
    bundle: dict[str, Any], memory: Mapping[str, dict[str, Any] | None] | None, away: str
) -> dict[str, Any]:
    """The bundle with what the engine remembers of each chat: the job in hand, a year, a place.

    `memory` has it by the conversation's id; None says that the engine could not be asked, and the
    bundle then says so in the words of `away`. What a guest said before signing in may be behind
    it: it decides what the pupil is told now.
    """
    if memory is None:
        return {**bundle, "memory": {"asked": False, "note": away}}
    talks = [{**talk, "memory": memory.get(talk["id"])} for talk in bundle["conversations"]]
    return {**bundle, "memory": {"asked": True, "note": None}, "conversations": talks}


def _said(value: datetime | date | None) -> str | None:
    return None if value is None else value.isoformat()


def _lines(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> list[dict[str, Any]]:
    before = versions_of_pupil(connection, sealing, school_id, pupil_id)
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "status": row.status,
            "body": row.body.fields(),
            "happened_on": _said(row.happened_on),
            "due_on": _said(row.due_on),
            "provenance": row.provenance,
            "source": row.source,
            "confirmed_at": _said(row.confirmed_at),
            "disputed_at": _said(row.disputed_at),
            "added_at": _said(row.created_at),
            "changed_at": _said(row.changed_at),
            "earlier": [
                {
                    "body": version.body.fields(),
                    "status": version.status,
                    "changed_by": version.changed_by,
                    "replaced_at": _said(version.replaced_at),
                }
                for version in before.get(row.id, [])
            ],
        }
        for row in lines_of(connection, sealing, school_id, pupil_id)
    ]


def _proposals(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> list[dict[str, Any]]:
    """All that was ever offered; of those that were answered the words are kept no more."""
    chosen = (
        select(Proposal.__table__)
        .where(Proposal.school_id == school_id, Proposal.pupil_id == pupil_id)
        .order_by(Proposal.created_at.desc(), Proposal.id)
    )
    return [
        {
            "id": row.id,
            "kind": row.kind,
            "body": sealing.open(row.body),
            "source": row.source,
            "due_on": _said(row.due_on),
            "outcome": row.outcome,
            "offered_at": _said(row.created_at),
            "answered_at": _said(row.answered_at),
        }
        for row in connection.execute(chosen)
    ]


def _rows(
    connection: Connection, table: Any, school_id: int, pupil_id: str, names: str
) -> list[dict[str, Any]]:
    """Those columns of the pupil's rows, by the first of them, oldest first."""
    columns = [getattr(table, name) for name in names.split()]
    chosen = select(*columns).where(table.school_id == school_id, table.pupil_id == pupil_id)
    return [
        {
            name: _said(value) if isinstance(value, datetime) else value
            for name, value in row._mapping.items()
        }
        for row in connection.execute(chosen.order_by(columns[0]))
    ]


def _conversations(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> list[dict[str, Any]]:
    chosen = (
        select(
            Conversation.id,
            Conversation.channel,
            Conversation.scene,
            Conversation.state,
            Conversation.created_at,
            Conversation.last_seen_at,
            ConversationOwner.joined_at,
            ConversationOwner.from_seq,
        )
        .join(Conversation, Conversation.id == ConversationOwner.conversation_id)
        .where(
            ConversationOwner.school_id == school_id,
            ConversationOwner.pupil_id == pupil_id,
            Conversation.school_id == school_id,
        )
        .order_by(Conversation.created_at.desc(), Conversation.id)
    )
    return [
        {
            "id": row.id,
            "channel": row.channel,
            "scene": row.scene,
            "state": row.state,
            "begun_at": _said(row.created_at),
            "last_seen_at": _said(row.last_seen_at),
            "joined_at": _said(row.joined_at),
            "from_seq": row.from_seq,
            "handovers": handovers_told(connection, sealing, school_id, row.id),
            "entries": _entries(connection, sealing, school_id, row.id, row.from_seq),
        }
        for row in connection.execute(chosen)
    ]


def _entries(
    connection: Connection, sealing: Sealing, school_id: int, conversation_id: str, from_seq: int
) -> list[dict[str, Any]]:
    chosen = (
        select(Entry.seq, Entry.sender, Entry.body, Entry.meta, Entry.status, Entry.created_at)
        .where(
            Entry.school_id == school_id,
            Entry.conversation_id == conversation_id,
            Entry.seq >= from_seq,
        )
        .order_by(Entry.seq)
    )
    opinions = opinions_told(connection, sealing, school_id, conversation_id, from_seq)
    return [
        {
            "seq": row.seq,
            "from": row.sender,
            "at": _said(row.created_at),
            "status": row.status,
            "read_as": None if row.meta is None else sealing.open(row.meta),
            "opinion": opinions.get(row.seq),
            **sealing.open(row.body),
        }
        for row in connection.execute(chosen)
    ]
