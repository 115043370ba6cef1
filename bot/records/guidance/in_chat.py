"""What the record in the chat knows of a conversation, and lines that are still in the making.

The state of the talk stands with the service's last reply (`meta["record"]`: ids and names of
steps, nothing that anybody wrote), so it is stored with what the pupil saw, and lives as long.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, select, update

from bot.records.conversations import find_conversation
from bot.records.guidance.bodies import body_of
from bot.records.guidance.proposals import ProposalRow, proposals_of
from bot.records.models import ConversationOwner, Entry, Proposal, Pupil
from bot.records.sealing import Sealing
from bot.records.sign_in import has_session, owner_of

HELP = "help_now"
NOTED_AT_HAND = 4_000
"""Replies whose notes are held, about 1 kB each: those of some hundred chats."""


@dataclass(frozen=True, slots=True)
class Situation:
    """Whose a conversation is, and what the last reply in it left open.

    `pupil_id` is None for a guest's; lines numbered below `from_seq` are nobody's. `signed_in` is
    whether the pupil is, on any device: whether on this one is for the channel to know.
    """

    school_id: int
    pupil_id: str | None
    from_seq: int
    note: dict[str, Any]
    signed_in: bool = False


@dataclass(frozen=True, slots=True)
class LineSeen:
    """One line of a conversation: who said it, and what was noted with a reply."""

    seq: int
    sender: str
    noted: "Noted"

    @property
    def note(self) -> dict[str, Any]:
        """What the record in the chat noted with a reply."""
        return self.noted.note


@dataclass(frozen=True, slots=True)
class Noted:
    """Of a reply's meta what the record in the chat goes by: nothing that anybody wrote."""

    note: dict[str, Any]
    helped: bool = False
    """Whether the reply was the safeguarding screen's."""


NOTHING = Noted({})


class Notes:
    """Opens the notes of replies, each once: a long chat is looked over at each message.

    What is held is known by its sealed text, which never stands for anything else. Safe to share
    between threads.
    """

    def __init__(self, sealing: Sealing) -> None:
        """Hold the notes of the NOTED_AT_HAND replies that were looked at last."""

        def opened(sealed: str) -> Noted:
            meta = sealing.open(sealed)
            return Noted(meta.get("record") or {}, HELP in (meta.get("answers") or ()))

        self._opened = lru_cache(NOTED_AT_HAND)(opened)

    def of(self, sealed: str | None) -> Noted:
        """What was noted with a reply whose meta was sealed so. Raises SealBroken."""
        return NOTHING if sealed is None else self._opened(sealed)


def situation_of(
    connection: Connection,
    notes: Notes,
    conversation_id: str,
    *,
    now: datetime,
    idle_minutes: int,
) -> Situation | None:
    """The situation of a conversation at that moment; None when there is none (any more)."""
    found = find_conversation(connection, conversation_id)
    if found is None:
        return None
    owner = owner_of(connection, found.school_id, conversation_id)
    if owner is None:
        return Situation(found.school_id, None, 0, {})
    chosen = (
        select(Entry.meta)
        .where(
            Entry.school_id == found.school_id,
            Entry.conversation_id == conversation_id,
            Entry.sender == "service",
            Entry.seq >= owner.from_seq,
        )
        .order_by(Entry.seq.desc())
        .limit(1)
    )
    noted = notes.of(connection.execute(chosen).scalar_one_or_none())
    signed_in = has_session(
        connection, found.school_id, owner.pupil_id, now=now, idle_minutes=idle_minutes
    )
    return Situation(found.school_id, owner.pupil_id, owner.from_seq, noted.note, signed_in)


def hold_record(connection: Connection, school_id: int, pupil_id: str) -> None:
    """Hold the pupil's record to the end of the transaction: another chat of the pupil waits.

    Needed where what is in the record decides what enters it. SQLite has one writer anyway.
    """
    chosen = select(Pupil.id).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    connection.execute(chosen.with_for_update(key_share=True))


def lines_seen(
    connection: Connection, notes: Notes, school_id: int, conversation_id: str
) -> list[LineSeen]:
    """Every line of a conversation without what it says, in order."""
    chosen = (
        select(Entry.seq, Entry.sender, Entry.meta)
        .where(Entry.school_id == school_id, Entry.conversation_id == conversation_id)
        .order_by(Entry.seq)
    )
    rows = connection.execute(chosen)
    return [LineSeen(row.seq, row.sender, notes.of(row.meta)) for row in rows]


def told_since(
    connection: Connection, notes: Notes, school_id: int, pupil_id: str, since: datetime
) -> bool:
    """Whether the pupil was told of open actions since that moment, in any conversation."""
    chosen = (
        select(Entry.meta)
        .join(ConversationOwner, ConversationOwner.conversation_id == Entry.conversation_id)
        .where(
            Entry.school_id == school_id,
            ConversationOwner.school_id == school_id,
            ConversationOwner.pupil_id == pupil_id,
            Entry.sender == "service",
            Entry.created_at >= since,
        )
    )
    metas = connection.execute(chosen).scalars()
    return any(notes.of(meta).note.get("told") for meta in metas)


def proposal_of(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, proposal_id: str
) -> ProposalRow | None:
    """One line that waits for the pupil's yes; None when it does not (any more)."""
    waiting = proposals_of(connection, sealing, school_id, pupil_id)
    return next((one for one in waiting if one.id == proposal_id), None)


def was_declined(
    connection: Connection, school_id: int, pupil_id: str, kind: str, said: str
) -> bool:
    """Whether the pupil said no to a line of that kind whose words have that keyed hash."""
    chosen = select(Proposal.source).where(
        Proposal.school_id == school_id,
        Proposal.pupil_id == pupil_id,
        Proposal.kind == kind,
        Proposal.outcome == "declined",
    )
    return any(source.get("said") == said for source in connection.execute(chosen).scalars())


def rewrite_proposal(
    connection: Connection,
    sealing: Sealing,
    proposal: ProposalRow,
    *,
    body: Mapping[str, Any] | None = None,
    source: Mapping[str, Any] | None = None,
    due_on: date | None = None,
) -> ProposalRow:
    """Let a line that waits say something else, before the pupil is asked for a yes to it.

    What is not given stays. One that was answered meanwhile is not changed. Raises BodyWrong.
    """
    found = proposal.body if body is None else body_of(proposal.kind, body)
    after = replace(
        proposal,
        body=found,
        source=proposal.source if source is None else dict(source),
        due_on=proposal.due_on if due_on is None else due_on,
    )
    connection.execute(
        update(Proposal)
        .where(
            Proposal.id == proposal.id,
            Proposal.school_id == proposal.school_id,
            Proposal.pupil_id == proposal.pupil_id,
            Proposal.outcome.is_(None),
        )
        .values(body=sealing.seal(found.fields()), source=after.source, due_on=after.due_on)
    )
    return after
