"""The authored answers: every file loads, leads somewhere, reads easily; a bad file says so."""

import datetime as dt
import json
import re
from collections import Counter
from functools import cache
from statistics import mean
from urllib.parse import urlsplit

import pytest

from knowledge.answers import CHOICES, FOLDER, PLACE, Answers, BadContent, read
from knowledge.checking import (
    MOST_WORDS,
    MOST_WORDS_MORE,
    SERVICE,
    check,
    count_words,
    intents_of,
    is_guidance,
)
from knowledge.facts import Facts
from knowledge.readers import AUDIENCES, PARENTS, STAGES, Reader
from lmi.snapshot import Snapshot
from tests.knowledge import style
from tests.knowledge.reading import grade_of_sentence, grade_of_text, sentences
from tests.knowledge.written import answer_in, content_in, fact, facts_in
from tests.lmi.test_summaries import words

# Grade 6 is age 11 to 12. An answer may be one grade above in all, for it has to name official
# things ("employers", "technical courses"); the answers together stay well below it, and no
# sentence of what the service says for itself asks for more than a sixteen-year-old reads.
HARDEST_FOR_PUPILS = 7.0
HARDEST_FOR_PARENTS = 9.0
HARDEST_MEAN = 6.0
HARDEST_SENTENCE = 11.0
LONGEST_SERVICE_ANSWER = 110
"""Words; a phone shows about so many without scrolling twice."""
LONGEST_SENTENCE = 32
LONGEST_TITLE = 40
FEWEST_EXAMPLES, FEWEST_EXAMPLES_OF_A_VARIANT = 14, 5
NEXT_QUESTIONS = 3

WRITTEN = dt.date(2026, 11, 22)
DAYS = (dt.date.today(), dt.date(2027, 4, 1), dt.date(2027, 9, 1), dt.date(2030, 1, 1))
BOOK = Answers.load()
ANSWERS = list(BOOK)
IDS = [answer.id for answer in ANSWERS]
GUIDANCE = [answer for answer in ANSWERS if is_guidance(answer)]
SAID_BY_ITSELF = [answer for answer in ANSWERS if not is_guidance(answer)]
USED_BY_THE_GATEWAY = (
    "notice", "greeting", "engine_away", "engine_back", "no_reply", "help_now", "session_ending",
)  # fmt: skip


def each(answers):
    return pytest.mark.parametrize("answer", answers, ids=[answer.id for answer in answers])


@cache
def intents():
    return frozenset(intents_of())


@pytest.fixture(scope="module")
def unit_groups():
    return Snapshot.load().unit_groups


def texts(answer, day):
    """What an answer says on a day, before and after "more"."""
    found = [BOOK.filled(answer.text, day)]
    return [*found, BOOK.filled(answer.more, day)] if answer.more else found


# ---- all answers


def test_every_file_is_an_answer():
    assert sorted(IDS) == sorted(path.stem for path in FOLDER.rglob("*.md"))
    assert [path for path in FOLDER.rglob("*") if path.is_file() and path.suffix != ".md"] == []


@pytest.mark.parametrize("answer_id", USED_BY_THE_GATEWAY)
def test_what_the_gateway_says_is_there(answer_id):
    message = BOOK.message(answer_id)
    assert message["answer"] == answer_id
    assert set(message) == {"answer", "text", "buttons", "figures", "chart", "sources"}
    assert json.dumps(message)


def test_an_unknown_answer_is_a_key_error():
    with pytest.raises(KeyError):
        BOOK.message("no such answer")


def test_a_message_can_be_changed_without_changing_the_answer():
    BOOK.message("greeting")["buttons"].clear()
    BOOK.message("greeting")["text"] = ""
    assert BOOK.message("greeting")["buttons"]
    assert BOOK.message("greeting")["text"]


@each(ANSWERS)
def test_every_button_leads_somewhere(answer, unit_groups):
    for more in {False, bool(answer.more)}:
        buttons = BOOK.message(answer.id, more=more)["buttons"]
        assert len(buttons) <= 4
        assert len({button["title"] for button in buttons}) == len(buttons)
        for button in buttons:
            intent, brace, rest = button["payload"].removeprefix("/").partition("{")
            assert intent in intents() - {"nlu_fallback"}
            carried = json.loads(brace + rest) if brace else {}
            assert set(carried) <= {"job", "said", "place", "year", "subject", "more"}
            assert carried.get("job", "2240") in unit_groups
            assert carried.get("subject", answer.id) in BOOK
            assert carried.get("more", answer.id) in BOOK
            assert 2 <= len(button["title"]) <= 45
            assert not re.search(r"[!{}]", button["title"])


