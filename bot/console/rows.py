"""What one row of the table of the console's routes says."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

Handler = Callable[[Any], Awaitable[Response]]
"""Takes a `bot.console.visit.Visit`. Named loosely here, so that a table can be read alone."""

HOME = "/console"


@dataclass(frozen=True, slots=True)
class ConsoleRow:
    """One route of the console; the guard reads all that it demands from here.

    `permission` is a name in permissions.yml; None, for signing in only, opens it to everybody.
    `most_bytes` bounds the body of a form; a row with `files` takes a form with so many files.
    A row in the `background` is asked by a script, which is no sign that somebody is there.
    """

    method: str
    path: str
    permission: str | None
    handler: Handler
    name: str
    most_bytes: int = 64 * 1024
    files: int = 0
    background: bool = False

    @property
    def unsafe(self) -> bool:
        """Whether it may change something, so that a form of ours must have sent it."""
        return self.method not in ("GET", "HEAD")
