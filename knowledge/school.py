"""The school's own content: whom to ask, its dates, places nearby, and what it adds to answers.

It overrides and extends texts; the facts in them stay the national ones.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

import frontmatter

from knowledge.answers import PLACE, Answer, Answers, Message, facts_in
from knowledge.checking import SERVICE
from knowledge.content import HERE, BadContent, Entry, check_keys, entries, named
from knowledge.facts import pages, to_check
from knowledge.resources import TOPICS
from knowledge.wording import Wording

FOLDER = HERE / "school"
ANYTHING = "anything"
PEOPLE_TOPICS = (*TOPICS, "options", "sixth form", "worries", ANYTHING)
DATE_KINDS = (
    "options evening", "open evening", "work experience week", "results day", "careers fair",
    "parents evening", "other",
)  # fmt: skip
PROVIDER_KINDS = (
    "sixth form", "sixth form college", "college", "university technical college",
    "studio school", "training provider",
)  # fmt: skip
AHEAD = dt.timedelta(days=365)
"""How far ahead a date is told; a later one is likelier to be a slip of the pen."""
MOST_WORDS, MOST_WORDS_ADDED = 90, 60
"""Words of a text that replaces an answer's, and of one that is added below it."""

How = Literal["extends", "overrides"]

_PERSON = ({"role", "where", "topics"}, {"name"})
_DATE = ({"title", "kind", "starts"}, {"ends", "time", "place", "link", "years"})
_PROVIDER = ({"name", "kind", "link"}, {"where", "open_evenings"})
_OPEN_EVENING = ({"starts"}, {"time", "link"})
_FILES = {"people.yml", "dates.yml", "providers.yml"}


@dataclass(frozen=True)
class Person:
    """Somebody at the school who can be asked. `name` is "" where the school gives none."""

    role: str
    name: str
    where: str
    topics: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """A day at the school or nearby. `years` are the school years it is for; none is all.

    `at` is the place nearby whose open evening it is.
    """

    title: str
    kind: str
    starts: dt.date
    ends: dt.date
    time: str = ""
    place: str = ""
    link: str = ""
    years: tuple[int, ...] = ()
    at: str = ""

    def is_coming(self, day: dt.date) -> bool:
        """Tell whether it is on, or begins within a year."""
        return self.ends >= day and self.starts <= day + AHEAD


@dataclass(frozen=True)
class Provider:
    """A sixth form, college or other place nearby."""

    name: str
    kind: str
    link: str
    where: str
    open_evenings: tuple[Event, ...]


@dataclass(frozen=True)
class SchoolText:
    """What the school says to an answer: below its text (extends) or in its place (overrides)."""

    answer_id: str
    how: How
    text: str
    path: Path


