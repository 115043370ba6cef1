import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.gateway.stages.normalise import clean, has_words


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  what does a vet earn \n", "what does a vet earn"),
        ("/pay", "pay"),
        (" / / /pay{}", "pay{}"),
        ("a\u200b/b 24/7", "a/b 24/7"),
        ("\u202e/pay", "pay"),
        ("line one\r\nline two\rthree", "line one\nline two\nthree"),
        ("a\n\n\n\n\nb", "a\n\nb"),
        ("tab\there", "tab here"),
        ("nul\x00 bell\x07 esc\x1b[31m", "nul bell esc[31m"),
        ("cafe\u0301", "café"),
        ("abc\u202egnirts\u202c def", "abcgnirts def"),
        (
            "family 👩\u200d👩\u200d👧 flag 🏴\U000e0067\U000e007f",
            "family 👩\u200d👩\u200d👧 flag 🏴\U000e0067\U000e007f",
        ),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("////", ""),
        ("\x00\u200b", ""),
    ],
)
def test_kept_as(typed: str, kept: str):
    assert clean(typed) == kept


@given(st.text(alphabet=st.characters(), max_size=300))
def test_twice_is_as_once(typed: str):
    kept = clean(typed)
    assert clean(kept) == kept
    assert not kept.startswith("/")
    assert unicodedata.is_normalized("NFC", kept)
    assert not {"Cc", "Cs"} & {unicodedata.category(c) for c in kept if c != "\n"}
    assert not set(kept) & set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@pytest.mark.parametrize("text", ["", " ", "\n", "\u200d", "\u0301", "\ue000"])
def test_nothing_to_see(text: str):
    assert not has_words(text)


@pytest.mark.parametrize("text", ["a", "?", "👍", "1", "é", "職"])
def test_something_to_see(text: str):
    assert has_words(text)
