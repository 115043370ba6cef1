"""A message as plain words by sentence, however it was typed.

What is folded: case, Unicode forms and look-alikes, invisible characters, apostrophes, letters
repeated or spaced out, digits and signs written for letters, text-speak, contractions and common
misspellings. Words that change no meaning ("just", "really") are left out, so that a pattern does
not have to allow for them. The tables are in knowledge/safeguarding/wording.yml.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

MISTYPED_FROM = 6
"""A word of at least so many letters is recognised with one letter too few, too many or swapped."""

_SENTENCE_END = re.compile(r"[.!?;…]+(?=\s|$)|(?:\r?\n\s*){2,}|\u2029")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4\u2032\uff07]")
_BETWEEN_WORDS = re.compile(r"[\s,/()\[\]{}\"“”«»:&+=<>|\\\-\u2010-\u2015_~^#]+")
_NOT_IN_WORDS = re.compile(r"[^a-z0-9@$!']")
_NOT_LETTERS = re.compile(r"[^a-z0-9]")
_REPEATED = re.compile(r"([a-z])\1{2,}")
_DIGITS = {"0": "o", "1": "i", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b", "9": "g"}
_AS_I = str.maketrans({**_DIGITS, "@": "a", "$": "s", "!": "i"})
_AS_L = str.maketrans({**_DIGITS, "1": "l", "@": "a", "$": "s", "!": "l"})
_LEFT_OUT = ("Mn", "Me", "Cf", "Cc", "Co", "Cs", "Cn")


@dataclass(frozen=True, slots=True)
class Normaliser:
    """The tables of wording, and the words that the patterns know."""

    speak: Mapping[str, tuple[str, ...]]
    signs: Mapping[str, str]
    fillers: frozenset[str]
    joined: Mapping[str, tuple[tuple[tuple[str, ...], str], ...]]
    known: frozenset[str]
    mistyped: Mapping[str, str]
    longest: int

    @classmethod
    def of(cls, wording: Mapping[str, Any], known: Iterable[str]) -> Normaliser:
        """Make one from the tables of the wording file and the words of the patterns.

        Raises KeyError, TypeError or AttributeError where a table is missing or not as expected.
        """
        speak = {str(word): tuple(str(said).split()) for word, said in wording["speak"].items()}
        joined: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for phrase, word in wording["joined"].items():
            first, *rest = phrase.split()
            joined.setdefault(first, []).append((tuple(rest), word))
        words = frozenset(known) | {word for said in speak.values() for word in said}
        words |= {word for phrase in wording["joined"] for word in phrase.split()}
        return cls(
            speak=speak,
            signs={sign: f" {word} " for sign, word in wording["emoji"].items()}
            | dict(wording["look_alikes"]),
            fillers=frozenset(wording["fillers"].split()),
            joined={
                first: tuple(sorted(ways, key=lambda way: -len(way[0])))
                for first, ways in joined.items()
            },
            known=words,
            mistyped=_one_letter_less(words - set(wording["ordinary_words"].split())),
            longest=max(map(len, words), default=0),
        )

    def sentences(self, text: str) -> list[list[str]]:
        """Return the words of each sentence, lower case, without punctuation; none are empty.

        A text cut up by full stops ("i. want. to. die") is returned as one sentence more.
        """
        parts = map(self._words, _SENTENCE_END.split(self._folded(text)))
        found = [words for words in parts if words]
        if len(found) > 2 and sum(map(len, found)) <= 2 * len(found):
            found.append([word for words in found for word in words])
        return found

    def _folded(self, text: str) -> str:
        # Most messages are plain ASCII: those need no folding but of case.
        if not text.isascii():
            text = "".join(self.signs.get(c, c) for c in text)
            text = _APOSTROPHES.sub("'", text)
            text = unicodedata.normalize("NFKD", text)
        folded = []
        for c in text.casefold():
            if (c.isascii() and c.isprintable()) or c in "\n\r\t\u2028\u2029\x0b\x0c":
                folded.append(c)
            elif unicodedata.category(c) not in _LEFT_OUT:
                folded.append(self.signs.get(c, c))
        return _APOSTROPHES.sub("'", "".join(folded))

    def _words(self, sentence: str) -> list[str]:
        parts = [part for part in map(self._part, _BETWEEN_WORDS.split(sentence)) if part]
        said = [word for part in self._unspaced(parts) for word in self._plain(part)]
        return list(self._put_together([word for word in said if word not in self.fillers]))

    @staticmethod
    def _part(raw: str) -> str:
        # "hi!" ends in a sign, "d!e" holds one.
        return _NOT_IN_WORDS.sub("", raw).rstrip("!").strip("'")

    def _unspaced(self, parts: list[str]) -> Iterator[str]:
        at = 0
        while at < len(parts):
            end = at
            while end < len(parts) and len(parts[end]) == 1:
                end += 1
            if end - at < 3:
                end = max(end, at + 1)
                yield from parts[at:end]
            else:
                letters = "".join(parts[at:end]).translate(_AS_I)
                yield from self._split(letters) or parts[at:end]
            at = end

    def _split(self, letters: str) -> list[str] | None:
        # The fewest known words that make up the letters.
        ways: list[list[str] | None] = [[]] + [None] * len(letters)
        for end in range(1, len(letters) + 1):
            for start in range(max(0, end - self.longest), end):
                before, word = ways[start], letters[start:end]
                if before is None or not (word in self.known or word in self.speak):
                    continue
                if len(word) == 1 and word not in "ia":
                    continue
                best = ways[end]
                if best is None or len(before) + 1 < len(best):
                    ways[end] = [*before, word]
        return ways[-1] or None

    def _plain(self, word: str) -> tuple[str, ...]:
        if word in self.speak:
            return self.speak[word]
        word = _NOT_LETTERS.sub("", word) if word.isalpha() or "'" in word else word
        if word in self.speak:
            return self.speak[word]
        if word in self.known or word.isdigit():
            return (word,)
        for meant in self._readings(word):
            if meant in self.speak:
                return self.speak[meant]
            if meant in self.known:
                return (meant,)
        bare = _NOT_LETTERS.sub("", word)
        return (bare,) if bare else ()

    def _readings(self, word: str) -> Iterator[str]:
        bare = _NOT_LETTERS.sub("", word)
        yield bare
        ways = [bare]
        if not word.isalpha() and any(c.isalpha() for c in word):
            ways += [_NOT_LETTERS.sub("", word.translate(table)) for table in (_AS_I, _AS_L)]
        if bare.endswith("in"):
            yield bare + "g"
        for way in ways:
            yield way
            yield _REPEATED.sub(r"\1", way)
            yield _REPEATED.sub(r"\1\1", way)
        for way in ways:
            if len(way) >= MISTYPED_FROM - 1 and way.isalpha():
                yield from self._near(_REPEATED.sub(r"\1\1", way))

    def _near(self, word: str) -> Iterator[str]:
        if word in self.mistyped:
            yield self.mistyped[word]
        if len(word) > MISTYPED_FROM:
            for at in range(len(word)):
                if (less := word[:at] + word[at + 1 :]) in self.known and len(
                    less
                ) >= MISTYPED_FROM:
                    yield less
        if len(word) >= MISTYPED_FROM:
            for at in range(len(word) - 1):
                if (turned := word[:at] + word[at + 1] + word[at] + word[at + 2 :]) in self.known:
                    yield turned

    def _put_together(self, words: list[str]) -> Iterator[str]:
        at = 0
        while at < len(words):
            for rest, whole in self.joined.get(words[at], ()):
                if tuple(words[at + 1 : at + 1 + len(rest)]) == rest:
                    yield whole
                    at += 1 + len(rest)
                    break
            else:
                yield words[at]
                at += 1


def _one_letter_less(words: Iterable[str]) -> dict[str, str]:
    return {
        word[:at] + word[at + 1 :]: word
        for word in sorted(words)
        if len(word) >= MISTYPED_FROM
        for at in range(len(word))
    }
