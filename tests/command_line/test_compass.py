"""`compass`: in after a yes, out to a file of its owner's, told to those who are in it."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.command_line.compass import compass
from bot.command_line.roster import roster
from bot.command_line.school_store import school_store
from bot.records.guidance.lines import lines_of
from bot.records.guidance.views import views_of
from bot.records.pupils import find_by_upn
from tests.bot.identity.roster.exports import export, person, upn

Run = Callable[..., Result]
HEAD = "UPN,Type,Activity,Organisation,Date\n"
TALK = f"{upn(1)},Employer talk,Talk on welding,Kelp Marine,01/10/2026\n"
HOPE = f"{upn(1)},Career interest,Be a welder,,01/10/2026\n"
ON = ("--on", "2026-11-22")


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "")

    def call(*arguments: str, code: int = 0) -> Result:
        found = CliRunner().invoke(compass, arguments, prog_name="compass")
        assert found.exit_code == code, found.output
        assert found.exception is None or isinstance(found.exception, SystemExit)
        return found

    file = tmp_path / "roster.csv"
    file.write_bytes(export([person(n) for n in (1, 2)]))
    done = CliRunner().invoke(roster, ["import", str(file), "--yes", *ON])
    assert done.exit_code == 0, done.output
    return call


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "records.csv"
    path.write_text(f"{HEAD}{TALK}{HOPE}{upn(2)},Skydiving,x,y,01/10/2026\n")
    # Noon on 1 September 2026.
    os.utime(path, (1_788_260_400, 1_788_260_400))
    return str(path)


def of_pupil(number: int, work: Callable[..., object], **more: object) -> object:
    with school_store() as school:
        found = school.read(find_by_upn, school.sealing, school.id, upn(number))
        assert found is not None
        return school.write(work, school.sealing, school.id, found.id, **more)


def test_nothing_is_written_without_a_yes(run: Run, file: str):
    done = run("import", file, *ON)
    assert done.stdout == (
        "The file is of 1 September 2026.\n"
        "       1  experiences\n"
        "       1  wishes, decisions and actions, each of which waits for the pupil's yes\n"
        "Would be added: 2. There already: 0. In conflict: 0. Left out: 1.\n"
        "Line 4 has a type that is none of those that are read.\n"
        "Nothing was written.\n"
    )
    assert of_pupil(1, lines_of) == []
    assert run("import", file, *ON, "--yes").output.endswith("Written.\n")
    (line,) = of_pupil(1, lines_of)
    assert (line.kind, line.source["on"]) == ("experience", "2026-09-01")
    again = run("import", file, *ON, "--yes")
    assert "There already: 2." in again.output
    assert again.output.endswith("Nothing to write.\n")
    assert "Exampleton" not in again.output


def test_the_files_day_can_be_told(run: Run, file: str):
    run("import", file, *ON, "--yes", "--made-on", "2026-07-17")
    (line,) = of_pupil(1, lines_of)
    assert line.source["on"] == "2026-07-17"
    refused = run("import", file, *ON, "--made-on", "2026-11-23", code=1)
    assert "still to come" in refused.stderr


def test_the_export_is_for_its_owner_and_told_to_the_pupils(run: Run, file: str, tmp_path: Path):
    run("import", file, *ON, "--yes")
    out = tmp_path / "out.csv"
    assert "add --actor" in run("export", str(out), code=1).stderr
    assert not out.exists()
    done = run("export", str(out), "--actor", "Quorra Plinth")
    assert done.output == "Written: 1 line.\n"
    assert stat.S_IMODE(out.stat().st_mode) == 0o600
    assert "Exampleton" in out.read_text("utf-8-sig")
    assert [(view.name, view.role) for view in of_pupil(1, views_of)] == [
        ("Quorra Plinth", "careers leader")
    ]
    assert of_pupil(2, views_of) == []
    refused = run("export", str(out), "--actor", "Quorra Plinth", code=1)
    assert refused.stderr == "Error: out.csv is there already. Name another file.\n"
    assert len(of_pupil(1, views_of)) == 1


def test_a_file_that_is_none(run: Run, tmp_path: Path):
    path = tmp_path / "none.csv"
    assert run("import", str(path), code=1).stderr.count("\n") == 1
    path.write_text("a,b\n")
    refused = run("import", str(path), code=1)
    assert refused.stderr.startswith("Error: The file has no column for: Date, Type, UPN.")
