"""Whose chat a conversation is: a pupil's opens to that pupil, signed in; a guest's to its token.

A pupil counts as signed in on pages of this origin only: a page that embeds the chat knows guests.
"""

from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.house import House, house_of
from bot.channels.web.origins import same_origin
from bot.channels.web.problems import ProblemFound
from bot.gateway.turn import HelpUnstored
from bot.identity.sessions import Session
from bot.records.sign_in import whose
from bot.records.store import StoreBusy

GUEST_COOKIE = "signpost_guest"
GUEST_PATH = "/chat/sign-in"
"""The one page that is shown the cookie: it asks a guest who signs in about the chat so far."""


def remember_guest(response: Response, request: Request, token: str) -> None:
    """Note which chat the widget has begun for a guest on a page of this origin."""
    response.set_cookie(
        GUEST_COOKIE,
        token,
        max_age=int(house_of(request).settings.token_max_age_hours * 3600),
        path=GUEST_PATH,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


def forget_guest(response: Response, request: Request) -> None:
    """Let go of the chat that the widget has begun."""
    response.delete_cookie(
        GUEST_COOKIE,
        path=GUEST_PATH,
        secure=request.url.scheme == "https",
        httponly=True,
        samesite="strict",
    )


async def pupil_here(request: Request, *, noted: bool = True) -> Session | None:
    """The pupil who is signed in and asks from a page of this origin, else None.

    Without `noted` the session is not in use by it. Raises StoreBusy.
    """
    return await house_of(request).signed_in(request, noted=noted) if same_origin(request) else None


async def opens(house: House, session: Session | None, conversation_id: str) -> bool:
    """Whether the conversation may be shown to that pupil, or to a guest (None)."""
    owner = await house.store.read(whose, conversation_id)
    if owner is None:
        return True
    return session is not None and (session.school_id, session.pupil_id) == owner


async def check_opens(request: Request, conversation_id: str, *, noted: bool = True) -> None:
    """Refuse a pupil's conversation to everybody else. Raises ProblemFound or StoreBusy."""
    house = house_of(request)
    if not await opens(house, await pupil_here(request, noted=noted), conversation_id):
        raise ProblemFound("signed-out")


async def check_takes(request: Request, conversation_id: str, text: str | None) -> None:
    """Refuse a message to a pupil's conversation from everybody else.

    A cry for help is answered whoever writes it: HelpUnstored takes the place of the refusal.
    Raises ProblemFound or StoreBusy otherwise.
    """
    try:
        await check_opens(request, conversation_id)
    except (ProblemFound, StoreBusy):
        message = house_of(request).gateway.help_for(text)
        if message is None:
            raise
        raise HelpUnstored(message) from None
