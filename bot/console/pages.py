"""How pages of the console are put together: templates, addresses of files, who sees which way."""

import hashlib
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

import yaml
from jinja2 import Environment, FileSystemLoader, PackageLoader, PrefixLoader, StrictUndefined

from bot.console.rows import HOME, ConsoleRow
from bot.identity.staff.roles import may
from bot.records.staff import StaffRow
from knowledge.facts import day_told

HERE = Path(__file__).parent
STATIC = HERE / "static"
FILES = f"{HOME}/static"
ENGLAND = ZoneInfo("Europe/London")
MOST_ROWS = 100
"""No page of a list shows more rows."""
_LIBRARY = "govuk_frontend_jinja"
_COMPONENTS = {
    "input": "govukInput",
    "textarea": "govukTextarea",
    "select": "govukSelect",
    "radios": "govukRadios",
    "checkboxes": "govukCheckboxes",
    "file-upload": "govukFileUpload",
    "date-input": "govukDateInput",
    "error-summary": "govukErrorSummary",
    "fieldset": "govukFieldset",
    "details": "govukDetails",
    "summary-list": "govukSummaryList",
}
"""What is taken from the component library: its accessible HTML. The look of it is console.css."""


@dataclass(frozen=True, slots=True)
class Way:
    """One of the ways in the head of every page. `key` is pressed after g."""

    name: str
    path: str
    permission: str
    key: str | None
    aside: bool


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of a list: which, of how many, and how many rows there are in all."""

    number: int
    last: int
    rows: int
    first_row: int

    @property
    def offset(self) -> int:
        """How many rows come before this page."""
        return self.first_row

    @classmethod
    def of(cls, asked: str | None, rows: int, each: int = MOST_ROWS) -> "Sheet":
        """The page asked for in an address, or the nearest there is."""
        number = (
            int(asked) if asked and asked.isascii() and asked.isdigit() and len(asked) < 7 else 1
        )
        last = max(1, -(-rows // each))
        number = min(max(1, number), last)
        return cls(number, last, rows, (number - 1) * each)


@cache
def ways() -> tuple[Way, ...]:
    """All ways of navigation.yml, in their order."""
    content = yaml.safe_load((HERE / "navigation.yml").read_text(encoding="utf-8"))
    return tuple(
        Way(one["name"], one["path"], one["permission"], one.get("key"), one.get("aside", False))
        for one in content
    )


def ways_for(staff: StaffRow, rows: Collection[ConsoleRow], day: date) -> list[Way]:
    """The ways that somebody may go on that day, of those that there are."""
    there = {row.path for row in rows if row.method == "GET"}
    return [one for one in ways() if one.path in there and may(staff, one.permission, day)]


def way_of(path: str, among: Collection[Way]) -> str | None:
    """The path of the way that a page belongs to: the longest that it begins with."""
    fitting = [one.path for one in among if path == one.path or path.startswith(f"{one.path}/")]
    exact = [one for one in fitting if one != HOME or path == HOME]
    return max(exact, key=len, default=None)


def clock_told(moment: datetime) -> str:
    """A moment as the time of day in England, such as 14:02."""
    return moment.astimezone(ENGLAND).strftime("%H:%M")


def moment_told(moment: datetime) -> str:
    """A moment as day and time in England."""
    here = moment.astimezone(ENGLAND)
    return f"{day_told(here.date())}, {here:%H:%M}"


def waited_told(since: datetime, now: datetime) -> str:
    """How long ago that was, in the largest unit that is whole."""
    minutes = max(0, int((now - since).total_seconds() // 60))
    for size, unit in ((24 * 60, "day"), (60, "hour")):
        if minutes >= size:
            number = minutes // size
            return f"{number} {unit}{'' if number == 1 else 's'}"
    return f"{minutes} min"


@cache
def components() -> Mapping[str, Callable[..., Any]]:
    """The library's macros by their names.

    In an environment of their own: they leave out values where they mean none, which in our
    templates is an error.
    """
    library = Environment(loader=PrefixLoader({_LIBRARY: PackageLoader(_LIBRARY)}), autoescape=True)
    return {
        macro: getattr(
            library.get_template(f"{_LIBRARY}/components/{folder}/macro.html").module, macro
        )
        for folder, macro in _COMPONENTS.items()
    }


def address(path: str, query: Mapping[str, str], page: int) -> str:
    """The address of another page of a list, with the same choices."""
    kept = {name: value for name, value in query.items() if value and name != "page"}
    return f"{path}?{urlencode({**kept, 'page': page})}"


def items_of(
    options: Iterable[tuple[str, str]], chosen: Collection[str], mark: str
) -> list[dict[str, Any]]:
    """Options as the library's components take them; `mark` is "selected" or "checked"."""
    return [{"value": value, "text": text, mark: value in chosen} for value, text in options]


def marks(needed: bool, most: int | None) -> dict[str, str]:
    """Attributes of a field that must be filled in, or takes so many characters."""
    found = {"required": "required"} if needed else {}
    return found | ({"maxlength": str(most)} if most else {})


def mistake(found: list[str]) -> dict[str, str]:
    """One line of an error summary: a link to the field, and what is wrong with it."""
    name, sentence = found
    return {"text": sentence, "href": f"#{name}"}


class Pages:
    """Renders templates. What is missing in a template's values raises, also in production."""

    def __init__(self, folder: Path = HERE / "templates", static: Path = STATIC) -> None:
        self._static = static
        self._tags: dict[str, tuple[int, str]] = {}
        self._environment = Environment(
            loader=FileSystemLoader(folder),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters |= {
            "day": day_told,
            "clock": clock_told,
            "moment": moment_told,
            "mistake": mistake,
        }
        self._environment.globals |= {
            "file": self.file,
            "waited": waited_told,
            "address": address,
            "items_of": items_of,
            "marks": marks,
            **components(),
        }

    def file(self, name: str) -> str:
        """The address of one of the console's own files, with a tag of its content."""
        path = self._static / name
        changed = path.stat().st_mtime_ns
        known = self._tags.get(name)
        if known is None or known[0] != changed:
            tag = hashlib.sha256(path.read_bytes()).hexdigest()[:12]
            known = self._tags[name] = (changed, tag)
        return f"{FILES}/{name}?v={known[1]}"

    def render(self, template: str, values: Mapping[str, Any]) -> str:
        """The page. Raises jinja2.TemplateError."""
        return self._environment.get_template(template).render(values)

    def names(self) -> list[str]:
        """Every template that there is."""
        return self._environment.list_templates()

    def add_filter(self, name: str, work: Callable[..., Any]) -> None:
        """Give templates another filter; for a room that needs one of its own."""
        self._environment.filters[name] = work
