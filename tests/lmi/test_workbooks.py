"""Importing official ONS workbooks: what they change, and that a wrong one changes nothing."""

import hashlib
import shutil
from pathlib import Path

import openpyxl
import pytest

from lmi.official.errors import UnexpectedFile
from lmi.snapshot import Snapshot
from lmi.table_files import TABLES, read_sources, read_table
from lmi.workbooks import import_ashe, import_soc
from tests.lmi.official_workbooks import HEADER, VETS, ashe_workbook, ashe_zip

SHARED = Path(__file__).parents[3] / "shared" / "data"


@pytest.fixture
def tables(tmp_path: Path) -> Path:
    return Path(shutil.copytree(TABLES, tmp_path / "tables"))


def fingerprint(folder: Path) -> dict[str, str]:
    """Every file of the folder, stray temporary ones too."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_a_year_of_pay_is_added_with_annual_figures_and_marks_kept_empty(
    tables: Path, tmp_path: Path
) -> None:
    done = import_ashe(ashe_workbook(tmp_path / "ashe.xlsx"), tables)

    assert (done.year, done.unit_groups, done.with_median, done.all_jobs) == (2025, 2, 2, 32890)
    assert done.missing == 410
    snapshot = Snapshot.load(tables)
    assert snapshot.pay_years() == [2021, 2022, 2023, 2024, 2025]
    vets = snapshot.pay("2240")
    assert vets is not None
    assert (vets.year, vets.jobs, vets.median) == (2025, 15000, 44100)
    assert (vets.p10, vets.p25, vets.p75, vets.p90) == (None, 34001, None, None)
    nurses = snapshot.pay("2237", 2025, "women")
    assert nurses is not None
    assert (nurses.jobs, nurses.p10, nurses.p90) == (1234000, 20000, 48000)


def test_other_years_and_other_unit_groups_keep_their_rows(tables: Path, tmp_path: Path) -> None:
    import_ashe(ashe_workbook(tmp_path / "ashe.xlsx"), tables)

    before, after = Snapshot.load(TABLES), Snapshot.load(tables)
    assert after.pay("2240", 2024) == before.pay("2240", 2024)
    electricians = after.pay("5241")
    assert electricians is not None
    assert electricians.year == 2024  # the workbook does not have them


def test_the_official_row_of_all_employees_replaces_the_computed_one(
    tables: Path, tmp_path: Path
) -> None:
    title = "Table 14.7a Annual pay - Gross (£) - For all employee jobs: United Kingdom, 2024"
    import_ashe(ashe_workbook(tmp_path / "ashe.xlsx", title=title), tables)

    snapshot = Snapshot.load(tables)
    assert snapshot.all_jobs_pay(2024) == 32890
    assert snapshot.all_jobs_pay_is_official(2024)
    assert not snapshot.all_jobs_pay_is_official(2023)
    assert "2021 to 2023" in snapshot.source("pay_all_jobs").caveat
    assert "2021 to 2023" in snapshot.source("pay").caveat


def test_the_source_names_the_new_years_and_the_file(tables: Path, tmp_path: Path) -> None:
    workbook = ashe_workbook(tmp_path / "Table 14.7a 2025.xlsx")
    import_ashe(workbook, tables)

    entry = read_sources(tables)["pay"]
    assert entry["year"] == "2021-2025"
    assert [file["name"] for file in entry["files"]][-1] == "Table 14.7a 2025.xlsx"
    assert entry["rows"] == len(read_table(tables / "pay.csv"))


def test_the_zip_as_published_is_read(tables: Path, tmp_path: Path) -> None:
    workbook = ashe_workbook(tmp_path / "inside.xlsx")
    done = import_ashe(ashe_zip(tmp_path / "ashetable142025.zip", workbook), tables)
    assert done.year == 2025


def test_importing_twice_changes_nothing_more(tables: Path, tmp_path: Path) -> None:
    workbook = ashe_workbook(tmp_path / "ashe.xlsx")
    import_ashe(workbook, tables)
    once = fingerprint(tables)
    import_ashe(workbook, tables)
    assert fingerprint(tables) == once


def test_columns_are_found_by_their_headings_not_their_letters(
    tables: Path, tmp_path: Path
) -> None:
    swapped = (HEADER[0], HEADER[1], HEADER[3], HEADER[2], *HEADER[4:])
    row = (VETS[0], VETS[1], VETS[3], VETS[2], *VETS[4:])
    import_ashe(ashe_workbook(tmp_path / "ashe.xlsx", header=swapped, rows=(row,)), tables)
    vets = Snapshot.load(tables).pay("2240")
    assert vets is not None
    assert (vets.jobs, vets.median) == (15000, 44100)


WRONG_ASHE = {
    "another table": ({"title": "Table 14.1a Weekly pay - Gross (£): UK, 2025"}, "Table 14.7a"),
    "errors of the estimates": ({"title": "Table 14.7b Annual pay - Gross CV 2025"}, "14.7a"),
    "no year": ({"title": "Table 14.7a Annual pay - Gross (£)"}, "year"),
    "a missing sheet": ({"sheets": ("All", "Male")}, '"Female"'),
    "a missing column": ({"header": HEADER[:7]}, '"25"'),
    "no header row": ({"header": ("Description",)}, '"Code"'),
    "codes of SOC 2010": ({"rows": (("Vets", 2216, *VETS[2:]),)}, "2216 is not a SOC 2020"),
    "no rows": ({"rows": ()}, "no rows"),
    "text in place of a figure": ({"cells": {"Female": {"D8": "lots"}}}, '"lots"'),
}


@pytest.mark.parametrize("wrong", WRONG_ASHE)
def test_a_wrong_pay_workbook_says_what_was_expected_and_changes_nothing(
    wrong: str, tables: Path, tmp_path: Path
) -> None:
    change, expected = WRONG_ASHE[wrong]
    workbook = ashe_workbook(tmp_path / "ashe.xlsx", **change)  # type: ignore[arg-type]
    before = fingerprint(tables)
    with pytest.raises(UnexpectedFile, match=expected):
        import_ashe(workbook, tables)
    assert fingerprint(tables) == before


@pytest.mark.parametrize("name", ["ashe.xlsx", "ashe.zip", "ashe.pdf"])
def test_a_file_of_another_kind_is_refused(name: str, tables: Path, tmp_path: Path) -> None:
    (tmp_path / name).write_text("not a workbook", encoding="utf-8")
    before = fingerprint(tables)
    with pytest.raises(UnexpectedFile, match=name):
        import_ashe(tmp_path / name, tables)
    with pytest.raises(UnexpectedFile, match="no file"):
        import_ashe(tmp_path / "absent.xlsx", tables)
    assert fingerprint(tables) == before


def test_a_zip_without_the_table_is_refused(tables: Path, tmp_path: Path) -> None:
    import zipfile

    with zipfile.ZipFile(tmp_path / "ashe.zip", "w") as archive:
        archive.writestr("Table 14.1a.xlsx", b"")
    with pytest.raises(UnexpectedFile, match=r"14\.7a"):
        import_ashe(tmp_path / "ashe.zip", tables)


def test_a_full_disk_leaves_the_tables_as_they_were(
    tables: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    workbook = ashe_workbook(tmp_path / "ashe.xlsx")
    before = fingerprint(tables)
    calls = []

    def no_space(*args: object, **kwargs: object) -> tuple[int, str]:
        calls.append(args)
        if len(calls) > 1:
            raise OSError(28, "No space left on device")
        return make_temporary(*args, **kwargs)

    import tempfile

    make_temporary = tempfile.mkstemp
    monkeypatch.setattr("lmi.table_files.tempfile.mkstemp", no_space)
    with pytest.raises(OSError, match="No space"):
        import_ashe(workbook, tables)
    assert fingerprint(tables) == before


def official_soc() -> Path:
    found = sorted((SHARED / "soc").glob("soc2020volume1*.xlsx"))
    if not found:
        pytest.skip("the official SOC 2020 workbook is not at ../shared/data/soc")
    return found[0]


def test_the_real_soc_workbook_reproduces_the_tables(tables: Path) -> None:
    before = fingerprint(tables)
    done = import_soc(official_soc(), tables)
    assert (done.unit_groups, done.groups, done.related_titles) == (412, 139, 2091)
    assert fingerprint(tables) == before


def test_a_changed_title_in_the_soc_workbook_is_brought_in(tables: Path, tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(official_soc())
    sheet = workbook["SOC2020 descriptions"]
    for row in sheet.iter_rows(min_row=2):
        if str(row[3].value) == "2240":
            row[4].value = "Vets"
            row[9].value = "~Veterinary surgeon\n\n~Horse vet"
    workbook.save(tmp_path / "soc.xlsx")
    import_soc(tmp_path / "soc.xlsx", tables)
    assert Snapshot.load(tables).unit_groups["2240"].title == "Vets"
    titles = {row["title"]: row for row in read_table(tables / "job_titles.csv")}
    assert titles["Horse vet"]["soc2020"] == "2240"
    assert "Veterinary practitioner" not in titles
    assert titles["Vet"]["origin"] == "ncs_profile"  # other origins stay


def test_a_wrong_soc_workbook_says_what_was_expected_and_changes_nothing(
    tables: Path, tmp_path: Path
) -> None:
    before = fingerprint(tables)
    workbook = openpyxl.Workbook()
    workbook.save(tmp_path / "empty.xlsx")
    with pytest.raises(UnexpectedFile, match='"SOC2020 descriptions"'):
        import_soc(tmp_path / "empty.xlsx", tables)
    sheet = workbook.create_sheet("SOC2020 descriptions")
    sheet.append(["SOC 2020 Major Group"])
    workbook.save(tmp_path / "columns.xlsx")
    with pytest.raises(UnexpectedFile, match='"SOC 2020 Unit Group"'):
        import_soc(tmp_path / "columns.xlsx", tables)
    (tmp_path / "soc.xlsx").write_bytes(b"PK nothing")
    with pytest.raises(UnexpectedFile, match="not an Excel workbook"):
        import_soc(tmp_path / "soc.xlsx", tables)
    assert fingerprint(tables) == before


def test_a_soc_workbook_that_lost_a_unit_group_is_refused(tables: Path, tmp_path: Path) -> None:
    workbook = openpyxl.load_workbook(official_soc())
    workbook["SOC2020 descriptions"].delete_rows(5)
    workbook.save(tmp_path / "soc.xlsx")
    with pytest.raises(UnexpectedFile, match="412 unit groups were expected, 411"):
        import_soc(tmp_path / "soc.xlsx", tables)
