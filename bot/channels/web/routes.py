"""Every route of the web channel, and who may use it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

import orjson
import yaml
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import (
    api,
    ask_pages,
    calendar_feed,
    destination_pages,
    events,
    knowledge_pages,
    pages,
    record_pages,
    sign_in_pages,
)
from bot.channels.web.api import json_response
from bot.channels.web.house import house_of
from bot.channels.web.static_files import StaticFiles

DESCRIPTION = Path(__file__).with_name("openapi.yml")

Handler = Callable[[Request], Awaitable[Response]]


class Access(Enum):
    """Who may use a route."""

    ANYONE = "anyone; it shows and changes nothing that belongs to a reader"
    BEARER = "whoever bears the token of the very conversation in the path"
    COOKIE = "anyone from this origin's own page; the cookie's token opens that conversation only"
    VISITOR = "anyone from this origin's own page, or come back from signing in elsewhere"
    LEAVER = "whoever has the link in the path, which answers one question and shows nobody"
    PUPIL = "the pupil whose session the cookie holds, from this origin's own page"


@dataclass(frozen=True, slots=True)
class RouteRow:
    """One route. `shared` ones answer pages of the origins that schools allow."""

    method: str
    path: str
    access: Access
    handler: Handler
    shared: bool = False


async def health(request: Request) -> Response:
    """GET /healthz: whether gateway, engine and actions are ready."""
    return json_response(await house_of(request).readiness.report())


async def description(request: Request) -> Response:
    """GET /openapi.json: the description of this API."""
    content = orjson.dumps(yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8")))
    return Response(content, media_type="application/json")


def table(static_folder: Path, made: Mapping[str, bytes] | None = None) -> tuple[RouteRow, ...]:
    """The table of routes; `made` are the widget's files that lie in no folder."""
    one = "/chat/v1/conversations/{conversation}"
    files = StaticFiles(static_folder, made, slimmed=True)
    anyone, bearer, cookie = Access.ANYONE, Access.BEARER, Access.COOKIE
    visitor, pupil = Access.VISITOR, Access.PUPIL
    return (
        RouteRow("POST", "/chat/v1/conversations", anyone, api.begin, shared=True),
        RouteRow("DELETE", one, bearer, api.delete, shared=True),
        RouteRow("POST", f"{one}/messages", bearer, api.send, shared=True),
        RouteRow("POST", f"{one}/signs", bearer, api.signs, shared=True),
        RouteRow("GET", f"{one}/events", bearer, events.events, shared=True),
        RouteRow("GET", f"{one}/transcript", bearer, api.transcript, shared=True),
        RouteRow("GET", "/widget/{name:path}", anyone, files.__call__, shared=True),
        RouteRow("GET", "/", anyone, pages.home),
        RouteRow("GET", "/chat", cookie, pages.show),
        RouteRow("POST", "/chat", cookie, pages.send),
        RouteRow("POST", "/chat/clear", cookie, pages.clear),
        RouteRow("GET", "/sign-in", visitor, sign_in_pages.show),
        RouteRow("POST", "/sign-in", visitor, sign_in_pages.send),
        RouteRow("GET", "/sign-in/{way}", visitor, sign_in_pages.start),
        RouteRow("GET", "/sign-in/{way}/callback", visitor, sign_in_pages.come_back),
        RouteRow("POST", "/sign-out", pupil, sign_in_pages.leave),
        RouteRow("GET", "/chat/sign-in", pupil, sign_in_pages.ask_about_chat),
        RouteRow("POST", "/chat/sign-in", pupil, sign_in_pages.answer_about_chat),
        *record_pages.record_rows(),
        *destination_pages.destination_rows(),
        *ask_pages.ask_rows(),
        RouteRow("GET", "/calendar/{staff}/{token}", Access.LEAVER, calendar_feed.show),
        RouteRow("GET", "/knowledge", anyone, knowledge_pages.show_all),
        RouteRow("GET", "/knowledge/{answer}", anyone, knowledge_pages.show_one),
        RouteRow("GET", "/healthz", anyone, health),
        RouteRow("GET", "/openapi.json", anyone, description),
    )
