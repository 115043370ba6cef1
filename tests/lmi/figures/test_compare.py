from __future__ import annotations

from datetime import date

import pytest

from lmi.figures.compare import compare

TODAY = date(2026, 11, 22)


def test_two_jobs_in_the_order_asked(snapshot):
    both = compare(snapshot, [("5241", "electrician"), ("2240", "vet")], TODAY)
    assert [row.name for row in both.rows] == ["electrician", "vet"]
    assert [row.pay.median for row in both.rows] == [38064, 42612]
    assert both.pay_years == (2024,)
    assert both.rows[1].ways_in.matched
    assert {source.publisher for source in both.sources} == {
        "Office for National Statistics",
        "Department for Education",
        "National Careers Service",
    }


def test_years_that_differ_are_listed(snapshot):
    both = compare(snapshot, [("2112", "biologist"), ("2240", "vet")], TODAY)
    assert both.pay_years == (2023, 2024)


@pytest.mark.parametrize("number", [0, 1, 4])
def test_two_or_three_jobs_only(snapshot, number):
    with pytest.raises(ValueError, match="two or three"):
        compare(snapshot, [("5241", "x")] * number, TODAY)
