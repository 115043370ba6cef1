"""Retries, the breaker and the cache, as the client uses them, over a socket."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest

from lmi.service import transport
from lmi.service.breaker import State
from lmi.service.client import LmiForAll
from lmi.service.no_data import NoData, Reason
from tests.lmi.service.conftest import Clock
from tests.lmi_twin import Mode, Twin

Make = Callable[..., LmiForAll]


def age(client: LmiForAll) -> None:
    """Let everything in the cache pass its time."""
    client._transport._cached.cache.reset_expiration(timedelta(days=-1))


# --- timeouts and retries -------------------------------------------------------------------------


def test_the_limits_are_those_of_the_contract() -> None:
    assert (transport.CONNECT_S, transport.READ_S) == (2.0, 3.0)
    assert len(transport.PAUSES_S) == 2


@pytest.mark.parametrize("mode", [Mode.ERROR_500, Mode.DOWN, Mode.RATE_LIMITED, Mode.CUT])
def test_two_retries_then_success(
    client: LmiForAll, twin: Twin, pauses: list[float], mode: Mode
) -> None:
    twin.switch("*", mode, times=2)
    assert client.replacement_demand("2216").value == 33.3
    assert len(twin.calls) == 3
    assert pauses == [0.2, 0.4]


def test_retry_after_is_obeyed_when_short(
    client: LmiForAll, twin: Twin, pauses: list[float]
) -> None:
    twin.switch("*", Mode.RATE_LIMITED, seconds=1, times=1)
    assert client.replacement_demand("2216").value == 33.3
    assert pauses == [1.0]


def test_retry_after_that_is_long_ends_it(
    client: LmiForAll, twin: Twin, pauses: list[float]
) -> None:
    twin.switch("*", Mode.RATE_LIMITED, seconds=600)
    assert client.replacement_demand("2216") == NoData(Reason.RATE_LIMITED)
    assert (len(twin.calls), pauses) == (1, [])


def test_a_body_that_drips_is_cut_off() -> None:
    clock = Clock()

    class Dripping:
        pieces = 0

        def read1(self, amount: int, decode_content: bool) -> bytes:
            clock.passes(1)
            self.pieces += 1
            return b" "

    adapter = transport.ServiceAdapter("", transport.Breaker(clock), clock, lambda _: None)
    raw = Dripping()
    with pytest.raises(transport.NoAnswer) as stopped:
        adapter._read(raw)
    assert stopped.value.no_data.reason is Reason.TIMED_OUT
    assert raw.pieces == 6


# --- the breaker ----------------------------------------------------------------------------------


def test_the_breaker_stops_calls_and_starts_them_again(
    client: LmiForAll, twin: Twin, clock: Clock
) -> None:
    twin.switch("*", Mode.ERROR_500)
    for _ in range(3):
        assert client.replacement_demand("2216").reason is Reason.BAD_STATUS
    assert len(twin.calls) == 9
    assert client.replacement_demand("2216").reason is Reason.RESTING
    clock.passes(59)
    assert client.pay("2216").reason is Reason.RESTING
    assert len(twin.calls) == 9, "a resting service is not called"
    twin.switch("*", Mode.OK)
    clock.passes(1)
    assert client.replacement_demand("2216").value == 33.3
    assert len(twin.calls) == 10
    assert client.breaker.state is State.CLOSED


def test_an_answer_without_data_is_no_failure(client: LmiForAll, twin: Twin) -> None:
    for _ in range(5):
        assert client.occupation("1234").reason is Reason.NOT_FOUND
        assert client.replacement_demand("3333").reason is Reason.ERROR_IN_ANSWER
    assert client.breaker.state is State.CLOSED
    assert len(twin.calls) == 10


# --- the cache ------------------------------------------------------------------------------------


def test_a_fresh_answer_is_not_asked_again(make: Make, twin: Twin, tmp_path: Path) -> None:
    client = make(tmp_path)
    first, second = client.pay("2216"), client.pay("2216")
    assert len(twin.calls) == 1
    assert not second.stale
    assert second.figures == first.figures
    assert (tmp_path / "lmi-for-all.sqlite").is_file()


def test_it_outlives_the_process(make: Make, twin: Twin, tmp_path: Path) -> None:
    before = make(tmp_path)
    before.pay("2216")
    before.close()
    assert make(tmp_path).pay("2216").value == 333
    assert len(twin.calls) == 1


@pytest.mark.parametrize("mode", [mode for mode in Mode if mode not in (Mode.OK, Mode.SLOW)])
def test_a_stale_answer_with_its_date_when_the_service_fails(
    make: Make, twin: Twin, tmp_path: Path, mode: Mode
) -> None:
    client = make(tmp_path)
    fetched_at = client.pay("2216").fetched_at
    age(client)
    twin.switch("*", mode)
    for _ in range(2):
        old = client.pay("2216")
        assert old.stale
        assert abs(old.fetched_at - fetched_at) < timedelta(seconds=2)
        assert old.value == 333
    assert len(twin.calls) > 2, "the service was asked first, each time"
    twin.switch("*", Mode.OK)
    assert not client.pay("2216").stale


def test_a_stale_answer_when_the_service_is_slow(make: Make, twin: Twin, tmp_path: Path) -> None:
    client = make(tmp_path, timeout_s=(2.0, 0.05))
    client.pay("2216")
    age(client)
    twin.switch("*", Mode.SLOW, seconds=30)
    assert client.pay("2216").stale


def test_a_stale_answer_while_the_service_rests(make: Make, twin: Twin, tmp_path: Path) -> None:
    client = make(tmp_path)
    client.pay("2216")
    age(client)
    twin.switch("*", Mode.ERROR_500)
    for _ in range(3):
        client.pay("2216")
    calls = len(twin.calls)
    assert client.pay("2216").stale
    assert len(twin.calls) == calls


def test_bad_answers_are_never_kept(make: Make, twin: Twin, tmp_path: Path) -> None:
    client = make(tmp_path)
    for mode in (Mode.ERROR_IN_200, Mode.NO_KEY):
        twin.switch("*", mode)
        assert isinstance(client.replacement_demand("2216"), NoData)
    twin.switch("*", Mode.OK)
    assert client.replacement_demand("2216").value == 33.3


def test_postings_and_typed_words_are_never_kept(make: Make, twin: Twin, tmp_path: Path) -> None:
    client = make(tmp_path)
    client.pay("2216")
    for _ in range(2):
        client.vacancies("zebra keeper")
        client.search("zebra keeper")
        client.census_jobs("ZE8 1RA")
    assert len(twin.calls) == 7, "each is asked anew"
    client.close()
    for file in tmp_path.iterdir():
        content = file.read_bytes().lower()
        assert b"zebra" not in content
        assert b"ze8" not in content
        assert b"made-up" not in content
    twin.switch("*", Mode.DOWN)
    assert isinstance(make(tmp_path).vacancies("zebra keeper"), NoData)


def test_a_damaged_cache_is_set_aside(make: Make, tmp_path: Path) -> None:
    (tmp_path / "lmi-for-all.sqlite").write_bytes(b"this is no database " * 500)
    client = make(tmp_path)
    assert client.pay("2216").value == 333
    assert (tmp_path / "lmi-for-all.damaged").is_file()


def test_a_folder_that_cannot_be_made_costs_only_the_cache(
    make: Make, twin: Twin, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    client = make(tmp_path / "file" / "cache")
    assert client.pay("2216").value == 333
    assert client.pay("2216").value == 333
    assert len(twin.calls) == 2


def test_a_cache_that_breaks_later_costs_only_the_cache(
    make: Make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = make(tmp_path)
    client.pay("2216")

    def full(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(client._transport._cached.cache, "save_response", full)
    monkeypatch.setattr(client._transport._cached.cache, "get_response", full)
    assert client.pay("2216").value == 333


def test_nothing_is_made_on_disk_without_an_address(make: Make, tmp_path: Path) -> None:
    assert make(tmp_path, base_url="").pay("2216").reason is Reason.NOT_CONFIGURED
    assert list(tmp_path.iterdir()) == []


def test_threads_share_a_client(make: Make, twin: Twin, tmp_path: Path) -> None:
    client = make(tmp_path)
    codes = [str(code) for code in range(4000, 4024)]
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(client.pay, codes * 2))
    assert [answer.asked_soc2010 for answer in answers] == codes * 2
    assert {answer.value for answer in answers} == {333}
    assert twin.connections <= 9
