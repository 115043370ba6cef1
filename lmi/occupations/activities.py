"""Jobs told by what is done in them: "someone who fixes planes", "a job where you cut hair".

What is done counts only where the message speaks of a job: after "someone who", after "a job
where", after what is wanted ("i want to join the navy") or needed ("what grades do I need to
teach maths"). "My uncle taught me to fix cars" names none.

`lmi/job_activities.csv`: columns doing (verbs), things (what they are done to; several of each,
parted by semicolons), job (words that the index knows), said:

- job: hardly anybody does it but for a living; "how do I join the army" asks for a job too;
- join: the same, of a service one becomes a member of; its name alone is the span;
- hobby: people do it at home as well, so "how do I edit a video" asks for none;
- place: whom or where one works with. "I want to work with children" asks for ideas and names no
  job, "what grades do you need to work in a nursery" does;
- help: somebody in need is spoken of. "I need someone who helps people with depression" may be a
  cry for help, so that a job has to be spoken of in plain words ("become", "called", "paid").
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

from lmi.occupations.context import Context
from lmi.occupations.inflection import canonical
from lmi.occupations.tables import AUTHORED, raw_words

ACTIVITIES_FILE = "job_activities.csv"
JOB, JOIN, HOBBY, PLACE, HELP = SAID = ("job", "join", "hobby", "place", "help")

_MOST_THING = 6  # words
_MOST_SKIPPED = 3
_LOOK_BACK = 8
_LOOK_ON = 5

# Words between what is done and what it is done to ("fixes all the planes").
_DETERMINERS_WORDS = """
    a an the your his her their its own other others some lots of all any many peoples
    different these those to for
"""
_DETERMINERS = frozenset(_DETERMINERS_WORDS.split())
_LEFT_OUT = frozenset(["a", "an", "the", "their", "your", "his", "her"])
_ADVERBS_WORDS = """
    just really also mainly always actually usually mostly only like basically then even
    maybe properly
"""
_ADVERBS = frozenset(_ADVERBS_WORDS.split())
_SOMEBODY_WORDS = """
    someone somebody person people one ones those guy guys man men woman women lady ladies
    anyone somone sumone everyone worker workers staff
"""
_SOMEBODY = frozenset(_SOMEBODY_WORDS.split())
_WHO = frozenset(["who", "that", "whos", "who's", "which", "hu"])
_MAY = frozenset(["can", "could", "gets", "get", "to", "will", "would", "helps", "help", "and"])
_JOBS_WORDS = "job jobs career careers role roles profession apprenticeship living"
_JOBS = frozenset(_JOBS_WORDS.split())
_IN_A_JOB_WORDS = """
    where that which when wer were with and or to i you u ya we they people can could get
    involves involve involving about is of for in doing like wud would
"""
_IN_A_JOB = frozenset(_IN_A_JOB_WORDS.split())
_CALLED = frozenset(["a", "as", "for", "job", "jobs", "career", "good"])
_WANT_WORDS = """
    want wants wanted wanting hope hoping plan planning dream aim aiming aspire decided training
    train wish
"""
_WANT = frozenset(_WANT_WORDS.split())
_WOULD_LIKE = frozenset(["like", "love", "prefer"])
_WOULD = frozenset(["would", "wud", "id", "i'd", "he'd", "she'd", "hed", "shed", "rather"])
_WANNA = frozenset(["wanna", "wana", "gonna", "finna"])
_ASKS_NEED = frozenset(["need", "needs", "needed"])
_ASKS_WHAT = frozenset(["what", "wat", "which", "how", "whats"])
_NEED_WORDS = """
    require required qualifications qualification grades grade gcse gcses
    levels training trained qualified qualify course courses degree long skills paid pay earn earns
    salary wage wages requirements old enough
"""
_NEED = frozenset(_NEED_WORDS.split())
_PLAINLY_A_JOB_WORDS = """
    become becoming job jobs career careers called paid earn earns salary wage wages
    qualifications qualification gcse gcses grades apprenticeship
