"""One message, two questions: where it is divided, and how each part may be read."""

import random
import string

import pytest

from engine.clauses import FRAGMENT, QUESTION, STATEMENT, clauses, is_worded_as_question
from engine.readings import readings


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("what does a vet earn", ["what does a vet earn"]),
        (
            "what does a vet earn and will there still be jobs",
            ["what does a vet earn", "will there still be jobs"],
        ),
        ("what do they earn? how do I get in?", ["what do they earn", "how do I get in"]),
        (
            "how much do vets get, and how long does it take",
            ["how much do vets get", "how long does it take"],
        ),
        ("pay of a vet\nhow is the outlook", ["how is the outlook"]),
        ("whats the pay, hows the outlook", ["whats the pay", "hows the outlook"]),
        ("my son is autistic, what help is there", ["what help is there"]),
        ("Should he list his grades, even the poor ones?", None),
        ("If she leaves after one term, how much must be paid", None),
        ("i hate it and want to quit", []),
        ("hello", []),
        ("", []),
        ("...", []),
        ("?!", []),
    ],
)
def test_where_a_message_is_divided(text, questions):
    found = [clause.text for clause in clauses(text) if clause.kind == QUESTION]
    assert len(found) == 1 if questions is None else found == questions


def test_what_leads_up_to_a_question_stays_with_it():
    (clause,) = clauses("i hate maths. can i drop it")
    assert (clause.kind, clause.text, clause.lead_up) == (QUESTION, "can i drop it", "i hate maths")


def test_a_few_words_behind_a_question_may_ask_something_of_their_own():
    first, second = clauses("what does a vet earn and the hours")
    assert (first.kind, second.kind) == (QUESTION, FRAGMENT)
    assert second.text == "the hours"


def test_what_was_left_out_is_taken_from_the_question_before():
    text = "what is a vet and how much do they get paid"
    vet = {"text": "vet", "start": 10, "end": 13, "unit_groups": []}
    second = clauses(text)[1]
    told = readings(second, text, [vet])
    assert told[0].text == "how much do they get paid" and not told[0].job_words
    completed = [reading for reading in told if reading.is_completed]
    assert completed and all(reading.of_job and "vet" in reading.text for reading in completed)
    for reading in completed:
        (word,) = reading.job_words
        assert reading.text[word["start"] : word["end"]] == "vet"


@pytest.mark.parametrize("seed", range(200))
def test_offsets_are_those_of_the_text(seed):
    chance = random.Random(seed)
    words = [
        "what",
        "pay",
        "and",
        "also",
        "plus",
        "n",
        "&",
        "then",
        "vet",
        "\U0001f600",
        "é",
        "how",
    ]
    gaps = [" ", "  ", ", ", ". ", "? ", "\n", ";", "!", "\t", " , ", "?! ", ""]
    text = "".join(chance.choice(words) + chance.choice(gaps) for _ in range(chance.randrange(14)))
    if chance.random() < 0.3:
        text = "".join(chance.choice(string.printable) for _ in range(chance.randrange(60)))
    for clause in clauses(text):
        assert clause.kind in (QUESTION, FRAGMENT, STATEMENT)
        assert text[clause.start : clause.start + len(clause.text)] == clause.text
        assert clause.text.strip()
        for reading in readings(clause, text, []):
            assert reading.text.strip() and reading.job_words == []


def test_a_very_long_text_is_divided_quickly():
    assert len(clauses("what now " * 500)) >= 1
    assert clauses(" , " * 5000) == []


@pytest.mark.parametrize(
    ("clause", "begins", "follows", "asks"),
    [
        ("can he leave", True, False, True),
        ("is he insured", False, True, True),
        ("is at home", False, False, False),
        ("he has left", True, False, False),
        ("wat r t levels", True, False, True),
    ],
)
def test_what_is_worded_as_a_question(clause, begins, follows, asks):
    assert is_worded_as_question(clause, begins, follows) is asks
