"""Authored answers: one Markdown file each, for whom it is, what it offers next, its sources.

`answers/<intent>/<subject>.md` answers a subject; `<subject>.<for whom>.md` answers it for other
readers. The folder is the intent that the example questions teach.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import frontmatter

from knowledge.content import HERE, BadContent, named
from knowledge.facts import MOST_PAGES, Fact, Facts, to_check
from knowledge.readers import AUDIENCES, PARENTS, STAGES, Reader
from knowledge.wording import Wording

FOLDER = HERE / "answers"
MORE = "<!-- more -->"
PLACE = re.compile(r"\{(fact|routes):([a-z0-9_]+)\}")
CHOICES = (14, 16, 18)
MOST_BUTTONS = 4
ADVISER = "talk_to_adviser"

_BUTTON_KEYS = {"title", "payload"}
_SOURCE_KEYS = {"publisher", "dataset", "year", "link", "caveat"}
_LISTS_OF_TEXT = ("audiences", "examples", "next")
_LISTS_OF_NUMBERS = ("benchmarks", "key_stages")
_KNOWN_KEYS = {
    "id", "title", "buttons", "sources", "choice", "person", *_LISTS_OF_TEXT, *_LISTS_OF_NUMBERS,
}  # fmt: skip

Message = dict[str, Any]
"""A message as it travels to a channel: answer, text, buttons, figures, chart, sources."""


@dataclass(frozen=True)
class Answer:
    """One authored answer. `text` is light Markdown: paragraphs, "- " lists, bold, links.

    `more` is told when the reader asks for it; `next` are subjects or intents to offer; `choice`
    is the age (14, 16, 18) of the choice that the answer is about; `person` tells that somebody
    should be offered a person with it.
    """

    id: str
    subject: str
    intent: str
    title: str
    text: str
    more: str
    audiences: tuple[str, ...]
    examples: tuple[str, ...]
    next: tuple[str, ...]
    buttons: tuple[Mapping[str, str], ...]
    sources: tuple[Mapping[str, str], ...]
    choice: int | None
    person: bool
    benchmarks: tuple[int, ...]
    key_stages: tuple[int, ...]
    path: Path

    @property
    def facts(self) -> tuple[str, ...]:
        """The ids of the facts that the text and its "more" name, in order, once each."""
        return facts_in(self.text + self.more)


def facts_in(text: str) -> tuple[str, ...]:
    """Return the ids of the facts that `text` has places for, in order, once each."""
    return tuple(dict.fromkeys(_fact_id(*place) for place in PLACE.findall(text)))


def _fact_id(kind: str, name: str) -> str:
    return name if kind == "fact" else f"routes_{name}"


class Answers:
    """All authored answers by id, and by subject."""

    def __init__(self, answers: Mapping[str, Answer], facts: Facts, wording: Wording) -> None:
        """Take the answers by id; `load` reads them from files."""
        self._answers = dict(answers)
        self._subjects: dict[str, list[Answer]] = defaultdict(list)
        for answer in self._answers.values():
            self._subjects[answer.subject].append(answer)
        self.facts = facts
        self._wording = wording

    @classmethod
    def load(
        cls, folder: Path = FOLDER, facts: Facts | None = None, wording: Wording | None = None
    ) -> Answers:
        """Read every Markdown file below `folder`; `BadContent` names the first that is wrong."""
        facts = facts or Facts.load()
        answers: dict[str, Answer] = {}
        for path in sorted(folder.rglob("*.md")):
            answer = read(path)
            if answer.id in answers:
                raise BadContent(
                    f"{named(path)}: the id {answer.id} is that of {named(answers[answer.id].path)}"
                )
            for fact_id in answer.facts:
                if fact_id not in facts:
                    raise BadContent(
                        f"{named(path)}:{_line_of(path, fact_id)}: there is no fact {fact_id}"
                    )
            answers[answer.id] = answer
        for answer in answers.values():
            if answer.id != answer.subject and answer.subject not in answers:
                raise BadContent(
                    f"{named(answer.path)}: a variant needs a main file {answer.subject}.md"
                )
        return cls(answers, facts, wording or Wording.load())

    def __contains__(self, answer_id: object) -> bool:
        """Tell whether there is an answer of that id."""
        return answer_id in self._answers

    def __iter__(self) -> Iterator[Answer]:
        """Go through the answers in order of their files."""
        return iter(self._answers.values())

    def __getitem__(self, answer_id: str) -> Answer:
        """Return the answer of that id. Raises KeyError for an unknown one."""
        return self._answers[answer_id]

    def subjects(self) -> list[str]:
        """Return all subjects, in order of their files."""
        return list(self._subjects)

    def title(self, name: str) -> str:
        """Return the button title of a subject, or of an intent that `next` may name.

        Raises KeyError when the name is neither.
        """
        answer = self._answers.get(name)
        if answer is not None and answer.examples:
            return answer.title
        return self._wording.say(f"offers.{name}")

    def choose(self, subject: str, reader: Reader) -> Answer:
        """Return the answer of a subject that is for this reader, the most particular one.

        Raises KeyError for an unknown subject.
        """
        main = self._answers[subject]
        wanted = PARENTS if reader.is_parent else reader.stage
        if wanted is None:
            return main
        fitting = [a for a in self._subjects[subject] if wanted in a.audiences]
        return min(fitting, key=lambda a: (len(a.audiences), a.id != subject), default=main)

    def depends_on_stage(self, subject: str) -> bool:
        """Tell whether pupils of different stages get different answers to a subject."""
        pupils = [a for a in self._subjects[subject] if set(a.audiences) & set(STAGES)]
        return len(pupils) > 1

    def message(self, answer_id: str, on: dt.date | None = None, more: bool = False) -> Message:
        """Return the answer `answer_id`, or what it holds after "more", as it reads on a day.

        `on` is today by default. Raises KeyError for an unknown id.
        """
        answer = self._answers[answer_id]
        day = on or dt.date.today()
        text = answer.more if more and answer.more else answer.text
        used = [self.facts.on(fact_id, day) for fact_id in facts_in(text)]
        filled = self.filled(text, day)
        if checks := to_check(used, day):
            filled += "\n\n" + self._check(checks)
        return {
            "answer": answer.id,
            "text": filled,
            "buttons": self._buttons(answer, with_more=bool(answer.more) and not more),
            "figures": [],
            "chart": None,
            "sources": _sources(answer, [value.fact for value in used]),
        }

    def filled(self, text: str, on: dt.date) -> str:
        """Return `text` with each of its places filled as on that day."""
        return PLACE.sub(lambda place: self.facts.on(_fact_id(*place.groups()), on).text, text)

    def _check(self, facts: list[Fact]) -> str:
        named = {fact.link: fact.page or fact.publisher for fact in reversed(facts)}
        links = [f"[{page}]({link})" for link, page in reversed(named.items())]
        return self._wording.say("answers.check", pages=" · ".join(links[:MOST_PAGES]))

    def _buttons(self, answer: Answer, with_more: bool) -> list[dict[str, str]]:
        if answer.buttons:
            return [dict(button) for button in answer.buttons]
        buttons = []
        if with_more:
            title = self._wording.say("buttons.more")
            buttons.append({"title": title, "payload": f'/answer{{"more": "{answer.id}"}}'})
        following = list(answer.next)
        if answer.person and ADVISER not in following:
            following = [*following[: MOST_BUTTONS - 1 - len(buttons)], ADVISER]
        for name in following:
            buttons.append({"title": self.title(name), "payload": self.payload(name)})
        return buttons[:MOST_BUTTONS]

    def payload(self, name: str) -> str:
        """Return the payload of the button for a subject or an intent."""
        answer = self._answers.get(name)
        if answer is not None and answer.examples:
            return f'/answer{{"subject": "{name}"}}'
        return f"/{name}"


def _sources(answer: Answer, facts: list[Fact]) -> list[dict[str, str]]:
    told = [{"caveat": "", **source} for source in answer.sources]
    told += [fact.source for fact in facts]
    return list({source["link"]: source for source in reversed(told)}.values())[::-1]


def _line_of(path: Path, fact_id: str) -> int:
    name = fact_id.removeprefix("routes_")
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        if any(place[1] in (fact_id, name) for place in PLACE.findall(line)):
            return number
    return 1


def read(path: Path) -> Answer:
    """Read one answer; `BadContent` says what is wrong with the file."""
    where = named(path)
    try:
        text = path.read_text(encoding="utf-8")
        post = frontmatter.loads(text)
    except Exception as error:
        raise BadContent(
            f"{where}: the head between the two --- cannot be read: {error}"
        ) from error
    if text.startswith("---") and not post.metadata:
        raise BadContent(f"{where}: the head between the two --- names no keys")
    head = post.metadata
    unknown = set(head) - _KNOWN_KEYS
    if unknown:
        raise BadContent(f"{where}: unknown key {', '.join(sorted(unknown))}")
    lists = {name: _list(where, head, name, str) for name in _LISTS_OF_TEXT}
    numbers = {name: _list(where, head, name, int) for name in _LISTS_OF_NUMBERS}
    if strange := set(lists["audiences"]) - set(AUDIENCES):
        raise BadContent(f"{where}: no audience is called {', '.join(sorted(strange))}")
    choice = head.get("choice")
    if choice not in (None, *CHOICES):
        raise BadContent(f"{where}: choice is none of {', '.join(map(str, CHOICES))}")
    before, _, after = post.content.partition(MORE)
    if not before.strip():
        raise BadContent(f"{where}: there is no text")
    if stray := re.search(r"[{}]", PLACE.sub("", post.content)):
        raise BadContent(
            f"{where}: a place is written {{fact:name}} or {{routes:16}}; "
            f"there is a {stray[0]} that belongs to neither"
        )
    buttons = _entries(where, head.get("buttons"), "buttons", _BUTTON_KEYS, _BUTTON_KEYS)
    sources = _entries(where, head.get("sources"), "sources", _SOURCE_KEYS, {"publisher", "link"})
    for button in buttons:
        if not button["payload"].startswith("/"):
            raise BadContent(f"{where}: the payload of '{button['title']}' does not begin with /")
    answer_id = str(head.get("id") or path.stem)
    return Answer(
        id=answer_id,
        subject=answer_id.partition(".")[0],
        intent=path.parent.name,
        title=str(head.get("title") or answer_id.replace("_", " ").capitalize()),
        text=before.strip(),
        more=after.strip(),
        audiences=tuple(lists["audiences"]),
        examples=tuple(lists["examples"]),
        next=tuple(lists["next"]),
        buttons=buttons,
        sources=tuple({"dataset": "", "year": "", **source} for source in sources),
        choice=choice if isinstance(choice, int) else None,
        person=bool(head.get("person")),
        benchmarks=tuple(numbers["benchmarks"]),
        key_stages=tuple(numbers["key_stages"]),
        path=path,
    )


def _list(where: str, head: Mapping[str, Any], name: str, kind: type) -> list[Any]:
    found = head.get(name) or []
    if not isinstance(found, list) or not all(type(item) is kind for item in found):
        what = "words" if kind is str else "numbers"
        raise BadContent(f"{where}: {name} is not a list of {what}")
    return found


def _entries(
    where: str, found: object, name: str, known: set[str], needed: set[str]
) -> tuple[dict[str, str], ...]:
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BadContent(f"{where}: {name} is not a list of entries")
    for entry in found:
        if set(entry) - known or needed - set(entry):
            raise BadContent(f"{where}: an entry of {name} needs {', '.join(sorted(needed))}")
    return tuple({key: str(value) for key, value in entry.items()} for entry in found)


__all__ = ["Answer", "Answers", "BadContent", "Message", "facts_in", "read"]
