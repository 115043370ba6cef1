"""The guard of the console: every row of the table is served through it, none without.

In this order: where a request that may change something comes from, the session, the second
factor, the permission, the token of the form. A handler is only called when all are right.
"""

import contextlib
import logging
import math
from collections.abc import Awaitable, Callable, Iterable
from typing import Any
from urllib.parse import quote

from starlette.datastructures import FormData
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.console import csrf, routes
from bot.console.bodies import BodyWrong, form_in, json_in, media_type, read_body
from bot.console.desk import ConsoleDesk, desk_of
from bot.console.rows import HOME, ConsoleRow
from bot.console.showing import shown_to
from bot.console.visit import NotHere, Visit
from bot.gateway.plain_log import where_it_broke
from bot.identity.staff.roles import may
from bot.identity.staff.staff_sessions import (
    StaffSignedIn,
    cookie_name,
    find_session,
    note_use,
)
from bot.records.guidance.lines import day_in_england
from bot.records.store import StoreBusy

log = logging.getLogger("signpost.console")

SIGN_IN = f"{HOME}/sign-in"
SECOND = f"{SIGN_IN}/second"
POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
"""No inline script or style, nothing from elsewhere."""
FILE_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Not no-referrer: with that a browser says of its own forms that they come from nowhere.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


class _Stopped(Exception):
    """The guard lets nobody in: the status, and which sentence of stopped.html."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


async def guarded(row: ConsoleRow, request: Request) -> Response:
    """The answer of the row's handler, if all that the row demands is there."""
    desk = desk_of(request)
    signed_in: StaffSignedIn | None = None
    try:
        if row.unsafe and not csrf.from_here(request, desk.settings.public_url):
            raise _Stopped(403, "elsewhere")
        signed_in = await _signed_in(row, request, desk)
        refused = _refused(row, request, desk, signed_in)
        if refused is not None:
            return _dressed(refused)
        visit = await _visit(row, request, desk, signed_in)
        response = await row.handler(visit)
        if visit.new_form_cookie is not None:
            _keep_form_cookie(response, request, desk, visit.new_form_cookie)
    except _Stopped as stopped:
        response = stopped_page(request, desk, signed_in, stopped.status, stopped.why)
    except NotHere:
        response = stopped_page(request, desk, signed_in, 404, "missing")
    except BodyWrong as wrong:
        why = "large" if wrong.status == 413 else "form"
        response = stopped_page(request, desk, signed_in, wrong.status, why)
    except StoreBusy:
        response = stopped_page(request, desk, signed_in, 503, "busy")
        response.headers["Retry-After"] = str(math.ceil(desk.settings.store_wait_s))
    except HTTPException:
        raise
    except Exception as problem:
        # A traceback can quote what somebody wrote, so it must not reach the server's log.
        log.error("a page of the console broke off: %s", where_it_broke(problem))
        response = stopped_page(request, desk, signed_in, 500, "broken")
    return _dressed(response)


async def _signed_in(row: ConsoleRow, request: Request, desk: ConsoleDesk) -> StaffSignedIn | None:
    """Who the cookie signs in at this school; its use is noted unless a script asks."""
    cookie = request.cookies.get(cookie_name(secure=desk.secure(request)))
    if not cookie:
        return None
    now, idle = desk.clock(), desk.settings.staff_idle_minutes
    found = await desk.store.read(find_session, desk.sealing, cookie, now, idle_minutes=idle)
    if found is None or found.staff.school_id != desk.school_id:
        return None
    if not row.background and found.second_at is not None and found.to_be_noted(now):
        # A page is not kept from somebody because noting its use has to wait.
        with contextlib.suppress(StoreBusy):
            await desk.store.write(note_use, found, now)
    return found


def _refused(
    row: ConsoleRow, request: Request, desk: ConsoleDesk, signed_in: StaffSignedIn | None
) -> Response | None:
    """Where to go instead, or None to go on. Raises _Stopped."""
    if row.permission is None:
        return None
    if signed_in is None or signed_in.second_at is None:
        if row.background or _wants_data(request):
            raise _Stopped(401, "signed-out")
        to = SIGN_IN if signed_in is None else SECOND
        # The path alone: a query may hold what somebody searched for.
        back = f"?to={quote(request.url.path)}" if request.method in ("GET", "HEAD") else ""
        return RedirectResponse(to if request.url.path == HOME else f"{to}{back}", 303)
    if not may(signed_in.staff, row.permission, day_in_england(desk.clock())):
        raise _Stopped(403, "not-yours")
    return None


