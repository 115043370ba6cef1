"""The safeguarding screen: reads a message as it was typed, before anything else does.

This is the interim screen: a short list of plain cries for help, with the careers talk that
sounds like them taken out first. Its place in the message's way is final; what stands behind
`Screen.check` is not.
"""

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path

import yaml

PHRASES = Path(__file__).resolve().parents[2] / "knowledge" / "safeguarding" / "interim_phrases.yml"

_NOT_WORDS = re.compile(r"[^a-z0-9' ]+")
_SPACES = re.compile(r"\s+")
_APOSTROPHES = re.compile("['\u2018\u2019\u02bc`\u00b4]")


class BadPhrases(ValueError):
    """The phrase file cannot be used; the sentence says why."""


@dataclass(frozen=True, slots=True)
class Concern:
    """A message that sounds like a cry for help. `topic` is the list's heading, never words."""

    topic: str


@dataclass(frozen=True, slots=True)
class Screen:
    """Phrases by topic, and the careers talk that is taken out before they are looked for."""

    phrases: tuple[tuple[str, re.Pattern[str]], ...]
    careers_talk: re.Pattern[str] | None

    @classmethod
    def load(cls, path: Path = PHRASES) -> "Screen":
        """Read the phrase file. Raises BadPhrases when it is missing or not as expected."""
        try:
            content = yaml.safe_load(path.read_text(encoding="utf-8"))
            concerns = content["concerns"]
            exceptions = content["careers_talk"]
            phrases = tuple((topic, _any_of(listed)) for topic, listed in concerns.items())
            talk = _any_of(exceptions) if exceptions else None
        except (OSError, yaml.YAMLError, KeyError, TypeError, AttributeError) as problem:
            raise BadPhrases(f"{path.name} is missing or not as expected") from problem
        if not phrases:
            raise BadPhrases(f"{path.name} holds no phrases")
        return cls(phrases, talk)

    def check(self, text: str) -> Concern | None:
        """The first concern that the raw text raises, or None."""
        plain = _plain(text)
        if self.careers_talk is not None:
            plain = self.careers_talk.sub(" | ", plain)
        for topic, pattern in self.phrases:
            if pattern.search(plain):
                return Concern(topic)
        return None


def _plain(text: str) -> str:
    # Compatibility forms fold styled letters; marks and invisible characters go.
    folded = unicodedata.normalize("NFKD", text).casefold()
    kept = "".join(
        c for c in folded if unicodedata.category(c) not in ("Mn", "Cf", "Cc") or c in "\n\t"
    )
    return _SPACES.sub(" ", _NOT_WORDS.sub(" ", _APOSTROPHES.sub("", kept))).strip()


def _any_of(phrases: list[str]) -> re.Pattern[str]:
    # "..." in a phrase stands for up to four words.
    listed = []
    for phrase in phrases:
        parts = [re.escape(_plain(part)) for part in phrase.split("...")]
        listed.append(r"(?: \S+){0,4} ".join(part for part in parts))
    return re.compile(r"\b(?:" + "|".join(sorted(listed, key=len, reverse=True)) + r")\b")
