"""Signing in and out as plain pages: by the code of a slip, or with the school's own accounts."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web import pages
from bot.channels.web.bodies import form_body
from bot.channels.web.house import PUPIL_COOKIE, House, house_of
from bot.channels.web.origins import same_origin
from bot.channels.web.ownership import GUEST_COOKIE, GUEST_PATH, forget_guest
from bot.channels.web.problems import ProblemFound
from bot.identity.codes import as_issued, spend_code
from bot.identity.oidc import SETTING, WAYS, Provider, SignInFailed, providers_of
from bot.identity.sessions import Session, end_all_sessions, end_session, start_session
from bot.records.conversations import ConversationRow, find_conversation
from bot.records.pupils import find_by_email, find_pupil
from bot.records.sealing import Sealing
from bot.records.settings import get_setting
from bot.records.sign_in import OwnerRow, join_conversation, owner_of
from bot.records.store import StoreBusy

FLOW_COOKIE = "signpost_sign_in"
FLOW_PATH = "/sign-in"
ABOUT_CHAT = GUEST_PATH
"""Below /chat, because only there the browser shows the cookies of a guest's chat."""

_STATUS = {
    "empty": 422,
    "wrong": 422,
    "wait": 429,
    "busy": 503,
    "away": 502,
    "stopped": 200,
    "other-school": 403,
    "unknown": 403,
    "not-valid": 400,
}


_Chat = tuple[str, ConversationRow, OwnerRow | None]
"""The cookie that opens a conversation, the conversation, and whose it is."""


@dataclass(frozen=True, slots=True, repr=False)
class _SignedIn:
    pupil_id: str
    token: str


# ---- by code


async def show(request: Request) -> Response:
    """GET /sign-in: the form, or who is signed in and the way out."""
    house = house_of(request)
    session = await house.signed_in(request)
    if session is None:
        response = await _form(request, signed_out=request.query_params.get("signed") == "out")
        if PUPIL_COOKIE in request.cookies:
            _forget_pupil(response, request)
        return response
    pupil = await house.store.read(find_pupil, house.sealing, house.school_id, session.pupil_id)
    name = pupil.details.given_name if pupil is not None else ""
    return _page(house, "sign_in_done.html", name=name)


async def send(request: Request) -> Response:
    """POST /sign-in: a code of the form; then on to the chat."""
    house = house_of(request)
    if not same_origin(request):
        raise ProblemFound("other-origin")
    typed = (await form_body(request)).get("code", "")
    if not typed.strip():
        return await _form(request, "empty")
    if as_issued(typed) is None:
        # It can be nobody's, so that nothing was tried out: said like a wrong one, not counted.
        return await _form(request, "wrong")
    address = house.address_of(request)
    try:
        async with house.code_door:
            wait_s = house.wrong_codes.wait(address)
            if wait_s is not None:
                return await _form(request, "wait", wait_s=wait_s)
            done = await house.store.write(
                _by_code,
                house.sealing,
                house.school_id,
                typed,
                now=house.gateway.desk.clock(),
                days=house.settings.pupil_session_days,
                before=request.cookies.get(PUPIL_COOKIE),
            )
            if done is None:
                house.wrong_codes.wrong(address)
                return await _form(request, "wrong")
            house.wrong_codes.right(address, done.pupil_id)
    except StoreBusy:
        return await _form(request, "busy")
    response = RedirectResponse(ABOUT_CHAT, 303)
    _remember_pupil(response, request, done.token)
    return response


def _by_code(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    typed: str,
    *,
    now: datetime,
    days: int,
    before: str | None,
) -> _SignedIn | None:
    pupil_id = spend_code(connection, sealing, school_id, typed, now)
    if pupil_id is None:
        return None
    return _begin(connection, school_id, pupil_id, "code", now=now, days=days, before=before)


def _begin(
    connection: Connection,
    school_id: int,
    pupil_id: str,
    way: str,
    *,
    now: datetime,
    days: int,
    before: str | None,
) -> _SignedIn:
    """Sign the pupil in, always with a new token; whoever was signed in here before is out."""
    if before:
        end_session(connection, before)
    return _SignedIn(pupil_id, start_session(connection, school_id, pupil_id, way, now, days))


# ---- with the school's Microsoft or Google account


