"""Buttons offered in a conversation, so that only those can be pressed."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, insert, select, update

from bot.records.models import Offer
from bot.records.sealing import Sealing

_KNOWN = select(Offer.id, Offer.button_key, Offer.button).where(
    Offer.conversation_id == bindparam("conversation"),
    Offer.button_key.in_(bindparam("keys", expanding=True)),
)
_PRESSED = select(Offer.button).where(
    Offer.conversation_id == bindparam("conversation"), Offer.button_key == bindparam("pressed")
)


def add_offers(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    conversation_id: str,
    messages: Iterable[Mapping[str, Any]],
) -> None:
    """Remember the buttons of `messages`; the latest title of a payload counts.

    The caller holds the conversation's lock.
    """
    offered = {
        _key(sealing, conversation_id, button["payload"]): {
            "payload": button["payload"],
            "title": button["title"],
        }
        for message in messages
        for button in message.get("buttons") or ()
    }
    if not offered:
        return
    known = connection.execute(
        _KNOWN, {"conversation": conversation_id, "keys": list(offered)}
    ).all()
    for row in known:
        button = offered.pop(row.button_key)
        if button != sealing.open(row.button):
            changed = update(Offer).where(Offer.id == row.id)
            connection.execute(changed.values(button=sealing.seal(button)))
    if offered:
        connection.execute(
            insert(Offer),
            [
                {
                    "school_id": school_id,
                    "conversation_id": conversation_id,
                    "button_key": key,
                    "button": sealing.seal(button),
                }
                for key, button in offered.items()
            ],
        )


def title_of(
    connection: Connection, sealing: Sealing, conversation_id: str, payload: str
) -> str | None:
    """The title of the button that carries `payload` here, or None when none was offered."""
    pressed = _key(sealing, conversation_id, payload)
    values = {"conversation": conversation_id, "pressed": pressed}
    sealed = connection.execute(_PRESSED, values).scalar_one_or_none()
    return None if sealed is None else str(sealing.open(sealed)["title"])


def _key(sealing: Sealing, conversation_id: str, payload: str) -> str:
    # With the conversation, so that the same button in two chats does not look the same.
    return sealing.lookup_exact("button", f"{conversation_id}\0{payload}")
