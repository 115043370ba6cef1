"""A picture of figures, and the same figures as a table."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Table:
    """The numbers of a picture in words: every row has one cell a column."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True)
class Chart:
    """An accessible SVG with its title, a description in full sentences, and its table.

    `kind` is "pay_range", "outlook" or "compare". The SVG holds no style, script or outside
    reference. It draws in the text colour around it and carries classes for a stylesheet:
    chart-axis and chart-range (lines), chart-middle (a rectangle, filled and outlined), chart-hatch
    (its pattern, lines), chart-median (a line), chart-line (a line), chart-area (a filled shape),
    chart-point (a circle), chart-value (main text) and chart-label (secondary text).
    """

    kind: str
    title: str
    description: str
    svg: str
    table: Table
