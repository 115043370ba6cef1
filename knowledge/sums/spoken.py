"""Numbers that are spelt out, as digits: "thirty seven and a half hours" is "37.5 hours"."""

from __future__ import annotations

import re

_ONES = {
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8,
    "nine": 9,
}  # fmt: skip
_TEENS = {
    "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15,
    "sixteen": 16, "seventeen": 17, "eighteen": 18, "eightteen": 18, "nineteen": 19,
    "ninteen": 19,
}  # fmt: skip
_TENS = {
    "twenty": 20, "thirty": 30, "forty": 40, "fourty": 40, "fifty": 50, "sixty": 60,
    "seventy": 70, "eighty": 80, "ninety": 90, "ninty": 90,
}  # fmt: skip
_WORTH = {**_ONES, **_TEENS, **_TENS}

_ONE, _TEEN, _TEN = (rf"(?:{'|'.join(words)})" for words in (_ONES, _TEENS, _TENS))
_SMALL = rf"(?:{_TEN}(?:[\s-]+{_ONE})?|{_TEEN}|{_ONE})\b"
_HUNDREDS = rf"(?:(?:{_ONE}|a)\s+hundred\b(?:(?:\s+and)?\s+{_SMALL})?|{_SMALL})"
_NUMBER = re.compile(
    rf"\b(?:{_HUNDREDS}\s+thousand\b(?:(?:\s+and)?\s+{_HUNDREDS})?|{_HUNDREDS})"
    r"(?:\s+and\s+a\s+half\b)?",
    re.IGNORECASE,
)
_HALF = re.compile(r"\s+and\s+a\s+half$", re.IGNORECASE)


def digits(text: str) -> str:
    """Return a text with its numbers in words, up to 999,999, written as digits."""
    return _NUMBER.sub(lambda found: _value(found[0]), text)


def _value(words: str) -> str:
    whole, halves = _HALF.subn("", words.lower())
    total = part = 0
    for word in re.findall(r"[a-z]+", whole):
        if word == "thousand":
            total, part = total + part * 1000, 0
        elif word == "hundred":
            part *= 100
        elif word == "a":
            part = 1
        elif word != "and":
            part += _WORTH[word]
    return f"{total + part}{'.5' if halves else ''}"
