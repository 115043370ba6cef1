"""Every route of the console, put together from its rooms.

A room is a package with a tuple `ROWS`. Rows are told apart by method and path.
"""

from functools import cache
from importlib import import_module
from importlib.util import find_spec
from typing import Any

from bot.console.rows import HOME, ConsoleRow

__all__ = ["HOME", "ROOMS", "ROWS", "ConsoleRow", "table"]

ROOMS = ("sign_in", "people", "chats", "meetings", "reports")

ROWS: tuple[ConsoleRow, ...]


@cache
def table() -> tuple[ConsoleRow, ...]:
    """The rows of all rooms. Raises ValueError where two are for the same method and path."""
    found: list[ConsoleRow] = []
    for room in ROOMS:
        name = f"bot.console.{room}"
        if find_spec(name) is not None:
            found += getattr(import_module(name), "ROWS", ())
    places = [(row.method, row.path) for row in found]
    twice = {place for place in places if places.count(place) > 1}
    if twice:
        raise ValueError(f"two rows of the console for {sorted(twice)}")
    return tuple(found)


def __getattr__(name: str) -> Any:
    # Not made when this module is imported: the rooms import it themselves.
    if name == "ROWS":
        return table()
    raise AttributeError(name)
