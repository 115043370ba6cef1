"""Text as it is kept: composed, without control characters or tricks of direction."""

import re
import unicodedata
from dataclasses import replace

from bot.gateway.desk import Desk
from bot.gateway.turn import Turn

# Bidirectional overrides and isolates can make a line read other than it is; the rest of these
# cannot be seen at all. Joiners stay: scripts and emoji need them.
_UNSEEN = re.compile(
    "[\u200b\u200e\u200f\u202a-\u202e\u2060-\u2069\u206a-\u206f\u061c\u00ad\ufeff\ufff9-\ufffb]"
)
_LINES = re.compile("\r\n?|[\x0b\x0c\x85\u2028\u2029]")
_EMPTY_LINES = re.compile(r"\n{3,}")


async def normalise(turn: Turn, desk: Desk) -> Turn:
    """Clean what was typed. A pressed button is looked up as it is, so it stays."""
    return turn if turn.text is None else replace(turn, text=clean(turn.text))


def clean(text: str) -> str:
    """The text in NFC, with plain line breaks, and nothing unseen in it.

    Slashes at the start go: the engine would take what follows for a command. Cleaning twice
    changes nothing more.
    """
    text = _LINES.sub("\n", text).replace("\t", " ")
    text = "".join(c for c in text if c == "\n" or unicodedata.category(c) not in ("Cc", "Cs"))
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", text))
    text = _EMPTY_LINES.sub("\n\n", text).strip()
    while text.startswith("/"):
        text = text.lstrip("/").strip()
    return text


def has_words(text: str) -> bool:
    """Whether anything in the text can be seen."""
    return any(unicodedata.category(c)[0] not in "ZCM" for c in text)
