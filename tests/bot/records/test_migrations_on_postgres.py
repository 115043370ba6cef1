"""The store's shape, with data in every table, on SQLite and on PostgreSQL."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from cryptography.fernet import Fernet
from sqlalchemy import delete, inspect, text, update
from sqlalchemy.exc import IntegrityError

from bot.records import migrate
from bot.records.models import Base
from bot.records.resealing import SEALED
from bot.records.sealing import SealBroken, Sealing
from bot.records.store import open_engine
from tests.bot.records import postgresql
from tests.bot.records.planted import (
    NOW,
    OF_A_PUPIL,
    OF_CHATS,
    TABLES,
    as_it_is,
    change,
    everything_of,
    opened,
    plant,
    plant_chats_in_clear,
    plant_people,
    rows_as_they_are,
    rows_of,
    sealed,
)

KEYS = [Fernet.generate_key().decode() for _ in range(2)]
SEALING = Sealing(KEYS, "k" * 43)
STRANGER = Sealing([Fernet.generate_key().decode()], "k" * 43)


def in_words(told: Mapping[str, Any]) -> dict[str, Any]:
    """What is told of one thing; a condition as text, which can be compared."""
    options = {name: str(value) for name, value in told.get("dialect_options", {}).items()}
    return {**told, "dialect_options": options}


def shape(url: str) -> dict[str, Any]:
    """All that the database itself says of the tables, names of constraints included."""
    engine = open_engine(url, threads=1)
    try:
        with engine.connect() as connection:
            looked = inspect(connection)
            return {
                table: {
                    "columns": [
                        {**column, "type": repr(column["type"])}
                        for column in looked.get_columns(table)
                    ],
                    "primary key": looked.get_pk_constraint(table),
                    **{
                        of: sorted(map(in_words, told(table)), key=lambda one: str(one["name"]))
                        for of, told in (
                            ("foreign keys", looked.get_foreign_keys),
                            ("unique", looked.get_unique_constraints),
                            ("checks", looked.get_check_constraints),
                            ("indexes", looked.get_indexes),
                        )
                    },
                }
                for table in looked.get_table_names()
            }
    finally:
        engine.dispose()


def another(url: str, request: pytest.FixtureRequest, tmp_path: Path) -> str:
    if url.startswith("sqlite"):
        return f"sqlite:///{tmp_path / 'another.sqlite3'}"
    made: str = request.getfixturevalue("server").database()
    return made


def test_up_makes_exactly_what_the_models_say(
    either_url: str, request: pytest.FixtureRequest, tmp_path: Path
):
    migrate.upgrade(either_url)
    assert migrate.current(either_url) == migrate.head()
    with change(either_url) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    from_models = another(either_url, request, tmp_path)
    with change(from_models) as connection:
        Base.metadata.create_all(connection)
    migrated = shape(either_url)
    del migrated["alembic_version"]
    assert migrated == shape(from_models)


def test_there_is_a_plant_for_every_table(either_url: str):
    migrate.upgrade(either_url)
    with change(either_url) as connection:
        first, second = (plant(connection, SEALING, mark) for mark in "ab")
        for school in (first, second):
            everything = everything_of(connection, school.school_id)
            assert {table: len(rows) for table, rows in everything.items()} == dict.fromkeys(
                TABLES, 1
            )


def test_up_and_down_with_data_in_every_table(either_url: str):
    migrate.upgrade(either_url, "0001")
    with change(either_url) as connection:
        schools = {mark: plant_chats_in_clear(connection, mark) for mark in "ab"}
        before = {
            (table, mark): rows_as_they_are(connection, table, of.school_id)
            for mark, of in schools.items()
            for table in ("schools", *OF_CHATS)
        }
    assert all(rows for rows in before.values())

    def chats_are_as_before() -> None:
        with change(either_url) as connection:
            for (table, mark), rows in before.items():
                assert rows_as_they_are(connection, table, schools[mark].school_id) == rows

    def chats_are_all_there() -> None:
        with change(either_url) as connection:
            for (table, mark), rows in before.items():
                found = rows_as_they_are(connection, table, schools[mark].school_id)
                assert [opened_row(table, one) for one in found] == rows

    migrate.upgrade(either_url, sealing=SEALING)
    chats_are_all_there()
    for _ in range(2):
        with change(either_url) as connection:
            for mark, of in schools.items():
                plant_people(connection, SEALING, of, mark)
                for table, rows in everything_of(connection, of.school_id).items():
                    assert len(rows) == (2 if table == "entries" else 1), table
        migrate.downgrade(either_url, "0001", sealing=SEALING)
        chats_are_as_before()
        assert set(shape(either_url)) == {"alembic_version", "schools", *OF_CHATS}
        migrate.upgrade(either_url, sealing=SEALING)
        chats_are_all_there()
    with change(either_url) as connection:
        plant_people(connection, SEALING, schools["a"], "a")
    migrate.downgrade(either_url, "base", sealing=SEALING)
    assert set(shape(either_url)) == {"alembic_version"}
    assert migrate.current(either_url) is None


def opened_row(table: str, row: dict[str, Any]) -> dict[str, Any]:
    """The row as it was before it was sealed."""
    if table == "entries":
        meta = row["meta"] and SEALING.open(row["meta"])
        return row | {"body": SEALING.open(row["body"]), "meta": meta}
    if table == "offers":
        kept = {name: value for name, value in row.items() if not name.startswith("button")}
        return kept | SEALING.open(row["button"])
    return row


def test_chats_are_not_migrated_without_the_keys(either_url: str):
    migrate.upgrade(either_url, "0001")
    with change(either_url) as connection:
        school_id = plant_chats_in_clear(connection, "a").school_id
        before = rows_as_they_are(connection, "entries", school_id)
    with pytest.raises(LookupError):
        migrate.upgrade(either_url)
    assert migrate.current(either_url) == "0001"
    with change(either_url) as connection:
        assert rows_as_they_are(connection, "entries", school_id) == before
    migrate.upgrade(either_url, sealing=SEALING)
    for sealing, refusal in ((None, LookupError), (STRANGER, SealBroken)):
        with pytest.raises(refusal):
            migrate.downgrade(either_url, "0004", sealing=sealing)
        assert migrate.current(either_url) == migrate.head()


def test_many_chats_are_sealed(either_url: str):
    migrate.upgrade(either_url, "0001")
    with change(either_url) as connection:
        planted = plant_chats_in_clear(connection, "a")
        entries = as_it_is(connection, "entries")
        (first, *_) = rows_as_they_are(connection, "entries", planted.school_id)
        del first["id"]
        rows = [
            first | {"seq": n, "client_message_id": str(n), "body": {"messages": [{"text": n}]}}
            for n in range(3, 1204)
        ]
        connection.execute(entries.insert(), rows)
    migrate.upgrade(either_url, sealing=SEALING)
    with change(either_url) as connection:
        found = rows_as_they_are(connection, "entries", planted.school_id)
    said = [SEALING.open(row["body"])["messages"][0]["text"] for row in found]
    assert said[2:] == [row["seq"] for row in rows]


def test_no_file_of_the_store_says_what_was_sealed(tmp_path: Path):
    url = f"sqlite:///{tmp_path / 'store.sqlite3'}"
    migrate.upgrade(url, "0001")
    with change(url) as connection:
        plant_chats_in_clear(connection, "a")
    assert said_in_files(tmp_path)
    migrate.upgrade(url, sealing=SEALING)
    assert not said_in_files(tmp_path)


def test_no_file_of_postgresql_says_what_was_sealed(server: postgresql.Server):
    url = server.database()
    migrate.upgrade(url, "0001")
    with change(url) as connection:
        plant_chats_in_clear(connection, "a")
    for clear in (True, False):
        with change(url) as connection:
            where = {
                connection.execute(text(f"SELECT pg_relation_filepath('{table}')")).scalar_one()
                for table in ("entries", "offers")
            }
        server.run("CHECKPOINT")
        found = [path for path in where if b"Quillfeather" in (server.data / path).read_bytes()]
        assert len(found) == (2 if clear else 0)
        migrate.upgrade(url, sealing=SEALING)


def said_in_files(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir() if b"Quillfeather" in path.read_bytes()]


def test_files_come_and_go_with_their_revision(either_url: str):
    migrate.upgrade(either_url, "0003")
    school = {"slug": "a", "name": "A", "created_at": NOW}
    pupil = {"id": "p" * 32, "school_id": 1, "details": "sealed", "year_7_in": 2022}
    pupil |= {"created_at": NOW, "updated_at": NOW}
    file = {"id": "a" * 32, "school_id": 1, "pupil_id": "p" * 32, "kind": "reference"}
    file |= {"details": "sealed", "size": 3, "provenance": "staff", "created_at": NOW}
    content = {"attachment_id": "a" * 32, "school_id": 1, "content": b"\x00\xff\x80"}
    files = {"attachments": file, "attachment_contents": content}
    with change(either_url) as connection:
        connection.execute(TABLES["schools"].insert().values(school))
        connection.execute(TABLES["pupils"].insert().values(pupil))
    for _ in range(2):
        with change(either_url) as connection:
            for table, row in files.items():
                connection.execute(TABLES[table].insert().values(row))
            (kept,) = rows_of(connection, "attachment_contents", 1)
            assert kept.content == content["content"]
        migrate.downgrade(either_url, "0002")
        assert not set(files) & set(shape(either_url))
        migrate.upgrade(either_url, "0003")
        with change(either_url) as connection:
            assert [row.id for row in rows_of(connection, "pupils", 1)] == [pupil["id"]]
            assert rows_of(connection, "attachments", 1) == []


def test_what_is_planted_comes_back(either_url: str):
    migrate.upgrade(either_url)
    with change(either_url) as connection:
        planted = plant(connection, SEALING, "a")
    with change(either_url) as connection:
        (line,) = rows_of(connection, "record_lines", planted.school_id)
        (setting,) = rows_of(connection, "school_settings", planted.school_id)
        assert line.confirmed_at == NOW
        assert line.source == {"conversation": planted.conversation_id, "seq": 1}
        assert setting.value == {"years": 3}
        for table, column in SEALED:
            (row,) = rows_of(connection, table, planted.school_id)
            assert opened(SEALING, getattr(row, column)) == sealed(table, "a")


# ---- a pupil's rows


def test_a_deleted_pupil_takes_all_that_is_theirs_and_nothing_else(either_url: str):
    migrate.upgrade(either_url)
    with change(either_url) as connection:
        gone, stays = (plant(connection, SEALING, mark) for mark in "ab")
        other = everything_of(connection, stays.school_id)
        kept = everything_of(connection, gone.school_id)
    with change(either_url) as connection:
        pupils = TABLES["pupils"]
        connection.execute(delete(pupils).where(pupils.c.id == gone.pupil_id))
    with change(either_url) as connection:
        left = everything_of(connection, gone.school_id)
        assert {table for table, rows in left.items() if not rows} == set(OF_A_PUPIL)
        for table in set(TABLES) - set(OF_A_PUPIL):
            assert left[table] == kept[table]
        for rows in left.values():
            assert gone.pupil_id not in str(rows)
        assert everything_of(connection, stays.school_id) == other


def test_the_list_of_what_goes_with_a_pupil_is_whole():
    hanging = {"pupils"}
    for _ in TABLES:
        hanging |= {
            name
            for name, table in TABLES.items()
            for key in table.foreign_key_constraints
            if key.referred_table.name in hanging and key.ondelete == "CASCADE"
        }
    assert hanging == set(OF_A_PUPIL)


def test_a_deleted_line_takes_its_versions(either_url: str):
    migrate.upgrade(either_url)
    with change(either_url) as connection:
        planted = plant(connection, SEALING, "a")
        lines = TABLES["record_lines"]
        connection.execute(delete(lines).where(lines.c.id == planted.line_id))
        assert rows_of(connection, "line_versions", planted.school_id) == []


def test_a_deleted_conversation_takes_only_who_owned_it(either_url: str):
    migrate.upgrade(either_url)
    with change(either_url) as connection:
        planted = plant(connection, SEALING, "a")
        chats = TABLES["conversations"]
        connection.execute(delete(chats).where(chats.c.id == planted.conversation_id))
        assert rows_of(connection, "conversation_owners", planted.school_id) == []
        assert len(rows_of(connection, "pupils", planted.school_id)) == 1


@pytest.mark.parametrize("table", [name for name in OF_A_PUPIL if name != "pupils"])
def test_no_row_stands_under_another_school_than_its_pupil(either_url: str, table: str):
    migrate.upgrade(either_url)
    with change(either_url) as connection:
        one, two = (plant(connection, SEALING, mark) for mark in "ab")
    moved = TABLES[table]
    refused = (
        update(moved).where(moved.c.school_id == one.school_id).values(school_id=two.school_id)
    )
    with pytest.raises(IntegrityError), change(either_url) as connection:
        connection.execute(refused)


@pytest.mark.parametrize(
    ("table", "wrong"),
    [
        ("record_lines", {"confirmed_at": None}),
        ("record_lines", {"kind": "decision", "status": "standing", "confirmed_at": None}),
        ("record_lines", {"kind": "barrier", "status": "standing", "confirmed_at": None}),
        ("record_lines", {"kind": "note"}),  # a note that is open
        ("record_lines", {"status": "standing"}),  # an action that is not
        ("record_lines", {"kind": "secret", "status": "standing"}),
        ("record_lines", {"provenance": "rumour"}),
        ("proposals", {"outcome": "ignored"}),
        ("proposals", {"kind": "secret"}),
        ("destinations", {"kind": "dreamt"}),
        ("pupil_sessions", {"way": "password"}),
        ("staff_roles", {"role": "visitor"}),
        ("line_versions", {"changed_by": "nobody"}),
        ("attachments", {"kind": "secret"}),
        ("attachments", {"provenance": "rumour"}),
        ("attachments", {"size": 0}),
        ("conversations", {"state": "lost"}),
        ("handovers", {"ended_at": NOW}),
        ("handovers", {"urgency": 4}),
        ("meetings", {"kind": "group"}),  # with a pupil
        ("meetings", {"ends_at": NOW}),
        ("sign_offs", {"level": 5}),
        ("audit_events", {"action": "record deleted"}),
    ],
)
def test_the_database_itself_refuses(either_url: str, table: str, wrong: dict[str, Any]):
    migrate.upgrade(either_url)
    with change(either_url) as connection:
        plant(connection, SEALING, "a")
    with pytest.raises(IntegrityError) as refusal, change(either_url) as connection:
        connection.execute(update(TABLES[table]).values(wrong))
    assert "Quillfeather" not in str(refusal.value)


def test_one_upn_one_email_one_code_within_a_school(either_url: str):
    migrate.upgrade(either_url)
    with change(either_url) as connection:
        planted = plant(connection, SEALING, "a")
        (pupil,) = rows_of(connection, "pupils", planted.school_id)
        (code,) = rows_of(connection, "sign_in_codes", planted.school_id)
    twin = {**pupil._mapping, "id": "t" * 32}
    for table, row in (
        ("pupils", twin | {"upn_key": None}),
        ("pupils", twin | {"email_key": None}),
        ("sign_in_codes", {**code._mapping, "id": 999}),
    ):
        with pytest.raises(IntegrityError), change(either_url) as connection:
            connection.execute(TABLES[table].insert().values(row))
    without = twin | {"upn_key": None, "email_key": None}
    with change(either_url) as connection:  # any number without either
        connection.execute(TABLES["pupils"].insert().values(without))
        connection.execute(TABLES["pupils"].insert().values(without | {"id": "u" * 32}))
