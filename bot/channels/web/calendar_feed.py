"""The calendar of an adviser's meetings, at an address that only the adviser knows."""

from starlette.requests import Request
from starlette.responses import Response

from bot.advisers.meetings.feeds import feed_at
from bot.advisers.meetings.notices import Notices
from bot.channels.web.house import house_of
from bot.channels.web.problems import ProblemFound


async def show(request: Request) -> Response:
    """GET /calendar/{staff}/{token}.ics: when and where the meetings are, with nobody's name."""
    house = house_of(request)
    wait_s = house.link_pages.take(house.address_of(request))
    if wait_s is not None:
        raise ProblemFound("too-many-chats", retry_after_s=wait_s)
    content = await house.store.read(
        feed_at,
        house.sealing,
        house.school_id,
        request.path_params["staff"],
        request.path_params["token"].removesuffix(".ics"),
        Notices.of(house.settings),
        house.gateway.desk.clock(),
    )
    if content is None:
        raise ProblemFound("not-found")
    return Response(content, 200, {"Cache-Control": "no-store"}, "text/calendar; charset=utf-8")
