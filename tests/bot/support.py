"""What the tests of the bot share: an installation in a temporary folder, and its clock."""

import asyncio
import contextlib
import functools
import shutil
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from starlette.applications import Starlette

from bot.channels.web.app import WIDGET, create_app
from bot.settings import Settings
from knowledge.answers import Answers
from knowledge.facts import Facts

PAGE = """<!doctype html><title>{{ school.name }}</title>
{% if problem %}<p id="problem">{{ problem }}</p>{% endif %}
<div>{{ notice.text | rich }}</div>{% if greeting %}<div>{{ greeting.text | rich }}</div>{% endif %}
{% for entry in entries %}<article data-from="{{ entry.from }}">
{% for message in entry.messages %}{% if entry.from == "reader" %}{{ message.text }}{% else %}
{{ message.text | rich }}{% endif %}{% endfor %}</article>{% endfor %}
<form><input name="client_message_id" value="{{ client_message_id }}">
<textarea name="text">{{ draft }}</textarea></form>"""

WORDS = {
    "notice": "This is an automatic service.",
    "greeting": "Hello. Ask about a job.",
    "engine_away": "The answer takes longer.",
    "no_reply": "Something went wrong with that answer.",
    "help_now": "Call **999**.",
    "session_ending": "This chat closes soon.",
}


class Book:
    """Authored answers for tests; each says which one it is."""

    def message(self, answer_id: str, on: object = None) -> dict[str, Any]:
        buttons = []
        if answer_id == "greeting":
            buttons = [{"title": "What does a nurse earn?", "payload": '/pay{"answer": "nurse"}'}]
        return {
            "answer": answer_id,
            "text": WORDS[answer_id],
            "buttons": buttons,
            "figures": [],
            "chart": None,
            "sources": [],
        }


LIBRARY = Path(__file__).with_name("library")
"""A few answers and facts in files, for the pages that show them all."""


@functools.cache
def library() -> Answers:
    return Answers.load(LIBRARY / "answers", Facts.load(LIBRARY / "facts"))


class Clock:
    """Real time, moved by hand as far as a test wants."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.ahead


def settings_in(folder: Path, **changes: Any) -> Settings:
    values: dict[str, Any] = {
        "data_dir": folder,
        "engine_url": "http://127.0.0.1:9",
        "actions_url": "http://127.0.0.1:9",
        "school_name": "Test School",
        "engine_retry_s": 0.05,
        "engine_timeout_s": 1.0,
        "store_wait_s": 1.0,
        "messages_per_minute": 10_000,
        "new_conversations_per_minute": 10_000,
        "allowed_origins": {"default": ("https://www.school.example",)},
    }
    return Settings(**{**values, **changes})


def widget_in(folder: Path) -> Path:
    """A widget folder with a trivial page and one script."""
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "static").mkdir(exist_ok=True)
    whole = ("ask*.html", "destination*.html", "knowledge*.html", "sign_in*.html", "parts.html")
    for name in whole:
        for page in (WIDGET / "templates").glob(name):
            shutil.copy(page, folder / "templates")
    (folder / "templates" / "chat.html").write_text(PAGE, encoding="utf-8")
    (folder / "static" / "signpost.js").write_text('"use strict";' * 50, encoding="utf-8")
    return folder


def app_in(folder: Path, *, clock: Clock | None = None, screen: Any = None, **changes: Any):
    return create_app(
        settings_in(folder, **changes),
        answers=Book(),
        library=library(),
        clock=clock or Clock(),
        screen=screen,
        widget=widget_in(folder / "widget"),
    )


@contextlib.asynccontextmanager
async def running(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """The application with its lifespan, and a client that talks to it in process."""
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app, raise_app_exceptions=True)
        async with httpx.AsyncClient(
            transport=transport, base_url="http://chat.test", follow_redirects=False
        ) as client:
            yield client


class Reader:
    """One reader of a running application."""

    def __init__(self, client: httpx.AsyncClient, begun: dict[str, Any]) -> None:
        self.client = client
        self.begun = begun
        self.path = f"/chat/v1/conversations/{begun['conversation']}"
        self.headers = {"Authorization": f"Bearer {begun['token']}"}
        self._sent = 0

    @classmethod
    async def begin(cls, client: httpx.AsyncClient, **request: Any) -> "Reader":
        response = await client.post("/chat/v1/conversations", **{"json": {}, **request})
        assert response.status_code == 201, response.text
        return cls(client, response.json())

    @property
    def id(self) -> str:
        return self.begun["conversation"]

    async def send(self, text: str | None = None, **body: Any) -> httpx.Response:
        self._sent += 1
        found = {"client_message_id": f"m{self._sent}", **body}
        if text is not None:
            found["text"] = text
        return await self.client.post(f"{self.path}/messages", json=found, headers=self.headers)

    async def get(self, end: str, **request: Any) -> httpx.Response:
        return await self.client.get(f"{self.path}/{end}", headers=self.headers, **request)

    async def entries(self) -> list[dict[str, Any]]:
        response = await self.get("transcript")
        assert response.status_code == 200, response.text
        return response.json()["entries"]

    async def until(
        self, enough: Callable[[list[dict[str, Any]]], bool], wait_s: float = 10
    ) -> list[dict[str, Any]]:
        """Follow by long poll until the entries are enough."""
        found: list[dict[str, Any]] = []
        async with asyncio.timeout(wait_s):
            while not enough(found):
                after = found[-1]["seq"] if found else 0
                response = await self.get("events", params={"after": after, "wait": 5})
                assert response.status_code == 200, response.text
                found += response.json()["entries"]
        return found

    async def ask(self, text: str | None = None, **body: Any) -> dict[str, Any]:
        """Send and wait for the reply."""
        response = await self.send(text, **body)
        assert response.status_code == 202, response.text
        seq = response.json()["seq"]
        found = await self.until(lambda all_: any(e["in_reply_to"] == seq for e in all_))
        return next(e for e in found if e["in_reply_to"] == seq)


def words(entry: dict[str, Any]) -> str:
    return " ".join(message["text"] for message in entry["messages"])
