"""One message, two questions: where it is divided, and what each part asks."""

import random
import string

import pytest

from engine.questions import is_worded_as_question, parts


@pytest.mark.parametrize(
    ("text", "clauses"),
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
        ("what is the pay also what grades", ["what is the pay", "what grades"]),
        ("pay of a vet\nhours of a vet", ["pay of a vet", "hours of a vet"]),
        ("Vet pay; then vet hours", ["Vet pay", "vet hours"]),
        ("what about leeds and york", ["what about leeds"]),
        ("and in leeds", ["and in leeds"]),
        ("health and safety officer pay", ["safety officer pay"]),
        ("hello", []),
        ("", []),
        ("...", []),
        ("?!", []),
        ("AND WHAT NOW AND THEN WHAT", ["AND WHAT NOW", "then WHAT".upper()]),
    ],
)
def test_where_a_message_is_divided(text, clauses):
    assert [clause for _, clause in parts(text)] == clauses


def test_a_word_that_begins_like_and_does_not_divide():
    assert len(parts("an android developer andover thenceforth pay")) == 1


@pytest.mark.parametrize("seed", range(200))
def test_offsets_are_those_of_the_text(seed):
    chance = random.Random(seed)
    words = ["what", "pay", "and", "also", "plus", "n", "&", "then", "vet", "\U0001f600", "é"]
    gaps = [" ", "  ", ", ", ". ", "? ", "\n", ";", "!", "\t", " , ", "?! ", ""]
    text = "".join(chance.choice(words) + chance.choice(gaps) for _ in range(chance.randrange(14)))
    if chance.random() < 0.3:
        text = "".join(chance.choice(string.printable) for _ in range(chance.randrange(60)))
    found = parts(text)
    ends = 0
    for start, clause in found:
        assert text[start : start + len(clause)] == clause
        assert start >= ends
        assert len(clause.split()) >= 2
        ends = start + len(clause)


def test_a_very_long_text_is_divided_quickly():
    assert len(parts("what now " * 500)) == 1
    assert parts(" , " * 5000) == []


@pytest.mark.parametrize(
    ("text", "questions"),
    [
        ("what does a vet earn and will there be jobs", 2),
        ("She began in May and hates it. Can she move? And the fees?", 2),
        ("my son is autistic, what help is there", 1),
        ("Should he list his grades, even the poor ones?", 1),
        ("If she leaves after one term, how much must be paid", 1),
        ("our village has one bus a day and nothing to do. how is anyone meant to get to a job", 1),
        ("wat r t levels n do u hav to do exams", 2),
        ("i hate it and want to quit", 0),
        ("whats the pay, hows the outlook", 2),
    ],
)
def test_what_is_worded_as_a_question(text, questions):
    found = [is_worded_as_question(text, start, clause) for start, clause in parts(text)]
    assert sum(found) == questions
