from __future__ import annotations

import pytest

from lmi.figures.gap import pay_gap
from tests.lmi.figures.small_snapshot import SmallSnapshot, row


def test_electricians(snapshot):
    gap = pay_gap(snapshot, "5241")
    assert (gap.year, gap.women, gap.men, gap.difference) == (2024, 25320, 38352, 13032)
    assert round(gap.percent, 1) == 34.0
    assert gap.lower == "women"
    assert gap.sources[0].year == "2024"


def test_vets_have_both_only_in_an_earlier_year(snapshot):
    assert pay_gap(snapshot, "2240", 2024) is None
    gap = pay_gap(snapshot, "2240")
    assert (gap.year, gap.latest_year, gap.women, gap.men) == (2023, 2024, 45732, 46212)


@pytest.mark.parametrize(("women", "men"), [(None, 20000), (20000, None), (None, None)])
def test_either_suppressed_is_no_gap(women, men):
    rows = [row("1111", 2024, women, sex="women"), row("1111", 2024, men, sex="men")]
    assert pay_gap(SmallSnapshot(rows), "1111") is None


@pytest.mark.parametrize(
    ("women", "men", "lower", "percent"),
    [(22000, 20000, "men", -10), (20000, 20000, "same", 0), (15000, 20000, "women", 25)],
)
def test_who_earns_less_is_said_plainly(women, men, lower, percent):
    rows = [row("1111", 2024, women, sex="women"), row("1111", 2024, men, sex="men")]
    gap = pay_gap(SmallSnapshot(rows), "1111")
    assert (gap.lower, gap.percent) == (lower, percent)
