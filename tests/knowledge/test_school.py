"""The school's own content: read, refused with file and line, and never against national facts."""

import datetime as dt
import re
from pathlib import Path

import pytest

from knowledge.answers import Answers
from knowledge.content import BadContent
from knowledge.facts import Facts
from knowledge.school import AHEAD, DATE_KINDS, FOLDER, MOST_WORDS_ADDED, Event, School
from knowledge.wording import Wording
from tests.knowledge import style

TODAY = dt.date(2026, 11, 22)
WORDING = Wording.load()

FACT = """
- id: some_pay
  statement: Pay
  value: 7.55
  unit: £ an hour
  valid_from: 2025-04-01
  valid_to: 2026-03-31
  publisher: GOV.UK
  page: Rates
  link: https://www.gov.uk/rates
  checked_on: 2026-11-22
  review_by: 2027-03-01
  status: confirmed
- id: some_pay
  statement: Pay
  value: 8.0
  unit: £ an hour
  valid_from: 2026-04-01
  publisher: GOV.UK
  page: Rates
  link: https://www.gov.uk/rates
  checked_on: 2026-11-22
  review_by: 2027-03-01
  status: confirmed
- id: routes_16
  statement: Routes
  value: sixth form, work
  unit: text
  valid_from: 2025-04-01
  publisher: GOV.UK
  page: Routes
  link: https://www.gov.uk/routes
  checked_on: 2026-11-22
  review_by: 2027-03-01
  status: to-confirm
"""


@pytest.fixture(scope="module")
def national(tmp_path_factory) -> Answers:
    """A few national answers: `trips` and its variant for parents, `choice`, and one of ours."""
    folder = tmp_path_factory.mktemp("national")
    (folder / "facts").mkdir()
    (folder / "facts" / "pay.yml").write_text(FACT, encoding="utf-8")
    texts = {
        "school_choices/trips.md": "---\nexamples: [trips]\n---\nThe national text.",
        "school_choices/trips.parents.md": "---\naudiences: [parents]\n---\nFor parents.",
        "school_choices/choice.md": "---\nchoice: 16\n---\nOpen to you: {routes:16}.",
        "service/privacy.md": "What is kept.",
    }
    for name, text in texts.items():
        path = folder / "answers" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    facts = Facts.load(folder / "facts")
    return Answers.load(folder / "answers", facts, WORDING)


def written(folder: Path, **files: str) -> Path:
    """Write people, dates, providers, or a text of any other name, into a school's folder."""
    for name, text in files.items():
        known = name in ("people", "dates", "providers")
        path = folder / (f"{name}.yml" if known else f"answers/{name}.md")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


# ---- the folders that come with the project ----


def test_nothing_is_told_for_a_school_that_has_put_nothing_in():
    school = School.load()
    assert (school.people, school.providers, school.coming(TODAY)) == ((), (), [])
    message = {"answer": "gcse_options", "text": "x", "sources": []}
    assert school.apply(message) is message


def test_the_example_can_be_read_and_is_plainly_an_example():
    example = School.load(FOLDER / "example")
    assert len(example.people) == 4
    assert [p.name for p in example.providers] == [
        "Example High School sixth form", "Exampleton College", "Sampleford UTC",
    ]  # fmt: skip
    assert [e.title for e in example.coming(TODAY)] == [
        "Options evening", "Sampleford UTC", "Exampleton College", "Careers fair",
        "Work experience week", "GCSE results, doors open",
    ]  # fmt: skip
    for path in (FOLDER / "example").rglob("*.*"):
        hosts = re.findall(r"https://([^/\s]+)", path.read_text(encoding="utf-8"))
        assert [h for h in hosts if not re.search(r"\bexample\.sch\.uk$|\.example$", h)] == []


def test_the_example_adds_to_one_answer_and_replaces_another():
    answers = Answers.load()
    example = School.load(FOLDER / "example", answers)
    added = example.apply(answers.message("gcse_options", TODAY), TODAY)
    replaced = example.apply(answers.message("find_work_experience", TODAY), TODAY)
    assert added["text"].startswith(answers.message("gcse_options", TODAY)["text"])
    assert "**From your school**\n\nHand the options form" in added["text"]
    assert replaced["text"].startswith("**From your school**\n\nYou **find your own placement**")
    for path in (FOLDER / "example" / "answers").glob("*.md"):
        assert list(style.faults(path.read_text(encoding="utf-8").split("---")[2])) == []


def test_the_readme_tells_of_every_topic_and_kind():
    told = " ".join((FOLDER / "README.md").read_text(encoding="utf-8").split())
    assert [kind for kind in DATE_KINDS if kind not in told] == []


