"""`./signpost sign-in`: accounts are set up with a secret that is never told, and taken away."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import Engine

from bot.cli import cli
from bot.command_line import sign_in as command
from bot.identity.oidc import SETTING, providers_of
from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.records.schools import keep_school
from bot.records.settings import get_setting
from bot.records.store import open_engine, writing
from tests.bot.channels.web.enrolled import now
from tests.real_service import SIGNPOST, clean_environment

TENANT = "0F8FAD5B-D9CB-469F-A165-70867728950E"
SECRET = "quill~feather.Secret"
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    def call(*arguments: str, typed: str = SECRET, code: int = 0, **more: str) -> Result:
        environment = {
            "SIGNPOST_DATA_DIR": str(tmp_path),
            "SIGNPOST_DATABASE_URL": "",
            "SIGNPOST_PUBLIC_URL": "https://careers.school.example",
        }
        found = CliRunner().invoke(
            cli, ["sign-in", *arguments], input=typed, env=environment | more
        )
        assert found.exit_code == code, found.output
        assert found.exception is None or isinstance(found.exception, SystemExit)
        assert SECRET not in found.output
        return found

    return call


@pytest.fixture
def microsoft(run: Run) -> Run:
    def call(*, tenant: str = TENANT, client_id: str = "an-id", **more: Any) -> Result:
        return run("microsoft", "--tenant", tenant, "--client-id", client_id, **more)

    return call


class Kept:
    """What the store holds."""

    def __init__(self, folder: Path) -> None:
        self.engine: Engine = writing(open_engine(f"sqlite:///{folder / 'signpost.sqlite3'}"))
        self.folder = folder

    def setting(self) -> dict[str, Any] | None:
        with self.engine.begin() as connection:
            school_id = keep_school(connection, "default", "Your school", now())
            return get_setting(connection, school_id, SETTING)

    def secrets(self) -> dict[str, str]:
        """The secret that signing in would use, by provider."""
        sealing = sealing_of(load_or_make(self.folder / "secrets"))
        addresses = {"microsoft_url": "https://m.example", "google_url": "https://g.example"}
        found = providers_of(self.setting(), sealing, **addresses)
        return {way: one.client_secret for way, one in found.items()}


@pytest.fixture
def kept(tmp_path: Path) -> Iterator[Kept]:
    found = Kept(tmp_path)
    yield found
    found.engine.dispose()


def test_microsoft_is_set_up_with_the_secret_of_standard_input(
    microsoft: Run, kept: Kept, tmp_path: Path
):
    done = microsoft(typed=f"{SECRET}\n")
    assert done.stdout.splitlines() == [
        f"Pupils can sign in with Microsoft accounts of {TENANT.lower()} from now on.",
        "Register this redirect address with Microsoft: "
        "https://careers.school.example/sign-in/microsoft/callback",
        "And this one, for staff: "
        "https://careers.school.example/console/sign-in/microsoft/callback",
    ]
    assert done.stderr == ""
    assert kept.secrets() == {"microsoft": SECRET}
    for path in tmp_path.rglob("*"):
        assert path.is_dir() or SECRET.encode() not in path.read_bytes()


def test_both_stand_beside_each_other_and_are_replaced_one_by_one(
    run: Run, microsoft: Run, kept: Kept
):
    microsoft()
    run("google", "--domain", " School.Example ", "--client-id", "other-id", typed="of-google")
    assert kept.secrets() == {"microsoft": SECRET, "google": "of-google"}
    microsoft(client_id="a-new-id", typed="renewed")
    assert kept.secrets() == {"microsoft": "renewed", "google": "of-google"}
    assert run("show").stdout.splitlines() == [
        f"Microsoft: tenant {TENANT.lower()}, client ID a-new-id; the secret is kept.",
        "Google: domain school.example, client ID other-id; the secret is kept.",
    ]


def test_off_forgets_the_one(run: Run, microsoft: Run, kept: Kept):
    microsoft()
    run("google", "--domain", "school.example", "--client-id", "id")
    done = run("off", "microsoft")
    assert done.stdout == "Pupils cannot sign in with Microsoft any more.\n"
    setting = kept.setting()
    assert setting is not None
    assert list(setting) == ["google"]
    assert run("off", "microsoft").stdout == "Microsoft was not set up.\n"
    assert run("show").stdout.startswith("Microsoft: not set up.\nGoogle: domain ")


def test_a_secret_that_no_key_opens_is_told(run: Run, microsoft: Run, kept: Kept, tmp_path: Path):
    microsoft()
    (tmp_path / "secrets" / "record-keys").unlink()
    assert "cannot be used: set it up again." in run("show").stdout
    microsoft()
    assert kept.secrets() == {"microsoft": SECRET}


@pytest.mark.parametrize("typed", ["", "\n", "two words", "x" * 501])
def test_no_secret(microsoft: Run, kept: Kept, typed: str):
    done = microsoft(typed=typed, code=1)
    assert done.stderr == "Error: That is not a client's secret. Nothing was changed.\n"


@pytest.mark.parametrize(
    "arguments",
    [
        ("microsoft", "--tenant", "school.example", "--client-id", "x"),
        ("microsoft", "--tenant", "common", "--client-id", "x"),
        ("microsoft", "--tenant", TENANT, "--client-id", " "),
        ("google", "--domain", "nowhere", "--client-id", "x"),
        ("google", "--domain", "https://school.example/", "--client-id", "x"),
        ("google", "--domain", "school.example", "--client-id", "two words"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_made(
    run: Run, tmp_path: Path, arguments: tuple[str, ...]
):
    done = run(*arguments, code=2)
    assert "Invalid value for '--" in done.stderr
    assert not (tmp_path / "signpost.sqlite3").exists()


def test_a_secret_is_no_argument(run: Run):
    run("google", "--domain", "a.example", "--client-id", "x", "--client-secret", "y", code=2)


def test_a_terminal_is_asked_without_an_echo(
    microsoft: Run, kept: Kept, monkeypatch: pytest.MonkeyPatch
):
    asked: list[dict[str, Any]] = []

    def prompt(question: str, **how: Any) -> str:
        asked.append({"question": question, **how})
        return SECRET

    monkeypatch.setattr(command, "_typed_by_hand", lambda: True)
    monkeypatch.setattr(command.click, "prompt", prompt)
    microsoft()
    assert asked == [{"question": "The client's secret at Microsoft", "hide_input": True}]
    assert kept.secrets() == {"microsoft": SECRET}


def test_a_locked_store_is_one_line(
    run: Run, microsoft: Run, kept: Kept, monkeypatch: pytest.MonkeyPatch
):
    microsoft()
    monkeypatch.setattr(command, "WAIT_S", 0.1)
    with kept.engine.begin():
        done = microsoft(typed="other", code=1)
    assert done.stderr == "Error: The store could not be used. Nothing was changed.\n"
    assert kept.secrets() == {"microsoft": SECRET}


def test_without_an_address_of_its_own_it_says_so(microsoft: Run):
    done = microsoft(SIGNPOST_PUBLIC_URL="")
    assert "http://127.0.0.1:8080/sign-in/microsoft/callback" in done.stdout
    assert done.stderr.startswith("SIGNPOST_PUBLIC_URL is not set")


def test_as_a_program(tmp_path: Path, kept: Kept):
    done = subprocess.run(
        [SIGNPOST, "sign-in", "google", "--domain", "school.example", "--client-id", "x"],
        cwd="/",
        env=clean_environment() | {"SIGNPOST_DATA_DIR": str(tmp_path)},
        input=SECRET,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert kept.secrets() == {"google": SECRET}
