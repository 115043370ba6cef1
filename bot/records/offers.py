"""Buttons offered in a conversation, so that only those can be pressed."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.records.models import Offer

_KNOWN = select(Offer.id, Offer.payload, Offer.title).where(
    Offer.conversation_id == bindparam("conversation"),
    Offer.payload.in_(bindparam("payloads", expanding=True)),
)
_TITLE = select(Offer.title).where(
    Offer.conversation_id == bindparam("conversation"), Offer.payload == bindparam("pressed")
)


def add_offers(
    connection: Connection,
    school_id: int,
    conversation_id: str,
    messages: Iterable[Mapping[str, Any]],
) -> None:
    """Remember the buttons of `messages`; the latest title of a payload counts.

    The caller holds the conversation's lock.
    """
    offered = {
        button["payload"]: button["title"]
        for message in messages
        for button in message.get("buttons") or ()
    }
    if not offered:
        return
    known = connection.execute(
        _KNOWN, {"conversation": conversation_id, "payloads": list(offered)}
    ).all()
    for row in known:
        title = offered.pop(row.payload)
        if title != row.title:
            connection.execute(update(Offer).where(Offer.id == row.id).values(title=title))
    if offered:
        connection.execute(
            insert(Offer),
            [
                {
                    "school_id": school_id,
                    "conversation_id": conversation_id,
                    "payload": payload,
                    "title": title,
                }
                for payload, title in offered.items()
            ],
        )


def title_of(connection: Connection, conversation_id: str, payload: str) -> str | None:
    """The title of the button that carries `payload` here, or None when none was offered."""
    values = {"conversation": conversation_id, "pressed": payload}
    title: str | None = connection.execute(_TITLE, values).scalar_one_or_none()
    return title
