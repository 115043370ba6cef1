"""One index of job words for all tests of this folder; nothing in it changes."""

import csv

import pytest

from lmi.occupations import JobTitles
from lmi.occupations.tables import AUTHORED


@pytest.fixture(scope="session")
def titles():
    return JobTitles.load()


@pytest.fixture(scope="session")
def unit_groups():
    path = AUTHORED / "tables" / "unit_groups.csv"
    with path.open(encoding="utf-8", newline="") as stream:
        return {row["code"]: row["title"] for row in csv.DictReader(stream)}
