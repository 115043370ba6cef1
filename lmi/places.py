"""Place names in running text, and the area and region whose figures belong to them.

The table `places.csv` is this project's own. Its columns: `place` (lower case, as a pupil may type
it), `area` (a name in `employment_area.csv`, or empty where the place straddles areas or none is
published), `region` (a region of England, or a nation), `lmi_region` (the number that LMI for All
gives the region: 1 London to 12 Northern Ireland, 0 for England or the United Kingdom as a whole),
`word` (1 if the name is also an ordinary word), `name` (how to write it in a sentence) and `unlike`
(ordinary words and names of people or other places that are one slip away from it).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz.distance import OSA

from lmi.table_files import TABLES, read_table

MIN_FORGIVEN = 6  # letters in a name of one word before a slip in it is forgiven
MIN_FORGIVEN_PART = 5  # letters in one word of a longer name (6 if "the" is all the rest)
ONE_SLIP = 1  # a letter too few, too many or wrong, or two letters swapped


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


# Before and after a name that is also a word: "jobs in reading", but not "interested in reading",
# "a career in rugby" or "in street cleaning".
PLACING = frozenset({"in", "near", "around", "at", "from", "outside"})
NOT_PLACING = _words(
    "bad better brilliant career careers course courses degree diploma gcse gcses good great "
    "interested involved level levels ok okay qualification qualified rubbish skilled terrible "
    "trained training"
)
MAY_FOLLOW = _words(
    "are area as because but by can could did do does earn earns england for get gets how if is "
    "make makes now on paid pay please pls plz so then to uk what when where who will with would "
    "x"
)

_TOKEN = re.compile(r"[^\W_]+(?:['’][^\W\d_]+)*|&")
_GAP = re.compile(r"\s+|\s*[-–]\s*|\.\s*")
_POSSESSIVE = re.compile(r"['’]s$")
_OF_COUNTRY = re.compile(r"\s*,?\s*(?:(?:of|in)\s+)?", re.IGNORECASE)
_CLOSES = re.compile(r"\s*(?:$|[.,;:?!)\n])")


@dataclass(frozen=True)
class Place:
    """A place named in a text, `text[start:end]`, and where to look for its figures.

    `name` is how to write it after "in"; `area` is an area with employment projections, None where
    none is known to cover the place; `lmi_region` is LMI for All's number for `region`.
    """

    name: str
    area: str | None
    region: str
    lmi_region: int
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class _Row:
    words: tuple[str, ...]
    name: str
    area: str | None
    region: str
    lmi_region: int
    is_word: bool

    def spot(self, text: str, start: int, end: int) -> Place:
        return Place(
            self.name, self.area, self.region, self.lmi_region, text[start:end], start, end
        )

    @property
    def where(self) -> tuple[str | None, int]:
        return self.area, self.lmi_region


@dataclass(frozen=True)
class _Token:
    word: str  # case folded, without apostrophes; "and" for "&"
    owner: str  # the same without a possessive ending: "leeds" in "Leeds's"
    start: int
    end: int
    owner_end: int
    joined: bool  # nothing but a space or a hyphen stands between it and the token before


class Places:
    """The table of places, indexed for looking up."""

    def __init__(self, rows: Iterable[Mapping[str, str]]) -> None:
        """Index `rows`, mappings with the columns that this module's docstring lists."""
        self._exact: dict[tuple[str, ...], _Row] = {}
        self._run_together: dict[str, _Row] = {}
        self._shortened: dict[str, list[_Row]] = {}  # a one-word name, and it less any one letter
        self._one_open: dict[tuple[str, ...], list[tuple[str, _Row]]] = {}  # "" for one word
        self._unlike: set[str] = set()
        for row in rows:
            self._add(row)
        self._longest = max((len(words) for words in self._exact), default=0)

    @classmethod
    def load(cls, folder: Path = TABLES) -> Places:
        """Read `places.csv` in `folder`."""
        return cls(read_table(folder / "places.csv"))

    def __len__(self) -> int:
        """Return how many names are known."""
        return len(self._exact)

    def find(self, text: str) -> list[Place]:
        """Return the places named in `text`, left to right, longest first, not overlapping.

        Case and hyphens do not matter. One slip is forgiven in a name of six letters or more,
        unless what was typed is a word of its own. A name that is also an ordinary word counts
        only as the whole text or after "in", "near", "around" or the like.
        """
        tokens = _tokens(text)
        found: list[Place] = []
        at = 0
        while at < len(tokens):
            match = self._match(text, tokens, at)
            if match is None:
                at += 1
                continue
            row, count, end = match
            place = row.spot(text, tokens[at].start, end)
            if not (found and _is_country_of(place, found[-1], text)):
                found.append(place)
            at += count
        return found

    def _add(self, row: Mapping[str, str]) -> None:
        words = tuple(token.word for token in _tokens(row["place"]))
        entry = _Row(
            words,
            row["name"],
            row["area"] or None,
            row["region"],
            int(row["lmi_region"]),
            row["word"] == "1",
        )
        self._exact[words] = entry
        self._unlike.update(row["unlike"].split())
        if entry.is_word and len(words) > 1:
            return
        if len(words) > 1:
            self._run_together["".join(words)] = entry
            for position, word in enumerate(words):
                others = {*words[:position], *words[position + 1 :]}
                if len(word) >= (MIN_FORGIVEN_PART if others - {"the"} else MIN_FORGIVEN):
                    key = (*words[:position], "", *words[position + 1 :])
                    self._one_open.setdefault(key, []).append((word, entry))
        elif len(words[0]) >= MIN_FORGIVEN:
            for short in {words[0], *_less_one(words[0])}:
                self._shortened.setdefault(short, []).append(entry)

    def _match(self, text: str, tokens: list[_Token], at: int) -> tuple[_Row, int, int] | None:
        """Return the row, count of tokens and end of the longest name that starts at `at`."""
        if at and tokens[at - 1].word == "new" and tokens[at].joined:
            return None  # New York, New England
        if text[max(tokens[at].start - 1, 0)] in ".@":
            return None  # an address on the web: service.gov.uk
        words: list[str] = []
        spans: list[tuple[tuple[str, ...], int]] = []
        for token in tokens[at : at + self._longest]:
            if words and not token.joined:
                break
            spans.append(((*words, token.word), token.end))
            if token.owner != token.word:
                spans.append(((*words, token.owner), token.owner_end))
            words.append(token.word)
        for typed, end in reversed(spans):
            row = self._exact.get(typed)
            if row is not None and row.is_word and not _is_placed(text, tokens, at, len(typed)):
                row = None
            row = row or self._forgiven(typed)
            if row is not None:
                return row, len(typed), end
        return None

    def _forgiven(self, typed: tuple[str, ...]) -> _Row | None:
        """Return the one name that `typed` misspells by one slip, if there is one."""
        if typed in self._exact:
            return None
        if len(typed) == 1:
            word = typed[0]
            if word in self._run_together:
                return self._run_together[word]
            if len(word) < MIN_FORGIVEN - 1 or word in self._unlike:
                return None
            rows = {
                row.words: row
                for short in (word, *_less_one(word))
                for row in self._shortened.get(short, ())
                if _is_slip(word, row.words[0])
            }
        else:
            rows = {
                row.words: row
                for position, word in enumerate(typed)
                for right, row in self._one_open.get(
                    (*typed[:position], "", *typed[position + 1 :]), ()
                )
                if word not in self._unlike and _is_slip(word, right)
            }
        # "Halfax" is Halifax; what could be two places in different areas is neither, nor is what
        # could as well be an ordinary word.
        if len({row.where for row in rows.values()}) != 1:
            return None
        if any(row.is_word for row in rows.values()):
            return None
        return next(iter(rows.values()))


