"""My record: all of it deleted, with a certificate."""

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import pages
from bot.channels.web.bodies import form_body
from bot.channels.web.house import PUPIL_COOKIE, House
from bot.channels.web.record.asking import for_pupil, now, page
from bot.identity.sessions import Session
from bot.records.guidance.erasure import erase_pupil
from bot.records.guidance.lines import NoLine, day_in_england


@for_pupil
async def ask_deletion(request: Request, house: House, session: Session) -> Response:
    """GET /record/delete: what will be gone, and whether the pupil is sure."""
    return page(house, "record_delete.html", unsure=False)


@for_pupil
async def delete(request: Request, house: House, session: Session) -> Response:
    """POST /record/delete: delete everything held of the pupil and show the certificate."""
    if (await form_body(request)).get("sure") != "yes":
        return page(house, "record_delete.html", 422, unsure=True)
    erased = await house.store.write(erase_pupil, session.school_id, session.pupil_id, now(house))
    if erased is None:
        raise NoLine
    await house.store.scrub()
    for conversation_id in erased.conversation_ids:
        house.gateway.let_go(conversation_id)
    response = page(
        house,
        "record_certificate.html",
        certificate=erased.certificate,
        deleted_on=day_in_england(erased.certificate.deleted_at),
    )
    # What the chat's script keeps on the device goes as well.
    response.headers["Clear-Site-Data"] = '"storage"'
    secure = request.url.scheme == "https" or house.settings.public_url.startswith("https:")
    response.delete_cookie(PUPIL_COOKIE, "/", secure=secure, httponly=True, samesite="lax")
    response.delete_cookie(pages.COOKIE, "/chat", secure=secure, httponly=True, samesite="strict")
    return response
