import asyncio
import threading
import time

import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import OperationalError, StatementError

from bot.records.store import Store, StoreBusy
from tests.bot.records.conftest import Shelf


def count(connection: Connection) -> int:
    return connection.execute(text("SELECT count(*) FROM conversations")).scalar_one()


def forget(connection: Connection) -> None:
    connection.execute(text("DELETE FROM conversations"))


@pytest.fixture
def store(shelf: Shelf):
    store = Store(shelf.url, wait_s=0.5)
    yield store
    store.close()


async def test_reads_and_writes(store: Store):
    assert await store.read(count) == 1


async def test_what_breaks_is_undone(store: Store, shelf: Shelf):
    def half(connection: Connection) -> None:
        connection.execute(text("UPDATE conversations SET last_seq = 99"))
        raise ValueError

    with pytest.raises(ValueError):
        await store.write(half)
    with shelf.engine.begin() as connection:
        assert connection.execute(text("SELECT last_seq FROM conversations")).scalar_one() == 0


async def test_waits_for_a_lock_and_goes_on(store: Store, shelf: Shelf):
    held = shelf.engine.connect()
    held.begin()
    waiting = asyncio.create_task(store.write(count))
    # The writer waits in its thread, so the loop goes on meanwhile.
    done, _ = await asyncio.wait({waiting}, timeout=0.1)
    assert not done
    held.rollback()
    held.close()
    assert await waiting == 1


async def test_gives_up_on_a_locked_store(store: Store, shelf: Shelf):
    with shelf.engine.begin():
        began = time.monotonic()
        with pytest.raises(StoreBusy):
            await store.write(forget)
        assert time.monotonic() - began < 2
        assert await store.read(count) == 1


async def test_those_who_queue_behind_give_up_together(store: Store, shelf: Shelf):
    with shelf.engine.begin():
        began = time.monotonic()
        found = await asyncio.gather(
            *(store.write(forget) for _ in range(10)), return_exceptions=True
        )
        assert {type(one) for one in found} == {StoreBusy}
        assert time.monotonic() - began < 2


async def test_an_error_does_not_quote_what_people_wrote(store: Store):
    def bad(connection: Connection) -> None:
        connection.execute(text("INSERT INTO nowhere VALUES (:said)"), {"said": "my secret"})

    with pytest.raises((OperationalError, StatementError)) as caught:
        await store.write(bad)
    assert "my secret" not in str(caught.value)


async def test_one_writer_at_a_time(store: Store):
    inside, most = 0, 0
    lock = threading.Lock()

    def work(connection: Connection) -> None:
        nonlocal inside, most
        with lock:
            inside += 1
            most = max(most, inside)
        count(connection)
        with lock:
            inside -= 1

    await asyncio.gather(*(store.write(work) for _ in range(20)))
    assert most == 1


async def test_wal_and_foreign_keys(store: Store):
    def pragmas(connection: Connection) -> list[object]:
        names = ("journal_mode", "foreign_keys", "secure_delete", "synchronous")
        return [connection.exec_driver_sql(f"PRAGMA {one}").scalar_one() for one in names]

    assert await store.read(pragmas) == ["wal", 1, 1, 1]
