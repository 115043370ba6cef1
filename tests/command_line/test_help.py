"""The command line explains itself, and refuses clearly what it cannot do."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot import cli as command_line
from bot.cli import cli
from bot.settings import PROJECT
from tests.real_service import SIGNPOST, clean_environment

COMMANDS = (
    "audit",
    "backup",
    "chat",
    "compass",
    "destinations",
    "folder",
    "keys",
    "knowledge",
    "lmi",
    "mail",
    "parse",
    "passport",
    "restore",
    "retention",
    "roster",
    "run",
    "screen",
    "sign-in",
    "slips",
    "staff",
    "timetable",
    "train",
)
OPTIONS = {
    "run": (),
    "train": ("--force",),
    "chat": ("--json", "--audience [pupil|parent]", "--year", "--on DATE"),
    "parse": (),
    "audit": ("verify", "show"),
    "compass": ("import", "export"),
    "passport": ("fingerprint", "list", "trust", "untrust"),
    "keys": ("list", "rotate"),
    "backup": ("FILE", "--passphrase-file"),
    "restore": ("FILE", "--replace", "--passphrase-file"),
    "destinations": ("ask", "export", "import", "missing", "report", "set", "show", "withdraw"),
    "folder": ("add", "list", "remove", "make", "limits"),
    "retention": ("show", "set", "dry-run", "run"),
    "roster": ("import", "show", "columns"),
    "screen": (),
    "sign-in": ("microsoft", "google", "show", "off"),
    "slips": ("FILE.pdf", "--tutor-group", "--year"),
    "staff": ("invite", "list", "leave", "reset"),
    "knowledge": ("check", "preview"),
    "mail": (),
    "timetable": ("FILE", "--week-a", "--yes"),
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


def asked(*arguments: str) -> Result:
    """Run a command in this process: what a launcher and an interpreter add is tested once."""
    return CliRunner().invoke(cli, arguments, prog_name="signpost")


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


HELPS = """
import json, sys
from click.testing import CliRunner
from bot.cli import COMMANDS, cli
helps = {}
for name in COMMANDS:
    done = CliRunner().invoke(cli, [name, "-h"], prog_name="signpost")
    helps[name] = (done.exit_code, done.stdout)
json.dump(helps, sys.stdout)
"""


@pytest.fixture(scope="module")
def helps() -> dict[str, tuple[int, str]]:
    """Exit code and text of each command's help, from a process that has run nothing else.

    A command keeps the help option that it was first asked with.
    """
    done = subprocess.run(
        [sys.executable, "-c", HELPS], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_explains_itself(helps: dict[str, tuple[int, str]], command: str) -> None:
    code, text = helps[command]
    assert code == 0
    if command != "lmi":  # its own tests hold it: tests/lmi/test_cli.py
        reads_well(text)
    for option in OPTIONS[command]:
        assert option in text


def test_the_help_knows_the_commands_own_lines() -> None:
    """They stand in the help apart from the commands, so that it need not import them."""
    context = cli.make_context("signpost", [], resilient_parsing=True)
    assert cli.list_commands(context) == list(COMMANDS)
    for name in COMMANDS:
        command = cli.get_command(context, name)
        assert command is not None
        assert command.name == name
        assert command.get_short_help_str(limit=1000) == command_line.COMMANDS[name][1]


def test_the_help_imports_no_command() -> None:
    code = (
        "import sys; from bot.cli import cli; cli(['--help'], standalone_mode=False); "
        "heavy = {'spacy', 'sqlalchemy', 'rasa_sdk', 'httpx', 'pydantic', 'yaml', 'rich'}; "
        "ours = {n for n in sys.modules if n.split('.')[0] in ('bot', 'lmi', 'knowledge')}; "
        "sys.exit(repr(heavy & {*sys.modules} | ours - {'bot', 'bot.cli'}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True, check=False
    )
    assert done.stdout.startswith("Usage: ")
    assert done.stderr == "set()\n"


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
    done = asked("chat", "--json", *arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert f"Invalid value for '{arguments[0]}': {sentence}" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("command", ["run", "chat", "parse"])
def test_a_wrong_setting_is_named(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SIGNPOST_MESSAGE_MAX_CHARS", "many")
    done = asked(command)
    assert done.exit_code == 1
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
