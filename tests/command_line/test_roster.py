"""The roster on the command line: shown first, written after a yes, nobody's first name told."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.command_line import roster as command
from tests.bot.identity.roster.exports import FIELDS, export, person

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name, value in {
        "SIGNPOST_DATA_DIR": str(tmp_path / "data"),
        "SIGNPOST_DATABASE_URL": "",
        "SIGNPOST_SCHOOL_SLUG": "default",
        "SIGNPOST_SCHOOL_NAME": "The Invented School",
    }.items():
        monkeypatch.setenv(name, value)

    def call(*arguments: str, typed: str | None = None, code: int = 0) -> Result:
        found = CliRunner().invoke(command.roster, arguments, input=typed, prog_name="roster")
        assert found.exit_code == code, found.output
        assert found.exception is None or isinstance(found.exception, SystemExit)
        return found

    return call


@pytest.fixture
def bring_in(run: Run, tmp_path: Path) -> Run:
    def call(content: bytes, *options: str, **more) -> Result:
        file = tmp_path / "roster.csv"
        file.write_bytes(content)
        return run("import", str(file), "--on", "2026-11-22", *options, **more)

    return call


def counted(run: Run) -> str:
    return run("show", "--on", "2026-11-22").output.splitlines()[-1]


def table(output: str) -> dict[str, str]:
    """The last word of each line by the words before it."""
    lines = [line.split() for line in output.splitlines() if line.strip()]
    return {" ".join(words[:-1]): words[-1] for words in lines}


def test_nothing_is_written_without_a_yes(run: Run, bring_in: Run):
    found = bring_in(export([person(1), person(2)]))
    assert table(found.output)["added"] == "2"
    assert found.stdout.endswith("Nothing was written.\n")
    assert "Add --yes" in found.stderr
    assert counted(run) == "Pupils: 0. Have left: 0."


def test_a_yes_writes_what_was_shown(run: Run, bring_in: Run):
    found = bring_in(export([person(1), person(2, year="12", form="12/Te")]), "--yes")
    assert "looks like an export of SIMS" in found.output
    assert found.output.endswith("Written.\n")
    shown = run("show", "--on", "2026-11-22").output
    assert table(shown)["Year 9 9B"] == "1"
    assert table(shown)["Year 12 12/Te"] == "1"
    assert counted(run) == "Pupils: 2. Have left: 0."
    # Years roll over by themselves.
    later = run("show", "--on", "2028-09-01").output
    assert table(later)["Year 11 9B"] == "1"
    assert later.splitlines()[-1] == "Pupils: 1. Have left: 1."
    again = bring_in(export([person(1), person(2, year="12", form="12/Te")]), "--yes")
    assert again.output.endswith("Nothing to write.\n")


@pytest.mark.parametrize(("typed", "pupils"), [("y\n", 1), ("n\n", 0), ("\n", 0)])
def test_a_terminal_is_asked(
    run: Run, bring_in: Run, monkeypatch: pytest.MonkeyPatch, typed: str, pupils: int
):
    monkeypatch.setattr(command, "_at_terminal", lambda: True)
    found = bring_in(export([person(1)]), typed=typed)
    assert "Write this? [y/N]" in found.output
    assert counted(run) == f"Pupils: {pupils}. Have left: 0."


def test_first_names_are_initials_only(bring_in: Run):
    bring_in(export([person(1), person(2), person(3)]), "--yes")
    people = [person(1, form="9C"), person(2, given="Testyc", born="?"), person(4, given="عائشة")]
    output = bring_in(export(people)).output
    assert "T. Exampletonb" in output
    assert "\u2068ع. Exampletone\u2069" in output
    for word in ("Testy", "عائشة", "14/03/2013", "2013", person(1)["upn"], "school.example"):
        assert word not in output


def test_bad_rows_by_line_and_reason_and_the_good_ones_written(run: Run, bring_in: Run):
    found = bring_in(export([person(1), person(2, born="tomorrow"), person(3)]), "--yes")
    (line,) = [line for line in found.output.splitlines() if "cannot be read as day" in line]
    assert line.split()[:3] == ["3", "T.", "Exampletonc"]
    assert counted(run) == "Pupils: 2. Have left: 0."


def test_long_lists_are_cut_and_counted(bring_in: Run):
    people = [person(n) for n in range(1, 31)] + [person(n, year="20") for n in range(31, 60)]
    output = bring_in(export(people)).output
    assert "and 10 more" in output
    assert table(output)["added"] == "30"
    assert table(output)["left out, bad rows"] == "29"
    assert "  29 times is in Year 20" in output


def test_what_to_hold_is_chosen_shown_and_remembered(run: Run, bring_in: Run):
    content = export([person(1, send="K", eal="Yes")])
    output = bring_in(content, "--hold", "upn,send", "--yes").output
    assert "SEND, or reports" in " ".join(output.split())
    assert "EAL: not held" in output
    told = {line.split("  ")[0]: line for line in run("columns").output.splitlines()}
    assert " yes " in told["SEND"]
    assert " no " in told["EAL"]
    assert " no " in told["Date of birth"]
    assert "EAL: not held" in bring_in(content).output


def test_a_heading_is_mapped_and_remembered(run: Run, bring_in: Run):
    content = export([person(1)]).replace(b"Reg,", b"House [red],")
    assert "not read" in bring_in(content).output
    bring_in(content, "--map", "House [red]=tutor_group", "--yes")
    assert "House [red]" in bring_in(content).output
    assert "not read" not in bring_in(content).output
    assert "house red" in run("columns").output


def test_most_pupils_leaving_needs_more_than_yes(run: Run, bring_in: Run):
    bring_in(export([person(n) for n in range(1, 13)]), "--yes")
    content = export([person(1)])
    found = bring_in(content, "--yes", code=1)
    assert "11 of 12 pupils would leave" in found.output
    assert "Error: More than half" in found.output
    assert counted(run) == "Pupils: 12. Have left: 0."
    assert bring_in(content, "--yes", "--part").output.endswith("Nothing to write.\n")


def test_pupils_who_left_are_counted(run: Run, bring_in: Run):
    bring_in(export([person(1), person(2)]), "--yes")
    bring_in(export([person(1)]), "--yes")
    assert counted(run) == "Pupils: 1. Have left: 1."


@pytest.mark.parametrize(
    ("content", "options", "says"),
    [
        (b"", (), "The file is empty."),
        (b"PK\x03\x04 xl/workbook.xml", (), "This is an Excel workbook"),
        (b"Zebra,Testy\n", (), "No line of headings"),
        (b"Surname,UPN,Year\nZebra,,9\n", (), "no column for: First name"),
        (b"Surname,Forename,UPN,Year\n", ("--hold", "shoes"), '"shoes" is no column'),
        (b"Surname,Forename,UPN,Year\n", ("--hold", "eal"), "Hold the UPN"),
        (b"Surname,Forename,UPN,Year\n", ("--map", "Year"), "Write --map"),
        (b"Surname,Forename,UPN,Year\nA,B,,9\n", ("--map", "X=eal"), 'headed "x"'),
        (b"Surname,Forename,UPN,Year\nA,B,,9\n", ("--new", "2"), "no row to decide on"),
    ],
)
def test_what_cannot_be_done_is_one_clear_line(bring_in: Run, content, options, says):
    found = bring_in(content, *options, code=1)
    (line,) = [line for line in found.stderr.splitlines() if line.startswith("Error: ")]
    assert says in line
    assert "Zebra" not in found.output
    assert "Traceback" not in found.output


def test_a_missing_column_comes_with_the_headings_that_there_are(bring_in: Run):
    content = export([person(1)], fields=[field for field in FIELDS if field != "given"])
    found = bring_in(content.replace(b"Reg", b"Rufname"), code=1)
    assert "Headings in the file: Surname, UPN, DOB, Year, Rufname" in found.stderr


def test_a_file_that_is_not_there(run: Run):
    found = run("import", "no-such-file.csv", code=1)
    assert "Error: No such file or directory (no-such-file.csv)" in found.output


def test_no_name_lies_open_in_the_data_folder(bring_in: Run, tmp_path: Path):
    bring_in(export([person(1, family="Zebracrossing")]), "--yes")
    bring_in(export([person(2)]), "--yes")
    files = [path for path in (tmp_path / "data").rglob("*") if path.is_file()]
    assert any(path.suffix == ".sqlite3" for path in files)
    for path in files:
        content = path.read_bytes().lower()
        assert b"zebracrossing" not in content
        assert b"exampleton" not in content


@pytest.mark.parametrize("arguments", [(), ("import",), ("show",), ("columns",)])
def test_help_is_whole_sentences(run: Run, arguments: tuple[str, ...]):
    output = run(*arguments, "--help").output
    for line in output.splitlines()[1:]:
        assert len(line) <= 80, line
        assert not line.endswith("..."), line
