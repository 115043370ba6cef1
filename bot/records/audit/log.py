"""Writing the audit: one row more, in the transaction of what it tells of."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from sqlalchemy import Connection, bindparam, insert, select, update
from sqlalchemy.dialects import postgresql, sqlite

from bot.records.audit.actors import SERVICE, Actor
from bot.records.audit.chain import (
    HEAD,
    LOST,
    START,
    Head,
    alias,
    as_json_has_it,
    detail_hash,
    hash_of,
    head_in,
    proof_of,
)
from bot.records.models import (
    AuditDetail,
    AuditEvent,
    ConversationOwner,
    Handover,
    Meeting,
    Pupil,
    Referral,
    SchoolSetting,
)
from bot.records.sealing import Sealing

_ACTIONS = Path(__file__).with_name("actions.yml")
_OF_A_PUPIL: Mapping[str, Any] = {"meeting": Meeting, "referral": Referral}
"""Kinds of objects whose rows name their pupil."""

# Made once: building a statement costs several times what SQLite needs to run it.
_THE_HEAD = (SchoolSetting.school_id == bindparam("of_school")) & (SchoolSetting.name == HEAD)
_HOLD_HEAD = select(SchoolSetting.value).where(_THE_HEAD).with_for_update()
_NOTE_HEAD = (
    update(SchoolSetting)
    .where(_THE_HEAD)
    .values(value=bindparam("value"), changed_at=bindparam("changed_at"))
)
_LAST_ROW = (
    select(AuditEvent.number, AuditEvent.hash)
    .where(AuditEvent.school_id == bindparam("of_school"))
    .order_by(AuditEvent.number.desc())
    .limit(1)
)
_ADD_EVENT = insert(AuditEvent).returning(AuditEvent.id)
_ADD_DETAIL = insert(AuditDetail)
_FIND_PUPIL = select(Pupil.id).where(
    Pupil.id == bindparam("pupil"), Pupil.school_id == bindparam("of_school")
)


@cache
def actions() -> Mapping[str, str]:
    """What the audit knows of: each action with what staff read of it."""
    return MappingProxyType(yaml.safe_load(_ACTIONS.read_text(encoding="utf-8")))


def append(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    *,
    actor: Actor,
    action: str,
    object_kind: str,
    object_id: str | None,
    now: datetime,
    purpose: str | None = None,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
    pupil_id: str | None = None,
) -> int:
    """Write what was done or seen; the row's number. In the transaction of what it tells of.

    `object_id` is a row's random id or a name of ours, never something that names a person.
    `before` and `after` hold what changed, as JSON holds it, and never the words of a reader: they
    outlive a chat. What tells of a pupil goes when the pupil is deleted: of which, is worked out
    from actor and object (pupil, conversation, handover, meeting, referral), or is `pupil_id`.

    Rows of one school are written one after the other, so it stands last in its transaction.
    Raises ValueError for an action that is not in actions.yml.
    """
    if action not in actions():
        raise ValueError("an action that the audit does not know of")
    now = now.astimezone(UTC)
    wanted = pupil_id or _pupil(connection, school_id, actor, object_kind, object_id)
    pupil_id = _there(connection, school_id, wanted)
    gone = wanted is not None and pupil_id is None
    head = _held_head(connection, sealing, school_id, now)
    detail = {
        "actor": actor.name,
        # Of a pupil who is deleted already nothing is kept that would have to be deleted again.
        "actor_id": None if gone and actor.kind == "pupil" else actor.id,
        "object": None if gone else object_id,
        "purpose": purpose,
        "before": None if before is None else dict(before),
        "after": None if after is None else dict(after),
    }
    said = {
        "at": now,
        "actor_kind": actor.kind,
        "actor_id": actor_shown(school_id, actor.kind, actor.id),
        "action": action,
        "object_kind": object_kind,
        "object_id": None if object_id is None else alias(school_id, object_kind, object_id),
    }
    return _write(connection, sealing, school_id, head, said, detail, pupil_id).number


def actor_shown(school_id: int, kind: str, actor_id: str | None) -> str | None:
    """An actor's id as the chain has it: one of staff as it is, a pupil's led back to nobody."""
    if actor_id is None or kind == "staff":
        return actor_id
    return alias(school_id, kind, actor_id)[:32]


def _write(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    head: Head,
    said: Mapping[str, Any],
    detail: Mapping[str, Any],
    pupil_id: str | None,
) -> Head:
    """Write the row after `head`, and note it as the last one."""
    salted = as_json_has_it({"salt": secrets.token_hex(16), **detail})
    row = {
        **said,
        "school_id": school_id,
        "number": head.number + 1,
        "detail_hash": detail_hash(salted),
        "previous": head.hash,
    }
    row["hash"] = hash_of(row)
    event_id = connection.execute(_ADD_EVENT, row).scalar_one()
    beside = {"event_id": event_id, "school_id": school_id, "pupil_id": pupil_id}
    connection.execute(_ADD_DETAIL, {**beside, "detail": sealing.seal(salted)})
    last = Head(row["number"], row["hash"])
    value = {"number": last.number, "hash": last.hash}
    value["proof"] = proof_of(sealing, school_id, last)
    noted = {"of_school": school_id, "value": value, "changed_at": said["at"]}
    connection.execute(_NOTE_HEAD, noted)
    return last


# ---- after which row


def _held_head(connection: Connection, sealing: Sealing, school_id: int, now: datetime) -> Head:
    """The last row, held until this transaction ends: nobody else writes one meanwhile."""
    of_school = {"of_school": school_id}
    value = connection.execute(_HOLD_HEAD, of_school).scalar_one_or_none()
    if value is None:
        # Two first rows at once: the second waits here for the first one's note.
        made = postgresql if connection.dialect.name == "postgresql" else sqlite
        empty = {"number": 0, "hash": START}
        first = made.insert(SchoolSetting).values(
            school_id=school_id, name=HEAD, value=empty, changed_at=now
        )
        connection.execute(first.on_conflict_do_nothing())
        value = connection.execute(_HOLD_HEAD, of_school).scalar_one()
    head = head_in(value)
    last = _last_row(connection, school_id)
    if head is not None and (last is None or last.number <= head.number):
        return head
    if last is None:
        return Head(0, START)
    # Rows without a note of them: what comes next hangs on the last of them, and says so.
    said = {
        "at": now,
        "actor_kind": SERVICE.kind,
        "actor_id": None,
        "action": LOST,
        "object_kind": "audit",
        "object_id": None,
    }
    return _write(connection, sealing, school_id, last, said, {}, None)


def _last_row(connection: Connection, school_id: int) -> Head | None:
    row = connection.execute(_LAST_ROW, {"of_school": school_id}).first()
    return None if row is None else Head(row.number, row.hash)


# ---- of which pupil


def _pupil(
    connection: Connection, school_id: int, actor: Actor, object_kind: str, object_id: str | None
) -> str | None:
    """The pupil of whom a row tells, if it is of one."""
    if object_kind == "pupil":
        return object_id
    if actor.kind == "pupil" and actor.id is not None:
        return actor.id
    if object_id is None:
        return None
    owners = select(ConversationOwner.pupil_id).where(ConversationOwner.school_id == school_id)
    if object_kind == "conversation":
        chosen = owners.where(ConversationOwner.conversation_id == object_id)
    elif object_kind == "handover":
        chosen = owners.join(
            Handover, Handover.conversation_id == ConversationOwner.conversation_id
        ).where(Handover.id == object_id, Handover.school_id == school_id)
    elif (table := _OF_A_PUPIL.get(object_kind)) is not None:
        chosen = select(table.pupil_id).where(table.school_id == school_id, table.id == object_id)
    else:
        return None
    return connection.execute(chosen).scalar_one_or_none()


def _there(connection: Connection, school_id: int, pupil_id: str | None) -> str | None:
    """The pupil's id, None where the school has no such pupil (any more)."""
    if pupil_id is None:
        return None
    whose = {"pupil": pupil_id, "of_school": school_id}
    return connection.execute(_FIND_PUPIL, whose).scalar_one_or_none()
