"""What a pupil says for the record: what the pupil will do, wants to be, or has decided."""

import re
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from bot.gateway.record_talk.days import Days
from bot.gateway.record_talk.words import Words
from knowledge.wording import Wording

Kind = Literal["action", "aspiration", "decision"]

LONGEST = 200
"""Characters of a sentence that can be a line; a longer one tells a story."""

_END = re.compile(r"[.!?;\n]+(?=\s|$)|\n|$")
_WILL = re.compile(r"i'll|i will|(?:i'm|i am) (?:gonna|going to)", re.IGNORECASE)
_BE = re.compile(r"(?:be|become|b) (?:an? |the )\w", re.IGNORECASE)
_EDGES = " ,;:.!?-…\"'"


@dataclass(frozen=True, slots=True)
class Said:
    """Something said for the record.

    `words` are as they are told back after "You said you'll", "you want to" or "you decided";
    `text` is what the line says; `rest` is the question asked beside it, "" when there is none.
    """

    kind: Kind
    text: str = field(repr=False)
    words: str = field(repr=False)
    rest: str = field(repr=False)
    due_on: date | None = None


class Sayings:
    """Finds what is said for the record in a message. Careful: what is unclear is not taken."""

    def __init__(self, words: Words, days: Days) -> None:
        self._words, self._days = words, days
        self._wording: Wording = words.wording

        pattern = words.wording.pattern
        filler = pattern("record_talk.said_filler").pattern
        hedge = pattern("record_talk.said_hedge").pattern
        lead = (
            rf"(?:^|[.,;!?\n-]+\s*|\b(?:and|but|so|then|cos|because)\s+)(?:(?:{filler})\b[\s,.!]*)*"
        )

        def led(said: str) -> re.Pattern[str]:
            hedged = rf"(?:(?:{hedge})\s+)*"
            # "i really want to" and "really i want to" alike.
            said = re.sub(r"\bi('d)? (?=[\w(])", lambda found: found[0] + hedged, said)
            return re.compile(rf"{lead}{hedged}(?P<lead>{said})\s+{hedged}", re.IGNORECASE)

        self._will = led(pattern("record_talk.said_will").pattern)
        self._want = led(pattern("record_talk.said_want").pattern)
        decided = pattern("record_talk.said_decided").pattern
        self._decided = re.compile(rf"{lead}(?P<lead>{decided})[\s,:;-]+", re.IGNORECASE)
        self._before_verb = re.compile(
            rf"^(?:(?:{pattern('record_talk.said_before_verb').pattern})\s+)+", re.IGNORECASE
        )
        self._hope = pattern("record_talk.hope")
        self._no_hope = pattern("record_talk.no_hope")
        self._idle = pattern("record_talk.idle")
        self._no_decision = pattern("record_talk.no_decision")
        self._question = re.compile(
            rf"(?:,|\b(?:and|but|so|then|cos)\b)?\s*\b(?:{pattern('record_talk.question').pattern})",
            re.IGNORECASE,
        )
        self._last_words = re.compile(
            rf"(?:[\s,]+(?:{pattern('record_talk.ends_with').pattern}))+[\s.!,]*$", re.IGNORECASE
        )
        self._first_words = re.compile(rf"^(?:(?:{filler})\b[\s,.!]*)+", re.IGNORECASE)

    def read(self, text: str, today: date) -> Said | None:
        """What is said for the record in a message of `today`; None when nothing is."""
        text = self._words.spelt(text)
        kinds: tuple[tuple[Kind, re.Pattern[str]], ...] = (
            ("decision", self._decided),
            ("aspiration", self._want),
            ("action", self._will),
        )
        for kind, pattern in kinds:
            for match in pattern.finditer(text):
                found = self._clause(text, match, today, kind)
                if found is not None:
                    return found
        return None

    def is_question(self, text: str) -> bool:
        """Whether the text asks something, rather than answers."""
        text = self._first_words.sub("", self._words.spelt(text))
        return bool(self._question.match(text)) or (text.endswith("?") and len(text.split()) > 1)

    def _clause(self, text: str, match: re.Match[str], today: date, kind: Kind) -> Said | None:
        start = match.end()
        end = _END.search(text, start)
        stop = len(text) if end is None else end.start()
        # Its first word says what is done: "compare the two", "do a course" ask nothing.
        first = re.compile(r"\S*").match(text, start)
        asked = self._question.search(text, first.end() if first else start, stop)
        if asked is not None:
            stop = asked.start()
        elif end is not None and "?" in end[0]:
            return None
        said = self._last_words.sub("", text[start:stop]).strip(_EDGES)
        if not said or len(said) > LONGEST:
            return None
        words = getattr(self, f"_as_{kind}")(said, match["lead"])
        if words is None:
            return None
        rest = f"{text[: match.start()]} {text[stop:]}".strip()
        return self._told(kind, words, self._asked_beside(rest), today)

    def _as_action(self, said: str, lead: str) -> str | None:
        said = self._before_verb.sub("", said)
        first, _, more = said.partition(" ")
        verb = self._verb(first.lower())
        if not more or verb is None or self._idle.match(f"{verb} {more}"):
            return None
        return f"{verb} {more}"

    def _as_aspiration(self, said: str, lead: str) -> str | None:
        found = self._hope.match(said)
        if found is None or self._no_hope.match(said):
            return None
        # "I'm gonna be a vet" is a hope; "I'm gonna study for the test" is something to do.
        if _WILL.fullmatch(lead) and not _BE.match(said):
            return None
        return re.sub(r"^(?:b|becoming)\b", "be", said)

    def _as_decision(self, said: str, lead: str) -> str | None:
        lead = lead.lower()
        if self._no_decision.match(said):
            return None
        decided_on = self._wording.pattern("record_talk.decided_on")
        if decided_on.search(lead):
            return f"on {said}"
        said = re.sub(r"^(?:its|it's|that's|thats) (?=\w)", "on ", said)
        if re.match(r"i(?:'m|'ll| )", said):
            return f"that {said}"
        if not re.match(r"(?:on|to|that|against|not|for)\b", said):
            return f"on {said}"
        return said

    def _verb(self, word: str) -> str | None:
        """The verb that a word is, or is meant to be."""
        if word in self._words.verbs or len(word) < 4:
            return word if word in self._words.verbs else None
        meant = (
            verb
            for verb in sorted(self._words.verbs)
            if len(verb) >= 4 and verb[0] == word[0] and _one_slip(word, verb)
        )
        return next(meant, None)

    def _asked_beside(self, rest: str) -> str:
        """The rest of a message, where it asks something."""
        rest = self._first_words.sub("", rest.strip(" ,;:.!-"))
        asks = "?" in rest or self._question.search(rest)
        return rest.strip(" ,;:-") if asks and re.search(r"\w", rest) else ""

    def _told(self, kind: Kind, words: str, rest: str, today: date) -> Said:
        words = self._words.named(words)
        text, due_on = words, None
        if kind == "action":
            due = self._days.find(words, today)
            if due is not None:
                due_on = due.day
                # The day is kept as a day: "next week" means nothing a month later.
                kept = f"{words[: due.start]} {words[due.end :]}".strip(_EDGES)
                text = " ".join(kept.split()) if len(kept.split()) > 1 else words
        if kind == "decision":
            text = self._wording.say("record_talk.line_decision", words=text)
        return Said(kind, text[0].upper() + text[1:], self._words.turned(words), rest, due_on)


def _one_slip(word: str, meant: str) -> bool:
    """Whether `word` is `meant` with one letter wrong, missing, doubled or swapped."""
    if abs(len(word) - len(meant)) > 1 or word == meant:
        return False
    at = next((i for i, (a, b) in enumerate(zip(word, meant, strict=False)) if a != b), None)
    if at is None:
        return True
    left, right = word[at:], meant[at:]
    return (
        left[1:] == right[1:]
        or left[1:] == right
        or left == right[1:]
        or (left[1::-1] == right[:2] and left[2:] == right[2:])
    )
