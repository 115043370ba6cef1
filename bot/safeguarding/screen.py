"""The safeguarding screen: reads a message as it was typed, before anything else does.

It knows authored patterns alone so far. What else listens later (examples by nearness) stands
behind `Screen.check` too, and says in `Concern.why` by what it heard.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from spacy.tokens import Doc
from spacy.vocab import Vocab

from bot.safeguarding.normalise import Normaliser
from bot.safeguarding.patterns import (
    END,
    SEVERITIES,
    START,
    UNKNOWN,
    BadPatterns,
    Found,
    Lines,
    Reader,
    Rule,
    Slot,
    rules_of,
)

FOLDER = Path(__file__).resolve().parents[2] / "knowledge" / "safeguarding"
LEAST_NAMED = "concern_about_a_friend"
WINDOW = 36
"""A longer sentence is read in parts of so many words, each beginning before the last one ended."""
OVERLAP = 18
"""More words than any line of a pattern spans in practice."""


@dataclass(frozen=True, slots=True)
class Concern:
    """A message that sounds like a cry for help.

    `category` is the harm, `severity` "medium", "high" or "immediate", `third_party` whether it is
    about somebody else, `why` the id of the pattern: never a word of the message.
    """

    category: str
    severity: str
    third_party: bool
    why: str

    @property
    def topic(self) -> str:
        """The harm by its category."""
        return self.category


class Screen:
    """Patterns by category, and the talk that only sounds like them."""

    def __init__(
        self,
        normaliser: Normaliser,
        cries: Lines,
        talk: Lines,
        immediacy: frozenset[str],
        left_out: dict[str, tuple[str, ...]],
    ) -> None:
        """Put a screen together; `load` reads the parts from the content files."""
        self._normaliser = normaliser
        self._cries = cries
        self._talk = talk
        self._immediacy = immediacy
        self._left_out = left_out

    @classmethod
    @cache
    def load(cls, folder: Path = FOLDER) -> Screen:
        """Read the content files, once in a process.

        Raises BadPatterns when one is missing or not as expected.
        """
        try:
            wording = _read(folder / "wording.yml")
            people = _read(folder / "people.yml")
            reader = Reader(people)
            cries: list[tuple[Rule, bool, Sequence[Slot]]] = []
            for path in sorted((folder / "patterns").glob("*.yml")):
                cries += rules_of(_read(path), reader)
            safe = _read(folder / "only_sounds_like.yml")
            quiet = Rule("only_sounds_like", "none", "medium", "no")
            talk = [(quiet, False, reader.slots(line, False)) for line in safe["say"]]
            if not cries:
                raise BadPatterns("there are no patterns")
            known = {word for _, _, slots in (*cries, *talk) for s in slots for word in s.words}
            known |= {word for rule, _, _ in cries for word in rule.unless}
            known -= {START, END}
            vocab = Vocab()
            return cls(
                Normaliser.of(wording, known),
                Lines(vocab, cries),
                Lines(vocab, talk),
                frozenset(wording["immediacy"].split()),
                dict.fromkeys(wording["without_i"], ("i",))
                | dict.fromkeys(wording["without_i_am"], ("i", "am")),
            )
        except BadPatterns:
            raise
        except (KeyError, TypeError, AttributeError, ValueError) as problem:
            raise BadPatterns(
                f"{folder.name}: a file is missing or not as expected ({type(problem).__name__})"
            ) from problem

    def check(self, text: str) -> Concern | None:
        """The gravest concern that the raw text raises, or None."""
        gravest: tuple[tuple[int, bool, int], Concern] | None = None
        for words in self._normaliser.sentences(text):
            for found in self._in_sentence(words):
                severity = found.rule.severity
                if severity == "high" and found.rule.raised and self._immediacy & set(words):
                    severity = "immediate"
                concern = Concern(found.rule.category, severity, found.third_party, found.rule.id)
                weight = (
                    SEVERITIES.index(severity),
                    concern.category != LEAST_NAMED,
                    found.end - found.start,
                )
                if gravest is None or weight > gravest[0]:
                    gravest = weight, concern
        return gravest[1] if gravest else None

    def all_reasons(self, text: str) -> set[str]:
        """Return the id of every pattern that stands in the text, for those who write patterns."""
        sentences = self._normaliser.sentences(text)
        return {found.rule.id for words in sentences for found in self._in_sentence(words)}

    def _in_sentence(self, words: list[str]) -> Iterable[Found]:
        beginning = self._left_out.get(words[0]) or self._left_out.get(" ".join(words[:2]))
        framed = [START, *(beginning or ()), *words, END]
        at = 0
        while True:
            yield from self._in_window(framed[at : at + WINDOW])
            if at + WINDOW >= len(framed):
                return
            at += WINDOW - OVERLAP

    def _in_window(self, words: list[str]) -> Iterable[Found]:
        # A word that no pattern knows is not handed on: nothing keeps what somebody typed.
        known = self._normaliser.known
        told = [word if word in known or word in (START, END) else UNKNOWN for word in words]
        doc = Doc(self._cries.vocab, words=told)
        cries = self._cries.found(doc, words)
        if not cries:
            return []
        talk = self._talk.found(doc, words)
        cries = [
            cry for cry in cries if not any(cry.start < t.end and t.start < cry.end for t in talk)
        ]
        return sorted(cries, key=lambda cry: (cry.rule.id, cry.start, cry.end))


def _read(path: Path) -> dict[str, Any]:
    try:
        content = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as problem:
        raise BadPatterns(f"{path.name} is missing or cannot be read") from problem
    if not isinstance(content, dict):
        raise BadPatterns(f"{path.name} is not as expected")
    return content
