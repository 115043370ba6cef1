from __future__ import annotations

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmi.charts import pay_range_chart
from lmi.figures.pay import Pay, pay_in, typical_pay
from lmi.figures.scope import Scope
from tests.lmi.charts.drawn import (
    SVG,
    assert_accessible,
    assert_in_table,
    assert_readable,
    size,
    texts,
)

SCOPE = Scope("unit_group", "1111", "Group <1111> & others", "UK")


def pay_of(median, p10=None, p25=None, p75=None, p90=None):
    return Pay(
        "1111", SCOPE, "latest_year", 2024, 2024, "all",
        median, p10, p25, p75, p90, 1000, 0, None, None, (),
    )  # fmt: skip


@st.composite
def pays(draw):
    points = sorted(draw(st.lists(st.integers(1, 10_000_000), min_size=5, max_size=5)))
    shown = [amount if draw(st.booleans()) else None for amount in points]
    return pay_of(points[2], shown[0], shown[1], shown[3], shown[4])


def test_electricians(snapshot):
    chart = pay_range_chart(typical_pay(snapshot, "5241"), "Electricians")
    assert chart.kind == "pay_range"
    assert chart.title == "Electricians: pay a year, 2024"
    assert "£38,064" in chart.description
    assert [row[1] for row in chart.table.rows] == ["£22,440", "£30,000", "£38,064", "£45,528"]
    shown = {words for words, _ in texts(chart)}
    assert {"£38,064 middle", "£30,000", "£45,528", "£22,440"} <= shown
    assert 120 <= size(chart)[1] <= 180
    assert_accessible(chart)
    assert_readable(chart)
    assert_in_table(chart, but=("£0", "1 in 4 earn less", "1 in 4 earn more", "1 in 10 earn less"))


def test_what_is_suppressed_is_said_not_drawn(snapshot):
    chart = pay_range_chart(typical_pay(snapshot, "2240"))  # vets: no upper quarter
    assert ("A quarter earn more than", "not published") in chart.table.rows
    shown = {words for words, _ in texts(chart)}
    assert {"upper quarter", "not published"} <= shown
    assert_readable(chart)


def test_a_month(snapshot):
    chart = pay_range_chart(pay_in(typical_pay(snapshot, "5241"), "month"))
    assert chart.title == "Pay a month, 2024"
    assert "£3,172 middle" in {words for words, _ in texts(chart)}


def test_a_wider_group_is_named(snapshot):
    pay = replace(pay_of(30000, p25=20000), scope=Scope("minor_group", "341", "Artists", "UK"))
    chart = pay_range_chart(pay)
    assert "wider group" in chart.title
    assert chart.table.caption.startswith("Artists")


def test_one_number_alone_is_no_picture():
    assert pay_range_chart(pay_of(30000)) is None
    assert pay_range_chart(pay_of(30000, p10=1, p90=2)) is None


def test_markup_in_a_title_stays_text():
    chart = pay_range_chart(pay_of(30000, p25=1), "<script>alert(1)</script>")
    assert "<script" not in chart.svg
    assert_accessible(chart)


@given(pays())
def test_no_label_covers_another_whatever_the_numbers(pay):
    chart = pay_range_chart(pay)
    if chart is None:
        assert pay.p25 is None and pay.p75 is None
        return
    assert_readable(chart)
    assert_accessible(chart)
    assert_in_table(
        chart,
        but=(
            "£0",
            *(f"1 in {n} earn {which}" for n in (4, 10) for which in ("less", "more")),
        ),
    )


@given(pays())
def test_a_suppressed_number_is_nowhere(pay):
    chart = pay_range_chart(pay)
    if chart is None:
        return
    amounts = {f"£{a:,}" for a in (pay.p10, pay.p25, pay.median, pay.p75, pay.p90) if a is not None}
    numbers = {cell for _, cell in chart.table.rows if cell.startswith("£")}
    assert numbers == amounts


@given(pays())
def test_the_box_lies_around_the_middle_in_order(pay):
    chart = pay_range_chart(pay)
    if chart is None:
        return
    root = ElementTree.fromstring(chart.svg)
    (box,) = root.iter(f"{SVG}rect")
    left = float(box.get("x"))
    right = left + float(box.get("width"))
    (median,) = {
        float(path.get("d")[1:].split()[0])
        for path in root.iter(f"{SVG}path")
        if path.get("class") == "chart-median"
    }
    assert left - 0.11 <= median <= right + 0.21
    ends = [
        float(path.get("d")[1:].split()[0])
        for path in root.iter(f"{SVG}path")
        if path.get("class") == "chart-range" and not path.get("stroke-dasharray")
    ]
    if pay.p10 is not None:
        assert min(ends) <= left + 0.11
    if pay.p90 is not None:
        assert max(ends) >= median - 0.11


@pytest.mark.parametrize("amount", [1, 174456, 10_000_000])
def test_all_points_at_one_place(amount):
    assert_readable(pay_range_chart(pay_of(amount, amount, amount, amount, amount)))


def test_two_different_charts_have_different_ids(snapshot):
    one, other = (
        pay_range_chart(typical_pay(snapshot, code)).svg.split('aria-labelledby="')[1][:20]
        for code in ("5241", "9263")
    )
    assert one != other