"""
_PLAINLY_A_JOB = frozenset(_PLAINLY_A_JOB_WORDS.split())
_ASKED = frozenset(["do", "can", "does", "would", "could", "should", "did", "d"])
_ONE = frozenset(["i", "you", "u", "we", "he", "she", "they", "someone", "people", "one", "ya"])
_HOW = frozenset(["how", "hw", "howd"])


# Words after a verb ("after" of "look after") to the things it is done to, each with the job and
# how it is said.
Told = dict[tuple[str, ...], dict[str, tuple[str, str]]]


class Activity(NamedTuple):
    """Words start..end of a message (last not included) that tell a job, and the job's key."""

    start: int
    end: int
    key: str


class Activities:
    """What is done in jobs, by its verb."""

    def __init__(self, rows: Sequence[tuple[str, str, str, str]]) -> None:
        """Take rows of (verbs, things, job, said); a thing listed twice keeps its first job."""
        self._by_verb: dict[str, Told] = {}
        known: dict[str, Told] = defaultdict(dict)
        for verbs, things, job, said in rows:
            key = _key(job)
            forms = [_thing(raw_words(thing)) for thing in things.split(";")]
            for verb in verbs.split(";"):
                first, *rest = raw_words(verb)
                of_verb = known[first].setdefault(tuple(map(canonical, rest)), {})
                for form in forms:
                    of_verb.setdefault(form, (key, said))
        for first, told in known.items():
            for form in _inflected(first):
                self._by_verb.setdefault(form, told)

    @classmethod
    def load(cls, folder: Path = AUTHORED) -> Activities:
        """Read the project's own list; raises `OSError` where it is missing."""
        return cls(read_activities(folder))

    def find(self, context: Context) -> list[Activity]:
        """Find what a message tells of jobs by what is done in them, from left to right."""
        found = []
        for at, word in enumerate(context.words):
            told = self._by_verb.get(word.form)
            if told is None:
                continue
            for first, end, key, said in self._done(at, told, context):
                start = _told_from(at, end, said, context)
                if start is not None and not _goes_on_as(end, context):
                    found.append(Activity(first if said == JOIN else start, end, key))
                    break
        return found

    def _done(self, at: int, told: Told, context: Context) -> Iterator[tuple[int, int, str, str]]:
        """Give where the thing begins and ends, its job and how it is said; longest first."""
        words = context.words
        for rest in sorted(told, key=len, reverse=True):
            first = at + 1 + len(rest)
            if tuple(word.form for word in words[at + 1 : first]) != rest:
                continue
            things = told[rest]
            for start in range(first, min(first + _MOST_SKIPPED + 1, len(words))):
                if any(words[place].after_break for place in range(at + 1, start + 1)):
                    break
                thing = _longest(start, things, context)
                if thing is not None:
                    yield start, thing[0], *things[thing[1]]
                    break
                if not _may_be_skipped(start, context):
                    break


def _may_be_skipped(place: int, context: Context) -> bool:
    """Tell whether a word may stand before a thing; "my" only in "my own": else it is at home."""
    word = context.lower[place]
    if word in ("my", "our"):
        return context.next_word(place + 1) == "own"
    return word in _DETERMINERS or context.is_quality(place)


def _longest(
    start: int, things: dict[str, tuple[str, str]], context: Context
) -> tuple[int, str] | None:
    """Give where the longest listed thing from `start` on ends and its form; articles may stand."""
    words = context.words
    forms: list[str] = []
    best = None
    for place in range(start, min(start + _MOST_THING, len(words))):
        if place > start and words[place].after_break:
            break
        if words[place].lower in _LEFT_OUT:
            continue
        forms.append(_one(words[place].form))
        if " ".join(forms) in things:
            best = place + 1, " ".join(forms)
    return best