@each(ANSWERS)
def test_every_source_has_an_address(answer):
    for source in answer.sources:
        address = urlsplit(source["link"])
        assert address.scheme == "https"
        assert address.hostname
        assert source["publisher"]
    for link in re.findall(r"\]\(([^)]*)\)", answer.text + answer.more):
        assert urlsplit(link).scheme == "https"
        assert urlsplit(link).hostname


@each(ANSWERS)
def test_amounts_and_years_have_a_dated_source(answer):
    if any(re.search(r"£\d", text) for text in texts(answer, WRITTEN)):
        sources = [BOOK.message(answer.id, more=more)["sources"] for more in (False, True)]
        assert any(source["year"] for told in sources for source in told)


@each(ANSWERS)
def test_style(answer):
    for text in texts(answer, WRITTEN):
        assert list(style.faults(text)) == []
    for button in (*answer.buttons, {"title": answer.title}):
        # A button speaks for the person who presses it.
        of_the_presser = ("says I", "speaks as we or me")
        faults = style.faults(button["title"])
        assert [fault for fault in faults if not fault.startswith(of_the_presser)] == []


@each(ANSWERS)
def test_reading_age(answer):
    readers = {*answer.audiences} or {STAGES[0]}
    hardest = HARDEST_FOR_PARENTS if readers == {PARENTS} else HARDEST_FOR_PUPILS
    grades = [round(grade_of_text(text), 2) for text in texts(answer, WRITTEN)]
    assert [grade for grade in grades if grade > hardest] == []


def test_reading_age_of_all_together():
    assert mean(grade_of_text(answer.text) for answer in ANSWERS) <= HARDEST_MEAN


# ---- what the service says for itself


@each(SAID_BY_ITSELF)
def test_length_of_what_the_service_says(answer):
    assert len(words(answer.text)) <= LONGEST_SERVICE_ANSWER
    assert [s for s in sentences(answer.text) if len(words(s)) > LONGEST_SENTENCE] == []
    hard = [s for s in sentences(answer.text) if grade_of_sentence(s) > HARDEST_SENTENCE]
    assert hard == []


# ---- guidance


@each(GUIDANCE)
def test_sources_are_shown(answer):
    for day in DAYS:
        assert BOOK.message(answer.id, day)["sources"]


@each(GUIDANCE)
def test_readers_are_named_and_get_it(answer):
    assert answer.audiences
    assert len(set(answer.audiences)) == len(answer.audiences)
    readers = [Reader("parent"), Reader("pupil", left_school=True)]
    readers += [Reader("pupil", year) for year in range(7, 14)]
    given = {BOOK.choose(answer.subject, reader).id for reader in (*readers, Reader())}
    assert answer.id in given
    for reader in readers:
        chosen = BOOK.choose(answer.subject, reader)
        wanted = PARENTS if reader.is_parent else reader.stage
        if any(wanted in other.audiences for other in GUIDANCE if other.subject == answer.subject):
            assert wanted in chosen.audiences


@each(GUIDANCE)
def test_all_places_are_filled_on_every_day(answer):
    for day in DAYS:
        for more in (False, True):
            text = BOOK.message(answer.id, day, more=more)["text"]
            assert not re.search(r"[{}]|<!--", text)


@each(GUIDANCE)
def test_length(answer):
    """With places as they render on the day it was written; nobody reads a wall of words."""
    counts = [count_words(text) for text in texts(answer, WRITTEN)]
    assert counts[0] <= MOST_WORDS
    assert counts[1:] <= [MOST_WORDS_MORE]


@each(GUIDANCE)
def test_titles_fit_on_a_button(answer):
    assert 3 <= len(answer.title) <= LONGEST_TITLE
    assert answer.title[0].isupper() or answer.title[0].isdigit()
    assert not re.search(r"[!.]$", answer.title)


@each(GUIDANCE)
def test_what_is_asked_next_is_there(answer):
    assert 1 <= len(answer.next) <= NEXT_QUESTIONS
    assert len(set(answer.next)) == len(answer.next)
    assert answer.subject not in answer.next
    for name in answer.next:
        leads = name in BOOK and BOOK[name].examples and BOOK[name].subject == name
        assert leads or name in intents(), name
        assert BOOK.title(name)


@each([answer for answer in GUIDANCE if answer.choice])
def test_an_answer_about_a_choice_names_every_open_route(answer):
    assert answer.choice in CHOICES
    assert ("routes", str(answer.choice)) in PLACE.findall(answer.text)
    for day in DAYS:
        routes = BOOK.facts.on(f"routes_{answer.choice}", day).fact.value
        assert routes in BOOK.message(answer.id, day)["text"]


def test_routes_are_listed_only_where_a_choice_is_declared():
    wrong = [
        answer.id
        for answer in GUIDANCE
        for kind, name in PLACE.findall(answer.text + answer.more)
        if kind == "routes" and name != str(answer.choice)
    ]
    assert wrong == []


