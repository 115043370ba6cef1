"""Two or three jobs' pay on one scale: a box for each middle half, a bold line for each middle."""

from __future__ import annotations

from collections.abc import Sequence

from lmi.charts.chart import Chart, Table
from lmi.charts.drawing import (
    LABEL_SIZE,
    MARGIN,
    VALUE_SIZE,
    WIDTH,
    Element,
    as_svg,
    group,
    hatched_box,
    line,
    text,
)
from lmi.charts.labels import fitted, text_width, wrapped
from lmi.charts.words import money, word_list, words
from lmi.figures.compare import CompareRow
from lmi.figures.pay import Pay

LEFT, RIGHT = MARGIN, WIDTH - MARGIN
BAR, BELOW = 18.0, 12.0
NAME_SIZE, NAME_LINE = 14.0, 17.0
GAP = 12.0
MOST_TICKS = 3
STEPS = (1, 2, 2.5, 5, 10)


def compare_chart(rows: Sequence[CompareRow]) -> Chart:
    """The picture of the rows' yearly pay, in the order given; ValueError without a row.

    A row without published pay says so in place of a bar. A figure of an earlier year carries its
    year, and one of a wider group is named as such.
    """
    if not rows:
        raise ValueError("nothing to compare")
    title = words("compare.title")
    description = " ".join((words("compare.describe.subject"), *(_said(row) for row in rows)))
    table = Table(
        caption=words("compare.caption"),
        columns=word_list("compare.columns"),
        rows=tuple(_table_row(row) for row in rows),
    )
    drawn, height = _draw(rows)
    svg = as_svg(drawn, height, title, description)
    return Chart("compare", title, description, svg, table)


def _said(row: CompareRow) -> str:
    pay = row.pay
    if pay is None:
        return words("compare.describe.row_none", name=row.name)
    which = "row_wider" if pay.scope.is_wider else "row"
    return words(
        f"compare.describe.{which}",
        name=row.name,
        median=money(pay.median),
        year=pay.year,
        group=pay.scope.title,
    )


def _table_row(row: CompareRow) -> tuple[str, ...]:
    pay = row.pay
    if pay is None:
        none = words("not_published")
        return (row.name, none, none, none, "", row.title)
    amounts = (money(pay.median), money(pay.p25), money(pay.p75))
    return (row.name, *amounts, str(pay.year), pay.scope.title)


def ticks_to(most: float) -> list[float]:
    """Zero and up to three round amounts that do not pass `most`."""
    if most <= 0:
        return [0.0]
    power = 10.0 ** (len(str(int(most))) - 2)
    for size in (power * step for step in (*STEPS, *(10 * step for step in STEPS))):
        if most / size < MOST_TICKS + 1:
            return [size * place for place in range(int(most / size) + 1)]
    return [0.0]


def _draw(rows: Sequence[CompareRow]) -> tuple[Element, float]:
    amounts = [
        amount
        for row in rows
        if row.pay is not None
        for amount in (row.pay.p25, row.pay.median, row.pay.p75)
        if amount is not None
    ]
    most = max(amounts, default=0) * 1.04
    latest = max((row.pay.year for row in rows if row.pay is not None), default=0)
    drawn = group()
    top = 4.0
    for row in rows:
        top = _label(drawn, row, latest, top)
        if row.pay is not None:
            _bar(drawn, row.pay, most, top)
            top += BAR
        top += BELOW
    if most:
        _scale(drawn, most, top)
        top += 24
    return drawn, top


def _scale(drawn: Element, most: float, floor: float) -> None:
    """The common axis with round amounts under it."""
    marks = ticks_to(most)
    line(drawn, "chart-axis", [(LEFT, floor), (RIGHT, floor)], 1.5, opacity=0.4)
    taken = LEFT - GAP
    for mark in marks:
        x = LEFT + mark / most * (RIGHT - LEFT)
        line(drawn, "chart-axis", [(x, floor - 4), (x, floor + 4)], 1.5, opacity=0.4)
        width = text_width(money(mark), LABEL_SIZE)
        start = max(LEFT, min(x - width / 2, RIGHT - width))
        if start < taken + GAP:
            continue
        taken = start + width
        if start == LEFT:
            text(drawn, money(mark), LEFT, floor + 19, anchor="start")
        else:
            text(drawn, money(mark), start + width / 2, floor + 19)


def _label(drawn: Element, row: CompareRow, latest: int, top: float) -> float:
    """The job on the left, in two lines at most, and its middle on the right; the y below them."""
    pay, name = row.pay, row.name.strip() or row.title
    if pay is None:
        value, size, bold = words("compare.none"), LABEL_SIZE, False
    else:
        value, size, bold = money(pay.median), VALUE_SIZE, True
        if pay.year != latest:
            value = words("compare.earlier", amount=value, year=pay.year)
        if pay.scope.is_wider:
            name = words("compare.wider", name=name)
    room = RIGHT - LEFT - GAP - text_width(value, size, bold)
    first, *more = wrapped(name, room, NAME_SIZE, bold=True) or [""]
    lines = [first]
    if more:
        lines.append(" ".join(more))
    for place, words_of_name in enumerate(lines):
        shown = fitted(words_of_name, room, NAME_SIZE, bold=True)
        y = top + 14 + NAME_LINE * place
        text(drawn, shown, LEFT, y, bold=True, size=NAME_SIZE, anchor="start")
    text(drawn, value, RIGHT, top + 14, bold=bold, size=size, anchor="end")
    return top + 24 + NAME_LINE * (len(lines) - 1)


def _bar(drawn: Element, pay: Pay, most: float, top: float) -> None:
    def x(amount: float) -> float:
        return LEFT + amount / most * (RIGHT - LEFT)

    bottom, middle = top + BAR, top + BAR / 2
    line(drawn, "chart-axis", [(LEFT, middle), (RIGHT, middle)], opacity=0.3)
    median = x(pay.median)
    left = median if pay.p25 is None else x(pay.p25)
    right = median if pay.p75 is None else x(pay.p75)
    if right > left:
        hatched_box(drawn, left, top, right, bottom)
    line(drawn, "chart-median", [(median, top - 3), (median, bottom + 3)], 4)
