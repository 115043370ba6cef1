"""The record as documents: tagged PDFs that a screen reader can read."""

import copy
import json
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, Literal

import typst

from bot.records.guidance.bodies import Figure
from bot.records.guidance.hopes import hopes_in, shares
from bot.records.guidance.lines import ENGLAND

FOLDER = Path(__file__).parent
FONT_PACKAGE = "font_source_sans_pro"
_STANDARDS: tuple[Literal["ua-1"] | None, ...] = ("ua-1", None)

Document = Literal["record", "ready", "folder", "cv", "plan"]


class NotDrawn(Exception):
    """The document could not be made. It says nothing of what was to stand in it."""


def drawn(document: Document, shown: Mapping[str, Any]) -> bytes:
    """A document with what it shows, as JSON holds it, as a tagged PDF. Raises NotDrawn.

    It conforms to PDF/UA-1 unless the text has a character that no font at hand can show, such as
    an emoji: then it is tagged all the same, with a gap where the character stands.
    """
    text = json.dumps(shown)
    for standard in _STANDARDS:
        try:
            return _compiled(document, text, standard)
        except typst.TypstError:
            continue
    # Raised outside of the handler: Typst quotes the text that it stumbled over.
    raise NotDrawn


def record_pdf(bundle: Mapping[str, Any]) -> bytes:
    """A pupil's bundle (`bundle_of`) as a tagged PDF. Raises NotDrawn."""
    return drawn("record", _with_amounts(bundle))


def _compiled(document: Document, shown: str, standard: Literal["ua-1"] | None) -> bytes:
    # No font of the machine is used, so that the document is the same on a server without any.
    return typst.compile(
        str(FOLDER / f"{document}.typ"),
        root=str(FOLDER),
        font_paths=[str(files(FONT_PACKAGE).joinpath("files"))],
        ignore_system_fonts=True,
        format="pdf",
        sys_inputs={"record": shown},
        pdf_standards=standard,
    )


def _hopes(lines: Iterable[Mapping[str, Any]], today: date) -> list[dict[str, Any]]:
    """What the pupil hoped for, oldest first, each with where its bar begins and ends (0 to 1)."""
    hopes = hopes_in(lines)
    return [
        {
            "text": one.text,
            "since": one.since.isoformat(),
            "until": one.until.isoformat() if one.until else None,
            "then": one.then,
            "begins": begins,
            "ends": ends,
        }
        for one, (begins, ends) in zip(hopes, shares(hopes, today), strict=True)
    ]


def _with_amounts(bundle: Mapping[str, Any]) -> dict[str, Any]:
    """The part of the bundle that the document shows.

    Each figure has its amount as it is read, each meeting its day and hours as clocks show them.
    """
    parts = (
        *("school", "pupil", "made_at", "lines", "destinations", "attachments", "views"),
        "meetings",
    )
    shown = copy.deepcopy({name: bundle[name] for name in parts})
    shown["hopes"] = _hopes(shown["lines"], date.fromisoformat(bundle["made_at"][:10]))
    for one in shown["meetings"]:
        moments = map(datetime.fromisoformat, (one["begins_at"], one["ends_at"]))
        begins, ends = (moment.astimezone(ENGLAND) for moment in moments)
        one["on"], one["at"] = begins.date().isoformat(), f"{begins:%H:%M} to {ends:%H:%M}"
    for line in shown["lines"]:
        for figure in line["body"].get("figures", ()):
            figure["amount"] = Figure(**figure).amount
    return shown
