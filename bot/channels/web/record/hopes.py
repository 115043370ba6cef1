"""What a pupil hopes for over time as a picture: a bar for each hope, from its day to its end."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from markupsafe import Markup

from bot.records.guidance.hopes import Hope, shares
from knowledge.facts import day_told
from knowledge.wording import Wording
from lmi.charts.drawing import (
    LABEL_SIZE,
    MARGIN,
    WIDTH,
    Element,
    as_svg,
    group,
    line,
    point,
    text,
)
from lmi.charts.labels import fitted, text_width, wrapped

MOST = 8
"""Hopes in the picture; the list beside it has all of them."""

LEFT, RIGHT = MARGIN + 4, WIDTH - MARGIN - 4
TOP = 16.0
LEADING = 17.0
BAR_GAP = 9.0
ROW_GAP = 22.0
MOST_LINES = 2


def hopes_picture(hopes: Sequence[Hope], today: date, wording: Wording) -> Markup | None:
    """The newest hopes as an SVG without style or script; None when there are none.

    A hope that still stands has a thick bar to today with a dot at its end; one that was replaced
    has a thin one, from whose end a line goes down to what took its place.
    """
    shown = hopes[-MOST:]
    if not shown:
        return None
    drawn, height = _draw(shown, today, wording)
    svg = as_svg(
        drawn, height, _told(wording.say("record.hopes_title")), _described(hopes, wording)
    )
    # Our own markup: every text in it is escaped by the drawing.
    return Markup(svg)  # noqa: S704


def _described(hopes: Sequence[Hope], wording: Wording) -> str:
    sentences = []
    for one in hopes[-MOST:]:
        values = {"text": _told(one.text).rstrip("."), "since": day_told(one.since)}
        if one.until is None or one.then is None:
            sentences.append(wording.say("record.hopes_stands", **values))
        else:
            then = _told(one.then).rstrip(".")
            until = day_told(one.until)
            sentences.append(wording.say("record.hopes_replaced", **values, until=until, then=then))
    if len(hopes) > MOST:
        sentences.append(wording.say("record.hopes_more", shown=MOST, number=len(hopes)))
    return " ".join(sentences)


def _draw(hopes: Sequence[Hope], today: date, wording: Wording) -> tuple[Element, float]:
    drawn = group()
    room = RIGHT - LEFT
    y: float = TOP
    falls: float | None = None
    for one, (begins, ends) in zip(hopes, shares(hopes, today), strict=True):
        start, end = LEFT + begins * room, LEFT + ends * room
        words = _lines(one.text, room)
        bar = y + LEADING * (len(words) - 1) + BAR_GAP
        if falls is not None:
            _fall(drawn, start, falls, bar, words, y)
        for number, words_of_line in enumerate(words):
            text(drawn, words_of_line, LEFT, y + LEADING * number, anchor="start")
        stands = one.until is None
        line(drawn, "chart-line", [(start, bar), (end, bar)], 6 if stands else 2)
        if stands:
            point(drawn, end, bar, 6)
            falls = None
        else:
            line(drawn, "chart-line", [(end, bar - 4), (end, bar + 4)], 2)
            falls = bar
        y = bar + ROW_GAP
    floor = y - 6
    line(drawn, "chart-axis", [(LEFT, floor), (RIGHT, floor)], 1.5, opacity=0.5)
    _days(drawn, min(one.since for one in hopes), today, floor, wording)
    return drawn, floor + 24


def _fall(
    drawn: Element, x: float, above: float, below: float, words: Sequence[str], baseline: float
) -> None:
    """The way down from the end of what was replaced to the beginning of what replaced it.

    Where the words stand in its way it goes behind them, so that both can be read.
    """
    ways = [(above, below)]
    if x < LEFT + max(text_width(one, LABEL_SIZE) for one in words) + 4:
        last = baseline + LEADING * (len(words) - 1)
        ways = [(above, baseline - LABEL_SIZE), (last + 4, below)]
    for top, bottom in ways:
        line(drawn, "chart-axis", [(x, top), (x, bottom)], 1.5, dashes="1 3")


def _days(drawn: Element, first: date, today: date, floor: float, wording: Wording) -> None:
    """The first day and today under the axis; one word where they are the same."""
    last = wording.say("record.hopes_today")
    if first < today:
        text(drawn, day_told(first), LEFT, floor + 17, anchor="start")
    text(drawn, last, RIGHT, floor + 17, anchor="end")


def _lines(said: str, room: float) -> list[str]:
    """The words in at most two lines, cut with an ellipsis where there are more."""
    lines = [fitted(one, room, LABEL_SIZE) for one in wrapped(_told(said), room, LABEL_SIZE)]
    if len(lines) > MOST_LINES:
        last = f"{lines[MOST_LINES - 1]}…"
        lines = [*lines[: MOST_LINES - 1], last if last[-2:] != "……" else last[:-1]]
        lines[-1] = fitted(lines[-1], room, LABEL_SIZE)
    return lines or [""]


def _told(said: str) -> str:
    """The words in one line, without what no reader sees and no picture can hold."""
    return " ".join("".join(one if one.isprintable() else " " for one in said).split())
