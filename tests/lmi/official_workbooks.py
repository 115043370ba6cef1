"""Small workbooks in the official layout of ONS, for tests of what reads them."""

import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

import openpyxl

TITLE = "Table 14.7a   Annual pay - Gross (£) - For all employee jobs: United Kingdom, 2025"
HEADER = (
    "Description",
    "Code",
    "(thousand)",
    "Median",
    "change",
    "Mean",
    "change",
    *(10, 20, 25, 30, 40, 60, 70, 75, 80, 90),
)
Row = Sequence[object]

VETS: Row = (
    "Veterinarians", 2240, 15, 44100.4, 3.5, 45000, 2.1,
    *("x", 30000, 34000.6, 36000, 40000, 48000, 50000, "..", ":", "-"),
)  # fmt: skip
NURSES: Row = (
    "Other registered nursing professionals", "2237", "1,234", 36000, "", 36500, "",
    *(20000, 25000, 28000, 30000, 33000, 38000, 40000, 42000, 44000, 48000),
)  # fmt: skip
OVERALL: Row = (
    "All employees", None, 30000, 32890, 4.1, 40000, 4.0,
    *(9000, 15000, 18000, 21000, 27000, 38000, 44000, 48000, 53000, 70000),
)  # fmt: skip
HEALTH: Row = ("Health professionals", 22, 1500, 38000, 3, 42000, 3, *([1] * 10))


def ashe_workbook(
    path: Path,
    *,
    title: str | None = TITLE,
    sheets: Sequence[str] = ("All", "Male", "Female", "Full-Time"),
    header: Sequence[object] = HEADER,
    rows: Sequence[Row] = (OVERALL, HEALTH, VETS, NURSES),
    cells: Mapping[str, Mapping[str, object]] | None = None,
) -> Path:
    """Write a workbook laid out as ASHE Table 14.7a: title in row 1, header in row 5."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name in sheets:
        sheet = workbook.create_sheet(name)
        sheet["A1"] = title
        sheet["C4"] = "Number of jobs"
        for column, heading in enumerate(header, start=1):
            sheet.cell(5, column, heading)
        for number, row in enumerate(rows, start=6):
            for column, cell in enumerate(row, start=1):
                sheet.cell(number, column, cell)
        sheet.cell(len(rows) + 8, 1, "a  Employees on adult rates")
        for address, cell in ((cells or {}).get(name) or {}).items():
            sheet[address] = cell
    workbook.save(path)
    return path


def ashe_zip(path: Path, workbook: Path) -> Path:
    """Pack a workbook as ONS does, among the other tables of the release."""
    inside = "PROV - Occupation SOC20 (4) Table 14.7a   Annual pay - Gross 2025.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("PROV - Occupation SOC20 (4) Table 14.1a   Weekly pay 2025.xlsx", b"no")
        archive.writestr("PROV - Occupation SOC20 (4) Table 14.7b   Annual pay CV 2025.xlsx", b"no")
        archive.write(workbook, inside)
    return path
