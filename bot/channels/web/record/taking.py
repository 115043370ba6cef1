"""My record: taken along as documents and data, and gathered for a meeting."""

import asyncio
from typing import Any

import orjson
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.house import House
from bot.channels.web.record.asking import (
    file,
    for_pupil,
    now,
    page,
    read,
    see,
    today,
    wording,
    write,
)
from bot.channels.web.record.expected import expected_for
from bot.channels.web.record.forms import mistakes, typed
from bot.gateway.memory import remembered
from bot.identity.sessions import Session
from bot.records.guidance.bundle import bundle_of, with_memory
from bot.records.guidance.destinations import DestinationRow, destinations_of
from bot.records.guidance.documents import record_pdf
from bot.records.guidance.folder import (
    Folder,
    find_folder,
    folder_documents,
    folder_files,
    folder_pdf,
    zipped,
)
from bot.records.guidance.lines import NoLine, RecordLineRow, lines_of
from bot.records.guidance.ready import (
    LONGEST_PART,
    PARTS,
    Part,
    Ready,
    gathered,
    keep_notes,
    ready_pdf,
)
from bot.records.pupils import PupilRow, find_pupil
from bot.records.sealing import Sealing

_Held = tuple[PupilRow, list[RecordLineRow], list[DestinationRow]]


@for_pupil
async def download_json(request: Request, house: House, session: Session) -> Response:
    """GET /record/download.json: everything held of the pupil, by the engine too."""
    bundle = await _bundle(house, session)
    talks = [talk["id"] for talk in bundle["conversations"]]
    memory = await remembered(house.gateway.desk, talks)
    bundle = with_memory(bundle, memory, wording().say("record.memory_away"))
    content = orjson.dumps(bundle, option=orjson.OPT_INDENT_2)
    return file(content, "application/json", "my-record.json")


@for_pupil
async def download_pdf(request: Request, house: House, session: Session) -> Response:
    """GET /record/download.pdf: the record as a tagged document."""
    content = await asyncio.to_thread(record_pdf, await _bundle(house, session))
    return file(content, "application/pdf", "my-record.pdf")


async def _bundle(house: House, session: Session) -> dict[str, Any]:
    found = await read(house, session, bundle_of, now(house))
    if found is None:
        raise NoLine
    return found


# ---- the leavers' folder


@for_pupil
async def download_folder(request: Request, house: House, session: Session) -> Response:
    """GET /record/folder.pdf: skills, experiences, a CV, destinations and advice to keep."""
    content = await asyncio.to_thread(folder_pdf, await _folder(house, session))
    return file(content, "application/pdf", "leavers-folder.pdf")


@for_pupil
async def download_folder_zip(request: Request, house: House, session: Session) -> Response:
    """GET /record/folder.zip: the same with the CV alone, tables, certificates and references."""
    folder = await _folder(house, session)
    documents = await asyncio.to_thread(folder_documents, folder)
    content = await read(house, session, _zip, folder, documents)
    return file(content, "application/zip", "leavers-folder.zip")


async def _folder(house: House, session: Session) -> Folder:
    found = await read(house, session, find_folder, now(house))
    if found is None:
        raise NoLine
    return found


def _zip(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    folder: Folder,
    documents: dict[str, bytes],
) -> bytes:
    files = folder_files(connection, sealing, school_id, pupil_id, folder)
    return zipped(folder, documents, files)


async def _held(house: House, session: Session) -> _Held:
    found = await read(house, session, _all)
    if found is None:
        raise NoLine
    return found


def _all(connection: Connection, sealing: Sealing, school_id: int, pupil_id: str) -> _Held | None:
    whose = (connection, sealing, school_id, pupil_id)
    pupil = find_pupil(*whose)
    return None if pupil is None else (pupil, lines_of(*whose), destinations_of(*whose))


# ---- ready for my meeting


@for_pupil
async def show_ready(request: Request, house: House, session: Session) -> Response:
    """GET /record/ready: what a meeting before the next choice is about, on one page."""
    _, ready = await _ready(house, session)
    return _ready_page(house, ready, dict(ready.notes), {})


@for_pupil
async def keep_ready(request: Request, house: House, session: Session) -> Response:
    """POST /record/ready: keep what the pupil wants to talk about and to ask."""
    given = await typed(request)
    _, ready = await _ready(house, session)
    wrong = mistakes(tuple((part, LONGEST_PART, False) for part in PARTS), given)
    # A part that the form did not send stays as it is.
    words: dict[Part, str] = {part: given[part] for part in PARTS if part in given}
    if wrong:
        return _ready_page(house, ready, {**ready.notes, **words}, wrong)
    await write(house, session, keep_notes, ready.stage, words)
    return see("/record/ready")


@for_pupil
async def download_ready(request: Request, house: House, session: Session) -> Response:
    """GET /record/ready.pdf: the same as a document of one page."""
    name, ready = await _ready(house, session)
    school = house.settings.school_name
    content = await asyncio.to_thread(ready_pdf, ready, name=name, school=school)
    return file(content, "application/pdf", "ready-for-my-meeting.pdf")


async def _ready(house: House, session: Session) -> tuple[str, Ready]:
    pupil, lines, destinations = await _held(house, session)
    day = today(house)
    expected = expected_for(wording(), pupil, day)
    name = f"{pupil.details.given_name} {pupil.details.family_name}"
    return name, gathered(pupil, lines, destinations, expected, day)


def _ready_page(
    house: House, ready: Ready, given: dict[Part, str], wrong: dict[str, str]
) -> Response:
    return page(
        house,
        "record_ready.html",
        422 if wrong else 200,
        ready=ready,
        given=given,
        wrong=wrong,
        longest=LONGEST_PART,
        today=ready.today,
    )
