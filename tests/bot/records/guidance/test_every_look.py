"""Whoever but the pupil reads a record is noted: no command or page of staff reads without it."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[4]
ROOMS = ("bot/command_line", "bot/advisers", "bot/console")
READS = {
    *("bundle_of", "lines_of", "line_of", "versions_of", "versions_of_pupil", "proposals_of"),
    *("destinations_of", "destinations_of_school", "attachments_of", "attachment_of"),
    *("content_of", "find_folder", "folder_files", "waiting_of", "views_of", "intentions_of"),
}
"""What opens something of a pupil's record."""
COMPARES = {
    ("bot/advisers/compass_files.py", "experience"): "holds rows of a file against what is there",
    ("bot/advisers/compass_files.py", "place"): "the same",
    ("bot/advisers/compass_files.py", "said"): "the same",
    ("bot/advisers/destination_files.py", "read_destinations"): "the same",
}
"""Functions that open lines and tell nobody what they say, with what they do."""
NOTES = {"note_view", "note_look"}
"""What notes a look: by itself, or for the pages of the console, once for half an hour."""


def named(node: ast.AST) -> set[str]:
    return {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}


def whole(name: str, functions: dict[str, set[str]]) -> set[str]:
    """What a function uses, by those that it calls in its module as well."""
    found, to_see = set[str](), [name]
    while to_see:
        uses = functions[to_see.pop()]
        to_see += (uses - found) & functions.keys()
        found |= uses
    return found


def readers() -> list[tuple[str, str, bool]]:
    """Each function of staff's rooms that reads a record, and whether a look is noted.

    By itself, by what it calls, or by everything in its module that calls it.
    """
    found = []
    for path in sorted(file for room in ROOMS for file in (ROOT / room).rglob("*.py")):
        functions = {
            node.name: named(node)
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
            if isinstance(node, ast.FunctionDef)
        }
        for name in (name for name, uses in functions.items() if uses & READS):
            callers = [one for one, uses in functions.items() if name in uses] or [name]
            noted = bool(NOTES & whole(name, functions)) or all(
                NOTES & whole(one, functions) for one in callers
            )
            found.append((str(path.relative_to(ROOT)), name, noted))
    return found


@pytest.mark.parametrize(("file", "name", "noted"), readers(), ids=lambda one: str(one))
def test_a_look_is_noted(file: str, name: str, noted: bool):
    assert noted != ((file, name) in COMPARES)


def test_the_consoles_look_notes_too():
    module = ast.parse((ROOT / "bot/console/people/looks.py").read_text(encoding="utf-8"))
    (look,) = (
        node
        for node in ast.walk(module)
        if isinstance(node, ast.FunctionDef) and node.name == "note_look"
    )
    assert "note_view" in named(look)
    audits = [node.attr for node in ast.walk(look) if isinstance(node, ast.Attribute)]
    assert "audit" in audits  # also when the pupil was told of it already


def test_what_only_compares_is_still_there():
    assert set(COMPARES) <= {(file, name) for file, name, _ in readers()}
    assert len(readers()) > len(COMPARES) + 2
