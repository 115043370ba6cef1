"""Which readers are there: an open event stream, or seen a short while ago."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Presence:
    """Open streams by conversation, and when each reader was last seen (monotonic seconds)."""

    def __init__(self, stays_s: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._stays_s = stays_s
        self._clock = clock
        self._open: dict[str, int] = {}
        self._seen: dict[str, float] = {}

    def seen(self, conversation_id: str) -> None:
        """Note that the reader was here just now."""
        now = self._clock()
        # Re-inserted, so that the dictionary stays in the order of the last sight.
        self._seen.pop(conversation_id, None)
        self._seen[conversation_id] = now
        while self._seen:
            oldest = next(iter(self._seen))
            if now - self._seen[oldest] <= self._stays_s:
                break
            del self._seen[oldest]

    @contextmanager
    def listening(self, conversation_id: str) -> Iterator[None]:
        """The reader has a stream open for as long as the block lasts."""
        self._open[conversation_id] = self._open.get(conversation_id, 0) + 1
        try:
            yield
        finally:
            left = self._open[conversation_id] - 1
            if left:
                self._open[conversation_id] = left
            else:
                del self._open[conversation_id]
            self.seen(conversation_id)

    def there(self, conversation_id: str) -> bool:
        """Whether the reader is listening, or was seen within the time that counts."""
        if conversation_id in self._open:
            return True
        at = self._seen.get(conversation_id)
        return at is not None and self._clock() - at <= self._stays_s

    def listeners(self) -> list[str]:
        """Conversations with an open stream."""
        return list(self._open)

    def forget(self, conversation_id: str) -> None:
        """The conversation is gone."""
        self._seen.pop(conversation_id, None)
