"""A message in another language gets its sentence and a way to a person; English gets an answer."""

from __future__ import annotations

from dataclasses import replace

import pytest

from actions.ground import Ground
from actions.other_language import other_language
from actions.turn import Memory, Reply, Turn
from knowledge.languages import known
from tests.actions.conversation import TODAY


def reply_to(text: str, ground: Ground, memory: Memory | None = None) -> Reply | None:
    turn = Turn(text, text, "nlu_fallback", memory or Memory(), TODAY)
    return other_language(turn, ground)


@pytest.mark.parametrize(
    ("text", "code", "direction"),
    [
        ("jak zostać lekarzem", "pl", "ltr"),
        ("waxaan rabaa inaan noqdo dhakhtar", "so", "ltr"),
        ("میں ڈاکٹر بننا چاہتا ہوں", "ur", "rtl"),
        ("أريد أن أصبح طبيبا", "ar", "rtl"),
    ],
)
def test_the_sentence_of_the_language_and_an_adviser(
    ground: Ground, text: str, code: str, direction: str
):
    reply = reply_to(text, ground)
    assert reply is not None
    (message,) = reply.messages
    assert message["answer"] == "other_language"
    assert message["text"] == known()[code].sentence
    assert (message["lang"], message["dir"]) == (code, direction)
    assert message["buttons"] == [{"title": "Talk to an adviser", "payload": "/talk_to_adviser"}]
    assert message["sources"] == []


@pytest.mark.parametrize(
    "text",
    [
        "",
        "what does a nurse earn",
        "burrito chef",
        "dzień dobry, what does a nurse earn",
        "السلام عليكم how do i become a nurse",
    ],
)
def test_english_is_left_to_be_answered(ground: Ground, text: str):
    assert reply_to(text, ground) is None


def test_what_was_talked_about_is_kept(ground: Ground):
    before = Memory(audience="parent", year_group=11, misses=1, asking="job", form={"name": "quiz"})
    reply = reply_to("jak zostać lekarzem", ground, before)
    assert reply is not None
    offered = (("Talk to an adviser", "/talk_to_adviser"),)
    assert reply.memory == replace(before, misses=0, asking=None, offered=offered)
