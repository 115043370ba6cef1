"""`passport`: this school's mark, and whose marks it knows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from bot.command_line.passport import passport
from bot.records.guidance.passport_file import key_file, opened, packed

Run = Callable[..., Result]
KEY = Ed25519PrivateKey.generate()
RECORD = {"pupil": {"given_name": "A", "family_name": "B"}, "lines": [], "destinations": []}
PASSPORT = packed(RECORD, "Hill School", datetime(2026, 11, 22, tzinfo=UTC), KEY)
MARK = opened(PASSPORT).key


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "")

    def call(*arguments: str, code: int = 0) -> Result:
        found = CliRunner().invoke(passport, arguments, prog_name="passport")
        assert found.exit_code == code, found.output
        assert found.exception is None or isinstance(found.exception, SystemExit)
        return found

    return call


def test_the_mark_of_this_school_stays_the_same(run: Run, tmp_path: Path):
    mark = run("fingerprint").output.strip()
    assert len(mark.replace(" ", "")) == 32
    file = tmp_path / "ours.key"
    assert run("fingerprint", "--write", str(file)).output.strip() == mark
    assert "is there already" in run("fingerprint", "--write", str(file), code=1).stderr
    assert "the key of this school" in run("trust", str(file), "--name", "Us", code=1).stderr


@pytest.mark.parametrize("kind", ["typed", "key", "passport"])
def test_known_by_a_mark_a_key_file_or_a_passport(run: Run, tmp_path: Path, kind: str):
    file = tmp_path / "theirs"
    file.write_bytes(PASSPORT if kind == "passport" else key_file("Hill School", KEY))
    source = MARK.upper() if kind == "typed" else str(file)
    assert run("list").output == "No school is known yet.\n"
    done = run("trust", source, "--name", "Hill  School", "--yes")
    assert f"Hill School: {MARK}\nKnown from now on.\n" in done.output
    assert run("list").output.startswith(f"{MARK}  Hill School, since ")
    assert run("untrust", source).output.endswith("Hill School is known no more.\n")
    assert run("list").output == "No school is known yet.\n"
    assert run("untrust", source, code=1).stderr.endswith("That key is not known here.\n")


def test_nobody_is_known_before_the_marks_were_compared(run: Run):
    done = run("trust", MARK, "--name", "Hill School")
    assert done.stdout.endswith("Nothing was changed.\n")
    assert run("list").output == "No school is known yet.\n"


def test_another_name_or_another_key_is_told(run: Run, tmp_path: Path):
    run("trust", MARK, "--name", "Hill School", "--yes")
    assert "known as Hill School so far" in run("trust", MARK, "--name", "Dale", "--yes").stderr
    other = "0" * 32
    assert "by another key as well" in run("trust", other, "--name", "dale", "--yes").stderr


def test_what_is_no_key(run: Run, tmp_path: Path):
    refused = run("trust", "hill", "--name", "Hill", code=1)
    assert "neither a fingerprint" in refused.stderr
    file = tmp_path / "passport.zip"
    for content, told in (
        (PASSPORT[:-20], "damaged or was cut short"),
        (b"a,b\n", "neither a school's key nor a passport"),
        (b"", "is empty"),
    ):
        file.write_bytes(content)
        assert told in run("trust", str(file), "--name", "Hill", code=1).stderr
    for name in (" ", "x" * 121, "a\0b"):
        assert "A name has" in run("trust", MARK, "--name", name, code=1).stderr
