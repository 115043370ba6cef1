"""Where a message is divided into questions, and how each of them is read."""

import random
import string

import pytest

from engine.clauses import (
    FRAGMENT,
    LONGEST_NAMING,
    QUESTION,
    STATEMENT,
    clauses,
    is_worded_as_question,
)
from engine.readings import of_another, readings


def questions(text):
    return [clause.text for clause in clauses(text) if clause.kind == QUESTION]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("what does a vet earn", ["what does a vet earn"]),
        ("what do vets earn and will there be jobs", ["what do vets earn", "will there be jobs"]),
        ("what do they earn? how do I get in?", ["what do they earn", "how do I get in"]),
        ("what is the pay also what grades", ["what is the pay", "what grades"]),
        ("whats a t level\nis college free", ["whats a t level", "is college free"]),
        ("how do i find one btw can i do it online", ["how do i find one", "can i do it online"]),
        ("wat is a htq nd how much is it", ["wat is a htq", "how much is it"]),
        ("whats a surveyor + what do they do", ["whats a surveyor", "what do they do"]),
        ("what is clearing, oh and is it free", ["what is clearing", "is it free"]),
        ("is it full time & do apprentices pay tax", ["is it full time", "do apprentices pay tax"]),
        ("what is a btec how do i apply", ["what is a btec", "how do i apply"]),
        ("She began in May. Can she move? And the fees?", ["Can she move", "the fees"]),
        ("can he leave and is college free", ["can he leave", "is college free"]),
    ],
)
def test_two_questions_are_divided(text, found):
    assert questions(text) == found


@pytest.mark.parametrize(
    "text",
    [
        "how much tax and national insurance will i pay",
        "what gcses and a levels do i need to be a vet",
        "can i leave sixth form and do an apprenticeship instead",
        "what happens if i leave school at 16 and dont go college",
        "my son is autistic and is in year 11, what help is there",
        "our son, who is fifteen, is losing heart. Is this usual?",
        "when i turn 18 and im still an apprentice do i pay council tax",
        "do i need a degree or can i do an apprenticeship",
        "what if i fail english, can i still go to college",
        "do you know how do i apply",
        "can i be an engineer",
        "health and safety officer pay, what is it",
        "my brother went to uni and has loads of debt, why should i go",
        "I work 9.5 hours. is that legal",
    ],
)
def test_what_belongs_together_is_one_question(text):
    assert len(questions(text)) == 1


@pytest.mark.parametrize(
    ("text", "lead_up"),
    [
        ("i hate my course can i change and will i lose my bursary", "i hate my course"),
        ("My son is stressed, what can we do? when is results day", "My son is stressed"),
    ],
)
def test_what_leads_up_to_a_question_stays_with_it(text, lead_up):
    first, second = [clause for clause in clauses(text) if clause.kind == QUESTION]
    assert first.lead_up == lead_up
    assert second.lead_up == ""
    assert readings(first, text, [])[1].text == text[: first.start + len(first.text)]


@pytest.mark.parametrize(
    ("text", "fragments"),
    [
        ("what does a vet earn and the hours", ["the hours"]),
        ("nurse salary and also what hours", ["nurse salary"]),
        ("tell me about btecs and a levels to me please", ["a levels"]),
        ("accountant pay and accountant hours", ["accountant pay", "accountant hours"]),
        ("i like animals and i help out. what job", []),
        ("what can i do, i like animals", []),
        ("he works weekends and likes it", []),
    ],
)
def test_a_few_words_may_ask_something(text, fragments):
    assert [c.text for c in clauses(text) if c.kind == FRAGMENT] == fragments


def test_a_statement_that_more_is_asked_beside_may_stand_alone():
    found = clauses("i really need a summer job, also is it too late for uni")
    assert [clause.kind for clause in found] == [STATEMENT, QUESTION]
    found = clauses("i really need a summer job, is it too late for one")
    assert [clause.kind for clause in found] == [QUESTION]


