"""What docs/benchmark-3.md says is held by a test is held by a test that there is."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "benchmark-3.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split(" | ")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if line.startswith("| ") and not line.startswith("| Sentence")
]
STATES = {"Met", "Partly", "Not met"}


def test_every_sentence_has_a_state():
    assert len(ROWS) >= 16
    assert {row[1] for row in ROWS} == STATES


def test_what_is_met_even_in_part_names_a_test():
    for row in ROWS:
        named = re.findall(r"`(tests/[^`]+)`", row[-1])
        assert bool(named) == (row[1] != "Not met"), row[0]


def test_every_test_that_is_named_exists():
    missing = []
    for file, function in re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE.read_text("utf-8")):
        path = ROOT / file
        names = set()
        if path.exists():
            tree = ast.parse(path.read_text(encoding="utf-8"))
            kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
            names = {node.name for node in ast.walk(tree) if isinstance(node, kinds)}
        if function not in names:
            missing.append(f"{file}::{function}")
    assert missing == []


def test_every_name_is_of_a_test():
    for named in re.findall(r"`(tests/[^`]+)`", PAGE.read_text("utf-8")):
        assert re.fullmatch(r"tests/[\w/]+/test_\w+\.py::test_\w+", named), named
