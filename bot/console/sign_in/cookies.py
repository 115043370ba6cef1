"""The cookies of staff: the session's, the device's, that of a link that was opened."""

from starlette.responses import Response

from bot.console.visit import Visit
from bot.identity.staff.invitations import OPEN_FOR
from bot.identity.staff.staff_sessions import (
    DEVICE_KNOWN_FOR,
    cookie_name,
    device_cookie_name,
)

FLOW_COOKIE = "signpost_staff_flow"
FLOW_PATH = "/console/sign-in"
JOINING_COOKIE = "signpost_staff_joining"
JOINING_PATH = "/console/join"


def remember_session(visit: Visit, response: Response, token: str) -> None:
    """Keep the session in the browser until it is closed; its end is kept in the store."""
    secure = visit.desk.secure(visit.request)
    response.set_cookie(
        cookie_name(secure=secure), token, path="/", secure=secure, httponly=True, samesite="lax"
    )


def has_session(visit: Visit) -> bool:
    """Whether the browser keeps a session, good or not."""
    return cookie_name(secure=visit.desk.secure(visit.request)) in visit.request.cookies


def forget_session(visit: Visit, response: Response) -> None:
    """Let go of the session."""
    secure = visit.desk.secure(visit.request)
    response.delete_cookie(
        cookie_name(secure=secure), path="/", secure=secure, httponly=True, samesite="lax"
    )


def device_of(visit: Visit) -> str | None:
    """What the browser is known by, if anybody of staff signed in with it."""
    secure = visit.desk.secure(visit.request)
    return visit.request.cookies.get(device_cookie_name(secure=secure)) or None


def remember_device(visit: Visit, response: Response, token: str) -> None:
    """Know the browser again for a year."""
    secure = visit.desk.secure(visit.request)
    response.set_cookie(
        device_cookie_name(secure=secure),
        token,
        max_age=int(DEVICE_KNOWN_FOR.total_seconds()),
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def remember_joining(visit: Visit, response: Response, token: str) -> None:
    """Keep that a link was opened."""
    response.set_cookie(
        JOINING_COOKIE,
        token,
        max_age=int(OPEN_FOR.total_seconds()),
        path=JOINING_PATH,
        secure=visit.desk.secure(visit.request),
        httponly=True,
        samesite="strict",
    )


def forget_joining(visit: Visit, response: Response) -> None:
    """Let go of the link: it is used up."""
    response.delete_cookie(
        JOINING_COOKIE,
        path=JOINING_PATH,
        secure=visit.desk.secure(visit.request),
        httponly=True,
        samesite="strict",
    )


def remember_flow(visit: Visit, response: Response, value: str) -> None:
    """Tie the browser to its own sign-in at a provider."""
    response.set_cookie(
        FLOW_COOKIE,
        value,
        path=FLOW_PATH,
        secure=visit.desk.secure(visit.request),
        httponly=True,
        samesite="lax",  # it has to come along when the provider sends the browser back
    )


def forget_flow(visit: Visit, response: Response) -> None:
    """The sign-in at the provider is over."""
    response.delete_cookie(
        FLOW_COOKIE,
        path=FLOW_PATH,
        secure=visit.desk.secure(visit.request),
        httponly=True,
        samesite="lax",
    )
