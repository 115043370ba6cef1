"""`keys`: a new key seals what older ones sealed, with the service running; none is ever shown."""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Connection, Engine, select, update
from sqlalchemy.exc import OperationalError

from bot.cli import cli
from bot.command_line import keys as command
from bot.identity.oidc import SETTING, WAYS, sealed_secret
from bot.identity.sealing import sealing_of
from bot.identity.secrets import add_record_key, load_or_make, read_record_keys
from bot.records import migrate
from bot.records.resealing import SEALED, SEALED_IN_SETTINGS
from bot.records.sealing import Sealing
from bot.records.settings import get_setting, set_setting
from bot.records.store import open_engine, writing
from tests.bot.records.planted import TABLES, opened, plant, rows_of, sealed
from tests.real_service import SIGNPOST, clean_environment

MADE = datetime(2025, 9, 1, 8, 5, tzinfo=UTC)
MARKS = "abcdefghi"


@dataclass(frozen=True)
class Installation:
    data: Path
    engine: Engine

    @property
    def secrets(self) -> Path:
        return self.data / "secrets"

    @property
    def newest(self) -> Sealing:
        """With the newest key alone."""
        return Sealing(read_record_keys(self.secrets)[:1], "k" * 43)

    def sealed_values(self) -> list[str | bytes]:
        with self.engine.begin() as connection:
            return [
                value
                for table, column in SEALED
                for value in connection.execute(select(TABLES[table].c[column])).scalars()
            ]


@pytest.fixture
def installed(tmp_path: Path) -> Iterator[Installation]:
    """A store with a row for each mark in every table."""
    data = tmp_path / "data"
    sealing = sealing_of(load_or_make(data / "secrets"))
    url = f"sqlite:///{data / 'signpost.sqlite3'}"
    migrate.upgrade(url)
    engine = writing(open_engine(url))
    with engine.begin() as connection:
        for mark in MARKS:
            plant(connection, sealing, mark)
    yield Installation(data, engine)
    engine.dispose()


def keys(data: Path, *arguments: str, **settings: str) -> Result:
    """Run the command in this process."""
    environment = {"SIGNPOST_DATA_DIR": str(data), "SIGNPOST_DATABASE_URL": ""} | settings
    return CliRunner().invoke(cli, ["keys", *arguments], env=environment)


def nothing_secret(installed: Installation, done: Result) -> None:
    told = done.output + done.stderr + str(done.exception)
    secrets = [path.read_text().split()[0] for path in installed.secrets.iterdir()]
    for secret in (*secrets, *read_record_keys(installed.secrets), "Quillfeather", "Traceback"):
        assert secret not in told


# ---- list


def test_lists_how_many_and_when_made(installed: Installation):
    add_record_key(installed.secrets, MADE)
    add_record_key(installed.secrets, MADE + timedelta(days=365, hours=5))
    older = read_record_keys(installed.secrets)[2]
    with (installed.secrets / "record-keys").open("a") as file:
        file.write(older + "\n")  # one without a date, as made by hand
    done = keys(installed.data, "list")
    assert done.exit_code == 0
    lines = done.stdout.splitlines()
    assert lines[:3] == [
        "4 keys",
        "  1  made 1 September 2026, 13:05 UTC, seals and opens",
        "  2  made 1 September 2025, 08:05 UTC, opens only",
    ]
    assert lines[4] == "  4  made at an unknown time, opens only"
    nothing_secret(installed, done)


def test_one_key_is_one(installed: Installation):
    assert keys(installed.data, "list").stdout.startswith("1 key\n")


def test_listing_makes_nothing(tmp_path: Path):
    done = keys(tmp_path / "none", "list")
    assert (done.exit_code, done.stdout) == (0, command.NO_KEY + "\n")
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("which", ["list", "rotate"])
def test_a_broken_key_file_is_told_and_left(installed: Installation, which: str):
    path = installed.secrets / "record-keys"
    content = path.read_text()[5:]
    path.write_text(content)
    done = keys(installed.data, which)
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: The key file record-keys is broken; put it back")
    assert len(done.stderr.splitlines()) == 1
    assert content.split()[0] not in done.output
    assert path.read_text() == content


# ---- rotate


