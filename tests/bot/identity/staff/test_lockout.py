"""Guessing becomes slow, and nobody can be kept out by somebody else's guessing."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.staff.lockout import (
    FORGET_S,
    PASSWORD_ANYWHERE,
    PASSWORD_HERE,
    SECOND_ANYWHERE,
    SECOND_HERE,
    Lockout,
)


class Clock:
    def __init__(self) -> None:
        self.s = 0.0

    def __call__(self) -> float:
        return self.s


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def lockout(clock: Clock) -> Lockout:
    return Lockout(PASSWORD_HERE, PASSWORD_ANYWHERE, clock=clock)


def guess(lockout: Lockout, clock: Clock, place: str, until: float, *, account: str = "jo") -> int:
    """Guess as fast as it goes until then; how many were looked at."""
    looked_at = 0
    while clock.s < until:
        wait = lockout.attempt(account, place, known=False)
        looked_at += wait is None
        clock.s += wait or 0.01
    return looked_at


def test_five_are_free_then_the_wait_doubles(lockout: Lockout, clock: Clock):
    waits = []
    for _ in range(5 + 7):
        wait = lockout.attempt("jo", "home", known=False)
        if wait is not None:
            waits.append(wait)
            clock.s += wait
            assert lockout.attempt("jo", "home", known=False) is None
    assert waits == [30, 60, 120, 240, 480, 900, 900]


def test_nobody_gets_many_guesses_from_one_place(lockout: Lockout, clock: Clock):
    assert guess(lockout, clock, "home", 24 * 3600) < 110


def test_a_wait_does_not_grow_by_asking(lockout: Lockout, clock: Clock):
    for _ in range(5):
        lockout.attempt("jo", "home", known=False)
    assert {lockout.attempt("jo", "home", known=False) for _ in range(100)} == {30}
    clock.s += 30
    assert lockout.attempt("jo", "home", known=False) is None


def test_who_guesses_keeps_nobody_else_out(lockout: Lockout, clock: Clock):
    """An attacker at one address tries for a day; the owner signs in from another, at once."""
    for hour in range(24):
        guess(lockout, clock, "attacker", (hour + 1) * 3600)
        assert lockout.attempt("jo", "home", known=False) is None
        lockout.right("jo", "home", known=False)


def test_many_addresses_together_slow_new_devices_and_never_known_ones(
    lockout: Lockout, clock: Clock
):
    for number in range(1000):
        lockout.attempt("jo", f"bot {number}", known=False)
    wait = lockout.attempt("jo", "new device", known=False)
    assert wait is not None and wait <= PASSWORD_ANYWHERE.longest_s
    assert lockout.attempt("jo", "jo's laptop", known=True) is None
    assert lockout.attempt("kit", "new device", known=False) is None


def test_a_device_that_is_known_is_no_way_around(lockout: Lockout):
    """Somebody with a stolen device cookie gets no more tries than at one address."""
    waits = [lockout.attempt("jo", "stolen", known=True) for _ in range(10)]
    assert waits.count(None) == PASSWORD_HERE.free


def test_a_right_one_forgives_what_came_from_there(lockout: Lockout):
    for _ in range(4):
        lockout.attempt("jo", "home", known=False)
        lockout.attempt("jo", "attacker", known=False)
    assert lockout.attempt("jo", "home", known=False) is None
    lockout.right("jo", "home", known=False)
    assert [lockout.attempt("jo", "home", known=False) for _ in range(5)] == [None] * 5
    assert lockout.attempt("jo", "attacker", known=False) is None
    assert lockout.attempt("jo", "attacker", known=False) is not None


def test_right_ones_never_add_up(lockout: Lockout):
    for _ in range(500):
        assert lockout.attempt("jo", "home", known=False) is None
        lockout.right("jo", "home", known=False)


def test_it_is_forgotten(lockout: Lockout, clock: Clock):
    for _ in range(5):
        lockout.attempt("jo", "home", known=False)
    clock.s += FORGET_S
    assert [lockout.attempt("jo", "home", known=False) for _ in range(5)] == [None] * 5


def test_six_digits_are_not_guessed_from_many_addresses(clock: Clock):
    """From ten thousand addresses for a day: one in five hundred at most, of a million codes."""
    second = Lockout(SECOND_HERE, SECOND_ANYWHERE, clock=clock)
    looked_at = number = 0
    while clock.s < 24 * 3600:
        wait = second.attempt("jo", f"bot {number % 10_000}", known=False)
        looked_at += wait is None
        number += 1
        clock.s += wait or 0.01
    assert looked_at * 3 / 1_000_000 < 1 / 500


def test_no_more_is_kept_than_there_is_room_for(clock: Clock):
    lockout = Lockout(PASSWORD_HERE, PASSWORD_ANYWHERE, most=100, clock=clock)
    for number in range(1000):
        lockout.attempt(f"account {number}", "home", known=False)
    assert len(lockout) == 100


@given(
    st.lists(
        st.tuples(st.sampled_from(["attack", "own", "wait"]), st.integers(1, 2000)), max_size=60
    )
)
def test_whatever_others_do_a_known_device_gets_its_first_tries(acts):
    clock = Clock()
    lockout = Lockout(PASSWORD_HERE, PASSWORD_ANYWHERE, clock=clock)
    for act, amount in acts:
        if act == "attack":
            lockout.attempt("jo", f"address {amount % 50}", known=False)
        elif act == "wait":
            clock.s += amount
        else:
            assert lockout.attempt("jo", "laptop", known=True) is None
            lockout.right("jo", "laptop", known=True)
