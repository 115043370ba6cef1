"""Who does something: one of staff, a pupil, a guest, the service itself, the operator."""

import getpass
from dataclasses import dataclass, field

from bot.records.models import ACTORS


@dataclass(frozen=True, slots=True)
class Actor:
    """Who did or saw something, as they were then. `kind` is one of ACTORS.

    `id` is that of the row of staff or pupil, where there is one; `name` is sealed when it is kept.
    """

    kind: str
    id: str | None = None
    name: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        if self.kind not in ACTORS:
            raise ValueError("not a kind of actor")


SERVICE = Actor("service")
"""The service by itself: its clocks, its answers."""


def at_the_keyboard(name: str | None = None) -> Actor:
    """Whoever types a command on the machine: by the name that was given, else the account's.

    Nobody has proved that name: who can run commands there can give any.
    """
    if name is None:
        try:
            name = getpass.getuser()
        except (KeyError, OSError):  # an account without a name, as in some containers
            name = ""
    return Actor("operator", None, name)
