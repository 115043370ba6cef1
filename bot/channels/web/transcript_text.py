"""A conversation as a text that its reader can keep."""

from pathlib import Path
from typing import Any

import yaml

from bot.channels.web.rich_text import plain
from bot.channels.web.tongues import Tongue
from bot.gateway.messages import moment
from bot.records.conversations import ConversationRow
from bot.records.entries import EntryRow

WORDS = Path(__file__).with_name("transcript_words.yml")
_WORDS: dict[str, str] = yaml.safe_load(WORDS.read_text(encoding="utf-8"))


def as_text(conversation: ConversationRow, rows: list[EntryRow], tongue: Tongue) -> str:
    """The conversation as plain text: who, when, what, and each figure's source."""
    began = moment(conversation.created_at)
    parts = [tongue.say(_WORDS["title"], school=conversation.school_name, began=began)]
    for key, message in conversation.opening.items():
        sender = "notice" if key == "notice" else "service"
        parts.append(_said(tongue, sender, began, [message]))
    parts += [
        _said(tongue, row.sender, moment(row.created_at), row.body["messages"], _person(row))
        for row in rows
    ]
    return "\n\n".join(parts) + "\n"


def _person(row: EntryRow) -> str | None:
    """Who a person is, by name and role; None for another line."""
    return f"{row.body['name']}, {row.body['role']}" if row.sender == "person" else None


def _said(
    tongue: Tongue,
    sender: str,
    at: str,
    messages: list[dict[str, Any]],
    person: str | None = None,
) -> str:
    who = tongue.say(_WORDS[sender]) if person is None else person
    lines = [tongue.say(_WORDS["said"], who=who, at=at)]
    for message in messages:
        # What somebody typed is no Markdown.
        typed = sender in ("reader", "person")
        lines.append(message["text"] if typed else plain(message["text"]))
        lines += [_source(tongue, source) for source in message.get("sources") or ()]
    return "\n".join(lines)


def _source(tongue: Tongue, source: dict[str, Any]) -> str:
    known = [source.get(key) for key in ("publisher", "dataset", "year", "link", "caveat")]
    return tongue.say(_WORDS["source"], source=", ".join(str(part) for part in known if part))
