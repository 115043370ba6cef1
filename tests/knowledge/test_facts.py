"""Dated facts: what a bad file says, and which value holds on which day."""

from __future__ import annotations

import datetime as dt
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from knowledge.content import BadContent
from knowledge.facts import Facts, told
from tests.knowledge.written import FACT, fact, facts_in, facts_text

DAY = dt.timedelta(days=1)
OLD = fact()
NEW = fact(value=8.0, valid_from="2026-04-01", valid_to=None)


def fault_of(folder: Path, *facts: dict[str, Any]) -> str:
    facts_in(folder, *facts)
    with pytest.raises(BadContent) as bad:
        Facts.load(folder)
    return str(bad.value).removeprefix(f"{folder}/")


# ---- files that are not right


@pytest.mark.parametrize(
    ("facts", "line", "fault"),
    [
        ([OLD, {**NEW, "valid_from": "2026-04-02"}], 13, "wage leaves a gap after 2026-03-31"),
        ([OLD, {**NEW, "valid_from": "2026-03-31"}], 13, "wage begins before its value before"),
        ([fact(valid_to=None), NEW], 12, "wage begins before its value before has ended"),
        ([OLD, OLD], 13, "wage begins before its value before has ended"),
        ([OLD, {**NEW, "unit": "£ a week"}], 13, "wage changes its unit from '£ an hour'"),
        ([fact(publisher=None)], 1, "publisher is missing"),
        ([fact(link=None)], 1, "link is missing"),
        ([fact(link="''")], 1, "link is missing"),
        ([fact(checked_on=None, review_by=None)], 1, "checked_on, review_by is missing"),
        ([fact(link="http://www.gov.uk/rates")], 1, "the link does not begin with https://"),
        ([OLD, fact(id="hours", unit="mile")], 13, "the unit 'mile' is none of"),
        ([fact(unit="[hours]")], 1, "the unit ['hours'] is none of"),
        ([fact(value="eight")], 1, "the value 'eight' is not of the unit '£ an hour'"),
        ([fact(value="yes")], 1, "the value True is not of the unit"),
        ([fact(unit="date")], 1, "the value 7.55 is not of the unit 'date'"),
        ([fact(unit="text")], 1, "the value 7.55 is not of the unit 'text'"),
        ([fact(valid_from="April 2026")], 1, "valid_from is not a day such as 2026-04-01"),
        ([fact(valid_from="2026-04-01 10:00:00")], 1, "valid_from is not a day"),
        ([OLD, fact(id="b", review_by="2026-02-30")], 13, "a day that is not in the calendar"),
        ([fact(valid_to="2025-03-31")], 1, "valid_to lies before valid_from"),
        ([fact(status="sure")], 1, "the status 'sure' is neither confirmed nor to-confirm"),
        ([fact(note="hello")], 1, "unknown key note"),
    ],
)  # fmt: skip
def test_a_bad_file_names_file_line_and_fault(
    tmp_path: Path, facts: list[dict[str, Any]], line: int, fault: str
) -> None:
    assert fault_of(tmp_path, *facts).startswith(f"wages.yml:{line}: {fault}")


def test_facts_of_one_id_in_two_files_are_one_run(tmp_path: Path) -> None:
    facts_in(tmp_path, NEW, name="a.yml")
    facts_in(tmp_path / "more", OLD, name="b.yml")
    assert [one.value for one in Facts.load(tmp_path).run("wage")] == [7.55, 8.0]


def test_no_folder_and_an_empty_file_hold_no_facts(tmp_path: Path) -> None:
    facts_in(tmp_path)
    assert list(Facts.load(tmp_path)) == []
    assert "wage" not in Facts.load(tmp_path / "none")
    with pytest.raises(KeyError):
        Facts.load(tmp_path).on("wage", dt.date(2026, 1, 1))


# ---- which value holds


@pytest.fixture
def wages(tmp_path: Path) -> Facts:
    last = fact(value=9.0, valid_from="2028-04-01", valid_to="2029-03-31")
    return Facts.load(facts_in(tmp_path, OLD, {**NEW, "valid_to": "2028-03-31"}, last))


@pytest.mark.parametrize(
    ("day", "value", "coming", "expired"),
    [
        ("2024-01-01", 7.55, None, False),  # before the first: the first
        ("2025-03-31", 7.55, None, False),
        ("2025-04-01", 7.55, 8.0, False),
        ("2026-03-31", 7.55, 8.0, False),
        ("2026-04-01", 8.0, None, False),
        ("2027-03-31", 8.0, None, False),
        ("2027-04-03", 8.0, 9.0, False),  # the next one is told a year ahead
        ("2028-03-31", 8.0, 9.0, False),
        ("2028-04-01", 9.0, None, False),
        ("2029-03-31", 9.0, None, False),
        ("2029-04-01", 9.0, None, True),
    ],
)
def test_the_value_of_a_day(
    wages: Facts, day: str, value: float, coming: float | None, expired: bool
) -> None:
    found = wages.on("wage", dt.date.fromisoformat(day))
    assert found.fact.value == value
    assert (found.successor.value if found.successor else None) == coming
    assert found.expired is expired


