"""A backup holds one moment of the store and its keys, and a restore puts back just that."""

from __future__ import annotations

import io
import json
import sqlite3
import stat
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, select

from bot.identity.secrets import load_or_make, read_record_keys
from bot.records import migrate
from bot.records.pupils import PupilDetails, add_pupil, list_pupils
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.store import open_engine, writing
from bot.service import backup as module
from bot.service.backup import Refused, make_backup, restore_backup
from bot.service.backup_file import Damaged, WrongPassphrase
from bot.settings import Settings
from tests.bot.records import postgresql
from tests.bot.records.planted import TABLES, everything_of, plant, plant_chats_in_clear

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
PASSPHRASE = "correct horse battery"
COST = {"cost": 4}


def settings_in(folder: Path, url: str = "") -> Settings:
    return Settings(data_dir=folder, database_url=url)


def sealing_in(settings: Settings) -> Sealing:
    keys = load_or_make(settings.secrets_dir)
    return Sealing(keys.record_keys, keys.lookup_key)


def opened(settings: Settings) -> Engine:
    migrate.upgrade(settings.store_url)
    return writing(open_engine(settings.store_url))


def filled(settings: Settings) -> tuple[int, dict[str, Any]]:
    """A store with a row in every table; the school and all it has."""
    engine = opened(settings)
    with engine.begin() as connection:
        school_id = plant(connection, sealing_in(settings), "a").school_id
        found = everything_of(connection, school_id)
    engine.dispose()
    return school_id, found


def backed_up(settings: Settings) -> bytes:
    file = io.BytesIO()
    assert make_backup(settings, file, PASSPHRASE, NOW, **COST) > 1000
    return file.getvalue()


def restore(settings: Settings, content: bytes, **more: Any) -> dict[str, Any]:
    passphrase = more.pop("passphrase", PASSPHRASE)
    return restore_backup(settings, io.BytesIO(content), passphrase, **more)


def content_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


@pytest.fixture
def old(tmp_path: Path) -> Settings:
    return settings_in(tmp_path / "old")


@pytest.fixture
def new(tmp_path: Path) -> Settings:
    return settings_in(tmp_path / "new")


def held(settings: Settings, school_id: int) -> dict[str, Any]:
    engine = open_engine(settings.store_url)
    with engine.begin() as connection:
        found = everything_of(connection, school_id)
    engine.dispose()
    return found


def test_all_of_it_comes_back_with_the_keys(old: Settings, new: Settings):
    school_id, before = filled(old)
    content = backed_up(old)
    assert b"Quillfeather" not in content
    for secret in old.secrets_dir.iterdir():
        assert secret.read_bytes().split()[0] not in content
    told = restore(new, content)
    assert told == {
        "made_at": "2026-11-22T09:00:00+00:00",
        "revision": migrate.head(),
        "database": "sqlite",
    }
    assert held(new, school_id) == before
    assert read_record_keys(new.secrets_dir) == read_record_keys(old.secrets_dir)
    assert content_of(new.secrets_dir) == content_of(old.secrets_dir)
    for secret in new.secrets_dir.iterdir():
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
    assert [path.name for path in old.data_dir.iterdir() if "backup" in path.name] == []
    assert [path.name for path in new.data_dir.iterdir() if "backup" in path.name] == []


def test_what_is_sealed_can_be_opened_again(old: Settings, new: Settings):
    engine = opened(old)
    with engine.begin() as connection:
        school_id = keep_school(connection, "default", "School", NOW)
        details = PupilDetails("Testy", "Exampleton")
        add_pupil(connection, sealing_in(old), school_id, details, 2022, None, NOW)
    engine.dispose()
    restore(new, backed_up(old))
    engine = opened(new)
    with engine.begin() as connection:
        (pupil,) = list_pupils(connection, sealing_in(new), school_id)
    engine.dispose()
    assert pupil.details == details


def test_one_moment_with_a_writer_at_work(old: Settings, new: Settings):
    """Each transaction adds two rows that belong together: no backup has one of them alone."""
    filled(old)
    engine = opened(old)
    schools, stop, done = TABLES["schools"], threading.Event(), [0]

    def write() -> None:
        while not stop.is_set():
            with engine.begin() as connection:
                for half in ("left", "right"):
                    name = f"{half} " + "x" * 100
                    row = {"slug": f"{half}-{done[0]}", "name": name, "created_at": NOW}
                    connection.execute(schools.insert().values(row))
            done[0] += 1

    writer = threading.Thread(target=write)
    writer.start()
    counts = []
    try:
        for number in range(6):
            while done[0] < (number + 1) * 20:
                stop.wait(0.001)
            content = backed_up(old)
            restore(new, content, replace=True)
            found = open_engine(new.store_url)
            with found.begin() as connection:
                slugs = set(connection.execute(select(schools.c.slug)).scalars())
            found.dispose()
            left = {one.removeprefix("left-") for one in slugs if one.startswith("left-")}
            right = {one.removeprefix("right-") for one in slugs if one.startswith("right-")}
            assert left == right == {str(n) for n in range(len(left))}
            counts.append(len(left))
    finally:
        stop.set()
        writer.join()
        engine.dispose()
    assert counts == sorted(counts)
    assert counts[0] >= 20
    assert counts[-1] >= 120


def test_a_wrong_passphrase_changes_nothing(old: Settings, new: Settings):
    filled(old)
    filled(new)
    before = content_of(new.data_dir)
    with pytest.raises(WrongPassphrase):
        restore(new, backed_up(old), passphrase="wrong horse battery", replace=True)
    assert content_of(new.data_dir) == before


