from __future__ import annotations

import struct
import zlib
from datetime import date

import pytest

from lmi.charts import compare_chart, outlook_chart, pay_range_chart
from lmi.charts.raster import DARK, LIGHT, png
from lmi.figures import compare, outlook, typical_pay

TODAY = date(2026, 11, 22)


def pixels(data: bytes):
    """Width, height and the set of colours (r, g, b) of an 8-bit RGBA or RGB picture."""
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    width, height, depth, kind = struct.unpack(">IIBB", data[16:26])
    assert depth == 8
    channels = {2: 3, 6: 4}[kind]
    body, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        if data[at + 4 : at + 8] == b"IDAT":
            body += data[at + 8 : at + 8 + length]
        at += 12 + length
    raw, stride = zlib.decompress(body), width * channels
    before, colours = bytearray(stride), set()
    for y in range(height):
        start = y * (stride + 1)
        how, line = raw[start], bytearray(raw[start + 1 : start + 1 + stride])
        for i in range(stride):
            left = line[i - channels] if i >= channels else 0
            corner = before[i - channels] if i >= channels else 0
            above = before[i]
            nearest = min((left, above, corner), key=lambda p, s=left + above - corner: abs(s - p))
            line[i] = (line[i] + (0, left, above, (left + above) // 2, nearest)[how]) % 256
        colours |= {tuple(line[i : i + 3]) for i in range(0, stride, channels)}
        before = line
    return width, height, colours


def rgb(colour):
    return tuple(bytes.fromhex(colour[1:]))


@pytest.mark.parametrize("dark", [False, True])
def test_ink_in_the_colours_of_the_house(snapshot, dark):
    chart = pay_range_chart(typical_pay(snapshot, "5241"))
    width, height, colours = pixels(png(chart, width=400, dark=dark))
    assert width == 400
    assert 200 < height < 400
    palette = DARK if dark else LIGHT
    assert {rgb(palette[name]) for name in ("ink", "soft", "paper", "lead")} <= colours


@pytest.mark.parametrize("width", [300, 800])
def test_every_chart_at_the_width_asked(snapshot, width):
    jobs = [("2240", "Vets"), ("5241", "Electricians")]
    charts = (
        pay_range_chart(typical_pay(snapshot, "9263")),
        outlook_chart(outlook(snapshot, "5241", TODAY)),
        compare_chart(compare(snapshot, jobs, TODAY).rows),
    )
    for chart in charts:
        data = png(chart, width=width)
        assert struct.unpack(">I", data[16:20])[0] == width
        assert len(data) > 2000


def test_text_is_drawn_without_any_font_of_the_machine(snapshot):
    # The same picture with its words taken out is smaller: letters came from the shipped font.
    chart = pay_range_chart(typical_pay(snapshot, "5241"))
    wordless = chart.svg.replace("£38,064 middle", "")
    assert wordless != chart.svg
    without = type(chart)(chart.kind, chart.title, chart.description, wordless, chart.table)
    assert len(png(without)) < len(png(chart))


def test_too_few_pixels(snapshot):
    with pytest.raises(ValueError, match="too few"):
        png(pay_range_chart(typical_pay(snapshot, "5241")), width=50)
