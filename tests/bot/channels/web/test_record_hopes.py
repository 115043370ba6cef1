"""What is hoped for as a picture: named, described, nothing outside it, nothing styled inline."""

import io
import re
from datetime import date, timedelta
from xml.etree import ElementTree

from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader

from bot.channels.web.record.hopes import MOST, hopes_picture
from bot.records.guidance.hopes import Hope
from bot.records.guidance.lines import correct_line
from knowledge.wording import Wording
from lmi.charts.drawing import LABEL_SIZE, WIDTH
from lmi.charts.labels import Box, text_box
from tests.bot.channels.web.record_owner import NOW, Owner, words

WORDING = Wording.load()
TODAY = date(2026, 11, 22)
SVG = "{http://www.w3.org/2000/svg}"


def picture(*hopes: Hope) -> ElementTree.Element:
    found = hopes_picture(hopes, TODAY, WORDING)
    assert found is not None
    return ElementTree.fromstring(found)


def labels(svg: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text")]


def test_nothing_without_a_hope():
    assert hopes_picture([], TODAY, WORDING) is None


def test_one_hope():
    svg = picture(Hope("Be a vet", date(2026, 3, 1)))
    assert labels(svg) == ["Be a vet", "1 March 2026", "today"]
    assert svg.findtext(f"{SVG}title") == "What you hoped for, over time"
    assert svg.findtext(f"{SVG}desc") == "Since 1 March 2026: Be a vet."


def test_one_hope_of_today():
    assert labels(picture(Hope("Be a vet", TODAY))) == ["Be a vet", "today"]


def test_what_replaced_what_is_drawn_and_told():
    change = date(2026, 6, 1)
    svg = picture(
        Hope("Be a vet", date(2026, 3, 1), change, "Be a rescue helicopter pilot"),
        Hope("Be a rescue helicopter pilot", change),
    )
    assert svg.findtext(f"{SVG}desc") == (
        "From 1 March 2026 to 1 June 2026: Be a vet. Then: Be a rescue helicopter pilot. "
        "Since 1 June 2026: Be a rescue helicopter pilot."
    )
    dashed = [one for one in svg.iter(f"{SVG}path") if one.get("stroke-dasharray")]
    assert len(dashed) == 2
    above, below = (re.findall(r"[\d.]+", one.get("d", "")) for one in dashed)
    said = next(one for one in svg.iter(f"{SVG}text") if one.text == "Be a rescue helicopter pilot")
    box = text_box(
        "Be a rescue helicopter pilot",
        float(said.get("x", "")),
        float(said.get("y", "")),
        LABEL_SIZE,
    )
    assert float(above[3]) <= box.top <= box.bottom <= float(below[1])
    assert len([*svg.iter(f"{SVG}circle")]) == 1


def test_of_many_the_newest_and_it_says_so():
    hopes = [Hope(f"hope {n}", TODAY - timedelta(days=90 - n)) for n in range(MOST + 4)]
    svg = picture(*hopes)
    assert labels(svg)[:-2] == [f"hope {n}" for n in range(4, MOST + 4)]
    assert f"newest {MOST} of {MOST + 4}" in (svg.findtext(f"{SVG}desc") or "")


def test_no_markup_of_the_pupils_is_markup():
    said = '<script>alert("x")</script> & <b style="x">'
    found = str(hopes_picture([Hope(said, TODAY)], TODAY, WORDING))
    assert "<script" not in found
    assert "<b " not in found
    assert (
        ElementTree.fromstring(found).findtext(f"{SVG}desc") == f"Since 22 November 2026: {said}."
    )


texts = st.text(st.characters(), max_size=120) | st.sampled_from(["W" * 90, "a " * 200, "\0\ud800"])
days = st.dates(date(2019, 1, 1), TODAY)


@given(st.lists(st.tuples(texts, days, st.none() | st.integers(1, 800)), min_size=1, max_size=12))
def test_whatever_is_hoped_for_all_of_it_is_in_the_picture(told):
    hopes = [
        Hope(said, since, since + timedelta(days=length) if length else None, said and "x")
        for said, since, length in told
    ]
    svg = picture(*hopes)
    _, _, width, height = map(float, svg.get("viewBox", "").split())
    assert width == WIDTH
    boxes: list[Box] = []
    for one in svg.iter(f"{SVG}text"):
        at = float(one.get("x", "")), float(one.get("y", ""))
        boxes.append(text_box(one.text or "", *at, LABEL_SIZE, anchor=one.get("text-anchor", "")))
    for box in boxes:
        assert 0 <= box.left <= box.right <= width + 0.1
        assert 0 <= box.top <= box.bottom <= height
    seen = [box for box in boxes if box.right > box.left]
    assert not any(one.overlaps(two) for n, one in enumerate(seen) for two in seen[n + 1 :])
    for one in svg.iter():
        assert not {"style", "onload", "href"} & set(one.attrib)
        assert one.tag.removeprefix(SVG) in {"svg", "title", "desc", "g", "path", "circle", "text"}


async def test_on_my_record_and_in_its_pdf(owner: Owner):
    assert "<svg" not in await owner.page()
    began = NOW.date() - timedelta(days=100)
    line = await owner.line("aspiration", happened_on=began)
    await owner.write(correct_line, line.id, {"text": "Be a pilot"}, NOW)
    page = await owner.page()
    assert page.count('<svg xmlns="http://www.w3.org/2000/svg"') == 1
    told = words(page)
    assert "Be a vet Then: Be a pilot" in told
    response = await owner.client.get("/record/download.pdf")
    reader = PdfReader(io.BytesIO(response.content))
    text = " ".join(" ".join(one.extract_text() for one in reader.pages).split())
    assert "What you hoped for, over time" in text
    assert "Then: Be a pilot" in text
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert b"pdfuaid" in reader.trailer["/Root"]["/Metadata"].get_data()
