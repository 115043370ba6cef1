"""A running installation with advisers at its school, whose hours a test sets."""

import itertools
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.advisers.opening_hours import DEFAULT, OpeningHours, set_hours
from bot.channels.web.house import House
from bot.gateway.gateway import Gateway
from bot.records.audit.actors import Actor
from bot.records.handover.rows import standing
from bot.records.pupils import PupilDetails, add_pupil
from bot.records.staff import StaffDetails, add_staff
from tests.bot.support import Clock, Reader, app_in, running, words
from tests.engine_double import EngineDouble

ROLE = "careers adviser"
MONDAY = datetime(2026, 11, 23, 10, tzinfo=UTC)
ASK = "/talk_to_adviser"
_numbers = itertools.count(1)


class Stopped(Clock):
    """A clock that stands still until it is moved."""

    def __init__(self, at: datetime = MONDAY) -> None:
        super().__init__()
        self.at = at

    def __call__(self) -> datetime:
        return self.at + self.ahead


@dataclass
class Office:
    """The school's advisers, and readers who come to them."""

    client: httpx.AsyncClient
    house: House
    clock: Clock
    engine: EngineDouble
    staff: list[Actor] = field(default_factory=list)

    @property
    def gateway(self) -> Gateway:
        return self.house.gateway

    @property
    def school(self) -> int:
        return self.house.school_id

    async def write(self, work: Any, *args: Any, **more: Any) -> Any:
        return await self.house.store.write(work, *args, **more)

    async def hire(self, name: str) -> Actor:
        details = StaffDetails(name=name, email=f"{name.lower()}@school.example")
        row = await self.write(
            add_staff, self.house.sealing, self.school, details, now=self.clock(),
            roles=("adviser",), level=6,
        )  # fmt: skip
        actor = Actor("staff", row.id, name)
        self.staff.append(actor)
        return actor

    async def hours(self, hours: OpeningHours) -> None:
        await self.write(set_hours, self.school, hours, self.clock())

    async def guest(self, **scene: Any) -> Reader:
        return await Reader.begin(self.client, json={"scene": scene} if scene else {})

    async def pupil(self, name: str = "Ada") -> str:
        details = PupilDetails(name, "Quillfeather", email=f"{name}@school.example")
        return await self.write(
            add_pupil, self.house.sealing, self.school, details, 2022, "10A", self.clock()
        )

    async def standing(self, reader: Reader) -> Any:
        return await self.house.store.read(standing, self.house.sealing, self.school, reader.id)

    async def state(self, reader: Reader) -> str:
        found = await self.gateway.conversation(reader.id)
        assert found is not None
        return found.state

    async def claim(self, reader: Reader, by: int = 0) -> Any:
        return await self.gateway.persons.claim(self.school, reader.id, self.staff[by], ROLE)

    async def say(self, reader: Reader, text: str, by: int = 0, once: str | None = None) -> Any:
        actor = self.staff[by]
        return await self.gateway.say_as_person(
            reader.id, actor.id or "", actor.name, ROLE, text, once or f"line{next(_numbers)}"
        )

    async def waiting(self, **scene: Any) -> Reader:
        """A guest who has said all there is to say, and waits."""
        reader = await self.guest(**scene)
        await ask_all(reader)
        assert await self.state(reader) == "waiting"
        return reader

    async def quiet(self, reader: Reader) -> list[dict[str, Any]]:
        """All lines, once nothing is being answered any more."""
        assert await self.gateway.settled(reader.id, 5)
        return await reader.entries()


async def press(reader: Reader, entry: dict[str, Any], title: str) -> dict[str, Any]:
    """Press the button of that title below a line; the reply."""
    found = {b["title"]: b["payload"] for m in entry["messages"] for b in m["buttons"]}
    return await reader.ask(payload=found[title])


async def ask_all(reader: Reader, reason: str = "my options") -> dict[str, Any]:
    """Go through all questions as a guest; the last reply."""
    entry = await reader.ask(payload=ASK)
    entry = await press(reader, entry, "Skip this")
    entry = await reader.ask(reason)
    entry = await press(reader, entry, "No hurry")
    return await press(reader, entry, "Yes, pass it on")


@pytest.fixture
def clock() -> Clock:
    return Stopped()


@pytest.fixture
async def office(tmp_path: Path, engine: EngineDouble, clock: Clock) -> AsyncIterator[Office]:
    app = app_in(
        tmp_path,
        clock=clock,
        engine_url=engine.url,
        session_minutes=0,
        public_url="https://careers.example",
    )
    async with running(app) as client:
        client.folder = tmp_path  # type: ignore[attr-defined]
        found = Office(client, app.state.house, clock, engine)
        await found.hire("Plinth")
        await found.hire("Quoin")
        yield found


def closed() -> OpeningHours:
    """Hours that are over at the time of the tests, and begin again tomorrow."""
    return OpeningHours({day: spans[:1] for day, spans in DEFAULT.by_weekday.items() if day})


def said(entries: list[dict[str, Any]], sender: str) -> list[str]:
    return [words(entry) for entry in entries if entry["from"] == sender]


def soon(minutes: int) -> timedelta:
    return timedelta(minutes=minutes)
