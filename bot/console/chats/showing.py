"""What pages of chats show: words, lines of a transcript, who it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bot.console.pages import moment_told
from bot.records.entries import EntryRow
from bot.records.handover.queue import QueueRow

_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)\)")


@cache
def words() -> Mapping[str, Any]:
    """The words of words.yml."""
    found: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("words.yml").read_text(encoding="utf-8")
    )
    return found


def notice(which: str, /, **values: Any) -> str:
    """The sentence after an act."""
    return str(words()["notices"][which]).format(**values)


def mistake(name: str) -> str:
    """What is wrong with a field."""
    return str(words()["mistakes"][name])


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a transcript. `alarm` marks what the safeguarding screen answered."""

    seq: int
    sender: str
    who: str
    at: datetime
    texts: tuple[str, ...] = field(repr=False)
    sources: tuple[str, ...] = field(repr=False)
    alarm: bool


def line_of(row: EntryRow, reader: str) -> Line:
    """A stored line as staff read it; light Markdown becomes plain words."""
    messages = row.body["messages"]
    typed = row.sender in ("reader", "person")
    named = {"reader": reader, "service": "Automatic answer", "notice": "Told to the reader"}
    who = f"{row.body['name']}, {row.body['role']}" if row.sender == "person" else ""
    sources = (source for message in messages for source in message.get("sources") or ())
    answers = (row.meta or {}).get("answers") or ()
    return Line(
        seq=row.seq,
        sender=row.sender,
        who=who or named[row.sender],
        at=row.created_at,
        texts=tuple(one["text"] if typed else plain(one["text"]) for one in messages),
        sources=tuple(
            ", ".join(str(one[key]) for key in ("publisher", "dataset", "year") if one.get(key))
            for one in sources
        ),
        alarm="help_now" in answers,
    )


def plain(text: str) -> str:
    """Light Markdown as plain words."""
    return _LINK.sub(r"\1", text).replace("**", "")


def called(row: QueueRow) -> str:
    """Whom a row is about, in a few words: a pupil by name, a guest by what they gave."""
    if row.pupil_id is not None:
        return row.name
    kind = "Parent (guest)" if row.audience == "parent" else "Guest"
    if row.year is not None and row.audience != "parent":
        kind = f"Year {row.year} guest"
    return f"{row.name}, {kind[0].lower()}{kind[1:]}" if row.name else kind


def state_told(row: QueueRow, staff_id: str) -> str:
    """Who is to speak in a chat, as a sentence."""
    told, handover = words()["states"], row.handover
    name = handover.holder.get("name", "")
    if row.state == "person":
        mine = handover.staff_id == staff_id
        return str(told["person_me"] if mine else told["person"]).format(name=name)
    if row.state == "snoozed":
        until = handover.snoozed_until
        return str(told["snoozed"]).format(
            name=name, until="later" if until is None else moment_told(until)
        )
    return str(told[row.state])
