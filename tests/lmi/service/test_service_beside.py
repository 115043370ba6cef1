"""Asking beside: the reader waits for the budget at most, and late answers are not lost."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from lmi.service.beside import Beside, ask_all_beside, ask_beside, start_beside
from lmi.service.client import LmiForAll
from lmi.service.results import WeeklyPay
from tests.lmi_twin import Mode, Twin

PLENTY_S = 30.0


class Counter:
    """A live source that waits until opened, and counts."""

    def __init__(self) -> None:
        self.began = threading.Semaphore(0)
        self.open = threading.Event()
        self.finished = threading.Semaphore(0)

    def __call__(self) -> str:
        self.began.release()
        self.open.wait(PLENTY_S)
        self.finished.release()
        return "live"


def test_a_quick_answer_is_given() -> None:
    assert ask_beside(lambda: 42, budget_s=PLENTY_S) == 42
    assert ask_all_beside([lambda: 1, lambda: 2], budget_s=PLENTY_S) == [1, 2]


def test_a_slow_one_is_not_waited_for() -> None:
    live, pool = Counter(), Beside()
    begun = time.monotonic()
    assert pool.ask(live, budget_s=0.05) is None
    assert time.monotonic() - begun < 5, "generous: the machine may be busy"
    live.open.set()
    assert live.finished.acquire(timeout=PLENTY_S), "it still runs to its end"
    pool.close()


def test_the_budget_runs_from_the_question_on() -> None:
    """What the snapshot takes meanwhile is not added: it was asked beside, not before."""
    now = [0.0]
    live = Counter()
    pool = Beside(clock=lambda: now[0])
    asked = pool.start(live)
    now[0] = 10.0
    assert asked.answer(budget_s=10.0) is None, "returns at once: the budget is used up"
    live.open.set()
    assert live.finished.acquire(timeout=PLENTY_S)
    pool.close()


def test_several_share_one_budget() -> None:
    now = [0.0]
    live = Counter()
    pool = Beside(clock=lambda: now[0])
    waits: list[float] = []

    class Watching(Beside):
        def start(self, live: Callable[[], object]) -> object:
            asked = super().start(live)
            original = asked._done.wait

            def wait(timeout: float) -> bool:
                waits.append(timeout)
                now[0] += timeout
                return original(0)

            asked._done.wait = wait
            return asked

    pool = Watching(clock=lambda: now[0])
    assert pool.ask_all([live, live, live], budget_s=0.3) == [None, None, None]
    assert waits == [0.3, 0.0, 0.0]
    live.open.set()
    pool.close()


def test_a_full_queue_says_none_at_once() -> None:
    live = Counter()
    pool = Beside(workers=2, waiting=3)
    for _ in range(2):
        pool.start(live)
    for _ in range(2):
        assert live.began.acquire(timeout=PLENTY_S), "both workers are busy"
    waiting = [pool.start(live) for _ in range(3)]
    turned_away = pool.start(live)
    assert turned_away.answer(budget_s=PLENTY_S) is None
    live.open.set()
    assert [asked.answer(PLENTY_S) for asked in waiting] == ["live"] * 3
    pool.close()


def test_threads_are_few() -> None:
    live = Counter()
    pool = Beside(workers=3, waiting=50)
    asked = [pool.start(live) for _ in range(50)]
    mine = [thread for thread in threading.enumerate() if thread in pool._threads]
    assert len(mine) == 3
    assert all(thread.daemon for thread in mine), "a hung service must not hold up an exit"
    live.open.set()
    assert [one.answer(PLENTY_S) for one in asked] == ["live"] * 50
    pool.close()


def test_a_defect_is_no_answer_and_kills_no_worker(caplog: pytest.LogCaptureFixture) -> None:
    pool = Beside(workers=1)

    def wrong() -> str:
        raise KeyError("made-up defect")

    assert pool.ask(wrong, budget_s=PLENTY_S) is None
    assert "made-up defect" in caplog.text
    assert pool.ask(lambda: "fine", budget_s=PLENTY_S) == "fine"
    pool.close()


def test_closing_ends_the_threads() -> None:
    pool = Beside(workers=3)
    assert pool.ask(lambda: 1, PLENTY_S) == 1
    pool.close()
    for thread in pool._threads:
        thread.join(PLENTY_S)
        assert not thread.is_alive()
    assert pool.ask(lambda: 1, PLENTY_S) is None


def test_a_late_answer_is_in_the_cache_for_the_next_reader(
    twin: Twin, make: Callable[..., LmiForAll], tmp_path: Path
) -> None:
    client = make(tmp_path)
    twin.switch("ashe/estimatePay", Mode.SLOW, seconds=PLENTY_S, times=1)
    asked = start_beside(lambda: client.pay("2216"))
    assert twin.arrived.acquire(timeout=PLENTY_S)
    assert asked.answer(budget_s=0.0) is None, "the first reader gets the snapshot's alone"
    twin.release()
    assert isinstance(asked.answer(PLENTY_S), WeeklyPay)
    again = ask_beside(lambda: client.pay("2216"), budget_s=PLENTY_S)
    assert isinstance(again, WeeklyPay)
    assert len(twin.calls) == 1, "the second reader's came from the cache"
