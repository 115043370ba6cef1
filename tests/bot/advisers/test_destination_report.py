"""The report: tables, pictures and CSV say the same, and hide the same; outlook beside hopes."""

from __future__ import annotations

import csv
import io
import re
from datetime import date
from html.parser import HTMLParser
from xml.etree import ElementTree

import pytest

from bot.advisers.destination_chart import STUB, BarRow, bars_chart
from bot.advisers.destination_report import (
    DestinationReport,
    destination_report,
    group_of_jobs,
    jobs_rows,
)
from bot.advisers.destination_tables import WAYS, number_tables
from bot.records.guidance.aggregates import report
from bot.records.guidance.destinations import add_destination
from bot.records.guidance.hoped_jobs import hoped_groups
from bot.records.guidance.lines import add_line
from bot.records.pupils import NewPupil, PupilDetails, add_pupils
from knowledge.wording import Wording
from lmi.figures.outlook import outlook
from lmi.snapshot import Snapshot
from tests.bot.records.guidance.conftest import NOW, SEALING, Held, held  # noqa: F401

WORDING = Wording.load()
SNAPSHOT = Snapshot.load()
TODAY = date(2026, 11, 22)
SVG = "{http://www.w3.org/2000/svg}"


def pupils(held: Held, number: int, **details) -> list[str]:  # noqa: F811
    new = [
        NewPupil(PupilDetails("Testy", "Exampleton", **details), 2022, "11B") for _ in range(number)
    ]
    with held.engine.begin() as connection:
        return add_pupils(connection, SEALING, held.school, new, NOW)


def go(held: Held, found: list[str], category: str, kind: str = "intended") -> None:  # noqa: F811
    with held.engine.begin() as connection:
        for one in found:
            add_destination(
                connection, SEALING, held.school, one, kind=kind, category=category, details={},
                year_group=11, reported_by="pupil", reported_on=TODAY, now=NOW,
            )  # fmt: skip


def hope(held: Held, found: list[str], soc2020: int | None, on: date = TODAY) -> None:  # noqa: F811
    body = {"text": "a job"} | ({} if soc2020 is None else {"soc2020": soc2020})
    with held.engine.begin() as connection:
        for one in found:
            add_line(
                connection, SEALING, held.school, one, kind="aspiration", body=body,
                provenance="pupil", source={}, happened_on=on, now=NOW,
            )  # fmt: skip


def hoped(held: Held, year: int = 2026) -> dict[str, int | None]:  # noqa: F811
    with held.engine.begin() as connection:
        return hoped_groups(connection, SEALING, held.school, year, group_of_jobs(SNAPSHOT))


def made(held: Held, place: str = "England") -> DestinationReport:  # noqa: F811
    with held.engine.begin() as connection:
        found = report(connection, SEALING, held.school, 2026)
    rows, outlooks = jobs_rows(SNAPSHOT, hoped(held), TODAY, place)
    return destination_report(
        found, rows, outlooks, school="Kelp & Dune", place=place, day=TODAY, wording=WORDING,
        names=("out.csv", "out-jobs.csv"),
    )  # fmt: skip


@pytest.fixture
def filled(held: Held) -> Held:  # noqa: F811
    """More than enough of some, too few of others."""
    many, some = pupils(held, 14, gender="F"), pupils(held, 3, gender="M")
    others = pupils(held, 17, gender="M")
    for kind in ("intended", "actual"):
        go(held, many, "apprenticeship", kind)
        go(held, some, "employment", kind)
        go(held, others, "further education", kind)
    hope(held, many, 2231)
    hope(held, some, 5231)
    hope(held, others, 6131)
    return held


