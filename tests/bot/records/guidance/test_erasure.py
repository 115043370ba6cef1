"""Deleting a pupil: no trace in any table or in the file, and a certificate that names nobody."""

import re
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, select

from bot.records.audit.chain import HEAD, verify
from bot.records.belongings import OF_A_PUPIL
from bot.records.conversations import find_conversation, pending_erasures
from bot.records.guidance.bundle import bundle_of
from bot.records.guidance.erasure import erase_pupil
from bot.records.models import Base, Pupil, SchoolSetting
from bot.records.pupils import find_pupil
from bot.records.resealing import SEALED
from tests.bot.records.guidance.conftest import ADVICE, NOW, SEALING, Held, bare_store
from tests.bot.records.guidance.full import chat, fill

NAME, SENTENCE = "Xanthippe", "wants to count narwhals"
OF_NO_PUPIL = {
    *("schools", "erasures", "school_settings", "staff", "staff_roles", "staff_secrets"),
    *("passkeys", "recovery_codes", "staff_sessions", "staff_devices", "staff_invitations"),
    *("working_hours", "absences", "lessons", "ready_phrases", "content_tasks", "audit_events"),
}
"""Tables with rows of the school or its staff; no row tells of which pupil it is."""


def erase(held: Held):
    with held.engine.begin() as connection:
        return erase_pupil(connection, held.school, held.pupil, NOW)


def checkpoint(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def found_in(folder: Path, words: str) -> list[str]:
    """The files of the folder, the write-ahead log too, that hold the words."""
    return [p.name for p in folder.iterdir() if words.encode() in p.read_bytes()]


def test_every_table_of_a_pupil_is_known():
    with_pupils = {
        name for name, table in Base.metadata.tables.items() if "pupil_id" in table.columns
    }
    assert {table.__tablename__ for table in OF_A_PUPIL} == with_pupils


def test_nothing_is_left_in_any_table(held: Held):
    conversation = held(fill, NAME, SENTENCE)
    twins = held.of_twin(fill, NAME, SENTENCE)
    before = held.of_twin(bundle_of, NOW)
    erased = erase(held)
    assert erased.conversation_ids == (conversation,)
    assert erase(held) is None
    with held.engine.begin() as connection:
        # Only what the engine has still to forget, and nothing personal in it.
        assert pending_erasures(connection) == [conversation]
        for name, table in Base.metadata.tables.items():
            rows = [str(row) for row in connection.execute(select(table))]
            assert not any(held.pupil in row for row in rows), name
            if "school_id" in table.columns:
                own = select(table).where(table.c.school_id == held.school)
                left = len(connection.execute(own).all())
                # That somebody looked stays, and says no more of whom.
                kept = name in ("erasures", "audit_events", "school_settings")
                assert left == kept, name
        (setting,) = connection.execute(
            select(SchoolSetting.name).where(SchoolSetting.school_id == held.school)
        )
        assert setting.name == HEAD
        assert verify(connection, held.school, SEALING) == []
        assert find_conversation(connection, twins) is not None
    assert held.of_twin(bundle_of, NOW) == before


def test_the_certificate_counts_and_names_nobody(held: Held):
    conversation = held(fill, NAME, SENTENCE)
    with held.engine.begin() as connection:
        there = {
            name: len(connection.execute(select(table)).all())
            for name, table in Base.metadata.tables.items()
            if name not in OF_NO_PUPIL
        }
    certificate = erase(held).certificate
    assert certificate.counts == {**there, "pupils": 1}
    assert min(certificate.counts.values()) > 0
    assert re.fullmatch(r"[0-9a-f]{16}", certificate.number)
    told = str(certificate.to_json())
    for secret in (NAME, SENTENCE, held.pupil, conversation):
        assert secret not in told


def test_a_chat_of_nobody_stays(held: Held):
    with held.engine.begin() as connection:
        chat(connection, SEALING, held.school, "g" * 32, "a guest")
    held(fill, NAME, SENTENCE)
    erase(held)
    with held.engine.begin() as connection:
        assert find_conversation(connection, "g" * 32) is not None
        assert find_pupil(connection, SEALING, held.school, held.pupil) is None


def test_not_another_schools_pupil(held: Held):
    with held.engine.begin() as connection:
        assert erase_pupil(connection, held.school, held.twin, NOW) is None
        assert erase_pupil(connection, held.twin_school, held.pupil, NOW) is None
        assert len(connection.execute(select(Pupil.id)).all()) == 2


def test_neither_record_nor_chat_is_ever_in_the_file_in_clear(held: Held):
    with held.engine.begin() as connection:
        fill(connection, SEALING, held.school, held.pupil, NAME, SENTENCE)
    assert found_in(held.path.parent, held.pupil)  # the test can find words
    for planted in (SENTENCE, NAME, ADVICE["adviser_name"], ADVICE["qualification"]):
        assert found_in(held.path.parent, planted) == []


def sealed_of(connection: Connection, school_id: int) -> set[str]:
    """Something out of each sealed text of the school that stands nowhere else."""
    found = set()
    for name, column in SEALED:
        table = Base.metadata.tables[name]
        chosen = select(table.c[column]).where(table.c.school_id == school_id)
        values = connection.execute(chosen).scalars()
        found |= {value[30:70] for value in values if isinstance(value, str)}
    return found


# Begun so that none is a piece of a table's name, which stays in the file.
letters = st.text(st.characters(min_codepoint=0x61, max_codepoint=0x7A), min_size=8, max_size=16)
words = letters.map(lambda found: f"zq{found}")


@settings(max_examples=15, deadline=None)
@given(name=words, sentence=st.lists(words, min_size=2, max_size=4).map(" ".join))
def test_deletion_leaves_no_trace_in_the_file(name: str, sentence: str):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "store.sqlite3"
        engine, school, _, pupil, _ = bare_store(f"sqlite:///{path}")
        with engine.begin() as connection:
            conversation = fill(connection, SEALING, school, pupil, name, sentence)
        with engine.begin() as connection:
            marks = sealed_of(connection, school)
        assert len(marks) > 20
        assert all(found_in(path.parent, mark) for mark in (pupil, *marks))
        with engine.begin() as connection:
            erase_pupil(connection, school, pupil, NOW)
        checkpoint(path)
        for planted in (name, sentence, pupil, *marks):
            assert found_in(path.parent, planted) == []
        with engine.begin() as connection:
            assert pending_erasures(connection) == [conversation]
        engine.dispose()
