"""The chat as a page of its own: with a script it is the widget, without one a plain form."""

import secrets
from typing import Any
from urllib.parse import urlencode

from pydantic import TypeAdapter, ValidationError
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web.bodies import ClientMessageId, Payload, form_body
from bot.channels.web.house import House, house_of
from bot.channels.web.origins import same_origin
from bot.channels.web.ownership import opens
from bot.channels.web.problems import ProblemFound
from bot.channels.web.rich_text import plain
from bot.channels.web.tongues import ENGLISH
from bot.gateway.messages import entry_of
from bot.gateway.turn import HelpUnstored, Refused
from bot.identity.sessions import Session
from bot.records.pupils import find_pupil
from bot.records.sealing import SealBroken
from bot.records.store import StoreBusy

COOKIE = "signpost_chat"
REPLY_WAIT_S = 3.2
"""Longer than the engine may take, so that the page that comes back holds a reply."""

_CLIENT_MESSAGE_ID = TypeAdapter(ClientMessageId)
_PAYLOAD = TypeAdapter(Payload)


async def home(request: Request) -> Response:
    """GET /: to the chat."""
    return RedirectResponse("/chat", 307)


async def show(request: Request) -> Response:
    """GET /chat: the page, with the conversation of the cookie if there is one."""
    house = house_of(request)
    session = await house.signed_in(request)
    conversation_id, withheld = await _conversation_of(request, house, session)
    if conversation_id is not None:
        await house.gateway.come(conversation_id)
        await house.gateway.settled(conversation_id, REPLY_WAIT_S)
    response = await _page(request, session, conversation_id, withheld=withheld)
    if conversation_id is None and COOKIE in request.cookies:
        _forget(response, request)
    return response


async def send(request: Request) -> Response:
    """POST /chat: a message of the form; then back to the page."""
    house = house_of(request)
    if not same_origin(request):
        raise ProblemFound("other-origin")
    fields = await form_body(request)
    text, payload = fields.get("text"), fields.get("payload")
    session = await house.signed_in(request)
    conversation_id, _ = await _conversation_of(request, house, session)
    token = None
    try:
        client_message_id = _CLIENT_MESSAGE_ID.validate_python(fields.get("client_message_id"))
        payload = None if payload is None else _PAYLOAD.validate_python(payload)
    except ValidationError:
        raise ProblemFound("not-as-described") from None
    if (text is None) == (payload is None):
        raise ProblemFound("not-as-described")
    try:
        if conversation_id is None:
            house.count_new_conversation(request)
            begun = await house.gateway.begin(
                house.settings.school_slug,
                "web",
                {},
                pupil_id=None if session is None else session.pupil_id,
            )
            conversation_id, token = begun.conversation_id, house.issue(begun)
        receipt = await house.gateway.receive(
            conversation_id, client_message_id, text=text, payload=payload
        )
    except (Refused, ProblemFound, StoreBusy, HelpUnstored) as problem:
        response = await _refused(request, session, conversation_id, problem, text or "")
    else:
        await house.gateway.settled(conversation_id, REPLY_WAIT_S)
        response = RedirectResponse(f"/chat{_query(request, sent=receipt.seq)}#latest", 303)
    if token is not None:
        _remember(response, request, house, token)
    return response


async def clear(request: Request) -> Response:
    """POST /chat/clear: delete the conversation of the cookie; then back to an empty page."""
    house = house_of(request)
    if not same_origin(request):
        raise ProblemFound("other-origin")
    session = await house.signed_in(request)
    conversation_id, _ = await _conversation_of(request, house, session)
    if conversation_id is not None:
        await house.gateway.erase(conversation_id)
    response = RedirectResponse(f"/chat{_query(request)}", 303)
    _forget(response, request)
    return response


async def _conversation_of(
    request: Request, house: House, session: Session | None
) -> tuple[str | None, bool]:
    """The conversation of the cookie, if any; or None, and whether one is another pupil's."""
    token = request.cookies.get(COOKIE)
    if not token:
        return None, False
    try:
        credential = house.credential(token)
    except ProblemFound:
        return None, False
    found = await house.gateway.conversation(credential.conversation_id)
    if found is None:
        return None, False
    opened = await opens(house, session, found.id)
    return (found.id, False) if opened else (None, True)


def _query(request: Request, **more: object) -> str:
    """The query of an address to go on with: what is given, and the language if one was chosen."""
    chosen = house_of(request).tongues.named(request.query_params.get("lang"))
    query = urlencode(more | ({"lang": chosen.code} if chosen else {}))
    return f"?{query}" if query else ""


async def _refused(
    request: Request,
    session: Session | None,
    conversation_id: str | None,
    problem: Exception,
    draft: str,
) -> Response:
    house = house_of(request)
    retry_after_s = None
    if isinstance(problem, HelpUnstored):
        status, sentence = 503, plain(problem.message["text"])
    else:
        kind = problem.kind if isinstance(problem, Refused | ProblemFound) else "store-busy"
        retry_after_s = getattr(problem, "retry_after_s", None)
        found = house.problems[kind]
        status, sentence = found.status, found.said_in(house.tongues.of(request))
    response = await _page(request, session, conversation_id, sentence, draft, status)
    if retry_after_s is not None:
        response.headers["Retry-After"] = str(retry_after_s)
    return response


async def _page(
    request: Request,
    session: Session | None,
    conversation_id: str | None,
    problem: str | None = None,
    draft: str = "",
    status: int = 200,
    *,
    withheld: bool = False,
) -> Response:
    house = house_of(request)
    tongue = house.tongues.of(request)
    notice, greeting = house.gateway.opening()
    entries: list[dict[str, Any]] = []
    if conversation_id is not None:
        try:
            found = await house.gateway.conversation(conversation_id)
            rows = await house.gateway.entries(conversation_id)
        except StoreBusy:
            # The page with its sentence and the draft is worth more than the lines above it.
            found, rows = None, []
        if found is not None:
            notice, greeting = found.opening["notice"], found.opening["greeting"]
        entries = [entry_of(row) for row in rows]
    html = house.pages.get_template("chat.html").render(
        school={"name": house.settings.school_name, "slug": house.settings.school_slug},
        notice=notice,
        greeting=greeting,
        entries=entries,
        problem=problem,
        draft=draft,
        pupil=None if session is None else {"name": await _first_name(house, session)},
        withheld=withheld and session is None,
        client_message_id=secrets.token_hex(16),
        tongue=tongue,
        own=None if tongue.code == ENGLISH else tongue.tag,
        answers=None if tongue.code == ENGLISH else house.tongues[ENGLISH].tag,
        others=[other for other in house.tongues.values() if other is not tongue],
        query=_query(request),
        _=tongue.say,
    )
    headers = {"Cache-Control": "no-store", "Content-Language": tongue.tag}
    return HTMLResponse(html, status, headers)


async def _first_name(house: House, session: Session) -> str:
    """The pupil's first name; empty where it cannot be read, which must not keep the chat away."""
    try:
        pupil = await house.store.read(find_pupil, house.sealing, house.school_id, session.pupil_id)
    except (SealBroken, StoreBusy):
        return ""
    return pupil.details.given_name if pupil is not None else ""


def _remember(response: Response, request: Request, house: House, token: str) -> None:
    response.set_cookie(
        COOKIE,
        token,
        max_age=int(house.settings.token_max_age_hours * 3600),
        path="/chat",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def _forget(response: Response, request: Request) -> None:
    response.delete_cookie(
        COOKIE,
        path="/chat",
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )
