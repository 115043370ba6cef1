"""The job words of texts, by the gazetteer of `lmi.occupations`."""

from __future__ import annotations

from functools import lru_cache

from lmi.occupations import JobTitles, JobWords

FOUND: dict[str, list[JobWords]] = {}
"""What `engine.head_start` found in the examples; empty where people's messages are read."""


@lru_cache(maxsize=1)
def shared() -> JobTitles:
    """Return the one index of this process."""
    return JobTitles.load()


def find(text: str) -> list[JobWords]:
    """Return the job words of a text, from left to right."""
    found = FOUND.get(text)
    return shared().find(text) if found is None else found
