"""A pupil's record as staff see it: asked why first, then shown, then added to."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import wraps
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.people.looks import Look, begin_look, look_of, note_look, read_noted
from bot.console.people.pupils import needs_of
from bot.console.people.wording import words
from bot.console.visit import NotHere, Visit
from bot.records.guidance.attachment_limits import MEGABYTE, limits_of
from bot.records.guidance.attachments import (
    ATTACHED,
    AttachmentRefused,
    NoAttachment,
    add_attachment,
    attachment_of,
    content_of,
)
from bot.records.guidance.bodies import LONGEST_TEXT, BodyWrong
from bot.records.guidance.labels import labels
from bot.records.guidance.lines import NoPupil, add_line, day_in_england
from bot.records.guidance.views import purposes
from bot.records.pupils import PupilRow, find_pupil
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow, qualified_on

_Looking = Callable[[Visit, Look], Awaitable[Response]]


def _place(pupil_id: str, rest: str = "") -> str:
    return f"/console/pupils/{pupil_id}{rest}"


def looking(handler: _Looking) -> Callable[[Visit], Awaitable[Response]]:
    """The handler with the look that was begun; without one, first the question why."""

    @wraps(handler)
    async def handle(visit: Visit) -> Response:
        pupil_id = visit.named("pupil")
        look = look_of(visit, pupil_id)
        if look is None:
            return visit.seen(_place(pupil_id))
        try:
            return await handler(visit, look)
        except NoPupil:
            raise NotHere from None

    return handle


async def _pupil(visit: Visit) -> PupilRow:
    found = await visit.read(find_pupil, visit.named("pupil"))
    if found is None:
        raise NotHere
    return found


# ---- why


async def ask_why(visit: Visit) -> Response:
    """GET /console/pupils/{pupil}: name and group, and the question why the record is wanted."""
    return await _why(visit, {})


async def say_why(visit: Visit) -> Response:
    """POST /console/pupils/{pupil}: on to the record, for the purpose that was chosen."""
    pupil = await _pupil(visit)
    purpose = visit.typed("purpose")
    if purpose not in words()["purposes"]:
        return await _why(visit, {"purpose": words()["mistakes"]["purpose"]})
    response = visit.seen(_place(pupil.id, "/record"))
    begin_look(visit, response, pupil.id, purpose)
    return response


async def _why(visit: Visit, wrong: dict[str, str]) -> Response:
    pupil = await _pupil(visit)
    return visit.page(
        "people/why.html",
        422 if wrong else 200,
        pupil=pupil,
        year=pupil.year_group(visit.today),
        left=pupil.has_left(visit.today),
        needs=needs_of(pupil),
        options=[(name, words()["reasons"][name]) for name in words()["purposes"]],
        reads=[(words()["reasons"][name], purposes()[name]) for name in words()["purposes"]],
        wrong=wrong,
        words=words(),
    )


# ---- the record


@looking
async def show(visit: Visit, look: Look) -> Response:
    """GET /console/pupils/{pupil}/record: all of it, noted and audited."""
    return await _show(visit, look, {}, {})


async def _show(visit: Visit, look: Look, given: dict[str, str], wrong: dict[str, str]) -> Response:
    record = await visit.write(read_noted, visit, look)
    limits = await visit.desk.store.read(limits_of, visit.desk.school_id)
    open_actions = [line for line in record.lines if line.status == "open"]
    return visit.page(
        "people/record.html",
        422 if wrong else 200,
        record=record,
        pupil=record.pupil,
        year=record.pupil.year_group(visit.today),
        left=record.pupil.has_left(visit.today),
        needs=needs_of(record.pupil),
        look=look,
        reason=words()["reasons"].get(look.purpose, look.purpose),
        actions=sorted(open_actions, key=lambda line: (line.due_on or date.max, line.id)),
        can_advise=qualified_on(visit.who, visit.today),
        most_megabytes=limits.most_bytes // MEGABYTE,
        most_files=limits.most_files,
        longest=LONGEST_TEXT,
        file_kinds=[(name, labels()["attachments"][name]) for name in ATTACHED],
        given=given,
        wrong=wrong,
        labels=labels(),
        words=words(),
        day_of=day_in_england,
    )


# ---- added to


@looking
async def add_words(visit: Visit, look: Look) -> Response:
    """POST /console/pupils/{pupil}/lines: a note or advice, as a named person."""
    told = words()["mistakes"]
    kind, text = visit.typed("kind"), visit.typed("text")
    wrong = {}
    if kind not in ("note", "advice"):
        wrong["kind"] = told["kind"]
    elif kind == "advice" and not qualified_on(visit.who, visit.today):
        wrong["kind"] = told["advice"]
    if not text:
        wrong["text"] = told["text_missing"]
    elif len(text) > LONGEST_TEXT:
        wrong["text"] = told["text_long"]
    if wrong:
        return await _show(visit, look, {"kind": kind, "text": text}, wrong)
    await visit.write(_add_words, visit, look, kind, text)
    return visit.seen(_place(look.pupil_id, "/record"), words()["notices"][kind])


def _add_words(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    look: Look,
    kind: str,
    text: str,
) -> None:
    staff = visit.who
    line = add_line(
        connection,
        sealing,
        school_id,
        look.pupil_id,
        kind=kind,
        body=_advice(staff, text) if kind == "advice" else {"text": text},
        provenance="adviser" if kind == "advice" else "staff",
        source={"from": "console"},
        now=visit.now,
        staff_id=staff.id,
    )
    visit.audit(
        connection,
        f"{kind} added",
        "pupil",
        look.pupil_id,
        purpose=purposes()[look.purpose],
        after={"line": line.id},
    )


def _advice(staff: StaffRow, text: str) -> dict[str, Any]:
    """Advice, with the qualification as it is on this day."""
    details = staff.details
    return {
        "text": text,
        "adviser_name": details.name,
        "qualification": details.qualification or details.equivalent or f"Level {staff.level}",
        "level": staff.level,
        "register_number": details.register_number,
    }


@looking
async def add_file(visit: Visit, look: Look) -> Response:
    """POST /console/pupils/{pupil}/files: a certificate or reference for the leavers' folder."""
    told = words()["mistakes"]
    given = {name: visit.typed(name) for name in ("file_kind", "title", "given_by", "dated")}
    found = await visit.uploaded("file")
    wrong = {}
    dated = _day(given["dated"])
    if given["file_kind"] not in ATTACHED:
        wrong["file_kind"] = told["file_kind"]
    if not given["title"]:
        wrong["title"] = told["title"]
    if given["dated"] and (dated is None or dated > visit.today):
        wrong["dated"] = told["day"]
    if found is None:
        wrong["file"] = told["file"]
    if wrong or found is None:
        return await _show(visit, look, given, wrong)
    name, content = found
    try:
        await visit.write(_add_file, visit, look, given, dated, name, content)
    except AttachmentRefused as refused:
        limits = await visit.desk.store.read(limits_of, visit.desk.school_id)
        return await _show(visit, look, given, {"file": refused.says(limits)})
    except BodyWrong:
        return await _show(visit, look, given, {"title": told["title"]})
    return visit.seen(_place(look.pupil_id, "/record"), words()["notices"]["file"])


