"""The queue: who waits, who is talked to, how long it takes. Nothing here changes anything."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from bot.records.handover.rows import COLUMNS, HandoverRow, opened
from bot.records.models import (
    Conversation,
    ConversationOwner,
    ConversationTag,
    Entry,
    Handover,
    Pupil,
    ReadMark,
    StaffMember,
    StaffRole,
)
from bot.records.pupils import PupilDetails, school_year
from bot.records.sealing import Sealing

CHATTING = ("careers staff", "adviser", "careers leader")
"""Roles of those who may take a chat."""
MOST_ROWS = 100
_RECENT = 20
_FEWEST = 3


@dataclass(frozen=True, slots=True)
class QueueRow:
    """A hand-over and what is told of its reader. `year` is None for a guest.

    `unread` is how many lines of the reader came after what the holder has seen; `answered` is
    whether the last line is a person's.
    """

    handover: HandoverRow
    state: str
    audience: str
    pupil_id: str | None
    name: str = field(repr=False)
    year: int | None
    tutor_group: str | None
    last_seen_at: datetime
    unread: int
    answered: bool
    tags: tuple[str, ...]


def anybody(connection: Connection, school_id: int) -> bool:
    """Whether the school has somebody who could take a chat."""
    chosen = (
        select(StaffMember.id)
        .join(StaffRole, StaffRole.staff_id == StaffMember.id)
        .where(
            StaffMember.school_id == school_id,
            StaffRole.school_id == school_id,
            StaffMember.left_on.is_(None),
            StaffRole.role.in_(CHATTING),
        )
    )
    return connection.execute(chosen.limit(1)).first() is not None


def queue(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    now: datetime,
    *,
    ended: bool = False,
    page: int = 1,
    tag: str | None = None,
) -> list[QueueRow]:
    """A page of the hand-overs that stand, those who wait first: by urgency, then by time.

    With `ended` those that are over, the latest first. Only what the reader agreed to pass on.
    """
    chosen: tuple[ColumnElement[bool], ...] = (
        Handover.school_id == school_id,
        Handover.consented_at.is_not(None),
        Handover.ended_at.is_not(None) if ended else Handover.ended_at.is_(None),
    )
    if tag is not None:
        tagged = select(ConversationTag.conversation_id).where(
            ConversationTag.school_id == school_id, ConversationTag.tag == tag
        )
        chosen += (Handover.conversation_id.in_(tagged),)
    order = (
        (Handover.ended_at.desc(), Handover.id)
        if ended
        else (
            Handover.staff_id.is_not(None),
            Handover.urgency.desc(),
            Handover.waiting_since,
            Handover.id,
        )
    )
    return _rows(connection, sealing, school_id, chosen, order, now, page)


def one(
    connection: Connection, sealing: Sealing, school_id: int, conversation_id: str, now: datetime
) -> QueueRow | None:
    """The latest hand-over of one conversation; None where the reader agreed to none."""
    chosen = (
        Handover.school_id == school_id,
        Handover.conversation_id == conversation_id,
        Handover.consented_at.is_not(None),
    )
    order = (Handover.ended_at.is_not(None), Handover.ended_at.desc(), Handover.id)
    found = _rows(connection, sealing, school_id, chosen, order, now, 1)
    return found[0] if found else None


def _rows(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    chosen: tuple[ColumnElement[bool], ...],
    order: tuple[Any, ...],
    now: datetime,
    page: int,
) -> list[QueueRow]:
    selected = (
        select(
            *COLUMNS,
            Conversation.state,
            Conversation.scene,
            Conversation.last_seen_at,
            Pupil.id.label("pupil_id"),
            Pupil.details,
            Pupil.year_7_in,
            Pupil.tutor_group,
        )
        .join(Conversation, Conversation.id == Handover.conversation_id)
        .outerjoin(ConversationOwner, ConversationOwner.conversation_id == Conversation.id)
        .outerjoin(
            Pupil,
            (Pupil.id == ConversationOwner.pupil_id) & (Pupil.school_id == Handover.school_id),
        )
        .where(*chosen)
        .order_by(*order)
        .limit(MOST_ROWS)
        .offset((page - 1) * MOST_ROWS)
    )
    rows = connection.execute(selected).all()
    ids = [row.conversation_id for row in rows]
    tags, lines = _tags(connection, school_id, ids), _lines(connection, school_id, ids)
    marks = _marks(connection, school_id, ids)
    own = ("state", "scene", "last_seen_at", "pupil_id", "details", "year_7_in", "tutor_group")
    found = []
    for row in rows:
        handover = opened(sealing, row, own)
        name, year = handover.called, None
        if row.details is not None:
            details = PupilDetails.of_json(sealing.open(row.details))
            name = f"{details.given_name} {details.family_name}"
            year = 7 + school_year(now.date()) - row.year_7_in
        last_reader, last_person, after = lines.get(row.conversation_id, (0, 0, []))
        seen = marks.get((row.conversation_id, handover.staff_id or ""), 0)
        found.append(
            QueueRow(
                handover=handover,
                state=row.state,
                audience=str(row.scene.get("audience") or "pupil"),
                pupil_id=row.pupil_id,
                name=name,
                year=year if year is not None else row.scene.get("year"),
                tutor_group=row.tutor_group,
                last_seen_at=row.last_seen_at,
                unread=sum(seq > max(seen, last_person) for seq in after),
                answered=last_person > last_reader,
                tags=tags.get(row.conversation_id, ()),
            )
        )
    return found


def _tags(connection: Connection, school_id: int, ids: list[str]) -> dict[str, tuple[str, ...]]:
    chosen = (
        select(ConversationTag.conversation_id, ConversationTag.tag)
        .where(ConversationTag.school_id == school_id, ConversationTag.conversation_id.in_(ids))
        .order_by(ConversationTag.tag)
    )
    found: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(chosen):
        found[row.conversation_id] = (*found.get(row.conversation_id, ()), row.tag)
    return found


def _lines(
    connection: Connection, school_id: int, ids: list[str]
) -> dict[str, tuple[int, int, list[int]]]:
    """Of each conversation the last line of the reader and of a person, and the reader's lines."""
    chosen = (
        select(Entry.conversation_id, Entry.seq, Entry.sender)
        .where(
            Entry.school_id == school_id,
            Entry.conversation_id.in_(ids),
            Entry.sender.in_(("reader", "person")),
        )
        .order_by(Entry.seq)
    )
    found: dict[str, tuple[int, int, list[int]]] = {}
    for row in connection.execute(chosen):
        reader, person, lines = found.get(row.conversation_id, (0, 0, []))
        if row.sender == "reader":
            found[row.conversation_id] = (row.seq, person, [*lines, row.seq])
        else:
            found[row.conversation_id] = (reader, row.seq, lines)
    return found


