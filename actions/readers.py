"""Who is asking, picked up from what they write: a parent, a school year, an age."""

from __future__ import annotations

import re
from dataclasses import replace

from actions.ground import Ground
from actions.turn import Memory
from knowledge.readers import Reader

_AGE = r"\b(1[1-9])\b(?:\s*(?:-|\s)?\s*(?:year|yr|yo\b)s?\s*(?:-|\s)?\s*old)?"
STAGE_BY_AGE = {11: 7, 12: 8, 13: 9, 15: 10, 17: 12}
"""A year group of the one stage that an age can belong to; at 14, 16 and 18 there are two."""
SHORT = 4
"""Words; a short message that holds a year is about the writer."""


def reader_of(memory: Memory) -> Reader:
    """Return who is asking, as far as the conversation knows."""
    return Reader(memory.audience, memory.year_group, memory.left_school)


def year_group(text: str) -> int | None:
    """Return the school year named in a text, 7 to 13, or None."""
    found = re.search(r"\b(?:year|yr|y)\s*(7|8|9|10|11|12|13)s?\b", text.casefold())
    return int(found[1]) if found else None


def noticed(text: str, memory: Memory, ground: Ground) -> Memory:
    """Return the memory with what a message tells of its writer.

    A year group counts only where it is the writer's or their child's: "what do you do in year 12"
    tells nothing.
    """
    words = ground.wording
    if words.pattern("readers.parent").search(text):
        memory = replace(memory, audience="parent")
    elif words.pattern("readers.pupil").search(text):
        memory = replace(memory, audience=memory.audience or "pupil")
    own = words.pattern("readers.own").search(text)
    year = year_group(text)
    if year is not None and (own or len(text.split()) <= SHORT):
        return replace(memory, year_group=year, left_school=False)
    if words.pattern("readers.lower_sixth").search(text):
        return replace(memory, year_group=12, left_school=False)
    if words.pattern("readers.upper_sixth").search(text):
        return replace(memory, year_group=13, left_school=False)
    if words.pattern("readers.left").search(text):
        return replace(memory, year_group=None, left_school=True)
    age = re.search(_AGE, text, re.IGNORECASE)
    if age and own and int(age[1]) in STAGE_BY_AGE:
        return replace(memory, year_group=STAGE_BY_AGE[int(age[1])], left_school=False)
    return memory
