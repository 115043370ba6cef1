"""What a running service does and leaves on its machine, and what it must not."""

from __future__ import annotations

import ipaddress
import stat
import subprocess
from pathlib import Path

import httpx
import psutil
import pytest

from bot.service.run import running
from bot.settings import Settings
from tests.real_service import PARTS, SIGNPOST, RealService, clean_environment
from tests.telltale_proxy import TelltaleProxy

pytestmark = pytest.mark.engine

MARKER = "quagsnorfle"
QUESTIONS = (
    "what does a vet earn",
    f"my name is {MARKER} and i want to be a plumber, what do they earn",
    f"{MARKER}?",
    "compare a nurse and an electrician",
    "and in leeds?",
    f"DROP TABLE {MARKER}; --",
    "😀" * 20 + MARKER,
)


@pytest.fixture(scope="module")
def said(signpost: RealService) -> tuple[str, str]:
    """A conversation with a word that nobody else says: its id and its token."""
    talk = signpost.talk()
    for question in QUESTIONS:
        talk.say(question)
    return talk.id, talk.token


def test_a_second_run_on_the_same_data_says_that_it_runs(signpost: RealService) -> None:
    done = subprocess.run(
        [SIGNPOST, "run"],
        env=clean_environment() | {"SIGNPOST_DATA_DIR": str(signpost.data), "SIGNPOST_PORT": "0"},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert done.stderr == (
        f"Error: Signpost already runs at {signpost.origin}/chat with the same data folder.\n"
    )
    assert signpost.all_healthy()
    assert running(Settings(data_dir=signpost.data)) is not None


def test_the_keys_are_its_owners_alone(signpost: RealService) -> None:
    folder = signpost.data / "secrets"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    keys = sorted(folder.iterdir())
    assert [key.name for key in keys] == [
        "engine-token",
        "lookup-key",
        "operator-key",
        "passport-key",
        "record-keys",
        "token-key",
    ]
    for key in keys:
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        assert len(key.read_text()) >= 43
    assert len({key.read_text() for key in keys}) == len(keys)


def test_it_listens_and_talks_on_this_machine_only(
    signpost: RealService, said: tuple[str, str], telltale: TelltaleProxy
) -> None:
    seen = [
        connection
        for process in signpost.family()
        for connection in process.net_connections(kind="inet")
    ]
    assert sum(c.status == psutil.CONN_LISTEN for c in seen) == len(PARTS)
    for connection in seen:
        for end in (connection.laddr, connection.raddr):
            assert not end or ipaddress.ip_address(end.ip).is_loopback, connection
    assert telltale.asked == []


def test_the_engine_answers_nobody_without_its_token(signpost: RealService) -> None:
    engine = signpost.addresses["engine"]
    with httpx.Client(base_url=engine, trust_env=False) as stranger:
        assert stranger.get("/health").status_code == 200
        assert stranger.post("/parse", json={"text": "vet"}).status_code == 401
        assert stranger.delete("/conversations/x").status_code == 401
        for wrong in ("x", signpost.secret("operator-key")):
            stranger.headers["Authorization"] = f"Bearer {wrong}"
            turn = stranger.post("/conversations/x/turns", json={"text": "vet"})
            assert turn.status_code == 401


def test_nothing_that_was_said_and_no_key_is_logged(
    signpost: RealService, said: tuple[str, str]
) -> None:
    logged = signpost.logs()
    secrets = [path.read_text() for path in (signpost.data / "secrets").iterdir()]
    for word in (MARKER, *said, *secrets, "plumber"):
        assert word not in logged
    assert "Traceback" not in logged


def test_no_key_is_among_the_arguments_of_a_process(
    signpost: RealService, said: tuple[str, str]
) -> None:
    lines = " ".join(word for process in signpost.family() for word in process.cmdline())
    secrets = [path.read_text() for path in (signpost.data / "secrets").iterdir()]
    for word in (MARKER, *said, *secrets):
        assert word not in lines


def test_nothing_is_written_outside_its_folder(
    signpost: RealService, said: tuple[str, str]
) -> None:
    opened = {
        Path(file.path)
        for process in signpost.family()
        for file in process.open_files()
        if "w" in file.mode or "a" in file.mode or "+" in file.mode
    }
    assert opened
    assert [path for path in opened if not path.is_relative_to(signpost.data)] == []
