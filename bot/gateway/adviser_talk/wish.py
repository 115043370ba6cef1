"""A wish for a person as far as it has been said, and which question comes next. Pure.

Every button carries the whole wish, so that it means the same whenever it is pressed: twice, out
of order, after a restart. Of what somebody wrote it holds the numbers of the lines only.
"""

import json
from dataclasses import asdict, dataclass
from typing import Any

PREFIX = "/adviser"
ASK = "/talk_to_adviser"
"""The button that is always there."""
STEPS = ("called", "reason", "urgency", "way", "consent")
WAYS = ("chat", "meeting", "message")
URGENCIES = (1, 2, 3)


@dataclass(frozen=True, slots=True)
class Wish:
    """What was said so far; None is not asked yet, and 0 a line that the reader skipped."""

    called: int | None = None
    reason: int | None = None
    urgency: int | None = None
    way: str | None = None
    origin: str = "reader"

    def said(self) -> dict[str, Any]:
        """As it goes into a note or a button; what was not said is left out."""
        return {name: value for name, value in asdict(self).items() if value is not None}

    @classmethod
    def of(cls, found: Any) -> "Wish":
        """The wish of a note or a button; what is no part of one is passed over."""
        given = found if isinstance(found, dict) else {}

        def line(name: str) -> int | None:
            value = given.get(name)
            return value if isinstance(value, int) and value >= 0 else None

        urgency, way = given.get("urgency"), given.get("way")
        return cls(
            called=line("called"),
            reason=line("reason"),
            urgency=urgency if urgency in URGENCIES else None,
            way=way if way in WAYS else None,
            origin="service" if given.get("origin") == "service" else "reader",
        )

    def next_step(self, ways: tuple[str, ...], *, guest: bool) -> str:
        """The question that comes next; `ways` are those that there are now."""
        if guest and self.called is None:
            return "called"
        if self.reason is None:
            return "reason"
        if self.urgency is None:
            return "urgency"
        return "consent" if self.way in ways else "way"


def payload(do: str, wish: Wish | None = None, **more: Any) -> str:
    """What a button of this talk carries: /adviser{"do": "ask", …}."""
    said = {} if wish is None else {"wish": wish.said()}
    return PREFIX + json.dumps({"do": do, **said, **more})


def pressed(given: str) -> dict[str, Any]:
    """What a button of this talk says; empty for one that says nothing."""
    try:
        found = json.loads(given.removeprefix(PREFIX))
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
