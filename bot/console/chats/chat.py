"""One conversation: its transcript, the pupil's record beside it, and what can be done now."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.chats.queue import LATE_MINUTES, sort
from bot.console.chats.showing import called, line_of, state_told, words
from bot.console.people.looks import Look, note_look
from bot.console.visit import NotHere, Visit
from bot.records.entries import EntryRow, entries_after
from bot.records.guidance.destinations import DestinationRow, destinations_of
from bot.records.guidance.lines import RecordLineRow, lines_of
from bot.records.handover.beside import (
    READER,
    NoteRow,
    PhraseRow,
    mark_seen,
    notes_of,
    phrases_of,
    seen_by,
)
from bot.records.handover.queue import CHATTING, QueueRow, one, queue
from bot.records.handover.rows import EventRow, events_of
from bot.records.sealing import Sealing
from bot.records.sign_in import owner_of
from bot.records.staff import list_staff

PURPOSE = "asked"
MOST_LINES = 400
"""Lines shown at once: those before are behind a link."""
_NOBODY = datetime.min


@dataclass(frozen=True, slots=True)
class Beside:
    """What the pupil's record says in one column."""

    actions: list[RecordLineRow] = field(repr=False)
    aspiration: RecordLineRow | None = field(repr=False)
    intended: DestinationRow | None = field(repr=False)
    experiences: list[RecordLineRow] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Seen:
    """A conversation as one of staff may see it now."""

    row: QueueRow
    entries: list[EntryRow] = field(repr=False)
    earlier: bool
    notes: list[NoteRow] = field(repr=False)
    phrases: list[PhraseRow] = field(repr=False)
    events: list[EventRow]
    record: Beside | None = field(repr=False)
    seen_seq: int
    last_seen: datetime | None


async def row_of(visit: Visit) -> QueueRow:
    """The hand-over of the conversation in the path. Raises NotHere."""
    found = await visit.read(one, visit.named("chat"), visit.now)
    if found is None:
        raise NotHere
    return found


async def show(visit: Visit) -> Response:
    """GET /console/chats/{chat}: the transcript, noted and audited; the record for its holder."""
    return await show_with(visit, {}, {})


async def show_with(
    visit: Visit, given: dict[str, str], wrong: dict[str, str], status: int = 200
) -> Response:
    """The page, with what was typed and what is wrong with it."""
    chat_id = visit.named("chat")
    found = await visit.write(_read, visit, chat_id, whole=visit.asked("all") == "1")
    rows = await visit.read(queue, visit.now)
    row = found.row
    reader = called(row)
    mine = row.handover.staff_id == visit.who.id and row.handover.ended_at is None
    colleagues = await visit.read(list_staff)
    return visit.page(
        "chats/chat.html",
        status,
        chat_id=chat_id,
        row=row,
        reader=reader,
        lines=[line_of(entry, reader) for entry in found.entries],
        earlier=found.earlier,
        notes=found.notes,
        phrases=found.phrases,
        events=found.events,
        record=found.record,
        seen_seq=found.seen_seq,
        last_seen=found.last_seen or row.last_seen_at,
        there=visit.desk.gateway.presence.there(chat_id),
        mine=mine,
        holds=mine and row.state == "person",
        state=state_told(row, visit.who.id),
        colleagues=[
            person
            for person in colleagues
            if person.roles & set(CHATTING) and person.id != visit.who.id
        ],
        groups=sort(rows, visit.who.id),
        called=called,
        late_minutes=LATE_MINUTES,
        given=given,
        wrong=wrong,
        words=words(),
        last=found.entries[-1].seq if found.entries else 0,
    )


def _read(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    chat_id: str,
    *,
    whole: bool,
) -> Seen:
    where = (connection, sealing, school_id, chat_id)
    row = one(*where, visit.now)
    if row is None:
        raise NotHere
    entries = readable(connection, sealing, row)
    marks = seen_by(connection, chat_id)
    mine = row.handover.staff_id == visit.who.id and row.handover.ended_at is None
    if mine and entries:
        mark_seen(connection, chat_id, visit.who.id, entries[-1].seq, visit.now)
    record = None
    if mine and row.pupil_id is not None and visit.may("record"):
        record = _record(connection, sealing, school_id, row.pupil_id)
        since = row.handover.taken_at or visit.now
        note_look(connection, sealing, school_id, visit, Look(row.pupil_id, PURPOSE, since))
    found = Seen(
        row=row,
        entries=entries if whole else entries[-MOST_LINES:],
        earlier=not whole and len(entries) > MOST_LINES,
        notes=notes_of(*where),
        phrases=phrases_of(connection, sealing, school_id),
        events=events_of(connection, school_id, chat_id),
        record=record,
        seen_seq=marks.get(READER, (0, _NOBODY))[0],
        last_seen=marks[READER][1] if READER in marks else None,
    )
    visit.audit(connection, "chat viewed", "conversation", chat_id)
    return found


def readable(connection: Connection, sealing: Sealing, row: QueueRow) -> list[EntryRow]:
    """The lines that the reader agreed to pass on: the reader's own chat, and up to the end of it.

    What was said after a hand-over was over was said to nobody but the service.
    """
    handover = row.handover
    owner = owner_of(connection, handover.school_id, handover.conversation_id)
    first = 1 if owner is None else owner.from_seq
    entries = entries_after(connection, sealing, handover.conversation_id, first - 1)
    until = handover.ended_at
    return [one for one in entries if until is None or one.created_at <= until]


def _record(connection: Connection, sealing: Sealing, school_id: int, pupil_id: str) -> Beside:
    whose = (connection, sealing, school_id, pupil_id)
    lines = lines_of(*whose)
    hopes = [line for line in lines if line.kind == "aspiration"]
    intended = [one for one in destinations_of(*whose) if one.kind == "intended"]
    return Beside(
        actions=[line for line in lines if line.kind == "action" and line.status == "open"],
        aspiration=max(hopes, key=_when, default=None),
        intended=max(intended, key=lambda one: one.created_at, default=None),
        experiences=[line for line in lines if line.kind == "experience"][:5],
    )


def _when(line: RecordLineRow) -> Any:
    return line.happened_on, line.created_at
