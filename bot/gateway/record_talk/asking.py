"""What a message asks of the record, if it asks anything of it."""

import re
from dataclasses import dataclass, field
from datetime import date

from bot.gateway.record_talk.replies import Reading
from bot.gateway.record_talk.saying import Said

_ADD = re.compile(
    r"^.*?\b(?:add|put|save|note|log|record|write|include)\b(?: down)?", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Asked:
    """`do`: list, who, take, erase, done, drop, add, put, add_how, change, remove.

    `what` is what is meant: an action ("the second one"), a kind of experience; `where` its place.
    """

    do: str
    what: str = field(default="", repr=False)
    where: str | None = field(default=None, repr=False)
    said: Said | None = None
    surely: bool = False


class Asking:
    """Reads requests to the record."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        pattern = reading.wording.pattern
        self._list = pattern("record_talk.ask_list")
        self._who = pattern("record_talk.ask_who")
        self._take = pattern("record_talk.ask_take")
        self._erase = pattern("record_talk.ask_erase")
        self._done = pattern("record_talk.ask_done")
        self._done_word = pattern("record_talk.done_word")
        self._drop = pattern("record_talk.ask_drop")
        self._add = pattern("record_talk.ask_add")
        self._to_record = pattern("record_talk.to_record")
        self._where = pattern("record_talk.where_words")
        self._change = pattern("record_talk.ask_change")
        self._remove = pattern("record_talk.ask_remove")
        self._last = re.compile(r"\b(?:last|record|added)\b")

    def read(self, text: str, today: date) -> Asked | None:
        """What the message asks of the record; None for a message to the service."""
        folded = self._reading.words.folded(text)
        if self._list.search(folded):
            return Asked("list")
        if self._who.search(folded):
            return Asked("who")
        if self._take.search(folded):
            return Asked("take")
        if self._erase.search(folded):
            return Asked("erase")
        if self._change.search(folded):
            return Asked("change", surely=bool(self._last.search(folded)))
        if self._remove.search(folded):
            return Asked("remove", surely=bool(self._last.search(folded)))
        if (found := self._drop.search(folded)) is not None:
            return Asked("drop", found["which"])
        if (found := self._done.search(folded)) is not None and self._done_word.search(folded):
            return Asked("done", found["which"])
        if (found := self._add.search(folded)) is not None:
            return self._added(found["what"], text, today)
        return None

    def _added(self, what: str, typed: str, today: date) -> Asked | None:
        named = self._to_record.search(what)
        plain = " ".join(self._to_record.sub(" ", what).split())
        said = self._put(typed, today) if named else None
        if said is not None:
            return Asked("put", said=said)
        for kind, words in self._reading.words.experiences:
            if (found := words.search(plain)) is not None:
                place = self._where.match(plain[found.end() :].strip())
                return Asked("add", kind, self._place(place["where"], typed) if place else None)
        return Asked("add_how") if named else None

    def _put(self, typed: str, today: date) -> Said | None:
        """What is said inside "add … to my record"."""
        text = self._reading.words.spelt(typed)
        inner = self._to_record.sub(" ", _ADD.sub("", text, count=1))
        inner = re.sub(r"^[\s,:]*(?:down )?(?:that |the fact that )?", "", inner)
        return self._reading.sayings.read(" ".join(inner.split()), today)

    def _place(self, folded: str, typed: str) -> str:
        """The place as it was typed, with its capitals, where it is found there again."""
        spelt = self._reading.words.spelt(typed)
        at = spelt.lower().replace("'", "").find(folded)
        if at >= 0 and "'" not in spelt:
            folded = spelt[at : at + len(folded)]
        folded = re.sub(r"^(?:a|an|my) ", "", folded)
        return folded[:1].upper() + folded[1:]
