"""Which passwords are taken, why not, and that nobody's takes as long as somebody's."""

import string
import time

import pytest
from argon2 import PasswordHasher
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.identity.staff.passwords import LEAST, MOST, PasswordRefused, Passwords, check_new

OWN = ["Ada Quillfeather", "ada.q@greenwood.example", "Greenwood High School"]
GOOD = (
    "lamp octave gravel pie",
    "école sûre lampe cailloux",
    "x9$Lk2!vQp0zR",
    "Zug fährt ab um neun",
)


def refused(password: str, own: list[str] = OWN) -> str | None:
    try:
        check_new(password, own)
    except PasswordRefused as found:
        assert len(password) < LEAST or password not in found.says()
        return found.why
    return None


@pytest.mark.parametrize("password", GOOD)
def test_what_is_taken(password: str):
    assert refused(password) is None


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "too_short"),
        ("lamp gravel", "too_short"),
        ("é" * 11, "too_short"),
        ("lamp octave gravel pie " * 6, "too_long"),
        ("correct horse battery staple", "common"),
        ("Manchester United 99!", "common"),
        ("K33pC@lmAndC4rryOn!!", "common"),
        ("theQuickBrownFox2026", "common"),
        ("quillfeather lamp octave", "own"),
        ("Qu1llf34th3r-lamp-octave", "own"),
        ("greenwood-lamp-octave", "own"),
        ("ada.q@greenwood.example", "own"),
        ("signpost lamp octave pie", "own"),
        ("aaaaaaaaaaaaaaaa", "easy"),
        ("qwertyuiop[]1234", "common"),
        ("Password12345!", "easy"),
        ("abcabcabcabcabc", "easy"),
        ("198419841984", "easy"),
    ],
)
def test_what_is_refused_and_why(password: str, why: str):
    assert refused(password) == why


def test_each_reason_is_a_whole_sentence():
    for password in ("", "x" * 200, "correct horse battery staple", OWN[0] + " 123", "a" * 20):
        with pytest.raises(PasswordRefused) as found:
            check_new(password, OWN)
        assert found.value.says().endswith(".") and len(found.value.says()) > 20
    assert str(LEAST) in PasswordRefused("too_short").says()
    assert str(MOST) in PasswordRefused("too_long").says()


def test_the_words_of_any_school_are_nobodys_own():
    assert refused("the high road school pie lamp") is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=300))
def test_any_text_is_judged(password: str):
    assert refused(password) in (None, "too_short", "too_long", "common", "own", "easy")


@settings(max_examples=60, deadline=None)
@given(st.text(string.ascii_letters + string.digits + "!@$ ", max_size=40))
def test_nothing_short_is_taken(password: str):
    assert (len(password) < LEAST) <= (refused(password) == "too_short")


# ---- kept


@pytest.fixture
def passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


async def test_only_the_right_one_is_right(passwords: Passwords):
    kept = await passwords.hash(GOOD[0])
    assert kept.startswith("$argon2id$") and GOOD[0] not in kept
    assert (await passwords.check(GOOD[0], kept)).right
    assert not (await passwords.check(GOOD[0] + " ", kept)).right
    assert not (await passwords.check("", kept)).right
    assert not (await passwords.check(GOOD[0] * 100, kept)).right
    assert await passwords.hash(GOOD[0]) != kept


async def test_however_accents_are_typed(passwords: Passwords):
    kept = await passwords.hash("école sûre")
    assert (await passwords.check("e\u0301cole su\u0302re", kept)).right


@pytest.mark.parametrize("password", ["", "anything at all", "\ud800"])
async def test_who_has_none_is_never_right(passwords: Passwords, password: str):
    assert not (await passwords.check(password, None)).right


async def test_a_broken_hash_opens_nothing(passwords: Passwords):
    assert not (await passwords.check("anything", "$argon2id$broken")).right


async def test_a_weaker_hash_is_renewed():
    weak = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    strong = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    kept = await weak.hash(GOOD[0])
    checked = await strong.check(GOOD[0], kept)
    assert checked.right and checked.renewed is not None
    assert (await strong.check(GOOD[0], checked.renewed)).renewed is None
    assert (await strong.check("wrong", kept)).renewed is None


async def test_nobodys_takes_as_long_as_somebodys():
    passwords = Passwords(PasswordHasher(time_cost=4, memory_cost=8192, parallelism=1))
    kept = await passwords.hash(GOOD[0])

    async def least(password_hash: str | None) -> float:
        took = []
        for _ in range(7):
            begun = time.perf_counter()
            await passwords.check("a wrong one", password_hash)
            took.append(time.perf_counter() - begun)
        return min(took)

    somebodys, nobodys = await least(kept), await least(None)
    assert 0.5 < nobodys / somebodys < 2