def test_seals_everything_with_a_new_key(installed: Installation, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(command, "ROWS_AT_A_TIME", 4)
    before = read_record_keys(installed.secrets)
    done = keys(installed.data, "rotate")
    assert done.exit_code == 0, done.output
    assert read_record_keys(installed.secrets)[1:] == before
    values = installed.sealed_values()
    # And in the audit of each school, that there is a new key; and that it had lost its last row,
    # as planted ones have no note of it.
    assert len(values) == len(SEALED) * len(MARKS) + 2 * len(MARKS)
    assert all(installed.newest.is_newest(value) for value in values)
    with installed.engine.begin() as connection:
        for school_id, mark in enumerate(MARKS, start=1):
            for table, column in SEALED:
                row, *_ = rows_of(connection, table, school_id)
                assert opened(installed.newest, getattr(row, column)) == sealed(table, mark)
    assert done.stdout.splitlines() == [
        "A new key seals the records from now on.",
        "Older keys that are kept, to open backups: 1.",
        "Values sealed again:",
        *(f"  {f'{table}.{column}':<28}{len(MARKS):>10}" for table, column in SEALED),
        f"  {'school_settings.value':<28}{0:>10}",
    ]
    assert done.stderr == "Sealing again what older keys have sealed.\n"
    nothing_secret(installed, done)


def test_what_the_older_key_sealed_is_in_no_file_of_the_store(installed: Installation):
    before = [
        value if isinstance(value, bytes) else value.encode() for value in installed.sealed_values()
    ]
    files = [path for path in installed.data.iterdir() if "sqlite3" in path.name]
    assert any(before[0] in path.read_bytes() for path in files)
    assert keys(installed.data, "rotate").exit_code == 0
    for path in files:
        content = path.read_bytes()
        assert not any(value in content for value in before)


def test_again_and_again(installed: Installation):
    for number in range(3):
        assert keys(installed.data, "rotate").exit_code == 0
        assert len(read_record_keys(installed.secrets)) == number + 2
        assert all(map(installed.newest.is_newest, installed.sealed_values()))


def test_secrets_inside_settings_are_sealed_again(installed: Installation):
    assert SEALED_IN_SETTINGS == {SETTING: "client_secret"}
    older = sealing_of(load_or_make(installed.secrets))
    both = {
        way: {
            "client_id": f"{way} id",
            "client_secret": sealed_secret(older, f"{way} Quillfeather"),
        }
        for way in WAYS
    }
    with installed.engine.begin() as connection:
        for school_id in (1, 2):
            set_setting(connection, school_id, SETTING, both | {"other": 3}, MADE)
    done = keys(installed.data, "rotate")
    assert done.exit_code == 0
    assert f"  {'school_settings.value':<28}{4:>10}" in done.stdout.splitlines()
    nothing_secret(installed, done)
    with installed.engine.begin() as connection:
        for school_id in (1, 2):
            found = get_setting(connection, school_id, SETTING)
            assert found is not None
            assert found["other"] == 3
            for way in WAYS:
                secret = found[way].pop("client_secret")
                assert installed.newest.open(secret) == {"client_secret": f"{way} Quillfeather"}
                assert found[way] == {"client_id": f"{way} id"}
        broken = {"google": {"client_secret": "x"}}
        set_setting(connection, 1, SETTING, broken, MADE)
    done = keys(installed.data, "rotate")
    assert done.exit_code == 1
    assert "No key opens 1 of school_settings.value" in done.stderr


def test_what_no_key_opens_is_told_and_left(installed: Installation):
    stranger = Sealing([("x" * 43) + "=", "y" * 43 + "="], "k" * 43).seal({"text": "Quillfeather"})
    lines = TABLES["record_lines"]
    with installed.engine.begin() as connection:
        two = lines.c.school_id.in_([2, 5])
        connection.execute(update(lines).where(two).values(body=stranger))
    done = keys(installed.data, "rotate")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[1:] == [
        "No key opens 2 of record_lines.body: they were left as they are."
    ]
    assert sum(not installed.newest.is_newest(v) for v in installed.sealed_values()) == 2
    assert installed.sealed_values().count(stranger) == 2
    nothing_secret(installed, done)


def test_a_locked_store_leaves_all_to_be_opened_and_the_next_time_finishes(
    installed: Installation, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(command, "WAIT_S", 0.1)
    with installed.engine.begin():
        done = keys(installed.data, "rotate")
    assert done.exit_code == 1
    assert "The store could not be used to the end. Everything can still be opened" in done.stderr
    nothing_secret(installed, done)
    sealing = sealing_of(load_or_make(installed.secrets))
    assert all(opened(sealing, value) for value in installed.sealed_values())
    assert keys(installed.data, "rotate").exit_code == 0
    assert all(map(installed.newest.is_newest, installed.sealed_values()))


def down(installed: Installation) -> None:
    sealing = sealing_of(load_or_make(installed.secrets))
    migrate.downgrade(f"sqlite:///{installed.data / 'signpost.sqlite3'}", "0001", sealing=sealing)


def emptied(installed: Installation) -> None:
    sealing = sealing_of(load_or_make(installed.secrets))
    migrate.downgrade(f"sqlite:///{installed.data / 'signpost.sqlite3'}", "base", sealing=sealing)


def spoilt(installed: Installation) -> None:
    installed.engine.dispose()
    for path in installed.data.glob("signpost.sqlite3*"):
        path.unlink()
    (installed.data / "signpost.sqlite3").write_bytes(b"no database at all" * 100)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        (down, "The store has the shape of another version."),
        (emptied, "There is no store yet."),
        (spoilt, "The store cannot be opened."),
    ],
)
def test_no_key_is_made_for_a_store_that_cannot_be_sealed(
    installed: Installation, change: Callable[[Installation], None], sentence: str
):
    change(installed)
    before = read_record_keys(installed.secrets)
    done = keys(installed.data, "rotate")
    assert done.exit_code == 1
    assert done.stderr.startswith(f"Error: {sentence}")
    assert done.stderr.endswith("No key was made.\n")
    assert read_record_keys(installed.secrets) == before