# ---- dates ----


@pytest.mark.parametrize(
    ("day", "coming"),
    [
        (dt.date(2027, 1, 14), True),
        (dt.date(2027, 1, 15), False),
        (dt.date(2027, 1, 14) - AHEAD, True),
        (dt.date(2027, 1, 14) - AHEAD - dt.timedelta(days=1), False),
    ],
)
def test_a_date_is_told_from_a_year_before_until_its_day(day, coming):
    event = Event("Options evening", "options evening", dt.date(2027, 1, 14), dt.date(2027, 1, 14))
    assert event.is_coming(day) is coming
    assert School(events=[event]).coming(day) == ([event] if coming else [])


def test_a_week_that_has_begun_is_still_on():
    week = Event("Week", "other", dt.date(2027, 7, 5), dt.date(2027, 7, 9))
    assert week.is_coming(dt.date(2027, 7, 9))
    assert not week.is_coming(dt.date(2027, 7, 10))


def test_dates_are_found_by_kind_and_year_soonest_first(tmp_path):
    text = """
- {title: B, kind: careers fair, starts: 2027-03-03, years: [9, 10]}
- {title: A, kind: careers fair, starts: 2027-02-03, years: [11]}
- {title: C, kind: other, starts: 2027-01-03}
"""
    school = School.load(written(tmp_path, dates=text))
    assert [e.title for e in school.coming(TODAY)] == ["C", "A", "B"]
    assert [e.title for e in school.coming(TODAY, "careers fair")] == ["A", "B"]
    assert [e.title for e in school.coming(TODAY, "careers fair", 9)] == ["B"]
    assert [e.title for e in school.coming(TODAY, year=8)] == ["C"]


# ---- people ----


def test_who_has_the_topic_comes_first_then_who_takes_anything():
    example = School.load(FOLDER / "example")
    assert [p.role for p in example.ask("send")] == ["SENCO", "Careers leader"]
    assert [p.role for p in example.ask("barriers")] == ["Careers leader"]
    assert example.ask()[0].role == "Careers leader"
    assert len(example.ask()) == 4


# ---- texts ----


MESSAGE = {"answer": "trips", "text": "The national text.", "buttons": [], "sources": []}


def test_an_added_text_stands_below_for_all_readers(tmp_path, national):
    school = School.load(written(tmp_path, a="---\nextends: trips\n---\nOurs."), national, WORDING)
    told = school.apply(MESSAGE, TODAY)
    assert told["text"] == "The national text.\n\n**From your school**\n\nOurs."
    assert MESSAGE["text"] == "The national text."
    parents = school.apply({**MESSAGE, "answer": "trips.parents", "text": "For parents."}, TODAY)
    assert parents["text"] == "For parents.\n\n**From your school**\n\nOurs."
    assert school.apply({**MESSAGE, "answer": "choice"}, TODAY)["text"] == "The national text."


def test_a_text_in_place_of_another_counts_for_that_one_alone(tmp_path, national):
    school = School.load(
        written(tmp_path, a="---\noverrides: trips\n---\nOurs."), national, WORDING
    )
    assert school.apply(MESSAGE, TODAY)["text"] == "**From your school**\n\nOurs."
    parents = {**MESSAGE, "answer": "trips.parents"}
    assert school.apply(parents, TODAY) is parents


@pytest.mark.parametrize(
    ("day", "amount"), [(dt.date(2026, 3, 31), "£7.55"), (dt.date(2026, 4, 1), "£8.00")]
)
def test_facts_in_a_text_are_the_national_ones_of_the_day(tmp_path, national, day, amount):
    text = "---\noverrides: trips\n---\nYou get {fact:some_pay}."
    told = School.load(written(tmp_path, a=text), national, WORDING).apply(MESSAGE, day)
    assert f"You get {amount} an hour" in told["text"]
    assert [source["link"] for source in told["sources"]] == ["https://www.gov.uk/rates"]


def test_a_fact_to_confirm_is_told_to_be_checked(tmp_path, national):
    text = "---\noverrides: choice\n---\nOurs: {routes:16}."
    school = School.load(written(tmp_path, a=text), national, WORDING)
    told = school.apply({**MESSAGE, "answer": "choice"}, TODAY)
    assert "Ours: sixth form, work." in told["text"]
    assert "[Routes](https://www.gov.uk/routes)" in told["text"]


def test_both_may_stand_for_one_answer(tmp_path, national):
    files = {"a": "---\noverrides: trips\n---\nOurs.", "b": "---\nextends: trips\n---\nMore."}
    told = School.load(written(tmp_path, **files), national, WORDING).apply(MESSAGE, TODAY)
    assert told["text"].split("\n\n")[1::2] == ["Ours.", "More."]