async def start(request: Request) -> Response:
    """GET /sign-in/{microsoft,google}: off to the provider."""
    house = house_of(request)
    provider = await _provider(request)
    try:
        address, flow = await house.oidc.begin(provider, _callback(request, provider))
    except SignInFailed as failed:
        return await _form(request, failed.why, way=provider.way)
    response = RedirectResponse(address, 303, {"Cache-Control": "no-store"})
    response.set_cookie(
        FLOW_COOKIE,
        house.flows.write(flow, house.gateway.desk.clock()),
        path=FLOW_PATH,
        secure=_secure(request),
        httponly=True,
        samesite="lax",  # it has to come along when the provider sends the browser back
    )
    return response


async def come_back(request: Request) -> Response:
    """GET /sign-in/{microsoft,google}/callback: back from the provider, signed in or not."""
    house = house_of(request)
    provider = await _provider(request)
    now = house.gateway.desk.clock()
    flow = house.flows.read(request.cookies.get(FLOW_COOKIE, ""), now)
    try:
        if flow is None:
            raise SignInFailed("not-valid")
        callback = _callback(request, provider)
        query = dict(request.query_params)
        addresses = await house.oidc.finish(provider, flow, query, callback, now)
        done = await house.store.write(
            _by_account,
            house.sealing,
            house.school_id,
            addresses,
            provider.way,
            now=now,
            days=house.settings.pupil_session_days,
            before=request.cookies.get(PUPIL_COOKIE),
        )
    except SignInFailed as failed:
        response = await _form(request, failed.why, way=provider.way)
    except StoreBusy:
        response = await _form(request, "busy")
    else:
        if done is None:
            response = await _form(request, "unknown", way=provider.way)
        else:
            # A page of ours that leads on by itself: straight from the provider's site the browser
            # would hold back the cookie of the chat.
            response = _page(house, "sign_in_on.html", to=ABOUT_CHAT)
            _remember_pupil(response, request, done.token)
    response.delete_cookie(FLOW_COOKIE, path=FLOW_PATH, secure=_secure(request), httponly=True)
    return response


def _by_account(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    addresses: Sequence[str],
    way: str,
    *,
    now: datetime,
    days: int,
    before: str | None,
) -> _SignedIn | None:
    for address in addresses:
        found = find_by_email(connection, sealing, school_id, address)
        if found is not None:
            return _begin(connection, school_id, found.id, way, now=now, days=days, before=before)
    return None


async def _providers(house: House) -> dict[Any, Provider]:
    setting = await house.store.read(get_setting, house.school_id, SETTING)
    return dict(
        providers_of(
            setting,
            house.sealing,
            microsoft_url=house.settings.microsoft_login_url,
            google_url=house.settings.google_login_url,
        )
    )


async def _provider(request: Request) -> Provider:
    """The provider in the path. Raises ProblemFound when the school has not set it up."""
    way = request.path_params["way"]
    found = (await _providers(house_of(request))).get(way) if way in WAYS else None
    if found is None:
        raise ProblemFound("not-found")
    return found


def _callback(request: Request, provider: Provider) -> str:
    """Where the provider sends the browser back to, as it must be registered there."""
    here = house_of(request).settings.public_url or str(request.base_url).rstrip("/")
    return f"{here}/sign-in/{provider.way}/callback"


# ---- out again


async def leave(request: Request) -> Response:
    """POST /sign-out: out on this device, or with `everywhere` on all; nothing stays behind here.

    The chat of this browser is let go of too: the next one to use the device must not see it.
    """
    house = house_of(request)
    if not same_origin(request):
        raise ProblemFound("other-origin")
    everywhere = "everywhere" in await form_body(request)
    session = await house.signed_in(request)
    if session is None:
        response: Response = RedirectResponse("/sign-in", 303)
        if PUPIL_COOKIE in request.cookies:
            _forget_pupil(response, request)
        return response
    token = request.cookies[PUPIL_COOKIE]
    await house.store.write(_end, session, token, everywhere=everywhere)
    # What the chat's script keeps on the device goes as well.
    gone = {"Clear-Site-Data": '"storage"'}
    response = RedirectResponse("/sign-in?signed=out", 303, gone)
    _forget_pupil(response, request)
    _forget_chat(response, request)
    forget_guest(response, request)
    return response


def _end(connection: Connection, session: Session, token: str, *, everywhere: bool) -> None:
    if everywhere:
        end_all_sessions(connection, session.school_id, session.pupil_id)
    else:
        end_session(connection, token)


# ---- the chat so far


