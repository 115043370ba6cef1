"""ONS ASHE Table 14.7a: gross annual pay by SOC 2020 unit group, as the official workbook."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from lmi.official.errors import UnexpectedFile
from lmi.official.pay import OFFICIAL, AllJobsPay, Pay

TABLE = 'ONS ASHE Table 14.7a ("Annual pay - Gross") by SOC 2020'
SHEETS = {"all": "All", "women": "Female", "men": "Male"}
COLUMNS = {  # our name: what its heading in the header row says
    "code": "Code",
    "jobs": "(thousand)",
    "median": "Median",
    "p10": "10",
    "p25": "25",
    "p75": "75",
    "p90": "90",
}
NOT_PUBLISHED = {"x", "..", ":", "-", ""}
ROWS_SEARCHED_FOR_HEADER = 12  # it is row 5 in the editions so far
THOUSAND = 1000
YEAR = re.compile(r"(?<!\d)20[2-9]\d(?!\d)")
OTHER_TABLE = re.compile(r"\b14\.(?:[1-689]|1\d)[ab]?\b|\b14\.7b\b", re.IGNORECASE)


@dataclass(frozen=True)
class AsheTable:
    """One year of pay: rows by unit group and sex, and the row of all employees."""

    year: int
    pay: tuple[Pay, ...]
    all_jobs: tuple[AllJobsPay, ...]


def read_ashe_workbook(path: Path, unit_groups: Mapping[str, Any]) -> AsheTable:
    """Read a `.xlsx`, or the `.zip` as ONS publishes it, that holds Table 14.7a.

    Raises `UnexpectedFile`, with a sentence that says what was expected, for any other file, a
    missing sheet or column, a cell that is neither a number nor one of ONS's markers, and for
    codes that are not SOC 2020 unit groups.
    """
    name, content = _workbook_file(path)
    try:
        workbook = openpyxl.load_workbook(io.BytesIO(content), data_only=True)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise UnexpectedFile(f"{name} is not an Excel workbook (.xlsx). Expected: {TABLE}.") from (
            error
        )
    missing = [sheet for sheet in SHEETS.values() if sheet not in workbook.sheetnames]
    if missing:
        raise UnexpectedFile(
            f"{name} has no sheet {_quoted(missing)}. Expected: {TABLE}, with the sheets "
            f"{_quoted(SHEETS.values())}; this one has {_quoted(workbook.sheetnames)}."
        )
    sheets = {
        sex: [tuple(row) for row in workbook[sheet].iter_rows(values_only=True)]
        for sex, sheet in SHEETS.items()
    }
    year = _year(name, sheets["all"])
    pay: list[Pay] = []
    all_jobs: list[AllJobsPay] = []
    for sex, rows in sheets.items():
        place = f'{name}, sheet "{SHEETS[sex]}"'
        found, overall = _read_sheet(place, rows, year, sex)
        unknown = [row.soc2020 for row in found if row.soc2020 not in unit_groups]
        if unknown:
            raise UnexpectedFile(
                f"{place}: {unknown[0]} is not a SOC 2020 unit group. Editions before 2021 use "
                f"SOC 2010. Expected: {TABLE}."
            )
        if not found:
            raise UnexpectedFile(f"{place}: no rows with a 4-digit code. Expected: {TABLE}.")
        pay.extend(found)
        if overall is not None:
            all_jobs.append(AllJobsPay(year, sex, overall, OFFICIAL))
    return AsheTable(year, tuple(pay), tuple(all_jobs))


def _workbook_file(path: Path) -> tuple[str, bytes]:
    """Return the name and bytes of the workbook, taken out of the ZIP where it is in one."""
    if not path.is_file():
        raise UnexpectedFile(f"There is no file {path}.")
    if path.suffix.casefold() != ".zip":
        return path.name, path.read_bytes()
    try:
        with zipfile.ZipFile(path) as archive:
            members = [
                member
                for member in archive.namelist()
                if "14.7a" in member.casefold() and member.casefold().endswith(".xlsx")
            ]
            if not members:
                raise UnexpectedFile(
                    f"{path.name} holds no workbook whose name has 14.7a. Expected: {TABLE}."
                )
            return Path(members[0]).name, archive.read(members[0])
    except zipfile.BadZipFile as error:
        raise UnexpectedFile(f"{path.name} is not a ZIP file. Expected: {TABLE}.") from error


def _year(name: str, rows: list[tuple[Any, ...]]) -> int:
    """Return the year that the title names, or else the file's name; refuse other tables."""
    title = " ".join(
        str(cell) for row in rows[:ROWS_SEARCHED_FOR_HEADER] for cell in row[:1] if cell is not None
    )
    title = title.split("Description")[0]
    said = f"{title} {name}"
    folded = said.casefold()
    if OTHER_TABLE.search(said) or ("14.7a" not in folded and "annual pay" not in folded):
        raise UnexpectedFile(f'{name}: it calls itself "{_short(title)}". Expected: {TABLE}.')
    for text in (title, name):
        found = YEAR.findall(text)
        if found:
            return int(found[-1])
    raise UnexpectedFile(f"{name}: neither the title nor the file name says the year of the pay.")


