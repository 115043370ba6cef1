"""What is to be mended or looked at in the content, as `./signpost knowledge check` lists it."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import yaml

from knowledge.answers import Answer, Answers
from knowledge.content import HERE, named
from knowledge.facts import TO_CONFIRM, Fact, day_told
from knowledge.readers import AUDIENCES, PARENTS, STAGES, Reader
from knowledge.wording import Wording

DOMAIN = HERE.parent / "domain.yml"
SERVICE = "service"
"""The folder of what the service says for itself; it is said by code, not found by questions."""
SOON = dt.timedelta(days=60)
MOST_WORDS, MOST_WORDS_MORE = 90, 120

# Heading of each kind of finding, and whether it must be mended.
KINDS = {
    "unknown": ("Names that lead nowhere", True),
    "unreachable": ("Answers that nobody can reach", True),
    "expired": ("Facts that have run out, with nothing to follow", True),
    "dead": ("Links that do not open", False),
    "due": ("Facts past their review", False),
    "to-confirm": ("Facts to confirm", False),
    "ending": ("Facts that run out within 60 days", False),
    "changing": ("Facts that change within 60 days", False),
    "missing": ("Topics without an answer for somebody", False),
    "long": ("Answers that are too long", False),
    "unused": ("Facts that no answer shows (a sum may use them)", False),
}

_READERS = {
    "years 7-9": Reader("pupil", 8),
    "years 10-11": Reader("pupil", 10),
    "years 12-13": Reader("pupil", 12),
    "leavers": Reader("pupil", left_school=True),
    PARENTS: Reader("parent"),
}
_SUBJECT_OF_PAYLOAD = re.compile(r'"(?:subject|more)": *"([^"]*)"')


@dataclass(frozen=True)
class Finding:
    """One thing found: its kind (a key of `KINDS`), the file it stands in, and what it is."""

    kind: str
    where: str
    says: str

    @property
    def must_be_mended(self) -> bool:
        """Whether the content is wrong as it stands."""
        return KINDS[self.kind][1]


def check(
    answers: Answers, day: dt.date, intents: set[str], wording: Wording | None = None
) -> list[Finding]:
    """Return all that is found on `day`, in order of `KINDS`.

    `intents` are the names that the language model knows: see `intents_of`.
    """
    wording = wording or Wording.load()
    found = [
        *_names(answers, intents, wording),
        *_unreachable(answers, intents),
        *_facts(answers, day),
        *_missing(answers),
        *_long(answers, day),
    ]
    order = list(KINDS)
    # In a file, findings stay in the order in which they stand there.
    return sorted(found, key=lambda one: (order.index(one.kind), one.where.partition(":")[0]))


def intents_of(domain: Path = DOMAIN) -> set[str]:
    """Return the intents that a Rasa domain file lists."""
    listed = yaml.safe_load(domain.read_text(encoding="utf-8"))["intents"]
    return {name for entry in listed for name in (entry if isinstance(entry, dict) else [entry])}


def is_guidance(answer: Answer) -> bool:
    """Tell whether an answer is for questions of readers, not what the service says for itself."""
    return answer.intent != SERVICE and bool(answer.audiences or answer.examples)


def coverage(answers: Answers) -> dict[str, dict[str, int]]:
    """Return topic -> audience -> number of subjects that are answered for that audience."""
    table: dict[str, dict[str, int]] = {}
    seen = set()
    for answer in filter(is_guidance, answers):
        row = table.setdefault(answer.intent, dict.fromkeys(AUDIENCES, 0))
        for audience in answer.audiences:
            if (answer.subject, audience) not in seen:
                seen.add((answer.subject, audience))
                row[audience] += 1
    return table


def count_words(text: str) -> int:
    """Return the number of words that a reader sees in light Markdown; an amount is one word."""
    shown = re.sub(r"\]\([^)]*\)", "]", text)
    return sum(any(map(str.isalnum, piece)) for piece in shown.split())


def _names(answers: Answers, intents: set[str], wording: Wording) -> Iterator[Finding]:
    guidance = [answer for answer in answers if is_guidance(answer)]
    for intent in sorted({answer.intent for answer in guidance if answer.examples} - intents):
        path = next(answer.path for answer in guidance if answer.intent == intent)
        yield Finding("unknown", named(path.parent), f"the folder is no intent of {DOMAIN.name}")
    titled = set(wording.keys())
    topics = {answer.intent for answer in guidance}
    for intent in sorted(topic for topic in topics if f"topics.{topic}" not in titled):
        yield Finding(
            "unknown", "knowledge/wording/topics.yml", f"there is no title for the topic {intent}"
        )
    for answer in answers:
        where = named(answer.path)
        for name in answer.next:
            if not _is_subject(name, answers) and name not in intents:
                yield Finding("unknown", where, f"next: {name} is no subject and no intent")
            elif not _has_title(name, answers):
                yield Finding(
                    "unknown",
                    where,
                    f"next: there are no words for the button {name} in "
                    "knowledge/wording/offers.yml",
                )
        for button in answer.buttons:
            payload = button["payload"]
            intent = payload.removeprefix("/").partition("{")[0]
            if intent not in intents:
                yield Finding("unknown", where, f"buttons: {intent} is no intent of {DOMAIN.name}")
            for name in _SUBJECT_OF_PAYLOAD.findall(payload):
                if name not in answers:
                    yield Finding("unknown", where, f"buttons: there is no answer {name}")


def _is_subject(name: str, answers: Answers) -> bool:
    return name in answers and bool(answers[name].examples) and answers[name].subject == name


def _has_title(name: str, answers: Answers) -> bool:
    try:
        return bool(answers.title(name))
    except KeyError:
        return False


def _unreachable(answers: Answers, intents: set[str]) -> Iterator[Finding]:
    asked = {answer.subject for answer in answers if answer.examples} | intents
    for answer in answers:
        others = [*answer.next] + [
            name.partition(".")[0]
            for button in answer.buttons
            for name in _SUBJECT_OF_PAYLOAD.findall(button["payload"])
        ]
        asked |= set(others) - {answer.subject}
    for answer in answers:
        if answer.intent == SERVICE or (answer.id in intents and not is_guidance(answer)):
            continue
        where = named(answer.path)
        if answer.subject not in asked:
            yield Finding(
                "unreachable", where, "it has no examples, and no other answer leads to it"
            )
        elif not answer.audiences:
            yield Finding("unreachable", where, "it names no audiences")
        elif answer.id != answer.subject and not any(
            answers.choose(answer.subject, reader) is answer for reader in _READERS.values()
        ):
            yield Finding(
                "unreachable", where, "its readers are all given another answer to the subject"
            )


def _facts(answers: Answers, day: dt.date) -> Iterator[Finding]:
    shown = {fact_id for answer in answers for fact_id in answer.facts}
    for fact_id in dict.fromkeys(fact.id for fact in answers.facts):
        run = answers.facts.run(fact_id)
        fact = answers.facts.on(fact_id, day).fact
        after = run[run.index(fact) + 1] if fact is not run[-1] else None
        where = f"{named(fact.path)}:{fact.line}"
        if fact.valid_to is not None and after is None:
            if fact.valid_to < day:
                yield Finding("expired", where, f"{fact_id} ran out on {day_told(fact.valid_to)}")
            elif fact.valid_to - day <= SOON:
                yield Finding("ending", where, f"{fact_id} runs out on {day_told(fact.valid_to)}")
        if after is not None and after.valid_from - day <= SOON:
            yield Finding(
                "changing",
                where,
                f"{fact_id} changes on {day_told(after.valid_from)} from {_short(fact)} "
                f"to {_short(after)}",
            )
        if day > fact.review_by:
            yield Finding(
                "due", where, f"{fact_id} was to be checked by {day_told(fact.review_by)}"
            )
        if fact.status == TO_CONFIRM:
            yield Finding("to-confirm", where, f"{fact_id}: {_short(fact)} ({fact.link})")
        if fact_id not in shown:
            yield Finding("unused", where, fact_id)


def _short(fact: Fact) -> str:
    return fact.text if len(fact.text) <= 60 else f"{fact.text[:57].rstrip()}…"


def _missing(answers: Answers) -> Iterator[Finding]:
    for intent, row in coverage(answers).items():
        lacking = [audience for audience in (*STAGES, PARENTS) if not row[audience]]
        if lacking:
            yield Finding("missing", f"knowledge/answers/{intent}", ", ".join(lacking))


def _long(answers: Answers, day: dt.date) -> Iterator[Finding]:
    for answer in filter(is_guidance, answers):
        for text, most, what in (
            (answer.text, MOST_WORDS, "before “more”"),
            (answer.more, MOST_WORDS_MORE, "after “more”"),
        ):
            count = count_words(answers.filled(text, day))
            if count > most:
                yield Finding(
                    "long", named(answer.path), f"{count} words {what}; at most {most} are read"
                )
