"""The circuit breaker by a clock of our own, against a model, and under threads."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    consumes,
    invariant,
    rule,
)

from lmi.service.breaker import Breaker, Permit, State
from tests.lmi.service.conftest import Clock


def broken(clock: Clock) -> Breaker:
    """A breaker that three failures have just opened."""
    breaker = Breaker(clock)
    for _ in range(3):
        breaker.ask().failed()
    return breaker


def test_opens_after_three_failures_in_a_row(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(2):
        breaker.ask().failed()
    assert breaker.state is State.CLOSED
    breaker.ask().succeeded()
    for _ in range(2):
        breaker.ask().failed()
    assert breaker.state is State.CLOSED, "a success in between starts the count again"
    breaker.ask().failed()
    assert breaker.state is State.OPEN
    assert breaker.ask() is None


def test_half_opens_after_sixty_seconds(clock: Clock) -> None:
    breaker = broken(clock)
    clock.passes(59.9)
    assert breaker.ask() is None
    clock.passes(0.1)
    assert breaker.state is State.HALF_OPEN
    assert breaker.ask() is not None


def test_one_probe_at_a_time(clock: Clock) -> None:
    breaker = broken(clock)
    clock.passes(60)
    probe = breaker.ask()
    assert breaker.ask() is None
    probe.succeeded()
    assert breaker.state is State.CLOSED
    assert breaker.ask() is not None


def test_a_failed_probe_opens_for_another_minute(clock: Clock) -> None:
    breaker = broken(clock)
    clock.passes(60)
    breaker.ask().failed()
    clock.passes(59)
    assert breaker.ask() is None
    clock.passes(1)
    assert breaker.ask() is not None


def test_a_probe_that_never_reports_is_given_up(clock: Clock) -> None:
    breaker = broken(clock)
    clock.passes(60)
    lost = breaker.ask()
    clock.passes(60)
    second = breaker.ask()
    assert second is not None
    lost.failed()
    second.succeeded()
    assert breaker.state is State.CLOSED, "the lost one's word comes too late to count"


def test_news_from_before_the_rest_does_not_count(clock: Clock) -> None:
    breaker = Breaker(clock)
    slow = breaker.ask()
    for _ in range(3):
        breaker.ask().failed()
    slow.succeeded()
    assert breaker.state is State.OPEN
    clock.passes(60)
    probe = breaker.ask()
    slow.failed()
    probe.succeeded()
    assert breaker.state is State.CLOSED


def test_a_permit_counts_once(clock: Clock) -> None:
    breaker = Breaker(clock)
    permit = breaker.ask()
    for _ in range(5):
        permit.failed()
    assert breaker.state is State.CLOSED


class BreakerModel(RuleBasedStateMachine):
    """Any order of asking, reporting and waiting, held against a model written the other way:
    as a log of what happened.
    """

    permits = Bundle("permits")

    def __init__(self) -> None:
        super().__init__()
        self.clock = Clock()
        self.breaker = Breaker(self.clock)
        self.state = State.CLOSED
        self.since = self.clock()
        self.row = 0
        self.valid: set[Permit] = set()

    def turn(self, state: State) -> None:
        self.state, self.since, self.row = state, self.clock(), 0
        self.valid = set()

    @rule(target=permits)
    def ask(self) -> Permit | None:
        permit = self.breaker.ask()
        rested = self.clock() - self.since >= 60
        assert (permit is not None) == (self.state is State.CLOSED or rested)
        if permit is not None:
            if self.state is not State.CLOSED:
                self.turn(State.HALF_OPEN)
            self.valid.add(permit)
        return permit

    @rule(permit=consumes(permits), failed=st.booleans())
    def report(self, permit: Permit | None, failed: bool) -> None:
        if permit is None:
            return
        permit.failed() if failed else permit.succeeded()
        if permit not in self.valid:
            return
        self.valid.discard(permit)
        if failed:
            self.row += 1
            if self.state is State.HALF_OPEN or self.row == 3:
                self.turn(State.OPEN)
        elif self.state is State.HALF_OPEN:
            self.turn(State.CLOSED)
        else:
            self.row = 0

    @rule(permit=permits, failed=st.booleans())
    def report_and_keep(self, permit: Permit | None, failed: bool) -> None:
        """The same permit may report again later: only its first word counts."""
        self.report(permit, failed)

    @rule(seconds=st.sampled_from([0.5, 30.0, 59.5, 60.0, 200.0]))
    def wait(self, seconds: float) -> None:
        self.clock.passes(seconds)

    @invariant()
    def never_two_probes(self) -> None:
        if self.state is State.HALF_OPEN:
            assert len(self.valid) <= 1

    @invariant()
    def same_state(self) -> None:
        rested = self.state is State.OPEN and self.clock() - self.since >= 60
        assert self.breaker.state is (State.HALF_OPEN if rested else self.state)


TestBreakerModel = BreakerModel.TestCase
TestBreakerModel.settings = settings(max_examples=80, stateful_step_count=40, deadline=None)


def test_threads_share_one_probe(clock: Clock) -> None:
    """Of many threads that ask at the same moment, one gets the probe."""
    workers = 16
    for _ in range(25):
        breaker = broken(clock)
        clock.passes(60)
        gate = threading.Barrier(workers)

        def ask(breaker: Breaker = breaker, gate: threading.Barrier = gate) -> Permit | None:
            gate.wait()
            return breaker.ask()

        with ThreadPoolExecutor(workers) as pool:
            permits = list(pool.map(lambda _: ask(), range(workers)))
        assert sum(permit is not None for permit in permits) == 1


def test_asking_is_one_step() -> None:
    """A second caller who comes in the very middle of the first one's question gets no probe."""
    permits: list[Permit | None] = []
    now = [0.0]
    second: list[threading.Thread] = []
    looks = [0]

    def clock() -> float:
        looks[0] += now[0] >= 60
        if looks[0] == 2 and not second:  # the rest is found to be over, the probe not yet given
            second.append(threading.Thread(target=lambda: permits.append(breaker.ask())))
            second[0].start()
            # Held off by the lock, it cannot end yet; without a lock it would, with a permit.
            second[0].join(0.1)
        return now[0]

    breaker = Breaker(clock)
    for _ in range(3):
        breaker.ask().failed()
    now[0] = 60.0
    permits.append(breaker.ask())
    second[0].join(30)
    assert sum(permit is not None for permit in permits) == 1


def test_threads_lose_no_failure(clock: Clock) -> None:
    """Failures reported at the same moment are all counted."""
    workers = 8
    for _ in range(25):
        breaker = Breaker(clock, failures_to_open=workers)
        permits = [breaker.ask() for _ in range(workers)]
        gate = threading.Barrier(workers)

        def fail(permit: Permit, gate: threading.Barrier = gate) -> None:
            gate.wait()
            permit.failed()

        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(fail, permits))
        assert breaker.state is State.OPEN
