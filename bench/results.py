"""Where results are kept (`var/bench/`, never committed) and how tables are printed."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bot.settings import PROJECT

FOLDER = PROJECT / "var" / "bench"


def save(program: str, told: dict[str, Any], folder: Path = FOLDER) -> Path:
    """Write results as `<program>.json` (the latest) and under their date; return the latter.

    `told["conditions"]["date"]` is an ISO date and time.
    """
    folder.mkdir(parents=True, exist_ok=True)
    stamp = told["conditions"]["date"].replace(":", "").replace("+0000", "Z")
    dated = folder / f"{program}-{stamp}.json"
    text = json.dumps(told, indent=1, ensure_ascii=False) + "\n"
    for path in (dated, folder / f"{program}.json"):
        path.write_text(text, encoding="utf-8")
    print(f"\nSaved: {_shown(dated)}", flush=True)
    return dated


def latest(program: str, folder: Path = FOLDER) -> dict[str, Any] | None:
    """Return the latest results of a program, None when it was never run here."""
    path = folder / f"{program}.json"
    if not path.exists():
        return None
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return told


def table(head: Sequence[str], rows: Sequence[Sequence[Any]]) -> str:
    """Return rows as aligned text: the first column to the left, the others to the right.

    Floats are shown to two places, None as a dash.
    """
    cells = [[_cell(value) for value in row] for row in (head, *rows)]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = []
    for row in cells:
        shown = [row[0].ljust(widths[0])]
        shown += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  " + "  ".join(shown).rstrip())
    lines.insert(1, "  " + "  ".join("-" * width for width in widths))
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    return f"{value:.2f}" if isinstance(value, float) else str(value)


def _shown(path: Path) -> Path:
    return path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
