"""Long work tells how far it is: a bar on a terminal, a few plain lines elsewhere."""

from __future__ import annotations

import os
import pty
import subprocess
import sys

from bot.service import model, progress
from bot.settings import PROJECT
from engine import progress as told_by_engine

SHOW = (
    "from bot.service.progress import shown\n"
    "with shown('Training') as how_far:\n"
    "    for done in range(0, 1001, 50):\n"
    "        how_far(done, 1000)\n"
)


def test_the_engine_and_who_reads_it_agree() -> None:
    assert model.PROGRESS == told_by_engine.PREFIX


def test_elsewhere_a_few_plain_lines() -> None:
    told = subprocess.run(
        [sys.executable, "-c", SHOW], cwd=PROJECT, capture_output=True, text=True, check=True
    )
    assert told.stdout == ""
    assert told.stderr.splitlines() == [f"Training: {n}%" for n in (25, 50, 75, 100)]
    assert len(told.stderr.splitlines()) == progress.PLAIN_LINES


def test_on_a_terminal_a_bar() -> None:
    leader, follower = pty.openpty()
    with os.fdopen(leader, "rb", buffering=0) as terminal:
        shown = subprocess.Popen(
            [sys.executable, "-c", SHOW],
            cwd=PROJECT,
            stderr=follower,
            env={**os.environ, "TERM": "xterm"},
        )
        os.close(follower)
        seen = b""
        while True:
            try:
                piece = terminal.read(4096)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            seen += piece
        assert shown.wait(20) == 0
    assert "━" in seen.decode("utf-8", "replace")
    assert b"Training" in seen
