from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.tokens import TokenExpired, Tokens, TokenWrong

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TOKENS = Tokens("k" * 43, timedelta(hours=12))
ID = "0123456789abcdef" * 2


def test_opens_its_own_conversation():
    found = TOKENS.read(TOKENS.issue(ID, now=NOW), now=NOW)
    assert found.conversation_id == ID
    assert not found.operator
    assert found.expires_at == NOW + timedelta(hours=12)


def test_remembers_an_operator():
    assert TOKENS.read(TOKENS.issue(ID, now=NOW, operator=True), now=NOW).operator


def test_its_age_is_absolute():
    token = TOKENS.issue(ID, now=NOW)
    almost = NOW + timedelta(hours=12) - timedelta(seconds=1)
    assert TOKENS.read(token, now=almost).conversation_id == ID
    with pytest.raises(TokenExpired):
        TOKENS.read(token, now=NOW + timedelta(hours=12))


def test_another_installations_token_is_wrong():
    with pytest.raises(TokenWrong):
        TOKENS.read(Tokens("x" * 43, timedelta(hours=12)).issue(ID, now=NOW), now=NOW)


@given(st.integers(0, 200), st.characters(max_codepoint=0x2FF))
def test_a_changed_token_is_wrong(at: int, char: str):
    token = TOKENS.issue(ID, now=NOW)
    changed = token[:at] + char + token[at + 1 :]
    if changed != token:
        with pytest.raises(TokenWrong):
            TOKENS.read(changed, now=NOW)


@given(st.text())
def test_any_text_is_wrong(text: str):
    with pytest.raises(TokenWrong):
        TOKENS.read(text, now=NOW)
