"""What is known of each table's publisher, from `publications.yml`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

PUBLICATIONS = Path(__file__).parent / "publications.yml"


def read_publications() -> dict[str, dict[str, Any]]:
    """Return publisher, dataset, licence, link, files and caveats by the table's name."""
    content = yaml.safe_load(PUBLICATIONS.read_text(encoding="utf-8"))
    return dict(content["tables"])


def pay_caveats(worked_out: Iterable[int]) -> dict[str, str]:
    """Return the caveats of the pay tables.

    `worked_out` are the years whose figures are not as ONS printed them: annual pay from rounded
    monthly pay, and the all-jobs figure from the unit groups.
    """
    years = sorted(set(worked_out))
    named = f"{years[0]} to {years[-1]}" if len(years) > 1 else "".join(map(str, years))
    caveats = {}
    for name in ("pay", "pay_all_jobs"):
        entry = read_publications()[name]
        parts = [entry["caveat"]]
        if years:
            parts.append(entry["worked_out"].format(years=named))
        caveats[name] = " ".join(part for part in parts if part)
    return caveats


def file_record(path: Path, name: str) -> dict[str, str]:
    """Return what the record of sources says about one file that was read."""
    return {"name": name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
