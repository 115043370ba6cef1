"""A pupil with a record, signed in, and the application that shows it."""

import re
from datetime import UTC, datetime
from html import unescape
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.routing import Route

from bot.channels.web.app import WIDGET, _dispatch, create_app
from bot.channels.web.house import House
from bot.channels.web.record_pages import record_rows
from bot.identity.sessions import start_session
from bot.records.guidance.lines import RecordLineRow, add_line, lines_of
from bot.records.pupils import PupilDetails, add_pupil
from bot.records.schools import keep_school
from tests.bot.records.guidance.conftest import BODIES
from tests.bot.support import Book, Clock, library, settings_in
from tests.engine_double import EngineDouble

ROWS = record_rows()
NOW = datetime.now(UTC)
NAME, SENTENCE = "Xanthippe", "wants to count narwhals"


def words(page: str) -> str:
    """What a page says, without markup."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", page)).split())


def files_with(folder: Path, planted: tuple[str, ...]) -> list[str]:
    """Every file below the folder that holds one of these."""
    return [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and any(one.encode() in path.read_bytes() for one in planted)
    ]


class Owner:
    """A pupil with a record, signed in."""

    def __init__(self, client: httpx.AsyncClient, house: House, pupil: str, school_id: int) -> None:
        self.client, self.house, self.pupil, self.school_id = client, house, pupil, school_id

    async def sign_in(self) -> None:
        """Let the client's cookie hold a session of this pupil."""
        token = await self.house.store.write(
            start_session, self.school_id, self.pupil, "code", NOW, 14
        )
        self.client.cookies.set("signpost_pupil", token)

    async def write(self, work: Any, *args: Any, **more: Any) -> Any:
        whose = (self.house.sealing, self.school_id, self.pupil)
        return await self.house.store.write(work, *whose, *args, **more)

    async def line(self, kind: str, **more: Any) -> RecordLineRow:
        values = {
            "kind": kind,
            "body": BODIES[kind],
            "provenance": {"advice": "adviser", "information": "service"}.get(kind, "pupil"),
            "source": {},
            "now": NOW,
        }
        return await self.write(add_line, **{**values, **more})

    async def lines(self, **chosen: Any) -> list[RecordLineRow]:
        return await self.write(lines_of, **chosen)

    async def page(self, path: str = "/record", status: int = 200) -> str:
        response = await self.client.get(path)
        assert response.status_code == status, response.text
        assert response.headers["cache-control"] == "no-store"
        assert "default-src 'none'" in response.headers["content-security-policy"]
        assert "<script" not in response.text
        assert "style=" not in response.text
        return response.text

    async def post(self, path: str, status: int = 303, **fields: str) -> httpx.Response:
        response = await self.client.post(path, data=fields or {"x": ""})
        assert response.status_code == status, response.text
        return response


def whole_app(folder: Path, engine: EngineDouble, clock: Clock) -> Starlette:
    """The application with its own templates, and the record's routes if it has not got them."""
    app = create_app(
        settings_in(folder, engine_url=engine.url),
        answers=Book(),
        library=library(),
        clock=clock,
        widget=WIDGET,
    )
    by_path: dict[str, dict[str, Any]] = {}
    for row in ROWS:
        by_path.setdefault(row.path, {})[row.method] = row.handler
    known = {route.path for route in app.routes if isinstance(route, Route)}
    app.router.routes += [
        Route(path, _dispatch(handlers), methods=[*handlers])
        for path, handlers in by_path.items()
        if path not in known
    ]
    return app


async def signed_in(
    house: House, client: httpx.AsyncClient, name: str = NAME, school: str | None = None
) -> Owner:
    """A new pupil in Year 10 whose session the client's cookie holds; perhaps of another school."""
    today = NOW.date()
    began = (today.year if today.month >= 9 else today.year - 1) - 3
    school_id = house.school_id
    if school is not None:
        school_id = await house.store.write(keep_school, school, school, NOW)
    pupil = await house.store.write(
        add_pupil, house.sealing, school_id, PupilDetails(name, name), began, "10B", NOW
    )
    owner = Owner(client, house, pupil, school_id)
    await owner.sign_in()
    return owner
