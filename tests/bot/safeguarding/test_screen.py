from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.safeguarding.screen import BadPhrases, Screen

SCREEN = Screen.load()


@pytest.mark.parametrize(
    "text",
    [
        "i want to die",
        "I WANT TO DIE!!!",
        "sometimes i just wanna die tbh",
        "i dont want to be here anymore",
        "I don’t want to live",
        "im gonna kill myself",
        "i keep   cutting\nmyself",
        "ｉ ｗａｎｔ ｔｏ ｄｉｅ",
        "i w\u200bant to d\u00adie",
        "someone is hurting me at home",
        "my dad hits me",
        "my mum always hurts me when shes angry",
        "what does a vet earn. also i want to kill myself",
        "my friend is suicidal",
        "he touched me",
        "im scared to go home",
        "i'm being abused",
    ],
)
def test_hears_a_cry_for_help(text: str):
    assert SCREEN.check(text) is not None


@pytest.mark.parametrize(
    "text",
    [
        "what does a vet earn",
        "i want to work with children being abused",
        "how do i get into helping people who self harm",
        "i want to be a nurse working with suicidal teenagers",
        "what if i hurt myself at work as a builder",
        "can i be a chef without hurting myself",
        "i would kill for that job",
        "do undertakers see people who died",
        "this job is killing me with boredom",
        "i want to diet",
        "",
        "/",
    ],
)
def test_leaves_careers_talk_alone(text: str):
    assert SCREEN.check(text) is None


def test_names_the_topic_and_no_words():
    concern = SCREEN.check("i want to die because of maths")
    assert concern is not None
    assert "maths" not in repr(concern)
    assert concern.topic == "suicide"


@given(st.text())
def test_reads_anything(text: str):
    SCREEN.check(text)


@given(st.text(max_size=30), st.text(max_size=30))
def test_whatever_stands_around_it(before: str, after: str):
    assert SCREEN.check(f"{before}\n. i want to die . \n{after}") is not None


@pytest.mark.parametrize("content", ["", "concerns: []", "concerns: {a: null}\ncareers_talk: []"])
def test_says_that_the_file_is_wrong(tmp_path: Path, content: str):
    (tmp_path / "phrases.yml").write_text(content)
    with pytest.raises(BadPhrases, match=r"phrases\.yml"):
        Screen.load(tmp_path / "phrases.yml")


def test_says_that_the_file_is_missing(tmp_path: Path):
    with pytest.raises(BadPhrases, match=r"none\.yml"):
        Screen.load(tmp_path / "none.yml")
