"""What pupils say for the record is found, and ordinary questions are not taken for it."""

from datetime import date
from pathlib import Path

import pytest

from bot.gateway.record_talk.saying import LONGEST, _one_slip
from tests.bot.gateway.record_talk.conftest import TALK

HERE = Path(__file__).parent
TODAY = date(2026, 11, 23)
SAID = [
    line.split(": ", 1) for line in (HERE / "said.txt").read_text(encoding="utf-8").splitlines()
]
ORDINARY = (HERE / "ordinary.txt").read_text(encoding="utf-8").splitlines()
SAYINGS = TALK.reading.sayings
MOST_MISSED = 3


def test_what_pupils_say_is_found():
    missed = [
        (kind, text)
        for kind, text in SAID
        if (found := SAYINGS.read(text, TODAY)) is None or found.kind != kind
    ]
    assert len(SAID) >= 150
    assert len(missed) <= MOST_MISSED, missed


def test_no_ordinary_question_is_taken_for_it():
    assert len(ORDINARY) >= 150
    assert [text for text in ORDINARY if SAYINGS.read(text, TODAY) is not None] == []


@pytest.mark.parametrize(
    ("typed", "kind", "words", "text", "rest", "due"),
    [
        (
            "i'll look at the electrician apprenticeship before friday",
            "action", "look at the electrician apprenticeship before Friday",
            "Look at the electrician apprenticeship", "", date(2026, 11, 27),
        ),
        ("ill aplly to my collage tmrw. wat grades do i need?", "action",
         "apply to your collage tomorrow", "Apply to my collage", "what grades do i need?",
         date(2026, 11, 24)),
        ("ive decided on t levels", "decision", "on T levels", "Decided on T levels", "", None),
        ("ive made up my mind, its college", "decision", "on college", "Decided on college", "",
         None),
        ("i wnat to b a vet how do i become one", "aspiration", "be a vet", "Be a vet",
         "how do i become one", None),
        ("Thanks! I’ll ask my mum.", "action", "ask your mum", "Ask my mum", "", None),
    ],
)  # fmt: skip
def test_how_it_is_understood(typed, kind, words, text, rest, due):
    found = SAYINGS.read(typed, TODAY)
    assert (found.kind, found.words, found.text, found.rest, found.due_on) == (
        kind, words, text, rest, due,
    )  # fmt: skip


def test_a_long_story_is_not_a_line():
    assert SAYINGS.read("i'll look at " + "x" * LONGEST, TODAY) is None


@pytest.mark.parametrize("text", ["what does a vet earn", "ok how long is it", "and the pay?"])
def test_questions(text):
    assert SAYINGS.is_question(text)


@pytest.mark.parametrize("text", ["at the vets", "how to hold a cat", "i helped", "?", ""])
def test_no_questions(text):
    assert not SAYINGS.is_question(text)


@pytest.mark.parametrize(
    ("word", "slip"),
    [("emial", True), ("emal", True), ("emaill", True), ("emaik", True), ("email", False),
     ("mail", True), ("emotional", False)],
)  # fmt: skip
def test_one_slip(word, slip):
    assert _one_slip(word, "email") is slip
