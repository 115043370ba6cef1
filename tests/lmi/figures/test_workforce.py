from __future__ import annotations

from lmi.figures.workforce import workforce
from tests.lmi.figures.small_snapshot import SmallSnapshot, row


def test_electricians(snapshot):
    force = workforce(snapshot, "5241")
    assert (force.jobs, force.year) == (92000, 2024)
    assert round(force.share, 4) == 0.004


def test_share_by_hand_leaves_out_what_is_suppressed():
    rows = [row("1111", 2024, 1, 30), row("1112", 2024, 1, 70), row("1113", 2024, 1, None)]
    force = workforce(SmallSnapshot(rows), "1111")
    assert (force.jobs, force.all_jobs, force.share) == (30, 100, 0.3)


def test_an_earlier_year_is_named_and_compared_with_its_own_total():
    rows = [row("1111", 2023, 1, 10), row("1111", 2024, 1, None), row("1112", 2023, 1, 10)]
    force = workforce(SmallSnapshot(rows), "1111")
    assert (force.year, force.latest_year, force.share) == (2023, 2024, 0.5)


def test_never_published():
    assert workforce(SmallSnapshot([row("1111", 2024, 1, None)]), "1111") is None
