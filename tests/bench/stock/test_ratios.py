import json

from bench.stock.ratios import better_high, better_low, difference, tell_ratios


def told(replies, p95, ratio, start, extent=(1, 10)):
    load = {"replies_per_s": replies, "reply_ms": {"p95": p95, "count": 9}}
    return {
        "conditions": {"date": "2026-11-22", "commit": "abc", "load_1_5_15": [0.1, 0, 0]},
        "extent": extent,
        "training": {"seconds": 30.0},
        "start_s": [start],
        "memory_after_mb": {"a": 100.0, "b": 50.0},
        "load": {"50 back to back": load, "50 people": load},
        "long_conversation": {"ratio": ratio, "turns": 300},
    }


def understood(value):
    return {
        "in_scope_accuracy": {"value": value},
        "macro_f1": value,
        "false_accepts": {"all": {"value": 0.25}},
        "parse_ms": {"p95": 10.0},
    }


def row(text, name):
    return next(line.split(name)[1].split() for line in text.splitlines() if name in line)


def test_the_figures_stand_side_by_side(capsys):
    stock = {**told(20.0, 500.0, 12.0, 30.0), "nlu": {"dev": understood(0.7)}}
    nlu = {"conditions": stock["conditions"], "dev": understood(0.9)}
    speed = json.loads(json.dumps(told(100.0, 50.0, 1.2, 10.0)))  # as read from a file
    tell_ratios(stock, speed, nlu)
    text = capsys.readouterr().out
    assert row(text, "replies/s, 50 back to back") == ["100.00", "20.00", "5.0", "x"]
    assert row(text, "p95 ms, 50 people") == ["50.00", "500.00", "10.0", "x"]
    assert row(text, "turn 300 against turn 1") == ["1.20", "12.00", "10.0", "x"]
    assert row(text, "start to ready, s") == ["10.00", "30.00", "3.0", "x"]
    assert row(text, "dev: in-scope accuracy") == ["0.90", "0.70", "+0.20"]
    assert "replies/s, 50 people" not in text
    assert "not comparable" not in text


def test_what_was_not_measured_is_a_dash(capsys):
    tell_ratios({**told(20.0, 500.0, None, 30.0), "nlu": {}}, None, None)
    text = capsys.readouterr().out
    assert "bench.speed was not run" in text
    assert row(text, "replies/s, 50 back to back") == ["-", "20.00", "-"]


def test_different_extents_are_told(capsys):
    stock = {**told(20.0, 500.0, 2.0, 30.0, extent=(1,)), "nlu": {}}
    tell_ratios(stock, told(20.0, 500.0, 2.0, 30.0), None)
    assert "not comparable" in capsys.readouterr().out


def test_ratios_of_nothing():
    assert better_low(0.0, 5.0) is None
    assert better_high(5.0, 0.0) is None
    assert better_high(None, 5.0) is None
    assert difference(None, 1.0) is None
