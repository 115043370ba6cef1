from __future__ import annotations

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from lmi.charts import outlook_chart
from lmi.figures.outlook import Outlook, outlook
from lmi.figures.scope import Scope
from tests.lmi.charts.drawn import assert_accessible, assert_in_table, assert_readable, texts

TODAY = date(2026, 11, 22)
thousands = st.floats(0.001, 50_000, allow_nan=False)


@st.composite
def outlooks(draw):
    values = draw(st.lists(thousands, min_size=2, max_size=11))
    points = tuple((2035 - len(values) + 1 + i, value) for i, value in enumerate(values))
    scope = Scope("sub_major_group", "11", "Managers & directors", "England")
    base, end = points[0][1], points[-1][1]
    return Outlook(
        "1111", scope, points[0][0], 2035, base, end, end - base, 0.0, "steady",
        points, 0.0, None, True, (),
    )  # fmt: skip


def test_electricians_group(snapshot):
    chart = outlook_chart(outlook(snapshot, "5241", TODAY))
    assert chart.title == "Expected jobs, 2025 to 2035"
    assert chart.table.rows[0] == ("2025", "922,000")
    assert chart.table.rows[-1] == ("2035", "873,000")
    shown = {words for words, _ in texts(chart)}
    assert shown == {"922,000 jobs", "873,000", "2025", "2035"}
    assert "Skilled metal" in chart.description
    assert "care" in chart.description
    assert_accessible(chart)
    assert_readable(chart)
    assert_in_table(chart)


def test_small_areas_are_shown_in_hundreds(snapshot):
    chart = outlook_chart(outlook(snapshot, "5241", TODAY, "Buckinghamshire"))
    assert chart.table.rows[0][1].endswith("00")
    assert "Buckinghamshire" in chart.table.caption


@given(outlooks())
def test_no_label_covers_another_whatever_the_numbers(look):
    chart = outlook_chart(look)
    assert_readable(chart)
    assert_accessible(chart)
    assert_in_table(chart)