def test_what_is_coming_is_told_with_its_day(wages: Facts) -> None:
    assert wages.on("wage", dt.date(2026, 3, 31)).text == (
        "£7.55 an hour (from 1 April 2026 it will be £8.00 an hour)"
    )
    assert wages.on("wage", dt.date(2026, 4, 1)).text == "£8.00 an hour"


def test_what_is_coming_is_not_told_before_it_is_announced(tmp_path: Path) -> None:
    facts = Facts.load(facts_in(tmp_path, OLD, {**NEW, "announced_on": "2025-11-26"}))
    assert facts.on("wage", dt.date(2025, 11, 25)).successor is None
    assert facts.on("wage", dt.date(2025, 11, 26)).successor is not None


def test_the_same_value_again_is_no_news(tmp_path: Path) -> None:
    facts = Facts.load(facts_in(tmp_path, OLD, {**NEW, "value": 7.55}))
    assert facts.on("wage", dt.date(2026, 3, 31)).text == "£7.55 an hour"


def test_days_and_words_change_without_a_word(tmp_path: Path) -> None:
    old = fact(id="open", unit="date", value="2026-05-12")
    new = fact(id="open", unit="date", value="2027-05-11", valid_from="2026-04-01", valid_to=None)
    facts = Facts.load(facts_in(tmp_path, old, new))
    assert facts.on("open", dt.date(2026, 3, 31)).text == "12 May 2026"
    assert facts.on("open", dt.date(2026, 4, 1)).text == "11 May 2027"


@pytest.mark.parametrize(
    ("changes", "day", "due"),
    [
        ({}, "2026-12-01", False),
        ({}, "2026-12-02", True),
        ({"status": "to-confirm"}, "2026-01-01", True),
    ],
)
def test_when_a_reader_is_to_check(
    tmp_path: Path, changes: dict[str, str], day: str, due: bool
) -> None:
    facts = Facts.load(facts_in(tmp_path, fact(**changes)))
    assert facts.run("wage")[0].is_due(dt.date.fromisoformat(day)) is due


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (8, "£ an hour", "£8.00 an hour"),
        (12.71, "£ an hour", "£12.71 an hour"),
        (9535, "£ a year", "£9,535 a year"),
        (65.2, "£ a week", "£65.20 a week"),
        (30_000.5, "£", "£30,000.50"),
        (9, "%", "9%"),
        (4.5, "%", "4.5%"),
        (1, "years", "1 year"),
        (8, "months", "8 months"),
        (4000, "characters", "4,000 characters"),
        (3, "number", "3"),
        (2_500_000, "number", "2,500,000"),
        (dt.date(2026, 4, 1), "date", "1 April 2026"),
        ("after Year 11", "text", "after Year 11"),
    ],
)
def test_how_a_value_reads(value: Any, unit: str, text: str) -> None:
    assert told(value, unit) == text


# ---- the project's own facts

FACTS = Facts.load()
RUNS = {fact.id: FACTS.run(fact.id) for fact in FACTS}
FLIPS = [(before, after) for run in RUNS.values() for before, after in pairwise(run)]


@pytest.mark.parametrize(
    ("before", "after"), FLIPS, ids=[f"{after.id} {after.valid_from}" for _, after in FLIPS]
)
def test_every_flip_on_the_day_before_and_after(before: Any, after: Any) -> None:
    eve = FACTS.on(after.id, after.valid_from - DAY)
    assert eve.fact == before
    on_the_day = FACTS.on(after.id, after.valid_from)
    assert on_the_day.fact == after
    assert not on_the_day.expired
    if before.value != after.value and before.unit not in ("text", "date"):
        assert eve.successor == after
        assert after.text in eve.text
        assert before.text not in on_the_day.text or before.text in after.text


@pytest.mark.parametrize("fact_id", RUNS)
def test_every_fact_reads_inside_a_sentence(fact_id: str) -> None:
    for one in RUNS[fact_id]:
        assert one.text == one.text.strip()
        assert not one.text.endswith(".")
        assert "\n" not in one.text
        assert "{" not in one.text
        assert one.page
    assert RUNS[fact_id][-1].checked_on < RUNS[fact_id][-1].review_by


def test_the_last_values_that_end_run_out_the_day_after() -> None:
    for fact_id, run in RUNS.items():
        if end := run[-1].valid_to:
            assert not FACTS.on(fact_id, end).expired
            assert FACTS.on(fact_id, end + DAY).expired


def test_the_writer_of_the_tests_writes_good_facts(tmp_path: Path) -> None:
    assert facts_text(FACT).count("\n") == len(FACT)
    assert Facts.load(facts_in(tmp_path, FACT)).run("wage")[0].text == "£7.55 an hour"