def _tokens(text: str) -> list[_Token]:
    tokens: list[_Token] = []
    for match in _TOKEN.finditer(text):
        raw, start, end = match.group(), match.start(), match.end()
        owner = _POSSESSIVE.sub("", raw)
        gap = text[tokens[-1].end : start] if tokens else ""
        joined = bool(_GAP.fullmatch(gap)) and ("." not in gap or tokens[-1].word == "st")
        joined = joined or "&" in (raw, text[start - 1 : start])
        tokens.append(
            _Token(_plain(raw), _plain(owner), start, end, start + len(owner), joined=joined)
        )
    return tokens


def _plain(raw: str) -> str:
    return "and" if raw == "&" else raw.casefold().replace("'", "").replace("’", "")


def _less_one(word: str) -> Iterator[str]:
    return (word[:drop] + word[drop + 1 :] for drop in range(len(word)))


def _is_slip(typed: str, right: str) -> bool:
    # People rarely get the first letter wrong, and names that differ in it are often other names.
    return typed[:1] == right[:1] and OSA.distance(typed, right, score_cutoff=ONE_SLIP) <= ONE_SLIP


def _is_country_of(place: Place, before: Place, text: str) -> bool:
    """Tell whether `place` adds nothing: the country in "the north east of England"."""
    is_country = place.lmi_region == 0 and before.lmi_region != 0
    return is_country and _OF_COUNTRY.fullmatch(text, before.end, place.start) is not None


def _is_placed(text: str, tokens: list[_Token], at: int, count: int) -> bool:
    """Tell whether an ordinary word is used as a place: the whole text, or "in …" and no more."""
    if count == len(tokens):
        return True
    if not at or tokens[at - 1].word not in PLACING:
        return False
    if at > 1 and tokens[at - 2].word in NOT_PLACING:
        return False
    after = at + count
    if _CLOSES.match(text, tokens[after - 1].end) or after == len(tokens):
        return True
    return tokens[after].word in MAY_FOLLOW
