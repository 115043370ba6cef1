"""Pupils as bars: two kinds side by side, told apart by pattern, hidden numbers as such."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.advisers.destination_files import WORDING
from bot.advisers.destination_tables import shown
from lmi.charts.drawing import (
    LABEL_SIZE,
    MARGIN,
    WIDTH,
    Element,
    area,
    as_svg,
    group,
    hatched_box,
    line,
    text,
)
from lmi.charts.labels import text_width, wrapped

LEFT, RIGHT = MARGIN, WIDTH - MARGIN
LEADING = 17.0
BAR, BETWEEN, BELOW = 13.0, 4.0, 12.0
STUB = 16.0
"""How wide a hidden number is drawn, whatever it is."""
KEY = 18.0
GAP = 8.0


@dataclass(frozen=True, slots=True)
class BarRow:
    """A label, and a number for each kind of bar; None is hidden."""

    label: str
    numbers: tuple[int | None, ...]


def bars_chart(title: str, kinds: Sequence[str], rows: Sequence[BarRow]) -> str:
    """An SVG without style or script: for each row a bar of each kind (one or two), in their order.

    The first kind is hatched, the second plain. A hidden number is a dashed stub of one width and
    has the sign of the table. Title and description say what the bars say, and no more. ValueError
    without a row, or with numbers that are not one of each kind.
    """
    if not rows or any(len(row.numbers) != len(kinds) for row in rows):
        raise ValueError("each row needs a number of each kind")
    drawn = group()
    top = _key(drawn, kinds) if len(kinds) > 1 else 4.0
    most = max((number for row in rows for number in row.numbers if number), default=0)
    widest = max(text_width(shown(number), LABEL_SIZE) for row in rows for number in row.numbers)
    room = RIGHT - LEFT - GAP - widest
    for row in rows:
        for words in wrapped(row.label, RIGHT - LEFT, LABEL_SIZE, bold=True):
            text(drawn, words, LEFT, top + 13, bold=True, size=LABEL_SIZE, anchor="start")
            top += LEADING
        for place, number in enumerate(row.numbers):
            width = STUB if number is None else room * number / most if number else 0.0
            _bar(drawn, place, number, width, top + 2)
            text(drawn, shown(number), LEFT + width + GAP, top + 2 + BAR - 2, anchor="start")
            top += BAR + BETWEEN
        top += BELOW
    return as_svg(drawn, top, title, _described(kinds, rows))


def _bar(drawn: Element, place: int, number: int | None, width: float, top: float) -> None:
    right, bottom = LEFT + width, top + BAR
    corners = [(LEFT, top), (right, top), (right, bottom), (LEFT, bottom)]
    if number is None:
        line(drawn, "chart-axis", [*corners, corners[0]], 1.0, dashes="3 3")
    elif not number:
        line(drawn, "chart-axis", [(LEFT, top), (LEFT, bottom)], 1.5)
    elif place == 0:
        hatched_box(drawn, LEFT, top, right, bottom)
    else:
        area(drawn, "chart-area", corners)
        line(drawn, "chart-range", [*corners, corners[0]], 1.5)


def _key(drawn: Element, kinds: Sequence[str]) -> float:
    """What each pattern stands for; the y below it."""
    top = 4.0
    for place, kind in enumerate(kinds):
        _bar(drawn, place, 1, KEY, top)
        text(drawn, kind, LEFT + KEY + GAP, top + BAR - 2, anchor="start")
        top += BAR + BETWEEN + 2
    return top + BETWEEN


def _described(kinds: Sequence[str], rows: Sequence[BarRow]) -> str:
    hidden = WORDING.say("report.hidden_in_words")
    sentences = []
    for row in rows:
        numbers = [hidden if number is None else shown(number) for number in row.numbers]
        if len(kinds) > 1:
            numbers = [f"{kind}: {number}" for kind, number in zip(kinds, numbers, strict=True)]
        sentences.append(f"{row.label}: {', '.join(numbers)}.")
    return " ".join(sentences)
