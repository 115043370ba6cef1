"""Every pattern hears what it says that it hears, and passes over its near misses."""

from pathlib import Path

import pytest
import yaml

from bot.safeguarding.screen import FOLDER, Screen

SCREEN = Screen.load()
FILES = sorted((FOLDER / "patterns").glob("*.yml"))


def examples(kind: str) -> list[tuple[str, str]]:
    return [
        (f"{path.stem}.{pattern['id']}", text)
        for path in FILES
        for pattern in yaml.safe_load(path.read_text(encoding="utf-8"))["patterns"]
        for text in pattern[kind]
    ]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_every_pattern_has_examples_and_near_misses(path: Path):
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert content["category"] == path.stem
    names = [pattern["id"] for pattern in content["patterns"]]
    assert len(names) == len(set(names))
    assert [p["id"] for p in content["patterns"] if not p["hears"] or not p["passes"]] == []


@pytest.mark.parametrize(("name", "text"), examples("hears"))
def test_hears_its_examples(name: str, text: str):
    assert name in heard_by(text)


@pytest.mark.parametrize(("name", "text"), examples("passes"))
def test_passes_over_its_near_misses(name: str, text: str):
    assert SCREEN.check(text) is None


def heard_by(text: str) -> set[str]:
    return {why.rpartition(":")[0] for why in SCREEN.all_reasons(text)}
