"""Reading a drawn chart back: its texts and their boxes, and what every chart has to hold."""

from __future__ import annotations

import re
from itertools import combinations
from xml.etree import ElementTree

from lmi.charts.labels import text_box

SVG = "{http://www.w3.org/2000/svg}"
CLASSES = {
    "chart-axis",
    "chart-range",
    "chart-middle",
    "chart-hatch",
    "chart-median",
    "chart-line",
    "chart-area",
    "chart-point",
    "chart-label",
    "chart-value",
}
FOR_PICTURE = re.compile(r"[£\d][\d,.]*")


def texts(chart):
    """(words, box) of each text in the picture."""
    root = ElementTree.fromstring(chart.svg)
    return [
        (
            element.text,
            text_box(
                element.text,
                float(element.get("x")),
                float(element.get("y")),
                float(element.get("font-size")),
                element.get("font-weight") == "700",
                element.get("text-anchor"),
            ),
        )
        for element in root.iter(f"{SVG}text")
    ]


def size(chart):
    """Width and height of the view box."""
    root = ElementTree.fromstring(chart.svg)
    return tuple(float(part) for part in root.get("viewBox").split()[2:])


def assert_readable(chart):
    """Labels are big enough, inside the picture, and none covers another."""
    width, height = size(chart)
    assert width == 340
    found = texts(chart)
    for words, box in found:
        assert box.left >= -0.5, words
        assert box.right <= width + 0.5, words
        assert box.top >= 0, words
        assert box.bottom <= height + 0.5, words
        # 13 units on 340 are over 11 px where the picture is 300 px wide.
        assert (box.bottom - box.top) * 300 / width > 11, words
    for (words, box), (other, other_box) in combinations(found, 2):
        assert not box.overlaps(other_box), (words, other)


def assert_accessible(chart):
    """Title and description, no style, no script, no outside reference, only known classes."""
    root = ElementTree.fromstring(chart.svg)
    assert root.tag == f"{SVG}svg"
    assert root.get("role") == "img"
    title, desc = root.find(f"{SVG}title"), root.find(f"{SVG}desc")
    assert (title.text, desc.text) == (chart.title, chart.description)
    assert root.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    ids = [element.get("id") for element in root.iter() if element.get("id")]
    assert ids == [title.get("id"), desc.get("id")]
    for element in root.iter():
        tag = element.tag.removeprefix(SVG)
        assert tag in {"svg", "title", "desc", "g", "path", "rect", "circle", "text"}
        assert "style" not in element.attrib
        assert not any(name.startswith("on") or "href" in name for name in element.attrib)
        assert "url(" not in " ".join(element.attrib.values())
        if tag in {"path", "rect", "circle", "text"}:
            assert element.get("class") in CLASSES
            paints = {element.get("fill", "none"), element.get("stroke", "none")}
            assert paints <= {"none", "currentColor"}


def assert_in_table(chart, but=()):
    """Each number of the picture stands in the table too."""
    cells = {cell for row in chart.table.rows for cell in row}
    held = {number for cell in cells for number in FOR_PICTURE.findall(cell)}
    for words, _ in texts(chart):
        if words in but:
            continue
        for number in FOR_PICTURE.findall(words):
            assert number in held, (number, held)
    assert all(len(row) == len(chart.table.columns) for row in chart.table.rows)
