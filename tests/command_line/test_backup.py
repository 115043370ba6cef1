"""`backup` and `restore`: a passphrase that is long enough, one clear line for what is wrong."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.command_line import backup as command
from bot.command_line.school_store import school_store
from bot.records.pupils import PupilDetails, add_pupil, list_pupils

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "")
    words = tmp_path / "words"
    words.write_text("correct horse battery\n")

    def call(which: str, *arguments: str, code: int = 0, passphrase: Path | None = words) -> Result:
        of_file = [] if passphrase is None else ["--passphrase-file", str(passphrase)]
        found = CliRunner().invoke(getattr(command, which), [*arguments, *of_file])
        assert found.exit_code == code, found.output
        assert found.exception is None or isinstance(found.exception, SystemExit)
        assert code == 0 or len(found.stderr.splitlines()) == 1
        return found

    return call


def names() -> list[str]:
    with school_store() as school:
        found = school.read(list_pupils, school.sealing, school.id)
    return [one.details.family_name for one in found]


def add(name: str) -> None:
    with school_store() as school:
        school.write(
            add_pupil,
            school.sealing,
            school.id,
            PupilDetails("Testy", name),
            2022,
            None,
            command.datetime.now(command.UTC),
        )


def test_there_and_back(run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    add("Exampleton")
    file = tmp_path / "school.backup"
    done = run("backup", str(file)).output
    assert done.startswith("Written: school.backup, with a store of ")
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    add("Laterby")
    refused = run("restore", str(file), code=1).stderr
    assert "Add --replace" in refused
    assert names() == ["Exampleton", "Laterby"]
    assert run("restore", str(file), "--replace").output.startswith("Restored: the backup of ")
    assert names() == ["Exampleton"]
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path / "other"))
    run("restore", str(file))
    assert names() == ["Exampleton"]
    assert "there already" in run("backup", str(file), code=1).stderr
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == [
        "school.backup",
        "words",
    ]


def test_what_is_wrong_is_said_in_a_line(run: Run, tmp_path: Path):
    assert "no store yet" in run("backup", str(tmp_path / "b"), code=1).stderr
    add("Exampleton")
    short, other = tmp_path / "short", tmp_path / "other-words"
    short.write_text("horse")
    other.write_text("wrong horse battery")
    file = str(tmp_path / "b")
    assert "at least 12" in run("backup", file, code=1, passphrase=short).stderr
    assert "--passphrase-file" in run("backup", file, code=1, passphrase=None).stderr
    run("backup", file)
    wrong = run("restore", file, "--replace", code=1, passphrase=other).stderr
    assert wrong == "Error: The passphrase is wrong. Nothing was changed.\n"
    Path(file).write_bytes(Path(file).read_bytes()[:-1])
    assert "cut off or damaged" in run("restore", file, "--replace", code=1).stderr
    Path(file).write_bytes(b"something else")
    assert "no backup of Signpost" in run("restore", file, "--replace", code=1).stderr
    assert names() == ["Exampleton"]
    assert "b.gone" in run("restore", str(tmp_path / "b.gone"), code=1).stderr