@each([answer for answer in GUIDANCE if answer.examples])
def test_enough_examples(answer):
    main = answer.id == answer.subject
    assert len(answer.examples) >= (FEWEST_EXAMPLES if main else FEWEST_EXAMPLES_OF_A_VARIANT)


def test_no_example_stands_twice():
    normal = [
        (" ".join(words(question.casefold())), answer.id)
        for answer in GUIDANCE
        for question in answer.examples
    ]
    counts = Counter(question for question, _ in normal)
    assert sorted(one for one in normal if counts[one[0]] > 1) == []


@each(GUIDANCE)
def test_benchmarks_and_key_stages_are_named(answer):
    assert answer.benchmarks
    assert set(answer.benchmarks) <= set(range(1, 9))
    assert set(answer.key_stages) <= {3, 4, 5}


def test_the_check_finds_nothing_to_mend():
    found = check(BOOK, dt.date.today(), set(intents()))
    assert [(one.where, one.says) for one in found if one.must_be_mended] == []


def test_every_reader_finds_something_in_every_topic():
    missing = [one for one in check(BOOK, WRITTEN, set(intents())) if one.kind == "missing"]
    assert [(one.where, one.says) for one in missing] == []


def test_no_folder_mixes_guidance_with_what_the_service_says():
    assert [answer.id for answer in GUIDANCE if answer.intent == SERVICE] == []


# ---- what an answer does


@pytest.fixture
def small(tmp_path):
    """Pay for pupils in years 10-11, for older ones, and for parents."""
    folder = tmp_path / "answers"
    answer_in(
        folder,
        "wages",
        audiences=list(STAGES),
        next=["wages"],
        person=True,
        text="It is {fact:wage}.\n\n<!-- more -->\n\nFrom {fact:start}.",
    )
    answer_in(folder, "wages.older", audiences=["years 12-13", "leavers"])
    answer_in(folder, "wages.parents", audiences=[PARENTS])
    answer_in(folder, "tax", audiences=["years 12-13"])
    new = fact(value=8.0, valid_from="2026-04-01", valid_to="2027-03-31")
    start = fact(
        id="start",
        unit="date",
        value="2026-05-01",
        valid_to=None,
        link="https://www.gov.uk/start",
        status="to-confirm",
    )
    facts_in(tmp_path / "facts", fact(), new, start)
    return content_in(tmp_path)  # fmt: skip


@pytest.mark.parametrize(
    ("reader", "answer_id"),
    [
        (Reader(), "wages"),
        (Reader("pupil"), "wages"),
        (Reader("pupil", 8), "wages"),
        (Reader("pupil", 11), "wages"),
        (Reader("pupil", 12), "wages.older"),
        (Reader("pupil", left_school=True), "wages.older"),
        (Reader("parent"), "wages.parents"),
        (Reader("parent", 12), "wages.parents"),
    ],
)
def test_each_reader_gets_their_own_answer(small, reader, answer_id):
    assert small.choose("wages", reader).id == answer_id
    assert small.choose("tax", reader).id == "tax"
    assert (small.depends_on_stage("wages"), small.depends_on_stage("tax")) == (True, False)


def test_values_switch_with_the_day(small):
    def text(day):
        return small.message("wages", dt.date.fromisoformat(day))["text"]

    assert text("2026-03-31") == (
        "It is £7.55 an hour (from 1 April 2026 it will be £8.00 an hour)."
    )
    assert text("2026-04-01") == "It is £8.00 an hour."
    assert text("2027-04-01") == (
        "It is £8.00 an hour.\n\nCheck this: [Rates](https://www.gov.uk/rates)."
    )


def test_more_is_told_when_it_is_asked_for(small):
    day = dt.date(2026, 4, 1)
    first, more = (small.message("wages", day, more=more) for more in (False, True))
    assert first["buttons"][0] == {"title": "Tell me more", "payload": '/answer{"more": "wages"}'}
    assert first["buttons"][-1]["payload"] == "/talk_to_adviser"
    assert more["text"] == "From 1 May 2026.\n\nCheck this: [Rates](https://www.gov.uk/start)."
    assert "Tell me more" not in [button["title"] for button in more["buttons"]]
    assert [source["link"] for source in first["sources"]] == [
        "https://www.gov.uk/pay", "https://www.gov.uk/rates",
    ]  # fmt: skip
    assert [source["link"] for source in more["sources"]] == [
        "https://www.gov.uk/pay", "https://www.gov.uk/start",
    ]  # fmt: skip


def test_readers_are_those_of_the_contract():
    assert AUDIENCES == ("years 7-9", "years 10-11", "years 12-13", "leavers", "parents")
    assert [Reader("pupil", year).stage for year in (7, 9, 10, 11, 12, 13)] == [
        STAGES[0], STAGES[0], STAGES[1], STAGES[1], STAGES[2], STAGES[2],
    ]  # fmt: skip


