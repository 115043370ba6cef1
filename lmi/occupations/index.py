"""The index of job words: a spaCy PhraseMatcher over every title and everyday word."""

from __future__ import annotations

import gc
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from spacy.matcher import PhraseMatcher
from spacy.tokens import Doc
from spacy.vocab import Vocab

from lmi.occupations import fields
from lmi.occupations.group_titles import (
    BREAK,
    key_of,
    keys_of,
    keys_without_brackets,
    named,
    without_nec,
)
from lmi.occupations.inflection import canonical, singular_phrase
from lmi.occupations.names import in_a_sentence, with_initials
from lmi.occupations.tables import (
    BROAD,
    INDEX,
    MISSPELLING,
    OFFICIAL,
    PROFILE,
    SUBJECT,
    EverydayRow,
    TitleRow,
    hyphened_pairs,
    raw_words,
    read_everyday,
    read_jobs,
    read_place_words,
    read_titles,
    read_unit_group_titles,
)

UNKNOWN = "·"  # stands for a word that no title has, so that spaCy's vocabulary does not grow
_FEWEST_TITLES_OF_A_HEAD = 5
_MOST_CODES = 5
_MOST_FOR_OTHERS, _LEAST_OF_OTHERS = 0.5, 0.4
# How much a title's origin counts when several titles share their words: qualified, bare.
_EVIDENCE = {OFFICIAL: (1.0, 4.0), PROFILE: (1.0, 3.0), INDEX: (0.5, 2.0)}