def test_without_a_key_file_none_is_made(installed: Installation):
    (installed.secrets / "record-keys").unlink()
    done = keys(installed.data, "rotate")
    assert (done.exit_code, done.stderr) == (1, f"Error: {command.NO_KEY}\n")
    assert not (installed.secrets / "record-keys").exists()


# ---- while the service runs


@contextmanager
def at_the_same_time(work: Callable[[], None]) -> Iterator[None]:
    """Do the work over and over in a thread; what it raises is raised at the end."""
    over, raised = threading.Event(), []

    def go_on() -> None:
        try:
            while not over.is_set():
                work()
        except Exception as problem:
            raised.append(problem)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
    if raised:
        raise raised[0]


def test_a_service_that_writes_meanwhile_reads_all_and_loses_nothing(installed: Installation):
    service = sealing_of(load_or_make(installed.secrets))  # as started before the new key
    lines = TABLES["record_lines"]
    written: dict[int, int] = {}

    def correct_a_line() -> None:
        school_id = len(written) % len(MARKS) + 1
        number = written.get(school_id, 0) + 1
        try:
            with installed.engine.begin() as connection:
                (row,) = rows_of(connection, "record_lines", school_id)
                was = service.open(row.body)
                assert was.get("n", 0) == written.get(school_id, 0)
                change = update(lines).where(lines.c.id == row.id)
                connection.execute(change.values(body=service.seal({"n": number})))
        except OperationalError:
            return  # the other was quicker; the service's Store tries again, and so does this
        written[school_id] = number
        if len(written) == len(MARKS):
            with suppress(OperationalError):
                read_others()

    def read_others() -> None:
        with installed.engine.begin() as connection:
            for table, column in SEALED:
                for value in connection.execute(select(TABLES[table].c[column])).scalars():
                    opened(service, value)

    with at_the_same_time(correct_a_line):
        done = subprocess.run(
            [SIGNPOST, "keys", "rotate"],
            cwd="/",
            env=clean_environment() | {"SIGNPOST_DATA_DIR": str(installed.data)},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 0, done.stderr
    assert sum(written.values()) > len(MARKS)
    after = sealing_of(load_or_make(installed.secrets))
    with installed.engine.begin() as connection:
        assert {school_id: line_number(connection, after, school_id) for school_id in written} == (
            written
        )
    # The service heard of the key by itself.
    assert after.is_newest(service.seal({"n": 0}))


def line_number(connection: Connection, sealing: Sealing, school_id: int) -> int:
    (row,) = rows_of(connection, "record_lines", school_id)
    number: int = sealing.open(row.body)["n"]
    return number
