from __future__ import annotations

from lmi.figures.change import pay_change
from tests.lmi.figures.small_snapshot import SmallSnapshot, row


def test_electricians_since_2021(snapshot):
    change = pay_change(snapshot, "5241")
    assert (change.from_year, change.to_year) == (2021, 2024)
    assert (change.from_median, change.to_median, change.difference) == (31572, 38064, 6492)
    assert round(change.percent, 2) == 20.56
    assert change.all_jobs_from == snapshot.all_jobs_pay(2021)
    assert len(change.sources) == 2  # the table, and the all-jobs middle with its own caveat


def test_against_all_jobs_by_hand():
    # All jobs rise from 20,000 to 25,000: 25%.
    def against(to):
        small = SmallSnapshot([row("1111", 2021, 10000), row("1111", 2024, to)])
        return pay_change(small, "1111").against

    assert against(13000) == "faster"
    assert against(12550) == "same"
    assert against(12000) == "slower"


def test_suppressed_years_are_stepped_over():
    small = SmallSnapshot(
        [row("1111", 2021, None), row("1111", 2022, 20000), row("1111", 2024, 19000)]
    )
    change = pay_change(small, "1111")
    assert (change.from_year, change.to_year, change.difference) == (2022, 2024, -1000)
    assert change.percent == -5


def test_one_year_shows_no_change():
    assert pay_change(SmallSnapshot([row("1111", 2024, 20000)]), "1111") is None


def test_no_all_jobs_middle_no_comparison():
    small = SmallSnapshot([row("1111", 2023, 20000), row("1111", 2024, 21000)])
    change = pay_change(small, "1111")
    assert (change.all_jobs_percent, change.against) == (None, None)
    assert len(change.sources) == 1
