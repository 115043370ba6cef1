"""Codes, sessions of pupils, and whose a conversation is, in the store. No secret is in clear."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import batched
from typing import Any

from sqlalchemy import ColumnElement, Connection, bindparam, delete, insert, select, update

from bot.records.conversations import lock_conversation
from bot.records.models import ConversationOwner, PupilSession, SignInCode

CHUNK = 500
"""Ids in one statement: a database takes only so many parameters."""


@dataclass(frozen=True, slots=True)
class SessionRow:
    """A session as stored; which pupil, at which school, and when it was begun and last used."""

    school_id: int
    pupil_id: str
    way: str
    created_at: datetime
    last_seen_at: datetime
    ends_at: datetime


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """Whose a conversation is; lines numbered below `from_seq` are nobody's."""

    pupil_id: str
    from_seq: int
    joined_at: datetime


# ---- codes


def add_codes(
    connection: Connection, school_id: int, code_keys: Mapping[str, str], now: datetime
) -> None:
    """Keep one code for each pupil, {pupil_id: keyed hash}. A pupil of another school is refused.

    Raises IntegrityError for such a pupil, or for a hash that another code of the school has.
    """
    rows = [
        {"school_id": school_id, "pupil_id": pupil_id, "code_key": key, "issued_at": now}
        for pupil_id, key in code_keys.items()
    ]
    if rows:
        connection.execute(insert(SignInCode), rows)


def revoke_codes(
    connection: Connection, school_id: int, pupil_ids: Collection[str], now: datetime
) -> int:
    """No code of these pupils opens anything from now on; how many there were."""
    revoked = 0
    for chosen in _of_pupils(SignInCode, school_id, pupil_ids):
        standing = (*chosen, SignInCode.revoked_at.is_(None))
        changed = update(SignInCode).where(*standing).values(revoked_at=now)
        revoked += connection.execute(changed).rowcount
    return revoked


def any_code(connection: Connection, school_id: int) -> bool:
    """Whether some pupil of the school has a code that opens a record."""
    chosen = select(SignInCode.id).where(
        SignInCode.school_id == school_id, SignInCode.revoked_at.is_(None)
    )
    return connection.execute(chosen.limit(1)).first() is not None


def use_code(connection: Connection, school_id: int, code_key: str, now: datetime) -> str | None:
    """The id of the pupil whose standing code has that hash, and note the use; else None."""
    used = (
        update(SignInCode)
        .where(
            SignInCode.school_id == school_id,
            SignInCode.code_key == code_key,
            SignInCode.revoked_at.is_(None),
        )
        .values(last_used_at=now)
        .returning(SignInCode.pupil_id)
    )
    return connection.execute(used).scalar_one_or_none()


# ---- sessions


def add_session(
    connection: Connection,
    school_id: int,
    pupil_id: str,
    *,
    token_hash: str,
    way: str,
    now: datetime,
    ends_at: datetime,
) -> None:
    """Keep a session. Raises IntegrityError for a pupil who is not of the school."""
    connection.execute(
        insert(PupilSession).values(
            token_hash=token_hash,
            school_id=school_id,
            pupil_id=pupil_id,
            way=way,
            created_at=now,
            last_seen_at=now,
            ends_at=ends_at,
        )
    )


def find_session(connection: Connection, token_hash: str) -> SessionRow | None:
    """The session with that hash, whether or not its time is over.

    The one query here without a school: the token decides which school's it is.
    """
    columns = (
        PupilSession.school_id,
        PupilSession.pupil_id,
        PupilSession.way,
        PupilSession.created_at,
        PupilSession.last_seen_at,
        PupilSession.ends_at,
    )
    row = connection.execute(select(*columns).where(PupilSession.token_hash == token_hash)).first()
    return None if row is None else SessionRow(**row._mapping)


def has_session(
    connection: Connection, school_id: int, pupil_id: str, *, now: datetime, idle_minutes: int
) -> bool:
    """Whether the pupil is signed in at that moment, on any device."""
    chosen = select(PupilSession.token_hash).where(
        PupilSession.school_id == school_id,
        PupilSession.pupil_id == pupil_id,
        PupilSession.ends_at > now,
        PupilSession.last_seen_at > now - timedelta(minutes=idle_minutes),
    )
    return connection.execute(chosen.limit(1)).first() is not None


