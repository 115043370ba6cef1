"""What may be held of a pupil and why, and the headings it is known by, from columns.yml."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FULL_NAME = "full_name"
"""One cell with both names: read, but nothing that is held by itself."""

IDENTITY = ("upn", "birth_date")
"""A school holds at least one of these, or no pupil could be known again."""

_FOLDER = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Column:
    """Something that can be held of a pupil. `headings` are normalised, the best one first."""

    name: str
    shown: str
    reason: str
    always: bool
    default: bool
    headings: tuple[str, ...]


class Refused(Exception):
    """A file or a choice that cannot be gone on with; `reason` is a key of `refused` in words.yml.

    `values` fill the sentence's places; they hold headings and names of columns at most, never
    the cell of a pupil.
    """

    def __init__(self, reason: str, **values: Any) -> None:
        super().__init__(reason)
        self.reason = reason
        self.values = values

    def says(self) -> str:
        """The sentence for the school office."""
        return sentence("refused", self.reason, self.values)


def plain(heading: str) -> str:
    """A heading as it is compared: letters and digits in lower case, one space between words.

    "SEN_Status", "SenStatus" and "sen status" are one.
    """
    spaced = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", unicodedata.normalize("NFKC", heading))
    return " ".join(re.findall(r"[^\W_]+", spaced.casefold()))


def _read(name: str) -> Any:
    return yaml.safe_load((_FOLDER / name).read_text(encoding="utf-8"))


def _column(name: str, told: Mapping[str, Any]) -> Column:
    always = told.get("always", False)
    return Column(
        name=name,
        shown=told["shown"],
        reason=told.get("reason", ""),
        always=always,
        default=always or told.get("default", False),
        headings=tuple(plain(heading) for heading in told["headings"]),
    )


_CONTENT = _read("columns.yml")
_WORDS = _read("words.yml")
COLUMNS: dict[str, Column] = {
    name: _column(name, told) for name, told in _CONTENT["columns"].items()
}
NAMED = COLUMNS | {FULL_NAME: _column(FULL_NAME, _CONTENT[FULL_NAME])}
SYSTEMS: dict[str, str] = _CONTENT["systems"]
SAYS: dict[str, Any] = _CONTENT["says"]
DEFAULT = frozenset(name for name, column in COLUMNS.items() if column.default)
ALWAYS = frozenset(name for name, column in COLUMNS.items() if column.always)

_OF_SYSTEM: dict[str, set[str]] = {system: set() for system in SYSTEMS}
for _told in (*_CONTENT["columns"].values(), _CONTENT[FULL_NAME]):
    for _heading, _systems in _told["headings"].items():
        for _system in _systems:
            _OF_SYSTEM[_system].add(plain(_heading))
KNOWN: dict[str, str] = {
    heading: name for name, column in NAMED.items() for heading in column.headings
}


def sentence(kind: str, code: str, values: Mapping[str, Any]) -> str:
    """A sentence of words.yml with its places filled. Raises KeyError for one that is not there."""
    words: str = _WORDS[kind][code]
    return words.format(**values)


def shown(names: Iterable[str]) -> str:
    """The names of columns as the office reads them, in the order of columns.yml."""
    chosen = set(names)
    return ", ".join(column.shown for name, column in NAMED.items() if name in chosen)


def column_named(words: str) -> str:
    """The column that somebody means by its name, by what it is shown as or by a known heading.

    Raises Refused ("unknown_column") where there is none.
    """
    typed = plain(words)
    for name, column in NAMED.items():
        if typed in (plain(name), plain(column.shown)):
            return name
    if typed in KNOWN:
        return KNOWN[typed]
    raise Refused("unknown_column", column=words, columns=", ".join(COLUMNS))


def held_columns(typed: str) -> frozenset[str]:
    """What to hold, from names with commas between; name and year group always are.

    Raises Refused for a name that is none, and where no pupil could be known again.
    """
    chosen = {column_named(words) for words in typed.split(",") if words.strip()} - {FULL_NAME}
    if not chosen.intersection(IDENTITY):
        raise Refused("no_identity")
    return ALWAYS | chosen


def system_of(headings: Iterable[str]) -> str | None:
    """The system whose export this looks like by most of its known headings; None if unclear."""
    found = {plain(heading) for heading in headings}
    counts = sorted(((len(found & known), system) for system, known in _OF_SYSTEM.items()))
    (second, _), (most, system) = counts[-2:]
    return SYSTEMS[system] if most > second else None