def _add_file(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    look: Look,
    given: dict[str, str],
    dated: date | None,
    name: str,
    content: bytes,
) -> None:
    row = add_attachment(
        connection,
        sealing,
        school_id,
        look.pupil_id,
        content=content,
        kind=given["file_kind"],
        title=given["title"],
        file_name=name,
        now=visit.now,
        given_by=given["given_by"] or None,
        dated=dated,
        added_by=visit.who.details.name,
        provenance="staff",
        staff_id=visit.who.id,
    )
    visit.audit(
        connection,
        "file added",
        "pupil",
        look.pupil_id,
        purpose=purposes()[look.purpose],
        after={"file": row.id, "kind": row.kind, "bytes": row.size},
    )


@looking
async def download(visit: Visit, look: Look) -> Response:
    """GET /console/pupils/{pupil}/files/{file}: one of the folder's files, audited."""
    try:
        name, media_type, content = await visit.write(_content, visit, look, visit.named("file"))
    except NoAttachment:
        raise NotHere from None
    return visit.file(content, media_type, name)


def _content(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    look: Look,
    file_id: str,
) -> tuple[str, str, bytes]:
    whose = (connection, sealing, school_id, look.pupil_id, file_id)
    row = attachment_of(*whose)
    content = content_of(*whose)
    # The page of the record may not have been opened yet: the pupil is told all the same.
    note_look(connection, sealing, school_id, visit, look)
    visit.audit(
        connection,
        "file viewed",
        "pupil",
        look.pupil_id,
        purpose=purposes()[look.purpose],
        after={"file": file_id},
    )
    return row.details.file_name, row.details.media_type, content


def _day(typed: str) -> date | None:
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return None
