"""Destinations in words: the categories that are counted, and how a school's file heads columns."""

from __future__ import annotations

from dataclasses import dataclass

from knowledge.wording import Wording


@dataclass(frozen=True)
class Named:
    """Something with an id, the label that people read, and other words for it (lower case)."""

    id: str
    label: str
    words: tuple[str, ...] = ()

    def is_called(self, word: str) -> bool:
        """Whether the word, in any case and spacing, means this."""
        told = " ".join(word.casefold().split())
        return told in (self.id, self.label.casefold(), *self.words)


@dataclass(frozen=True)
class Category(Named):
    """A destination. `intended` and `actual` say which kind may have it."""

    intended: bool = True
    actual: bool = True


def categories(wording: Wording) -> tuple[Category, ...]:
    """Read all categories, in the order in which they are shown. Raises ValueError for others."""
    found = []
    for line in wording.say("destinations.categories").splitlines():
        name, label, kinds, words = (part.strip() for part in line.split("="))
        if kinds not in ("both", "intended", "actual"):
            raise ValueError(f"{name}: {kinds} is no kind of destination")
        found.append(Category(name, label, _listed(words), kinds != "actual", kinds != "intended"))
    return tuple(found)


def named(text: str) -> tuple[Named, ...]:
    """Read a list with a line for each: id = label, or id = label = other words, with commas."""
    found = []
    for line in text.strip().splitlines():
        name, label, *words = (part.strip() for part in line.split("="))
        found.append(Named(name, label, _listed(words[0]) if words else ()))
    return tuple(found)


def _listed(words: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in words.casefold().split(",") if word.strip())
