"""The spread of pay: a box for the middle half, a bold line for the middle, ends for tenths."""

from __future__ import annotations

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
from lmi.charts.labels import placed, text_width
from lmi.charts.words import money, word_list, words
from lmi.figures.pay import Pay, PayIn

BAR_HEIGHT = 34.0
MEDIAN_OVER = 5.0
GAP = 8.0
TENTHS = 14.0
LEFT, RIGHT = MARGIN, WIDTH - MARGIN
POINTS = ("p10", "p25", "median", "p75", "p90")


def pay_range_chart(pay: Pay | PayIn, name: str = "") -> Chart | None:
    """The picture of one pay figure, in its period; a Pay is shown a year.

    `name` names the job in the title ("Electricians"); left out, the title says only what and when.
    None when neither quarter is published: one number alone needs no picture.
    """
    if pay.p25 is None and pay.p75 is None:
        return None
    period = words(f"periods.{pay.period if isinstance(pay, PayIn) else 'year'}")
    title = words(
        "pay.title_wider" if pay.scope.is_wider else "pay.title", period=period, year=pay.year
    )
    if name:
        title = f"{name}: {title[0].lower()}{title[1:]}"
    facts = {"period": period, "title": pay.scope.title, "place": pay.scope.place, "year": pay.year}
    table = Table(
        caption=words("pay.caption", **facts),
        columns=word_list("pay.columns", period=period),
        rows=tuple(
            (words(f"pay.rows.{point}"), money(amount))
            for point in POINTS
            if (amount := getattr(pay, point)) is not None or point in ("p25", "p75")
        ),
    )
    description = _description(pay, facts)
    drawn, height = _draw(pay)
    return Chart(
        kind="pay_range",
        title=title,
        description=description,
        svg=as_svg(drawn, height, title, description),
        table=table,
    )


def _description(pay: Pay | PayIn, facts: dict[str, object]) -> str:
    said = [
        words("pay.describe.subject", **facts),
        words("pay.describe.middle", median=money(pay.median)),
    ]
    for part, point in (
        ("lower", "p25"),
        ("upper", "p75"),
        ("lowest", "p10"),
        ("highest", "p90"),
    ):
        amount = getattr(pay, point)
        if amount is not None:
            said.append(words(f"pay.describe.{part}", **{point: money(amount)}))
    return " ".join(said)


def _draw(pay: Pay | PayIn) -> tuple[Element, float]:
    """The picture from £0 on the left to a little over the highest published amount."""
    published = {p: float(a) for p in POINTS if (a := getattr(pay, p)) is not None}
    # Room on the right for what is not published, so that the highest number does not look the end.
    most = max(published.values()) * (1.06 if "p90" in published else 1.25) or 1.0
    x = {p: LEFT + amount / most * (RIGHT - LEFT) for p, amount in published.items()}
    drawn = group()
    tenths = _tenths(published, x)
    top = 26.0 + (36.0 if tenths else 0.0)
    bottom = top + BAR_HEIGHT
    middle_y = (top + bottom) / 2

    line(drawn, "chart-axis", [(LEFT, middle_y), (RIGHT, middle_y)], 1.5, opacity=0.3)
    low, high = x.get("p10", x.get("p25", x["median"])), x.get("p90", x.get("p75", x["median"]))
    if "p10" in x or "p90" in x:
        line(drawn, "chart-range", [(low, middle_y), (high, middle_y)], 2)
        for end in ("p10", "p90"):
            if end in x:
                line(drawn, "chart-range", [(x[end], middle_y - 8), (x[end], middle_y + 8)], 2)
    for point, edge in (("p25", LEFT), ("p75", RIGHT)):
        if point not in x:
            line(drawn, "chart-range", [(x["median"], middle_y), (edge, middle_y)], 2, dashes="1 6")
    hatched_box(drawn, x.get("p25", x["median"]), top, x.get("p75", x["median"]), bottom)
    over, under = top - MEDIAN_OVER, bottom + MEDIAN_OVER
    if tenths:
        over = 22.0
        line(drawn, "chart-median", [(x["median"], over), (x["median"], top)], 1.2)
    line(drawn, "chart-median", [(x["median"], top - MEDIAN_OVER), (x["median"], under)], 4)

    label = words("pay.middle", amount=money(published["median"]))
    place = placed([(x["median"], text_width(label, VALUE_SIZE, True))], LEFT, RIGHT, GAP)
    # Nothing but a sum of a hundred digits is wider than the whole picture.
    text(drawn, label, place[0] if place else WIDTH / 2, 16.0, bold=True)
    for point, centre in tenths.items():
        which = "tenth_less" if point == "p10" else "tenth_more"
        text(drawn, money(published[point]), centre, 38.0, bold=True, size=TENTHS)
        text(drawn, words(f"pay.{which}"), centre, 53.0)
        line(drawn, "chart-axis", [(centre, 56.5), (x[point], middle_y - 10)], opacity=0.5)
    _quarters(drawn, published, x, bottom)
    return drawn, bottom + 50.0


def _tenths(published: dict[str, float], x: dict[str, float]) -> dict[str, float]:
    """Centres of the labels of the lowest and highest tenth: left and right of the middle's line.

    A label without room is left out; the table has its number.
    """
    centres: dict[str, float] = {}
    for point, which in (("p10", "tenth_less"), ("p90", "tenth_more")):
        if point not in published:
            continue
        width = max(
            text_width(money(published[point]), TENTHS, True),
            text_width(words(f"pay.{which}"), LABEL_SIZE),
        )
        left, right = (LEFT, x["median"] - GAP) if point == "p10" else (x["median"] + GAP, RIGHT)
        place = placed([(x[point], width)], left, right, GAP)
        if place:
            centres[point] = place[0]
    return centres


def _quarters(
    drawn: Element, published: dict[str, float], x: dict[str, float], bottom: float
) -> None:
    """The amounts under the box's two sides, kept apart, each with a fine line to its side."""
    blocks = []
    for point, which, missing in (
        ("p25", "quarter_less", "lower_missing"),
        ("p75", "quarter_more", "upper_missing"),
    ):
        if point in published:
            blocks.append((x[point], money(published[point]), words(f"pay.{which}"), True))
        else:
            at = LEFT if point == "p25" else RIGHT
            first, second = word_list(f"pay.{missing}")
            blocks.append((at, first, second, False))
    widths = [
        max(text_width(value, VALUE_SIZE, shown), text_width(label, LABEL_SIZE))
        for _, value, label, shown in blocks
    ]
    wanted = [(block[0], width) for block, width in zip(blocks, widths, strict=True)]
    centres = placed(wanted, LEFT, RIGHT, GAP) or [WIDTH * 0.25, WIDTH * 0.75]
    zero = words("pay.zero")
    if LEFT + text_width(zero, LABEL_SIZE) + GAP < centres[0] - widths[0] / 2:
        text(drawn, zero, LEFT, bottom + 27, anchor="start")
    for (at, value, label, shown), centre in zip(blocks, centres, strict=True):
        if shown:
            line(drawn, "chart-axis", [(at, bottom + 2), (centre, bottom + 13)], opacity=0.5)
        text(drawn, value, centre, bottom + 27, bold=shown)
        text(drawn, label, centre, bottom + 43)
