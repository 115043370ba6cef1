"""`retention`: shown with reasons, listed, deleted after a yes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.command_line.retention import retention
from bot.command_line.school_store import school_store
from bot.records.conversations import add_conversation

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "")

    def call(*arguments: str, code: int = 0) -> Result:
        found = CliRunner().invoke(retention, arguments, prog_name="retention")
        assert found.exit_code == code, found.output
        return found

    return call


def begin(months: int) -> None:
    """A guest's chat of so long ago."""
    with school_store() as school:
        school.write(
            add_conversation,
            school.sealing,
            conversation_id=f"{months:032}",
            school_id=school.id,
            channel="web",
            scene={},
            opening={"notice": {"text": "n"}, "greeting": {"text": "g"}},
            standing=[],
            now=datetime.now(UTC) - timedelta(days=31 * months),
        )


def test_every_clock_is_shown_with_its_reason(run: Run):
    shown = run("show").output
    assert "leavers: The whole record of a leaver, 0 now\n  48 months after leaving" in shown
    assert "wrong_sign_ins: Wrong sign-ins, 0 now\n  never stored\n" in shown
    assert "Benchmark 3 asks for destinations" in shown
    assert shown.endswith("Last run: never.\n")
    assert all(len(line) <= 80 for line in shown.splitlines())


def test_a_clock_is_set(run: Run):
    assert run("set", "leavers", "24").output == "leavers: 24 months.\n"
    shown = run("show").output
    assert "24 months after leaving, or the end of Year 13 (default: 48 months)" in shown
    assert "at least three years.\nLast run" in shown
    assert run("set", "leavers", "default").output == "leavers: 48 months.\n"
    assert run("set", "leavers", "age 25").output == "leavers: until the 25th birthday.\n"
    assert "Nothing was changed" in run("set", "leavers", "0", code=1).stderr
    assert "Nothing was changed" in run("set", "cats", "9", code=1).stderr


def test_a_dry_run_deletes_nothing_and_a_run_what_it_listed(run: Run):
    begin(1)
    begin(5)
    begin(9)
    listed = "guest_chats: 2\n         2 conversations\n"
    for _ in range(2):
        assert run("dry-run").output.startswith(listed)
    assert run("run").output.endswith("Nothing was deleted.\n")
    done = run("run", "--yes").output
    assert done.startswith(listed)
    assert done.endswith("Deleted: guest_chats 2.\n")
    assert run("dry-run").output == "Nothing is due.\n"
    assert run("run").output == "Nothing is due.\n"
    assert "Chats of guests, 1 now" in run("show").output
    assert "Last run: never" not in run("show").output
