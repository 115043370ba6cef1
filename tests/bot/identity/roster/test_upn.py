import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.roster.upn import LETTERS, check_letter, upn_problem, upn_typed


@pytest.mark.parametrize("upn", ["B801200005001", "P207000016049"])
def test_published_numbers_are_right(upn: str):
    """One that is published; one worked out by hand: 266 modulo 23 is 13, which is P."""
    assert upn_problem(upn) is None


@pytest.mark.parametrize(
    ("upn", "problem"),
    [
        ("A801200005001", "upn_letter"),
        ("B80120000500", "upn_length"),
        ("B8012000050011", "upn_length"),
        ("", "upn_length"),
        ("X80120000A001", "upn_characters"),
        ("8801200005001", "upn_characters"),
        ("B80120000500I", "upn_characters"),
        ("B80120000500²", "upn_characters"),
    ],
)
def test_what_is_wrong_is_told(upn: str, problem: str):
    assert upn_problem(upn) == problem


def test_spaces_and_small_letters_are_forgiven():
    assert upn_typed(" b801200 005001 ") == "B801200005001"


@given(st.text(string.digits, min_size=12, max_size=12), st.integers(0, 11), st.integers(1, 9))
def test_one_mistyped_digit_is_found(rest: str, place: int, by: int):
    upn = check_letter(rest) + rest
    assert upn_problem(upn) is None
    other = str((int(rest[place]) + by) % 10)
    assert upn_problem(upn[0] + rest[:place] + other + rest[place + 1 :]) == "upn_letter"


@given(st.text(string.digits, min_size=11, max_size=11), st.sampled_from(LETTERS))
def test_temporary_numbers_end_in_a_letter(rest: str, last: str):
    assert upn_problem(check_letter(rest + last) + rest + last) is None
