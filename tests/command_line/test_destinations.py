"""`destinations`: in after a yes, out to a file of its owner's, counted without small numbers."""

from __future__ import annotations

import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.command_line.destinations import destinations
from bot.command_line.roster import roster
from tests.bot.identity.roster.exports import export, person, upn

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "")

    def call(*arguments: str, code: int = 0) -> Result:
        found = CliRunner().invoke(destinations, arguments, prog_name="destinations")
        assert found.exit_code == code, found.output
        assert found.exception is None or isinstance(found.exception, SystemExit)
        return found

    file = tmp_path / "roster.csv"
    pupils = [person(n, year="11", pp="Yes" if n % 2 else "No") for n in range(1, 31)]
    file.write_bytes(export(pupils))
    held = "upn,birth_date,pupil_premium"
    done = CliRunner().invoke(
        roster, ["import", str(file), "--yes", "--on", "2026-11-22", "--hold", held]
    )
    assert done.exit_code == 0, done.output
    return call


def csv_of(folder: Path, **numbers: int) -> str:
    """A file in which so many pupils mean to go there."""
    lines, pupil = ["UPN,Kind,Destination"], 0
    for route, number in numbers.items():
        for _ in range(number):
            pupil += 1
            lines.append(f"{upn(pupil)},Intended,{route.replace('_', ' ')}")
    file = folder / "destinations.csv"
    file.write_text("\n".join(lines))
    return str(file)


def test_nothing_is_written_without_a_yes(run: Run, tmp_path: Path):
    file = csv_of(tmp_path, apprenticeship=12, work=8)
    done = run("import", file, "--on", "2026-11-22")
    assert "Would be added: 20." in done.output
    assert done.stdout.endswith("Nothing was written.\n")
    assert "Total" in run("show", "--on", "2026-11-22").output
    assert ",20\n" not in run("show", "--csv", "--on", "2026-11-22").output
    assert run("import", file, "--on", "2026-11-22", "--yes").output.endswith("Written.\n")
    again = run("import", file, "--on", "2026-11-22", "--yes")
    assert again.output.endswith("Nothing to write.\n")
    assert "Exampleton" not in again.output
    shown = run("show", "--csv", "--on", "2026-11-22").output
    assert "2026/27,intended,Total,Total,20\n" in shown
    assert "2026/27,intended,Apprenticeship,Year 11,12\n" in shown


@pytest.mark.parametrize("by", ["year", "route", "gender", "pupil-premium", "send"])
def test_small_numbers_are_stars(run: Run, tmp_path: Path, by: str):
    file = csv_of(tmp_path, apprenticeship=14, work=12, higher_education=3)
    run("import", file, "--yes", "--on", "2026-11-22")
    shown = run("show", "--by", by).output
    line = next(one for one in shown.splitlines() if one.startswith("Higher education"))
    assert line.split()[-1] == "*"
    assert "3" not in line
    assert "* is a number under 6" in shown
    assert shown.startswith("Destinations reported in 2026/27")


def test_the_export_is_for_its_owner(run: Run, tmp_path: Path):
    run("import", csv_of(tmp_path, work=2), "--yes", "--on", "2026-11-22")
    file = tmp_path / "out.csv"
    assert "add --actor" in run("export", str(file), code=1).stderr
    assert not file.exists()
    actor = ("--actor", "Quorra Plinth")
    assert run("export", str(file), *actor).output == "Written: 2 destinations.\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert "Exampleton" in file.read_text("utf-8-sig")
    refused = run("export", str(file), *actor, code=1)
    assert refused.stderr == "Error: out.csv is there already. Name another file.\n"


def test_bad_lines_and_files_are_told(run: Run, tmp_path: Path):
    file = tmp_path / "bad.csv"
    file.write_text(f"UPN,Kind,Destination\n{upn(1)},Actual,The moon\n")
    assert "Line 2 has a destination that is none" in run("import", str(file)).output
    file.write_text("UPN\n")
    done = run("import", str(file), code=1)
    assert done.stderr.startswith("Error: The file has no column for: Kind, Destination.")
    assert run("import", str(tmp_path / "none.csv"), code=1).stderr.count("\n") == 1