def _marks(connection: Connection, school_id: int, ids: list[str]) -> dict[tuple[str, str], int]:
    chosen = select(ReadMark.conversation_id, ReadMark.side, ReadMark.seq).where(
        ReadMark.school_id == school_id, ReadMark.conversation_id.in_(ids)
    )
    return {(row.conversation_id, row.side): row.seq for row in connection.execute(chosen)}


def place_of(connection: Connection, school_id: int, row: HandoverRow) -> int:
    """The place in the queue of who waits to talk now, from 1."""
    earlier = (Handover.waiting_since < row.waiting_since) | (
        (Handover.waiting_since == row.waiting_since) & (Handover.id < row.id)
    )
    before = (Handover.urgency > row.urgency) | ((Handover.urgency == row.urgency) & earlier)
    chosen = select(func.count()).where(
        Handover.school_id == school_id,
        Handover.ended_at.is_(None),
        Handover.staff_id.is_(None),
        Handover.way == "chat",
        Handover.consented_at.is_not(None),
        Handover.id != row.id,
        before,
    )
    return int(connection.execute(chosen).scalar_one()) + 1


def usual_wait(connection: Connection, school_id: int) -> timedelta | None:
    """The median wait of the last chats that somebody took; None while too few are known."""
    chosen = (
        select(Handover.consented_at, Handover.taken_at)
        .where(
            Handover.school_id == school_id,
            Handover.way == "chat",
            Handover.consented_at.is_not(None),
            Handover.taken_at.is_not(None),
        )
        .order_by(Handover.taken_at.desc())
        .limit(_RECENT)
    )
    waits = sorted(row.taken_at - row.consented_at for row in connection.execute(chosen))
    return waits[len(waits) // 2] if len(waits) >= _FEWEST else None


def waiting_longer(
    connection: Connection, sealing: Sealing, school_id: int, since: datetime
) -> list[HandoverRow]:
    """Those who wait to talk now, since that moment or longer, the longest first."""
    chosen = (
        select(*COLUMNS)
        .where(
            Handover.school_id == school_id,
            Handover.ended_at.is_(None),
            Handover.staff_id.is_(None),
            Handover.way == "chat",
            Handover.waiting_since <= since,
        )
        .order_by(Handover.waiting_since)
        .limit(MOST_ROWS)
    )
    return [opened(sealing, row) for row in connection.execute(chosen)]


def to_wake(connection: Connection, school_id: int, now: datetime) -> list[str]:
    """Conversations that were put off until a moment that is past."""
    chosen = select(Handover.conversation_id).where(
        Handover.school_id == school_id,
        Handover.ended_at.is_(None),
        Handover.snoozed_until <= now,
    )
    return list(connection.execute(chosen).scalars())


def left_since(connection: Connection, school_id: int, since: datetime) -> list[str]:
    """Conversations whose wish for an answer later stands since that moment, and nobody took."""
    chosen = select(Handover.conversation_id).where(
        Handover.school_id == school_id,
        Handover.ended_at.is_(None),
        Handover.staff_id.is_(None),
        Handover.way != "chat",
        Handover.waiting_since <= since,
    )
    return list(connection.execute(chosen).scalars())
