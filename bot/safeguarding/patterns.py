"""Authored patterns, read from content files and looked for with spaCy's Matcher.

How a line is written is told in knowledge/safeguarding/README.md: words, `a|b`, `{macro}`,
`@i` for the writer and for somebody the writer speaks of, `word?`, `...` for a gap.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from spacy.matcher import Matcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

START, END, UNKNOWN = "<", ">", "_"
NEGATIONS = frozenset({"not", "never", "nobody", "noone", "without"})
GAP = 3
_GAP = re.compile(r"\.\.\.(\d?)")
SEVERITIES = ("medium", "high", "immediate")
_PERSONS = {False: "no", True: "yes", "either": "either"}


class BadPatterns(ValueError):
    """A pattern file cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Slot:
    """One place in a line: the words that fit (none: any), and how often it may stand there."""

    words: frozenset[str]
    least: int = 1
    most: int = 1

    def as_token(self) -> dict[str, Any]:
        """Return the place as the Matcher reads it."""
        token: dict[str, Any] = {}
        if len(self.words) == 1:
            token["ORTH"] = next(iter(self.words))
        elif self.words:
            token["ORTH"] = {"IN": sorted(self.words)}
        if (self.least, self.most) == (0, 1):
            token["OP"] = "?"
        elif (self.least, self.most) != (1, 1):
            token["OP"] = f"{{{self.least},{self.most}}}"
        return token


@dataclass(frozen=True, slots=True)
class Rule:
    """One authored pattern: its id, what it stands for, and what cancels it."""

    id: str
    category: str
    severity: str
    third_party: str
    raised: bool = True
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Found:
    """A rule that was found in a sentence: from which word to which."""

    rule: Rule
    third_party: bool
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a rule, for one person."""

    rule: Rule
    third_party: bool
    needs: tuple[frozenset[str], ...]
    negations: int
    matcher: Matcher

    def found(self, doc: Doc, words: Sequence[str]) -> Iterator[Found]:
        """Yield where the line stands in a sentence, unless it is denied there."""
        for _, start, end in self.matcher(doc):
            inside = sum(word in NEGATIONS for word in words[start:end])
            if inside > self.negations or _denied(words, start):
                continue
            yield Found(self.rule, self.third_party, start, end)


def _denied(words: Sequence[str], start: int) -> bool:
    # "i do not self harm", but not "i can not stop cutting" nor "why not kill myself".
    before = words[max(0, start - 2) : start]
    if len(before) == 2 and before[0] in ("nobody", "noone") and before[1] in ("is", "has", "was"):
        return True
    if not before or before[-1] not in ("not", "never", "without"):
        return False
    return before[0] not in ("can", "why", "could", "might") or len(before) == 1


class Lines:
    """All lines of some rules, and by which word each is thought of."""

    def __init__(self, vocab: Vocab, lines: Iterable[tuple[Rule, bool, Sequence[Slot]]]) -> None:
        """Compile the lines. Raises BadPatterns for a line that any text would match."""
        self.vocab = vocab
        listed = list(lines)
        often = Counter(word for _, _, slots in listed for slot in slots for word in slot.words)
        self._by_word: dict[str, list[Line]] = {}
        for rule, third, slots in listed:
            needs = tuple(slot.words for slot in slots if slot.least and slot.words)
            if not needs:
                raise BadPatterns(f"pattern {rule.id} holds a line without a word")
            matcher = Matcher(vocab)
            matcher.add(rule.id, [[slot.as_token() for slot in slots]])
            denying = sum(not NEGATIONS.isdisjoint(slot.words) for slot in slots)
            line = Line(rule, third, needs, denying, matcher)
            for word in min(needs, key=lambda words: sum(often[word] for word in words)):
                self._by_word.setdefault(word, []).append(line)

    def found(self, doc: Doc, words: Sequence[str]) -> list[Found]:
        """Return every rule that stands in the sentence."""
        held = set(words)
        return [
            found
            for word in held
            for line in self._by_word.get(word, ())
            if not any(held.isdisjoint(needed) for needed in line.needs)
            and held.isdisjoint(line.rule.unless)
            for found in line.found(doc, words)
        ]


class Reader:
    """Reads lines as they are written; `macros` are lists of words, `people` the two persons."""

    def __init__(self, people: Mapping[str, Any]) -> None:
        """Take the people file: its macros, each of words and earlier macros, and the persons."""
        self._people: dict[str, dict[str, frozenset[str]]] = {}
        self._macros: dict[str, frozenset[str]] = {}
        for name, words in people["macros"].items():
            self._macros[name] = self.words(words.split())
        for who in ("first", "third"):
            self._people[who] = {
                name: self.words(said.split()) for name, said in people[who].items()
            }

    def slots(self, line: str, third_party: bool) -> list[Slot]:
        """Return a line as slots. Raises BadPatterns for a macro that is not known."""
        person = self._people["third" if third_party else "first"]
        slots = []
        for part in line.split():
            if gap := _GAP.fullmatch(part):
                slots.append(Slot(frozenset(), 0, int(gap[1] or GAP)))
                continue
            least = 0 if part.endswith("?") else 1
            slots.append(Slot(self._words(part.removesuffix("?"), person), least))
        # What may be missing at the end decides nothing, and costs time.
        while slots and not slots[-1].least:
            slots.pop()
        return slots

    def words(self, listed: Iterable[str]) -> frozenset[str]:
        """Return words and macros as one set of words."""
        return frozenset(word for part in listed for word in self._words(part, {}))

    def _words(self, part: str, person: Mapping[str, frozenset[str]]) -> frozenset[str]:
        found: set[str] = set()
        for word in part.split("|"):
            if word.startswith(("{", "@")):
                table = self._macros if word.startswith("{") else person
                if (name := word.strip("{}@")) not in table:
                    raise BadPatterns(f"there is no {word}")
                found |= table[name]
            elif word and word != "*":
                found.add(word)
        return frozenset(found)


def rules_of(
    content: Mapping[str, Any], reader: Reader
) -> Iterator[tuple[Rule, bool, Sequence[Slot]]]:
    """Yield the lines of one pattern file. Raises BadPatterns, or KeyError for what is missing."""
    category = str(content["category"])
    for pattern in content["patterns"]:
        third = _PERSONS.get(pattern.get("third_party", False), "")
        name = f"{category}.{pattern['id']}"
        rule = Rule(
            id=name,
            category=category,
            severity=str(pattern.get("severity", "high")),
            third_party=third,
            raised=bool(pattern.get("raised", True)),
            unless=reader.words(pattern.get("unless", "").split()),
        )
        if rule.severity not in SEVERITIES or not third:
            raise BadPatterns(f"pattern {rule.id} has no such severity or person")
        for number, line in enumerate(pattern["say"], start=1):
            rule = replace(rule, id=f"{name}:{number}")
            for told in {"yes": (True,), "no": (False,), "either": (False, True)}[third]:
                # A line about "either" is read twice, once for each person.
                slots = reader.slots(line, told)
                if third == "either" and told and "@" not in line:
                    continue
                yield rule, told, slots
