"""Asking a live service beside the snapshot, never before it.

The snapshot answers on its own. A live question runs on a few threads of its own meanwhile, and
is waited for only a short while; a later answer is dropped here but has landed in the client's
cache, so that the next reader gets it.
"""

from __future__ import annotations

import contextlib
import logging
import queue
import threading
import time
from collections.abc import Callable, Sequence
from typing import Generic, Protocol, TypeVar

T = TypeVar("T")
log = logging.getLogger(__name__)

BUDGET_S = 0.3
WORKERS = 4
WAITING = 16


class Asked(Generic[T]):
    """One live question under way. `answer` waits no longer than its budget from the start."""

    def __init__(self, live: Callable[[], T], clock: Callable[[], float]) -> None:
        self._live = live
        self._clock = clock
        self._started = clock()
        self._done = threading.Event()
        self._value: T | None = None

    def run(self) -> None:
        """Ask. Called by a worker thread; trouble is logged and counts as no answer."""
        try:
            self._value = self._live()
        except Exception:
            # A defect in the question must not take the worker thread, nor the reader's answer.
            log.exception("a live question failed")
        finally:
            self._done.set()

    def give_up(self) -> None:
        """No worker will come to this one: its answer is None at once."""
        self._done.set()

    def answer(self, budget_s: float = BUDGET_S) -> T | None:
        """The answer, or None when it is not there `budget_s` seconds after the question."""
        return self.answer_by(self._started + budget_s)

    def answer_by(self, moment: float) -> T | None:
        """The answer, or None when it is not there at that moment of the clock."""
        left = moment - self._clock()
        return self._value if self._done.wait(max(0.0, left)) else None


class _Runs(Protocol):
    """What the queue holds: questions, whatever their answers' type."""

    def run(self) -> None: ...

    def give_up(self) -> None: ...


class Beside:
    """A few daemon threads with a short queue. A full queue means None at once."""

    def __init__(
        self,
        workers: int = WORKERS,
        waiting: int = WAITING,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._clock = clock
        self._workers = workers
        self._queue: queue.Queue[_Runs | None] = queue.Queue(maxsize=waiting)
        self._threads: list[threading.Thread] = []
        self._lock = threading.Lock()
        self._closed = False

    def start(self, live: Callable[[], T]) -> Asked[T]:
        """Begin asking and come back at once: work out the snapshot's, then `.answer()`."""
        asked: Asked[T] = Asked(live, self._clock)
        with self._lock:
            if not self._closed:
                self._hire()
                with contextlib.suppress(queue.Full):
                    self._queue.put_nowait(asked)
                    return asked
        asked.give_up()
        return asked

    def ask(self, live: Callable[[], T], budget_s: float = BUDGET_S) -> T | None:
        """Ask and wait at most `budget_s` seconds."""
        return self.start(live).answer(budget_s)

    def ask_all(
        self, lives: Sequence[Callable[[], T]], budget_s: float = BUDGET_S
    ) -> list[T | None]:
        """Ask several at once; together they take at most `budget_s` seconds, not each."""
        end = self._clock() + budget_s
        asked = [self.start(live) for live in lives]
        return [one.answer_by(end) for one in asked]

    def close(self) -> None:
        """Start nothing more; the threads end when their present question does."""
        with self._lock:
            self._closed = True
            while not self._queue.empty():
                waiting = self._queue.get_nowait()
                if waiting is not None:
                    waiting.give_up()
            self._queue.put_nowait(None)

    def _hire(self) -> None:
        while len(self._threads) < self._workers:
            # Daemon threads: a service that hangs must not keep a stopping process alive.
            name = f"beside-{len(self._threads)}"
            thread = threading.Thread(target=self._work, name=name, daemon=True)
            self._threads.append(thread)
            thread.start()

    def _work(self) -> None:
        while (asked := self._queue.get()) is not None:
            asked.run()
        # Closing: the next thread needs the same word.
        self._queue.put_nowait(None)


_house = Beside()


def ask_beside(live: Callable[[], T], budget_s: float = BUDGET_S) -> T | None:
    """The answer of `live`, or None when it takes longer than `budget_s` seconds, fails, or all
    threads and places in the queue are taken. Uses one small pool for the whole process.
    """
    return _house.ask(live, budget_s)


def start_beside(live: Callable[[], T]) -> Asked[T]:
    """Begin asking on the same pool; call `.answer()` when the snapshot's figures are ready."""
    return _house.start(live)


def ask_all_beside(lives: Sequence[Callable[[], T]], budget_s: float = BUDGET_S) -> list[T | None]:
    """Several questions under one budget, on the same pool; None for each that is late."""
    return _house.ask_all(lives, budget_s)