def _read_sheet(
    place: str, rows: list[tuple[Any, ...]], year: int, sex: str
) -> tuple[list[Pay], int | None]:
    header_at, columns = _header(place, rows)
    pay: list[Pay] = []
    overall: int | None = None
    overall_seen = False
    for number, row in enumerate(rows[header_at + 1 :], start=header_at + 2):
        code = _text(row[columns["code"]])
        if re.fullmatch(r"\d{4}", code):
            figures = {
                name: _number(f"{place}, row {number}", name, row[column])
                for name, column in columns.items()
                if name != "code"
            }
            jobs = figures.pop("jobs")
            pay.append(
                Pay(
                    soc2020=code,
                    year=year,
                    sex=sex,
                    jobs=None if jobs is None else round(jobs * THOUSAND),
                    **{name: _rounded(figure) for name, figure in figures.items()},
                )
            )
        elif not code and _text(row[0]) and not overall_seen:
            # the first row without a code is the one of all employees
            overall_seen = True
            overall = _rounded(_number(f"{place}, row {number}", "median", row[columns["median"]]))
    return pay, overall


def _header(place: str, rows: list[tuple[Any, ...]]) -> tuple[int, dict[str, int]]:
    """Return where the header row is and, by our name, in which column each measure is."""
    for at, row in enumerate(rows[:ROWS_SEARCHED_FOR_HEADER]):
        headings = [_text(cell).casefold() for cell in row]
        if "code" not in headings:
            continue
        columns: dict[str, int] = {}
        missing: list[str] = []
        for name, heading in COLUMNS.items():
            matches = [
                column
                for column, found in enumerate(headings)
                if found == heading.casefold() or (name == "jobs" and "thousand" in found)
            ]
            if matches:
                columns[name] = matches[0]
            else:
                missing.append(heading)
        if missing:
            raise UnexpectedFile(
                f"{place}: the header row ({at + 1}) has no column {_quoted(missing)}. "
                f"Expected: {TABLE}."
            )
        return at, columns
    raise UnexpectedFile(
        f'{place}: no header row with the column "Code" in the first {ROWS_SEARCHED_FOR_HEADER} '
        f"rows. Expected: {TABLE}."
    )


def _number(place: str, name: str, cell: Any) -> float | None:
    if isinstance(cell, (int, float)) and not isinstance(cell, bool):
        return float(cell)
    text = _text(cell)
    if text.casefold() in NOT_PUBLISHED:
        return None
    try:
        return float(text.replace(",", ""))
    except ValueError:
        raise UnexpectedFile(
            f'{place}: "{_short(text)}" in the column of the {name} is neither a number nor one of '
            "the marks that ONS uses for a figure that it does not publish."
        ) from None


def _rounded(figure: float | None) -> int | None:
    return None if figure is None else round(figure)


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return "" if cell is None else re.sub(r"\s+", " ", str(cell)).strip()


def _short(text: str) -> str:
    return " ".join(text.split())[:90]


def _quoted(names: Any) -> str:
    return ", ".join(f'"{name}"' for name in names)
