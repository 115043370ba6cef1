from typing import Any

import pytest

from bot.identity.wrong_tries import FORGIVEN, WrongTries


class Hands:
    """A clock moved by hand, in seconds."""

    def __init__(self) -> None:
        self.at = 1000.0

    def __call__(self) -> float:
        return self.at


@pytest.fixture
def hands() -> Hands:
    return Hands()


def tries(hands: Hands, **changes: Any) -> WrongTries:
    values = {"per_address": 10, "per_school": 300, "window_s": 900, "clock": hands}
    return WrongTries(**(values | changes))


def fill(found: WrongTries, address: str, most: int = 1000) -> int:
    """Send wrong codes until one is refused; how many went through."""
    for sent in range(most):
        if found.wait(address) is not None:
            return sent
        found.wrong(address)
    return most


def test_ten_wrong_ones_and_then_a_wait(hands: Hands):
    found = tries(hands)
    assert fill(found, "a") == 10
    assert found.wait("a") == 900
    assert found.wait("b") is None


def test_the_wait_grows_shorter_and_ends(hands: Hands):
    found = tries(hands)
    for _ in range(10):
        found.wrong("a")
        hands.at += 10
    assert found.wait("a") == 800
    hands.at += 799.5
    assert found.wait("a") == 1
    hands.at += 0.5
    assert found.wait("a") is None
    found.wrong("a")
    assert found.wait("a") == 10  # the next one is forgotten then


def test_asking_costs_nothing(hands: Hands):
    found = tries(hands)
    for _ in range(100):
        assert found.wait("a") is None
    assert len(found) == 0


def test_a_class_behind_one_address_does_not_shut_itself_out(hands: Hands):
    found = tries(hands)
    for pupil in range(30):
        for _ in range(FORGIVEN):
            assert found.wait("school") is None
            found.wrong("school")
        assert found.wait("school") is None
        found.right("school", f"pupil {pupil}")
        hands.at += 10


def test_one_code_of_ones_own_does_not_buy_endless_tries(hands: Hands):
    found = tries(hands)
    for _ in range(50):
        found.right("a", "one pupil")
    assert fill(found, "a") == 10 + FORGIVEN
    found.right("a", "one pupil")
    assert found.wait("a") is not None


def test_what_a_pupil_earned_is_forgotten_too(hands: Hands):
    found = tries(hands)
    found.right("a", "pupil")
    hands.at += 900
    assert fill(found, "a") == 10


def test_many_addresses_together_are_stopped_for_the_school(hands: Hands):
    found = tries(hands, per_school=50)
    sent = sum(fill(found, f"address {number}") for number in range(100))
    assert sent == 50
    assert found.wait("anybody") == 900
    hands.at += 900
    assert found.wait("anybody") is None


def test_memory_stays_bounded(hands: Hands):
    found = tries(hands, most_addresses=100, per_school=1_000_000)
    for number in range(1000):
        found.wrong(f"address {number}")
    assert len(found) == 100
    hands.at += 900
    found.wrong("last")
    assert len(found) == 1
