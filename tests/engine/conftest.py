"""A small real model, a real action server double, and the engine on both."""

import logging
import os
import tempfile
from pathlib import Path

import httpx
import pytest
import pytest_asyncio

import engine  # noqa: F401  (prepares the ground; must come before anything of Rasa's)
from engine import patches, quiet

# Rasa keeps a cache below the working directory unless it is told otherwise, and would take an
# earlier training's parts from it.
_SCRATCH = tempfile.TemporaryDirectory(prefix="signpost-engine-tests-")
os.environ["RASA_CACHE_DIRECTORY"] = str(Path(_SCRATCH.name) / "cache")
os.environ["HOME"] = _SCRATCH.name
quiet.logging_at(logging.WARNING)

from engine.actions_endpoint import ActionsEndpoint  # noqa: E402
from engine.server import Engine, application  # noqa: E402
from tests.engine.actions_double import ActionsDouble  # noqa: E402
from tests.engine.keys import sealing_in  # noqa: E402
from tests.engine.small_model import train_small_model  # noqa: E402

TOKEN = "a-token-for-tests"


@pytest.fixture(scope="session", autouse=True)
def patched():
    patches.apply()


@pytest.fixture(scope="session")
def small_model(tmp_path_factory) -> Path:
    return train_small_model(tmp_path_factory.mktemp("small-model"))


@pytest_asyncio.fixture
async def actions():
    async with ActionsDouble(TOKEN) as double:
        yield double


class Served:
    """A loaded engine behind its HTTP application, without a socket of its own."""

    def __init__(self, loaded: Engine, client: httpx.AsyncClient, database: Path) -> None:
        self.engine = loaded
        self.client = client
        self.database = database

    async def turn(self, conversation: str, text: str, **more) -> httpx.Response:
        return await self.client.post(
            f"/conversations/{conversation}/turns", json={"text": text, **more}
        )

    async def press(self, conversation: str, payload: str) -> httpx.Response:
        return await self.client.post(
            f"/conversations/{conversation}/turns", json={"payload": payload}
        )


@pytest_asyncio.fixture
async def served(small_model, actions, tmp_path):
    database = tmp_path / "trackers.sqlite"
    loaded: list[Engine] = []

    def load() -> Engine:
        endpoint = ActionsEndpoint(actions.url, TOKEN)
        loaded.append(Engine(small_model, database, endpoint, sealing_in(tmp_path / "secrets")))
        return loaded[0]

    app = application(load, TOKEN)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        headers = {"Authorization": f"Bearer {TOKEN}"}
        async with httpx.AsyncClient(
            transport=transport, base_url="http://engine", headers=headers
        ) as client:
            yield Served(loaded[0], client, database)
