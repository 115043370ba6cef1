"""How pupils write, made even: spellings, names, and the words for days and numbers."""

import re
from collections.abc import Mapping

from knowledge.wording import Wording

_QUOTES = str.maketrans("‘’ʼ`´“”", "'''''\"\"")
_NO_WORD = re.compile(r"[^\w\s£%-]+|(?<!\w)-|-(?!\w)")


class Words:
    """The lists of words in knowledge/wording/record_talk.yml, ready to use."""

    def __init__(self, wording: Wording) -> None:
        self.wording = wording
        self._spellings = Replacing(listed(wording.say("record_talk.spellings")))
        self._names = Replacing(listed(wording.say("record_talk.names")))
        self._turned = Replacing(listed(wording.say("record_talk.turned")))
        self.verbs = frozenset(wording.say("record_talk.verbs").split())
        self.weekdays = numbered(wording.say("record_talk.weekdays"))
        self.months = numbered(wording.say("record_talk.months"))
        self.numbers = numbered(wording.say("record_talk.numbers"))
        self.ordinals = numbered(wording.say("record_talk.ordinals"))
        self.experiences = tuple(
            (name, re.compile(rf"\b(?:{words})\b"))
            for name, words in listed(wording.say("record_talk.experiences")).items()
        )

    def spelt(self, text: str) -> str:
        """The text with straight quotes, single spaces, and known misspellings put right."""
        text = re.sub(r"[^\S\n]+", " ", text.translate(_QUOTES)).strip()
        return self._spellings(text)

    def folded(self, text: str) -> str:
        """The text in lower case, spelt, without punctuation or apostrophes."""
        plain = self.spelt(text).lower().replace("'", "")
        return " ".join(_NO_WORD.sub(" ", plain).split())

    def named(self, text: str) -> str:
        """The text with names written as names: "T levels", "Friday"."""
        return self._names(text)

    def turned(self, text: str) -> str:
        """The pupil's words as they are said to the pupil: "my CV" becomes "your CV"."""
        return self._turned(text)


class Replacing:
    """Replaces whole words, blind to case, the longest first."""

    def __init__(self, pairs: Mapping[str, str]) -> None:
        self._pairs = dict(pairs)
        found = sorted(map(re.escape, self._pairs), key=len, reverse=True)
        self._pattern = re.compile(rf"(?<![\w'])(?:{'|'.join(found)})(?![\w'])", re.IGNORECASE)

    def __call__(self, text: str) -> str:
        """The text with its words replaced."""
        return self._pattern.sub(lambda found: self._pairs[found[0].lower()], text)


def listed(text: str) -> dict[str, str]:
    """The lines "one = other" of a list, in order."""
    found = {}
    for line in text.splitlines():
        left, _, right = line.partition(" = ")
        found[left.strip()] = right.strip()
    return found


def numbered(text: str) -> dict[str, int]:
    """The lines "word|word = number" of a list, each word with its number."""
    return {
        word: int(number) for words, number in listed(text).items() for word in words.split("|")
    }
