"""Whom to credit for the service's figures; the words are in credits.yml."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from lmi.snapshot import Source

_FILE = Path(__file__).with_name("credits.yml")


@lru_cache(maxsize=1)
def _words() -> dict[str, Any]:
    words: dict[str, Any] = yaml.safe_load(_FILE.read_text(encoding="utf-8"))
    return words


def credit(dataset: str, year: str, caveats: Iterable[str] = ()) -> Source:
    """The source of a figure from the named dataset. `year` may be "" where none is known;
    `caveats` are names in credits.yml, and their sentences are joined. KeyError for a name that
    the file does not have.
    """
    words = _words()
    service = words["service"]
    return Source(
        publisher=service["publisher"],
        dataset=words["datasets"][dataset],
        year=year,
        link=service["link"],
        licence=service["licence"],
        caveat=" ".join(words["caveats"][name] for name in caveats),
    )


def credit_line() -> str:
    """The one sentence that the service asks to be shown with its data."""
    return str(_words()["service"]["credit"])
