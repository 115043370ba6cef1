"""Makes the snapshot's tables from the official files.

The same files give the same tables byte for byte. `summaries.csv` and `places.csv`, which are
written by hand, are left alone.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from lmi.official import employment, pay, profiles
from lmi.official.errors import UnexpectedFile
from lmi.official.job_titles import JOB_TITLE_COLUMNS, job_title_rows
from lmi.official.occupation_codes import (
    CarriedOver,
    OccupationCodes,
    read_carried_over,
    read_coding_index,
    read_corrections,
)
from lmi.official.soc_workbook import SocStructure, read_soc_workbook
from lmi.publications import file_record, pay_caveats, read_publications
from lmi.table_files import SOURCES_FILE, replace_files, sources_text, table_text

UNIT_GROUP_COLUMNS = ("code", "title", "minor", "sub_major", "major")
GROUP_COLUMNS = ("code", "title")
SOC2010_COLUMNS = ("code", "title", "soc2020", "method")
CORRECTIONS = Path(__file__).parent / "corrections.csv"

Table = tuple[Sequence[str], list[tuple[Any, ...]]]
Progress = Callable[[str, int, int], None]  # what is being done, steps done, steps in all


def _silent(what: str, done: int, total: int) -> None:
    """Take progress and say nothing."""


def rebuild(source_dir: Path, target_dir: Path, progress: Progress = _silent) -> dict[str, int]:
    """Write every table and the record of sources; return the number of rows by table.

    `source_dir` is laid out as `publications.yml` names the files. Raises `UnexpectedFile` when a
    file is missing or is not the expected one, and `OSError` when the tables cannot be written;
    nothing is changed then.
    """
    publications = read_publications()
    _demand_files(source_dir, publications)
    steps = ("classification", "pay", "employment", "how to enter", "job titles", "writing")

    def step(number: int) -> None:
        progress(steps[number], number, len(steps))

    step(0)
    soc = read_soc_workbook(_file(source_dir, publications, "unit_groups"))
    corrections = read_corrections(CORRECTIONS, soc.unit_groups)
    tables: dict[str, Table] = dict(classification_tables(soc))
    step(1)
    pay_rows = pay.read_monthly_pay(_file(source_dir, publications, "pay"))
    tables["pay"] = (pay.PAY_COLUMNS, pay.pay_cells(pay_rows))
    tables["pay_all_jobs"] = (
        pay.ALL_JOBS_COLUMNS,
        pay.all_jobs_cells(pay.all_jobs_pay(pay_rows)),
    )
    step(2)
    england, replacement = employment.read_england(
        _file(source_dir, publications, "employment_england"), soc.groups
    )
    areas = employment.read_areas(_file(source_dir, publications, "employment_area"))
    tables["employment_england"] = (employment.ENGLAND_COLUMNS, list(england))
    tables["replacement_demand"] = (employment.REPLACEMENT_COLUMNS, list(replacement))
    tables["employment_area"] = (employment.AREA_COLUMNS, list(areas))
    step(3)
    carried_over = read_carried_over(_file(source_dir, publications, "soc2010", 1), corrections)
    _demand_soc2010(_file(source_dir, publications, "soc2010"), carried_over)
    index = read_coding_index(_file(source_dir, publications, "job_titles", 1))
    codes = OccupationCodes(soc, carried_over, index)
    facts = profiles.read_profiles(_file(source_dir, publications, "profiles"))
    soc2020_of = {
        profile.slug: corrections.profiles.get(profile.slug)
        or codes.candidates(profile.title, profile.soc2010)
        for profile in facts
    }
    tables["soc2010"] = (
        SOC2010_COLUMNS,
        [(row.code, row.title, " ".join(row.soc2020), row.method) for row in carried_over],
    )
    tables["profiles"] = (
        profiles.PROFILE_COLUMNS,
        [profile.cells(soc2020_of[profile.slug]) for profile in facts],
    )
    tables["standards"] = (
        profiles.STANDARD_COLUMNS,
        list(profiles.read_standards(_file(source_dir, publications, "standards"))),
    )
    step(4)
    named = [(profile.title, soc2020_of[profile.slug]) for profile in facts]
    tables["job_titles"] = (
        JOB_TITLE_COLUMNS,
        list(job_title_rows(soc.related_titles, named, index, codes, corrections)),
    )
    step(5)
    texts = {f"{name}.csv": table_text(columns, rows) for name, (columns, rows) in tables.items()}
    texts[SOURCES_FILE] = sources_text(_sources(source_dir, publications, tables))
    replace_files(target_dir, texts)
    progress("done", len(steps), len(steps))
    return {name: len(rows) for name, (_, rows) in tables.items()}


def classification_tables(soc: SocStructure) -> dict[str, Table]:
    """Return the tables of unit groups and of the groups above them."""
    unit_groups = [
        (code, title, code[:3], code[:2], code[:1]) for code, title in soc.unit_groups.items()
    ]
    return {
        "unit_groups": (UNIT_GROUP_COLUMNS, list(unit_groups)),
        "groups": (GROUP_COLUMNS, list(soc.groups.items())),
    }


def _sources(
    source_dir: Path, publications: Mapping[str, Any], tables: Mapping[str, Table]
) -> dict[str, dict[str, Any]]:
    sources: dict[str, dict[str, Any]] = {}
    for name, entry in publications.items():
        files = [file_record(source_dir / file, Path(file).name) for file in entry["files"]]
        known = {field: value for field, value in entry.items() if field != "worked_out"}
        sources[name] = {**known, "files": files, "rows": len(tables[name][1])}
    for name, caveat in pay_caveats(row[0] for row in tables["pay_all_jobs"][1]).items():
        sources[name]["caveat"] = caveat
    return sources


def _file(source_dir: Path, publications: Mapping[str, Any], table: str, place: int = 0) -> Path:
    return source_dir / str(publications[table]["files"][place])


def _demand_files(source_dir: Path, publications: Mapping[str, Any]) -> None:
    wanted = sorted({file for entry in publications.values() for file in entry["files"]})
    missing = [file for file in wanted if not (source_dir / file).is_file()]
    if missing:
        raise UnexpectedFile(
            f"{source_dir} does not hold the official files: {missing[0]}"
            + (f" and {len(missing) - 1} more are missing." if missing[1:] else " is missing.")
        )


def _demand_soc2010(path: Path, carried_over: Iterable[CarriedOver]) -> None:
    official = json.loads(path.read_text(encoding="utf-8"))
    listed = {row.code for row in carried_over}
    if set(official) != listed:
        odd = min(set(official) ^ listed)
        raise UnexpectedFile(f"{path.name} and the table that carries it over differ at {odd}.")
