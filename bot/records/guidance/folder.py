"""The leavers' folder: skills, experiences, a CV, destinations, advice and files to take along.

The CV has headings and the pupil's own confirmed words, nothing else: no word is added, changed
or left out.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy import Connection, select

from bot.records.guidance.attachments import AttachmentRow, attachments_of, content_of
from bot.records.guidance.destinations import DestinationRow, destinations_of
from bot.records.guidance.documents import FOLDER, drawn
from bot.records.guidance.file_types import unlike
from bot.records.guidance.labels import labels
from bot.records.guidance.lines import RecordLineRow, day_in_england, lines_of
from bot.records.models import School
from bot.records.pupils import PupilRow, find_pupil
from bot.records.sealing import Sealing

_OWN_WORDS = ("pupil", "service")
"""Provenances of lines in the pupil's own words, once the pupil has confirmed them."""
_FOLDERS = {"certificate": "certificates", "reference": "references", "other": "other-files"}
"""Where each kind of file is in the ZIP."""


@dataclass(frozen=True, slots=True, repr=False)
class Folder:
    """What the folder holds, as JSON holds it; `made_at` is in UTC.

    `paths` say where in the ZIP each file is, by its id.
    """

    made_at: datetime
    shown: dict[str, Any]
    cv: dict[str, Any]
    paths: dict[str, str] = field(default_factory=dict)


def find_folder(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, now: datetime
) -> Folder | None:
    """The folder of a pupil as it is now; None when the school has no such pupil."""
    whose = (connection, sealing, school_id, pupil_id)
    pupil = find_pupil(*whose)
    if pupil is None:
        return None
    school = connection.execute(select(School.name).where(School.id == school_id)).scalar_one()
    return folder_of(
        pupil, school, lines_of(*whose), destinations_of(*whose), now, attachments_of(*whose)
    )


def folder_of(
    pupil: PupilRow,
    school: str,
    lines: Sequence[RecordLineRow],
    destinations: Sequence[DestinationRow],
    now: datetime,
    files: Sequence[AttachmentRow] = (),
) -> Folder:
    """The folder of a pupil. `lines`, `destinations` and `files` are newest first."""
    paths = _paths(files)
    today = day_in_england(now)
    head = {
        "name": f"{pupil.details.given_name} {pupil.details.family_name}",
        "school": school,
        "today": today.isoformat(),
        "left_on": pupil.left_on.isoformat() if pupil.left_on else None,
    }
    shown = {
        **head,
        "skills": [_shown(line) for line in lines if line.kind == "skill"],
        "experiences": [_shown(line) for line in lines if line.kind == "experience"],
        "aspirations": [_shown(line) for line in lines if line.kind == "aspiration"],
        "decisions": [_shown(line) for line in lines if line.kind == "decision"],
        "advice": [_shown(line) for line in lines if line.kind == "advice"],
        "destinations": [_place(one) for one in destinations],
        "files": [_file(one, paths[one.id]) for one in files],
    }
    own = [_shown(line) for line in lines if in_own_words(line)]
    cv = {
        **head,
        "aim": next((one for one in own if one["kind"] == "aspiration"), None),
        "skills": [one for one in own if one["kind"] == "skill"],
        "experiences": [one for one in own if one["kind"] == "experience"],
    }
    return Folder(now, shown, cv, paths)


def in_own_words(line: RecordLineRow) -> bool:
    """Whether a line may stand in a CV: the pupil's words, confirmed, and not disputed."""
    came_from = line.source.get("was") if line.provenance == "import" else line.provenance
    confirmed = line.confirmed_at is not None and line.disputed_at is None
    return confirmed and came_from in _OWN_WORDS


def folder_pdf(folder: Folder) -> bytes:
    """The folder as one document. Raises NotDrawn."""
    return drawn("folder", {**folder.shown, "cv": folder.cv})


def cv_pdf(folder: Folder) -> bytes:
    """The CV alone. Raises NotDrawn."""
    return drawn("cv", folder.cv)


