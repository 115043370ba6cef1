"""Waiting after wrong tries, so that nothing can be guessed and nobody can be locked out.

Counted in memory and forgotten. What counts against somebody is only what comes from the same
device or the same address as they do; tries from everywhere together slow down only devices that
the account has never been used from.
"""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

FORGET_S = 3600.0
"""After so long without a wrong try a count begins anew."""


@dataclass(frozen=True, slots=True)
class Pace:
    """So many wrong tries are free; then there is a wait that doubles up to the longest."""

    free: int
    first_s: float
    longest_s: float

    def wait_s(self, wrong: int) -> float:
        """How long to wait after so many wrong tries."""
        if wrong < self.free:
            return 0.0
        return min(self.longest_s, self.first_s * 2.0 ** min(wrong - self.free, 32))


PASSWORD_HERE = Pace(free=5, first_s=30.0, longest_s=900.0)
PASSWORD_ANYWHERE = Pace(free=50, first_s=5.0, longest_s=60.0)
SECOND_HERE = Pace(free=5, first_s=30.0, longest_s=900.0)
SECOND_ANYWHERE = Pace(free=20, first_s=30.0, longest_s=900.0)
"""Six digits are soon guessed from many addresses; and who gets this far knows the password."""


@dataclass(slots=True)
class _Count:
    wrong: int = 0
    at: float = 0.0


class Lockout:
    """Wrong tries by account and where they come from, and by account altogether.

    `account` and `place` are hashes. `known` says that the device has signed in to the account
    before: then `place` is the device, and tries from elsewhere do not count. A try that has to
    wait is not looked at, and does not count.
    """

    def __init__(
        self,
        here: Pace,
        anywhere: Pace,
        *,
        most: int = 50_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._here = here
        self._anywhere = anywhere
        self._most = most
        self._clock = clock
        self._counts: OrderedDict[tuple[str, str], _Count] = OrderedDict()

    def attempt(self, account: str, place: str, *, known: bool) -> int | None:
        """Count a try that is to be looked at: None; or the seconds until one is (at least 1).

        It counts as a wrong one until `right` says otherwise, so that many at once count as many.
        """
        now = self._clock()
        left = self._left(self._here, (account, place), now)
        if not known:
            left = max(left, self._left(self._anywhere, (account, ""), now))
        if left > 0:
            return max(1, math.ceil(left))
        self._add((account, place), now)
        if not known:
            self._add((account, ""), now)
        return None

    def right(self, account: str, place: str, *, known: bool) -> None:
        """The try was right: what came from there is forgiven, what came from elsewhere is not."""
        self._counts.pop((account, place), None)
        everywhere = None if known else self._counts.get((account, ""))
        if everywhere is not None:
            everywhere.wrong = max(0, everywhere.wrong - 1)

    def _left(self, pace: Pace, key: tuple[str, str], now: float) -> float:
        count = self._counts.get(key)
        if count is None or now - count.at >= FORGET_S:
            return 0.0
        return count.at + pace.wait_s(count.wrong) - now

    def _add(self, key: tuple[str, str], now: float) -> None:
        count = self._counts.pop(key, None)
        if count is None or now - count.at >= FORGET_S:
            count = _Count()
        count.wrong += 1
        count.at = now
        self._counts[key] = count
        while len(self._counts) > self._most:
            self._counts.popitem(last=False)

    def __len__(self) -> int:
        return len(self._counts)
