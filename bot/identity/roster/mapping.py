"""Which column of a file is which of ours: guessed, shown, changed and remembered."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bot.identity.roster.columns import (
    ALWAYS,
    FULL_NAME,
    IDENTITY,
    KNOWN,
    NAMED,
    Refused,
    column_named,
    plain,
    shown,
)

IGNORED = ""
"""What a heading is mapped to that is not to be read."""

_NAMES = ("given_name", "family_name")


@dataclass(frozen=True, slots=True)
class FileColumns:
    """The columns of one file.

    `places` gives for each of our columns the numbers of the file's, the best first; `told` what
    the school has said about headings (normalised), which is remembered.
    """

    headings: tuple[str, ...]
    places: Mapping[str, tuple[int, ...]]
    told: Mapping[str, str]

    def read_as(self) -> list[tuple[str, str | None]]:
        """Each heading with the column of ours that it is read as, None for those left out."""
        by_place = {place: name for name, places in self.places.items() for place in places}
        return [(heading, by_place.get(place)) for place, heading in enumerate(self.headings)]


def typed_mapping(typed: Iterable[str]) -> dict[str, str]:
    """What "heading=column" says, several times; "heading=" leaves a heading out.

    Raises Refused where there is no "=" or no such column.
    """
    told = {}
    for one in typed:
        heading, equals, column = one.rpartition("=")
        if not equals or not plain(heading):
            raise Refused("map_shape")
        told[plain(heading)] = column_named(column) if column.strip() else IGNORED
    return told


def map_columns(
    headings: Sequence[str], remembered: Mapping[str, str], typed: Mapping[str, str]
) -> FileColumns:
    """Match the headings of a file with our columns.

    What is `typed` now counts before what is `remembered`, and both before the known headings.
    Raises Refused for a heading typed that the file has not, for a needed column that is missing
    and for two columns under one heading that is read.
    """
    normal = [plain(heading) for heading in headings]
    for heading in typed:
        if heading not in normal:
            raise Refused("unknown_heading", heading=heading)
    told = {**remembered, **typed}
    places: dict[str, tuple[int, ...]] = {}
    for name in NAMED:
        chosen = [n for n, heading in enumerate(normal) if told.get(heading) == name]
        by_itself = [
            n
            for n, heading in enumerate(normal)
            if heading not in told and KNOWN.get(heading) == name
        ]
        order = NAMED[name].headings
        found = chosen or sorted(by_itself, key=lambda n: order.index(normal[n]))
        if found:
            places[name] = tuple(found)
    if all(name in places for name in _NAMES):
        places.pop(FULL_NAME, None)
    _check(headings, normal, places)
    return FileColumns(tuple(headings), places, told)


def _check(
    headings: Sequence[str], normal: Sequence[str], places: Mapping[str, tuple[int, ...]]
) -> None:
    needed = ALWAYS - (set(_NAMES) if FULL_NAME in places else set())
    missing = needed - places.keys()
    if missing:
        raise Refused("missing", columns=shown(missing))
    if not set(IDENTITY) & places.keys():
        raise Refused("identity_missing")
    counts = Counter(normal)
    for found in places.values():
        for place in found:
            if counts[normal[place]] > 1:
                raise Refused("twice", heading=headings[place])
