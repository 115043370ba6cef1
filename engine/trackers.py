"""Where the engine keeps its conversations: the last turns only, on disk, and at hand in memory.

Rasa replays a whole conversation at every step, so that turn 300 costs a multiple of turn 1. Here
a conversation that grows past `LONGEST_TURNS` is cut to its last `KEPT_TURNS`; slots and an open
form are carried over. What people said is kept by the gateway, not here: losing this file loses no
record.
"""

from __future__ import annotations

import json
import sqlite3
import time
from collections import OrderedDict
from collections.abc import Iterable
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

LONGEST_TURNS = 12
KEPT_TURNS = 6
AT_HAND = 300
"""Conversations held in memory, about 0.2 MB each, the least recently used leaving first.

Any other is read from disk when its next line comes, in a few milliseconds."""
FORGOTTEN_AFTER_DAYS = 30

_SCHEMA = """
create table if not exists events (
    conversation text not null,
    position integer not null,
    at real not null,
    event text not null,
    primary key (conversation, position)
) without rowid;
create index if not exists events_at on events (at);
"""


class ShortTrackerStore(TrackerStore):
    """A durable tracker store that appends new events and keeps only the last turns."""

    def __init__(self, path: Path, domain: Domain | None = None) -> None:
        """Open or create the SQLite file at `path`."""
        super().__init__(domain)
        path.parent.mkdir(parents=True, exist_ok=True)
        self._database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._database.execute("pragma journal_mode = wal")
        self._database.execute("pragma synchronous = normal")
        self._database.execute("pragma busy_timeout = 5000")
        # What is deleted is overwritten, also where SQLite was built to leave it in free pages.
        self._database.execute("pragma secure_delete = on")
        self._database.executescript(_SCHEMA)
        self._database.execute(
            "delete from events where conversation in "
            "(select conversation from events group by conversation having max(at) < ?)",
            (time.time() - FORGOTTEN_AFTER_DAYS * 86_400,),
        )
        self._at_hand: OrderedDict[str, tuple[DialogueStateTracker, int]] = OrderedDict()

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
        rows = self._database.execute(
            "select event from events where conversation = ? order by position", (sender_id,)
        ).fetchall()
        if not rows:
            return None
        events = deserialise_events([json.loads(row[0]) for row in rows])
        tracker = self._replay(sender_id, events)
        self._hold(sender_id, tracker, len(tracker.events))
        return tracker

    async def save(self, tracker: DialogueStateTracker) -> None:
        """Write the events since the last save; cut the conversation when it is long."""
        sender_id = tracker.sender_id
        held = self._at_hand.get(sender_id)
        written = held[1] if held and held[0] is tracker else 0
        if sum(isinstance(event, UserUttered) for event in tracker.events) > LONGEST_TURNS:
            tracker = self._replay(sender_id, shortened(tracker, KEPT_TURNS))
            written = 0
        events = list(tracker.events)
        self._database.execute("begin immediate")
        try:
            if not written:
                self._delete(sender_id)
            self._database.executemany(
                "insert into events values (?, ?, ?, ?)",
                [
                    (sender_id, position, event.timestamp, json.dumps(event.as_dict()))
                    for position, event in enumerate(events[written:], start=written)
                ],
            )
            self._database.execute("commit")
        except BaseException:
            self._database.execute("rollback")
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
        rows = self._database.execute("select distinct conversation from events")
        return [row[0] for row in rows]

    def _delete(self, sender_id: str) -> None:
        self._database.execute("delete from events where conversation = ?", (sender_id,))

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
