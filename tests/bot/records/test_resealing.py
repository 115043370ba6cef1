"""Sealing everything again with the newest key, on SQLite and on PostgreSQL."""

from __future__ import annotations

from cryptography.fernet import Fernet
from sqlalchemy import create_engine, func, select, update

from bot.records import migrate
from bot.records.resealing import MOST_AT_ONCE, SEALED, reseal_some
from bot.records.sealing import Sealing
from tests.bot.records import postgresql
from tests.bot.records.planted import (
    TABLES,
    change,
    everything_of,
    opened,
    plant,
    rows_of,
    sealed,
)

KEYS = [Fernet.generate_key().decode() for _ in range(2)]
SEALING = Sealing(KEYS, "k" * 43)


def test_every_sealed_column_is_known():
    texts = {
        (name, column.name)
        for name, table in TABLES.items()
        for column in table.columns
        if type(column.type).__name__ in ("Text", "LargeBinary")
    }
    assert texts == set(SEALED)


def test_all_is_sealed_with_the_newest_key_a_few_rows_at_a_time(either_url: str):
    migrate.upgrade(either_url)
    older = Sealing(KEYS[1:], "k" * 43)
    with change(either_url) as connection:
        planted = [plant(connection, older, mark) for mark in "abcde"]
        before = {of: everything_of(connection, of.school_id) for of in planted}
    for table, column in SEALED:
        after, rounds, sealed_again = None, 0, 0
        while rounds == 0 or after is not None:
            with change(either_url) as connection:
                done = reseal_some(connection, SEALING, table, column, after=after, limit=2)
            assert done.broken == 0
            after, rounds, sealed_again = done.after, rounds + 1, sealed_again + done.sealed_again
        # Large ones one by one, up to a last look at nothing more.
        assert (rounds, sealed_again) == (6 if table in MOST_AT_ONCE else 3, 5)
        with change(either_url) as connection:
            done = reseal_some(connection, SEALING, table, column, after=None, limit=9)
        assert (done.after is None, done.sealed_again) == (table not in MOST_AT_ONCE, 0)
    newest = Sealing(KEYS[:1], "k" * 43)
    with change(either_url) as connection:
        for of, mark in zip(planted, "abcde", strict=True):
            for table, (row,) in everything_of(connection, of.school_id).items():
                (was,) = before[of][table]
                now, earlier = dict(row._mapping), dict(was._mapping)
                for column in (column for of_table, column in SEALED if of_table == table):
                    assert opened(newest, now.pop(column)) == sealed(table, mark)
                    earlier.pop(column)
                assert now == earlier


def test_what_no_key_opens_is_counted_and_left(either_url: str):
    migrate.upgrade(either_url)
    with change(either_url) as connection:
        stranger = Sealing([Fernet.generate_key().decode()], "k" * 43)
        planted = plant(connection, stranger, "a")
        before = everything_of(connection, planted.school_id)
        done = reseal_some(connection, SEALING, "pupils", "details", after=None, limit=9)
        assert (done.after, done.sealed_again, done.broken) == (None, 0, 1)
        assert everything_of(connection, planted.school_id) == before


def test_a_row_that_a_reader_changes_is_neither_waited_for_nor_undone(server: postgresql.Server):
    url = server.database()
    migrate.upgrade(url)
    older = Sealing(KEYS[1:], "k" * 43)
    lines = TABLES["record_lines"]
    engine = create_engine(url)
    try:
        with change(url) as connection:
            one, two = (plant(connection, older, mark) for mark in "ab")
        with engine.begin() as reader:
            written = {"body": older.seal({"text": "corrected"})}
            reader.execute(update(lines).where(lines.c.id == one.line_id).values(written))
            with change(url) as connection:
                done = reseal_some(connection, SEALING, "record_lines", "body", None, 9)
                assert done.sealed_again == 1  # the other one
        with change(url) as connection:
            done = reseal_some(connection, SEALING, "record_lines", "body", None, 9)
            assert done.sealed_again == 1
            (row,) = rows_of(connection, "record_lines", one.school_id)
            assert SEALING.open(row.body) == {"text": "corrected"}
            (row,) = rows_of(connection, "record_lines", two.school_id)
            assert SEALING.open(row.body) == sealed("record_lines", "b")
            assert connection.execute(select(func.count()).select_from(lines)).scalar_one() == 2
    finally:
        engine.dispose()