def see_session(connection: Connection, school_id: int, token_hash: str, now: datetime) -> None:
    """Note that the session was used; never an earlier moment than is noted."""
    chosen = (
        PupilSession.school_id == school_id,
        PupilSession.token_hash == token_hash,
        PupilSession.last_seen_at < now,
    )
    connection.execute(update(PupilSession).where(*chosen).values(last_seen_at=now))


def delete_session(connection: Connection, token_hash: str) -> bool:
    """Forget the session with that hash; False when there was none."""
    chosen = PupilSession.token_hash == token_hash
    return connection.execute(delete(PupilSession).where(chosen)).rowcount > 0


def delete_sessions(
    connection: Connection,
    school_id: int,
    pupil_ids: Collection[str],
    *,
    way: str | None = None,
) -> int:
    """Forget all sessions of these pupils, or those begun that way; how many."""
    forgotten = 0
    for chosen in _of_pupils(PupilSession, school_id, pupil_ids):
        begun = () if way is None else (PupilSession.way == way,)
        forgotten += connection.execute(delete(PupilSession).where(*chosen, *begun)).rowcount
    return forgotten


def delete_ended_sessions(
    connection: Connection, school_id: int, *, ended_by: datetime, seen_by: datetime
) -> int:
    """Forget sessions whose end was by that moment or that were last used by the other."""
    over = (PupilSession.ends_at <= ended_by) | (PupilSession.last_seen_at <= seen_by)
    chosen = (PupilSession.school_id == school_id, over)
    return connection.execute(delete(PupilSession).where(*chosen)).rowcount


# ---- whose a conversation is


# Made once: each message asks these several times, and building a statement costs more than it.
_OWNED = ConversationOwner.conversation_id == bindparam("conversation")
_OWNER = select(
    ConversationOwner.pupil_id, ConversationOwner.from_seq, ConversationOwner.joined_at
).where(ConversationOwner.school_id == bindparam("school"), _OWNED)
_WHOSE = select(ConversationOwner.school_id, ConversationOwner.pupil_id).where(_OWNED)


def owner_of(connection: Connection, school_id: int, conversation_id: str) -> OwnerRow | None:
    """Whose the conversation is; None for a guest's."""
    asked = {"school": school_id, "conversation": conversation_id}
    row = connection.execute(_OWNER, asked).first()
    return None if row is None else OwnerRow(**row._mapping)


def whose(connection: Connection, conversation_id: str) -> tuple[int, str] | None:
    """School and pupil of a conversation; None for a guest's, and for one that is not there.

    For whoever bears the conversation's token, which says no school.
    """
    row = connection.execute(_WHOSE, {"conversation": conversation_id}).first()
    return None if row is None else (row.school_id, row.pupil_id)


def join_conversation(
    connection: Connection,
    school_id: int,
    pupil_id: str,
    conversation_id: str,
    now: datetime,
    *,
    so_far: bool,
) -> OwnerRow | None:
    """Make the conversation the pupil's: all of it, or only the lines that come from now on.

    Whose it is already does not change. None when the school has no such conversation. Raises
    IntegrityError for a pupil who is not of the school.
    """
    # Held, so that no line is added between counting them and noting where the pupil's begin.
    found = lock_conversation(connection, conversation_id)
    if found is None or found.school_id != school_id:
        return None
    known = owner_of(connection, school_id, conversation_id)
    if known is not None:
        return known
    owner = OwnerRow(pupil_id, 1 if so_far else found.last_seq + 1, now)
    connection.execute(
        insert(ConversationOwner).values(
            conversation_id=conversation_id,
            school_id=school_id,
            pupil_id=pupil_id,
            from_seq=owner.from_seq,
            joined_at=now,
        )
    )
    return owner


def _of_pupils(
    table: Any, school_id: int, pupil_ids: Collection[str]
) -> Iterator[tuple[ColumnElement[bool], ...]]:
    """What chooses the rows of these pupils in `table`, some hundreds of pupils at a time."""
    for some in batched(pupil_ids, CHUNK):
        yield (table.school_id == school_id, table.pupil_id.in_(some))