@pytest.mark.parametrize("share", [0.1, 0.5, 0.9, 0.9999])
def test_a_file_that_is_cut_off_changes_nothing(old: Settings, new: Settings, share: float):
    filled(old)
    filled(new)
    before = content_of(new.data_dir)
    content = backed_up(old)
    with pytest.raises(Damaged):
        restore(new, content[: int(len(content) * share)], replace=True)
    assert content_of(new.data_dir) == before


def test_a_store_that_is_not_empty_needs_replace(old: Settings, new: Settings):
    school_id, before = filled(old)
    filled(new)
    content = backed_up(old)
    with pytest.raises(Refused, match="--replace"):
        restore(new, content)
    restore(new, content, replace=True)
    assert held(new, school_id) == before


def test_a_store_that_was_only_begun_is_empty(old: Settings, new: Settings):
    school_id, before = filled(old)
    engine = opened(new)
    with engine.begin() as connection:
        keep_school(connection, "default", "School", NOW)
    engine.dispose()
    load_or_make(new.secrets_dir)
    restore(new, backed_up(old))
    assert held(new, school_id) == before


def test_what_somebody_else_keeps_there_is_not_empty(old: Settings, new: Settings):
    filled(old)
    new.data_dir.mkdir()
    with sqlite3.connect(new.data_dir / "signpost.sqlite3") as connection:
        connection.execute("CREATE TABLE theirs (id INTEGER)")
    with pytest.raises(Refused, match="not empty"):
        restore(new, backed_up(old))


def test_a_newer_version_is_refused(old: Settings, new: Settings):
    filled(old)
    with sqlite3.connect(old.data_dir / "signpost.sqlite3") as connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(Refused, match="newer version"):
        restore(new, backed_up(old))
    assert not (new.data_dir / "signpost.sqlite3").exists()


def test_an_older_version_is_migrated(old: Settings, new: Settings):
    migrate.upgrade(old.store_url, "0001")
    load_or_make(old.secrets_dir)
    engine = open_engine(old.store_url)
    with writing(engine).begin() as connection:
        school_id = plant_chats_in_clear(connection, "a").school_id
    engine.dispose()
    assert restore(new, backed_up(old))["revision"] == "0001"
    assert migrate.current(new.store_url) == migrate.head()
    # What chats held in clear then is sealed, with the keys that came along.
    (first, _) = held(new, school_id)["entries"]
    assert "Quillfeather" in sealing_in(new).open(first.body)["messages"][0]["text"]
    assert not [
        path for path in new.data_dir.glob("signpost*") if b"Quillfeather" in path.read_bytes()
    ]


def test_another_database_is_refused(old: Settings, new: Settings):
    filled(old)
    content = backed_up(old)
    other = settings_in(new.data_dir, "postgresql+psycopg://nobody@127.0.0.1:9/none")
    with pytest.raises(Refused, match="cannot be opened"):
        restore(other, content)
    with pytest.raises(Refused, match="sqlite store"):
        restore(other, content, replace=True)


def test_a_store_that_is_broken_is_replaced_when_told(old: Settings, new: Settings):
    school_id, before = filled(old)
    new.data_dir.mkdir()
    (new.data_dir / "signpost.sqlite3").write_bytes(b"SQLite format 3\0" + bytes(2000))
    with pytest.raises(Refused, match=r"cannot be opened|not empty"):
        restore(new, backed_up(old))
    restore(new, backed_up(old), replace=True)
    assert held(new, school_id) == before


def test_while_the_service_runs_nothing_is_restored(old: Settings, monkeypatch):
    filled(old)
    content = backed_up(old)
    monkeypatch.setattr(module, "running", lambda settings: object())
    with pytest.raises(Refused, match="is running"):
        restore(old, content, replace=True)


def test_without_a_store_there_is_nothing_to_back_up(new: Settings):
    with pytest.raises(Refused, match="no store"):
        make_backup(new, io.BytesIO(), PASSPHRASE, NOW, **COST)


@pytest.mark.parametrize(
    "member", ["secrets/../outside", "secrets/a/b", "/outside", "secrets/", "outside"]
)
def test_nothing_is_written_elsewhere(member: str):
    assert module._secret_name(member) is None
    assert module._secret_name("secrets/record-keys") == "record-keys"


# ---- PostgreSQL


def test_on_postgresql(server: postgresql.Server, tmp_path: Path):
    old = settings_in(tmp_path / "old", server.database())
    new = settings_in(tmp_path / "new", server.database())
    school_id, before = filled(old)
    content = backed_up(old)
    assert restore(new, content)["database"] == "postgresql"
    assert held(new, school_id) == before
    with pytest.raises(Refused, match="not empty"):
        restore(new, content)
    restore(new, content, replace=True)
    assert held(new, school_id) == before


def test_without_its_programs_a_clear_sentence(
    server: postgresql.Server, tmp_path: Path, monkeypatch
):
    old = settings_in(tmp_path / "old", server.database())
    filled(old)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Refused, match="pg_dump is not installed"):
        make_backup(old, io.BytesIO(), PASSPHRASE, NOW, **COST)


def test_the_manifest_names_nobody(old: Settings):
    filled(old)
    assert set(
        json.loads(json.dumps(restore(settings_in(old.data_dir / "x"), backed_up(old))))
    ) == {*("made_at", "revision", "database")}
