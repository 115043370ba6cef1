from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from lmi.service.client import LmiForAll
from tests.lmi_twin import Twin, recorded


class Clock:
    """Seconds that pass only when told to."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    def passes(self, seconds: float) -> None:
        self.now += seconds


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """The twin is on this machine: never by way of a proxy that the environment names."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1,localhost,*")


@pytest.fixture
def twin() -> Iterator[Twin]:
    with Twin() as running:
        yield running


@pytest.fixture
def recorded_twin() -> Iterator[Twin]:
    if not recorded.FOLDER.is_dir():
        pytest.skip("no recorded answers here (../shared/data/lmi-for-all)")
    with Twin(recorded=True) as running:
        yield running


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def pauses() -> list[float]:
    """How long the client would have slept between retries."""
    return []


@pytest.fixture
def make(twin: Twin, clock: Clock, pauses: list[float]) -> Iterator[Callable[..., LmiForAll]]:
    """Clients of the twin that never sleep, closed at the end."""
    made: list[LmiForAll] = []

    def build(folder: Path | None = None, base_url: str | None = None, **more: Any) -> LmiForAll:
        address = twin.base_url if base_url is None else base_url
        client = LmiForAll(address, folder, clock=clock, sleep=pauses.append, **more)
        made.append(client)
        return client

    yield build
    for client in made:
        client.close()


@pytest.fixture
def client(make: Callable[..., LmiForAll]) -> LmiForAll:
    """One without a cache."""
    return make()
