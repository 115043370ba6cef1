import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
import uvicorn

from bot.channels.web.house import House
from tests.bot.channels.web.record_owner import Owner, signed_in, whole_app
from tests.bot.support import Clock, Reader
from tests.engine_double import EngineDouble


@pytest.fixture
async def reader(client: httpx.AsyncClient) -> Reader:
    return await Reader.begin(client)


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self):
        yield


@contextlib.asynccontextmanager
async def over_a_socket(app) -> AsyncIterator[httpx.AsyncClient]:
    """The application behind a real server: what streams needs a real connection."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen()
    server = _Server(
        uvicorn.Config(app, log_config=None, access_log=False, timeout_graceful_shutdown=1)
    )
    serving = asyncio.create_task(server.serve(sockets=[listening]))
    try:
        url = f"http://127.0.0.1:{listening.getsockname()[1]}"
        async with httpx.AsyncClient(base_url=url, timeout=10) as client:
            # The socket listens already: the request waits until the application is up.
            assert (await client.get("/")).status_code == 307
            yield client
    finally:
        server.should_exit = True
        await serving


@pytest.fixture
async def house_and_client(
    tmp_path: Path, engine: EngineDouble, clock: Clock
) -> AsyncIterator[tuple[House, httpx.AsyncClient]]:
    app = whole_app(tmp_path, engine, clock)
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        async with httpx.AsyncClient(transport=transport, base_url="http://chat.test") as client:
            yield app.state.house, client


@pytest.fixture
async def owner(house_and_client: tuple[House, httpx.AsyncClient]) -> Owner:
    return await signed_in(*house_and_client)
