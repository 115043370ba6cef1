"""Starting from nothing: the content that leads from what someone likes to kinds of work.

Statements, everyday words and groups of jobs are content (knowledge/ideas); they meet in tags.
"""

from __future__ import annotations

import functools
import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from knowledge.content import HERE, BadContent, Entry, check_keys, entries
from knowledge.spreading import (
    DEGREE,
    FEWEST,
    FULL,
    LEVELS,
    MOST_OF_A_SECTOR,
    Few,
    Group,
    Signal,
    Spread,
    spread,
    strength,
)

FOLDER = HERE / "ideas"


@dataclass(frozen=True)
class Statement:
    """A statement of the quiz; `label` is how a result names it."""

    id: str
    text: str
    label: str
    tags: Mapping[str, int]


@dataclass(frozen=True)
class Words:
    """Everyday words with one meaning; `without` names them where they are refused.

    `instead` are tags for someone who says no more than the refusal; `refused` words count only so.
    """

    pattern: re.Pattern[str]
    label: str
    without: str
    tags: Mapping[str, int]
    instead: Mapping[str, int]
    refused: bool


@dataclass(frozen=True)
class Cues:
    """Patterns that steer how words are heard: `neutral` phrases say nothing at all."""

    neutral: re.Pattern[str]
    like: re.Pattern[str]
    dislike: re.Pattern[str]


@dataclass(frozen=True)
class Heard:
    """Words liked and refused, and the stretches of the text (from, to) that refuse."""

    likes: tuple[Words, ...]
    dislikes: tuple[Words, ...]
    refusing: tuple[tuple[int, int], ...]

    def signals(self, spared: Callable[[str], str]) -> list[Signal]:
        """Return what can be ranked by; empty where nothing says what would fit.

        `spared` says of what is refused that there is little of it, for a reason.
        """
        found = [Signal(w.label, w.tags) for w in self.likes]
        if not found:
            found = [Signal(spared(w.without), w.instead) for w in self.dislikes if w.instead]
        refused = [Signal(w.without, w.tags, -1.0, refused=True) for w in self.dislikes]
        return [*found, *refused] if found else []


class Ideas:
    """The statements, words and groups."""

    def __init__(
        self, statements: Sequence[Statement], words: Sequence[Words], groups: Sequence[Group]
    ) -> None:
        """Take them in the order of their files; `load` reads and checks them."""
        self.statements = tuple(statements)
        self.words = tuple(words)
        self.groups = {group.id: group for group in groups}

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Ideas:
        """Read the three files of `folder`; `BadContent` names file and line of what is wrong."""
        groups = [(entry, _group(entry)) for entry in entries(folder / "job_groups.yml")]
        statements = [(e, _statement(e)) for e in entries(folder / "statements.yml")]
        words = [(entry, _words(entry)) for entry in entries(folder / "words.yml")]
        ideas = cls([s for _, s in statements], [w for _, w in words], [g for _, g in groups])
        _no_twins([(e, g.id) for e, g in groups])
        _no_twins([(e, s.id) for e, s in statements])
        _no_twins([(e, w.label) for e, w in words])
        asked = {tag for s in ideas.statements for tag in s.tags}
        asked |= {tag for w in ideas.words for tag in w.tags}
        for entry, group in groups:
            if unasked := set(group.tags) - asked - {DEGREE}:
                raise entry.fault(f"no statement or word has the tag {', '.join(sorted(unasked))}")
        for entry, statement in statements:
            ideas._check_reach(entry, statement.tags)
        for entry, each in words:
            if not each.refused:
                ideas._check_reach(entry, each.tags)
            if each.instead:
                ideas._check_reach(entry, each.instead)
        return ideas

    def _check_reach(self, entry: Entry, tags: Mapping[str, int]) -> None:
        """See that these tags alone lead to a whole spread."""
        known = {tag for group in self.groups.values() for tag in group.tags}
        if unknown := set(tags) - known:
            raise entry.fault(f"no job group has the tag {', '.join(sorted(unknown))}")
        reached = [g for g in self.groups.values() if strength(tags, g) > 0]
        of_sector = Counter(group.sector for group in reached)
        if sum(min(n, MOST_OF_A_SECTOR) for n in of_sector.values()) < FEWEST:
            raise entry.fault("fewer than five job groups can come of it (two of a sector)")
        if len({group.level for group in reached}) < 2:
            raise entry.fault("all job groups that can come of it are of one level")

    def heard(self, text: str, cues: Cues) -> Heard:
        """Return what a text says that someone likes and refuses.

        A cue holds from where it stands to the next one or the end of the sentence.
        """
        plain = text.casefold().replace("’", "'")
        if len(plain) != len(text):
            plain = text.lower().replace("’", "'")
        plain = cues.neutral.sub(lambda found: "~" * len(found[0]), plain)
        refusing = _refusing(plain, cues)
        likes: list[Words] = []
        dislikes: list[Words] = []
        for start, _, each in self._words_in(plain):
            refused = any(a <= start < b for a, b in refusing)
            if refused or not each.refused:
                said = dislikes if refused else likes
                if each not in said:
                    said.append(each)
        dislikes = [each for each in dislikes if each not in likes]
        return Heard(tuple(likes), tuple(dislikes), tuple(refusing))

    def _words_in(self, text: str) -> list[tuple[int, int, Words]]:
        """Return (start, end, words) in order of the text; the longer of two that overlap."""
        found = [(m.start(), m.end(), w) for w in self.words for m in w.pattern.finditer(text)]
        kept: list[tuple[int, int, Words]] = []
        for start, end, words in sorted(found, key=lambda f: (f[0] - f[1], f[0])):
            if all(end <= a or b <= start for a, b, _ in kept):
                kept.append((start, end, words))
        return sorted(kept, key=lambda f: f[0])

    def spread(
        self,
        signals: Sequence[Signal],
        few: Mapping[str, Few],
        without_jobs: Iterable[str] = (),
    ) -> Spread | None:
        """Return the spread for `signals` over the groups; see `knowledge.spreading.spread`."""
        return spread(self.groups.values(), signals, few, without_jobs)


