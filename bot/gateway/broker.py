"""Tells those who follow a conversation what was added to it. The store stays the truth."""

import asyncio
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from bot.records.entries import EntryRow

MOST_HELD = 64
"""Entries held for a slow follower; older ones are let go and read from the store again."""


@dataclass(frozen=True, slots=True)
class Sign:
    """Something that is told to one side and kept nowhere: typing, seen, who is to speak.

    Only the latest of a kind counts. `to` is "reader" or "staff".
    """

    kind: str
    to: str
    value: dict[str, Any]


class Subscription:
    """What one follower has not taken yet: entries in the order they came, the latest state."""

    def __init__(self) -> None:
        self._entries: deque[EntryRow] = deque(maxlen=MOST_HELD)
        self._state: str | None = None
        self._signs: dict[tuple[str, str], Sign] = {}
        self._wake = asyncio.Event()
        self.gone = False

    def add(self, entry: EntryRow) -> None:
        """Hold an entry for the follower."""
        self._entries.append(entry)
        self._wake.set()

    def set_state(self, state: str) -> None:
        """Hold the conversation's state for the follower; only the latest counts."""
        self._state = state
        self._wake.set()

    def add_sign(self, sign: Sign) -> None:
        """Hold a sign for the follower; only the latest of its kind counts."""
        self._signs[sign.kind, sign.to] = sign
        self._wake.set()

    def take_signs(self, to: str) -> list[Sign]:
        """The signs for that side that were not taken yet; those for the other are let go."""
        signs, self._signs = self._signs, {}
        return [sign for sign in signs.values() if sign.to == to]

    def end(self) -> None:
        """The conversation is gone, or the service stops."""
        self.gone = True
        self._wake.set()

    async def news(self) -> tuple[list[EntryRow], str | None]:
        """Wait for something, then take all: the entries, and the state if it was told anew."""
        await self._wake.wait()
        self._wake.clear()
        entries, state = list(self._entries), self._state
        self._entries.clear()
        self._state = None
        return entries, state


class Broker:
    """Followers by conversation, in this process."""

    def __init__(self) -> None:
        self._followers: dict[str, set[Subscription]] = {}

    @contextmanager
    def follow(self, conversation_id: str) -> Iterator[Subscription]:
        """Be told of what is added, for as long as the block lasts."""
        subscription = Subscription()
        self._followers.setdefault(conversation_id, set()).add(subscription)
        try:
            yield subscription
        finally:
            followers = self._followers[conversation_id]
            followers.discard(subscription)
            if not followers:
                del self._followers[conversation_id]

    def publish(self, entry: EntryRow) -> None:
        """Tell the followers of a stored entry."""
        for subscription in self._followers.get(entry.conversation_id, ()):
            subscription.add(entry)

    def publish_state(self, conversation_id: str, state: str) -> None:
        """Tell the followers what the service is doing: "thinking", "idle" or "away"."""
        for subscription in self._followers.get(conversation_id, ()):
            subscription.set_state(state)

    def sign(self, conversation_id: str, sign: Sign) -> None:
        """Tell the followers of something that is kept nowhere."""
        for subscription in self._followers.get(conversation_id, ()):
            subscription.add_sign(sign)

    def end(self, conversation_id: str) -> None:
        """Tell the followers that the conversation is gone."""
        for subscription in self._followers.get(conversation_id, ()):
            subscription.end()

    def end_all(self) -> None:
        """Tell every follower to stop."""
        for conversation_id in list(self._followers):
            self.end(conversation_id)
