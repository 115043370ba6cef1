"""Employment projections: England by year, replacement demand, and areas. All in thousands."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from pathlib import Path

from lmi.official.errors import UnexpectedFile

Rows = list[tuple[str, ...]]
YEARS = tuple(str(year) for year in range(2010, 2036))
AREA_YEARS = ("2020", "2025", "2030", "2035")
ENGLAND_COLUMNS = ("code", *YEARS)
REPLACEMENT_COLUMNS = (
    "code",
    "net_change",
    "replacement_demand",
    "total_requirement",
    "rate_pa",
)
AREA_COLUMNS = ("kind", "name", "code", *AREA_YEARS)
ALL_OCCUPATIONS = "all occupations"


def read_england(path: Path, groups: Mapping[str, str]) -> tuple[Rows, Rows]:
    """Return the rows of `employment_england.csv` and `replacement_demand.csv`.

    The source names sub-major groups by code and major groups only by title; `groups` (code to
    title) gives those their code. The code of the total is empty.
    """
    major_codes = {title.casefold(): code for code, title in groups.items() if len(code) == 1} | {
        ALL_OCCUPATIONS: ""
    }
    employment: Rows = []
    replacement: Rows = []
    for row in _rows(path, ("code", "title", *YEARS)):
        title = row["title"].strip().casefold()
        if not row["code"] and title not in major_codes:
            raise UnexpectedFile(f'{path.name}: "{row["title"]}" is no SOC 2020 major group.')
        code = row["code"] or major_codes[title]
        employment.append((code, *(row[year] for year in YEARS)))
        if row["net_change_2020_35_k"]:
            replacement.append(
                (
                    code,
                    row["net_change_2020_35_k"],
                    row["replacement_demand_k"],
                    row["total_requirement_k"],
                    row["replacement_rate_pa"],
                )
            )
    return sorted(employment), sorted(replacement)


def read_areas(path: Path) -> Rows:
    """Return the rows of `employment_area.csv`: England and the local areas, by sub-major group."""
    columns = [f"employment_{year}_k" for year in AREA_YEARS]
    return sorted(
        (
            row["area_type"].strip(),
            row["area_name"].strip(),
            row["soc2020_submajor"],
            *(row[column] for column in columns),
        )
        for row in _rows(path, ("area_type", "area_name", "soc2020_submajor", *columns))
    )


def _rows(path: Path, columns: tuple[str, ...]) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as stream:
        reader = csv.DictReader(stream)
        missing = [name for name in columns if name not in (reader.fieldnames or ())]
        if missing:
            raise UnexpectedFile(f"{path.name} has no column {', '.join(missing)}.")
        return list(reader)
