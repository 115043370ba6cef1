from __future__ import annotations

import json
import string
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from hypothesis import assume, given
from hypothesis import strategies as st

from bot.identity.sealing import sealing_of
from bot.identity.secrets import add_record_key, load_or_make
from bot.records.sealing import PURPOSES, SealBroken, Sealing

LOOKUP_KEY = "k" * 43
OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()
SEALING = Sealing([NEW, OLD], LOOKUP_KEY)

TEXTS = st.text() | st.text(st.characters(codec="utf-8"))  # the first with lone surrogates
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False)
    | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=12,
)  # fmt: skip
OBJECTS = st.dictionaries(TEXTS, JSON, max_size=5)
WORDS = st.text(string.ascii_letters, min_size=8, max_size=40)


@given(OBJECTS)
def test_what_is_sealed_opens_again(value: dict[str, Any]):
    sealed = SEALING.seal(value)
    assert SEALING.open(sealed) == value
    assert json.dumps(SEALING.open(sealed)) == json.dumps(value)
    assert sealed.isascii()
    assert not any(sign.isspace() for sign in sealed)
    assert SEALING.seal(value) != sealed


@given(WORDS, WORDS)
def test_nothing_of_the_text_is_in_the_sealed_form(name: str, text: str):
    sealed = SEALING.seal({"given_name": name, "text": text})
    plain = Fernet(NEW).decrypt(sealed)  # only so that the test sees what it looks for
    for word in (name, text):
        assert word.encode() in plain
        assert word not in sealed
        assert word not in SEALING.lookup("person", word)


CONTENTS = st.binary(max_size=300)


@given(CONTENTS)
def test_bytes_open_again_as_they_were(content: bytes):
    sealed = SEALING.seal_bytes(content)
    assert SEALING.open_bytes(sealed) == content
    assert SEALING.seal_bytes(content) != sealed
    assert 58 <= len(sealed) - len(content) <= 73
    assert len(content) < 4 or content not in sealed


def test_a_large_file_opens_again():
    content = bytes(range(256)) * 20_480  # 5 MB
    assert SEALING.open_bytes(SEALING.seal_bytes(content)) == content


@given(CONTENTS, st.data())
def test_bytes_cut_short_or_changed_are_refused(content: bytes, data: st.DataObject):
    sealed = SEALING.seal_bytes(content)
    place = data.draw(st.integers(0, len(sealed) - 1))
    other = data.draw(st.integers(1, 255))
    changed = sealed[:place] + bytes([sealed[place] ^ other]) + sealed[place + 1 :]
    for broken in (sealed[:place], sealed[place + 1 :], sealed + b"\0", changed):
        for way in (SEALING.open_bytes, SEALING.reseal):
            with pytest.raises(SealBroken) as refusal:
                way(broken)
            assert refusal.value.__context__ is None
        assert not SEALING.is_newest(broken)


@given(OBJECTS, st.data())
def test_cut_short_is_refused(value: dict[str, Any], data: st.DataObject):
    sealed = SEALING.seal(value)
    end = data.draw(st.integers(0, len(sealed) - 1))
    for rest in (sealed[:end], sealed[len(sealed) - end :]):
        with pytest.raises(SealBroken):
            SEALING.open(rest)


@given(OBJECTS, st.data())
def test_any_one_sign_changed_is_refused(value: dict[str, Any], data: st.DataObject):
    sealed = SEALING.seal(value)
    place = data.draw(st.integers(0, len(sealed) - 1))
    sign = data.draw(st.characters())
    assume(sign != sealed[place])
    for changed in (
        sealed[:place] + sign + sealed[place + 1 :],
        sealed[:place] + sign + sealed[place:],
    ):
        if changed == sealed:
            continue
        with pytest.raises(SealBroken):
            SEALING.open(changed)


@given(st.text())
def test_what_was_never_sealed_is_refused(text: str):
    for refused in (SEALING.open, SEALING.reseal):
        with pytest.raises(SealBroken):
            refused(text)
    assert not SEALING.is_newest(text)


def test_another_installation_opens_nothing():
    other = Sealing([Fernet.generate_key().decode()], LOOKUP_KEY)
    with pytest.raises(SealBroken):
        other.open(SEALING.seal({"name": "Ada"}))


@pytest.mark.parametrize("way", [Sealing.open, Sealing.reseal])
def test_the_refusal_says_nothing_of_the_text_or_the_keys(way: Callable[[Sealing, str], Any]):
    broken = SEALING.seal({"name": "Quillfeather"})[:-8] + "AAAAAAA="
    with pytest.raises(SealBroken) as refusal:
        way(SEALING, broken)
    told = "".join(traceback.format_exception(refusal.value))
    assert refusal.value.__context__ is None
    assert str(refusal.value) == ""
    for secret in ("Quillfeather", broken, NEW, OLD):
        assert secret not in told
    assert NEW not in repr(SEALING)


