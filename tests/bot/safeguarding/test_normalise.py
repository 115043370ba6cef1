import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.safeguarding.normalise import Normaliser
from bot.safeguarding.screen import FOLDER

WORDING = yaml.safe_load((FOLDER / "wording.yml").read_text(encoding="utf-8"))
KNOWN = {*("i", "want", "to", "die", "cut", "my", "arms", "starving", "self", "not", "safe")}
KNOWN |= {"hurt", "worried", "about", "mate"}
NORMALISER = Normaliser.of(WORDING, KNOWN)


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("I WANT to die!!!", "i want to die"),
        ("i w\u200bant t\u00ado die", "i want to die"),
        ("ｉ ｗａｎｔ ｔｏ ｄｉｅ", "i want to die"),
        ("1m n0t s4fe", "i am not safe"),
        ("w o r r i e d about m8", "worried about mate"),
        ("i w a n t t o d i e", "i want to die"),
        ("i wanna dieeeee", "i want to die"),
        ("self-harm", "selfharm"),
        ("i don’t want to", "i do not want to"),
        ("starveing", "starving"),
        ("i just really want to die tbh", "i want to die"),
        ("i want to d!e", "i want to die"),
        ("і wаnt to die", "i want to die"),
        ("cutin my arms", "cutin my arms"),
    ],
)
def test_plain_words(typed: str, words: str):
    assert NORMALISER.sentences(typed) == [words.split()]


def test_sentences_are_told_apart():
    assert NORMALISER.sentences("hurt. cut my arms!\n\nworried about my mate?") == [
        ["hurt"],
        ["cut", "my", "arms"],
        ["worried", "about", "my", "mate"],
    ]


def test_a_text_cut_up_is_put_together_too():
    assert NORMALISER.sentences("i. want. to. die.")[-1] == ["i", "want", "to", "die"]


@given(st.text())
def test_reads_anything_into_words(text: str):
    for words in NORMALISER.sentences(text):
        assert words
        assert all(word and not word.isspace() for word in words)
