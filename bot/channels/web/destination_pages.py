"""The page on which a leaver says where they are, with a link from the school and no account.

It names nobody and asks for nothing to prove who answers. A month of birth would be one of twelve
guesses, is not held of everybody, and would keep away leavers who have done nothing wrong; whoever
else comes by a link can read nothing with it, and what they may answer the school can withdraw.
The link stands in the path: no page of this room sends it on, is indexed or kept by a browser.
"""

from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from bot.channels.web.bodies import form_body
from bot.channels.web.house import House, house_of
from bot.channels.web.shell import LINKS
from bot.identity.tokens import TokenWrong
from bot.records.guidance.bodies import LONGEST_WORDS
from bot.records.guidance.destinations import ACTUAL
from bot.records.guidance.invitations import Opened, answer_link, open_link
from bot.records.guidance.labels import labels
from bot.records.store import StoreBusy

if TYPE_CHECKING:
    from bot.channels.web.routes import RouteRow

LASTED = {"yes": True, "going": None, "no": False}
"""What the answers about six months mean: lasted, not known yet, ended before."""
_WORDS = ("place", "course")
_STATUS = {"unknown": 404, "expired": 410, "withdrawn": 410, "wait": 429, "busy": 503}
_TRY_AGAIN_S = 2


def destination_rows() -> tuple["RouteRow", ...]:
    """The routes of these pages, for whoever has a link."""
    # Here, because the table of routes is made from this module among others.
    from bot.channels.web.routes import Access, RouteRow

    one = f"{LINKS}{{token}}"
    return (
        RouteRow("GET", one, Access.LEAVER, show),
        RouteRow("POST", one, Access.LEAVER, send),
    )


async def show(request: Request) -> Response:
    """GET /destination/{token}: the question; with `answered` the thanks. It changes nothing."""
    house = house_of(request)
    try:
        opened = await _opened(request, house)
    except _Closed as closed:
        return closed.page(house)
    if "answered" in request.query_params and opened.invitation.answered_at is not None:
        return _page(house, "destination_thanks.html", opened)
    return _form(house, opened, {}, {})


async def send(request: Request) -> Response:
    """POST /destination/{token}: keep the answer, in place of an earlier one; then the thanks.

    From whatever page it comes: the link is what it takes, and no cookie goes along.
    """
    house = house_of(request)
    try:
        opened = await _opened(request, house)
        fields = await form_body(request)
        given = {name: fields.get(name, "").strip() for name in ("category", "lasted", *_WORDS)}
        wrong = _mistakes(given)
        if wrong:
            return _form(house, opened, given, wrong)
        done = await house.store.write(
            answer_link,
            house.sealing,
            house.school_id,
            _hash(request, house),
            category=given["category"],
            place=given["place"] or None,
            course=given["course"] or None,
            sustained=LASTED.get(given["lasted"]),
            now=house.gateway.desk.clock(),
        )
        if done is None:
            raise _Closed("expired")
    except StoreBusy:
        return _Closed("busy", wait_s=_TRY_AGAIN_S).page(house)
    except _Closed as closed:
        return closed.page(house)
    response = RedirectResponse(f"{request.url.path}?answered=1", 303)
    return _private(response)


class _Closed(Exception):
    """The question cannot be shown; `why` is a key of _STATUS."""

    def __init__(self, why: str, *, wait_s: int | None = None) -> None:
        super().__init__(why)
        self.why = why
        self.wait_s = wait_s

    def page(self, house: House) -> Response:
        """One sentence about it."""
        response = _page(house, "destination_closed.html", None, _STATUS[self.why], why=self.why)
        if self.wait_s is not None:
            response.headers["Retry-After"] = str(self.wait_s)
        return response


async def _opened(request: Request, house: House) -> Opened:
    """What the link in the path opens. Raises _Closed."""
    wait_s = house.link_pages.take(house.address_of(request))
    if wait_s is not None:
        raise _Closed("wait", wait_s=wait_s)
    token_hash, now = _hash(request, house), house.gateway.desk.clock()
    try:
        opened = await house.store.read(open_link, house.sealing, house.school_id, token_hash, now)
    except StoreBusy:
        raise _Closed("busy", wait_s=_TRY_AGAIN_S) from None
    if opened is None:
        raise _Closed("unknown")
    if opened.invitation.withdrawn_at is not None:
        raise _Closed("withdrawn")
    if not opened.invitation.is_open(now):
        raise _Closed("expired")
    return opened


def _hash(request: Request, house: House) -> str:
    try:
        return house.destination_links.read(request.path_params["token"])
    except TokenWrong:
        raise _Closed("unknown") from None


def _mistakes(given: dict[str, str]) -> dict[str, str]:
    wrong = {name: "long" for name in _WORDS if len(given[name]) > LONGEST_WORDS}
    if given["category"] not in ACTUAL:
        wrong["category"] = "choose"
    return wrong


def _form(house: House, opened: Opened, given: dict[str, str], wrong: dict[str, str]) -> Response:
    """The question. What this link answered before is not shown to who has it now."""
    return _page(
        house,
        "destination.html",
        opened,
        422 if wrong else 200,
        given=given,
        wrong=wrong,
        categories=ACTUAL,
        lasted=tuple(LASTED),
        longest=LONGEST_WORDS,
        labels=labels(),
    )


def _page(
    house: House, template: str, opened: Opened | None, status: int = 200, **values: Any
) -> Response:
    if opened is not None:
        values |= {
            "invitation": opened.invitation,
            "asks_whether_it_lasted": opened.asks_whether_it_lasted,
            "last_day": opened.invitation.last_day,
        }
    html = house.pages.get_template(template).render(
        school={"name": house.settings.school_name}, **values
    )
    return _private(HTMLResponse(html, status))


def _private(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response
