import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from bot.records import entries
from bot.records.conversations import (
    close_older,
    delete_conversation,
    find_conversation,
    finish_erasure,
    pending_erasures,
    warn_older,
)
from bot.records.models import Base, Entry
from bot.records.schools import keep_school
from tests.bot.records.conftest import ID, NOW, SEALING, Shelf


def test_found_with_its_school_and_opening(shelf: Shelf):
    with shelf.engine.begin() as connection:
        found = find_conversation(connection, ID)
        assert find_conversation(connection, "d" * 32) is None
    assert found is not None
    assert (found.school_slug, found.school_name, found.state) == ("default", "School", "bot")
    assert found.scene == {"audience": "pupil"}
    assert found.opening["notice"] == {"text": "notice"}


def test_a_school_is_kept_once_and_renamed(shelf: Shelf):
    with shelf.engine.begin() as connection:
        assert keep_school(connection, "default", "New name", NOW) == shelf.school_id
        assert find_conversation(connection, ID).school_name == "New name"
        assert keep_school(connection, "other", "Other", NOW) != shelf.school_id


def test_deleting_leaves_only_what_the_engine_must_forget(shelf: Shelf):
    shelf.begin("d" * 32)
    with shelf.engine.begin() as connection:
        entries.admit(connection, SEALING, ID, "a", text="secret words", payload=None, now=NOW)
    with shelf.engine.begin() as connection:
        assert delete_conversation(connection, ID, NOW)
        assert not delete_conversation(connection, ID, NOW)
        assert pending_erasures(connection) == [ID]
        finish_erasure(connection, ID)
        assert pending_erasures(connection) == []
        for table in Base.metadata.tables.values():
            for row in connection.execute(select(table)):
                assert ID not in str(row)
        # The other conversation is untouched.
        assert find_conversation(connection, "d" * 32) is not None


def test_deleted_words_are_overwritten_in_the_file(shelf: Shelf):
    with shelf.engine.begin() as connection:
        entries.admit(connection, SEALING, ID, "a", text="zebracrossing", payload=None, now=NOW)
        sealed = connection.execute(select(Entry.body)).scalar_one().encode()
    path = Path(shelf.url.removeprefix("sqlite:///"))
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert sealed in path.read_bytes()
    with shelf.engine.begin() as connection:
        delete_conversation(connection, ID, NOW)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    assert sealed[-40:] not in path.read_bytes()


def test_warned_once_and_closed_when_over(shelf: Shelf):
    shelf.begin("d" * 32, NOW + timedelta(hours=1))
    both = [ID, "d" * 32]
    with shelf.engine.begin() as connection:
        assert warn_older(connection, both, NOW, NOW) == [ID]
        assert warn_older(connection, both, NOW, NOW) == []
        assert close_older(connection, NOW) == 1
        assert close_older(connection, NOW) == 0
        assert find_conversation(connection, ID).state == "closed"
        assert find_conversation(connection, "d" * 32).state == "bot"