@pytest.mark.parametrize("text", ["", "...", "?!", "hello", " , " * 5000, "\n\n"])
def test_what_has_no_clause_has_none(text):
    assert clauses(text) == []


@pytest.mark.parametrize("seed", range(200))
def test_offsets_are_those_of_the_text(seed):
    chance = random.Random(seed)
    words = [
        "what", "pay", "and", "also", "plus", "n", "&", "then", "vet", "is it", "how do i",
        "t levels", "i hate it", "\U0001f600", "é",
    ]  # fmt: skip
    gaps = [" ", "  ", ", ", ". ", "? ", "\n", ";", "!", "\t", " , ", "?! ", ""]
    text = "".join(chance.choice(words) + chance.choice(gaps) for _ in range(chance.randrange(14)))
    if chance.random() < 0.3:
        text = "".join(chance.choice(string.printable) for _ in range(chance.randrange(60)))
    ends = 0
    for clause in clauses(text):
        assert text[clause.start : clause.start + len(clause.text)] == clause.text
        assert clause.text.startswith(clause.core)
        assert clause.lead_up in text
        assert clause.start >= ends or clause.kind == FRAGMENT
        assert clause.kind != FRAGMENT or len(clause.text.split()) <= LONGEST_NAMING
        ends = clause.start + len(clause.core)


def test_a_very_long_text_is_divided_quickly():
    assert clauses("what now " * 500)
    assert clauses("and can i " * 500)


@pytest.mark.parametrize(
    ("clause", "at_beginning", "behind_statement"),
    [
        ("what does it cost", True, True),
        ("and can he move", True, True),
        ("is losing heart", True, False),
        ("has loads of debt", True, False),
        ("do law", True, False),
        ("when i turn 18", False, False),
        ("i hate it", False, False),
        ("or is it free", False, False),
    ],
)
def test_what_is_worded_as_a_question(clause, at_beginning, behind_statement):
    assert is_worded_as_question(clause) is at_beginning
    assert is_worded_as_question(clause, begins=False) is behind_statement


# ---- readings ----


def job(text, name):
    start = text.index(name)
    return {"text": name, "start": start, "end": start + len(name), "unit_groups": []}


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("how do apprenticeships work and when do they open", "when do apprenticeships open"),
        (
            "how do apprenticeships work and how much do u get",
            "how much do u get apprenticeships",
        ),
        ("what is clearing and can i resit my gcses", "can i resit my gcses"),
        ("when is the deadline and how does ucas work", "how does ucas work"),
    ],
)
def test_what_a_question_leaves_out_is_put_in(text, read):
    last = clauses(text)[-1]
    assert readings(last, text, [])[-1].text == read


def test_a_job_is_put_in_with_its_place():
    text = "what does a vet earn and how do i become one"
    vet = job(text, "vet")
    read = readings(clauses(text)[-1], text, [vet])[-1]
    assert read.text == "how do i become vet"
    assert read.of_job
    (word,) = read.job_words
    assert read.text[word["start"] : word["end"]] == "vet"


def test_a_question_with_a_job_of_its_own_is_read_as_it_stands():
    text = "what does a vet earn and how do i become a chef"
    words = [job(text, "vet"), job(text, "chef")]
    (read,) = readings(clauses(text)[-1], text, words)
    assert read.text == "how do i become a chef"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("tell me about t levels and apprenticeships", ["tell me about apprenticeships"]),
        ("what is a btec and a levels", ["what is a levels"]),
        (
            "how do i write a cv and find an apprenticeship",
            ["how do i find an apprenticeship"],
        ),
        ("what is the difference between uni and college", []),
        ("can i do a levels and an apprenticeship together", []),
        ("what does a vet earn and the hours", []),
    ],
)
def test_the_same_may_be_asked_of_another_thing(text, read):
    found = clauses(text)
    fragments = [c for c in found if c.kind == FRAGMENT]
    told = [r.text for c in fragments for r in of_another(c, found[: found.index(c)])]
    assert [text for text in read if text not in told] == []
    if not read:
        assert told == []
