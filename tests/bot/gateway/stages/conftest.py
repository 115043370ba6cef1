from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot.gateway.broker import Broker
from bot.gateway.desk import Desk
from bot.gateway.engine import EngineClient
from bot.gateway.outage import Outage
from bot.gateway.rate_limit import RateLimit
from bot.gateway.turn import Turn
from bot.records.conversations import add_conversation
from bot.records.entries import EntryRow, entries_after
from bot.records.migrate import upgrade
from bot.records.schools import keep_school
from bot.records.store import Store
from bot.safeguarding.screen import Screen
from tests.bot.records.guidance.conftest import SEALING
from tests.bot.support import Book, Clock, settings_in
from tests.engine_double import EngineDouble

ID = "f" * 32


@dataclass(frozen=True)
class Room:
    """A desk with a conversation on it."""

    desk: Desk

    def turn(self, text: str | None = "hello", **more) -> Turn:
        return Turn(ID, "m1", self.desk.clock(), text=text, **more)

    async def entries(self) -> list[EntryRow]:
        return await self.desk.store.read(entries_after, SEALING, ID)


@pytest.fixture
async def room(tmp_path: Path, engine: EngineDouble, clock: Clock) -> AsyncIterator[Room]:
    settings = settings_in(tmp_path, messages_per_minute=3, store_wait_s=0.3)
    upgrade(settings.store_url)
    store = Store(settings.store_url, settings.store_wait_s)
    desk = Desk(
        settings=settings,
        store=store,
        engine=EngineClient(engine.url, "t", timeout_s=0.5),
        outage=Outage(),
        broker=Broker(),
        answers=Book(),
        screen=Screen.load(),
        rate=RateLimit(settings.messages_per_minute),
        clock=clock,
        sealing=SEALING,
    )
    school_id = await store.write(keep_school, "default", "School", clock())
    await store.write(
        add_conversation,
        SEALING,
        conversation_id=ID,
        school_id=school_id,
        channel="web",
        scene={"year": 11},
        opening={"notice": {"text": ""}, "greeting": {"text": ""}},
        standing=[{"title": "Talk to an adviser", "payload": "/talk_to_adviser"}],
        now=clock(),
    )
    yield Room(desk)
    await desk.engine.close()
    store.close()
