"""The command line of the tables: what it prints, its exit codes, its one-line errors."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from lmi.cli import lmi
from lmi.table_files import TABLES
from tests.lmi.official_workbooks import ashe_workbook

ROOT = Path(__file__).parents[2]
SHARED = ROOT.parent / "shared" / "data"


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(lmi, [str(argument) for argument in arguments])


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TABLES, tmp_path / "tables"))


@pytest.mark.parametrize("job", [("2240",), ("vet",), ("Veterinarians",), ("vets",)])
def test_show_finds_a_job_by_code_or_title(job: tuple[str, ...]) -> None:
    result = run("show", *job)
    assert result.exit_code == 0
    assert "2240 Veterinarians" in result.output
    assert "2024: median £42,612; middle half £32,976 to not published" in result.output
    assert "Health professionals, England" in result.output
    assert "Vet: university, volunteering; 40 to 45 hours a week" in result.output
    assert "Office for National Statistics" in result.output
    assert "Open Government Licence" in result.output


def test_show_takes_a_title_of_several_words_and_names_other_groups() -> None:
    result = run("show", "mechanical", "engineer")
    assert "2122 Mechanical engineers" in result.output
    assert "Also possible: 5223" in result.output


def test_show_says_when_no_figure_is_published() -> None:
    result = run("show", "1112")
    assert "median not published" in result.output


def test_show_names_near_titles_for_an_unknown_job() -> None:
    result = run("show", "electrition")
    assert result.exit_code == 1
    assert result.stderr == 'Error: No job is known as "electrition". Near it: electrician.\n'


def test_sources_lists_every_table_with_its_year() -> None:
    result = run("sources")
    assert result.exit_code == 0
    lines = result.output.splitlines()
    assert len(lines) == 12
    assert any(line.startswith("pay\tOffice for National Statistics\t") for line in lines)
    assert "2021-2024" in result.output


def test_import_ashe_says_what_it_brought_in(tables: Path, tmp_path: Path) -> None:
    workbook = ashe_workbook(tmp_path / "ashe.xlsx")
    result = run("import-ashe", workbook, "--tables", tables)
    assert result.exit_code == 0
    assert "Pay for 2025: 2 unit groups, 2 with a median." in result.output
    assert "All employees: £32,890 a year." in result.output
    assert "Warning: 410 unit groups" in result.stderr
    shown = run("show", "2240", "--tables", tables)
    assert "2025: median £44,100" in shown.output


@pytest.mark.parametrize("command", ["import-ashe", "import-soc"])
def test_an_import_of_a_wrong_file_is_one_clear_line(
    command: str, tables: Path, tmp_path: Path
) -> None:
    (tmp_path / "letter.xlsx").write_text("Dear Sir", encoding="utf-8")
    result = run(command, tmp_path / "letter.xlsx", "--tables", tables)
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: letter.xlsx is not an Excel workbook")
    assert len(result.stderr.splitlines()) == 1


def test_a_folder_that_cannot_be_read_is_one_clear_line(tmp_path: Path) -> None:
    for command in (("sources",), ("show", "2240")):
        result = run(*command, "--tables", tmp_path / "absent")
        assert result.exit_code == 1
        assert result.stderr.startswith("Error: No such file or directory")
        assert len(result.stderr.splitlines()) == 1


def test_rebuild_of_a_wrong_folder_is_one_clear_line(tmp_path: Path) -> None:
    result = run("rebuild", tmp_path, "--tables", tmp_path / "tables")
    assert result.exit_code == 1
    assert "does not hold the official files" in result.stderr


def test_rebuild_and_import_soc_from_the_official_files(tmp_path: Path) -> None:
    workbooks = sorted((SHARED / "soc").glob("soc2020volume1*.xlsx"))
    if not workbooks:
        pytest.skip("the official files are not at ../shared/data")
    result = run("rebuild", SHARED, "--tables", tmp_path / "tables")
    assert result.exit_code == 0
    assert "1/6 classification" in result.stderr  # plain lines where there is no terminal
    assert "pay: 4,944 rows" in result.stdout
    result = run("import-soc", workbooks[0], "--tables", tmp_path / "tables")
    assert result.output.startswith("412 unit groups, 139 groups above them, 2,091 related")


def test_it_runs_as_a_module() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "lmi.cli", "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    for command in ("rebuild", "import-ashe", "import-soc", "show", "sources"):
        assert command in ran.stdout