# ---- what is refused ----


@pytest.mark.parametrize(
    ("files", "line", "fault"),
    [
        ({"people": "- {role: Tutor, where: here}"}, 1, "topics is missing"),
        ({"people": "- {role: T, where: x, topics: [fun]}"}, 1, "'fun' is none of"),
        ({"people": "- {role: T, where: x, topics: send}"}, 1, "topics is not a list"),
        ({"people": "- {role: T, where: 12, topics: [send]}"}, 1, "where is not words"),
        ({"people": "\n- {role: T, where: x, topics: [send], age: 9}"}, 2, "unknown key age"),
        ({"dates": "- {title: E, kind: party, starts: 2027-01-14}"}, 1, "kind is 'party'"),
        ({"dates": "- {title: E, kind: other, starts: soon}"}, 1, "starts is not a day"),
        ({"dates": "- {title: E, kind: other, starts: 2027-02-30}"}, 1, "not in the calendar"),
        (
            {"dates": "- {title: E, kind: other, starts: 2027-01-14, ends: 2027-01-13}"},
            1,
            "ends lies before starts",
        ),
        (
            {"dates": "- {title: E, kind: other, starts: 2027-01-14, time: 18:00}"},
            1,
            "time is not words; put it in quotes",
        ),
        (
            {"dates": "- {title: E, kind: other, starts: 2027-01-14, years: [6]}"},
            1,
            "years: 6 is none of 7, 8",
        ),
        (
            {"dates": "- {title: E, kind: other, starts: 2027-01-14, link: http://x.org}"},
            1,
            "the link does not begin with https://",
        ),
        ({"providers": "- {name: C, kind: shop, link: https://x.org}"}, 1, "kind is 'shop'"),
        ({"providers": "- {name: C, kind: college}"}, 1, "link is missing"),
        (
            {"providers": "- {name: C, kind: college, link: https://x.org, open_evenings: [1]}"},
            1,
            "open_evenings is not a list of entries",
        ),
        (
            {"providers": "- {name: C, kind: college, link: https://x.org, open_evenings: [{}]}"},
            1,
            "starts is missing",
        ),
        ({"a": "Ours."}, 1, "needs one line, extends: ID or overrides: ID"),
        ({"a": "---\nextends: trips\ntitle: x\n---\nOurs."}, 1, "needs one line"),
        ({"a": "---\nextends: [\n---\nOurs."}, 1, "cannot be read"),
        ({"a": "---\nextends: nothing\n---\nOurs."}, 2, "there is no answer nothing"),
        ({"a": "---\noverrides: privacy\n---\nOurs."}, 2, "said by the service itself"),
        ({"a": "---\nextends: trips\n---\n"}, 3, "there is no text"),
        (
            {"a": "---\nextends: trips\n---\n" + "word " * (MOST_WORDS_ADDED + 1)},
            1,
            "61 words; at most 60 fit",
        ),
        ({"a": "---\nextends: trips\n---\nA.\n\n{fact:none}"}, 6, "there is no fact none"),
        ({"a": "---\nextends: trips\n---\nA {place}."}, 4, "a place is written {fact:name}"),
        ({"a": "---\noverrides: trips\n---\nIt pays £9 now."}, 4, "an amount in £ is a national"),
        ({"a": "---\noverrides: choice\n---\nOurs."}, 1, "the text needs {routes:16}"),
        (
            {"a": "---\nextends: trips\n---\nA.", "b": "---\nextends: trips\n---\nB."},
            2,
            "extends trips, as",
        ),
    ],
)
def test_what_is_wrong_is_told_with_file_and_line(tmp_path, national, files, line, fault):
    with pytest.raises(BadContent) as told:
        School.load(written(tmp_path, **files), national, WORDING)
    assert re.search(rf"\.(?:yml|md):{line}: ", str(told.value)), str(told.value)
    assert fault in str(told.value)


def test_a_file_of_another_name_is_not_passed_over_in_silence(tmp_path):
    (tmp_path / "date.yml").write_text("- {}", encoding="utf-8")
    with pytest.raises(BadContent, match=r"date\.yml:1: no such file is read"):
        School.load(tmp_path)


def test_a_folder_that_is_not_there_is_told(tmp_path):
    with pytest.raises(BadContent, match="there is no such folder"):
        School.load(tmp_path / "none")


def test_an_added_text_may_name_the_school_s_own_prices(tmp_path, national):
    text = "---\nextends: trips\n---\nThe coach is £3."
    assert "£3" in School.load(written(tmp_path, a=text), national, WORDING).apply(MESSAGE)["text"]
