from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.rate_limit import RateLimit


def test_allows_a_minutes_worth_then_says_how_long_to_wait():
    now = [0.0]
    limit = RateLimit(20, clock=lambda: now[0])
    assert [limit.take("a") for _ in range(20)] == [None] * 20
    assert limit.take("a") == 3
    assert limit.take("b") is None
    now[0] += 3
    assert limit.take("a") is None
    assert limit.take("a") == 3


def test_memory_is_bounded():
    now = [0.0]
    limit = RateLimit(5, most_keys=10, clock=lambda: now[0])
    for n in range(100):
        limit.take(str(n))
    assert len(limit) == 10
    now[0] += 60
    limit.take("again")
    assert len(limit) == 1


@given(st.lists(st.floats(0, 30), max_size=200))
def test_never_more_than_the_bucket_and_what_it_gained(pauses: list[float]):
    now = [0.0]
    limit = RateLimit(20, clock=lambda: now[0])
    allowed = 0
    for pause in pauses:
        now[0] += pause
        allowed += limit.take("a") is None
    assert allowed <= 20 + now[0] * 20 / 60 + 1