@pytest.mark.parametrize("value", [{"n": float("nan")}, {"n": float("inf")}, {"d": datetime.now()}])
def test_what_json_has_no_form_for_is_refused(value: dict[str, Any]):
    with pytest.raises((TypeError, ValueError)):
        SEALING.seal(value)


# ---- more than one key


@given(OBJECTS)
def test_the_first_key_seals_and_all_open(value: dict[str, Any]):
    by_old = Sealing([OLD], LOOKUP_KEY).seal(value)
    assert SEALING.open(by_old) == value
    assert not SEALING.is_newest(by_old)
    again = SEALING.reseal(by_old)
    assert SEALING.is_newest(again)
    assert Sealing([NEW], LOOKUP_KEY).open(again) == value
    with pytest.raises(SealBroken):
        Sealing([OLD], LOOKUP_KEY).open(again)


@given(CONTENTS)
def test_bytes_are_sealed_again_with_the_first_key(content: bytes):
    by_old = Sealing([OLD], LOOKUP_KEY).seal_bytes(content)
    assert SEALING.open_bytes(by_old) == content
    assert not SEALING.is_newest(by_old)
    again = SEALING.reseal(by_old)
    assert SEALING.is_newest(again)
    assert Sealing([NEW], LOOKUP_KEY).open_bytes(again) == content
    with pytest.raises(SealBroken):
        Sealing([OLD], LOOKUP_KEY).open_bytes(again)


@pytest.mark.parametrize("keys", [[], ["short"], [NEW, "short"]])
def test_no_keys_or_wrong_ones_are_refused(keys: list[str]):
    with pytest.raises(ValueError):
        Sealing(keys, LOOKUP_KEY)


def test_a_key_made_while_it_runs_is_found_when_it_is_needed(tmp_path: Path):
    running = sealing_of(load_or_make(tmp_path))
    before = running.seal({"n": 1})
    add_record_key(tmp_path, datetime(2026, 11, 22, tzinfo=UTC))
    later = sealing_of(load_or_make(tmp_path))
    sealed = later.seal({"n": 2})
    assert not running.is_newest(sealed)
    assert running.open(sealed) == {"n": 2}
    assert running.is_newest(sealed)  # and seals with it from now on
    assert later.is_newest(running.seal({"n": 3}))
    assert later.open(before) == running.open(before) == {"n": 1}
    with pytest.raises(SealBroken):
        running.open(SEALING.seal({"n": 4}))


# ---- look-up

SPACES = st.text(" \t\n\u00a0\u2003", min_size=1, max_size=3)


@given(st.lists(WORDS, min_size=1, max_size=4), st.data())
def test_found_whatever_case_and_spacing(words: list[str], data: st.DataObject):
    typed = data.draw(SPACES).join(["", *words, ""])
    for purpose in PURPOSES:
        expected = SEALING.lookup(purpose, " ".join(words))
        for same in (typed, typed.upper(), typed.lower(), typed.swapcase()):
            assert SEALING.lookup(purpose, same) == expected
        assert len(expected) == 64
        assert set(expected) <= set(string.hexdigits.lower())


@given(TEXTS)
def test_every_text_can_be_looked_up_and_differs_by_purpose(text: str):
    assert len({SEALING.lookup(purpose, text) for purpose in PURPOSES}) == len(PURPOSES)
    assert SEALING.lookup("email", text.casefold()) == SEALING.lookup("email", text)
    assert SEALING.lookup("email", f" {text}\n") == SEALING.lookup("email", text)


@given(WORDS, WORDS)
def test_other_texts_and_other_keys_give_other_hashes(one: str, two: str):
    assume(one.casefold() != two.casefold())
    assert SEALING.lookup("upn", one) != SEALING.lookup("upn", two)
    assert Sealing([NEW], "l" * 43).lookup("upn", one) != SEALING.lookup("upn", one)


def test_words_are_not_run_together():
    assert SEALING.lookup("person", "Jo Ann") != SEALING.lookup("person", "Joann")


def test_accents_may_be_written_either_way():
    assert SEALING.lookup("person", "Zoe\u0308") == SEALING.lookup("person", "ZOË")


def test_the_hash_does_not_hang_on_the_sealing_keys():
    assert Sealing([OLD], LOOKUP_KEY).lookup("upn", "A1") == SEALING.lookup("upn", "A1")


def test_a_purpose_that_is_none_is_refused_without_the_text():
    with pytest.raises(ValueError) as refusal:
        SEALING.lookup("nickname", "Quillfeather")
    assert "Quillfeather" not in str(refusal.value)
