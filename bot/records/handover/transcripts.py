"""Looking for words in the chats that readers passed on: opened one by one, never more than so."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, literal, select

from bot.records.models import Entry, Handover, UtcTime
from bot.records.sealing import Sealing

MOST_LINES = 20_000
"""Lines that one search opens: about a second of work."""
MOST_FOUND = 100
LONGEST_SEARCH = 80
AROUND = 60


@dataclass(frozen=True, slots=True)
class Found:
    """A line with the words in it, cut to what stands around them."""

    conversation_id: str
    seq: int
    sender: str
    at: datetime
    text: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Search:
    """What was found, and whether the search ended before all lines were looked at."""

    found: tuple[Found, ...]
    cut: bool


def search(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    words: str,
    *,
    now: datetime,
    days: int = 90,
) -> Search:
    """The lines with all the words, newest first, in chats that were passed on in those days.

    Only lines up to the end of the last hand-over: what came after it was told to nobody.
    """
    wanted = words.casefold()[:LONGEST_SEARCH].split()
    if not wanted:
        return Search((), cut=False)
    agreed = (
        select(
            Handover.conversation_id,
            func.max(func.coalesce(Handover.ended_at, literal(now, UtcTime))).label("until"),
        )
        .where(
            Handover.school_id == school_id,
            Handover.consented_at.is_not(None),
            Handover.asked_at >= now - timedelta(days=days),
        )
        .group_by(Handover.conversation_id)
        .subquery()
    )
    chosen = (
        select(Entry.conversation_id, Entry.seq, Entry.sender, Entry.created_at, Entry.body)
        .join(agreed, agreed.c.conversation_id == Entry.conversation_id)
        .where(
            Entry.school_id == school_id,
            Entry.created_at <= agreed.c.until,
            Entry.sender.in_(("reader", "service", "person")),
        )
        .order_by(Entry.created_at.desc(), Entry.id.desc())
        .limit(MOST_LINES + 1)
    )
    found: list[Found] = []
    for looked, row in enumerate(connection.execute(chosen), start=1):
        if looked > MOST_LINES or len(found) >= MOST_FOUND:
            return Search(tuple(found), cut=True)
        for text in _texts(sealing.open(row.body)):
            folded = text.casefold()
            if all(word in folded for word in wanted):
                shown = _around(text, folded.find(wanted[0]))
                found.append(Found(row.conversation_id, row.seq, row.sender, row.created_at, shown))
                break
    return Search(tuple(found), cut=False)


def _texts(body: dict[str, object]) -> Iterator[str]:
    messages = body.get("messages")
    for message in messages if isinstance(messages, list) else ():
        yield str(message.get("text") or "")


def _around(text: str, at: int) -> str:
    begins, ends = max(0, at - AROUND), at + 2 * AROUND
    cut = " ".join(text[begins:ends].split())
    return f"{'…' if begins else ''}{cut}{'…' if ends < len(text) else ''}"
