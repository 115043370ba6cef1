"""Brings newer official ONS workbooks into the tables, so that nobody is held to one year.

A file that is not what it should be raises `UnexpectedFile` and changes nothing: the tables are
written only after the whole workbook was read, all of them or none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lmi.official import pay
from lmi.official.ashe_workbook import read_ashe_workbook
from lmi.official.errors import UnexpectedFile
from lmi.official.job_titles import JOB_TITLE_COLUMNS, replace_related
from lmi.official.soc_workbook import read_soc_workbook
from lmi.publications import file_record, pay_caveats
from lmi.rebuild import classification_tables
from lmi.table_files import (
    SOURCES_FILE,
    TABLES,
    read_sources,
    read_table,
    replace_files,
    sources_text,
    table_text,
)

DATE_IN_NAME = re.compile(r"(\d{2})(\d{2})(20\d{2})\.xlsx$", re.IGNORECASE)  # as ONS names it


@dataclass(frozen=True)
class AsheImport:
    """What an imported pay workbook held; `all_jobs` is pounds a year, all employees."""

    year: int
    unit_groups: int
    with_median: int
    missing: int
    all_jobs: int | None


@dataclass(frozen=True)
class SocImport:
    """What an imported classification workbook held."""

    unit_groups: int
    groups: int
    related_titles: int


def import_ashe(path: Path, tables: Path = TABLES) -> AsheImport:
    """Put one year of ASHE Table 14.7a into `pay.csv` and `pay_all_jobs.csv`.

    Rows of that year that the workbook has are replaced; figures are the published annual ones,
    rounded to the pound. The all-employees rows are ONS's own.
    """
    unit_groups = {row["code"] for row in read_table(tables / "unit_groups.csv")}
    ashe = read_ashe_workbook(path, dict.fromkeys(unit_groups))
    rows = {
        (row.soc2020, row.year, row.sex): row
        for row in pay.pay_from_table(read_table(tables / "pay.csv"))
    } | {(row.soc2020, row.year, row.sex): row for row in ashe.pay}
    all_jobs = {
        (row.year, row.sex): row
        for row in pay.all_jobs_from_table(read_table(tables / "pay_all_jobs.csv"))
    } | {(row.year, row.sex): row for row in ashe.all_jobs}
    sources = read_sources(tables)
    years = sorted({row.year for row in rows.values()})
    computed = [row.year for row in all_jobs.values() if row.origin == pay.COMPUTED]
    for name, caveat in pay_caveats(computed).items():
        entry = sources[name]
        entry["year"] = f"{years[0]}-{years[-1]}"
        entry["caveat"] = caveat
        entry["date"] = _ashe_edition(path, ashe.year)
        entry["files"] = _with_file(entry["files"], file_record(path, path.name))
        entry["rows"] = len(rows) if name == "pay" else len(all_jobs)
    replace_files(
        tables,
        {
            "pay.csv": table_text(pay.PAY_COLUMNS, pay.pay_cells(rows.values())),
            "pay_all_jobs.csv": table_text(
                pay.ALL_JOBS_COLUMNS, pay.all_jobs_cells(all_jobs.values())
            ),
            SOURCES_FILE: sources_text(sources),
        },
    )
    everyone = [row for row in ashe.pay if row.sex == "all"]
    return AsheImport(
        year=ashe.year,
        unit_groups=len(everyone),
        with_median=sum(row.median is not None for row in everyone),
        missing=len(unit_groups - {row.soc2020 for row in everyone}),
        all_jobs=next((row.median for row in ashe.all_jobs if row.sex == "all"), None),
    )


def import_soc(path: Path, tables: Path = TABLES) -> SocImport:
    """Put the SOC 2020 Volume 1 workbook into the tables of groups, unit groups and job titles.

    Related titles of SOC 2020 are replaced; titles of other origins stay. A workbook that lacks a
    unit group that has pay in the tables is refused.
    """
    soc = read_soc_workbook(path)
    used = {row["soc2020"] for row in read_table(tables / "pay.csv")}
    if not used <= set(soc.unit_groups):
        raise UnexpectedFile(
            f"{path.name} lacks unit group {min(used - set(soc.unit_groups))}, for which the "
            "tables have pay. The SOC 2020 workbook was expected."
        )
    titles = replace_related(read_table(tables / "job_titles.csv"), soc.related_titles)
    texts = {
        f"{name}.csv": table_text(columns, rows)
        for name, (columns, rows) in classification_tables(soc).items()
    }
    texts["job_titles.csv"] = table_text(JOB_TITLE_COLUMNS, titles)
    sources = read_sources(tables)
    record = file_record(path, path.name)
    date = _date_in_name(path.name)
    for name, count in (
        ("unit_groups", len(soc.unit_groups)),
        ("groups", len(soc.groups)),
        ("job_titles", len(titles)),
    ):
        entry = sources[name]
        entry["files"] = [record, *entry["files"][1:]]
        entry["rows"] = count
        entry["date"] = date or entry["date"]
    texts[SOURCES_FILE] = sources_text(sources)
    replace_files(tables, texts)
    return SocImport(len(soc.unit_groups), len(soc.groups), len(soc.related_titles))


def _with_file(
    files: list[Mapping[str, Any]], record: Mapping[str, Any]
) -> list[Mapping[str, Any]]:
    return [*(file for file in files if file["name"] != record["name"]), record]


def _ashe_edition(path: Path, year: int) -> str:
    name = path.name.casefold()
    if "prov" in name:
        return f"{year} provisional edition"
    return f"{year} revised edition" if "rev" in name else f"{year} edition"


def _date_in_name(name: str) -> str:
    found = DATE_IN_NAME.search(name)
    return f"{found[3]}-{found[2]}-{found[1]}" if found else ""
