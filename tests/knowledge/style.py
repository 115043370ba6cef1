"""The rules of style for everything that a pupil reads."""

import re
from collections.abc import Iterable

EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
FLATTERY = re.compile(
    r"\b(?:great question|well done|good question|amazing|fantastic|brilliant|awesome|"
    r"excellent|dream job|absolutely|of course)\b",
    re.IGNORECASE,
)
AMERICAN = re.compile(
    r"\b(?:color|favorite|center|organization|specialize|program|resume|math|vacation|labor)\b",
    re.IGNORECASE,
)


def faults(text: str) -> Iterable[str]:
    """Every rule that a text breaks; quoted words of a pupil's do not count."""
    text = re.sub(r'"[^"]*"|“[^”]*”', "“…”", text)
    for fault, found in (
        ("says I", re.search(r"\bI\b|\bI['’]", text)),
        ("speaks as we or me", re.search(r"\b(?:we|me|my|our|us)\b", text, re.IGNORECASE)),
        ("has an exclamation mark", "!" in text),
        ("says best", re.search(r"\bbest\b", text, re.IGNORECASE)),
        ("has an emoji", EMOJI.search(text)),
        ("flatters", FLATTERY.search(text)),
        ("is not British", AMERICAN.search(text)),
        ("leaves bold open", text.count("**") % 2),
        ("has doubled spaces or stops", re.search(r"[^\n] {2,}|\.\.|\s[.,;:]", text)),
        ("says please more than once", text.lower().count("please") > 1),
    ):
        if found:
            yield f"{fault}: {text!r}"
