"""What mails say: subject and text from content files, filled with values."""

from __future__ import annotations

import string
from functools import cache
from pathlib import Path
from typing import NamedTuple

import yaml

FOLDER = Path(__file__).parent / "letters"


class Filled(NamedTuple):
    """A letter's subject and text."""

    subject: str
    text: str


@cache
def _letters() -> dict[str, Filled]:
    found = {}
    for path in sorted(FOLDER.glob("*.yml")):
        for name, letter in yaml.safe_load(path.read_text(encoding="utf-8")).items():
            found[f"{path.stem}.{name}"] = Filled(letter["subject"].strip(), letter["text"].strip())
    return found


def letter(key: str, **values: object) -> Filled:
    """The letter "file.name" with its places filled; each of its own values may be left empty.

    A paragraph whose only place is empty falls away. Raises KeyError for no such letter or place.
    """
    found = _letters()[key]
    filled = [_filled(part, values) for part in found.text.split("\n\n")]
    text = "\n\n".join(part for part in filled if part)
    return Filled(" ".join(_filled(found.subject, values).split()), f"{text}\n")


def _filled(template: str, values: dict[str, object]) -> str:
    places = [name for _, name, _, _ in string.Formatter().parse(template) if name]
    if len(places) == 1 and not values[places[0]]:
        return ""
    return string.Formatter().vformat(template, (), values).strip()


def keys() -> list[str]:
    """Every letter there is."""
    return list(_letters())
