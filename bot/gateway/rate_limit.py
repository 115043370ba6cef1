"""How much one sender may send in a minute, counted in memory and forgotten soon."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable


class RateLimit:
    """A bucket for each key that holds `per_minute` and fills evenly.

    Buckets that are full again are dropped, and never more than `most_keys` are kept (the
    longest unused go first), so that memory stays bounded whoever calls.
    """

    def __init__(
        self,
        per_minute: int,
        *,
        most_keys: int = 50_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._size = per_minute
        self._per_second = per_minute / 60
        self._most_keys = most_keys
        self._clock = clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str) -> int | None:
        """Count one; None when it is within the limit, else the seconds to wait (at least 1)."""
        now = self._clock()
        left, at = self._buckets.pop(key, (float(self._size), now))
        left = min(self._size, left + (now - at) * self._per_second)
        allowed = left >= 1
        self._buckets[key] = (left - 1 if allowed else left, now)
        self._shrink(now)
        return None if allowed else max(1, math.ceil((1 - left) / self._per_second))

    def _shrink(self, now: float) -> None:
        while self._buckets:
            key, (left, at) = next(iter(self._buckets.items()))
            full = left + (now - at) * self._per_second >= self._size
            if not full and len(self._buckets) <= self._most_keys:
                return
            del self._buckets[key]

    def __len__(self) -> int:
        return len(self._buckets)
