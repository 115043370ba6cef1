"""Reads the grades that people type: "A*AA plus epq A", "2 b's and a c", "triple distinction"."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from knowledge.sums.spoken import digits
from knowledge.sums.tariff import UNGRADED, UNKNOWN_CORE, VOCATIONAL, Kind
from knowledge.wording import Wording

BTEC = "btec"
"""A BTEC whose size is not named: the number of its grades tells it."""

# Names and words of grades become marks ("q_epq", "g_merit"): one word each, that nobody types.
_KIND_MARK, _GRADE_MARK = "q_", "g_"
_CORE = "g_core"
_GRADE_MARKS = {"distinction_star": "D*", "distinction": "D", "merit": "M", "pass": "P"}
_CORE_SAID = {"PC": "P g_core C", "PE": "P g_core E"}
_TOKEN = re.compile(r"[qg]_\w+|\d+|(?:[a-z]\*?)+(?:['’]s)?|[,;+&./?()×-]", re.IGNORECASE)
_ACADEMIC = re.compile(r"(?:a\*|[a-eu])+", re.IGNORECASE)
_VOCATIONAL = re.compile(r"(?:d\*|[dmpu])+", re.IGNORECASE)
_PLURAL = re.compile(r"([a-e]\*?)['’]?s", re.IGNORECASE)
_ONE_GRADE = re.compile(r"[a-z]\*?", re.IGNORECASE)
_CAPITALS = re.compile(r"(?<![\w*])(?:[A-Z]\*?){3,4}(?![\w*])")
_NAMED_GRADE = re.compile(
    r"\bgrade ([f-z])\b|\ban? ([f-oq-z]) (?:in|at|worth|count)\b", re.IGNORECASE
)
_STAR_APART = re.compile(r"(?<=[ad])\s+\*", re.IGNORECASE)
_STAR_OF_WORD = re.compile(r"(?<=[a-z]{3}[nt])\s*\*", re.IGNORECASE)
_TARGET = re.compile(r"(?<![\w£.])(\d{2,3})(?![\w.,]*\d)")
_SHORTENED = re.compile(r"['’](?=(?:d|m|re|ve|ll|t)\b)|\b[ei]\.[ge]\b\.?", re.IGNORECASE)
_LEVEL = re.compile(r"\b(?:level|lvl|year|yr) ?\d+\b", re.IGNORECASE)
MOST_COUNTED = 6
MOST_GLUED = 6
_BREAKS = frozenset(",;+&/.?)")
_VOCATIONAL_ONLY = frozenset(("D*", "M", "P"))


@dataclass
class Held:
    """Grades of one kind; `sized` tells whether a BTEC's size was said."""

    kind: Kind | str
    grades: list[str] = field(default_factory=list)
    number: int = 1
    several: bool = False
    sized: bool = True

    def takes(self, grade: str) -> bool:
        """Tell whether one more such grade can belong here."""
        if self.kind in ("a_level", "as_level"):
            most = MOST_COUNTED if self.kind == "a_level" or self.several else 1
            return len(self.grades) < most and grade not in _VOCATIONAL_ONLY
        if self.kind == "epq":
            return not self.grades and grade not in _VOCATIONAL_ONLY
        if self.kind == "t_level":
            most = self.number if self.several else 1
            return len(self.grades) < most and grade in ("D*", "D", "M", "P")
        most = 3 if self.kind == BTEC else VOCATIONAL.index(self.kind) + 1
        return len(self.grades) < most and grade in ("D*", "D", "M", "P", UNGRADED)


@dataclass(frozen=True)
class Read:
    """What a text says of grades.

    `held` can be counted. `short` is a BTEC named with too few grades; `loose` a grade in words
    whose qualification is not named; `named` the kinds named without a grade; `unknown` a grade
    that there is not; `target` a number of points asked for.
    """

    held: tuple[Held, ...]
    short: Held | None
    loose: str
    named: tuple[str, ...]
    unknown: str
    target: int | None
    other: bool
    gcse: bool

    def as_said(self) -> str:
        """Return the grades read so far as a text that reads the same again."""
        parts = [said(each.kind, each.grades) for each in self.held]
        if self.short:
            parts.append(_KIND_MARK + self.short.kind)
        return ", ".join(parts)


def said(kind: str, grades: Sequence[str]) -> str:
    """Return grades of a kind as a text that `read` reads."""
    return " ".join([_KIND_MARK + kind, *(_CORE_SAID.get(grade, grade) for grade in grades)])


def loose(grade: str) -> str:
    """Return a grade in words, of no qualification, as a text that `read` reads."""
    return next(_GRADE_MARK + word for word, said in _GRADE_MARKS.items() if said == grade)


