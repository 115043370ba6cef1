"""My record: certificates and references that staff have added, taken along or taken out."""

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.house import House
from bot.channels.web.record.asking import file, for_pupil, page, read, see
from bot.identity.sessions import Session
from bot.records.guidance.attachments import (
    AttachmentRow,
    NoAttachment,
    attachment_of,
    content_of,
    remove_attachment,
)


@for_pupil
async def download(request: Request, house: House, session: Session) -> Response:
    """GET /record/attachments/{attachment}: the file as it was added, to keep, never to show."""
    one = await _asked(request, house, session)
    content = await read(house, session, content_of, one.id)
    return file(content, one.details.media_type, one.details.file_name)


@for_pupil
async def ask_removal(request: Request, house: House, session: Session) -> Response:
    """GET /record/attachments/{attachment}/delete: the file, and whether the pupil is sure."""
    return page(house, "record_delete_file.html", file=await _asked(request, house, session))


@for_pupil
async def remove(request: Request, house: House, session: Session) -> Response:
    """POST /record/attachments/{attachment}/delete: take the file out of the record for good."""
    whose = (session.school_id, session.pupil_id)
    if not await house.store.write(remove_attachment, *whose, request.path_params["attachment"]):
        raise NoAttachment
    await house.store.scrub()
    return see("/record#files")


async def _asked(request: Request, house: House, session: Session) -> AttachmentRow:
    return await read(house, session, attachment_of, request.path_params["attachment"])
