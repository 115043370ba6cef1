"""The bench of the record runs, on a school that is small enough for a test."""

from datetime import date
from pathlib import Path

import pytest

from bench.records.__main__ import measure
from bench.records.school import KINDS, line, roster
from bot.identity.roster.reading import read_table
from bot.records.guidance.bodies import body_of
from bot.records.guidance.lines import KINDS as EVERY_KIND


def test_it_measures_and_prints(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    told = measure(tmp_path, pupils=10, lines=4, seed=1)
    assert told["adding"]["lines"] == 40
    assert told["timeline_ms"]["p95"] > 0
    assert told["size_mb"] > 0
    shown = capsys.readouterr().out
    assert shown.startswith("Conditions")
    assert "timeline of a pupil, ms" in shown


def test_the_school_is_the_same_for_a_seed():
    day = date(2026, 7, 20)
    assert roster(20, day, 3) == roster(20, day, 3)
    assert len(read_table(roster(20, day, 3)).rows) == 20


def test_lines_are_of_every_kind_and_can_be_kept():
    import random

    assert set(KINDS) == set(EVERY_KIND)
    assert 36 <= len(KINDS) <= 44
    for kind in EVERY_KIND:
        assert body_of(kind, line(kind, random.Random(1)))
