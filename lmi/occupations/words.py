"""A text as words with their places, in the form that the index matches on."""

from __future__ import annotations

import re
from typing import NamedTuple

from lmi.occupations.inflection import canonical

_WORD = re.compile(r"(?:[A-Za-z]\.){2,}|[^\W_]+(?:['’][^\W_]+)*['’]?|(?<=\s)[&+](?=\s)", re.UNICODE)
_HARD_BREAK = re.compile(r"[^\s\-‐-―&'’_+*\"“”‘]")
_INITIALS_OF_SEVERAL = re.compile(r"[A-Z]{2,}s")
_AND = frozenset("&+")


class Word(NamedTuple):
    """One word of a text: where it stands, how it was typed, how it is matched."""

    start: int
    end: int
    typed: str
    lower: str
    form: str
    after_break: bool
    comma_before: bool
    slash_before: bool = False


def words_of(text: str) -> list[Word]:
    """Split a text into words; a comma, bracket or stop between two words is kept as a break."""
    found: list[Word] = []
    last_end = 0
    for match in _WORD.finditer(text):
        start, end = match.span()
        typed = text[start:end]
        if typed.endswith(("'", "’")):
            # A closing quotation mark is not a possessive; "nurses' pay" keeps its form anyway.
            typed, end = typed[:-1], end - 1
        if "." in typed:
            lower = typed.replace(".", "").lower()
            end = start + len(typed.rstrip("."))
            typed = text[start:end]
        elif typed in _AND:
            lower = "and"
        else:
            lower = typed.lower().replace("’", "'")
        gap = text[last_end:start]
        hard = bool(found) and _HARD_BREAK.search(gap) is not None
        # "MPs" and "GPs" are several of their kind; in small letters "gps" may be a map's.
        form = lower[:-1] if _INITIALS_OF_SEVERAL.fullmatch(typed) else canonical(lower)
        found.append(Word(start, end, typed, lower, form, hard, "," in gap, "/" in gap))
        last_end = end
    return found


def forms_of(phrase: str) -> list[str]:
    """Give the matching forms of a phrase's words, breaks left out."""
    return [word.form for word in words_of(phrase)]
