from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.records.migrate import upgrade
from bot.records.store import Store
from tests.bot.advisers.meetings.diary import Diary, opened


@pytest.fixture
async def diary(tmp_path: Path) -> AsyncIterator[Diary]:
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    upgrade(url)
    store = Store(url)
    yield await opened(store)
    store.close()


@pytest.fixture
async def either_diary(either_url: str) -> AsyncIterator[Diary]:
    """On either kind of database, with many pupils."""
    upgrade(either_url)
    store = Store(either_url, wait_s=30)
    yield await opened(store, pupils=24)
    store.close()
