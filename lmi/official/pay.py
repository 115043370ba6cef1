"""Pay by unit group: the rows of `pay.csv` and of `pay_all_jobs.csv`.

All amounts are pounds a year, gross, for all employees (full and part time together). `None` is a
figure that ONS does not publish.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import astuple, dataclass
from pathlib import Path

from lmi.official.errors import UnexpectedFile

SEXES = ("all", "women", "men")
SEX_NAMES = {"total": "all", "women": "women", "men": "men"}  # as the source file says it
PAY_COLUMNS = ("soc2020", "year", "sex", "jobs", "median", "p10", "p25", "p75", "p90")
ALL_JOBS_COLUMNS = ("year", "sex", "median", "origin")
COMPUTED, OFFICIAL = "computed", "official"
MONTHS = 12


@dataclass(frozen=True)
class Pay:
    """One unit group's pay in one year, for all employees, women or men."""

    soc2020: str
    year: int
    sex: str
    jobs: int | None
    median: int | None
    p10: int | None
    p25: int | None
    p75: int | None
    p90: int | None

    def order(self) -> tuple[int, int, str]:
        """Return the place of the row in the table."""
        return self.year, SEXES.index(self.sex), self.soc2020


@dataclass(frozen=True)
class AllJobsPay:
    """Pay of all jobs together; `origin` says whether ONS published it or it is computed here."""

    year: int
    sex: str
    median: int
    origin: str

    def order(self) -> tuple[int, int]:
        """Return the place of the row in the table."""
        return self.year, SEXES.index(self.sex)


def read_monthly_pay(path: Path) -> list[Pay]:
    """Read the ASHE Table 14.7a extract that holds annual pay divided by twelve.

    Twelve times a rounded month is within about 6 pounds of the published annual figure.
    """
    with path.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    measures = ("median", "p10", "p25", "p75", "p90")
    try:
        pay = [
            Pay(
                row["soc2020"],
                int(row["year"]),
                SEX_NAMES[row["sex"]],
                whole(row["jobs"]),
                *(_annual(row[f"{measure}_monthly_gbp"]) for measure in measures),
            )
            for row in rows
        ]
    except (KeyError, ValueError) as error:
        raise UnexpectedFile(
            f"{path.name}: monthly pay by SOC 2020 unit group was expected ({error})."
        ) from error
    return sorted(pay, key=Pay.order)


def all_jobs_pay(pay: Iterable[Pay]) -> list[AllJobsPay]:
    """Work out the middle of the unit groups' medians, weighted by jobs, per year and sex.

    Half of the counted jobs are in unit groups with a median at or below it. Unit groups without
    a published median or number of jobs are left out, so it is near the median of all jobs and
    not the same.
    """
    weights: dict[tuple[int, str], list[tuple[int, int]]] = {}
    for row in pay:
        if row.median is not None and row.jobs is not None:
            weights.setdefault((row.year, row.sex), []).append((row.median, row.jobs))
    middles = [
        AllJobsPay(year, sex, _weighted_middle(rows), COMPUTED)
        for (year, sex), rows in weights.items()
    ]
    return sorted(middles, key=AllJobsPay.order)


def _weighted_middle(rows: list[tuple[int, int]]) -> int:
    half = sum(jobs for _, jobs in rows) / 2
    counted = 0
    for median, jobs in sorted(rows):
        counted += jobs
        if counted >= half:
            return median
    raise ValueError("no rows to find the middle of")


def pay_cells(rows: Iterable[Pay]) -> list[tuple[int | str | None, ...]]:
    """Return table rows in the order of `PAY_COLUMNS`, sorted."""
    return [astuple(row) for row in sorted(rows, key=Pay.order)]


def all_jobs_cells(rows: Iterable[AllJobsPay]) -> list[tuple[int | str | None, ...]]:
    """Return table rows in the order of `ALL_JOBS_COLUMNS`, sorted."""
    return [astuple(row) for row in sorted(rows, key=AllJobsPay.order)]


def pay_from_table(rows: Iterable[dict[str, str]]) -> list[Pay]:
    """Read the rows of `pay.csv` back."""
    return [
        Pay(
            row["soc2020"],
            int(row["year"]),
            row["sex"],
            *(whole(row[name]) for name in PAY_COLUMNS[3:]),
        )
        for row in rows
    ]


def all_jobs_from_table(rows: Iterable[dict[str, str]]) -> list[AllJobsPay]:
    """Read the rows of `pay_all_jobs.csv` back."""
    return [
        AllJobsPay(int(row["year"]), row["sex"], int(row["median"]), row["origin"]) for row in rows
    ]


def whole(cell: str) -> int | None:
    """Return a whole number, or `None` for an empty cell (suppressed by ONS)."""
    return int(cell) if cell else None


def _annual(monthly: str) -> int | None:
    return int(monthly) * MONTHS if monthly else None