async def _visit(
    row: ConsoleRow, request: Request, desk: ConsoleDesk, signed_in: StaffSignedIn | None
) -> Visit:
    """The visit, with the token of its forms and the form that came, checked. Raises _Stopped."""
    fresh = None
    if signed_in is not None:
        bound_to = signed_in.session_hash
    else:
        bound_to = request.cookies.get(csrf.FORM_COOKIE, "")[:128]
        if not bound_to:
            fresh = bound_to = csrf.new_secret()
    expected = csrf.token_for(desk.form_key, bound_to)
    form: FormData = FormData()
    body: dict[str, Any] = {}
    if row.unsafe:
        content = await read_body(request, row.most_bytes)
        if media_type(request) == "application/json":
            given = request.headers.get(csrf.HEADER)
            body = json_in(content)
        else:
            form = await form_in(request.headers, content, row.files)
            field = form.get(csrf.FIELD)
            given = field if isinstance(field, str) else None
        if fresh is not None or not csrf.is_right(given, expected):
            raise _Stopped(403, "old-form")
    return Visit(request, row, desk, signed_in, expected, desk.clock(), form, body, fresh)


def _keep_form_cookie(response: Response, request: Request, desk: ConsoleDesk, value: str) -> None:
    response.set_cookie(
        csrf.FORM_COOKIE,
        value,
        path=HOME,
        secure=desk.secure(request),
        httponly=True,
        samesite="strict",
    )


def _wants_data(request: Request) -> bool:
    """Whether a script asks, which has no use for a page."""
    accept = request.headers.get("accept", "")
    return accept.startswith(("application/json", "text/event-stream")) or (
        media_type(request) == "application/json"
    )


def stopped_page(
    request: Request,
    desk: ConsoleDesk,
    signed_in: StaffSignedIn | None,
    status: int,
    why: str,
) -> Response:
    """Why it goes no further, in a sentence, with a way on; for a script as JSON."""
    if _wants_data(request):
        return Response(f'{{"why":"{why}"}}', status, media_type="application/json")
    day = day_in_england(desk.clock())
    shown = shown_to(request, None, desk, signed_in, day)
    token = csrf.token_for(desk.form_key, signed_in.session_hash) if signed_in else ""
    values = {**shown, "why": why, "notice": None, "csrf": token, "now": desk.clock()}
    return HTMLResponse(desk.pages.render("stopped.html", values), status)


def _dressed(response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers[name] = value
    page = response.headers.get("content-type", "").startswith("text/html")
    response.headers["Content-Security-Policy"] = POLICY if page else FILE_POLICY
    return response


# ---- the routes of the application


def console_routes(
    files: Callable[[Request], Awaitable[Response]], rows: Iterable[ConsoleRow] | None = None
) -> list[Route]:
    """One route for each path, the console's own files, and a page for what is not there."""
    by_path: dict[str, dict[str, ConsoleRow]] = {}
    for row in routes.table() if rows is None else rows:
        by_path.setdefault(row.path, {})[row.method] = row
    return [
        Route(f"{HOME}/static/{{name:path}}", files, methods=["GET"]),
        # Fixed paths first, so that none is taken for a name in another.
        *(
            Route(path, _dispatch(listed), methods=[*listed])
            for path, listed in sorted(by_path.items(), key=lambda one: "{" in one[0])
        ),
        Route(f"{HOME}/{{rest:path}}", _missing, methods=["GET", "POST"]),
    ]


def _dispatch(rows: dict[str, ConsoleRow]) -> Callable[[Request], Awaitable[Response]]:
    async def handle(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        if method not in rows:
            raise HTTPException(405, headers={"Allow": ", ".join(rows)})
        return await guarded(rows[method], request)

    return handle


async def _nothing(visit: Visit) -> Response:
    raise NotHere


_MISSING = ConsoleRow("GET", f"{HOME}/{{rest:path}}", "own_account", _nothing, "missing")


async def _missing(request: Request) -> Response:
    """Who is not signed in learns nothing of which addresses there are."""
    return await guarded(_MISSING, request)
