"""Around every response: security headers outside, and nothing of an error's words."""

import logging
from collections.abc import Awaitable, Callable

from starlette.datastructures import MutableHeaders
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.channels.web.problems import Problems
from bot.channels.web.tongues import Tongues
from bot.gateway.plain_log import where_it_broke

log = logging.getLogger("signpost.web")

PAGE_POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "connect-src 'self'",
        "img-src 'self' data:",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
LINKS = "/destination/"
CONSOLE = "/console"
"""Its own guard sets a stricter policy on its answers."""
# Sandboxed too: what somebody has uploaded can do nothing, even where a browser would open it.
_DATA_POLICY = "default-src 'none'; frame-ancestors 'none'; sandbox"
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class Shell:
    """Outermost middleware: sets headers on every response and turns what breaks into a problem."""

    def __init__(self, app: ASGIApp, problems: Problems, tongues: Tongues) -> None:
        self._app = app
        self._problems = problems
        self._tongues = tongues

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        dressed = _Dressed(scope["path"], send)
        try:
            await self._app(scope, receive, dressed)
        except Exception as problem:
            # A traceback can quote what a reader wrote, so it must not reach the server's log.
            log.error("a request broke off: %s", where_it_broke(problem))
            if not dressed.begun:
                tongue = self._tongues.of(HTTPConnection(scope))
                response = self._problems.response("failed", tongue=tongue)
                await response(scope, receive, dressed)


class _Dressed:
    def __init__(self, path: str, send: Callable[[Message], Awaitable[None]]) -> None:
        self._path = path
        self._send = send
        self.begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.begun = True
            headers = MutableHeaders(scope=message)
            for name, value in _HEADERS.items():
                headers[name] = value
            if self._path.startswith(LINKS):
                # The path is a credential there: no page that is gone on to may learn it.
                headers["Referrer-Policy"] = "no-referrer"
            page = headers.get("content-type", "").startswith("text/html")
            if not (self._path.startswith(CONSOLE) and "content-security-policy" in headers):
                headers["Content-Security-Policy"] = PAGE_POLICY if page else _DATA_POLICY
            # Pages of the school embed the widget's files, and nothing else.
            shared = self._path.startswith("/widget/")
            headers["Cross-Origin-Resource-Policy"] = "cross-origin" if shared else "same-origin"
        await self._send(message)
