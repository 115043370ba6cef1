"""Brings the store to the shape that this version of the code expects."""

import time
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, event
from sqlalchemy.exc import OperationalError

from bot.records.sealing import Sealing
from bot.records.store import StoreBusy, open_engine, scrub, writing

_FOLDER = Path(__file__).with_name("migrations")


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(_FOLDER))
    return config


def head() -> str:
    """The revision that the code expects."""
    revision = ScriptDirectory.from_config(_config()).get_current_head()
    if revision is None:
        raise LookupError("the migrations folder is empty")
    return revision


def known_revisions() -> frozenset[str]:
    """Every revision that the code can migrate from."""
    script = ScriptDirectory.from_config(_config())
    return frozenset(revision.revision for revision in script.walk_revisions())


def current(database_url: str) -> str | None:
    """The revision of the store, None for an empty one."""
    engine = open_engine(database_url, threads=1)
    try:
        with engine.connect() as connection:
            return MigrationContext.configure(connection).get_current_revision()
    finally:
        engine.dispose()


def upgrade(
    database_url: str,
    revision: str = "head",
    wait_s: float = 10.0,
    *,
    sealing: Sealing | None = None,
) -> None:
    """Migrate the store up to `revision`, making it if need be.

    Safe when two processes do it together: on SQLite the whole change holds the write lock.
    `sealing` seals what older stores hold in clear. Raises StoreBusy when the store stays locked
    for `wait_s` seconds, LookupError when it holds rows that take `sealing` to migrate.
    """
    _migrate(database_url, revision, wait_s, sealing, down=False)


def downgrade(
    database_url: str,
    revision: str,
    wait_s: float = 10.0,
    *,
    sealing: Sealing | None = None,
) -> None:
    """Migrate the store down to `revision` ("base" empties it). Raises as `upgrade`, SealBroken."""
    _migrate(database_url, revision, wait_s, sealing, down=True)


def _migrate(
    database_url: str, revision: str, wait_s: float, sealing: Sealing | None, *, down: bool
) -> None:
    engine = open_engine(database_url, threads=1)
    if engine.dialect.name == "sqlite":
        # SQLite changes a table by writing it anew and dropping the old one, which with references
        # on would take along every row that points there. They are checked at the end instead.
        event.listen(engine, "connect", _without_references)
    deadline = time.monotonic() + wait_s
    change = command.downgrade if down else command.upgrade
    try:
        while True:
            try:
                with writing(engine).begin() as connection:
                    config = _config()
                    before = MigrationContext.configure(connection).get_current_revision()
                    config.attributes["connection"] = connection
                    config.attributes["sealing"] = sealing
                    change(config, revision)
                    after = MigrationContext.configure(connection).get_current_revision()
                    if before != after:
                        _check_references(connection)
                if before != after:
                    scrub(engine)
                return
            except OperationalError as problem:
                if "locked" not in str(problem.orig):
                    raise
                if time.monotonic() > deadline:
                    raise StoreBusy from problem
                time.sleep(0.05)
    finally:
        engine.dispose()


def _without_references(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys=OFF")


def _check_references(connection: Connection) -> None:
    if connection.dialect.name != "sqlite":
        return
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").first()
    if broken is not None:
        raise LookupError(f"a row of {broken[0]} points to one of {broken[2]} that is not there")
