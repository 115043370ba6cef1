"""The numbers that LMI for All uses for regions, genders and kinds of employment."""

from __future__ import annotations

from enum import IntEnum


class Region(IntEnum):
    """The twelve regions and nations, with the service's own codes."""

    LONDON = 1
    SOUTH_EAST = 2
    EAST_OF_ENGLAND = 3
    SOUTH_WEST = 4
    WEST_MIDLANDS = 5
    EAST_MIDLANDS = 6
    YORKSHIRE_AND_THE_HUMBER = 7
    NORTH_WEST = 8
    NORTH_EAST = 9
    WALES = 10
    SCOTLAND = 11
    NORTHERN_IRELAND = 12

    @property
    def title(self) -> str:
        """The official name, as a reader sees it: "Yorkshire and the Humber"."""
        small = {"of", "and", "the"}
        words = [w if w in small else w.capitalize() for w in self.name.lower().split("_")]
        return " ".join(words)


class Gender(IntEnum):
    """The service's codes in `filterBy=gender:N`."""

    MALE = 1
    FEMALE = 2


class Status(IntEnum):
    """The service's codes for kinds of employment."""

    FULL_TIME = 1
    PART_TIME = 2
    SELF_EMPLOYED = 3


def region_named(name: str) -> Region | None:
    """The region with this name or code; the service's "North East (England)" is understood."""
    plain = name.casefold().replace("(england)", "").strip()
    if plain.isdecimal():
        return region_coded(int(plain))
    return next((region for region in Region if region.title.casefold() == plain), None)


def region_coded(code: int | None) -> Region | None:
    """The region with this code, None when there is none."""
    return next((region for region in Region if region.value == code), None)
