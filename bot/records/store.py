"""The way to the database: one writer at a time on SQLite, bounded waits, never the event loop."""

import asyncio
import logging
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Concatenate, ParamSpec, TypeVar

import orjson
from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.pool import QueuePool

P = ParamSpec("P")
R = TypeVar("R")

BUSY_TIMEOUT_MS = 200
"""How long SQLite itself waits for a lock before the store decides whether to go on waiting."""

_WRITES = "signpost_writes"

# At its debug level the library logs every row that it reads, and so what people wrote.
logging.getLogger("sqlalchemy.engine").setLevel(logging.WARNING)


class StoreBusy(Exception):
    """The database stayed locked, or could not be reached, for as long as a caller may wait."""


def open_engine(url: str, threads: int = 4) -> Engine:
    """A SQLAlchemy engine for `url`; SQLite in WAL with foreign keys, deleted rows overwritten.

    Errors never carry parameters, which hold what people wrote.
    """
    parsed = make_url(url)
    sqlite = parsed.get_backend_name() == "sqlite"
    if sqlite and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(
        parsed,
        hide_parameters=True,
        json_serializer=lambda value: orjson.dumps(value).decode(),
        json_deserializer=orjson.loads,
        poolclass=QueuePool,
        pool_size=threads + 1,
        pool_pre_ping=not sqlite,
        connect_args={"timeout": BUSY_TIMEOUT_MS / 1000, "check_same_thread": False}
        if sqlite
        else {"connect_timeout": 2},
    )
    if sqlite:
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: object) -> None:
    # The driver's own transactions begin late; ours begin where SQLAlchemy says so.
    connection.isolation_level = None
    for pragma in (
        "journal_mode=WAL",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",
        f"busy_timeout={BUSY_TIMEOUT_MS}",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads and then writes must hold the write lock from the start,
    # or SQLite refuses it half way when another writer came between.
    if connection.get_execution_options().get(_WRITES):
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        return
    # This takes no lock and cannot fail, so the driver is asked past SQLAlchemy, which spends more
    # on it than on a read.
    driver: Any = connection.connection.dbapi_connection
    driver.execute("BEGIN")


def writing(engine: Engine) -> Engine:
    """The same engine and pool, with transactions that take the write lock at their start."""
    return engine.execution_options(**{_WRITES: True})


def scrub(engine: Engine) -> None:
    """Take what was deleted out of SQLite's log file too, which keeps old pages for a while."""
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    try:
        connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    finally:
        connection.close()


class Store:
    """Runs data-access functions, each in one transaction, in threads of its own.

    A function gets a Connection first and then its arguments; it must hold nothing else.
    """

    def __init__(self, url: str, wait_s: float = 2.0, threads: int = 4) -> None:
        self.engine = open_engine(url, threads)
        self._writing = writing(self.engine)
        self._wait_s = wait_s
        sqlite = self.engine.dialect.name == "sqlite"
        # SQLite has one writer anyway: queueing here costs nothing, polling for its lock would.
        self._writers = ThreadPoolExecutor(1 if sqlite else threads, "store-write")
        self._readers = ThreadPoolExecutor(threads, "store-read")

    async def write(
        self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `work` in one writing transaction. Raises StoreBusy after the longest wait."""
        deadline = time.monotonic() + self._wait_s
        return await asyncio.get_running_loop().run_in_executor(
            self._writers,
            lambda: self._transact(self._writing, deadline, lambda c: work(c, *args, **kwargs)),
        )

    async def read(
        self, work: Callable[Concatenate[Connection, P], R], *args: P.args, **kwargs: P.kwargs
    ) -> R:
        """Run `work` in one reading transaction. Raises StoreBusy after the longest wait."""
        deadline = time.monotonic() + self._wait_s
        return await asyncio.get_running_loop().run_in_executor(
            self._readers,
            lambda: self._transact(self.engine, deadline, lambda c: work(c, *args, **kwargs)),
        )

    def _transact(self, engine: Engine, deadline: float, work: Callable[[Connection], R]) -> R:
        pause = 0.01
        clashes = 0
        while time.monotonic() < deadline:
            try:
                with engine.begin() as connection:
                    return work(connection)
            except IntegrityError:
                # Two transactions made the same row (not on SQLite, where they queue): the
                # second try sees the first one's row.
                clashes += 1
                if clashes > 2:
                    raise
            except OperationalError as problem:
                if not _worth_waiting(problem):
                    raise
            time.sleep(min(pause, max(0.0, deadline - time.monotonic())))
            pause = min(pause * 2, 0.2)
        raise StoreBusy

    async def scrub(self) -> None:
        """Take what was deleted out of SQLite's log file too, which keeps old pages for a while."""
        await asyncio.get_running_loop().run_in_executor(self._writers, scrub, self.engine)

    def close(self) -> None:
        """Finish what is running and let go of the database."""
        self._writers.shutdown()
        self._readers.shutdown()
        self.engine.dispose()


def _worth_waiting(problem: OperationalError) -> bool:
    if problem.connection_invalidated:
        return True
    words = str(problem.orig).lower()
    return "locked" in words or "busy" in words or "connect" in words or "deadlock" in words
