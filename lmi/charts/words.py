"""Words and numbers as a chart shows them; the words are in words.yml."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

WORDS = Path(__file__).with_name("words.yml")


@cache
def _all() -> dict[str, object]:
    loaded = yaml.safe_load(WORDS.read_text(encoding="utf-8"))
    if not isinstance(loaded, dict):
        raise TypeError(f"{WORDS.name} must hold names and words")
    return loaded


def _entry(name: str) -> object:
    found: object = _all()
    for part in name.split("."):
        if not isinstance(found, dict):
            raise KeyError(name)
        found = found[part]
    return found


def words(name: str, /, **values: object) -> str:
    """The words with that dotted name, their {…} filled in; KeyError when there are none."""
    found = _entry(name)
    if not isinstance(found, str):
        raise KeyError(name)
    return found.format(**values)


def word_list(name: str, /, **values: object) -> tuple[str, ...]:
    """The list of words with that dotted name; KeyError when there is none."""
    found = _entry(name)
    if not isinstance(found, list):
        raise KeyError(name)
    return tuple(str(word).format(**values) for word in found)


def money(amount: float | None) -> str:
    """Pounds, with pence only where there are any; None is shown as not published."""
    if amount is None:
        return words("not_published")
    return f"£{amount:,.0f}" if float(amount).is_integer() else f"£{amount:,.2f}"


def jobs(thousands: float) -> str:
    """A number of jobs in whole thousands, or in hundreds under ten thousand."""
    to = 1000 if thousands >= 10 else 100
    rounded = int(round(thousands * 1000 / to) * to)
    return f"{rounded:,}" if rounded else words("outlook.fewer_than")
