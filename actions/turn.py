"""One turn of a conversation, as an action sees it, and what an action gives back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Any

from knowledge.answers import Message

NO_INTENT = "nlu_fallback"


@dataclass(frozen=True)
class Job:
    """A job that the conversation is about: its unit group, and the words to show for it.

    `named` tells whether the words are the person's own; otherwise they are the unit group's.
    """

    soc2020: str
    name: str
    plural: str
    named: bool = True

    @property
    def plural_first(self) -> str:
        """The plural as the first word of a sentence."""
        return self.plural[:1].upper() + self.plural[1:]


@dataclass(frozen=True)
class JobWords:
    """Job words found in the message; see `lmi.occupations.JobWords`."""

    text: str
    start: int
    name: str
    plural: str
    ambiguous: bool
    unit_groups: tuple[tuple[str, str], ...]
    """(SOC 2020 code, official title), best first; empty when the job is not known."""
    modifier: str = ""
    """Words typed before the name that no list knows: "dragon" of "dragon trainer"."""


@dataclass(frozen=True)
class Memory:
    """What the conversation remembers from turn to turn; the engine keeps it in slots.

    `subject` is that of the guidance answer told last; `asked` names what was asked back once and
    is not asked again; `form` holds a question of several steps: {"name": …} and what is known.
    """

    jobs: tuple[Job, ...] = ()
    topic: str | None = None
    asking: str | None = None
    place: str | None = None
    period: str | None = None
    year_group: int | None = None
    audience: str | None = None
    offered: tuple[tuple[str, str], ...] = ()
    misses: int = 0
    left_school: bool = False
    subject: str | None = None
    asked: tuple[str, ...] = ()
    form: Mapping[str, Any] | None = None

    @classmethod
    def from_slots(cls, slots: Mapping[str, Any]) -> Memory:
        """Read the memory out of Rasa's slots."""
        return cls(
            jobs=tuple(Job(**job) for job in slots.get("jobs") or ()),
            topic=slots.get("topic"),
            asking=slots.get("asking"),
            place=slots.get("place"),
            period=slots.get("period"),
            year_group=slots.get("year_group"),
            audience=slots.get("audience"),
            offered=tuple((title, payload) for title, payload in slots.get("offered") or ()),
            misses=slots.get("misses") or 0,
            left_school=bool(slots.get("left_school")),
            subject=slots.get("subject"),
            asked=tuple(slots.get("asked") or ()),
            form=slots.get("form"),
        )

    def as_slots(self) -> dict[str, Any]:
        """Return the slots that hold this memory."""
        plain = {f.name: getattr(self, f.name) for f in fields(self)}
        plain["jobs"] = [
            {"soc2020": j.soc2020, "name": j.name, "plural": j.plural, "named": j.named}
            for j in self.jobs
        ]
        plain["offered"] = [list(offer) for offer in self.offered]
        plain["asked"] = list(self.asked)
        plain["form"] = dict(self.form) if self.form else None
        return plain


@dataclass(frozen=True)
class Turn:
    """What was said and asked, what was said before, and the day it is.

    `text` is the whole message, `clause` the part that asks `intent` (the whole where one thing is
    asked). `said` are the job words of the clause, or of the message when the clause has none.
    `chosen` holds what a button carried.
    """

    text: str
    clause: str
    intent: str
    memory: Memory
    today: dt.date
    said: tuple[JobWords, ...] = ()
    chosen: Mapping[str, Any] = field(default_factory=dict)
    questions: tuple[Mapping[str, Any], ...] = ()
    left: tuple[str, ...] = ()
    """Questions of the message that it was not taken to ask, as they were typed."""
    ranked: tuple[tuple[str, float, float], ...] = ()
    """(subject, score, likeness) of the answers nearest to the clause, best first; the scores of
    all subjects sum to 1, likeness is the cosine to the nearest example questions."""

    def about(self, question: Mapping[str, Any]) -> Turn:
        """Return this turn narrowed to one of its questions."""
        start, clause = int(question["start"]), str(question["text"])
        inside = tuple(w for w in self.said if start <= w.start < start + len(clause))
        return replace(
            self,
            intent=str(question["intent"]),
            clause=clause,
            said=inside or self.said,
            ranked=ranking(question.get("answers")),
        )


def ranking(found: Sequence[Mapping[str, Any]] | None) -> tuple[tuple[str, float, float], ...]:
    """Return the engine's [{subject, score, likeness}] as `Turn.ranked` holds it."""
    return tuple(
        (str(each["subject"]), float(each["score"]), float(each["likeness"]))
        for each in found or ()
    )


@dataclass(frozen=True)
class Reply:
    """Messages to the person, and what is to be remembered."""

    messages: tuple[Message, ...]
    memory: Memory


def message(
    answer: str,
    text: str,
    *,
    buttons: Sequence[tuple[str, str]] = (),
    figures: Sequence[Mapping[str, Any]] = (),
    chart: Mapping[str, Any] | None = None,
    sources: Sequence[Mapping[str, Any]] = (),
) -> Message:
    """Return a message as it travels to a channel; buttons are (title, payload)."""
    return {
        "answer": answer,
        "text": text,
        "buttons": [{"title": title, "payload": payload} for title, payload in buttons],
        "figures": [dict(figure) for figure in figures],
        "chart": dict(chart) if chart else None,
        "sources": [dict(source) for source in sources],
    }