def read(text: str, wording: Wording) -> Read:
    """Read the grades, qualifications and the number of points in a text."""
    plain = _SHORTENED.sub("", text.replace("⋆", "*").replace("★", "*").replace("＊", "*"))
    pattern = wording.pattern
    other = bool(pattern("sums.other_qualification").search(plain))
    gcse = bool(pattern("sums.gcse").search(plain))
    marked = _marked(plain, wording)
    target = None if other else _target(marked, wording)
    tokens = [t for t in _TOKEN.findall(_LEVEL.sub(" ", marked)) if t]
    reading = _Reading(tokens, wording, shouted=_is_shouted(plain))
    held = reading.held()
    # A BTEC that was said to be larger than its grades are; or one grade word of nothing named.
    if pattern("sums.level_2").search(plain):
        held = [h for h in held if h.kind not in VOCATIONAL]
    if gcse and not any(t.startswith(_KIND_MARK) for t in tokens):
        held = []
    short = next((h for h in held if h.kind in VOCATIONAL and _lacks(h)), None)
    return Read(
        held=tuple(h for h in held if h.grades and h is not short),
        short=short,
        loose=reading.left if not held or not any(h.grades for h in held) else "",
        named=tuple(dict.fromkeys(h.kind for h in held if not h.grades)),
        unknown=_unknown(plain, wording),
        target=target,
        other=other,
        gcse=gcse,
    )


def _is_shouted(text: str) -> bool:
    """Tell whether capitals mean nothing in a text: all of its several words are in capitals."""
    return text.isupper() and len(text.split()) > 1


def _lacks(held: Held) -> bool:
    return bool(held.grades) and len(held.grades) < VOCATIONAL.index(held.kind) + 1


def _marked(text: str, wording: Wording) -> str:
    """Return the text with its qualifications and grade words as marks, stars joined on."""
    pattern = wording.pattern
    text = _STAR_OF_WORD.sub(" star", text)
    words = {
        "extended_diploma": pattern("sums.extended_diploma"),
        "extended_certificate": pattern("sums.extended_certificate"),
        "diploma": pattern("sums.diploma"),
        "btec": pattern("sums.btec"),
        "t_level": pattern("sums.t_level"),
        "as_level": pattern("sums.as_level"),
        "a_level": pattern("sums.a_level"),
        "epq": pattern("sums.epq"),
    }
    text = words["epq"].sub(" q_epq ", text)
    text = pattern("sums.other_qualification").sub(" ", text)
    for kind, found in words.items():
        several = f" {_KIND_MARK}{kind}s "
        text = found.sub(
            lambda m, k=kind, s=several: s if _is_plural(m[0], k) else s[:-2] + " ", text
        )
    grades = {
        "distinction_star": pattern("sums.distinction_star"),
        "distinction": pattern("sums.distinction"),
        "merit": pattern("sums.merit"),
        "pass": pattern("sums.pass"),
    }
    for grade, found in grades.items():
        text = found.sub(f" {_GRADE_MARK}{grade} ", text)
    text = pattern("sums.core").sub(" g_core ", text)
    text = pattern("sums.number_3").sub("3", pattern("sums.number_2").sub("2", text))
    text = re.sub(r"\bAS\b", " q_as_level ", text) if not text.isupper() else text
    star = pattern("sums.star").pattern
    text = re.sub(rf"\b([ad])[\s-]*{star}", r"\1* ", text, flags=re.IGNORECASE)
    return digits(_STAR_APART.sub("*", text))


def _is_plural(words: str, kind: str) -> bool:
    return (
        kind in ("a_level", "as_level", "t_level")
        and words.lower().endswith("s")
        and (words.lower() not in ("an as", "at as"))
    )


def _target(text: str, wording: Wording) -> int | None:
    """Return the number of points asked for: one near the word "points" or "UCAS"."""
    if not wording.pattern("sums.points").search(text):
        return None
    numbers = [int(n) for n in _TARGET.findall(_LEVEL.sub(" ", text))]
    return next((n for n in numbers if 8 <= n <= 400), None)


def _unknown(text: str, wording: Wording) -> str:
    """Return a grade that there is not: "F", or one in capitals among real ones ("ABF")."""
    named = _NAMED_GRADE.search(text)
    if named:
        return (named[1] or named[2]).upper()
    if _is_shouted(text):
        return ""
    known = wording.pattern("sums.points")
    for found in _CAPITALS.findall(text):
        grades = re.findall(r"[A-Z]\*?", found)
        strange = [g for g in grades if g.rstrip("*") not in "ABCDEUMP" or g in ("B*", "C*", "E*")]
        sure = [g for g in grades if g.rstrip("*") in "ABCDE"]
        named_thing = known.fullmatch(found) or wording.pattern("sums.btec").fullmatch(found)
        if strange and len(sure) >= 2 and not named_thing:
            return strange[0]
    return ""


