"""The quiz: one statement at a time, on buttons or typed, stopped, left and carried on."""

import json
import random

import pytest

from actions import topics
from actions.job_ideas import job_ideas
from actions.quiz import quiz, resume_button, typed, understood
from actions.registry import turn_of
from knowledge.ideas import shipped
from tests.actions.conversation import TODAY
from tests.actions.message_rules import LONGEST_TITLE, MOST_BUTTONS, MOST_WORDS, shown, text_faults

STATEMENTS = shipped().statements


@pytest.fixture(autouse=True)
def _topics(monkeypatch):
    monkeypatch.setitem(topics.TOPICS, "quiz", quiz)
    monkeypatch.setitem(topics.TOPICS, "job_ideas", job_ideas)


@pytest.fixture
def type_in(talk, ground):
    """Type an answer while the quiz is under way; None where it is something else."""

    def answer(text, intent="nlu_fallback"):
        turn = turn_of({"text": text, "intent": {"name": intent}}, talk.slots, TODAY)
        reply = typed(turn, ground)
        if reply is None:
            return None
        talk.slots = json.loads(json.dumps(reply.memory.as_slots()))
        return list(reply.messages)

    return answer


def button(message, title):
    (payload,) = [b["payload"] for b in message["buttons"] if b["title"] == title]
    return payload


def press_all(talk, answers):
    messages = talk.press("/quiz")
    for title in answers:
        messages = talk.press(button(messages[-1], title))
    return messages


def check(messages):
    for message in messages:
        assert list(text_faults(message["text"])) == []
        assert len(shown(message["text"]).split()) <= MOST_WORDS
        assert len(message["buttons"]) <= MOST_BUTTONS
        assert all(0 < len(b["title"]) <= LONGEST_TITLE for b in message["buttons"])
        assert not message["figures"] or message["sources"]


def test_it_begins_with_what_to_expect_and_the_first_statement(talk):
    (message,) = talk.say("quiz", "careers quiz")
    assert "about a minute" in message["text"]
    assert f"**1 of 10.** {STATEMENTS[0].text}" in message["text"]
    assert [b["title"] for b in message["buttons"]] == ["Yes", "Sometimes", "No", "Stop here"]
    assert button(message, "Sometimes") == '/quiz{"answer": "sometimes", "step": 1}'
    check([message])


def test_each_answer_leads_to_the_next_statement(talk):
    (message,) = press_all(talk, ["Yes", "No"])
    assert message["text"] == f"**3 of 10.** {STATEMENTS[2].text}"
    assert talk.memory.form["answers"] == {"making": "yes", "listening": "no"}


@pytest.mark.parametrize("seed", range(12))
def test_ten_answers_end_in_a_spread(talk, seed):
    draw = random.Random(seed)
    listing, stretch = press_all(talk, ["Yes", *draw.choices(["Yes", "Sometimes", "No"], k=9)])
    assert listing["answer"] == "job_spread"
    assert listing["text"].startswith("From your answers:")
    lines = [line for line in listing["text"].split("\n") if line.startswith("- ")]
    assert 5 <= len(lines) <= 6
    names = [line.split("**")[1].casefold() for line in lines]
    assert names == sorted(names)
    labels = [s.label for s in STATEMENTS]
    assert all(any(label in line for label in labels) for line in lines)
    assert stretch["answer"] == "job_stretch"
    assert "a start, not a verdict" in stretch["text"]
    assert len(stretch["buttons"]) == 4
    assert all(b["payload"].startswith('/job_ideas{"group": ') for b in stretch["buttons"])
    assert talk.memory.form is None
    assert len(talk.memory.offered) == len(lines) + 2
    check([listing, stretch])


def test_a_share_of_women_or_men_has_its_numbers_and_source(talk):
    for seed in range(8):
        draw = random.Random(seed)
        _, stretch = press_all(talk, ["Yes", *draw.choices(["Yes", "No"], k=9)])
        if "employees in this work" in stretch["text"]:
            assert stretch["figures"]
            assert stretch["sources"][0]["publisher"] == "Office for National Statistics"
            assert str(stretch["figures"][0]["year"]) in stretch["text"]
            assert stretch["sources"][0]["year"] == str(stretch["figures"][0]["year"])
            return
    pytest.fail("no answers led to a share")


def test_it_stops_at_any_point_with_what_has_come_so_far(talk):
    listing, stretch = press_all(talk, ["No", "Yes", "Stop here"])
    assert listing["text"].startswith("From 2 of 10 answers:")
    assert "being there for people" in listing["text"]
    assert talk.memory.form is None
    check([listing, stretch])


@pytest.mark.parametrize("answers", [["Stop here"], ["No", "No", "Stop here"], ["No"] * 10])
def test_without_a_yes_it_says_so_kindly_and_offers_other_ways(talk, answers):
    (message,) = press_all(talk, answers)
    assert message["answer"] == "quiz_nothing"
    assert [b["title"] for b in message["buttons"]] == ["Do the quiz again", "Talk to an adviser"]
    (message,) = talk.press_title(message, "Do the quiz again")
    assert "**1 of 10.**" in message["text"]
    assert talk.memory.form["answers"] == {}