async def ask_about_chat(request: Request) -> Response:
    """GET /chat/sign-in: whether a guest's chat so far should join the record; else the chat.

    A chat without a line yet is the pupil's without being asked about: nobody wrote in it.
    """
    house = house_of(request)
    session = await house.signed_in(request)
    if session is None:
        return RedirectResponse("/sign-in", 303)
    chats = await _chats_of(request, house)
    if any(owner is None and chat.last_seq for _, chat, owner in chats):
        return _page(house, "sign_in_chat.html")
    return await _joined(request, house, session, chats, so_far=True)


async def answer_about_chat(request: Request) -> Response:
    """POST /chat/sign-in: `join` is "yes" for all of the chat, "no" for what comes from now on."""
    house = house_of(request)
    if not same_origin(request):
        raise ProblemFound("other-origin")
    answer = (await form_body(request)).get("join")
    session = await house.signed_in(request)
    if session is None:
        return RedirectResponse("/sign-in", 303)
    if answer not in ("yes", "no"):
        raise ProblemFound("not-as-described")
    chats = await _chats_of(request, house)
    return await _joined(request, house, session, chats, so_far=answer == "yes")


async def _joined(
    request: Request, house: House, session: Session, chats: list[_Chat], *, so_far: bool
) -> Response:
    """On to the chat, with those of this browser that were nobody's joined."""
    talk = house.gateway.desk.record_talk
    join = join_conversation if talk is None else talk.join
    response = RedirectResponse("/chat", 303)
    forget_guest(response, request)
    for cookie, chat, owner in chats:
        if owner is None:
            owner = await house.store.write(
                join,
                house.school_id,
                session.pupil_id,
                chat.id,
                house.gateway.desk.clock(),
                so_far=so_far,
            )
        if owner is not None and owner.pupil_id != session.pupil_id and cookie == pages.COOKIE:
            # Somebody else used this browser before: the chat is theirs, and not shown any more.
            _forget_chat(response, request)
    return response


async def _chats_of(request: Request, house: House) -> list[_Chat]:
    """The conversations that this browser's cookies open, and whose they are."""
    found = []
    for cookie in (pages.COOKIE, GUEST_COOKIE):
        try:
            credential = house.credential(request.cookies.get(cookie, ""))
        except ProblemFound:
            continue
        chat, owner = await house.store.read(_chat, house.school_id, credential.conversation_id)
        if chat is not None:
            found.append((cookie, chat, owner))
    return found


def _chat(
    connection: Connection, school_id: int, conversation_id: str
) -> tuple[ConversationRow | None, OwnerRow | None]:
    found = find_conversation(connection, conversation_id)
    if found is None or found.school_id != school_id:
        return None, None
    return found, owner_of(connection, school_id, conversation_id)


# ---- what they share


async def _form(
    request: Request,
    problem: str | None = None,
    *,
    way: str | None = None,
    wait_s: int | None = None,
    signed_out: bool = False,
) -> Response:
    """The form for a code, with a sentence about what went wrong; what was typed is not shown."""
    house = house_of(request)
    try:
        ways = list(await _providers(house))
    except StoreBusy:
        ways = []  # the page with its sentence is worth more than the other ways in
    response = _page(
        house,
        "sign_in.html",
        status=_STATUS[problem] if problem else 200,
        problem=problem,
        way=way,
        minutes=math.ceil((wait_s or 0) / 60),
        ways=ways,
        signed_out=signed_out,
    )
    if wait_s is not None:
        response.headers["Retry-After"] = str(wait_s)
    return response


def _page(house: House, template: str, status: int = 200, **values: Any) -> Response:
    html = house.pages.get_template(template).render(
        school={"name": house.settings.school_name}, **values
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


def _secure(request: Request) -> bool:
    public_url = house_of(request).settings.public_url
    return request.url.scheme == "https" or public_url.startswith("https:")


def _remember_pupil(response: Response, request: Request, token: str) -> None:
    response.set_cookie(
        PUPIL_COOKIE,
        token,
        max_age=house_of(request).settings.pupil_session_days * 86_400,
        path="/",
        secure=_secure(request),
        httponly=True,
        samesite="lax",
    )


def _forget_pupil(response: Response, request: Request) -> None:
    response.delete_cookie(
        PUPIL_COOKIE, path="/", secure=_secure(request), httponly=True, samesite="lax"
    )


def _forget_chat(response: Response, request: Request) -> None:
    response.delete_cookie(
        pages.COOKIE, path="/chat", secure=_secure(request), httponly=True, samesite="strict"
    )
