"""The ONS SOC 2020 Volume 1 workbook: unit groups, the groups above them, related job titles."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from lmi.official.errors import UnexpectedFile

SHEET = "SOC2020 descriptions"
CODE_COLUMNS = (
    "SOC 2020 Major Group",
    "SOC 2020 Sub-Major Group",
    "SOC 2020 Minor Group",
    "SOC 2020 Unit Group",
)
TITLE_COLUMN = "SOC 2020 Group Title"
RELATED_COLUMN = "Related Job Titles"
BLANK = {"", "<blank>", "none"}
UNIT_GROUPS_EXPECTED = 412


@dataclass(frozen=True)
class SocStructure:
    """The classification: `groups` holds the titles of major, sub-major and minor groups."""

    unit_groups: dict[str, str]
    groups: dict[str, str]
    related_titles: tuple[tuple[str, str], ...]  # (job title, unit group) as published, in order


def read_soc_workbook(path: Path) -> SocStructure:
    """Read the official workbook.

    Raises `UnexpectedFile` with a sentence that says what was expected when the file is not a
    workbook, or when the sheet, a column or the number of unit groups is not the official one.
    """
    try:
        workbook = openpyxl.load_workbook(path, read_only=True, data_only=True)
    except FileNotFoundError:
        raise UnexpectedFile(f"There is no file {path}.") from None
    except (InvalidFileException, BadZipFile, KeyError, OSError) as error:
        raise UnexpectedFile(
            f"{path.name} is not an Excel workbook (.xlsx). The ONS SOC 2020 Volume 1 workbook "
            "was expected."
        ) from error
    try:
        if SHEET not in workbook.sheetnames:
            raise UnexpectedFile(
                f'{path.name} has no sheet "{SHEET}". The ONS SOC 2020 Volume 1 workbook was '
                f"expected; this one has: {', '.join(workbook.sheetnames)}."
            )
        rows = [
            tuple(_text(cell) for cell in row)
            for row in workbook[SHEET].iter_rows(values_only=True)
        ]
    finally:
        workbook.close()
    return _structure(path.name, rows)


def _structure(file_name: str, rows: list[tuple[str, ...]]) -> SocStructure:
    header = [_heading(cell) for cell in rows[0]] if rows else []
    wanted = (*CODE_COLUMNS, TITLE_COLUMN, RELATED_COLUMN)
    missing = [name for name in wanted if _heading(name) not in header]
    if missing:
        raise UnexpectedFile(
            f'{file_name}, sheet "{SHEET}": row 1 has no column named '
            + ", ".join(f'"{name}"' for name in missing)
            + "."
        )
    code_at = [header.index(_heading(name)) for name in CODE_COLUMNS]
    title_at = header.index(_heading(TITLE_COLUMN))
    related_at = header.index(_heading(RELATED_COLUMN))
    unit_groups: dict[str, str] = {}
    groups: dict[str, str] = {}
    related: list[tuple[str, str]] = []
    for row in rows[1:]:
        codes = [row[at] for at in code_at if row[at]]
        if len(codes) != 1 or not codes[0].isdigit():
            continue  # footnotes and empty lines
        code, title = codes[0], row[title_at]
        if len(code) == 4:
            unit_groups[code] = title
            titles = (re.sub(r"\s+", " ", part).strip() for part in row[related_at].split("~"))
            related.extend((part, code) for part in titles if part)
        else:
            groups[code] = title
    if len(unit_groups) != UNIT_GROUPS_EXPECTED:
        raise UnexpectedFile(
            f'{file_name}, sheet "{SHEET}": {UNIT_GROUPS_EXPECTED} unit groups were expected, '
            f"{len(unit_groups)} were found."
        )
    above = {code[:length] for code in unit_groups for length in (1, 2, 3)}
    if above - set(groups):
        raise UnexpectedFile(
            f'{file_name}, sheet "{SHEET}": no title for group {min(above - set(groups))}.'
        )
    return SocStructure(
        unit_groups=dict(sorted(unit_groups.items())),
        groups=dict(sorted(groups.items())),
        related_titles=tuple(related),
    )


def _text(cell: object) -> str:
    text = str(cell).strip() if cell is not None else ""
    return "" if text.casefold() in BLANK else text


def _heading(cell: str) -> str:
    return re.sub(r"\s+", " ", cell).strip().casefold().replace("soc2020", "soc 2020")
