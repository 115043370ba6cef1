"""What a typed message says to the talk about a person: patterns of the content file."""

import re
import unicodedata

from bot.gateway.adviser_talk.wish import ASK, PREFIX
from knowledge.wording import Wording

LONGEST_NAME = 40
SHORT = 6
"""Words of an answer to a question with buttons; what is longer is likelier a question."""
_NO_WORD = re.compile(r"[^\w\s]+")


def folded(text: str) -> str:
    """The text in lower case, without punctuation or apostrophes, with single spaces."""
    plain = unicodedata.normalize("NFKC", text).lower()
    plain = re.sub(r"['’‘ʼ`]", "", plain)
    return " ".join(_NO_WORD.sub(" ", plain).split())


class Reading:
    """Reads messages; made once."""

    def __init__(self, wording: Wording) -> None:
        pattern = wording.pattern
        self._asks = pattern("adviser_talk.asks_person")
        self._about = pattern("adviser_talk.about")
        self._yes, self._no = pattern("adviser_talk.reply_yes"), pattern("adviser_talk.reply_no")
        self._stop, self._skip = (
            pattern("adviser_talk.reply_stop"),
            pattern("adviser_talk.reply_skip"),
        )
        self._back, self._place = (
            pattern("adviser_talk.reply_back"),
            pattern("adviser_talk.reply_place"),
        )
        self._urgent = (
            (1, pattern("adviser_talk.urgent_whenever")),
            (3, pattern("adviser_talk.urgent_today")),
            (2, pattern("adviser_talk.urgent_week")),
        )
        self._ways = (
            ("meeting", pattern("adviser_talk.way_meeting")),
            ("message", pattern("adviser_talk.way_message")),
            ("chat", pattern("adviser_talk.way_chat")),
        )

    def asks(self, text: str) -> bool:
        """Whether the message asks for a person."""
        return self._asks.search(folded(text)) is not None

    def tells_reason(self, text: str) -> bool:
        """Whether a message that asks for a person says what about."""
        return self._about.search(folded(text)) is not None

    def yes(self, text: str) -> bool:
        """Whether it says yes."""
        return self._yes.search(folded(text)) is not None

    def no(self, text: str) -> bool:
        """Whether it says no."""
        return self._no.search(folded(text)) is not None

    def stop(self, text: str) -> bool:
        """Whether it ends the asking."""
        return self._stop.search(folded(text)) is not None

    def skip(self, text: str) -> bool:
        """Whether it leaves a question out."""
        return self._skip.search(folded(text)) is not None

    def back(self, text: str) -> bool:
        """Whether somebody who waits would rather go back to the automatic answers."""
        return self._back.search(folded(text)) is not None

    def place(self, text: str) -> bool:
        """Whether somebody who waits asks how long it takes."""
        return self._place.search(folded(text)) is not None

    def urgency(self, text: str) -> int | None:
        """How soon somebody needs an answer, where that is said."""
        words = folded(text)
        return next((number for number, one in self._urgent if one.search(words)), None)

    def way(self, text: str) -> str | None:
        """Which way of talking is said, in a short answer."""
        words = folded(text)
        if len(words.split()) > SHORT:
            return None
        return next((way for way, one in self._ways if one.search(words)), None)

    def short(self, text: str) -> bool:
        """Whether a message is short enough to be an answer to a question with buttons."""
        return len(folded(text).split()) <= SHORT

    def name(self, text: str) -> bool:
        """Whether a message can be what somebody wants to be called."""
        return len(text) <= LONGEST_NAME and "?" not in text and len(text.split()) <= 4

    def for_service(self, text: str | None, payload: str | None) -> bool:
        """Whether a line that is written while a person is awaited is for the service.

        Everything else that is written then is kept for the person.
        """
        if payload is not None:
            return payload.startswith(PREFIX) or payload == ASK
        return text is not None and (self.back(text) or self.place(text))
