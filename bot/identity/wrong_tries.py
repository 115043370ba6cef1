"""How many wrong codes one address and one school may send, counted in memory and forgotten."""

import math
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field

FORGIVEN = 2
"""More wrong codes that each pupil who signs in earns the address: a class shares one."""


@dataclass(slots=True)
class _Tries:
    wrong: deque[float] = field(default_factory=deque)
    right: dict[str, float] = field(default_factory=dict)


class WrongTries:
    """Wrong codes of the last `window_s` seconds, by address and altogether.

    An address that sent `per_address` wrong ones has to wait until the first of them is
    forgotten; each different pupil who signed in from it in that time gives it `FORGIVEN` more,
    so that a class behind one address does not shut itself out. Once there are `per_school`,
    every address waits. Never more than `most_addresses` are kept; the longest unused go first.
    """

    def __init__(
        self,
        *,
        per_address: int,
        per_school: int,
        window_s: float,
        most_addresses: int = 50_000,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._per_address = per_address
        self._per_school = per_school
        self._window_s = window_s
        self._most_addresses = most_addresses
        self._clock = clock
        self._all: deque[float] = deque()
        self._addresses: OrderedDict[str, _Tries] = OrderedDict()

    def wait(self, address: str) -> int | None:
        """Seconds until the address may send another code (at least 1); None when it may now."""
        now = self._clock()
        self._forget(self._all, now)
        waits = [self._until(self._all, self._per_school, now)]
        tries = self._addresses.get(address)
        if tries is not None:
            self._refresh(tries, now)
            allowed = self._per_address + FORGIVEN * len(tries.right)
            waits.append(self._until(tries.wrong, allowed, now))
        longest = max(waits)
        return max(1, math.ceil(longest)) if longest > 0 else None

    def wrong(self, address: str) -> None:
        """A code from the address opened nothing."""
        now = self._clock()
        self._all.append(now)
        self._tries(address, now).wrong.append(now)

    def right(self, address: str, pupil_id: str) -> None:
        """A pupil signed in from the address; the same one again earns it nothing."""
        now = self._clock()
        self._tries(address, now).right[pupil_id] = now

    def _until(self, times: deque[float], allowed: int, now: float) -> float:
        """Seconds until fewer than `allowed` of the times count."""
        over = len(times) - allowed
        return 0.0 if over < 0 else times[over] + self._window_s - now

    def _tries(self, address: str, now: float) -> _Tries:
        tries = self._addresses.setdefault(address, _Tries())
        self._addresses.move_to_end(address)
        self._refresh(tries, now)
        while len(self._addresses) > 1:
            oldest = next(iter(self._addresses.values()))
            self._refresh(oldest, now)
            if (oldest.wrong or oldest.right) and len(self._addresses) <= self._most_addresses:
                break
            self._addresses.popitem(last=False)
        return tries

    def _refresh(self, tries: _Tries, now: float) -> None:
        self._forget(tries.wrong, now)
        late = now - self._window_s
        tries.right = {who: at for who, at in tries.right.items() if at > late}

    def _forget(self, times: deque[float], now: float) -> None:
        while times and times[0] <= now - self._window_s:
            times.popleft()

    def __len__(self) -> int:
        return len(self._addresses)
