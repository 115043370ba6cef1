"""The sentences around figures: templates in knowledge/wording/*.yml, filled with values."""

from __future__ import annotations

import re
import string
from collections.abc import Mapping
from pathlib import Path

import yaml

FOLDER = Path(__file__).parent / "wording"


class Wording:
    """Templates by their key "file.name", for example "pay.typical"."""

    def __init__(self, templates: Mapping[str, str]) -> None:
        """Take the templates by key; `load` reads them from files."""
        self._templates = dict(templates)
        self._patterns: dict[str, re.Pattern[str]] = {}

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Wording:
        """Read every file of `folder`: each a mapping of name to template."""
        templates = {}
        for path in sorted(folder.glob("*.yml")):
            for name, template in yaml.safe_load(path.read_text(encoding="utf-8")).items():
                templates[f"{path.stem}.{name}"] = str(template).strip()
        return cls(templates)

    def say(self, key: str, **values: object) -> str:
        """Return the template `key` filled with `values`.

        Raises KeyError for an unknown key, or when a place of the template has no value.
        """
        return string.Formatter().vformat(self._templates[key], (), values)

    def pattern(self, key: str) -> re.Pattern[str]:
        """Return the entry `key` as a regular expression over whole words, blind to case.

        Lists of words that people use ("per month|monthly") are kept as such entries. One that
        takes several lines (|-) reads as if it were written in one.
        """
        if key not in self._patterns:
            words = self._templates[key].replace("\n", "")
            self._patterns[key] = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
        return self._patterns[key]

    def places(self, key: str) -> set[str]:
        """Return the names of the places in the template `key`."""
        return {name for _, name, _, _ in string.Formatter().parse(self._templates[key]) if name}

    def keys(self) -> list[str]:
        """Return all keys."""
        return list(self._templates)
