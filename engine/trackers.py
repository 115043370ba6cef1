"""Where the engine keeps its conversations: the last turns only, on disk, and at hand in memory.

Rasa replays a whole conversation at every step, so that turn 300 costs a multiple of turn 1. Here
a conversation that grows past `LONGEST_TURNS` is cut to its last `KEPT_TURNS`; slots and an open
form are carried over. What people said is kept by the gateway, not here: losing this file loses no
record. What is written is sealed: a piece for each save, with the events since the one before.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from rasa.core.tracker_store import TrackerStore
from rasa.shared.core.constants import ACTION_LISTEN_NAME, ACTION_SESSION_START_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import (
    ActionExecuted,
    ActiveLoop,
    Event,
    SessionStarted,
    SlotSet,
    UserUttered,
    deserialise_events,
)
from rasa.shared.core.trackers import DialogueStateTracker

from engine.sealing import SealBroken, Sealing

logger = logging.getLogger("engine.trackers")

LONGEST_TURNS = 12
KEPT_TURNS = 6
AT_HAND = 300
"""Conversations held in memory, about 0.2 MB each, the least recently used leaving first.

Any other is read from disk when its next line comes, in a few milliseconds."""
FORGOTTEN_AFTER_DAYS = 28
"""Shorter than the shortest time, a month, for which a school can keep chats."""
AT_A_TIME = 200
"""Pieces sealed anew in one transaction, about 20 ms."""

_SCHEMA = """
create table if not exists pieces (
    conversation text not null,
    position integer not null,
    number integer not null,
    at real not null,
    sealed_by text not null,
    sealed blob not null,
    primary key (conversation, position)
) without rowid;
create index if not exists pieces_at on pieces (at);
create index if not exists pieces_sealed_by on pieces (sealed_by);
"""


class ShortTrackerStore(TrackerStore):
    """A durable tracker store that appends new events and keeps only the last turns."""

    def __init__(self, path: Path, sealing: Sealing, domain: Domain | None = None) -> None:
        """Open or create the SQLite file at `path`."""
        super().__init__(domain)
        self._sealing = sealing
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = normal")
        self._database.execute("pragma busy_timeout = 5000")
        # What is deleted is overwritten, also where SQLite was built to leave it in free pages.
        self._database.execute("pragma secure_delete = on")
        self._database.executescript(_SCHEMA)
        self._at_hand: OrderedDict[str, tuple[DialogueStateTracker, int]] = OrderedDict()
        self._seal_what_is_in_clear()
        self.tidy(time.time())

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    async def retrieve(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation's tracker, or None when there is none.

        The tracker is the live one: whoever changes it saves it, or calls `drop`.
        """
        held = self._at_hand.get(sender_id)
        if held:
            self._at_hand.move_to_end(sender_id)
            return held[0]
        tracker = self._read(sender_id)
        if tracker is not None:
            self._hold(sender_id, tracker, len(tracker.events))
        return tracker

    def look(self, sender_id: str) -> DialogueStateTracker | None:
        """Return the conversation's tracker to be read only; it is not taken into memory."""
        held = self._at_hand.get(sender_id)
        return held[0] if held else self._read(sender_id)

    def _read(self, sender_id: str) -> DialogueStateTracker | None:
        rows = self._database.execute(
            "select sealed from pieces where conversation = ? order by position", (sender_id,)
        ).fetchall()
        try:
            events = [event for row in rows for event in self._sealing.open(row[0])]
        except SealBroken:
            # Its key is gone: the chat goes on as a new one, rather than not at all.
            logger.error("a conversation cannot be opened with the keys that are here")
            return None
        return self._replay(sender_id, deserialise_events(events)) if events else None

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the events since the last save; cut the conversation when it is long."""
        sender_id = tracker.sender_id
        held = self._at_hand.get(sender_id)
        written = held[1] if held and held[0] is tracker else 0
        if sum(isinstance(event, UserUttered) for event in tracker.events) > LONGEST_TURNS:
            tracker = self._replay(sender_id, shortened(tracker, KEPT_TURNS))
            written = 0
        events = list(tracker.events)
        new = events[written:]
        try:
            with self._transaction():
                if not written:
                    self._delete(sender_id)
                at = max((event.timestamp for event in new), default=0.0)
                self._write(sender_id, written, [event.as_dict() for event in new], at)
        except BaseException:
            self.drop(sender_id)
            raise
        self._hold(sender_id, tracker, len(events))

    def drop(self, sender_id: str) -> None:
        """Forget what is in memory: the conversation goes on from what was last saved."""
        self._at_hand.pop(sender_id, None)

    def delete(self, sender_id: str) -> None:
        """Delete a conversation for good."""
        self.drop(sender_id)
        self._delete(sender_id)
        self._database.execute("pragma wal_checkpoint(truncate)")

    async def keys(self) -> Iterable[str]:
        """Return the ids of all conversations on disk."""
        rows = self._database.execute("select distinct conversation from pieces")
        return [row[0] for row in rows]

    def tidy(self, now: float) -> bool:
        """Forget what lay idle at `now` (seconds since 1970); seal some with the newest key.

        True when there is more to be sealed anew.
        """
        idle = self._database.execute(
            "select conversation from pieces group by conversation having max(at) < ?",
            (now - FORGOTTEN_AFTER_DAYS * 86_400,),
        ).fetchall()
        for (sender_id,) in idle:
            self.drop(sender_id)
            self._delete(sender_id)
        newest = self._sealing.newest
        older = self._database.execute(
            "select conversation, position, sealed from pieces where sealed_by <> ? limit ?",
            (newest, AT_A_TIME),
        ).fetchall()
        with self._transaction():
            for sender_id, position, sealed in older:
                self._seal_anew(sender_id, position, sealed)
        if idle or older:
            self._database.execute("pragma wal_checkpoint(truncate)")
        return len(older) == AT_A_TIME

    def _seal_anew(self, sender_id: str, position: int, sealed: bytes) -> None:
        here = "where conversation = ? and position = ?"
        try:
            name, again = self._sealing.seal(self._sealing.open(sealed))
        except SealBroken:
            # Nobody can read it, and nobody will.
            self._database.execute(f"delete from pieces {here}", (sender_id, position))  # noqa: S608
            return
        self._database.execute(
            f"update pieces set sealed_by = ?, sealed = ? {here}",  # noqa: S608
            (name, again, sender_id, position),
        )

    def _seal_what_is_in_clear(self) -> None:
        """Take over the table of earlier versions, which held every event in clear."""
        known = self._database.execute("select 1 from sqlite_master where name = 'events'")
        if known.fetchone() is None:
            return
        with self._transaction():
            conversations = self._database.execute("select distinct conversation from events")
            for (sender_id,) in conversations.fetchall():
                rows = self._database.execute(
                    "select event, at from events where conversation = ? order by position",
                    (sender_id,),
                ).fetchall()
                at = max(row[1] for row in rows)
                self._write(sender_id, 0, [json.loads(row[0]) for row in rows], at)
            self._database.execute("drop table events")
        self._database.execute("pragma wal_checkpoint(truncate)")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        self._database.execute("begin immediate")
        try:
            yield
            self._database.execute("commit")
        except BaseException:
            self._database.execute("rollback")
            raise

    def _write(
        self, sender_id: str, position: int, events: list[dict[str, Any]], at: float
    ) -> None:
        if not events:
            return
        name, sealed = self._sealing.seal(events)
        self._database.execute(
            "insert into pieces values (?, ?, ?, ?, ?, ?)",
            (sender_id, position, len(events), at, name, sealed),
        )

    def _delete(self, sender_id: str) -> None:
        self._database.execute("delete from pieces where conversation = ?", (sender_id,))

    def _hold(self, sender_id: str, tracker: DialogueStateTracker, written: int) -> None:
        self._at_hand[sender_id] = (tracker, written)
        self._at_hand.move_to_end(sender_id)
        while len(self._at_hand) > AT_HAND:
            self._at_hand.popitem(last=False)

    def _replay(self, sender_id: str, events: Iterable[Event]) -> DialogueStateTracker:
        tracker = self.init_tracker(sender_id)
        for event in events:
            tracker.update(event, self.domain)
        return tracker


def shortened(tracker: DialogueStateTracker, turns: int) -> list[Event]:
    """Return events that leave a new tracker in the state of `tracker`, with its last `turns`.

    Slots and the open form are set before the first turn that is kept; what happened in the kept
    turns then happens again, so that the end is the same.
    """
    events = list(tracker.events)
    starts = [i for i, event in enumerate(events) if isinstance(event, UserUttered)]
    kept = events[starts[-turns] :] if len(starts) > turns else events
    if kept is events:
        return events
    before: list[Any] = [ActionExecuted(ACTION_SESSION_START_NAME), SessionStarted()]
    before += [
        SlotSet(slot.name, slot.value)
        for slot in tracker.slots.values()
        if slot.value != slot.initial_value
    ]
    if tracker.active_loop_name:
        before.append(ActiveLoop(tracker.active_loop_name))
    before.append(ActionExecuted(ACTION_LISTEN_NAME))
    first = kept[0].timestamp
    for distance, event in enumerate(reversed(before), start=1):
        event.timestamp = first - distance / 1_000
    return before + kept
