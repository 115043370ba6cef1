"""One door for each conversation: messages that arrive together go through one by one."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Doors:
    """Locks by key, kept only while somebody is at the door."""

    def __init__(self) -> None:
        self._locks: dict[str, tuple[asyncio.Lock, int]] = {}

    @asynccontextmanager
    async def through(self, key: str) -> AsyncIterator[None]:
        """Be the only one inside; others wait in the order they came."""
        lock, there = self._locks.get(key) or (asyncio.Lock(), 0)
        self._locks[key] = (lock, there + 1)
        try:
            async with lock:
                yield
        finally:
            lock, there = self._locks[key]
            if there == 1:
                del self._locks[key]
            else:
                self._locks[key] = (lock, there - 1)
