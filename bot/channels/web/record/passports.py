"""My record: packed for the next school, and taken in from the one before."""

import asyncio
import base64
import binascii
from collections.abc import AsyncGenerator, Mapping
from functools import partial

from starlette.datastructures import UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.bodies import form_body
from bot.channels.web.house import House
from bot.channels.web.problems import ProblemFound
from bot.channels.web.record.asking import file, for_pupil, now, page, read, see, write
from bot.identity.sessions import Session
from bot.records.guidance.lines import NoLine
from bot.records.guidance.passport import (
    Choice,
    Choices,
    compared,
    passport_of,
    signer_of,
    take_passport,
)
from bot.records.guidance.passport_file import (
    MOST_BYTES,
    Passport,
    PassportRefused,
    opened,
    own_fingerprint,
    packed,
    signing_key,
)
from bot.records.pupils import find_pupil, name_key

_MOST_UPLOAD = MOST_BYTES + 16 * 1024
"""The file with what a form puts around it."""
_MOST_TAKEN = MOST_BYTES * 4 // 3 + 512 * 1024
"""The file once more in a form, as base64, with a choice for every line."""
_MOST_CHOICES = 6000
_CHOICES: tuple[Choice, ...] = ("keep", "take", "both")


class _Parser(MultiPartParser):
    # All in memory: what is in the file is nowhere on a disk in clear.
    spool_max_size = _MOST_UPLOAD + 1


@for_pupil
async def download_passport(request: Request, house: House, session: Session) -> Response:
    """GET /record/passport.zip: the record, signed, for the next school or college."""
    found = await read(house, session, passport_of)
    if found is None:
        raise NoLine
    record, school = found
    key = signing_key(house.passport_key)
    content = await asyncio.to_thread(packed, record, school, now(house), key)
    return file(content, "application/zip", "my-passport.zip")


@for_pupil
async def ask_passport(request: Request, house: House, session: Session) -> Response:
    """GET /record/passport: the form for a file from the school before."""
    return page(house, "record_passport.html")


@for_pupil
async def check_passport(request: Request, house: House, session: Session) -> Response:
    """POST /record/passport: what in the file is new, the same and in conflict; nothing is kept."""
    try:
        content = await _uploaded(request)
        passport = await asyncio.to_thread(opened, content)
    except PassportRefused as problem:
        return _refused(house, problem)
    return await _preview(house, session, content, passport)


@for_pupil
async def take(request: Request, house: House, session: Session) -> Response:
    """POST /record/passport/take: keep what the pupil ticked, marked with where it came from."""
    fields = await form_body(request, most_bytes=_MOST_TAKEN, most_fields=_MOST_CHOICES)
    try:
        content = base64.b64decode(fields.get("passport", ""), altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        raise ProblemFound("not-as-described") from None
    try:
        # Again, as it comes back from a form.
        passport = await asyncio.to_thread(opened, content)
    except PassportRefused as problem:
        return _refused(house, problem)
    if fields.get("mine") != "yes" and not await _same_name(house, session, passport):
        return await _preview(house, session, content, passport, unsure=True)
    choices = Choices(
        _chosen(fields, "line-"), _chosen(fields, "place-"), fields.get("all") == "new"
    )
    own_key = own_fingerprint(house.passport_key)
    await write(house, session, take_passport, passport, choices, own_key=own_key)
    return see("/record#everything")


async def _preview(
    house: House, session: Session, content: bytes, passport: Passport, unsure: bool = False
) -> Response:
    comparison = await read(house, session, compared, passport)
    own_key = own_fingerprint(house.passport_key)
    signed_by = await house.store.read(
        partial(signer_of, own_key=own_key), session.school_id, passport
    )
    return page(
        house,
        "record_passport_check.html",
        422 if unsure else 200,
        passport=passport,
        signed_by=signed_by,
        ours=passport.key == own_key,
        comparison=comparison,
        file=base64.urlsafe_b64encode(content).decode("ascii"),
        same_name=await _same_name(house, session, passport),
        unsure=unsure,
    )


def _refused(house: House, problem: PassportRefused) -> Response:
    status = 413 if problem.reason == "large" else 422
    return page(house, "record_passport.html", status, reason=problem.reason)


async def _same_name(house: House, session: Session, passport: Passport) -> bool:
    pupil = await read(house, session, find_pupil)
    if pupil is None:
        raise NoLine
    mine, its = pupil.details, passport.record.pupil
    return name_key(f"{mine.given_name} {mine.family_name}") == name_key(
        f"{its.given_name} {its.family_name}"
    )


def _chosen(fields: Mapping[str, str], begins: str) -> dict[int, Choice]:
    """The choices by number: of new ones a tick, of those in conflict one of three words."""
    found: dict[int, Choice] = {}
    for name, said in fields.items():
        number = name.removeprefix(begins)
        if not (name.startswith(begins) and number.isascii() and number.isdigit()):
            continue
        choice = next((one for one in _CHOICES if one == said), None)
        if choice is not None and len(number) < 6:
            found[int(number)] = choice
    return found


async def _uploaded(request: Request) -> bytes:
    """The file of the form. Raises ProblemFound, or PassportRefused for one that is too large."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type != "multipart/form-data":
        raise ProblemFound("wrong-type")
    parser = _Parser(request.headers, _bounded(request), max_files=1, max_fields=4)
    try:
        form = await parser.parse()
    except (MultiPartException, KeyError, ValueError):
        raise ProblemFound("not-as-described") from None
    try:
        found = form.get("passport")
        return await found.read() if isinstance(found, UploadFile) else b""
    finally:
        await form.close()


async def _bounded(request: Request) -> AsyncGenerator[bytes, None]:
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > _MOST_UPLOAD:
            raise PassportRefused("large")
        yield chunk
