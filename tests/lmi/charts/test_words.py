from __future__ import annotations

import re

import pytest

from lmi.charts.words import WORDS, jobs, money, word_list, words


@pytest.mark.parametrize(
    ("amount", "shown"),
    [(38064, "£38,064"), (18.96, "£18.96"), (3172.0, "£3,172"), (None, "not published")],
)
def test_money(amount, shown):
    assert money(amount) == shown


@pytest.mark.parametrize(
    ("thousands", "shown"),
    [
        (921.754, "922,000"),
        (10.4, "10,000"),
        (9.96, "10,000"),
        (5.27, "5,300"),
        (0.01, "under 100"),
        (0, "under 100"),
    ],
)
def test_jobs(thousands, shown):
    assert jobs(thousands) == shown


@pytest.mark.parametrize("name", ["pay", "pay.columns", "nothing", "pay.middle.more"])
def test_only_words_are_words(name):
    with pytest.raises(KeyError):
        words(name)


def test_a_list_is_asked_for_as_one():
    assert word_list("outlook.columns") == ("Year", "Jobs")
    with pytest.raises(KeyError):
        word_list("pay.middle")


def test_the_voice_of_the_house():
    said = WORDS.read_text(encoding="utf-8")
    assert "!" not in said
    assert not re.search(r"\bI\b|\bbest\b", said)
