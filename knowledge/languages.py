"""Which language other than English a message is in, with care: English is never taken for one.

Careers English is short, misspelt and full of names, so Latin letters alone prove little. A message
in them counts as another language when it has several of that language's small words and hardly
one English word, and a model of languages (py3langid) agrees. A script tells its language at once.
A message that is English besides is taken as English: that part can be answered.
"""

from __future__ import annotations

import functools
import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from knowledge.content import Entry, check_keys, entries

FILE = Path(__file__).with_name("languages.yml")

STATUSES = ("to-check", "checked")
DIRECTIONS = ("ltr", "rtl")

_KEYS = {"code", "name", "english", "direction", "status", "sentence"}
_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*")
_LONGEST_READ = 400
"""Characters of a message that are looked at."""

FEWEST_LETTERS = 3
"""Of a script, before it tells a language."""
FEWEST_WORDS = 3
"""Of a message in Latin letters."""


@dataclass(frozen=True)
class Proof:
    """What is enough to tell a language with Latin letters, taken together."""

    found: int
    """Different words of the message that are small words of the language or have its letters."""
    share: float
    """Of all words of the message, from 0 to 1."""
    english: int
    """At most so many small English words."""
    certain: float
    """How certain the model is, from 0 to 1."""


PROOFS = (Proof(3, 0.6, 0, 0.25), Proof(2, 0.3, 1, 0.5), Proof(1, 0.0, 0, 0.97))
"""Any will do: the more small words, the less certain the model has to be."""


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Two of these are a question that can be answered.
ENGLISH = _set(
    "the what whats how much does is are which want wanna and of with you your not have need get "
    "would like about earn earns become work works im i'm don't dont that this they know if when "
    "where who why because should could there from my do i be can it's its help good will to at "
    "in it for an or but a as was has had one no on me go so he she we job jobs pay paid money"
)
# What is called by its English name in every language: it proves nothing.
LOANS = _set(
    "apprentice apprenticeship apprenticeships btec btecs career careers college course courses "
    "degree gcse gcses level levels sixth form school ucas university"
)
# Languages near those here, so that Italian is not called Spanish.
_NEIGHBOURS = ("en", "it", "de", "nl", "sq", "cs", "sk", "hu", "cy", "hr", "lv", "ca", "sw", "sv")


@dataclass(frozen=True)
class Script:
    """A script that tells a language: with one of `some` letters, and none of `never`."""

    block: str
    some: str = ""
    never: str = ""


@dataclass(frozen=True)
class Language:
    """A language: its code, own name, the sentence in it, and what it is known by."""

    code: str
    name: str
    english: str
    direction: str
    status: str
    sentence: str
    script: Script | None = None
    letters: frozenset[str] = frozenset()
    words: frozenset[str] = frozenset()
    shared: frozenset[str] = frozenset()


class Judge(Protocol):
    """A model of languages: `rank` gives (code, probability from 0 to 1), the likeliest first."""

    def rank(self, text: str) -> Sequence[tuple[str, float]]:
        """Return the languages of a text."""


class Languages(Mapping[str, Language]):
    """The languages that are known, by code."""

    def __init__(self, found: Sequence[Language]) -> None:
        self._found = {language.code: language for language in found}
        self._scripted = [language for language in found if language.script]
        self._worded = [language for language in found if not language.script]
        self._small_words = frozenset[str]().union(*(each.words for each in self._worded))

    @classmethod
    def load(cls, path: Path = FILE) -> Languages:
        """Read the languages. Raises `BadContent` with file, line and fault."""
        return cls([_language(entry) for entry in entries(path)])

    def __getitem__(self, code: str) -> Language:
        return self._found[code]

    def __iter__(self) -> Any:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def detect(self, text: str) -> Language | None:
        """Return the language of a message, or None: English, mixed with it, or not certain."""
        text = unicodedata.normalize("NFC", text[:_LONGEST_READ]).replace("İ", "i").lower()
        words = [word.replace("’", "'") for word in _WORD.findall(text)]
        if text.isascii() or all(_is_latin(letter) for word in words for letter in word):
            return self._by_words(words)
        if len({word for word in words if word in ENGLISH}) >= 2:
            return None
        return self._by_script(text)

    def _by_script(self, text: str) -> Language | None:
        letters = [letter for letter in text if letter.isalpha() and not _is_latin(letter)]
        said = set(letters)
        for language in self._scripted:
            script = language.script
            if script is None or said & set(script.never):
                continue
            own = [letter for letter in letters if _block(letter) == script.block]
            enough = len(own) >= FEWEST_LETTERS and 2 * len(own) > len(letters)
            if enough and (not script.some or said & set(script.some)):
                return language
        return None

    def _by_words(self, words: Sequence[str]) -> Language | None:
        if len(words) < FEWEST_WORDS:
            return None
        words = [word for word in words if word not in LOANS]
        # Nearly every message ends here: it has none of their words.
        if self._small_words.isdisjoint(words):
            return None
        likely = {
            language.code: proofs
            for language in self._worded
            if (proofs := _proofs(language, words))
        }
        if not likely:
            return None
        codes = tuple(language.code for language in self._worded)
        code, certain = _judge(codes).rank(" ".join(words))[0]
        told = any(certain >= proof.certain for proof in likely.get(code, ()))
        return self._found[code] if told else None


def _proofs(language: Language, words: Sequence[str]) -> list[Proof]:
    """Return the proofs that the message would be if the model were certain enough."""
    said = {word for word in words if word in language.words}
    if not said:  # letters alone may be a name's
        return []
    marked = {word for word in words if not language.letters.isdisjoint(word)}
    found = sum(1 for word in words if word in said | marked)
    english = ENGLISH & set(words) - language.words - language.shared
    return [
        proof
        for proof in PROOFS
        if len(said | marked) >= proof.found
        and found >= proof.share * len(words)
        and len(english) <= proof.english
        and 4 * len(english) <= found
    ]


@functools.cache
def known() -> Languages:
    """Return the languages of knowledge/languages.yml, read once."""
    return Languages.load()


def detect(text: str) -> Language | None:
    """Return the language of a message, or None where it is English, mixed or not certain."""
    return known().detect(text)


@functools.cache
def _judge(codes: tuple[str, ...]) -> Judge:
    """Return the model, for these languages and their neighbours.

    It is read when a message first looks foreign (half a second, 75 MB): most schools' chats
    need it rarely.
    """
    model: Any = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    model.set_languages([*codes, *_NEIGHBOURS])
    judge: Judge = model
    return judge


def _language(entry: Entry) -> Language:
    check_keys(entry, _KEYS, {"script", "letters", "words", "shared"})
    values = entry.values
    if values["direction"] not in DIRECTIONS:
        raise entry.fault(f"direction is not one of {', '.join(DIRECTIONS)}")
    if values["status"] not in STATUSES:
        raise entry.fault(f"status is not one of {', '.join(STATUSES)}")
    if bool(values.get("script")) == bool(values.get("words")):
        raise entry.fault("a language is known either by its script or by its words")
    return Language(
        **{key: str(values[key]) for key in _KEYS},
        script=Script(**values["script"]) if values.get("script") else None,
        letters=frozenset(str(values.get("letters", ""))),
        words=_set(str(values.get("words", ""))),
        shared=_set(str(values.get("shared", ""))),
    )


@functools.cache
def _block(letter: str) -> str:
    """Return the script that the name of a letter begins with: "Latin", "Gurmukhi" …"""
    return unicodedata.name(letter, " ").split(" ")[0].capitalize()


def _is_latin(letter: str) -> bool:
    return letter == "'" or letter.isascii() or _block(letter) == "Latin"
