"""The files that hold the snapshot: CSV tables and the record of their sources.

Every write is deterministic (UTF-8, `\n` line ends, fixed column order) and atomic: all new
files are written beside the old ones first and only then put in their place, so that a failure
half-way leaves the tables as they were.
"""

from __future__ import annotations

import csv
import io
import json
import os
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

TABLES = Path(__file__).parent / "tables"
SOURCES_FILE = "sources.yml"
# safe, and ten times as fast where PyYAML was built with libyaml
_SafeLoader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

Cell = str | int | float | None  # a CSV cell before it is written


def read_table(path: Path) -> list[dict[str, str]]:
    """Return the rows of one CSV table, each a mapping of column name to text."""
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def table_text(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table as CSV text; `None` becomes an empty cell."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return stream.getvalue()


def sources_text(tables: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the record of sources as YAML text, in the order given."""
    # through JSON: an entry that two tables share would else be written as a YAML alias
    plain = json.loads(json.dumps({name: dict(entry) for name, entry in tables.items()}))
    return yaml.safe_dump(
        {"tables": plain},
        sort_keys=False,
        allow_unicode=True,
        width=100,
    )


def read_sources(folder: Path) -> dict[str, dict[str, Any]]:
    """Return what is recorded about each table's source, by the table's name."""
    text = (folder / SOURCES_FILE).read_text(encoding="utf-8")
    return dict(yaml.load(text, Loader=_SafeLoader)["tables"])  # noqa: S506


def replace_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Write several files of `folder` so that either all of them change or none does.

    All contents go to temporary files first; a failure there (a full disk, no permission)
    raises `OSError` and leaves the folder as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    written: list[tuple[Path, Path]] = []
    try:
        for name, text in texts.items():
            handle, temporary = tempfile.mkstemp(dir=folder, prefix=f".{name}.")
            written.append((Path(temporary), folder / name))
            with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
                stream.write(text)
            Path(temporary).chmod(0o644)  # mkstemp makes files that only their owner may read
    except OSError:
        for temporary_path, _ in written:
            temporary_path.unlink(missing_ok=True)
        raise
    for temporary_path, target in written:
        temporary_path.replace(target)
