"""The training phrases: enough of each, none in two intents, none shared with a measuring set.

A phrase that is both trained on and measured on makes every figure in `bench/nlu` too good. The
real questions may be used for measuring only, so a clash names the phrase of ours to remove.
"""

import csv
import re
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import yaml

from knowledge.answers import Answers

ROOT = Path(__file__).resolve().parents[1]
PHRASES = ROOT / "data" / "nlu"
HELD_OUT = ROOT / "bench" / "nlu" / "held_out.csv"
ANSWER_QUESTIONS = ROOT / "bench" / "answers" / "questions.csv"
INDEPENDENT_QUESTIONS = ROOT / "bench" / "answers" / "independent.csv"
BUTTONS = ROOT / "knowledge" / "wording" / "buttons.yml"
REAL_QUESTIONS = ROOT.parent / "shared" / "data" / "real-questions" / "dev.csv"
TEXT_COLUMNS = ("text", "question", "query", "utterance")

BROAD = {
    "pay",
    "pay_gap",
    "hours",
    "outlook",
    "local_outlook",
    "compare",
    "job_description",
    "how_to_become",
    "entry_requirements",
    "skills",
    "related_jobs",
    "give_job",
    "give_place",
    "give_year_group",
    "choose_option",
    "capabilities",
    "are_you_human",
    "talk_to_adviser",
    "privacy",
    "explain_figures",
    "university",
    "student_finance",
    "apprenticeships",
    "work_experience",
    "cv_interview",
    "choose_career",
    "job_search",
    "pay_general",
    "school_choices",
    "out_of_scope",
    "job_rankings",
    "complaint",
    "rudeness",
    "someone_elses_chat",
    "barriers",
    "low_confidence",
    "worried",
    "results",
    "quiz",
    "job_ideas",
    "resources",
    "school_info",
    "ucas_tariff",
    "apprentice_pay",
    "loan_repayment",
}
NARROW = {
    "pay_change",
    "workforce",
    "degree_subjects",
    "greeting",
    "goodbye",
    "thanks",
    "affirm",
    "deny",
    "repeat",
}
YOUNGER = {
    "results",
    "quiz",
    "job_ideas",
    "resources",
    "school_info",
    "ucas_tariff",
    "apprentice_pay",
    "loan_repayment",
    "job_rankings",
    "complaint",
    "rudeness",
    "someone_elses_chat",
    "barriers",
    "low_confidence",
    "worried",
}
"""Younger than the held-out questions; bench/answers/questions.csv measures them."""


def normalised(text: str) -> str:
    """Lower case, no punctuation, single spaces: two phrases that differ only so are the same."""
    without_apostrophes = re.sub(r"['\u2019]", "", text.lower())
    return " ".join(re.sub(r"[^\w\s]", " ", without_apostrophes).split())


def training_phrases() -> list[tuple[str, str]]:
    """Every (intent, phrase) in `data/nlu` and among the answers' examples, in file order."""
    phrases = []
    for file in sorted(PHRASES.glob("*.yml")):
        for block in yaml.safe_load(file.read_text(encoding="utf-8")).get("nlu", []):
            if "intent" not in block:
                continue
            for line in block["examples"].splitlines():
                phrases.append((block["intent"], line.removeprefix("- ").strip()))
    return phrases + [(a.intent, text) for a in Answers.load() for text in a.examples]


def held_out_rows() -> list[dict[str, str]]:
    with HELD_OUT.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def fail_on(clashes: list[str], reason: str) -> None:
    """Name the training phrases to remove; nothing of the measuring set is printed."""
    if clashes:
        pytest.fail("\n".join([reason, *(f"  {text}" for text in clashes)]), pytrace=False)


def test_no_phrase_is_in_two_intents():
    intents = defaultdict(set)
    for intent, text in training_phrases():
        intents[normalised(text)].add(intent)
    assert {text: found for text, found in intents.items() if len(found) > 1} == {}


def test_no_phrase_is_written_twice():
    counted = Counter(normalised(text) for _, text in training_phrases())
    assert [text for text, times in counted.items() if times > 1] == []


def test_no_phrase_is_empty_once_normalised():
    assert [text for _, text in training_phrases() if not normalised(text)] == []


