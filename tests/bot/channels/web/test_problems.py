import re

import pytest
import textstat
import yaml

from bot.channels.web.problems import SENTENCES, Problems

PROBLEMS = Problems.load(most_chars=1000)


def test_every_kind_that_the_code_names_has_a_sentence():
    root = SENTENCES.parents[2]
    named = set()
    for path in [*root.glob("channels/web/*.py"), *root.glob("gateway/**/*.py")]:
        code = path.read_text(encoding="utf-8")
        named |= set(re.findall(r'(?:ProblemFound|Refused|response)\(\s*"([a-z-]+)"', code))
    assert named <= set(yaml.safe_load(SENTENCES.read_text(encoding="utf-8")))
    assert {"empty", "too-long", "expired", "store-busy"} <= named


@pytest.mark.parametrize("problem", list(PROBLEMS), ids=lambda problem: problem.kind)
def test_sentences_for_a_reader(problem):
    assert 400 <= problem.status < 600
    if problem.kind == "help-unstored":
        return
    assert problem.detail[-1] == "."
    assert "{" not in problem.detail
    assert "!" not in problem.detail
    assert not re.search(r"\bI\b", problem.detail)
    assert len(problem.detail.split()) <= 25
    assert textstat.automated_readability_index(problem.detail) < 8


def test_the_longest_message_is_said():
    assert "1,000 characters" in PROBLEMS["too-long"].detail
