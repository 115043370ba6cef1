"""Authored answers: one Markdown file each, with what it offers next and where it comes from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import frontmatter

FOLDER = Path(__file__).parent / "answers"
_KNOWN_KEYS = {"id", "buttons", "sources", "audiences"}
_BUTTON_KEYS = {"title", "payload"}
_SOURCE_KEYS = {"publisher", "dataset", "year", "link", "caveat"}

Message = dict[str, Any]
"""A message as it travels to a channel: answer, text, buttons, figures, chart, sources."""


class BadContent(ValueError):
    """A content file is not right; the sentence names file and fault."""


@dataclass(frozen=True)
class Answer:
    """One authored answer. `text` is light Markdown: paragraphs, "- " lists, bold, links."""

    id: str
    text: str
    buttons: tuple[Mapping[str, str], ...]
    sources: tuple[Mapping[str, str], ...]
    path: Path

    def message(self) -> Message:
        """Return the answer as a message."""
        return {
            "answer": self.id,
            "text": self.text,
            "buttons": [dict(button) for button in self.buttons],
            "figures": [],
            "chart": None,
            "sources": [{"caveat": "", **source} for source in self.sources],
        }


class Answers:
    """All authored answers by id."""

    def __init__(self, answers: Mapping[str, Answer]) -> None:
        """Take the answers by id; `load` reads them from files."""
        self._answers = dict(answers)

    @classmethod
    def load(cls, folder: Path = FOLDER) -> Answers:
        """Read every Markdown file below `folder`; `BadContent` names the first that is wrong."""
        answers: dict[str, Answer] = {}
        for path in sorted(folder.rglob("*.md")):
            answer = read(path)
            if answer.id in answers:
                raise BadContent(f"{path}: the id {answer.id} is that of {answers[answer.id].path}")
            answers[answer.id] = answer
        return cls(answers)

    def __contains__(self, answer_id: object) -> bool:
        """Tell whether there is an answer of that id."""
        return answer_id in self._answers

    def __iter__(self) -> Any:
        """Go through the answers in order of their files."""
        return iter(self._answers.values())

    def message(self, answer_id: str, on: dt.date | None = None) -> Message:
        """Return the answer `answer_id` as it reads on the day `on` (today by default).

        Raises KeyError for an unknown id.
        """
        return self._answers[answer_id].message()


def read(path: Path) -> Answer:
    """Read one answer; `BadContent` says what is wrong with the file."""
    try:
        text = path.read_text(encoding="utf-8")
        post = frontmatter.loads(text)
    except Exception as error:
        raise BadContent(f"{path}: the head between the two --- cannot be read: {error}") from error
    if text.startswith("---") and not post.metadata:
        raise BadContent(f"{path}: the head between the two --- names no keys")
    unknown = set(post.metadata) - _KNOWN_KEYS
    if unknown:
        raise BadContent(f"{path}: unknown key {', '.join(sorted(unknown))}")
    if not post.content.strip():
        raise BadContent(f"{path}: there is no text")
    buttons = _entries(path, post.metadata.get("buttons"), "buttons", _BUTTON_KEYS, _BUTTON_KEYS)
    sources = _entries(
        path, post.metadata.get("sources"), "sources", _SOURCE_KEYS, {"publisher", "link"}
    )
    for button in buttons:
        if not button["payload"].startswith("/"):
            raise BadContent(f"{path}: the payload of '{button['title']}' does not begin with /")
    return Answer(
        id=str(post.metadata.get("id") or path.stem),
        text=post.content.strip(),
        buttons=buttons,
        sources=tuple({"dataset": "", "year": "", **source} for source in sources),
        path=path,
    )


def _entries(
    path: Path, found: object, name: str, known: set[str], needed: set[str]
) -> tuple[dict[str, str], ...]:
    if found is None:
        return ()
    if not isinstance(found, list) or not all(isinstance(entry, dict) for entry in found):
        raise BadContent(f"{path}: {name} is not a list of entries")
    for entry in found:
        if set(entry) - known or needed - set(entry):
            raise BadContent(f"{path}: an entry of {name} needs {', '.join(sorted(needed))}")
    return tuple({key: str(value) for key, value in entry.items()} for entry in found)