def folder_documents(folder: Folder) -> dict[str, bytes]:
    """What is drawn and written for the ZIP, by name: documents, a CV to go on with, the data.

    Raises NotDrawn.
    """
    return {
        "leavers-folder.pdf": folder_pdf(folder),
        "cv.pdf": cv_pdf(folder),
        "cv.txt": cv_text(folder).encode("utf-8"),
        "experiences.csv": _table(folder.shown["experiences"]),
        "folder.json": json.dumps(folder.shown, indent=2, ensure_ascii=False).encode(
            "utf-8", "backslashreplace"
        ),
    }


def folder_files(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, folder: Folder
) -> Iterator[tuple[str, bytes]]:
    """The files of the folder with their paths in the ZIP, one in memory at a time.

    Raises NoAttachment for one that has gone since the folder was made.
    """
    for attachment_id, path in folder.paths.items():
        yield path, content_of(connection, sealing, school_id, pupil_id, attachment_id)


def zipped(
    folder: Folder, documents: Mapping[str, bytes], files: Iterable[tuple[str, bytes]] = ()
) -> bytes:
    """Everything in one file: `documents` as `folder_documents` gives them, then the files."""
    moment = folder.made_at.timetuple()[:6]
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, data in documents.items():
            info = zipfile.ZipInfo(name, moment)
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
        for path, data in files:
            # Their types are compressed in themselves: once more would only take time.
            archive.writestr(zipfile.ZipInfo(path, moment), data)
    return content.getvalue()


def folder_zip(folder: Folder, files: Iterable[tuple[str, bytes]] = ()) -> bytes:
    """The documents, drawn now, and the files in one ZIP. Raises NotDrawn."""
    return zipped(folder, folder_documents(folder), files)


def cv_text(folder: Folder) -> str:
    """The CV as plain text, for the pupil to go on writing at."""
    pages = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=False,  # noqa: S701 - plain text, never shown as a page
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    pages.filters["day"] = _day
    return pages.get_template("cv.txt").render(labels=labels(), **folder.cv)


def _shown(line: RecordLineRow) -> dict[str, Any]:
    school = line.source.get("school") if line.provenance == "import" else None
    return {
        "kind": line.kind,
        "on": line.happened_on.isoformat(),
        "school": school,
        **line.body.fields(),
    }


def _place(one: DestinationRow) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "category": one.category,
        "details": one.details.fields(),
        "on": one.reported_on.isoformat(),
        "sustained": one.sustained,
    }


def _paths(files: Sequence[AttachmentRow]) -> dict[str, str]:
    """Where in the ZIP each file is, by its id: no two the same, on any disk."""
    taken: dict[str, set[str]] = {kind: set() for kind in _FOLDERS}
    return {
        # The oldest has its own name, so that another file changes none of those before it.
        one.id: f"{_FOLDERS[one.kind]}/{unlike(one.details.file_name, taken[one.kind])}"
        for one in reversed(files)
    }


def _file(one: AttachmentRow, path: str) -> dict[str, Any]:
    details = one.details.fields()
    told = ("title", "given_by", "dated", "sha256")
    return {"kind": one.kind, **{name: details.get(name) for name in told}, "path": path}


def _table(experiences: Sequence[Mapping[str, Any]]) -> bytes:
    names = ("on", "type", "where", "when", "did", "learnt", "reflection")
    text = io.StringIO(newline="")
    table = csv.writer(text)
    table.writerow(names)
    for one in experiences:
        table.writerow([_cell(one.get(name, "")) for name in names])
    # Marked as UTF-8, without which a spreadsheet program misreads accents.
    return text.getvalue().encode("utf-8-sig", "backslashreplace")


def _cell(text: str) -> str:
    # A spreadsheet program would calculate with what begins like a formula.
    return f"'{text}" if text[:1] in ("=", "+", "-", "@", "\t", "\r") else text


def _day(iso: str) -> str:
    day = date.fromisoformat(iso)
    return f"{day.day} {day:%B %Y}"