# ---- typed ----


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("yes", "yes"), ("Yesss!!", "yes"), ("yeah i do", "yes"), ("yh", "yes"), ("👍🏾", "yes"),
        ("that’s me", "yes"), ("100%", "yes"), ("of course", "yes"),
        ("kinda", "sometimes"), ("sort of tbh", "sometimes"), ("yeah sometimes", "sometimes"),
        ("yes and no", "sometimes"), ("it depends on my mood", "sometimes"), ("meh", "sometimes"),
        ("not always", "sometimes"),
        ("no", "no"), ("nah", "no"), ("noooo", "no"), ("not really", "no"), ("yeah nah", "no"),
        ("definitely not", "no"), ("👎", "no"), ("I don't", "no"),
        ("dunno", "skip"), ("idk", "skip"), ("I don’t know", "skip"), ("pass", "skip"),
        ("stop", "stop"), ("can we stop", "stop"), ("im bored", "stop"), ("no more", "stop"),
        ("show me my results", "stop"),
        ("go back", "back"), ("start again", "again"),
        ("what does a vet earn", None), ("no i want to know about pay", None), ("vet", None),
        ("yes but what does it pay?", None), ("what?", None), ("", None), ("!!!", None),
        ("i want to talk to someone", None), ("yes " * 12, None),
    ],
)  # fmt: skip
def test_what_typed_answers_mean(ground, text, meant):
    assert understood(text, ground) == meant


def test_the_whole_quiz_can_be_typed(talk, type_in):
    talk.say("quiz", "quiz")
    for text in ("yeah", "nah", "kinda", "dunno", "yes", "no", "no", "not really", "meh"):
        (message,) = type_in(text)
    assert "**10 of 10.**" in message["text"]
    listing, _ = type_in("yep")
    assert listing["text"].startswith("From your answers:")
    assert talk.memory.form is None


def test_typed_stop_ends_it(talk, type_in):
    press_all(talk, ["Yes"])
    listing, _ = type_in("ok stop")
    assert listing["text"].startswith("From 1 of 10")


def test_go_back_takes_the_last_answer_away(talk, type_in):
    press_all(talk, ["Yes", "No"])
    (message,) = type_in("oops")
    assert "**2 of 10.**" in message["text"]
    assert talk.memory.form["answers"] == {"making": "yes"}
    type_in("back")
    (message,) = type_in("back")  # before the first there is nothing
    assert "**1 of 10.**" in message["text"]


def test_start_again(talk, type_in):
    press_all(talk, ["Yes", "No"])
    (message,) = type_in("start again")
    assert "**1 of 10.**" in message["text"]
    assert talk.memory.form["answers"] == {}


# ---- left, carried on, pressed again ----


def test_another_question_leaves_the_quiz_where_it_was(talk, ground, type_in):
    press_all(talk, ["Yes", "No"])
    assert type_in("what does a vet earn", "pay") is None
    (message,) = talk.say("pay", "what does a vet earn")
    assert message["answer"] == "pay"
    title, payload = resume_button(talk.memory, ground)
    assert title == "Carry on with the quiz"
    (message,) = talk.press(payload)
    assert message["text"].startswith("Carrying on")
    assert f"**3 of 10.** {STATEMENTS[2].text}" in message["text"]


def test_there_is_nothing_to_carry_on_without_a_quiz(talk, ground, type_in):
    assert resume_button(talk.memory, ground) is None
    assert type_in("yes") is None


def test_the_button_of_an_earlier_statement_changes_that_answer(talk):
    (first,) = talk.press("/quiz")
    talk.press(button(first, "Yes"))
    talk.press('/quiz{"answer": "no", "step": 2}')
    (message,) = talk.press(button(first, "Sometimes"))
    assert message["text"].startswith("Changed.")
    assert "**3 of 10.**" in message["text"]
    assert talk.memory.form["answers"] == {"making": "sometimes", "listening": "no"}
    (message,) = talk.press(button(first, "Sometimes"))  # twice the same says nothing of change
    assert message["text"].startswith("**3 of 10.**")


@pytest.mark.parametrize(
    "payload",
    [
        '/quiz{"answer": "yes", "step": 7}',
        '/quiz{"answer": "yes", "step": 0}',
        '/quiz{"answer": "yes", "step": 99}',
        '/quiz{"answer": "yes"}',
        '/quiz{"answer": "yes", "step": "x"}',
        '/quiz{"answer": "perhaps", "step": 2}',
    ],
)
def test_a_button_that_cannot_be_is_ignored(talk, payload):
    press_all(talk, ["Yes"])
    (message,) = talk.press(payload)
    assert message["text"].startswith("**2 of 10.**")
    assert talk.memory.form["answers"] == {"making": "yes"}


def test_a_step_that_comes_as_text_counts(talk):
    talk.press("/quiz")
    (message,) = talk.press('/quiz{"answer": "yes", "step": "1"}')
    assert "**2 of 10.**" in message["text"]


def test_a_button_after_the_end_changes_nothing(talk):
    press_all(talk, ["Yes", "Stop here"])
    before = talk.slots
    (message,) = talk.press('/quiz{"answer": "no", "step": 1}')
    assert message["answer"] == "quiz_over"
    assert talk.memory.form is None
    assert talk.slots["jobs"] == before["jobs"]
    check([message])


def test_a_form_of_older_content_does_no_harm(talk):
    talk.slots = {"form": {"name": "quiz", "answers": {"gone": "yes", "making": "loud"}}}
    (message,) = talk.press("/quiz")
    assert "**1 of 10.**" in message["text"]
    talk.slots = {"form": {"name": "quiz"}}
    (message,) = talk.press("/quiz")
    assert "**1 of 10.**" in message["text"]


def test_the_form_is_plain_data(talk):
    press_all(talk, ["Yes", "Sometimes"])
    assert json.loads(json.dumps(talk.slots)) == talk.slots
