"""Shapes of a chart as SVG elements: every text is escaped, nothing is styled inline."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from xml.etree import ElementTree

Element = ElementTree.Element

WIDTH = 340.0
MARGIN = 8.0
VALUE_SIZE = 15.0
LABEL_SIZE = 13.0
HATCH_STEP = 7.0


def number(value: float) -> str:
    """A coordinate, to a tenth."""
    return f"{value:.1f}".removesuffix(".0")


def group() -> Element:
    """An empty group, to draw into."""
    return Element("g")


def line(
    into: Element,
    css: str,
    points: Sequence[tuple[float, float]],
    width: float = 1.0,
    opacity: float = 1.0,
    dashes: str = "",
) -> None:
    """An open line through the points."""
    path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)
    attributes = {
        "class": css,
        "d": path,
        "fill": "none",
        "stroke": "currentColor",
        "stroke-width": number(width),
        "stroke-linecap": "round",
        "stroke-linejoin": "round",
    }
    if opacity < 1:
        attributes["stroke-opacity"] = f"{opacity:.2f}"
    if dashes:
        attributes["stroke-dasharray"] = dashes
    ElementTree.SubElement(into, "path", attributes)


def area(into: Element, css: str, points: Sequence[tuple[float, float]]) -> None:
    """A lightly filled shape with the points as its corners."""
    path = "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"
    ElementTree.SubElement(
        into, "path", {"class": css, "d": path, "fill": "currentColor", "fill-opacity": "0.12"}
    )


def hatched_box(into: Element, left: float, top: float, right: float, bottom: float) -> None:
    """A rounded rectangle with a fill, an outline and diagonal lines, so that it shows in any
    colours. The lines are drawn rather than a pattern fill: a pattern needs an id to refer to.
    """
    ElementTree.SubElement(
        into,
        "rect",
        {
            "class": "chart-middle",
            "x": number(left),
            "y": number(top),
            "width": number(right - left),
            "height": number(bottom - top),
            "rx": number(min(4.0, (right - left) / 2)),
            "fill": "currentColor",
            "fill-opacity": "0.16",
            "stroke": "currentColor",
            "stroke-width": "1.5",
        },
    )
    inset = 2.0
    x0, x1, y0, y1 = left + inset, right - inset, top + inset, bottom - inset
    height = y1 - y0
    strokes = []
    start = x0 - height + HATCH_STEP / 2
    while start < x1:
        begin, end = max(start, x0), min(start + height, x1)
        if end - begin > 1:
            strokes.append(
                f"M{number(begin)} {number(y1 - (begin - start))}"
                f"L{number(end)} {number(y1 - (end - start))}"
            )
        start += HATCH_STEP
    if strokes:
        ElementTree.SubElement(
            into,
            "path",
            {
                "class": "chart-hatch",
                "d": "".join(strokes),
                "fill": "none",
                "stroke": "currentColor",
                "stroke-width": "1",
                "stroke-opacity": "0.45",
            },
        )


def point(into: Element, x: float, y: float, radius: float = 4.5) -> None:
    """A filled dot."""
    ElementTree.SubElement(
        into,
        "circle",
        {
            "class": "chart-point",
            "cx": number(x),
            "cy": number(y),
            "r": number(radius),
            "fill": "currentColor",
        },
    )


def text(
    into: Element,
    words: str,
    x: float,
    y: float,
    *,
    bold: bool = False,
    size: float | None = None,
    anchor: str = "middle",
) -> None:
    """One line of text with its baseline at y: a value when bold, else a label."""
    size = size or (VALUE_SIZE if bold else LABEL_SIZE)
    attributes = {
        "class": "chart-value" if bold else "chart-label",
        "x": number(x),
        "y": number(y),
        "font-size": number(size),
        "text-anchor": anchor,
        "fill": "currentColor",
    }
    if bold:
        attributes["font-weight"] = "700"
    ElementTree.SubElement(into, "text", attributes).text = words


def as_svg(drawn: Element, height: float, title: str, description: str) -> str:
    """The whole picture: 340 units wide, named and described for those who do not see it."""
    body = ElementTree.tostring(drawn, encoding="unicode")
    key = hashlib.sha256(f"{title}\n{description}\n{body}".encode()).hexdigest()[:12]
    svg = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {number(WIDTH)} {number(height)}",
            "role": "img",
            "aria-labelledby": f"chart-{key}-title chart-{key}-desc",
        },
    )
    ElementTree.SubElement(svg, "title", {"id": f"chart-{key}-title"}).text = title
    ElementTree.SubElement(svg, "desc", {"id": f"chart-{key}-desc"}).text = description
    svg.append(drawn)
    return ElementTree.tostring(svg, encoding="unicode")
