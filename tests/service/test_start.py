"""What is in the way of a start is told in one sentence, and nothing is left running."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from click.testing import CliRunner

from bot.cli import cli
from bot.service import model
from bot.service.processes import ServiceFailed
from bot.service.run import run, running
from bot.settings import Settings
from tests.real_service import SIGNPOST, clean_environment


def start(data: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `./signpost run` where it cannot start; it ends by itself."""
    return subprocess.run(
        [SIGNPOST, "run"],
        env=clean_environment() | {"SIGNPOST_DATA_DIR": str(data)} | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def only_sentence(done: subprocess.CompletedProcess[str]) -> str:
    """The one line that a start which failed leaves."""
    assert done.returncode == 1
    assert done.stdout == ""
    lines = done.stderr.splitlines()
    assert len(lines) == 1, lines
    return lines[0].removeprefix("Error: ")


def refusal(data: Path) -> str:
    """Start within this process, where a test has put something in the way."""
    before = psutil.Process().children(recursive=True)
    with pytest.raises(ServiceFailed) as failed:
        asyncio.run(run(Settings(data_dir=data, port=0), lambda sentence: None))
    assert psutil.Process().children(recursive=True) == before
    sentence = str(failed.value)
    assert "\n" not in sentence
    assert "Traceback" not in sentence
    return sentence


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def test_a_port_in_use(tmp_path: Path, taken_port: int) -> None:
    said = only_sentence(start(tmp_path, SIGNPOST_PORT=str(taken_port)))
    assert f"Port {taken_port} is in use." in said
    assert said.endswith(f"make run PORT={taken_port + 1}")


def test_a_file_where_the_data_folder_should_be(tmp_path: Path) -> None:
    data = tmp_path / "data"
    data.write_text("not a folder")
    said = refusal(data)
    assert said == f"{data} is no folder. Set SIGNPOST_DATA_DIR to a folder for what changes."
    assert refusal(data / "below").startswith(str(data))


def test_a_data_folder_that_cannot_be_written(tmp_path: Path) -> None:
    # The file system of the kernel takes nothing from anybody, not even from root.
    assert "/proc/signpost" in refusal(Path("/proc/signpost"))


@pytest.mark.parametrize(
    ("name", "value", "told"),
    [("SIGNPOST_PORT", "eighty", "integer"), ("SIGNPOST_SCHOOL_SLUG", "Oak School", "match")],
)
def test_a_setting_that_is_wrong_is_named(tmp_path: Path, name: str, value: str, told: str) -> None:
    done = CliRunner().invoke(cli, ["run"], env={"SIGNPOST_DATA_DIR": str(tmp_path), name: value})
    assert (done.exit_code, done.stdout) == (1, "")
    lines = done.stderr.splitlines()
    assert len(lines) == 1
    assert name in lines[0]
    assert told in lines[0]


def test_a_disk_without_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = shutil.disk_usage("/")._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: full)
    said = refusal(tmp_path)
    assert said.startswith(f"The disk is full: {tmp_path} has less than")


ON_A_SMALL_DISK = 'mount -t tmpfs -o size=64k small "$0" && exec "$1" run'


@pytest.mark.skipif(
    subprocess.run(["unshare", "-rm", "true"], capture_output=True, check=False).returncode != 0
    if shutil.which("unshare")
    else True,
    reason="this machine lets nobody mount a disk of one's own",
)
def test_a_real_disk_without_room(tmp_path: Path) -> None:
    told = only_sentence(
        subprocess.run(
            ["unshare", "-rm", "sh", "-c", ON_A_SMALL_DISK, str(tmp_path), SIGNPOST],
            env=clean_environment() | {"SIGNPOST_DATA_DIR": str(tmp_path), "SIGNPOST_PORT": "0"},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    )
    assert told.startswith(f"The disk is full: {tmp_path}")


def test_a_disk_that_fills_up_while_starting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, os.strerror(28))

    monkeypatch.setattr("bot.records.migrate.upgrade", full)
    monkeypatch.setattr(model, "is_fresh", lambda: True)
    assert refusal(tmp_path) == f"The disk is full: nothing more can be written to {tmp_path}."


def test_a_store_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "is_fresh", lambda: True)
    (tmp_path / "signpost.sqlite3").write_bytes(b"these are not the rows of a database" * 99)
    assert refusal(tmp_path).startswith("The record store cannot be opened: ")


def test_no_environment_for_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(model, "ENGINE_PYTHON", tmp_path / "nowhere" / "python")
    assert refusal(tmp_path) == model.NO_ENVIRONMENT
    monkeypatch.setattr(model, "is_fresh", lambda: False)
    assert refusal(tmp_path) == model.NO_ENVIRONMENT


def test_training_that_fails_says_why_and_keeps_the_old_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = tmp_path / "python"
    engine.write_text("#!/bin/sh\necho 'Your domain has a mistake in line 7'; exit 1\n")
    engine.chmod(0o700)
    old = tmp_path / "signpost.tar.gz"
    old.write_bytes(b"old")
    monkeypatch.setattr(model, "ENGINE_PYTHON", engine)
    monkeypatch.setattr(model, "MODEL", old)
    monkeypatch.setattr(model, "is_fresh", lambda: False)
    said = refusal(tmp_path / "data")
    assert said.startswith(
        "The model could not be trained: Your domain has a mistake in line 7 (more in "
    )
    assert old.read_bytes() == b"old"


@pytest.mark.engine
def test_a_model_that_does_not_load(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    broken = tmp_path / "models" / "signpost.tar.gz"
    broken.parent.mkdir()
    broken.write_bytes(b"this is no archive")
    made = broken.with_name("signpost.made-from")
    made.write_text(model.made_from())
    monkeypatch.setattr(model, "MODEL", broken)
    monkeypatch.setattr(model, "MADE_FROM", made)
    data = tmp_path / "data"
    said = refusal(data)
    assert said.startswith(f"The engine stopped: Model {broken} can not be loaded (its log is ")
    assert said.endswith("To have its model made anew: ./signpost train --force")
    assert running(Settings(data_dir=data)) is None


def test_what_a_killed_service_left_is_not_taken_for_a_running_one(tmp_path: Path) -> None:
    left = '{"pid": %d, "gateway": "http://127.0.0.1:1", "engine": "http://127.0.0.1:2"}'
    (tmp_path / "service.json").write_text(left % os.getpid())  # the number is another's by now
    (tmp_path / "service.lock").touch()
    assert running(Settings(data_dir=tmp_path)) is None
