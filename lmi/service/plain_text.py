"""The service's texts as plain words: no HTML, no "n.e.c.", tasks as a list."""

from __future__ import annotations

import re
from html.parser import HTMLParser

# Titles of leftover groups end in "n.e.c." (not elsewhere classified), at times with a comma.
_NEC = re.compile(r",?\s*\(?\bn\.\s?e\.\s?c\b\.?\)?", re.IGNORECASE)
_SPACES = re.compile(r"\s+")
_TASK_END = re.compile(r";\s*")
_UNSHOWN = frozenset({"script", "style"})
_BREAKING = frozenset({"p", "br", "li", "ul", "ol", "div", "tr", "td", "h1", "h2", "h3", "h4"})


class _Words(HTMLParser):
    """Collects what a browser would show."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[str] = []
        self._hidden: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _UNSHOWN:
            self._hidden = tag
        if tag in _BREAKING:
            self.pieces.append(" ")

    def handle_endtag(self, tag: str) -> None:
        if tag == self._hidden:
            self._hidden = None
        if tag in _BREAKING:
            self.pieces.append(" ")

    def handle_data(self, data: str) -> None:
        if self._hidden is None:
            self.pieces.append(data)


def without_html(text: str) -> str:
    """The words of `text` on one line, tags gone and entities resolved."""
    words = _Words()
    words.feed(text)
    words.close()
    return _SPACES.sub(" ", "".join(words.pieces)).strip()


def without_nec(title: str) -> tuple[str, bool]:
    """The title without "n.e.c.", and whether it had one (a group of leftovers)."""
    plain = _SPACES.sub(" ", _NEC.sub("", title)).strip(" ,")
    return (
        (plain, True) if plain != title.strip() and _NEC.search(title) else (title.strip(), False)
    )


def task_list(tasks: str) -> tuple[str, ...]:
    """The tasks of "a;\\n b." as ("a", "b")."""
    pieces = (without_html(piece).strip(" .;") for piece in _TASK_END.split(tasks))
    return tuple(piece for piece in pieces if piece)


def right_way_round(title: str) -> str:
    """An inverted job title as people say it: "Assistant, clerical (library)" becomes
    "clerical assistant". The part in brackets says where, not what, and is left out.
    """
    bare = re.sub(r"\([^)]*\)", " ", title)
    parts = [part.strip() for part in bare.split(",") if part.strip()]
    return _SPACES.sub(" ", " ".join(reversed(parts))).strip()