# ---- files that are not right

GOOD = "---\nid: good\nbuttons:\n- title: Pay\n  payload: /pay\n---\nSome text.\n"


def fault_of(tmp_path, content):
    path = tmp_path / "written.md"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(BadContent) as bad:
        read(path)
    assert str(bad.value).startswith(f"{path}: ")
    return str(bad.value).removeprefix(f"{path}: ")


def test_a_good_file(tmp_path):
    path = tmp_path / "written.md"
    path.write_text(GOOD, encoding="utf-8")
    answer = read(path)
    assert (answer.id, answer.text) == ("good", "Some text.")
    assert answer.buttons == ({"title": "Pay", "payload": "/pay"},)


def test_a_file_without_a_head_is_named_after_its_file(tmp_path):
    path = tmp_path / "hello_there.md"
    path.write_text("Just text.", encoding="utf-8")
    assert read(path).id == "hello_there"


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        ("---\nid: [\n---\ntext", "the head between the two --- cannot be read"),
        ("---\nid: x\n---\n\n", "there is no text"),
        ("", "there is no text"),
        ("---\nid: x\n---\n<!-- more -->\nlater", "there is no text"),
        (GOOD.replace("id: good", "id: good\nbutton: no"), "unknown key button"),
        (GOOD.replace("/pay", "pay"), "the payload of 'Pay' does not begin with /"),
        (GOOD.replace("  payload: /pay\n", ""), "an entry of buttons needs payload, title"),
        (GOOD.replace("- title: Pay\n  payload: /pay", "  title: Pay"), "buttons is not a list"),
        (GOOD.replace("- title: Pay\n  payload: /pay", "- Pay"), "buttons is not a list"),
        (GOOD.replace("/pay\n", "/pay\n  colour: red\n"), "an entry of buttons needs"),
        (GOOD.replace("id: good", "id: good\nsources:\n- publisher: ONS"),
         "an entry of sources needs link, publisher"),
        (GOOD.replace("id: good", "audiences: [year 7]"), "no audience is called year 7"),
        (GOOD.replace("id: good", "audiences: parents"), "audiences is not a list of words"),
        (GOOD.replace("id: good", "examples:\n- yes"), "examples is not a list of words"),
        (GOOD.replace("id: good", "benchmarks: [two]"), "benchmarks is not a list of numbers"),
        (GOOD.replace("id: good", "choice: 15"), "choice is none of 14, 16, 18"),
        (GOOD.replace("Some", "{fact:}"), "a place is written {fact:name} or {routes:16}"),
        (GOOD.replace("Some", "{wage}"), "a place is written {fact:name} or {routes:16}"),
        (GOOD.replace("Some", "So}me"), "a place is written {fact:name} or {routes:16}"),
    ],
)  # fmt: skip
def test_a_bad_file_names_itself_and_its_fault(tmp_path, content, fault):
    assert fault_of(tmp_path, content).startswith(fault)


def test_a_file_that_is_no_text_names_itself(tmp_path):
    path = tmp_path / "written.md"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(BadContent, match=re.escape(str(path))):
        read(path)


@pytest.mark.parametrize(
    "head", ["- one\n- two", "just words", "buttons:\n- title: null\n  payload: null"]
)
def test_a_head_that_is_no_mapping_names_the_file(tmp_path, head):
    path = tmp_path / "written.md"
    path.write_text(f"---\n{head}\n---\ntext", encoding="utf-8")
    with pytest.raises(BadContent, match=re.escape(str(path))):
        read(path)


def test_two_files_with_one_id_name_both(tmp_path):
    for name in ("a.md", "b.md"):
        (tmp_path / name).write_text(GOOD, encoding="utf-8")
    with pytest.raises(BadContent) as bad:
        Answers.load(tmp_path)
    assert "a.md" in str(bad.value)
    assert "b.md" in str(bad.value)
    assert "good" in str(bad.value)


@pytest.mark.parametrize(
    ("text", "line", "fact_id"),
    [("One.\n\nIt is {fact:wage}.", 9, "wage"), ("All: {routes:16}.", 7, "routes_16")],
)
def test_a_place_for_a_fact_that_is_none_names_file_and_line(tmp_path, text, line, fact_id):
    path = tmp_path / "written.md"
    path.write_text(GOOD.replace("Some text.", text), encoding="utf-8")
    with pytest.raises(BadContent) as bad:
        Answers.load(tmp_path, Facts({}))
    assert str(bad.value) == f"{path}:{line}: there is no fact {fact_id}"


def test_a_variant_without_a_main_file_names_itself(tmp_path):
    answer_in(tmp_path / "answers", "wages.parents")
    with pytest.raises(BadContent, match=r"wages\.parents\.md: a variant needs a main file"):
        content_in(tmp_path)
