"""Real answers recorded from LMI for All, read at run time where they are at hand.

They lie beside the repository (`../shared/data/lmi-for-all`) and are never copied into it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

FOLDER = Path(__file__).resolve().parents[3] / "shared" / "data" / "lmi-for-all"
Question = tuple[str, tuple[tuple[str, str], ...]]


def question(path: str, query: str) -> Question:
    """A path below the base and its parameters, in a form that compares."""
    return path, tuple(sorted(parse_qsl(query, keep_blank_values=True)))


def answers(folder: Path = FOLDER) -> dict[Question, tuple[int, Any]]:
    """Status and body by question; empty where the folder is absent."""
    if not folder.is_dir():
        return {}
    found: dict[Question, tuple[int, Any]] = {}
    for entry in json.loads((folder / "latest_by_request.json").read_text("utf-8")):
        parts = urlsplit(entry["request"])
        path = parts.path.removeprefix("/api/v1/")
        found[question(path, parts.query)] = (entry["status"], entry["json"])
    regions = json.loads((folder / "wf_predict_breakdown_region_2815.json").read_text("utf-8"))
    found[question("wf/predict/breakdown/region", "soc=2815")] = (200, regions)
    courses = json.loads((folder / "hesa_courses_3113_partial.json").read_text("utf-8"))
    found[question("hesa/courses/3113", "")] = (200, courses)
    return found
