"""What tests of the retention clocks share: a store, rows made older, what is due."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Connection, Engine, select, text, update

from bot.records.belongings import key_of
from bot.records.migrate import upgrade
from bot.records.retention import Due, delete_due, due_rows
from bot.records.sealing import Sealing
from bot.records.store import open_engine, writing
from tests.bot.records.planted import TABLES, Planted

SEALING = Sealing([Fernet.generate_key().decode()], "k" * 43)
OF_THE_SCHOOL = {
    *("schools", "school_settings", "erasures", "ready_phrases", "lessons", "audit_events"),
}
"""What no clock is about: it tells of nobody, or, events of the audit, is never deleted."""
TABLE_NAMES = [name for name in TABLES if name not in OF_THE_SCHOOL]


def made(folder: Path) -> Engine:
    url = f"sqlite:///{folder / 'store.sqlite3'}"
    upgrade(url)
    return writing(open_engine(url))


def keys(connection: Connection, school_id: int) -> dict[str, set[Any]]:
    """The primary keys of all that a school has."""
    return {table: keys_in(connection, table, school_id) for table in TABLE_NAMES}


def keys_in(connection: Connection, table: str, school_id: int) -> set[Any]:
    found = TABLES[table]
    chosen = select(*found.primary_key).where(found.c.school_id == school_id)
    return {key_of(row) for row in connection.execute(chosen)}


def age(connection: Connection, table: str, planted: Planted, **values: Any) -> None:
    found = TABLES[table]
    if table == "audit_events":  # which no database lets be changed
        connection.execute(text("DROP TRIGGER IF EXISTS audit_events_no_update"))
    connection.execute(update(found).where(found.c.school_id == planted.school_id).values(values))


def due(connection: Connection, planted: Planted, now: datetime) -> dict[str, Due]:
    return {one.clock: one for one in due_rows(connection, SEALING, planted.school_id, now)}


def run(connection: Connection, planted: Planted, now: datetime) -> None:
    for one in due_rows(connection, SEALING, planted.school_id, now):
        delete_due(connection, SEALING, planted.school_id, one.clock, one.ids, now)
