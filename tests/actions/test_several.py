"""A message with two questions of which one was not understood: it can be asked with one tap."""

import json

import pytest

from actions.several import LONGEST_LEFT, LONGEST_TITLE, SAY
from knowledge.answers import MOST_BUTTONS

PAY = "what does a vet earn"


def test_what_is_left_open_comes_first_among_the_buttons(talk):
    (pay,) = talk.say("pay", f"{PAY} and is it all nights", left=["is it all nights"])
    also, *others = pay["buttons"]
    assert also["title"] == "Also: is it all nights"
    assert json.loads(also["payload"].removeprefix(SAY)) == {"text": "is it all nights"}
    assert 0 < len(others) < MOST_BUTTONS


def test_the_way_to_a_person_is_never_crowded_out(talk):
    ranked = [("excluded_from_school", 0.9, 0.9)]
    (plain,) = talk.say("barriers", "i got excluded", ranked=ranked)
    (beside,) = talk.say("barriers", "i got excluded", ranked=ranked, left=["is it hard"])
    to_person = [b for b in plain["buttons"] if b["payload"].startswith("/talk_to")]
    assert to_person
    assert to_person[0] in beside["buttons"]
    assert len(beside["buttons"]) <= MOST_BUTTONS


@pytest.mark.parametrize("left", ["why " * 40, 'é"}{\\ £ \u202e why' * 4])
def test_a_long_or_odd_question_is_whole_in_what_is_asked(talk, left):
    (pay,) = talk.say("pay", PAY, left=[left])
    also = pay["buttons"][0]
    assert len(also["title"]) <= LONGEST_TITLE + len("Also: ")
    assert json.loads(also["payload"].removeprefix(SAY)) == {"text": left}


def test_no_button_for_what_is_too_long_to_be_one(talk):
    (pay,) = talk.say("pay", PAY, left=["x" * (LONGEST_LEFT + 1)])
    assert not any(b["payload"].startswith(SAY) for b in pay["buttons"])


def test_no_button_where_the_reply_asks_back(talk):
    (asks,) = talk.say("pay", "what do they earn", left=["is it hard"])
    assert asks["answer"] == "ask_job"
    assert not any(b["payload"].startswith(SAY) for b in asks["buttons"])
