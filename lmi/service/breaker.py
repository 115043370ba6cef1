"""A circuit breaker: after three failures in a row the service is left alone for a minute."""

from __future__ import annotations

import threading
from collections.abc import Callable
from enum import Enum

FAILURES_TO_OPEN = 3
REST_S = 60.0


class State(str, Enum):
    """Closed lets calls through, open lets none, half-open lets one probe through."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half-open"


class Permit:
    """Leave to make one call. Say how it went exactly once; later words change nothing."""

    def __init__(self, breaker: Breaker) -> None:
        self._breaker = breaker

    def succeeded(self) -> None:
        """The service answered."""
        self._breaker._settle(self, failed=False)

    def failed(self) -> None:
        """The service did not answer, or not as itself."""
        self._breaker._settle(self, failed=True)


class Breaker:
    """Thread-safe. `clock` gives seconds that never run backwards (time.monotonic).

    Closed: every call gets a permit; `failures_to_open` failures in a row open it. Open: no
    permits for `rest_s` seconds. Then half-open: one probe at a time; its success closes, its
    failure opens for another rest. A probe that never says how it went is given up after a
    further `rest_s`, so that a killed thread cannot keep the service shut for ever.
    """

    def __init__(
        self,
        clock: Callable[[], float],
        failures_to_open: int = FAILURES_TO_OPEN,
        rest_s: float = REST_S,
    ) -> None:
        self._clock = clock
        self._failures_to_open = failures_to_open
        self._rest_s = rest_s
        self._lock = threading.Lock()
        self._state = State.CLOSED
        self._since = clock()
        self._failures = 0
        # Permits that may still say how it went. A change of state forgets them all: a slow
        # failure from before the rest must not count against the probe after it.
        self._unsettled: set[Permit] = set()

    @property
    def state(self) -> State:
        """The state as the next caller would find it."""
        with self._lock:
            if self._state is State.OPEN and self._clock() - self._since >= self._rest_s:
                return State.HALF_OPEN
            return self._state

    def ask(self) -> Permit | None:
        """A permit to call now, or None: the service is resting or being probed."""
        with self._lock:
            if self._state is not State.CLOSED:
                if self._clock() - self._since < self._rest_s:
                    return None
                self._enter(State.HALF_OPEN)
            permit = Permit(self)
            self._unsettled.add(permit)
            return permit

    def _settle(self, permit: Permit, *, failed: bool) -> None:
        with self._lock:
            if permit not in self._unsettled:
                return
            self._unsettled.discard(permit)
            if not failed:
                self._failures = 0
                if self._state is State.HALF_OPEN:
                    self._enter(State.CLOSED)
                return
            self._failures += 1
            if self._state is State.HALF_OPEN or self._failures >= self._failures_to_open:
                self._enter(State.OPEN)

    def _enter(self, state: State) -> None:
        self._state = state
        self._since = self._clock()
        self._failures = 0
        self._unsettled.clear()
