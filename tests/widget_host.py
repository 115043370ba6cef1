"""A school's web site on an origin of its own, with the chat on its pages, over a real socket."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType

PAGE = """<!doctype html>
<html lang="en-GB">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width, initial-scale=1">
  <title>Oakfield School</title>
  <link rel="stylesheet" href="/site.css">
  <link rel="icon" href="data:,">
  {script}
</head>
<body>
  <main>
    <h1>Oakfield School</h1>
    <p>Term starts on 4 September. <a href="/news">Read the news</a>.</p>
    {element}
  </main>
</body>
</html>
"""

# Rules that would break any chat's layout if the shadow root let them in.
STYLE = "body { color: #222; background: #fff } button { all: unset; color: red } p { margin: 9em }"


class HostSite:
    """Serves `/` (the one script line), `/element` (the element by hand), `/inline` (the chat as
    part of the page), and `/cy…` (the chat in Welsh) until closed.

    `gateway` is the origin that its pages load the chat from; set it before a page is fetched.
    The content security policy allows that origin's scripts and requests, and nothing inline.
    """

    def __init__(self) -> None:
        self.gateway = ""
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, format: str, *args: object) -> None:
                """Keep the test's output clean."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)

    def __enter__(self) -> HostSite:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    @property
    def policy(self) -> str:
        """The strict policy of the pages."""
        return (
            f"default-src 'none'; script-src {self.gateway}; connect-src {self.gateway}; "
            "style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; "
            "frame-ancestors 'none'"
        )

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        pages = {
            "/": self._page(""),
            "/element": self._page("<signpost-chat></signpost-chat>"),
            "/inline": self._page("<signpost-chat data-open></signpost-chat>"),
            "/cy": self._page("").replace(" defer", ' defer data-lang="cy"'),
            "/cy/element": self._page('<signpost-chat lang="cy"></signpost-chat>'),
            "/cy/page": self._page("").replace(' lang="en-GB"', ' lang="cy-GB"'),
        }
        if request.path == "/site.css":
            status, kind, body = 200, "text/css", STYLE
        elif request.path in pages:
            status, kind, body = 200, "text/html; charset=utf-8", pages[request.path]
        else:
            status, kind, body = 404, "text/plain", "not found"
        content = body.encode()
        request.send_response(status)
        request.send_header("Content-Type", kind)
        request.send_header("Content-Length", str(len(content)))
        request.send_header("Content-Security-Policy", self.policy)
        request.end_headers()
        request.wfile.write(content)

    def _page(self, element: str) -> str:
        school = "" if element else ' data-school="default"'
        script = f'<script src="{self.gateway}/widget/signpost.js" defer{school}></script>'
        return PAGE.format(script=script, element=element)
