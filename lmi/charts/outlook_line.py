"""Expected jobs over the years: a line over zero, with the numbers at its ends."""

from __future__ import annotations

from itertools import pairwise

from lmi.charts.chart import Chart, Table
from lmi.charts.drawing import (
    MARGIN,
    VALUE_SIZE,
    WIDTH,
    Element,
    area,
    as_svg,
    group,
    line,
    point,
    text,
)
from lmi.charts.labels import text_width
from lmi.charts.words import jobs, word_list, words
from lmi.figures.outlook import Outlook

LEFT, RIGHT = MARGIN + 8, WIDTH - MARGIN - 8
TOP, FLOOR = 34.0, 118.0
HEIGHT = 142.0
GAP = 10.0


def outlook_chart(outlook: Outlook) -> Chart:
    """The picture of an outlook: the base, the way to it and the last year, from zero up.

    The scale starts at zero, so that a change of a few per cent looks like one. Numbers are rounded
    to whole thousands (hundreds under ten thousand), in the picture and in the table alike.
    """
    facts: dict[str, object] = {
        "title": outlook.scope.title,
        "place": outlook.scope.place,
        "base_year": outlook.base_year,
        "end_year": outlook.end_year,
    }
    title = words("outlook.title", **facts)
    description = " ".join(
        (
            words("outlook.describe.subject", **facts),
            words(
                "outlook.describe.ends",
                base=words("outlook.jobs", amount=jobs(outlook.base)),
                end=words("outlook.jobs", amount=jobs(outlook.end)),
                **facts,
            ),
            words("outlook.describe.caution"),
        )
    )
    table = Table(
        caption=words("outlook.caption", **facts),
        columns=word_list("outlook.columns"),
        rows=tuple((str(year), jobs(thousands)) for year, thousands in outlook.points),
    )
    svg = as_svg(_draw(outlook), HEIGHT, title, description)
    return Chart("outlook", title, description, svg, table)


def _draw(outlook: Outlook) -> Element:
    span = outlook.end_year - outlook.base_year
    most = max(thousands for _, thousands in outlook.points) or 1.0
    way = [
        (
            LEFT + (year - outlook.base_year) / span * (RIGHT - LEFT),
            FLOOR - thousands / most * (FLOOR - TOP),
        )
        for year, thousands in outlook.points
    ]
    first, last = way[0], way[-1]
    drawn = group()
    area(drawn, "chart-area", [(first[0], FLOOR), *way, (last[0], FLOOR)])
    for x, y in way[1:-1]:
        line(drawn, "chart-hatch", [(x, FLOOR - 2), (x, y + 4)], 1, opacity=0.3)
    line(drawn, "chart-axis", [(LEFT - 8, FLOOR), (RIGHT + 8, FLOOR)], 1.5, opacity=0.4)
    for x, y in (first, last):
        line(drawn, "chart-hatch", [(x, FLOOR), (x, y)], 1, opacity=0.5)
    line(drawn, "chart-line", way, 3)
    for x, y in (first, last):
        point(drawn, x, y, 5)

    values = [words("outlook.jobs", amount=jobs(outlook.base)), jobs(outlook.end)]
    widths = [text_width(value, VALUE_SIZE, bold=True) for value in values]
    if sum(widths) + GAP > WIDTH - 2 * MARGIN:
        # Only beyond a thousand million jobs: the bare numbers then stand without their word.
        values[0] = jobs(outlook.base)
    ends = (
        (values[0], outlook.base_year, MARGIN, MARGIN + widths[0], "start"),
        (values[1], outlook.end_year, WIDTH - MARGIN, WIDTH - MARGIN - widths[1], "end"),
    )
    for value, year, edge, inner, anchor in ends:
        # Over the highest part of the line that the label stands above.
        above = min(_height_at(way, edge), _height_at(way, inner))
        text(drawn, value, edge, above - 11, bold=True, anchor=anchor)
        text(drawn, str(year), edge, FLOOR + 18, anchor=anchor)
    return drawn


def _height_at(way: list[tuple[float, float]], x: float) -> float:
    """The y of the line at x, held level before its start and after its end."""
    for (x0, y0), (x1, y1) in pairwise(way):
        if x <= x0:
            return y0
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return way[-1][1]
