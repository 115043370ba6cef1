"""The command line explains itself, and refuses clearly what it cannot do."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bot.settings import PROJECT
from tests.real_service import SIGNPOST, clean_environment

COMMANDS = (
    "backup",
    "chat",
    "destinations",
    "keys",
    "knowledge",
    "lmi",
    "parse",
    "restore",
    "retention",
    "roster",
    "run",
    "sign-in",
    "slips",
    "train",
)
OPTIONS = {
    "run": (),
    "train": ("--force",),
    "chat": ("--json", "--audience [pupil|parent]", "--year", "--on DATE"),
    "parse": (),
    "keys": ("list", "rotate"),
    "backup": ("FILE", "--passphrase-file"),
    "restore": ("FILE", "--replace", "--passphrase-file"),
    "destinations": ("import", "export", "show"),
    "retention": ("show", "set", "dry-run", "run"),
    "roster": ("import", "show", "columns"),
    "sign-in": ("microsoft", "google", "show", "off"),
    "slips": ("FILE.pdf", "--tutor-group", "--year"),
    "knowledge": ("check", "preview"),
    "lmi": ("rebuild", "import-ashe", "import-soc"),
}


def signpost(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command that needs no service."""
    return subprocess.run(
        [SIGNPOST, *arguments],
        cwd="/",
        env=clean_environment() | environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def reads_well(text: str) -> None:
    lines = text.splitlines()
    assert lines[0].startswith("Usage: signpost")
    for line in lines[1:]:
        assert len(line) <= 80, line
        assert not line.endswith("..."), line  # a sentence that was cut off
    assert "-h, --help" in text
    assert "TODO" not in text


def test_help_names_every_command_with_a_whole_sentence() -> None:
    done = signpost("--help")
    assert done.returncode == 0
    reads_well(done.stdout)
    listed = done.stdout.split("Commands:\n")[1].splitlines()
    assert [line.split()[0] for line in listed] == list(COMMANDS)
    for line in listed:
        assert len(line.split(maxsplit=1)[1]) > 15
        assert line.endswith("."), line


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(command: str) -> None:
    done = signpost(command, "-h") if command != "lmi" else signpost(command, "--help")
    assert done.returncode == 0
    if command != "lmi":  # its own tests hold it: tests/lmi/test_cli.py
        reads_well(done.stdout)
    for option in OPTIONS[command]:
        assert option in done.stdout


def test_a_command_that_there_is_not() -> None:
    done = signpost("chatt")
    assert done.returncode == 2
    assert "No such command 'chatt'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("--audience", "teacher"), "'teacher' is not one of 'pupil', 'parent'."),
        (("--year", "3"), "3 is not in the range 7<=x<=13."),
        (("--year", "ten"), "'ten' is not a valid integer range."),
        (("--on", "2026-02-30"), "'2026-02-30' is not a day of the calendar written as YYYY-MM-DD"),
        (("--on", "tomorrow"), "'tomorrow' is not a day of the calendar written as YYYY-MM-DD"),
    ],
)
def test_a_scene_that_cannot_be(arguments: tuple[str, str], sentence: str) -> None:
    done = signpost("chat", "--json", *arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    assert f"Invalid value for '{arguments[0]}': {sentence}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["run", "chat", "parse"])
def test_a_wrong_setting_is_named(command: str, tmp_path: Path) -> None:
    done = signpost(command, SIGNPOST_DATA_DIR=str(tmp_path), SIGNPOST_MESSAGE_MAX_CHARS="many")
    assert done.returncode == 1
    assert done.stderr.startswith("Error: A setting is wrong. SIGNPOST_MESSAGE_MAX_CHARS: ")
    assert len(done.stderr.splitlines()) == 1


def test_labour_market_information_is_attached() -> None:
    done = signpost("lmi", "show", "vet")
    assert done.returncode == 0
    assert "42,612" in done.stdout
    assert signpost("lmi", "show", "quagsnorfle").returncode == 1


def test_training_is_not_done_again_for_nothing(tmp_path: Path) -> None:
    # With a note of its own, so that the test does not depend on when the project was trained.
    code = (
        "from pathlib import Path; from bot.service import model; from bot.cli import cli; "
        f"folder = Path({str(tmp_path)!r}); model.MODEL = folder / 'm'; model.MODEL.touch(); "
        "model.MADE_FROM = folder / 'n'; model.MADE_FROM.write_text(model.made_from()); "
        "cli(['train'], prog_name='signpost')"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "The model is up to date.\n")
