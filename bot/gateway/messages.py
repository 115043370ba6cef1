"""Messages and entries, in the shapes that travel from the engine to a channel."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.records.entries import EntryRow

Message = dict[str, Any]
"""`{answer, text, buttons, figures, chart, sources}`; `text` is light Markdown."""

NOTES = ("record", "adviser")
"""Where the talks in the chat note in a reply's meta what they wait for."""

_EMPTY: Message = {
    "answer": None,
    "text": "",
    "buttons": [],
    "figures": [],
    "chart": None,
    "sources": [],
}


def whole(message: Mapping[str, Any]) -> Message:
    """The message with every key there, so that no channel has to ask."""
    return {**_EMPTY, **message}


def moment(at: datetime) -> str:
    """A moment as it travels: UTC, whole seconds, "2026-11-22T09:00:00Z"."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def entry_of(row: EntryRow, *, with_meta: bool = False) -> dict[str, Any]:
    """A stored entry as a channel gets it; `meta` only for operators."""
    entry: dict[str, Any] = {
        "seq": row.seq,
        "from": row.sender,
        "at": moment(row.created_at),
        "in_reply_to": row.in_reply_to,
        "messages": [whole(message) for message in row.body["messages"]],
    }
    if row.sender == "person":
        entry["name"], entry["role"] = row.body["name"], row.body["role"]
    elif row.client_message_id is not None:
        entry["client_message_id"] = row.client_message_id
    if with_meta and row.meta is not None:
        # What the talks in the chat keep there for their next step is nobody's to see.
        entry["meta"] = {key: value for key, value in row.meta.items() if key not in NOTES}
    return entry
