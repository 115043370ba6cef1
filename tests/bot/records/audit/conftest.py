"""A store with two schools and a pupil in each, whose audit is written and meddled with."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from bot.records.audit.actors import Actor
from bot.records.audit.chain import Fault, Head, verify
from bot.records.audit.log import append
from bot.records.migrate import upgrade
from bot.records.pupils import PupilDetails, add_pupil
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.store import open_engine, writing

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
SEALING = Sealing([Fernet.generate_key().decode()], "k" * 43)
STAFF = Actor("staff", "s" * 32, "Quorra Plinth")


@dataclass(frozen=True)
class Audited:
    """The store; `schools` and `pupils` are two each."""

    engine: Engine
    path: Path | None
    schools: tuple[int, int]
    pupils: tuple[str, str]

    def __call__(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Call a function that takes connection and sealing, in a transaction of its own."""
        with self.engine.begin() as connection:
            return work(connection, SEALING, *args, **more)

    def add(self, school: int = 0, minutes: int = 0, **more: Any) -> int:
        """A row more; by default somebody of staff looks at the school's pupil."""
        told: dict[str, Any] = {
            "actor": STAFF,
            "action": "record viewed",
            "object_kind": "pupil",
            "object_id": self.pupils[school],
            "now": NOW + timedelta(minutes=minutes),
        }
        number: int = self(append, self.schools[school], **told | more)
        return number

    def faults(self, school: int = 0, noted: Head | None = None, keys: bool = True) -> list[Fault]:
        with self.engine.begin() as connection:
            sealing = SEALING if keys else None
            return verify(connection, self.schools[school], sealing, noted=noted)

    def kinds(self, school: int = 0) -> set[str]:
        return {fault.kind for fault in self.faults(school)}

    def meddle(self, *statements: str, **values: Any) -> int:
        """Change the file past the service, as somebody with the database could; rows changed."""
        assert self.path is not None
        with closing(sqlite3.connect(self.path)) as file, file:
            for what in ("update", "delete"):
                file.execute(f"DROP TRIGGER IF EXISTS audit_events_no_{what}")
            return sum(file.execute(one, values).rowcount for one in statements)


def filled(url: str, path: Path | None = None) -> Audited:
    """The schools and pupils in a migrated store."""
    engine = writing(open_engine(url))
    with engine.begin() as connection:
        first, second = (keep_school(connection, slug, slug, NOW) for slug in ("one", "two"))
        one, two = (
            add_pupil(
                connection,
                SEALING,
                school,
                PupilDetails("Zebedee", "Quillfeather"),
                2023,
                "10B",
                NOW,
            )
            for school in (first, second)
        )
    return Audited(engine, path, (first, second), (one, two))


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated store, to be copied: migrating takes longer than what is tested."""
    path = tmp_path_factory.mktemp("empty") / "store.sqlite3"
    upgrade(f"sqlite:///{path}")
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA journal_mode=DELETE")
    return path


@contextmanager
def copied(empty: Path) -> Iterator[Audited]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        shutil.copy(empty, path)
        found = filled(f"sqlite:///{path}", path)
        try:
            yield found
        finally:
            found.engine.dispose()


@pytest.fixture
def audited(empty_store: Path) -> Iterator[Audited]:
    with copied(empty_store) as found:
        yield found


@pytest.fixture
def either(either_url: str) -> Iterator[Audited]:
    """The same in either kind of database."""
    upgrade(either_url)
    found = filled(either_url)
    yield found
    found.engine.dispose()