@functools.cache
def shipped() -> Ideas:
    """Return the ideas that the project ships, read once."""
    return Ideas.load()


def _refusing(text: str, cues: Cues) -> list[tuple[int, int]]:
    """Return the stretches of a text in which what is named is refused."""
    found = [(m.start(), -m.end(), True) for m in cues.dislike.finditer(text)]
    found += [(m.start(), -m.end(), False) for m in cues.like.finditer(text)]
    found += [(m.start(), -m.end(), False) for m in re.finditer(r"[.;!?\n]+", text)]
    spans: list[tuple[int, int]] = []
    since: int | None = None
    past = 0
    for start, minus_end, refuses in sorted(found):
        if start < past:
            continue  # inside a longer cue: the "like" of "don't like"
        past = -minus_end
        if since is not None and not refuses:
            spans.append((since, start))
        if refuses and since is None:
            since = past
        elif not refuses:
            since = None
    return [*spans, (since, len(text))] if since is not None else spans


def _tags(entry: Entry, name: str) -> dict[str, int]:
    """Return tags with their weights, 1 to 3; none where the key is left out."""
    tags = entry.values.get(name) or {}
    if not isinstance(tags, dict):
        raise entry.fault(f"{name} is not a mapping (tag: weight)")
    for tag, weight in tags.items():
        if not isinstance(tag, str) or not re.fullmatch(r"[a-z]+", tag):
            raise entry.fault(f"the tag {tag!r} is not one word of small letters")
        if type(weight) is not int or not 1 <= weight <= FULL:
            raise entry.fault(f"the weight of {tag} is not 1, 2 or 3")
    return tags


def _text(entry: Entry, name: str) -> str:
    value: Any = entry.values.get(name, "")
    if not isinstance(value, str):
        raise entry.fault(f"{name} is not a text (put it in quotes)")
    return value.strip()


def _statement(entry: Entry) -> Statement:
    check_keys(entry, {"id", "text", "label", "tags"}, set())
    return Statement(
        _text(entry, "id"), _text(entry, "text"), _text(entry, "label"), _tags(entry, "tags")
    )


def _words(entry: Entry) -> Words:
    check_keys(entry, {"words", "label", "tags"}, {"without", "instead", "refused"})
    words = _text(entry, "words")
    try:
        pattern = re.compile(rf"\b(?:{words})\b", re.IGNORECASE)
    except re.error as error:
        raise entry.fault(f"the words are not a pattern: {error}") from error
    if re.fullmatch(words, "") is not None:
        raise entry.fault("the words fit an empty text")
    label = _text(entry, "label")
    return Words(
        pattern=pattern,
        label=label,
        without=_text(entry, "without") or label,
        tags=_tags(entry, "tags"),
        instead=_tags(entry, "instead"),
        refused=entry.values.get("refused") is True,
    )


def _group(entry: Entry) -> Group:
    check_keys(entry, {"id", "name", "sector", "level", "jobs", "about", "tags"}, {"ties"})
    values = entry.values
    if values["level"] not in LEVELS:
        raise entry.fault(f"the level {values['level']!r} is none of {', '.join(LEVELS)}")
    jobs = values["jobs"]
    if not isinstance(jobs, list) or not all(
        isinstance(code, str) and re.fullmatch(r"\d{4}", code) for code in jobs
    ):
        raise entry.fault('the jobs are not a list of codes of four digits (such as ["2240"])')
    if not 2 <= len(jobs) <= 4 or len(set(jobs)) < len(jobs):
        raise entry.fault("the jobs are not two to four different ones")
    tags = _tags(entry, "tags")
    ties = values.get("ties") or {}
    if not isinstance(ties, dict) or not all(isinstance(tie, str) for tie in ties.values()):
        raise entry.fault("ties is not a mapping (tag: words)")
    if loose := set(ties) - set(tags):
        raise entry.fault(f"{', '.join(sorted(map(str, loose)))} has a tie and is no tag")
    if values["level"] == "6":
        tags = {**tags, DEGREE: FULL}
    return Group(
        id=_text(entry, "id"),
        name=_text(entry, "name"),
        sector=_text(entry, "sector"),
        level=values["level"],
        jobs=tuple(jobs),
        about=_text(entry, "about"),
        tags=tags,
        ties=ties,
    )


def _no_twins(named: Iterable[tuple[Entry, str]]) -> None:
    seen: set[str] = set()
    for entry, name in named:
        if name in seen:
            raise entry.fault(f"{name} stands twice")
        seen.add(name)


__all__ = ["BadContent", "Cues", "Group", "Ideas", "Signal", "shipped"]
