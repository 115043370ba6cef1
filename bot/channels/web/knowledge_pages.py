"""The answers as pages, for anybody to look through without the chat. They have no script.

What is searched for stands in the address of the page only: it is neither kept nor logged.
"""

from datetime import date
from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from bot.channels.web.house import House, house_of
from knowledge.answers import Answer
from knowledge.readers import AUDIENCES

ENGLAND = ZoneInfo("Europe/London")
LONGEST_SEARCH = 200


async def show_all(request: Request) -> Response:
    """GET /knowledge: the answers by topic, or those with the words `q`, for the readers `for`."""
    house = house_of(request)
    said = request.query_params.get("q", "")[:LONGEST_SEARCH].strip()
    audience = request.query_params.get("for")
    audience = audience if audience in AUDIENCES else None
    return _page(
        house,
        "knowledge.html",
        said=said,
        audience=audience,
        audiences=AUDIENCES,
        files=house.shelf.files,
        found=house.shelf.search(said, audience) if said else [],
        topics=[] if said else house.shelf.topics(audience),
    )


async def show_one(request: Request) -> Response:
    """GET /knowledge/{answer}: one answer as it reads today, with all that stands behind it."""
    house = house_of(request)
    shelf, today = house.shelf, _today(house)
    try:
        answer = shelf[request.path_params["answer"]]
    except KeyError:
        return _page(house, "knowledge_missing.html", status=404)
    texts = [shelf.answers.message(answer.id, today)]
    if answer.more:
        texts.append(shelf.answers.message(answer.id, today, more=True))
    sources = {source["link"]: source for text in reversed(texts) for source in text["sources"]}
    return _page(
        house,
        "knowledge_answer.html",
        answer=answer,
        topic=shelf.title(answer.intent),
        text=texts[0]["text"],
        more=texts[1]["text"] if answer.more else "",
        sources=list(sources.values()),
        values=[shelf.answers.facts.on(fact_id, today) for fact_id in answer.facts],
        others=[other for other in shelf.files(answer.subject) if other is not answer],
        following=_following(house, answer),
    )


def _following(house: House, answer: Answer) -> list[Answer]:
    """The answers that people ask for next, for the same readers where there is a choice."""
    found = []
    for name in answer.next:
        files = house.shelf.files(name)
        same = [other for other in files if set(other.audiences) <= set(answer.audiences)]
        found += (same or files)[:1]
    return found


def _today(house: House) -> date:
    return house.gateway.desk.clock().astimezone(ENGLAND).date()


def _page(house: House, template: str, status: int = 200, **values: Any) -> Response:
    html = house.pages.get_template(template).render(
        school={"name": house.settings.school_name}, **values
    )
    return HTMLResponse(html, status, {"Cache-Control": "no-store"})
