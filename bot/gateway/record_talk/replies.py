"""What the record says in the chat: sentences from the content file, and buttons of its own."""

import json
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from bot.gateway.messages import Message, whole
from bot.gateway.record_talk.days import Days
from bot.gateway.record_talk.saying import Sayings
from bot.gateway.record_talk.words import Words
from bot.records.guidance.bodies import Body
from bot.records.guidance.in_chat import Notes
from bot.records.guidance.lines import RecordLineRow
from bot.records.sealing import Sealing
from knowledge.facts import day_told
from knowledge.wording import Wording

PREFIX = "/record"
LONGEST_TITLE = 48
"""Characters of a line on a button."""


@dataclass(frozen=True, slots=True)
class Reply:
    """Messages, and what to note with them: see bot/records/guidance/in_chat.py."""

    messages: tuple[Message, ...] = field(repr=False)
    note: dict[str, Any]

    def then(self, more: "Reply | None") -> "Reply":
        """This reply with another one after it; what the later one notes counts."""
        if more is None:
            return self
        return Reply((*self.messages, *more.messages), {**self.note, **more.note})


@dataclass(frozen=True, slots=True)
class Reading:
    """What the talk reads messages with: made once."""

    wording: Wording
    words: Words
    days: Days
    sayings: Sayings


@dataclass(frozen=True, slots=True)
class Chat:
    """One message of a signed-in pupil, and all that answering it takes."""

    connection: Connection
    sealing: Sealing
    notes: Notes
    reading: Reading
    address: str
    school_id: int
    pupil_id: str
    conversation_id: str
    seq: int
    now: datetime
    today: date

    @property
    def whose(self) -> tuple[Connection, Sealing, int, str]:
        """The first arguments of every data-access function of the record."""
        return self.connection, self.sealing, self.school_id, self.pupil_id

    @property
    def wording(self) -> Wording:
        """The sentences."""
        return self.reading.wording

    @property
    def record(self) -> str:
        """The page of the record, as a link where there is an address to link to."""
        return page_link(self.wording, self.address)


def page_link(wording: Wording, base: str) -> str:
    """Where the record is read; a link in the chat leads to https addresses only."""
    address = f"{base}/record"
    if base.startswith("https://"):
        return wording.say("record_talk.record_link", address=address)
    return wording.say("record_talk.record_plain", address=address)


def sign_in_link(wording: Wording, base: str) -> str:
    """Where a pupil signs in."""
    address = f"{base}/sign-in"
    if base.startswith("https://"):
        return wording.say("record_talk.sign_in_link", address=address)
    return wording.say("record_talk.sign_in_plain", address=address)


def reply(
    name: str, text: str, *buttons: dict[str, str], note: dict[str, Any] | None = None
) -> Reply:
    """One message as a reply. `name` tells an operator what it is."""
    message = whole({"answer": f"record_{name}", "text": text, "buttons": list(buttons)})
    return Reply((message,), note or {})


def button(title: str, do: str, **more: str) -> dict[str, str]:
    """A button that the gateway answers itself: /record{"do": "confirm", "id": "…"}."""
    return {"title": title, "payload": PREFIX + json.dumps({"do": do, **more})}


def pressed(payload: str) -> dict[str, str]:
    """What a button of the record says; empty for one that says nothing."""
    try:
        found = json.loads(payload.removeprefix(PREFIX))
    except ValueError:
        return {}
    if not isinstance(found, dict):
        return {}
    return {key: value for key, value in found.items() if isinstance(value, str)}


def text_of(body: Body) -> str:
    """The line of a body in a few words."""
    for name in ("text", "title", "name", "where"):
        found = getattr(body, name, None)
        if isinstance(found, str):
            return found
    return ""


def cut(text: str) -> str:
    """A text short enough for a button."""
    if len(text) <= LONGEST_TITLE:
        return text
    return text[: LONGEST_TITLE - 1].rsplit(" ", 1)[0] + "…"


def told_day(day: date) -> str:
    """A day with its weekday: "Friday 27 November 2026"."""
    return f"{day:%A} {day_told(day)}"


def gone(chat: Chat) -> Reply:
    """What the button was for is no longer there."""
    return reply("gone", chat.wording.say("record_talk.gone"))


def text_lines(lines: list[RecordLineRow], chat: Chat) -> str:
    """Actions as numbered lines, with their days."""
    said = []
    for number, line in enumerate(lines, start=1):
        values: dict[str, Any] = {"number": number, "text": text_of(line.body)}
        if line.due_on is None:
            said.append(chat.wording.say("record_talk.list_entry", **values))
        else:
            day = told_day(line.due_on)
            said.append(chat.wording.say("record_talk.list_entry_due", day=day, **values))
    return "\n".join(said)