@contextmanager
def _no_garbage_collection() -> Iterator[None]:
    """Hold the collector: it would walk the growing index dozens of times and free nothing."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


class Entry(NamedTuple):
    """What the index knows of one phrase: its name, unit groups with shares, kind, and rank.

    `shares` has the best code first with 1.0. `official` is false for words that only the old
    coding index has: many of them are ordinary words ("hand", "reader"). `plural` is given only
    where the name's own plural would be wrong.
    """

    key: str
    name: str
    shares: tuple[tuple[str, float], ...]
    kind: str
    official: bool
    plural: str = ""


class JobIndex:
    """All job phrases by their matching form, and a matcher that finds them in running text."""

    def __init__(
        self,
        titles: Sequence[TitleRow],
        everyday: Sequence[EverydayRow],
        unit_groups: dict[str, str],
        jobs: dict[str, int],
        places: frozenset[str],
    ) -> None:
        """Build from rows; `JobIndex.load` reads them."""
        self.unit_groups = unit_groups
        self.places = places
        self._jobs = jobs
        self._titles: dict[str, list[TitleRow]] = defaultdict(list)
        self._everyday: dict[str, EverydayRow] = {}
        self._fields: dict[str, str] = {}
        self._groups: dict[str, str] = {}  # official titles, as phrases, to their codes
        self._typed_titles: dict[str, str] = {}
        self.modifiers: set[str] = set()
        self.joined: dict[str, tuple[str, ...]] = {}
        self.common_words: set[str] = set()
        self.job_nouns: set[str] = set()
        self.title_words: set[str] = set()
        self.misspelt: set[str] = set()
        self._by_head: dict[str, list[str]] | None = None
        self.followers: dict[str, set[str]] = defaultdict(set)  # "social" to "worker"
        self.leaders: dict[str, set[str]] = defaultdict(set)  # "worker" to "social"
        heads: Counter[str] = Counter()
        for row in titles:
            raw = raw_words(row.title)
            if not raw:
                continue
            forms = [canonical(word) for word in raw]
            self._add_phrase(forms, raw, heads)
            self._titles[" ".join(forms)].append(row)
            self.title_words.update(forms)
            if row.origin != INDEX:
                self.common_words.update(forms)
                self._add_pair(forms)
                self._add_field(raw, forms)
                if len(forms) == 1:
                    self.job_nouns.add(forms[0])
            if "-" in row.title:
                for first, second in hyphened_pairs(row.title):
                    self.joined[canonical(first + second)] = (canonical(first), canonical(second))
        self.title_modifiers = frozenset(self.modifiers)
        for word in everyday:
            raw = raw_words(word.word)
            forms = [canonical(part) for part in raw]
            self._add_phrase(forms, raw, heads)
            self._everyday.setdefault(" ".join(forms), word)
            if word.kind not in (SUBJECT, MISSPELLING):
                self._add_field(raw, forms)
                self._add_pair(forms)
                if len(forms) == 1:
                    self.job_nouns.add(forms[0])
            if word.kind == MISSPELLING:
                self.misspelt.add(" ".join(forms))
            else:
                self.common_words.update(self.title_words.intersection(forms))
        self.heads = frozenset(w for w, n in heads.items() if n >= _FEWEST_TITLES_OF_A_HEAD)
        self.job_nouns.update(self.heads & self.common_words)
        for code, title in unit_groups.items():
            for key in keys_of(title):
                self._groups[key] = code
            for key in keys_without_brackets(title):
                if not self.has(key):  # "Assemblers" may be of vehicles or of electrical products
                    self._groups[key] = code
            self._typed_titles[without_nec(title).casefold()] = key_of(title)
        self._build_matcher()

    @classmethod
    def load(cls, folder: Path) -> JobIndex:
        """Read the tables in `folder` and the project's own words, and build the index."""
        with _no_garbage_collection():
            return cls(
                read_titles(folder),
                read_everyday(),
                read_unit_group_titles(folder),
                read_jobs(folder),
                read_place_words(folder),
            )

    def _add_phrase(self, forms: list[str], raw: list[str], heads: Counter[str]) -> None:
        heads[forms[-1]] += 1
        self.modifiers.update(raw[:-1])

    def _add_pair(self, forms: list[str]) -> None:
        if len(forms) == 2:
            self.followers[forms[0]].add(forms[1])
            self.leaders[forms[1]].add(forms[0])

    def _add_field(self, raw: list[str], forms: list[str]) -> None:
        key = " ".join(forms)
        for field in fields.fields_of(raw):
            self._fields.setdefault(field, key)

    def _is_worker(self, form: str) -> bool:
        return form in self.heads or form in self.job_nouns

    def _build_matcher(self) -> None:
        self.vocab = Vocab()
        self._matcher = PhraseMatcher(self.vocab, attr="ORTH")
        add = self.vocab.strings.add
        hashes: dict[str, int] = {}
        patterns: list[Any] = []
        for keys in (self._titles, self._everyday, self._fields, self._groups):
            for key in keys:
                pattern = []
                for word in key.split():
                    number = hashes.get(word)
                    if number is None:
                        number = hashes[word] = add(word)
                    pattern.append(number)
                patterns.append(pattern)
        # The matcher takes patterns as lists of word hashes too (that is how it unpickles);
        # making a Doc for each of 23,000 titles would cost half a second more.
        self._matcher.add("JOB", patterns)
        self.words = frozenset(hashes)

    def matches(self, forms: Sequence[str]) -> list[tuple[int, int]]:
        """Find all phrases in a list of matching forms, as (first, last + 1)."""
        known = [form if form in self.words or form == BREAK else UNKNOWN for form in forms]
        if not known:
            return []
        doc = Doc(self.vocab, words=known)
        return [(start, end) for _, start, end in self._matcher(doc)]

    def has(self, key: str) -> bool:
        """Tell whether a phrase (matching forms joined by spaces) is in the index as a job."""
        return key in self._everyday or key in self._titles

    def is_misspelt(self, key: str) -> bool:
        """Tell whether a phrase is listed as a misspelling of a job."""
        return key in self.misspelt

    def jobs(self, key: str) -> int:
        """Give how many people work in the unit group that a phrase means first; 0 if unknown."""
        entry = self.entry(key) if self.has(key) else None
        return self._jobs.get(entry.shares[0][0], 0) if entry else 0

    def official_title(self, text: str) -> str | None:
        """Give the phrase that a text is, where it is an official title and nothing else."""
        return self._typed_titles.get(without_nec(" ".join(text.split())).casefold())

    @lru_cache(maxsize=8192)  # noqa: B019  (one index lives as long as the process)
    def entry(self, key: str) -> Entry | None:
        """Give what is known of a phrase, or None."""
        code = self._groups.get(key)
        known = self._word_or_title(key)
        if code is None:
            return known
        name, plural = named(self.unit_groups[code], self._is_worker)
        if known is not None and known.shares[0][0] == code:
            return known._replace(official=True, plural=plural if " and " in known.name else "")
        # An official title leads to its own group, whatever its words mean elsewhere.
        return Entry(key, name, ((code, 1.0),), "title", True, plural)

    def _word_or_title(self, key: str) -> Entry | None:
        word = self._everyday.get(key)
        if word is not None and word.kind == MISSPELLING:
            meant = self._meant(key, word)
            if meant is not None:
                return meant
        if word is not None:
            entry = _everyday_entry(key, word, self._plain_name(key, word))
            titles = self._titles.get(key)
            return _with_official(entry, titles) if titles and word.kind != BROAD else entry
        rows = self._titles.get(key)
        if rows:
            return _title_entry(key, rows)
        source = self._fields.get(key)
        if source is not None:
            of_job = self.entry(source)
            if of_job is not None:
                return of_job._replace(key=key, kind=SUBJECT)
        return None

    def _meant(self, key: str, row: EverydayRow) -> Entry | None:
        """Give the word that a listed misspelling stands for, where it leads to the same group."""
        right = " ".join(canonical(word) for word in raw_words(row.name))
        meant = self.entry(right) if right != key else None
        if meant is None or meant.shares[0][0] != row.codes[0]:
            return None
        return meant._replace(key=key)

    def meant_word(self, form: str) -> str | None:
        """Give the one word that a listed misspelling stands for, or None."""
        row = self._everyday[form]
        right = " ".join(canonical(word) for word in raw_words(row.name))
        if " " in right or self._meant(form, row) is None:
            return None
        return right

    def _plain_name(self, key: str, row: EverydayRow) -> str:
        """Give what to show: the words themselves where they are well-formed, or the row's name.

        Misspellings, initials, slang, gendered and American words show the row's name; "heart
        surgeon" or "lifeguard" show themselves, for the name stands for a wider group.
        """
        if row.kind == SUBJECT and key in self._fields:
            worker = self.entry(self._fields[key])
            return worker.name if worker and worker.shares[0][0] == row.codes[0] else row.name
        if row.kind != "everyday":
            return row.name
        titles = self._titles.get(key)
        if titles:
            alike = [
                title
                for title in titles
                if title.codes.split()[:1] == [row.codes[0]]
                and (" " in key or title.origin != INDEX)
            ]
            return in_a_sentence(alike[0].title) if alike else row.name
        words = key.split()
        if len(words) == 1 or words[-1] not in self.heads:
            return row.name
        if any(word not in self.title_words for word in words):
            return row.name
        return singular_phrase(with_initials(row.word))

    def titles_with_head(self, head: str) -> list[str]:
        """Give the phrases that end in a word ("engineer")."""
        if self._by_head is None:
            by_head: dict[str, list[str]] = defaultdict(list)
            for keys in (self._everyday, self._titles):
                for key in keys:
                    by_head[key.rpartition(" ")[2]].append(key)
            self._by_head = by_head
        return self._by_head.get(head, [])


