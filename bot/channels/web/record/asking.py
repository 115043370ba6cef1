"""What all pages of the record share: whose it is, how it is read and written, how it is shown."""

from collections.abc import Awaitable, Callable
from datetime import date
from functools import cache, partial
from typing import Any, TypeVar
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web.house import House, house_of
from bot.channels.web.origins import same_origin
from bot.channels.web.problems import ProblemFound
from bot.identity.sessions import Session
from bot.records.guidance.attachments import NoAttachment
from bot.records.guidance.labels import labels
from bot.records.guidance.lines import (
    ENGLAND,
    NoLine,
    NotTheirs,
    RecordLineRow,
    day_in_england,
    line_of,
)
from knowledge.facts import day_told
from knowledge.wording import Wording

PupilHandler = Callable[[Request, House, Session], Awaitable[Response]]
_R = TypeVar("_R")


def for_pupil(handler: PupilHandler) -> Callable[[Request], Awaitable[Response]]:
    """The handler with the pupil's session; who is not signed in is sent to do so.

    A form from a page of another origin is refused.
    """

    async def handle(request: Request) -> Response:
        house = house_of(request)
        if request.method == "POST" and not same_origin(request):
            raise ProblemFound("other-origin")
        session = await house.signed_in(request)
        if session is None:
            return see("/sign-in")
        try:
            return await handler(request, house, session)
        except (NoLine, NotTheirs, NoAttachment):
            return page(house, "record_missing.html", 404)

    handle.__doc__ = handler.__doc__
    return handle


async def read(
    house: House, session: Session, work: Callable[..., _R], *args: Any, **more: Any
) -> _R:
    """What a data-access function finds of the pupil. Raises StoreBusy and what `work` raises."""
    whose = (house.sealing, session.school_id, session.pupil_id)
    return await house.store.read(partial(work, **more), *whose, *args)


async def write(
    house: House, session: Session, work: Callable[..., _R], *args: Any, **more: Any
) -> _R:
    """Have a data-access function change something of the pupil's, now. Raises as `read`."""
    whose = (house.sealing, session.school_id, session.pupil_id)
    return await house.store.write(partial(work, now=now(house), **more), *whose, *args)


def now(house: House) -> Any:
    """The moment, in UTC."""
    return house.gateway.desk.clock()


def today(house: House) -> date:
    """The day in England."""
    return day_in_england(now(house))


async def line_asked(request: Request, house: House, session: Session) -> RecordLineRow:
    """The pupil's line that the path names. Raises NoLine."""
    return await read(house, session, line_of, request.path_params["line"])


def tidy(text: str) -> str:
    """What was typed, with the ends of lines as everywhere: a form sends them its own way."""
    return text.replace("\r\n", "\n").strip()


def page(house: House, template: str, status: int = 200, **values: Any) -> Response:
    """A page of the record, which no browser keeps."""
    html = house.pages.get_template(template).render(
        school={"name": house.settings.school_name},
        day_of=day_in_england,
        told_day=_told_day,
        told_time=lambda moment: moment.astimezone(ENGLAND).strftime("%H:%M"),
        labels=labels(),
        **values,
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})


def _told_day(iso: str) -> str:
    """A day out of a line's source as it is read."""
    return day_told(date.fromisoformat(iso))


def see(address: str) -> Response:
    """To another page, once a form is dealt with."""
    return RedirectResponse(address, 303, {"Cache-Control": "no-store"})


def back(line_id: str) -> Response:
    """To a line on the page of the record."""
    return see(f"/record#{line_id}")


def file(content: bytes, media_type: str, name: str) -> Response:
    """A file to keep; a name without quotation marks, in any script."""
    disposition = f'attachment; filename="{name.encode("ascii", "replace").decode()}"'
    if not name.isascii():
        disposition = f"{disposition.replace('?', '_')}; filename*=UTF-8''{quote(name, safe='')}"
    headers = {"Cache-Control": "no-store", "Content-Disposition": disposition}
    return Response(content, 200, headers, media_type)


@cache
def wording() -> Wording:
    """The sentences and tables of knowledge/wording."""
    return Wording.load()
