from itertools import islice

import pytest

from bench.speed.runs import Extent
from bench.speed.script import Script


def test_the_script_is_a_realistic_mixture():
    script = Script.load()
    assert all(4 <= len(lines) <= 8 for lines in script.conversations)
    assert len({line for lines in script.conversations for line in lines}) >= 30


def test_senders_walk_all_conversations_in_orders_of_their_own():
    script = Script.load()
    count = len(script.conversations)
    first = list(islice(script.for_sender(0, seed=1), count))
    assert sorted(first) == sorted(script.conversations)
    assert first == list(islice(script.for_sender(0, seed=1), count))
    assert any(first != list(islice(script.for_sender(n, seed=1), count)) for n in range(1, 5))


def test_any_window_of_the_long_conversation_holds_the_same_work():
    script = Script.load()
    window = len(script.long)
    for turns in (Extent().turns, Extent.quick().turns):
        lines = list(script.long_lines(turns))
        assert len(lines) == turns
        assert sorted(lines[:window]) == sorted(lines[-window:])


def test_a_line_that_yaml_reads_as_no_text_is_refused(tmp_path):
    path = tmp_path / "script.yml"
    path.write_text("conversations: [[hi, no]]\nlong: [hi]\n", encoding="utf-8")
    with pytest.raises(ValueError, match="False"):
        Script.load(path)
