"""The forms of lines that a pupil writes: their fields, and what is wrong with what was typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.requests import Request

from bot.channels.web.bodies import form_body
from bot.channels.web.record.asking import tidy
from bot.records.guidance.bodies import ENCOUNTERS, LONGEST_TEXT, LONGEST_WORDS

# The fields of a form, in order: name, longest text, whether it must be filled in.
Fields = tuple[tuple[str, int, bool], ...]
_TEXT = (("text", LONGEST_TEXT, True),)
FORMS: dict[str, Fields] = {
    "aspiration": _TEXT,
    "decision": _TEXT,
    "barrier": _TEXT,
    "note": _TEXT,
    "action": (*_TEXT, ("helper", LONGEST_WORDS, False)),
    "skill": (("name", LONGEST_WORDS, True), ("evidence", LONGEST_TEXT, True)),
    "experience": (
        ("type", LONGEST_WORDS, True),
        ("where", LONGEST_WORDS, True),
        ("when", LONGEST_WORDS, False),
        ("did", LONGEST_TEXT, True),
        ("learnt", LONGEST_TEXT, True),
        ("reflection", LONGEST_TEXT, False),
    ),
}
DAYS = {"action": "due_on", "experience": "happened_on"}
"""The day that is said with a line of that kind."""

_MOST_BYTES = 96 * 1024
"""The longest texts of a form, each character as long as a form can make it."""


@dataclass(frozen=True, slots=True, repr=False)
class Typed:
    """What was typed. `body` and `day` are it as the record holds it, unless something is `wrong`.

    `wrong` says of each wrong field what is wrong: missing, long, choose, day, future or past.
    """

    given: dict[str, str]
    body: dict[str, Any]
    day: date | None
    wrong: dict[str, str]


async def typed(request: Request) -> dict[str, str]:
    """The fields of a posted form, tidied. Raises ProblemFound."""
    fields = await form_body(request, most_bytes=_MOST_BYTES)
    return {name: tidy(text) for name, text in fields.items()}


def checked(kind: str, given: dict[str, str], today: date | None = None) -> Typed:
    """What was typed in the form of that kind.

    With `today` an experience may not be still to come, nor an action be due before today.
    """
    body = {name: given.get(name) or None for name, _, _ in FORMS[kind]}
    wrong = mistakes(FORMS[kind], given)
    if "type" in body and "type" not in wrong and body["type"] not in ENCOUNTERS:
        wrong["type"] = "choose"
    day = _day(given.get("day", "")) if kind in DAYS else None
    if kind in DAYS and given.get("day") and day is None:
        wrong["day"] = "day"
    if day and today and kind == "experience" and day > today:
        wrong["day"] = "future"
    if day and today and kind == "action" and day < today:
        wrong["day"] = "past"
    return Typed(given, {name: text for name, text in body.items() if text}, day, wrong)


def mistakes(fields: Fields, given: Mapping[str, str]) -> dict[str, str]:
    """Which of the fields are missing or too long."""
    found = {}
    for name, longest, needed in fields:
        text = given.get(name, "")
        if needed and not text:
            found[name] = "choose" if name in ("type", "category") else "missing"
        elif len(text) > longest:
            found[name] = "long"
    return found


def _day(said: str) -> date | None:
    try:
        day = date.fromisoformat(said)
    except ValueError:
        return None
    # Other years are slips of the finger, such as 0026.
    return day if 1950 <= day.year < 2150 else None
