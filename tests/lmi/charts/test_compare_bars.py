from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi.charts import compare_chart
from lmi.charts.compare_bars import ticks_to
from lmi.figures.compare import CompareRow, compare
from lmi.figures.pay import Pay
from lmi.figures.scope import Scope
from tests.lmi.charts.drawn import assert_accessible, assert_in_table, assert_readable, texts

TODAY = date(2026, 11, 22)


@st.composite
def rows(draw):
    name = draw(st.text(st.characters(codec="ascii", categories=["L", "N", "Zs"]), max_size=60))
    pay = None
    if draw(st.booleans()):
        low, mid, high = sorted(draw(st.tuples(*[st.integers(1, 10_000_000)] * 3)))
        kind = draw(st.sampled_from(["unit_group", "minor_group"]))
        year = draw(st.integers(2021, 2024))
        pay = Pay(
            "1111", Scope(kind, "1", "Title", "UK"), "latest_year", year, 2024, "all", mid, None,
            draw(st.none() | st.just(low)), draw(st.none() | st.just(high)), None, None, 0, None,
            None, (),
        )  # fmt: skip
    return CompareRow("1111", name, "Title", pay, None, None, None, None)


def test_three_jobs(snapshot):
    jobs = [("2240", "Vets"), ("5241", "Electricians"), ("3413", "Actors")]
    chart = compare_chart(compare(snapshot, jobs, TODAY).rows)
    shown = {words for words, _ in texts(chart)}
    assert {"Vets", "£42,612", "Electricians", "£38,064", "Actors (wider group)"} <= shown
    assert [row[0] for row in chart.table.rows] == ["Vets", "Electricians", "Actors"]
    assert chart.table.rows[1][1:5] == ("£38,064", "£30,000", "£45,528", "2024")
    assert "wider group" in chart.description
    assert_accessible(chart)
    assert_readable(chart)
    assert_in_table(chart, but=[words for words in shown if words.endswith("0,000")] + ["£0"])


def test_an_earlier_year_stands_beside_its_figure(snapshot):
    jobs = [("2112", "Biological scientists"), ("5241", "Electricians")]
    chart = compare_chart(compare(snapshot, jobs, TODAY).rows)
    assert "£33,900 (2023)" in {words for words, _ in texts(chart)}


def test_a_row_without_a_figure_says_so():
    row = CompareRow("1111", "Wizard", "Wizards", None, None, None, None, None)
    chart = compare_chart([row, row])
    assert "no figure published" in {words for words, _ in texts(chart)}
    assert "£" not in chart.svg
    assert_readable(chart)


def test_nothing_to_compare():
    with pytest.raises(ValueError, match="nothing"):
        compare_chart([])


@given(st.lists(rows(), min_size=2, max_size=3))
def test_no_label_covers_another_whatever_the_rows(jobs):
    chart = compare_chart(jobs)
    assert_readable(chart)
    assert_accessible(chart)


@given(st.floats(0, 20_000_000))
def test_ticks_are_round_few_and_within(most):
    ticks = ticks_to(most)
    assert ticks[0] == 0
    assert len(ticks) <= 4
    assert all(tick <= most for tick in ticks)
    assert most < 1 or len(ticks) >= 2
