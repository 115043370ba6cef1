"""Which intents count as right for a question, from the reviewed file `intents.yml`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import yaml

MAPPING = Path(__file__).with_name("intents.yml")
REFUSED = ("out_of_scope", "nlu_fallback")
"""The intents that refuse: neither gives an answer that pretends to fit."""
ELSEWHERE = "(no label)"
"""What an intent counts as that stands under no label, such as greeting."""


@dataclass(frozen=True)
class Mapping:
    """For each label, the intents that count as right, the one meant first."""

    right: dict[str, tuple[str, ...]]

    @classmethod
    def load(cls, path: Path = MAPPING) -> Mapping:
        """Read the reviewed file. Raises ValueError when an intent stands under two labels."""
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        mapping = cls({label: tuple(entry["right"]) for label, entry in told.items()})
        listed = [intent for intents in mapping.right.values() for intent in intents]
        twice = {intent for intent in listed if listed.count(intent) > 1}
        if twice:
            raise ValueError(f"under two labels: {', '.join(sorted(twice))}")
        return mapping

    @classmethod
    def of_intents(cls, intents: Iterable[str]) -> Mapping:
        """Return the mapping for questions that are labelled with our own intents."""
        right = {intent: (intent,) for intent in sorted(set(intents) - set(REFUSED))}
        return cls({**right, "out_of_scope": REFUSED})

    def acceptable(self, label: str, also: Iterable[str] = ()) -> frozenset[str]:
        """Return the intents that are right for a question labelled `label`, and `also`.

        Raises ValueError for a label that the file does not have.
        """
        unknown = {label, *also} - self.right.keys()
        if unknown:
            raise ValueError(f"labels without a mapping: {', '.join(sorted(unknown))}")
        return frozenset(intent for name in (label, *also) for intent in self.right[name])

    def label_of(self, intent: str | None) -> str:
        """Return the label under which an intent stands."""
        return next((label for label, right in self.right.items() if intent in right), ELSEWHERE)
