import logging
from pathlib import Path

import httpx
import pytest

from tests.bot.support import Reader, app_in, running
from tests.engine_double import EngineDouble

PINNED = ("sqlalchemy.engine",)
"""Loggers that write whole rows: the code itself keeps them from it."""

SECRET = "mynameisrobin"


@pytest.mark.parametrize(
    "path", ["/", "/chat", "/nothing", "/widget/signpost.js", "/openapi.json", "/healthz"]
)
async def test_headers_on_every_response(client: httpx.AsyncClient, path: str):
    headers = (await client.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    shared = path.startswith("/widget")
    expected = "cross-origin" if shared else "same-origin"
    assert headers["cross-origin-resource-policy"] == expected


async def test_what_breaks_is_a_problem_without_its_words(
    tmp_path: Path, engine: EngineDouble, caplog: pytest.LogCaptureFixture
):
    app = app_in(tmp_path, engine_url=engine.url)
    async with running(app) as client:
        reader = await Reader.begin(client)

        async def broken(*_: object, **said: object) -> None:
            raise RuntimeError(f"cannot handle {said}")

        app.state.house.gateway.__class__.receive, kept = (
            broken,
            app.state.house.gateway.__class__.receive,
        )
        try:
            response = await reader.send(SECRET)
        finally:
            app.state.house.gateway.__class__.receive = kept
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.json()["detail"] == "Something went wrong here. Please try again in a moment."
    assert "RuntimeError" in caplog.text
    assert SECRET not in caplog.text + response.text


async def test_no_log_line_holds_what_a_reader_wrote_or_a_token(
    tmp_path: Path, engine: EngineDouble, caplog: pytest.LogCaptureFixture
):
    """A conversation with everything in it, every logger as talkative as it can be."""
    caplog.set_level(logging.DEBUG)
    for name in list(logging.root.manager.loggerDict):
        if not name.startswith(PINNED):
            caplog.set_level(logging.DEBUG, logger=name)
    async with running(app_in(tmp_path, engine_url=engine.url)) as client:
        reader = await Reader.begin(client)
        await reader.ask(f"hello {SECRET}")
        await reader.send(f"i want to die {SECRET}")
        await reader.send(f"{SECRET} " * 200)
        await reader.send(payload=f"/{SECRET}")
        await reader.send(text=5, note=SECRET)
        await client.post("/chat", data={"text": SECRET, "client_message_id": "!"})
        await client.post("/chat", data={"text": SECRET, "client_message_id": "a"})
        for mode in ("500", "garbage", "empty", "loading"):
            engine.switches.mode = mode
            await reader.send(f"{mode} {SECRET}")
        await reader.until(lambda all_: len(all_) >= 12)
        await reader.get("transcript", params={"format": "text"})
        reader.headers["Authorization"] += "x"
        await reader.get("transcript")
    assert "by=engine" in caplog.text
    assert "by=safeguarding" in caplog.text
    # The test's own client and engine name addresses; the service's loggers are what counts.
    lines = [
        record.getMessage()
        for record in caplog.records
        if not record.name.startswith(("http", "uvicorn.access"))
    ]
    for never in (SECRET, reader.begun["token"], reader.id, "Said:"):
        assert not [line for line in lines if never in line]
    for record in caplog.records:
        assert record.exc_info is None or SECRET not in str(record.exc_info)


def test_the_server_keeps_no_access_log_and_quietens_libraries():
    from bot.channels.web.server import LOGGING

    assert LOGGING["loggers"]["uvicorn.access"] == {"level": "CRITICAL", "propagate": False}
    for name in ("httpx", "httpcore", "sqlalchemy", "uvicorn"):
        assert LOGGING["loggers"][name]["level"] == "WARNING"
    for name in PINNED:
        assert logging.getLogger(name).level == logging.WARNING
