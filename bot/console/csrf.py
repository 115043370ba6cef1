"""Whether a form is one of ours: a token bound to the session, and where the request came from."""

import hashlib
import hmac
import secrets

from starlette.requests import Request

FIELD = "csrf"
HEADER = "x-csrf-token"
FORM_COOKIE = "signpost_console_form"
"""What the token of a form is bound to before anybody is signed in."""
_LONGEST = 128


def new_secret() -> str:
    """What a browser without a session keeps in FORM_COOKIE."""
    return secrets.token_urlsafe(24)


def token_for(key: str, bound_to: str) -> str:
    """The token of every form shown in that session (its hash), or with that FORM_COOKIE."""
    return hmac.new(key.encode(), f"console form\0{bound_to}".encode(), hashlib.sha256).hexdigest()


def is_right(given: str | None, expected: str) -> bool:
    """Whether the token is the one expected; in the same time whatever it is."""
    if not given or len(given) > _LONGEST:
        return False
    return hmac.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())


def from_here(request: Request, public_url: str) -> bool:
    """Whether a page of this very origin sent the request.

    A browser says so with Sec-Fetch-Site, and with Origin on every request that may change
    something; one that says neither is refused.
    """
    site = request.headers.get("sec-fetch-site")
    if site is not None and site != "same-origin":
        return False
    origin = request.headers.get("origin")
    if origin is None:
        return site is not None
    here = {f"{request.url.scheme}://{request.url.netloc}", public_url.rstrip("/")}
    return origin in here - {""}