def _everyday_entry(key: str, row: EverydayRow, name: str) -> Entry:
    step = 0.02 if row.kind in (BROAD, SUBJECT) else 0.2
    shares = tuple(
        (code, max(0.3, 1.0 - step * place)) for place, code in enumerate(row.codes[:_MOST_CODES])
    )
    return Entry(key, name, shares, row.kind, True)


def _with_official(entry: Entry, rows: Sequence[TitleRow]) -> Entry:
    """Put the unit groups of the official titles in the same words behind our own choice.

    They come last and with half their share at most: never a reason to ask, but a reader who
    means the other kind of "robotics engineer" finds it.
    """
    own = {code for code, _ in entry.shares}
    least = entry.shares[-1][1]
    others = tuple(
        (code, round(min(_MOST_FOR_OTHERS, least) * share, 3))
        for code, share in _title_entry(entry.key, rows).shares
        if code not in own and share >= _LEAST_OF_OTHERS
    )
    return entry._replace(shares=(entry.shares + others)[:_MOST_CODES])


def _title_entry(key: str, rows: Sequence[TitleRow]) -> Entry:
    evidence: dict[str, float] = defaultdict(float)
    for row in rows:
        counts = _EVIDENCE.get(row.origin, (0.5, 1.0))[0 if row.qualified else 1]
        codes = row.codes.split()
        rest = (1.0 - row.weight) / max(1, len(codes) - 1)
        for place, code in enumerate(codes):
            # Codes come best first: a later one never counts for more than an earlier one.
            share = row.weight if place == 0 else min(rest, row.weight)
            evidence[code] += counts * share
    ranked = sorted(evidence.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_CODES]
    top = ranked[0][1] if ranked else 1.0
    shares = tuple((code, round(count / top, 3)) for code, count in ranked if count >= 0.15 * top)
    best = min(rows, key=lambda row: (list(_EVIDENCE).index(row.origin), row.qualified))
    official = any(row.origin != INDEX for row in rows)
    return Entry(key, in_a_sentence(best.title), shares, "title", official)
