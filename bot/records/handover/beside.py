"""What staff keep beside a conversation: notes, tags, ready phrases, what they have seen."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from bot.records.conversations import find_conversation
from bot.records.handover.rows import hold
from bot.records.models import ConversationTag, PrivateNote, ReadMark, ReadyPhrase, StaffMember
from bot.records.sealing import Sealing

READER = "reader"
"""The side of a conversation that is its reader's; a person's side is their id."""
LONGEST_NOTE = 4000
LONGEST_TAG = 48
LONGEST_TITLE = 80
LONGEST_PHRASE = 2000


class TooLong(Exception):
    """A note, a tag or a phrase is empty, or longer than there is room for."""


@dataclass(frozen=True, slots=True)
class NoteRow:
    """A private note and who wrote it."""

    id: int
    staff_id: str
    name: str = field(repr=False)
    text: str = field(repr=False)
    created_at: datetime


@dataclass(frozen=True, slots=True)
class PhraseRow:
    """A phrase that staff keep at hand."""

    id: int
    title: str
    text: str = field(repr=False)


def _within(text: str, most: int) -> str:
    text = text.strip()
    if not 1 <= len(text) <= most:
        raise TooLong
    return text


def add_note(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    *,
    staff_id: str,
    text: str,
    now: datetime,
) -> int:
    """Keep a private note; its number. Raises NoSuchChat or TooLong."""
    text = _within(text, LONGEST_NOTE)
    hold(connection, school_id, conversation_id)
    note = insert(PrivateNote).values(
        school_id=school_id,
        conversation_id=conversation_id,
        staff_id=staff_id,
        body=sealing.seal({"text": text}),
        created_at=now,
    )
    return int(connection.execute(note.returning(PrivateNote.id)).scalar_one())


def notes_of(
    connection: Connection, sealing: Sealing, school_id: int, conversation_id: str
) -> list[NoteRow]:
    """The private notes about a conversation, oldest first, each with its writer's name."""
    chosen = (
        select(
            PrivateNote.id,
            PrivateNote.staff_id,
            PrivateNote.body,
            PrivateNote.created_at,
            StaffMember.details,
        )
        .outerjoin(
            StaffMember,
            (StaffMember.id == PrivateNote.staff_id)
            & (StaffMember.school_id == PrivateNote.school_id),
        )
        .where(PrivateNote.school_id == school_id, PrivateNote.conversation_id == conversation_id)
        .order_by(PrivateNote.id)
    )
    return [
        NoteRow(
            row.id,
            row.staff_id,
            "" if row.details is None else str(sealing.open(row.details).get("name", "")),
            sealing.open(row.body)["text"],
            row.created_at,
        )
        for row in connection.execute(chosen)
    ]


def add_tag(
    connection: Connection, school_id: int, conversation_id: str, tag: str, now: datetime
) -> None:
    """Give the conversation a tag, once. Raises NoSuchChat or TooLong."""
    tag = _within(" ".join(tag.lower().split()), LONGEST_TAG)
    hold(connection, school_id, conversation_id)
    chosen = select(ConversationTag.tag).where(
        ConversationTag.school_id == school_id,
        ConversationTag.conversation_id == conversation_id,
        ConversationTag.tag == tag,
    )
    if connection.execute(chosen).first() is None:
        connection.execute(
            insert(ConversationTag).values(
                school_id=school_id, conversation_id=conversation_id, tag=tag, created_at=now
            )
        )


def remove_tag(connection: Connection, school_id: int, conversation_id: str, tag: str) -> bool:
    """Take a tag off; whether it was there."""
    chosen = (
        ConversationTag.school_id == school_id,
        ConversationTag.conversation_id == conversation_id,
        ConversationTag.tag == tag,
    )
    return connection.execute(delete(ConversationTag).where(*chosen)).rowcount > 0


def tags_in_use(connection: Connection, school_id: int, most: int = 50) -> list[str]:
    """The tags that the school has given, the most used first."""
    chosen = (
        select(ConversationTag.tag)
        .where(ConversationTag.school_id == school_id)
        .group_by(ConversationTag.tag)
        .order_by(func.count().desc(), ConversationTag.tag)
        .limit(most)
    )
    return list(connection.execute(chosen).scalars())


def phrases_of(connection: Connection, sealing: Sealing, school_id: int) -> list[PhraseRow]:
    """The school's ready phrases, by title."""
    chosen = (
        select(ReadyPhrase.id, ReadyPhrase.title, ReadyPhrase.body)
        .where(ReadyPhrase.school_id == school_id)
        .order_by(ReadyPhrase.title, ReadyPhrase.id)
    )
    rows = connection.execute(chosen)
    return [PhraseRow(row.id, row.title, sealing.open(row.body)["text"]) for row in rows]


def keep_phrase(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    *,
    title: str,
    text: str,
    now: datetime,
    phrase_id: int | None = None,
) -> bool:
    """Keep a new phrase, or change one; False when that one is not there. Raises TooLong."""
    values = {
        "title": _within(title, LONGEST_TITLE),
        "body": sealing.seal({"text": _within(text, LONGEST_PHRASE)}),
        "changed_at": now,
    }
    if phrase_id is None:
        connection.execute(insert(ReadyPhrase).values(school_id=school_id, **values))
        return True
    chosen = (ReadyPhrase.school_id == school_id, ReadyPhrase.id == phrase_id)
    return connection.execute(update(ReadyPhrase).where(*chosen).values(**values)).rowcount > 0


def delete_phrase(connection: Connection, school_id: int, phrase_id: int) -> bool:
    """Forget a phrase; False when it is not there."""
    chosen = (ReadyPhrase.school_id == school_id, ReadyPhrase.id == phrase_id)
    return connection.execute(delete(ReadyPhrase).where(*chosen)).rowcount > 0


def mark_seen(
    connection: Connection, conversation_id: str, side: str, seq: int, now: datetime
) -> bool:
    """Note that a side has seen the lines up to that number; False where that is known.

    For the bearer of the conversation's token and for staff who were let in: the conversation
    says the school. A number that was never given out counts as the last one.
    """
    found = find_conversation(connection, conversation_id)
    if found is None:
        return False
    seq = min(seq, found.last_seq)
    chosen = (ReadMark.conversation_id == conversation_id, ReadMark.side == side)
    known = connection.execute(select(ReadMark.seq).where(*chosen)).scalar_one_or_none()
    if known is None:
        if seq < 1:
            return False
        connection.execute(
            insert(ReadMark).values(
                conversation_id=conversation_id,
                side=side,
                school_id=found.school_id,
                seq=seq,
                at=now,
            )
        )
        return True
    later = update(ReadMark).where(*chosen, ReadMark.seq < seq).values(seq=seq, at=now)
    return connection.execute(later).rowcount > 0


def seen_by(connection: Connection, conversation_id: str) -> Mapping[str, tuple[int, datetime]]:
    """Up to which line each side has seen the conversation, and when."""
    chosen = select(ReadMark.side, ReadMark.seq, ReadMark.at).where(
        ReadMark.conversation_id == conversation_id
    )
    return {row.side: (row.seq, row.at) for row in connection.execute(chosen)}
