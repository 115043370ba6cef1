from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from tests.bot.support import Clock, app_in, running
from tests.engine_double import EngineDouble, Seen, Switches


@pytest.fixture(scope="session")
def one_engine() -> Iterator[EngineDouble]:
    double = EngineDouble().start()
    yield double
    double.stop()


@pytest.fixture
def engine(one_engine: EngineDouble) -> EngineDouble:
    one_engine.switches = Switches()
    one_engine.seen = Seen()
    return one_engine


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def client(
    tmp_path: Path, engine: EngineDouble, clock: Clock
) -> AsyncIterator[httpx.AsyncClient]:
    """A running gateway with its web channel, its engine up."""
    async with running(app_in(tmp_path, clock=clock, engine_url=engine.url)) as client:
        client.folder = tmp_path  # type: ignore[attr-defined]
        yield client