def test_the_intents_are_those_that_are_listed():
    assert {intent for intent, _ in training_phrases()} == BROAD | NARROW


@pytest.mark.parametrize(
    ("intent", "least"), [(i, 40) for i in sorted(BROAD)] + [(i, 30) for i in sorted(NARROW)]
)
def test_enough_phrases(intent: str, least: int):
    texts = {normalised(text) for found, text in training_phrases() if found == intent}
    assert len(texts) >= least


def test_a_title_of_a_button_that_is_typed_does_what_the_button_does():
    titles = {
        (intent, title)
        for intent, title in yaml.safe_load(BUTTONS.read_text()).items()
        if intent != "more"
    }
    for answer in Answers.load():
        for button in answer.buttons:
            intent = button["payload"].removeprefix("/").partition("{")[0]
            titles.add((intent, button["title"]))
    known = {(intent, normalised(text)) for intent, text in training_phrases()}
    # The title of an answer is no phrase of its own: typed, it is taken for the button offered.
    missing = [
        (i, title)
        for i, title in sorted(titles)
        if i != "answer" and (i, normalised(title)) not in known
    ]
    assert missing == []


def test_no_entities_are_marked():
    marked = [text for _, text in training_phrases() if re.search(r"\[[^\]]+\][({]", text)]
    assert marked == []


def test_held_out_questions_cover_every_intent():
    counted = Counter(row["intent"] for row in held_out_rows())
    assert set(counted) | YOUNGER == BROAD | NARROW
    assert min(counted.values()) >= 6
    assert counted["out_of_scope"] >= 60


def test_held_out_job_words_are_in_their_text():
    wrong = [
        row["text"]
        for row in held_out_rows()
        if any(words not in row["text"] for words in row["jobs"].split("|"))
    ]
    assert wrong == []


def test_nothing_is_shared_with_the_held_out_questions():
    held_out = {normalised(row["text"]) for row in held_out_rows()}
    clashes = [text for _, text in training_phrases() if normalised(text) in held_out]
    fail_on(clashes, "These training phrases are in bench/nlu/held_out.csv; remove them:")


def answer_rows(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize("path", [ANSWER_QUESTIONS, INDEPENDENT_QUESTIONS])
def test_nothing_is_shared_with_the_questions_about_answers(path):
    asked = {normalised(row["text"]) for row in answer_rows(path)}
    clashes = [text for _, text in training_phrases() if normalised(text) in asked]
    fail_on(clashes, f"These training phrases are in {path.name} of bench/answers; remove them:")


def test_the_questions_about_answers_are_no_copies_of_each_other():
    own, others = (
        {normalised(row["text"]) for row in answer_rows(path)}
        for path in (ANSWER_QUESTIONS, INDEPENDENT_QUESTIONS)
    )
    assert own & others == set()


def test_enough_questions_measure_the_answers():
    assert len(answer_rows(ANSWER_QUESTIONS)) >= 300
    assert len(answer_rows(INDEPENDENT_QUESTIONS)) >= 300
    rows = [*answer_rows(ANSWER_QUESTIONS), *answer_rows(INDEPENDENT_QUESTIONS)]
    asked = {right for row in rows for right in row["right"].split("+")}
    subjects = {answer.subject for answer in Answers.load() if answer.examples}
    assert subjects <= asked
    assert asked - subjects == {
        "out_of_scope", "quiz", "job_ideas", "resources", "school_info", "ucas_tariff",
        "apprentice_pay", "loan_repayment",
    }  # fmt: skip


def test_nothing_is_shared_with_the_real_questions():
    if not REAL_QUESTIONS.exists():
        pytest.skip("../shared/data/real-questions/dev.csv is not on this machine")
    with REAL_QUESTIONS.open(newline="", encoding="utf-8-sig") as file:
        reader = csv.DictReader(file)
        columns = reader.fieldnames or []
        column = next((name for name in TEXT_COLUMNS if name in columns), None)
        if column is None:
            pytest.fail(f"the real questions have none of the columns {TEXT_COLUMNS}")
        real = {normalised(row[column]) for row in reader}
    clashes = [text for _, text in training_phrases() if normalised(text) in real]
    fail_on(clashes, "These training phrases are in the real questions; remove them:")