class Page(HTMLParser):
    """The tables of a page: headings and rows of cells."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tables: list[list[list[str]]] = []
        self.open = False
        self.feed(html)

    def handle_starttag(self, tag: str, attributes) -> None:
        if tag == "table":
            self.tables.append([])
        elif tag == "tr":
            self.tables[-1].append([])
        elif tag in ("td", "th"):
            self.tables[-1][-1].append("")
            self.open = True

    def handle_endtag(self, tag: str) -> None:
        self.open = self.open and tag not in ("td", "th")

    def handle_data(self, data: str) -> None:
        if self.open:
            self.tables[-1][-1][-1] += data


def pictures(html: str) -> list[ElementTree.Element]:
    return [ElementTree.fromstring(one) for one in re.findall(r"<svg.*?</svg>", html, re.DOTALL)]


def words_of(svg: ElementTree.Element) -> list[str]:
    return [one.text or "" for one in svg.iter(f"{SVG}text")]


def test_page_and_csv_say_the_same(filled: Held):
    found = made(filled)
    rows = list(csv.DictReader(io.StringIO(found.destinations_csv)))
    tables = Page(found.html).tables
    assert len(tables) == 2 * len(WAYS) + 1
    told = [
        (row[0], heading, cell.replace(",", ""))
        for table in tables[:-1]
        for row in table[1:]
        for heading, cell in zip(table[0][1:], row[1:], strict=True)
    ]
    assert told == [(row["Destination"], row["Group"], row["Pupils"]) for row in rows]
    assert {row["Grouped by"] for row in rows} == set(WAYS)
    assert ("Apprenticeship", "Female", "14") in told
    jobs = list(csv.reader(io.StringIO(found.jobs_csv)))
    assert [row[3:] for row in jobs] == tables[-1]


def test_what_is_hidden_is_hidden_in_pictures_and_what_describes_them(filled: Held):
    found = made(filled)
    first, second = pictures(found.html)
    title, description = first.find(f"{SVG}title"), first.find(f"{SVG}desc")
    assert title is not None and description is not None
    assert "Employment: Intended: hidden, Actual: hidden." in (description.text or "")
    assert "Employment: Intended: 3" not in found.html
    words = words_of(first)
    at = words.index("Employment")
    assert words[at + 1 : at + 3] == ["*", "*"]
    # A hidden number's bar is as wide as any other hidden one's, and dashed.
    dashed = [one.get("d", "") for one in first.iter(f"{SVG}path") if one.get("stroke-dasharray")]
    assert len({re.sub(r"\d+(\.\d+)?(?=[ML\s]|$)", "", one).count("L") for one in dashed}) == 1
    widths = {
        max(xs) - min(xs)
        for xs in ([float(x) for x in re.findall(r"[ML]([\d.]+) ", one)] for one in dashed)
    }
    assert widths == {STUB}
    groups = dict(zip(words_of(second)[::2], words_of(second)[1::2], strict=False))
    assert "*" in groups.values()
    assert "3" not in words_of(second)


def test_pictures_are_named_described_and_in_no_colour_of_their_own(filled: Held):
    for svg in pictures(made(filled).html):
        assert svg.get("role") == "img"
        named = {one.get("id") for one in svg.iter() if one.get("id")}
        assert set((svg.get("aria-labelledby") or "").split()) <= named
        colours = {one.get(side) for one in svg.iter() for side in ("fill", "stroke")}
        assert colours <= {None, "none", "currentColor"}
    first = pictures(made(filled).html)[0]
    # Plans are hatched and what became of leavers is not: told apart without colour.
    classes = [one.get("class") for one in first.iter(f"{SVG}path")]
    assert "chart-hatch" in classes and "chart-area" in classes


def test_nothing_reported_is_said(held: Held):  # noqa: F811
    found = made(held)
    assert "Nothing was reported in this school year." in found.html
    assert "Nobody has said which job they hope for" in found.html
    assert pictures(found.html) == []
    # Where jobs are expected is told all the same.
    (jobs,) = Page(found.html).tables
    assert len(jobs) == 1 + len(set(group_of_jobs(SNAPSHOT).values()))


def test_the_school_is_named_and_the_sources_are(filled: Held):
    html = made(filled).html
    assert "Kelp &amp; Dune, 2026/27" in html
    assert SNAPSHOT.source("employment_england").publisher in html
    assert SNAPSHOT.source("employment_england").caveat.split(".")[0] in html
    assert 'href="out.csv"' in html and 'href="out-jobs.csv"' in html
    assert "<script" not in html and "Exampleton" not in html


def test_the_outlook_is_the_published_one(filled: Held):
    rows, _ = jobs_rows(SNAPSHOT, hoped(filled), TODAY, "England")
    by_code = {row.code: row for row in rows}
    carers = by_code[SNAPSHOT.unit_groups["6131"].sub_major]
    assert (rows[0], carers.pupils) == (carers, 17)
    for unit, row in (("6131", carers), ("2231", by_code["22"])):
        expected = outlook(SNAPSHOT, unit, TODAY)
        assert expected is not None
        assert row.end == f"{round(expected.end) * 1000:,}"
        assert row.change == f"{round(expected.percent)}% more"
    assert {row.code for row in rows} == set(group_of_jobs(SNAPSHOT).values())
    local, _ = jobs_rows(SNAPSHOT, {}, TODAY, "London")
    assert [row.end for row in local] != [row.end for row in rows]


def test_hopes_are_the_last_of_each_pupil_in_that_school_year(held: Held):  # noqa: F811
    found = pupils(held, 8)
    hope(held, found, 5231, date(2026, 9, 2))
    hope(held, found, 2231, date(2026, 10, 2))
    hope(held, found, None)  # named no job that is known: the last known one stands
    hope(held, found, 6131, date(2026, 8, 31))
    assert hoped(held) == {SNAPSHOT.unit_groups["2231"].sub_major: 8}
    assert hoped(held, 2025) == {SNAPSHOT.unit_groups["6131"].sub_major: 8}
    assert hoped(held, 2024) == {}


def test_hopes_of_few_are_hidden_with_what_would_tell_them(held: Held):  # noqa: F811
    for number, soc2020 in ((2, 2231), (9, 5231), (12, 6131)):
        hope(held, pupils(held, number), soc2020)
    assert hoped(held)[SNAPSHOT.unit_groups["2231"].sub_major] is None


def test_hopes_of_another_school_are_not_counted(held: Held):  # noqa: F811
    held.of_twin(
        add_line,
        kind="aspiration",
        body={"text": "a nurse", "soc2020": 2231},
        provenance="pupil",
        source={},
        happened_on=TODAY,
        now=NOW,
    )
    assert hoped(held) == {}


def test_number_tables_keep_hidden_apart_from_nought(filled: Held):
    with filled.engine.begin() as connection:
        found = report(connection, SEALING, filled.school, 2026)
    cells = {cell[:2]: cell[2] for cell in number_tables(found, "gender", WORDING)[0].cells()}
    assert cells["Employment", "Male"] is None
    assert cells["Employment", "Female"] == 0


def test_a_bar_is_as_wide_as_its_number():
    svg = ElementTree.fromstring(
        bars_chart("t", ["a"], [BarRow("one", (50,)), BarRow("two", (100,)), BarRow("no", (0,))])
    )
    boxes = [float(one.get("width", "0")) for one in svg.iter(f"{SVG}rect")]
    assert boxes[1] == pytest.approx(2 * boxes[0], abs=0.2)
    assert len(boxes) == 2


def test_a_chart_needs_rows_with_a_number_of_each_kind():
    for rows in ([], [BarRow("one", (1,))]):
        with pytest.raises(ValueError, match="number of each kind"):
            bars_chart("t", ["a", "b"], rows)
