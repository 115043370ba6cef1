from __future__ import annotations

from lmi.figures.scope import Scope, dated, distinct
from lmi.snapshot import Source

TABLE = Source("ONS", "ASHE", "2021-2024", "https://example.org/", "OGL", "All employees.")


def test_a_source_is_dated_by_the_years_of_one_figure():
    assert dated(TABLE, 2024).year == "2024"
    assert dated(TABLE, 2024, 2021).year == "2021-2024"


def test_the_same_data_set_is_credited_once_with_all_its_years():
    assert distinct([dated(TABLE, 2023), dated(TABLE, 2024)]) == (dated(TABLE, 2023, 2024),)


def test_a_source_without_a_plain_year_stays_as_it_is():
    undated = Source("NCS", "Profiles", "", "https://example.org/", "OGL")
    assert distinct([undated, undated, TABLE]) == (undated, TABLE)


def test_only_groups_above_the_unit_group_are_wider():
    wider = {
        kind: Scope(kind, "1", "T", "UK").is_wider
        for kind in ("unit_group", "minor_group", "sub_major_group", "soc2010_wider_group")
    }
    assert wider == {
        "unit_group": False,
        "minor_group": True,
        "sub_major_group": True,
        "soc2010_wider_group": True,
    }