class School:
    """The content of one school; each part may be empty."""

    def __init__(
        self,
        people: Sequence[Person] = (),
        events: Sequence[Event] = (),
        providers: Sequence[Provider] = (),
        texts: Sequence[SchoolText] = (),
        answers: Answers | None = None,
        wording: Wording | None = None,
    ) -> None:
        """Take the parts; `load` reads them. Where there are texts, `answers` are needed."""
        self.people = tuple(people)
        self.providers = tuple(sorted(providers, key=lambda one: one.name.casefold()))
        self._events = tuple(events)
        self._texts: Mapping[tuple[str, str], SchoolText] = {
            (text.how, text.answer_id): text for text in texts
        }
        self._answers = answers
        self._wording = wording

    @classmethod
    def load(
        cls,
        folder: Path = FOLDER,
        answers: Answers | None = None,
        wording: Wording | None = None,
    ) -> School:
        """Read people.yml, dates.yml, providers.yml and answers/*.md of `folder`, where there.

        `answers` are the national ones. `BadContent` names file and line of what is wrong.
        """
        if not folder.is_dir():
            raise BadContent(f"{named(folder)}: there is no such folder for the school's content")
        if strange := {path.name for path in folder.glob("*.yml")} - _FILES:
            raise BadContent(
                f"{named(folder / min(strange))}:1: no such file is read; "
                f"the names are {', '.join(sorted(_FILES))}"
            )
        paths = sorted((folder / "answers").glob("*.md"))
        if paths and answers is None:
            answers = Answers.load()
        wording = wording or (Wording.load() if paths else None)
        return cls(
            people=[_person(entry) for entry in _entries(folder / "people.yml")],
            events=[_event(entry) for entry in _entries(folder / "dates.yml")],
            providers=[_provider(entry) for entry in _entries(folder / "providers.yml")],
            texts=_texts(paths, answers) if answers is not None else (),
            answers=answers,
            wording=wording,
        )

    def ask(self, topic: str | None = None) -> list[Person]:
        """Return whom to ask about a topic: who has it first, then who takes anything."""
        mine = [person for person in self.people if topic and topic in person.topics]
        anything = [p for p in self.people if ANYTHING in p.topics and p not in mine]
        return [*mine, *anything] if topic else [*anything, *self._others(anything)]

    def _others(self, first: Sequence[Person]) -> list[Person]:
        return [person for person in self.people if person not in first]

    def coming(self, day: dt.date, kind: str | None = None, year: int | None = None) -> list[Event]:
        """Return the dates that are on or come within a year of `day`, soonest first.

        `kind` is one of `DATE_KINDS`: open evenings include those of the places nearby. `year` is
        a school year from 7 to 13: dates for other years only are left out.
        """
        events = [*self._events, *(e for p in self.providers for e in p.open_evenings)]
        fitting = [
            event
            for event in events
            if event.is_coming(day)
            and kind in (None, event.kind)
            and (year is None or not event.years or year in event.years)
        ]
        return sorted(fitting, key=lambda event: (event.starts, event.title.casefold()))

    def apply(self, message: Message, on: dt.date | None = None) -> Message:
        """Return an answer's message with what the school says to it; the same where it says none.

        An override counts for the answer of that id alone; an extension of a main answer also for
        its variants. `on` is the day for the facts in the text, today by default.
        """
        answer_id = str(message["answer"])
        subject = answer_id.partition(".")[0]
        override = self._texts.get(("overrides", answer_id))
        added = self._texts.get(("extends", answer_id)) or self._texts.get(("extends", subject))
        for text in (override, added):
            if text is not None:
                message = self._with(message, text, on or dt.date.today())
        return message

    def _with(self, message: Message, text: SchoolText, day: dt.date) -> Message:
        if self._answers is None or self._wording is None:
            return message
        say = self._wording.say
        used = [self._answers.facts.on(name, day) for name in facts_in(text.text)]
        told = [say("school.from_your_school"), self._answers.filled(text.text, day)]
        if checks := pages(to_check(used, day)):
            told.append(say("answers.check", pages=checks))
        if text.how == "extends":
            told.insert(0, str(message["text"]))
        links_told = {source["link"] for source in message["sources"]}
        more = [value.fact.source for value in used if value.fact.link not in links_told]
        return {**message, "text": "\n\n".join(told), "sources": [*message["sources"], *more]}


def _entries(path: Path) -> list[Entry]:
    return entries(path) if path.exists() else []


def _person(entry: Entry) -> Person:
    check_keys(entry, *_PERSON)
    topics = _list_of(entry, "topics", PEOPLE_TOPICS)
    return Person(
        role=_words(entry, "role"),
        name=_words(entry, "name"),
        where=_words(entry, "where"),
        topics=tuple(str(topic) for topic in topics),
    )


def _event(entry: Entry) -> Event:
    check_keys(entry, *_DATE)
    starts = _day(entry, "starts")
    ends = _day(entry, "ends") if "ends" in entry.values else starts
    if ends < starts:
        raise entry.fault("ends lies before starts")
    kind = _words(entry, "kind")
    if kind not in DATE_KINDS:
        raise entry.fault(f"kind is {kind!r}, none of {', '.join(DATE_KINDS)}")
    years = _list_of(entry, "years", tuple(range(7, 14))) if "years" in entry.values else []
    return Event(
        title=_words(entry, "title"),
        kind=kind,
        starts=starts,
        ends=ends,
        time=_words(entry, "time"),
        place=_words(entry, "place"),
        link=_link(entry),
        years=tuple(int(year) for year in years),
    )


