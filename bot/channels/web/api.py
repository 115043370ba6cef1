"""The conversation API: begin, send, read, delete."""

from typing import Any

import orjson
from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.bodies import NewConversation, NewMessage, SignsBody, json_body
from bot.channels.web.house import House, conversation_of, credential_of, house_of
from bot.channels.web.origins import allowed_for_school, same_origin
from bot.channels.web.ownership import check_opens, check_takes, pupil_here, remember_guest
from bot.channels.web.problems import ProblemFound
from bot.channels.web.transcript_text import as_text
from bot.gateway.gateway import Begun, UnknownSchool
from bot.gateway.messages import entry_of, moment
from bot.identity.oidc import SETTING
from bot.records.handover.beside import READER
from bot.records.settings import get_setting
from bot.records.sign_in import any_code


def json_response(content: Any, status: int = 200) -> Response:
    """A JSON response that no cache keeps."""
    return Response(
        orjson.dumps(content),
        status,
        {"Cache-Control": "no-store"},
        media_type="application/json",
    )


async def begin(request: Request) -> Response:
    """POST /chat/v1/conversations: a new conversation and its token."""
    house = house_of(request)
    operator = house.is_operator(request)
    body = await json_body(request, NewConversation)
    if body.scene.on is not None and not operator:
        raise ProblemFound("operators-only")
    if not allowed_for_school(request, house.settings, body.school):
        raise ProblemFound("other-origin")
    if not operator:
        house.count_new_conversation(request)
    session = None if operator else await pupil_here(request)
    begun_at = house.gateway.desk.clock()
    pupil_id = None if session is None else session.pupil_id
    embedded = not (operator or same_origin(request))
    begun = await _begin(house, body, pupil_id, await _sign_in_at(request) if embedded else None)
    token = house.issue(begun, operator=operator)
    response = json_response(
        {
            "conversation": begun.conversation_id,
            "token": token,
            "expires_at": moment(house.expires_at(begun_at)),
            "school": {"name": begun.school_name},
            "notice": begun.notice,
            "greeting": begun.greeting,
        },
        201,
    )
    if session is None and not operator and same_origin(request):
        remember_guest(response, request, token)
    return response


async def _sign_in_at(request: Request) -> str | None:
    """Where a guest on a school's own page can sign in: on our pages, if pupils of it can."""
    house = house_of(request)
    if not await house.store.read(_can_sign_in, house.school_id):
        return None
    return house.settings.public_url or str(request.base_url).rstrip("/")


def _can_sign_in(connection: Connection, school_id: int) -> bool:
    return any_code(connection, school_id) or bool(get_setting(connection, school_id, SETTING))


async def _begin(
    house: House, body: NewConversation, pupil_id: str | None, sign_in_at: str | None
) -> Begun:
    scene = body.scene.model_dump(exclude_none=True)
    try:
        return await house.gateway.begin(
            body.school, "web", scene, pupil_id=pupil_id, sign_in_at=sign_in_at
        )
    except UnknownSchool:
        raise ProblemFound("unknown-school") from None


async def send(request: Request) -> Response:
    """POST …/messages: take a message in; the reply comes by the events."""
    credential = credential_of(request)
    body = await json_body(request, NewMessage)
    await check_takes(request, credential.conversation_id, body.text)
    receipt = await house_of(request).gateway.receive(
        credential.conversation_id,
        body.client_message_id,
        text=body.text,
        payload=body.payload,
    )
    return json_response(
        {"seq": receipt.seq, "at": moment(receipt.at)}, 200 if receipt.repeated else 202
    )


async def signs(request: Request) -> Response:
    """POST …/signs: the reader is typing, or has seen lines; kept are the lines seen only."""
    credential = credential_of(request)
    body = await json_body(request, SignsBody)
    conversation = await conversation_of(request, credential)
    await check_opens(request, conversation.id, noted=False)
    gateway = house_of(request).gateway
    if body.typing:
        gateway.typing(conversation.id, None)
    if body.seen is not None:
        await gateway.seen(conversation.id, READER, body.seen)
    return Response(status_code=204, headers={"Cache-Control": "no-store"})


async def transcript(request: Request) -> Response:
    """GET …/transcript: the whole conversation, as JSON or as a text to keep."""
    credential = credential_of(request)
    conversation = await conversation_of(request, credential)
    await check_opens(request, conversation.id)
    wanted = request.query_params.get("format", "json")
    if wanted not in ("json", "text"):
        raise ProblemFound("not-as-described")
    house = house_of(request)
    gateway = house.gateway
    await gateway.come(conversation.id)
    rows = await gateway.entries(conversation.id)
    if wanted == "text":
        return Response(
            as_text(conversation, rows, house.tongues.of(request)),
            headers={
                "Cache-Control": "no-store",
                "Content-Disposition": 'attachment; filename="careers-chat.txt"',
            },
            media_type="text/plain",
        )
    return json_response(
        {
            "entries": [entry_of(row, with_meta=credential.operator) for row in rows],
            "state": gateway.state(conversation.id),
            "school": {"name": conversation.school_name},
            **conversation.opening,
        }
    )


async def delete(request: Request) -> Response:
    """DELETE …: the conversation is gone, here and in the engine."""
    credential = credential_of(request)
    await check_opens(request, credential.conversation_id)
    if not await house_of(request).gateway.erase(credential.conversation_id):
        raise ProblemFound("no-conversation")
    return Response(status_code=204, headers={"Cache-Control": "no-store"})