class _Reading:
    """Goes through the words of one text from left to right, giving grades to qualifications."""

    def __init__(self, tokens: Sequence[str], wording: Wording, shouted: bool) -> None:
        self._tokens = tokens
        self._wording = wording
        self._shouted = shouted
        self._held: list[Held] = []
        self._open: Held | None = None
        self._loose: list[list[str]] = [[]]
        self._number = 0
        self._core = _CORE in tokens
        self.left = ""

    def held(self) -> list[Held]:
        """Return every qualification named or meant, with its grades."""
        for place, token in enumerate(self._tokens):
            if token.startswith(_KIND_MARK):
                self._qualification(place, token)
            elif token.isdigit():
                self._number = int(token) if 1 <= int(token) <= MOST_COUNTED else 0
            elif token in _BREAKS or self._pattern_is("after_grade", token):
                self._loose.append([])
            else:
                self._give(list(self._grades(place, token)))
        self._settle(self._loose)
        for each in self._held:
            if each.number > 1 and len(each.grades) == 1:
                each.grades *= each.number
        return self._merged()

    def _pattern_is(self, name: str, token: str) -> bool:
        patterns = {
            "after_grade": self._wording.pattern("sums.after_grade"),
            "before_grade": self._wording.pattern("sums.before_grade"),
            "not_grade": self._wording.pattern("sums.not_grade"),
        }
        return bool(patterns[name].fullmatch(token))

    # ---- one word ----

    def _grades(self, place: int, token: str) -> Iterator[str]:
        """Go through the grades that one word is, if it is any."""
        number, self._number = self._number, 0
        if token.startswith(_GRADE_MARK):
            if token != _CORE:
                yield from [_GRADE_MARKS[token.removeprefix(_GRADE_MARK)]] * max(number, 1)
            return
        plural = _PLURAL.fullmatch(token)
        if plural and number:
            yield from [plural[1].upper()] * number
        elif _ONE_GRADE.fullmatch(token):
            if self._is_grade(place, token, number):
                yield from [token.upper()] * max(number, 1)
        elif self._is_glued(token):
            yield from re.findall(r"[A-Z]\*?", token.upper())

    def _is_glued(self, token: str) -> bool:
        """Tell whether a word is several grades in a row: "bbc", "d*dd", "dmm"."""
        if len(token.replace("*", "")) > MOST_GLUED:
            return False
        if not (_ACADEMIC.fullmatch(token) or _VOCATIONAL.fullmatch(token)):
            return False
        spelt = token.isupper() and not self._shouted
        return spelt or not self._pattern_is("not_grade", token)

    def _is_grade(self, place: int, token: str, number: int) -> bool:
        """Tell whether a letter alone is a grade: an "a" is mostly the article."""
        letter = token.rstrip("*").lower()
        if "*" in token:
            return letter in "ad"
        if letter in "mp":
            named = any(t.startswith(_KIND_MARK) for t in self._tokens)
            return named or self._letters_around(place) >= 3
        if letter not in "abcde":
            return False
        if letter != "a":
            return True
        before = self._tokens[place - 1] if place else ""
        after = self._tokens[place + 1] if place + 1 < len(self._tokens) else ""
        if number or self._pattern_is("before_grade", before):
            return True
        if place and token.isupper() and not self._shouted:
            return True
        if not after or after in _BREAKS or self._pattern_is("after_grade", after):
            return True
        if token.islower() and _ONE_GRADE.fullmatch(after) and after.isupper():
            return False  # "a B B C": the article, before grades in capitals
        return self._letters_around(place) >= 3

    def _letters_around(self, place: int) -> int:
        """Return how many single letters stand in a row with the one at `place`."""

        def run(step: int) -> int:
            at, length = place + step, 0
            while 0 <= at < len(self._tokens) and _ONE_GRADE.fullmatch(self._tokens[at]):
                if self._tokens[at].rstrip("*").lower() not in "abcdemp":
                    break
                at, length = at + step, length + 1
            return length

        return 1 + run(-1) + run(1)

    # ---- whose grade it is ----

    def _give(self, grades: list[str]) -> None:
        """Give the grades of one word to the qualification in hand, all or none of them."""
        current = self._open
        one_only = current is not None and current.kind in ("epq", "as_level")
        if len(grades) > 1 and one_only and not current.several:
            self._loose[-1] += grades
            return
        for grade in grades:
            self._grade(grade)

    def _grade(self, grade: str) -> None:
        current = self._open
        passed = current is not None and current.kind == "t_level" and self._core
        if passed and current.grades[-1:] == [UNKNOWN_CORE] and grade[0] in "ABCDE":
            current.grades[-1] = "PE" if grade in "DE" else "PC"
            return
        if current is not None and current.takes(grade):
            current.grades.append(grade)
        else:
            self._loose[-1].append(grade)

    def _qualification(self, place: int, token: str) -> None:
        kind = token.removeprefix(_KIND_MARK)
        several = kind.removesuffix("s") in ("a_level", "as_level", "t_level") and kind[-1] == "s"
        kind = kind.removesuffix("s") if several else kind
        number, self._number = self._number, 0
        last = self._held[-1] if self._held else None
        adjacent = place and self._tokens[place - 1].startswith(_KIND_MARK)
        if last and adjacent and last is self._open and _same_btec(last, kind):
            last.kind = kind if last.kind == BTEC else last.kind
        else:
            last = Held(kind, number=max(number, 1), several=several or number > 1)
            self._held.append(last)
        self._open = last
        if not self._grade_follows(place):
            self._take_loose(last)

    def _grade_follows(self, place: int) -> bool:
        """Tell whether a grade comes after a qualification before anything else is named."""
        number = self._number
        for at in range(place + 1, len(self._tokens)):
            token = self._tokens[at]
            if token.startswith(_KIND_MARK):
                if at == place + 1:
                    continue
                return False
            if token in _BREAKS or self._pattern_is("after_grade", token):
                if token not in (",",) and not self._pattern_is("after_grade", token):
                    return False
                if token.lower() in ("and", "plus", "+", "&", "n"):
                    return False
                continue
            if any(True for _ in self._grades(at, token)):
                self._number = number
                return True
        self._number = number
        return False

    def _take_loose(self, held: Held) -> None:
        """Give the grades before a qualification to it, as many as it takes."""
        group = self._loose[-1] or (self._loose[-2] if len(self._loose) > 1 else [])
        if held.kind in ("a_level", "as_level"):
            groups = self._loose if held.kind == "a_level" or held.several else [group]
        elif held.kind in ("epq", "t_level"):
            groups = [group] if len(group) == 1 else []
        else:
            groups = [g for g in self._loose if g and all(x in ("D*", "D", "M", "P") for x in g)]
        for each in groups:
            while each and held.takes(each[0]):
                held.grades.append(each.pop(0))
        if held.grades:
            self._open = None  # its grades came first, so those that follow are of something else

    def _settle(self, groups: list[list[str]]) -> None:
        """Give the grades that no qualification took to the one they must be of."""
        grades = [grade for group in groups for grade in group]
        words = [t for t in self._tokens if t.startswith(_GRADE_MARK) and t != _CORE]
        vocational = any(g in _VOCATIONAL_ONLY for g in grades) or (words and "D" in grades)
        theirs = [g for g in grades if g in ("D*", "D", "M", "P")] if vocational else []
        others = [g for g in grades if not (vocational and g in ("D*", "D", "M", "P"))]
        waiting = [h for h in self._held if h.kind in (BTEC, "t_level", *VOCATIONAL)]
        for each in waiting:
            while theirs and each.takes(theirs[0]):
                each.grades.append(theirs.pop(0))
        if len(theirs) == 1 and words and not waiting:
            # A single word could be a T Level's or a BTEC's; "pass" may be no grade at all.
            self.left = "" if theirs == ["P"] else theirs[0]
        elif 1 < len(theirs) <= 3 or (theirs and not words):
            self._held.append(Held(BTEC, theirs[:3], sized=False))
        if others:
            self._held.append(Held("a_level", others[:MOST_COUNTED]))

    def _merged(self) -> list[Held]:
        """Return what is held with all A levels as one, and each BTEC by its size."""
        merged: list[Held] = []
        for each in self._held:
            if each.kind == BTEC and each.grades:
                each.kind, each.sized = VOCATIONAL[len(each.grades) - 1], False
            same = next((m for m in merged if m.kind == each.kind), None)
            if same and each.kind not in VOCATIONAL:
                same.grades += each.grades
            else:
                merged.append(each)
        return merged


def _same_btec(held: Held, kind: str) -> bool:
    """Tell whether two names one after the other are one BTEC: "btec extended diploma"."""
    both = {held.kind, kind}
    return BTEC in both and bool(both & {BTEC, *VOCATIONAL}) and both <= {BTEC, *VOCATIONAL}
