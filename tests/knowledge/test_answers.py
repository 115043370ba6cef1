"""The authored answers: every file loads, leads somewhere, reads easily; a bad file says so."""

import json
import re
from statistics import mean
from urllib.parse import urlsplit

import pytest
import yaml

from knowledge.answers import FOLDER, Answers, BadContent, read
from lmi.snapshot import Snapshot
from tests.knowledge import style
from tests.knowledge.reading import grade_of_sentence, grade_of_text, sentences
from tests.lmi.test_summaries import ROOT, words

# Grade 6 is age 11 to 12. An answer may be one grade above in all, for it has to name official
# things ("employers", "technical courses"); the answers together stay well below it, and no
# sentence asks for more than a sixteen-year-old reads.
HARDEST_ANSWER = 7.0
HARDEST_MEAN = 5.5
HARDEST_SENTENCE = 11.0
LONGEST_ANSWER = 110
"""Words; a phone shows about so many without scrolling twice."""
LONGEST_SENTENCE = 32

ANSWERS = list(Answers.load())
IDS = [answer.id for answer in ANSWERS]
USED_BY_THE_GATEWAY = (
    "notice", "greeting", "engine_away", "engine_back", "no_reply", "help_now", "session_ending",
)  # fmt: skip


def each():
    return pytest.mark.parametrize("answer", ANSWERS, ids=IDS)


@pytest.fixture(scope="module")
def intents():
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return {name for entry in domain["intents"] for name in entry}


@pytest.fixture(scope="module")
def unit_groups():
    return Snapshot.load().unit_groups


def test_every_file_is_an_answer():
    assert sorted(IDS) == sorted(path.stem for path in FOLDER.rglob("*.md"))
    assert [path for path in FOLDER.rglob("*") if path.is_file() and path.suffix != ".md"] == []


@pytest.mark.parametrize("answer_id", USED_BY_THE_GATEWAY)
def test_what_the_gateway_says_is_there(answer_id):
    message = Answers.load().message(answer_id)
    assert message["answer"] == answer_id
    assert set(message) == {"answer", "text", "buttons", "figures", "chart", "sources"}
    assert json.dumps(message)


def test_an_unknown_answer_is_a_key_error():
    with pytest.raises(KeyError):
        Answers.load().message("no such answer")


def test_a_message_can_be_changed_without_changing_the_answer():
    answers = Answers.load()
    answers.message("greeting")["buttons"].clear()
    answers.message("greeting")["text"] = ""
    assert answers.message("greeting")["buttons"]
    assert answers.message("greeting")["text"]


@each()
def test_every_button_leads_somewhere(answer, intents, unit_groups):
    assert len(answer.buttons) <= 4
    assert len({button["title"] for button in answer.buttons}) == len(answer.buttons)
    for button in answer.buttons:
        intent, brace, rest = button["payload"].removeprefix("/").partition("{")
        assert intent in intents - {"nlu_fallback"}
        carried = json.loads(brace + rest) if brace else {}
        assert set(carried) <= {"job", "said", "place", "year"}
        assert carried.get("job", "2240") in unit_groups
        assert 2 <= len(button["title"]) <= 45
        assert not re.search(r"[!{}]", button["title"])


@each()
def test_every_source_has_an_address(answer):
    for source in answer.sources:
        address = urlsplit(source["link"])
        assert address.scheme == "https"
        assert address.hostname
        assert source["publisher"]
    for link in re.findall(r"\]\(([^)]*)\)", answer.text):
        assert urlsplit(link).scheme == "https"


@each()
def test_amounts_and_years_have_a_dated_source(answer):
    if re.search(r"£\d", answer.text):
        assert any(source["year"] for source in answer.sources)


@each()
def test_style(answer):
    assert list(style.faults(answer.text)) == []
    for button in answer.buttons:
        faults = [f for f in style.faults(button["title"]) if not f.startswith("says I")]
        assert faults == []


@each()
def test_length(answer):
    assert len(words(answer.text)) <= LONGEST_ANSWER
    assert [s for s in sentences(answer.text) if len(words(s)) > LONGEST_SENTENCE] == []


@each()
def test_reading_age(answer):
    assert grade_of_text(answer.text) <= HARDEST_ANSWER
    hard = [s for s in sentences(answer.text) if grade_of_sentence(s) > HARDEST_SENTENCE]
    assert hard == []


def test_reading_age_of_all_together():
    assert mean(grade_of_text(answer.text) for answer in ANSWERS) <= HARDEST_MEAN


# ---- files that are not right ----

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
        (GOOD.replace("id: good", "id: good\nbutton: no"), "unknown key button"),
        (GOOD.replace("/pay", "pay"), "the payload of 'Pay' does not begin with /"),
        (GOOD.replace("  payload: /pay\n", ""), "an entry of buttons needs payload, title"),
        (GOOD.replace("- title: Pay\n  payload: /pay", "  title: Pay"), "buttons is not a list"),
        (GOOD.replace("- title: Pay\n  payload: /pay", "- Pay"), "buttons is not a list"),
        (GOOD.replace("/pay\n", "/pay\n  colour: red\n"), "an entry of buttons needs"),
        (GOOD.replace("id: good", "id: good\nsources:\n- publisher: ONS"),
         "an entry of sources needs link, publisher"),
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