def _told_from(at: int, end: int, said: str, context: Context) -> int | None:
    """Give the place from which a job is told by what is done at `at`, or None if none is."""
    words = context.lower
    clause = at
    while clause > 0 and not context.words[clause].after_break:
        clause -= 1
    before = [word for word in words[clause:at] if word not in _ADVERBS]
    back = [*reversed(before), "", "", ""]
    if said == HELP and not _PLAINLY_A_JOB.intersection(words):
        return None
    somebody = _somebody_who(clause, at, said, context)
    if somebody is not None:
        return somebody
    near = frozenset(before[-_LOOK_BACK:])
    doing = words[at].endswith("ing")
    needed = (near & _NEED or (near & _ASKS_NEED and near & _ASKS_WHAT)) and (
        back[0] == "to" or (back[0] in ("for", "by", "from") and doing)
    )
    of_a_job = bool(near & _JOBS) and (doing or back[0] in _IN_A_JOB or back[0] in _JOBS)
    if said == PLACE:
        return at if needed or _asks_how(back) else None
    if said == HELP:
        return at if needed or (of_a_job and not doing) else None
    wanted = back[0] in _WANNA or (
        back[0] == "to"
        and (
            back[1] in _WANT
            or (back[1] in _WOULD_LIKE and bool(_WOULD & set(back[2:4])))
            or back[1:3] == ["going", "im"]
        )
    )
    called_a_job = (
        doing
        and context.next_word(end) in _CALLED
        and bool(_JOBS & set(words[end : end + _LOOK_ON]))
    )
    if needed or wanted or of_a_job or called_a_job or (said in (JOB, JOIN) and _asks_how(back)):
        return at
    return None


def _somebody_who(clause: int, at: int, said: str, context: Context) -> int | None:
    """Give the place of "someone" in "someone who (can) fix …", or of "who", or None."""
    words = context.lower
    place = at - 1
    while place > clause and (words[place] in _ADVERBS or words[place] in _MAY):
        place -= 1
    if place < clause or words[place] not in _WHO:
        return None
    if place == clause:
        drives = words[place] == "who" and place == at - 1 and words[at].endswith("s")
        return place if drives and said == JOB else None
    return place - 1 if words[place - 1] in _SOMEBODY else None


def _goes_on_as(end: int, context: Context) -> bool:
    """Tell whether the job itself follows: "join the army as a chef", "work there as chefs"."""
    after = context.next_word(end)
    return after == "as" and not _JOBS & set(context.lower[end + 1 : end + 3])


def _asks_how(back: Sequence[str]) -> bool:
    """Tell whether "how do I", "how to" or "how can you get to" stands before, last word first."""
    if back[0] == "to":
        return back[1] in _HOW or back[1] == "get"
    return back[0] in _ONE and back[1] in _ASKED and back[2] in _HOW


def _key(phrase: str) -> str:
    return " ".join(canonical(word) for word in raw_words(phrase))


def _thing(words: Sequence[str]) -> str:
    return " ".join(_one(canonical(word)) for word in words if word not in _LEFT_OUT)


def _one(form: str) -> str:
    """Give the singular also of words that jobs are named after in the plural ("games")."""
    return form[:-1] if form in ("games", "sports") else form


@lru_cache(maxsize=1024)
def _inflected(verb: str) -> frozenset[str]:
    """Give the matching forms of a verb: "fix", "fixes", "fixing"; some are no words at all."""
    stems = {verb + "ing", verb + verb[-1] + "ing"}
    if verb.endswith("e"):
        stems.add(verb[:-1] + "ing")
    several = {verb + "s", verb + "es"}
    if verb.endswith("y"):
        several.add(verb[:-1] + "ies")
    return frozenset(canonical(form) for form in {verb, *stems, *several})


def read_activities(folder: Path = AUTHORED) -> list[tuple[str, str, str, str]]:
    """Read the rows of (verbs, things, job, said)."""
    with (folder / ACTIVITIES_FILE).open(encoding="utf-8", newline="") as stream:
        rows = csv.reader(stream)
        next(rows)
        return [(doing, things, job, said) for doing, things, job, said in rows]
