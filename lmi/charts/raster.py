"""A chart as PNG, for channels that show no SVG: its title above, its caption below.

Needs resvg-py and the font package, which only the app environment has. No font of the machine is
used, so that the picture is the same on a server that has none.
"""

from __future__ import annotations

import textwrap
from importlib.resources import files
from xml.etree import ElementTree

import resvg_py

from lmi.charts.chart import Chart
from lmi.charts.labels import wrapped

FAMILY = "Source Sans Pro"
FONT_PACKAGE = "font_source_sans_pro"
FONT_FILES = ("SourceSansPro-Regular.ttf", "SourceSansPro-Semibold.ttf", "SourceSansPro-Bold.ttf")

EDGE = 20.0
TITLE_SIZE, CAPTION_SIZE = 18.0, 12.5
LINE = 1.35

LIGHT = {"ink": "#14213d", "soft": "#4a5a6a", "paper": "#ffffff", "lead": "#0b5d4e"}
DARK = {"ink": "#eaf1f5", "soft": "#a9b8c4", "paper": "#16212e", "lead": "#6fd8bb"}

SHEET = """
.chart-axis {{ stroke: {soft} }}
.chart-range, .chart-median, .chart-line, .chart-hatch {{ stroke: {lead} }}
.chart-middle {{ fill: {lead}; stroke: {lead} }}
.chart-area, .chart-point {{ fill: {lead} }}
.chart-label {{ fill: {soft} }}
.chart-value {{ fill: {ink} }}
"""


def png(chart: Chart, width: int = 800, dark: bool = False) -> bytes:
    """The chart as a PNG `width` pixels wide; its height follows. ValueError under 100 pixels."""
    if width < 100:
        raise ValueError(f"{width} pixels are too few to read")
    colours = DARK if dark else LIGHT
    picture = ElementTree.fromstring(chart.svg)  # noqa: S314  our own drawing, nothing fetched
    _, _, inner_width, inner_height = (float(part) for part in picture.attrib["viewBox"].split())
    # The measure is for the widest system font; this one is narrower by a quarter.
    room = inner_width * 1.3
    total = inner_width + 2 * EDGE

    page = ElementTree.Element("svg", {"xmlns": "http://www.w3.org/2000/svg"})
    page.attrib["font-family"] = FAMILY
    y = EDGE
    for part in _lines(chart.title, room, TITLE_SIZE, bold=True):
        y += TITLE_SIZE * LINE
        _line(page, part, y - TITLE_SIZE * 0.35, TITLE_SIZE, colours["ink"], "600")
    y += 10
    picture.attrib.update(
        x=f"{EDGE:g}", y=f"{y:g}", width=f"{inner_width:g}", height=f"{inner_height:g}"
    )
    page.append(picture)
    y += inner_height + 8
    for part in _lines(chart.table.caption, room, CAPTION_SIZE):
        y += CAPTION_SIZE * LINE
        _line(page, part, y - CAPTION_SIZE * 0.35, CAPTION_SIZE, colours["soft"], "400")
    y += EDGE
    page.attrib["viewBox"] = f"0 0 {total:g} {y:g}"
    folder = files(FONT_PACKAGE) / "files"
    return bytes(
        resvg_py.svg_to_bytes(
            svg_string=ElementTree.tostring(page, encoding="unicode"),
            width=width,
            background=colours["paper"],
            style_sheet=textwrap.dedent(SHEET).format(**colours),
            skip_system_fonts=True,
            font_family=FAMILY,
            sans_serif_family=FAMILY,
            font_files=[str(folder / name) for name in FONT_FILES],
        )
    )


def _lines(words: str, room: float, size: float, bold: bool = False) -> list[str]:
    """The words in as few lines as the room allows, of about the same length."""
    lines = wrapped(words, room, size, bold)
    while room > size and len(closer := wrapped(words, room * 0.96, size, bold)) == len(lines):
        lines, room = closer, room * 0.96
    return lines


def _line(
    page: ElementTree.Element, words: str, y: float, size: float, colour: str, weight: str
) -> None:
    ElementTree.SubElement(
        page,
        "text",
        {
            "x": f"{EDGE:g}",
            "y": f"{y:g}",
            "font-size": f"{size:g}",
            "font-weight": weight,
            "fill": colour,
        },
    ).text = words
