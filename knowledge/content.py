"""What is common to all content files: the fault that names its file, and reading YAML by line."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

HERE = Path(__file__).resolve().parent
# The loader in C, where it was built in: it reads the facts ten times as fast.
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class BadContent(ValueError):
    """A content file is not right; the sentence names file, line where there is one, and fault."""


@dataclass(frozen=True)
class Entry:
    """One entry of a YAML list: its values, and where it stands."""

    values: dict[str, Any]
    path: Path
    line: int

    def fault(self, sentence: str) -> BadContent:
        """Return the fault `sentence` with this entry's file and line."""
        return BadContent(f"{named(self.path)}:{self.line}: {sentence}")


def named(path: Path) -> str:
    """Return a content file's name as a reader looks for it: knowledge/facts/wages.yml."""
    try:
        return str(path.resolve().relative_to(HERE.parent))
    except ValueError:
        return str(path)


def entries(path: Path) -> list[Entry]:
    """Return the entries of a YAML file that holds one list of mappings; an empty file has none."""
    try:
        loader = _Loader(path.read_text(encoding="utf-8"))
        node = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        raise BadContent(f"{named(path)}:{_line(error)}: {error.problem}") from error
    except (UnicodeDecodeError, yaml.YAMLError) as error:
        raise BadContent(f"{named(path)}:1: the file cannot be read: {error}") from error
    if node is None:
        return []
    if not isinstance(node, yaml.SequenceNode):
        raise BadContent(f"{named(path)}:1: the file is not a list of entries (each begins with -)")
    return [_entry(path, item, loader) for item in node.value]


def _entry(path: Path, item: yaml.Node, loader: Any) -> Entry:
    """Return one entry. One at a time, so that a value such as 2026-02-30 has a line."""
    where = Entry({}, path, item.start_mark.line + 1)
    if not isinstance(item, yaml.MappingNode):
        raise where.fault("an entry is not a mapping (name: value)")
    names = [key.value for key, _ in item.value if isinstance(key, yaml.ScalarNode)]
    if twice := {name for name in names if names.count(name) > 1}:
        raise where.fault(f"{', '.join(sorted(twice))} stands twice")
    try:
        return Entry(loader.construct_document(item), path, where.line)
    except yaml.MarkedYAMLError as error:
        raise BadContent(f"{named(path)}:{_line(error)}: {error.problem}") from error
    except ValueError as error:
        raise where.fault(f"a day that is not in the calendar: {error}") from error


def _line(error: yaml.MarkedYAMLError) -> int:
    return error.problem_mark.line + 1 if error.problem_mark else 1


def check_keys(entry: Entry, needed: set[str], allowed: set[str]) -> None:
    """Raise `BadContent` when a needed key of `entry` is missing or empty, or one is unknown."""
    if unknown := set(entry.values) - needed - allowed:
        raise entry.fault(f"unknown key {', '.join(sorted(map(str, unknown)))}")
    missing = [k for k in sorted(needed) if entry.values.get(k) in (None, "", [])]
    if missing:
        raise entry.fault(f"{', '.join(missing)} is missing")
