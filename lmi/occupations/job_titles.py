"""Job words to SOC 2020 unit groups: what the rest of the product calls."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from lmi.occupations.activities import Activities
from lmi.occupations.group_titles import read_labels
from lmi.occupations.index import JobIndex
from lmi.occupations.inflection import plural_phrase, singular_phrase
from lmi.occupations.ranking import Ranker, Shares
from lmi.occupations.spans import Span, SpanFinder
from lmi.occupations.tables import AUTHORED, read_rules
from lmi.occupations.words import Word, words_of

TABLES = AUTHORED / "tables"


@dataclass(frozen=True)
class Candidate:
    """A SOC 2020 unit group that a job word may mean; score 0 to 1, title as published."""

    soc2020: str
    title: str
    score: float


@dataclass(frozen=True)
class JobWords:
    """Words of a text that name a job.

    `start` and `end` are character offsets into the text as given. `name` and `plural` are plain
    words to show, never a misspelling. `unit_groups` come best first, at most five; none for
    words that stand where a job does but that no list knows. `ambiguous` tells that several
    distinct unit groups fit equally well, so that the reader has to be asked. `modifier` holds
    the words of `text` that no official title has, so that `name` leaves them out: for "dragon
    trainer" the name is "trainer" and the modifier "dragon".
    """

    text: str
    start: int
    end: int
    name: str
    plural: str
    unit_groups: tuple[Candidate, ...]
    ambiguous: bool
    modifier: str = ""


class JobTitles:
    """Finds job words in what people type. Build it once (`load`); it holds no conversation."""

    def __init__(self, index: JobIndex) -> None:
        """Take a built index; `load` is the usual way in."""
        self._index = index
        self._finder = SpanFinder(index, read_rules(), Activities.load())
        self._ranker = Ranker(index)
        self._labels = read_labels(AUTHORED)

    @classmethod
    def load(cls, folder: Path = TABLES) -> JobTitles:
        """Read the tables in `folder`; raises `OSError` where one is missing."""
        return cls(JobIndex.load(folder))

    def find(self, text: str) -> list[JobWords]:
        """Find the job words in running text, from left to right, not overlapping."""
        words = words_of(text)
        title = self._index.official_title(text)
        if title is not None and words:
            return [self._job_words(text, words, Span(0, len(words), title, "", False))]
        return [self._job_words(text, words, span) for span in self._finder.find(words)]

    def resolve(self, words: str) -> JobWords | None:
        """Read words that are known to name one job; None where no list knows them."""
        parts = words_of(words)
        title = self._index.official_title(words)
        if title is not None and parts:
            return self._job_words(words, parts, Span(0, len(parts), title, "", False))
        while parts and parts[0].lower in ("a", "an", "the", "my"):
            parts = parts[1:]
        if not parts:
            return None
        for order in _orders(parts):
            key = " ".join(order)
            if self._index.entry(key) is not None:
                return self._job_words(words, parts, Span(0, len(parts), key, "", False))
        found = [job for job in self.find(words) if job.unit_groups]
        return max(found, key=lambda job: (job.end - job.start, -job.start)) if found else None

    def label(self, soc2020: str) -> str:
        """Give the plain name of a unit group, at most five words, for a choice or a heading.

        Raises `KeyError` for a code that is no unit group.
        """
        return self._labels[soc2020]

    def _job_words(self, text: str, words: Sequence[Word], span: Span) -> JobWords:
        start, end = words[span.start].start, words[span.end - 1].end
        shares: Shares = ()
        ambiguous = False
        entry = self._index.entry(span.key) if span.key else None
        plural = ""
        unknown, kept = self._parted(words, span)
        name = singular_phrase(" ".join(_shown(word) for word in words[kept : span.end]))
        if entry is not None and kept < (span.core if span.whole else span.start):
            forms = [word.form for word in words[kept : span.core]]
            shares, ambiguous = self._ranker.of_extended(" ".join([*forms, span.key]), span.key)
        elif entry is not None:
            shares, ambiguous = self._ranker.of_entry(entry, span.corrected or bool(unknown))
            name, plural = entry.name, entry.plural
        candidates = tuple(
            Candidate(code, self._index.unit_groups[code], score)
            for code, score in shares
            if code in self._index.unit_groups
        )
        return JobWords(
            text=text[start:end],
            start=start,
            end=end,
            name=name,
            plural=plural or plural_phrase(name),
            unit_groups=candidates,
            ambiguous=ambiguous and len(candidates) > 1,
            modifier=" ".join(_shown(word) for word in words[span.start : kept] if unknown),
        )

    def _parted(self, words: Sequence[Word], span: Span) -> tuple[bool, int]:
        """Tell whether a widened phrase has words that no list has, and where it goes on.

        What stands before such a word goes with it: of "mad quantum pastry baker" the titles know
        "pastry baker".
        """
        if not span.whole:
            return False, span.start
        known = self._index.title_modifiers
        head = words[span.end - 1].form
        for place in reversed(range(span.start, span.core)):
            word = words[place]
            if {word.lower, word.form} & known or self._ranker.has_kind(word.form, head):
                continue
            return True, place + 1
        return False, span.start


def _shown(word: Word) -> str:
    return word.typed if word.typed.isupper() and len(word.typed) > 1 else word.lower


def _orders(words: Sequence[Word]) -> list[list[str]]:
    """Give the words turned round where a comma parts them, and as they were typed."""
    forms = [word.form for word in words]
    commas = [place for place, word in enumerate(words) if word.comma_before]
    if not commas:
        return [forms]
    pieces: list[list[str]] = [[]]
    for word in words:
        if word.comma_before:
            pieces.append([])
        pieces[-1].append(word.form)
    turned = [form for piece in reversed(pieces) for form in piece]
    return [forms[commas[0] :] + forms[: commas[0]], turned, forms]
