from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Engine

from bot.identity.roster.applying import Preview, apply, preview
from bot.identity.roster.reading import read_table
from bot.records.migrate import upgrade
from bot.records.pupils import PupilRow, list_pupils
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.store import open_engine, writing
from tests.bot.identity.roster.exports import ALL, TODAY, export

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)


@dataclass
class Office:
    """A school's office with its files, and the rosters of two schools in one store."""

    engine: Engine
    url: str
    ours: int
    theirs: int
    sealing: Sealing
    now: datetime = field(default=NOW)

    def show(
        self, content: bytes, today: date = TODAY, *, school=None, held=ALL, **more
    ) -> Preview:
        with self.engine.begin() as connection:
            return preview(
                connection,
                self.sealing,
                school or self.ours,
                read_table(content),
                today,
                held=held,
                **more,
            )

    def write(self, shown: Preview, today: date = TODAY, *, school=None) -> None:
        self.now += timedelta(minutes=1)
        with self.engine.begin() as connection:
            apply(connection, self.sealing, school or self.ours, shown, today, self.now)

    def bring_in(self, *people, today: date = TODAY, school=None, **more) -> Preview:
        shown = self.show(export(people), today, school=school, **more)
        self.write(shown, today, school=school)
        return shown

    def pupils(self, school=None) -> list[PupilRow]:
        with self.engine.begin() as connection:
            return list_pupils(connection, self.sealing, school or self.ours, leavers=True)

    def named(self, given: str) -> PupilRow:
        (found,) = [row for row in self.pupils() if row.details.given_name == given]
        return found


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    upgrade(url)
    engine = writing(open_engine(url))
    with engine.begin() as connection:
        ours, theirs = (keep_school(connection, slug, slug, NOW) for slug in ("ours", "theirs"))
    yield Office(engine, url, ours, theirs, Sealing([Fernet.generate_key().decode()], "k" * 43))
    engine.dispose()
