from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from bot.records.conversations import add_conversation
from bot.records.migrate import upgrade
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.store import open_engine, writing

SEALING = Sealing([Fernet.generate_key().decode()], "k" * 43)
NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
ID = "c" * 32


@dataclass(frozen=True)
class Shelf:
    url: str
    engine: Engine
    school_id: int

    def begin(self, conversation_id: str = ID, now: datetime = NOW) -> None:
        with self.engine.begin() as connection:
            add_conversation(
                connection,
                SEALING,
                conversation_id=conversation_id,
                school_id=self.school_id,
                channel="web",
                scene={"audience": "pupil"},
                opening={
                    "notice": {"text": "notice"},
                    "greeting": {"text": "hi", "buttons": [{"title": "Pay", "payload": "/pay"}]},
                },
                standing=[{"title": "Adviser", "payload": "/adviser"}],
                now=now,
            )


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[Shelf]:
    """A migrated store with one school and one conversation."""
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    upgrade(url)
    engine = open_engine(url)
    with writing(engine).begin() as connection:
        school_id = keep_school(connection, "default", "School", NOW)
    found = Shelf(url, writing(engine), school_id)
    found.begin()
    yield found
    engine.dispose()
