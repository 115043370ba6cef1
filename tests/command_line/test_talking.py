"""`chat` and `parse`: lines in, lines out, whatever the lines hold and however it ends."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.real_service import SIGNPOST, RealService, clean_environment, ended, until

pytestmark = pytest.mark.engine

MESSAGE = {"answer", "text", "buttons", "figures", "chart", "sources"}


def command(data: Path, *arguments: str, **pipes: Any) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [SIGNPOST, *arguments],
        cwd="/",
        env=clean_environment() | {"SIGNPOST_DATA_DIR": str(data), "LC_ALL": "C"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        **pipes,
    )


def answered(service: RealService, lines: bytes, *arguments: str) -> list[dict[str, Any]]:
    """Put lines in; return what came out, one JSON a line, with nothing beside it."""
    process = command(service.data, *arguments)
    out, told = process.communicate(lines, timeout=120)
    assert (process.returncode, told) == (0, b"")
    return [json.loads(line) for line in out.decode("utf-8").splitlines()]


def sentence(told: bytes) -> str:
    lines = told.decode().splitlines()
    assert len(lines) == 1, lines
    return lines[0]


# ---- chat


def test_each_line_in_gives_one_line_out_in_the_same_order(signpost: RealService) -> None:
    replies = answered(
        signpost,
        b"what does a vet earn\n"
        b"\n"
        b"  \t \r\n"
        b"\xff\xfe\x80 what does a plumber earn\r\n"
        b"\x00\x01\n"
        + "“what’s a nurse’s pay” 😀 ıİ \u2028 vet\n".encode()
        + b"a" * 1001
        + b"\n/restart\n"
        b"bye",
        "chat",
        "--json",
    )
    assert len(replies) == 9
    assert "£42,612" in replies[0]["messages"][0]["text"]
    refused = [n for n, reply in enumerate(replies) if reply["meta"]["answers"] == ["refused"]]
    assert refused == [1, 2, 4, 6]
    assert "lumber" in replies[3]["messages"][0]["text"]
    assert "1,000 characters" in replies[6]["messages"][0]["text"]
    assert replies[8]["meta"]["intent"] == "goodbye"
    for reply in replies:
        assert set(reply) == {"messages", "meta"}
        assert set(reply["meta"]) == {"intent", "confidence", "answers", "jobs"}
        assert reply["messages"]
        for message in reply["messages"]:
            assert set(message) >= MESSAGE - {"answer"}
            assert message["text"]


def test_a_reply_is_as_a_channel_gets_it_with_what_was_understood(signpost: RealService) -> None:
    pay, place = answered(signpost, b"what does a vet earn\nand in leeds\n", "chat", "--json")
    assert pay["meta"]["intent"] == "pay"
    assert 0 < pay["meta"]["confidence"] <= 1
    assert pay["meta"]["answers"] == ["pay"]
    assert pay["meta"]["jobs"] == [{"soc2020": "2240", "title": "Veterinarians"}]
    (message,) = pay["messages"]
    assert set(message) == MESSAGE
    assert message["figures"][0]["value"] == 42612
    assert message["chart"]["svg"].startswith("<svg")
    assert set(message["sources"][0]) >= {"publisher", "dataset", "year", "link"}
    assert "Leeds" in place["messages"][0]["text"]


def test_more_lines_than_a_reader_may_send_in_a_minute_are_all_answered(
    signpost: RealService,
) -> None:
    replies = answered(signpost, b"hello\n" * 22, "chat", "--json")
    assert len(replies) == 22
    assert all(reply["meta"]["answers"] != ["refused"] for reply in replies)


def test_a_scene_is_taken(signpost: RealService) -> None:
    scene = ("--audience", "parent", "--year", "11", "--on", "2026-11-22")
    (reply,) = answered(signpost, b"what does a vet earn\n", "chat", "--json", *scene)
    assert "£42,612" in reply["messages"][0]["text"]


def test_in_a_terminal_it_reads_like_a_talk(signpost: RealService) -> None:
    process = command(signpost.data, "chat")
    out, told = process.communicate(b"what does a vet earn\n\n", timeout=60)
    assert (process.returncode, told) == (0, b"")
    text = out.decode()
    assert text.count("£42,612") >= 1
    assert "Office for National Statistics" in text
    assert "How do I get in?" in text
    assert "{" not in text


def test_a_conversation_of_a_terminal_is_kept_nowhere(signpost: RealService) -> None:
    answered(signpost, b"what does a flumpwozzle vet earn\n", "chat", "--json")
    holding = [
        path
        for path in signpost.data.rglob("*")
        if path.is_file() and path.suffix != ".sqlite3-wal" and b"flumpwozzle" in path.read_bytes()
    ]
    assert holding == []


# ---- parse


def test_what_is_understood_of_each_line(signpost: RealService) -> None:
    lines = [
        "what does a vet earn",
        "",
        "   how much does a plumber  or an electrician get 😀",
        "//vet pay",
        "é́ ﬁ vet",
        "nothing at all",
    ]
    parsed = answered(signpost, "\n".join(lines).encode() + b"\n\xff\n", "parse")
    assert [one["text"] for one in parsed] == [*lines, "\ufffd"]
    for one in parsed:
        assert set(one) == {"text", "intent", "confidence", "ranking", "job_words"}
        assert [set(ranked) for ranked in one["ranking"][:1]] in ([], [{"name", "confidence"}])
        for word in one["job_words"]:
            assert set(word) == {"text", "start", "end", "unit_groups"}
            assert one["text"][word["start"] : word["end"]] == word["text"]
            for group in word["unit_groups"]:
                assert set(group) == {"soc2020", "title", "score"}
                assert 0 <= group["score"] <= 1
    assert parsed[0]["intent"] == parsed[0]["ranking"][0]["name"] == "pay"
    words = [[word["text"] for word in one["job_words"]] for one in parsed]
    assert words == [["vet"], [], ["plumber", "electrician"], ["vet"], ["vet"], [], []]
    assert parsed[0]["job_words"][0]["unit_groups"][0]["soc2020"] == "2240"


# ---- however it ends


@pytest.mark.parametrize("arguments", [("chat", "--json"), ("parse",)])
def test_a_reader_who_leaves_is_no_error(signpost: RealService, arguments: tuple[str]) -> None:
    process = command(signpost.data, *arguments)
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(b"what does a vet earn\n")
    process.stdin.flush()
    assert process.stdout.readline()
    process.stdout.close()
    process.stdin.write(b"what does a vet earn\n" * 3)
    process.stdin.close()
    assert process.wait(30) in (0, 1, 141)
    assert process.stderr.read() == b""


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("arguments", [("chat", "--json"), ("parse",)])
def test_a_signal_ends_it_at_the_prompt(
    signpost: RealService, arguments: tuple[str], how: int
) -> None:
    process = command(signpost.data, *arguments)
    assert process.stdin and process.stdout and process.stderr
    process.stdin.write(b"what does a vet earn\n")
    process.stdin.flush()
    assert process.stdout.readline()
    process.send_signal(how)
    assert process.wait(10) == 128 + how
    assert process.stderr.read() == b""
    assert signpost.all_healthy()  # it was not its own


def test_without_a_running_service_it_starts_one_and_takes_it_away(tmp_path: Path) -> None:
    data = tmp_path / "data"
    process = command(data, "parse")
    out, told = process.communicate(b"what does a vet earn\n", timeout=200)
    assert process.returncode == 0
    assert json.loads(out)["intent"] == "pay"
    assert told.decode().splitlines()[0] == (
        "Signpost is not running: starting it for this command."
    )
    assert leftovers(data) == []


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_a_service_of_its_own_ends_with_it(tmp_path: Path, how: int) -> None:
    data = tmp_path / "data"
    process = command(data, "chat", "--json")
    assert process.stderr
    assert process.stderr.readline().startswith(b"Signpost is not running")
    until(lambda: runs(process, "bot.channels.web"), "its service is started", within_s=150)
    processes = family(process)
    os.kill(process.pid, how)
    assert ended(process, processes, within_s=10) == 128 + how
    assert leftovers(data) == []


def family(process: subprocess.Popen[bytes]) -> list[psutil.Process]:
    first = psutil.Process(process.pid)
    return [first, *first.children(recursive=True)]


def runs(process: subprocess.Popen[bytes], module: str) -> bool:
    """Whether a module runs among what the command has started."""
    for one in family(process):
        with suppress(psutil.Error):  # it may end while it is looked at
            if module in one.cmdline():
                return True
    return False


def leftovers(data: Path) -> list[str]:
    """What a command's own service left: its logs may stay, a conversation may not."""
    return [path.name for path in data.iterdir() if path.name.startswith("command-")]


def test_a_service_that_breaks_in_the_middle_is_told_in_a_sentence(signpost: RealService) -> None:
    process = command(signpost.data, "parse")
    assert process.stdin and process.stdout
    process.stdin.write(b"what does a vet earn\n")
    process.stdin.flush()
    assert json.loads(process.stdout.readline())["intent"] == "pay"
    (engine,) = signpost.parts("engine")
    engine.kill()
    engine.wait(10)
    _, told = process.communicate(b"what does a vet earn\n", timeout=60)
    assert process.returncode == 1
    assert sentence(told) == "Error: The engine stopped answering."
    until(signpost.all_healthy, "the engine is well again")
