"""Unique pupil numbers, checked by the letter in front.

The rule is the Department for Education's (guide to unique pupil numbers): a letter, then twelve
digits, or eleven and a letter in a temporary one. Each of the twelve is multiplied by its place,
2 to 13; the sum modulo 23 gives the letter in front. Letters leave out I, O and S.
"""

import re

LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
LENGTH = 13

_SHAPE = re.compile(rf"[A-Z][0-9]{{11}}[0-9{LETTERS}]")


def upn_typed(text: str) -> str:
    """A UPN as it is held: without spaces, in capitals."""
    return "".join(text.split()).upper()


def upn_problem(upn: str) -> str | None:
    """What is wrong with a UPN: "upn_length", "upn_characters" or "upn_letter"; None if nothing."""
    if len(upn) != LENGTH:
        return "upn_length"
    if _SHAPE.fullmatch(upn) is None:
        return "upn_characters"
    return None if upn[0] == check_letter(upn[1:]) else "upn_letter"


def check_letter(rest: str) -> str:
    """The letter that goes before the twelve characters `rest`. Raises ValueError for others."""
    values = [int(one) if one in "0123456789" else LETTERS.index(one) for one in rest]
    return LETTERS[sum(place * value for place, value in enumerate(values, 2)) % 23]