def _provider(entry: Entry) -> Provider:
    check_keys(entry, *_PROVIDER)
    kind = _words(entry, "kind")
    if kind not in PROVIDER_KINDS:
        raise entry.fault(f"kind is {kind!r}, none of {', '.join(PROVIDER_KINDS)}")
    name, link = _words(entry, "name"), _link(entry)
    evenings = entry.values.get("open_evenings") or []
    if not isinstance(evenings, list) or not all(isinstance(each, dict) for each in evenings):
        raise entry.fault("open_evenings is not a list of entries, each with starts")
    told = []
    for values in evenings:
        each = Entry(values, entry.path, entry.line)
        check_keys(each, *_OPEN_EVENING)
        starts = _day(each, "starts")
        told.append(
            Event(
                title=name,
                kind="open evening",
                starts=starts,
                ends=starts,
                time=_words(each, "time"),
                link=_link(each) or link,
                at=name,
            )
        )
    return Provider(name, kind, link, _words(entry, "where"), tuple(told))


def _words(entry: Entry, name: str) -> str:
    """Return a value as words; a time such as 18:00 that YAML reads as a number is refused."""
    value = entry.values.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise entry.fault(f'{name} is not words; put it in quotes, as in "6pm"')
    return " ".join(value.split())


def _day(entry: Entry, name: str) -> dt.date:
    value = entry.values[name]
    if type(value) is not dt.date:
        raise entry.fault(f"{name} is not a day such as 2027-01-14")
    return value


def _link(entry: Entry) -> str:
    link = _words(entry, "link")
    if link and urlsplit(link).scheme != "https":
        raise entry.fault("the link does not begin with https://")
    return link


def _list_of(entry: Entry, name: str, known: Sequence[object]) -> list[Any]:
    found = entry.values[name]
    if not isinstance(found, list) or not found:
        raise entry.fault(f"{name} is not a list")
    if strange := [item for item in found if item not in known]:
        raise entry.fault(f"{name}: {strange[0]!r} is none of {', '.join(map(str, known))}")
    return found


def _texts(paths: Sequence[Path], answers: Answers) -> list[SchoolText]:
    found: dict[tuple[str, str], SchoolText] = {}
    for path in paths:
        text = _text(path, answers)
        key = (text.how, text.answer_id)
        if key in found:
            raise BadContent(
                f"{named(path)}:2: {text.how} {text.answer_id}, as {named(found[key].path)} does"
            )
        found[key] = text
    return list(found.values())


def _text(path: Path, answers: Answers) -> SchoolText:
    where = named(path)
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
        post = frontmatter.loads("\n".join(lines))
    except Exception as error:
        raise BadContent(
            f"{where}:1: the head between the two --- cannot be read: {error}"
        ) from error
    if len(post.metadata) != 1 or not set(post.metadata) <= {"extends", "overrides"}:
        raise BadContent(f"{where}:1: the head needs one line, extends: ID or overrides: ID")
    ((how, value),) = post.metadata.items()
    answer_id = str(value)
    if answer_id not in answers:
        raise BadContent(f"{where}:2: there is no answer {answer_id}")
    answer = answers[answer_id]
    if answer.intent == SERVICE:
        raise BadContent(f"{where}:2: {answer_id} is said by the service itself and stays as it is")
    text = SchoolText(
        answer_id=answer_id,
        how="extends" if how == "extends" else "overrides",
        text=post.content.strip(),
        path=path,
    )
    _check_text(text, answer, answers, lines)
    return text


def _check_text(text: SchoolText, answer: Answer, answers: Answers, lines: list[str]) -> None:
    """Raise `BadContent` where the text would change what is national, or is too long."""
    where = named(text.path)
    most = MOST_WORDS if text.how == "overrides" else MOST_WORDS_ADDED
    if not text.text:
        raise BadContent(f"{where}:{len(lines)}: there is no text")
    if (count := len(text.text.split())) > most:
        raise BadContent(f"{where}:1: {count} words; at most {most} fit")
    for number, line in enumerate(lines, start=1):
        for name in facts_in(line):
            if name not in answers.facts:
                raise BadContent(f"{where}:{number}: there is no fact {name}")
        if re.search(r"[{}]", PLACE.sub("", line)):
            raise BadContent(f"{where}:{number}: a place is written {{fact:name}}")
        if text.how == "overrides" and "£" in line:
            raise BadContent(
                f"{where}:{number}: an amount in £ is a national fact; "
                "put it in by {fact:name}, or say it in a file that extends"
            )
    place = f"{{routes:{answer.choice}}}"
    if text.how == "overrides" and answer.choice and place not in text.text:
        raise BadContent(
            f"{where}:1: {answer.id} is about the choice at {answer.choice}, so the text needs "
            f"{place}: every open route is named"
        )


__all__ = ["BadContent", "Event", "Person", "Provider", "School", "SchoolText"]
