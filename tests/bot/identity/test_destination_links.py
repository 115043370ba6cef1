"""Tokens of the links for leavers: random, signed, and told from all that was never given out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.destination_links import DestinationLinks
from bot.identity.tokens import TokenWrong

LINKS = DestinationLinks("k" * 43)


def test_a_token_is_known_again_by_its_hash():
    link = LINKS.issue()
    assert LINKS.read(link.token) == link.token_hash
    assert DestinationLinks("k" * 43).read(link.token) == link.token_hash


def test_no_two_are_alike_and_none_shows_itself():
    made = [LINKS.issue() for _ in range(500)]
    assert len({link.token for link in made}) == len({link.token_hash for link in made}) == 500
    assert made[0].token not in repr(made[0])
    assert made[0].token.split(".")[0] not in made[0].token_hash


def test_another_installations_token_is_wrong():
    with pytest.raises(TokenWrong):
        DestinationLinks("x" * 43).read(LINKS.issue().token)


@given(st.integers(0, 67), st.characters())
def test_a_changed_token_is_wrong(place: int, character: str):
    token = LINKS.issue().token
    changed = token[:place] + character + token[place + 1 :]
    if changed != token:
        with pytest.raises(TokenWrong):
            LINKS.read(changed)


@given(st.text(max_size=200))
def test_no_text_is_too_strange(text: str):
    with pytest.raises(TokenWrong):
        LINKS.read(text)
