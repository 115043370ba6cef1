from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from bot.records.migrate import upgrade
from bot.records.pupils import PupilDetails, add_pupil
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.store import open_engine, writing

NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Roll:
    """Pupils in a store: Ada and Ben of one school, Cy of another."""

    engine: Engine
    sealing: Sealing
    school_id: int
    other_school_id: int
    ada: str
    ben: str
    cy: str
    path: Path

    def files(self) -> bytes:
        """All that the store has on the disk, its log too."""
        return b"".join(path.read_bytes() for path in self.path.parent.glob(f"{self.path.name}*"))


def roll_in(path: Path) -> Roll:
    url = f"sqlite:///{path}"
    upgrade(url)
    engine = writing(open_engine(url))
    sealing = Sealing([Fernet.generate_key().decode()], "k" * 43)
    with engine.begin() as connection:
        school = keep_school(connection, "default", "School", NOW)
        other = keep_school(connection, "other", "Other", NOW)

        def added(school_id: int, name: str) -> str:
            details = PupilDetails(name, "Quillfeather", email=f"{name}@school.example")
            return add_pupil(connection, sealing, school_id, details, 2023, "10A", NOW)

        ids = added(school, "Ada"), added(school, "Ben"), added(other, "Cy")
    return Roll(engine, sealing, school, other, *ids, path)


@pytest.fixture
def roll(tmp_path: Path) -> Iterator[Roll]:
    found = roll_in(tmp_path / "store.sqlite3")
    yield found
    found.engine.dispose()


@pytest.fixture
def second_roll(tmp_path: Path) -> Iterator[Roll]:
    """Another installation."""
    found = roll_in(tmp_path / "second.sqlite3")
    yield found
    found.engine.dispose()
