"""Looking for words in the chats that were passed on. What is looked for stands in no address."""

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.chats.showing import mistake
from bot.console.visit import Visit
from bot.records.handover.transcripts import LONGEST_SEARCH, Search, search
from bot.records.sealing import Sealing

FEWEST_LETTERS = 2


async def show(visit: Visit) -> Response:
    """GET /console/chats: the form."""
    return _page(visit, "", None)


async def look(visit: Visit) -> Response:
    """POST /console/chats: what was found, audited without the words."""
    typed = visit.typed("words")[:LONGEST_SEARCH]
    if len(typed) < FEWEST_LETTERS:
        return _page(visit, typed, None, {"words": mistake("words")})
    return _page(visit, typed, await visit.write(_search, visit, typed))


def _search(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, typed: str
) -> Search:
    found = search(connection, sealing, school_id, typed, now=visit.now)
    visit.audit(connection, "chats searched", "school", None, after={"found": len(found.found)})
    return found


def _page(
    visit: Visit, typed: str, found: Search | None, wrong: dict[str, str] | None = None
) -> Response:
    return visit.page(
        "chats/search.html",
        422 if wrong else 200,
        given={"words": typed},
        wrong=wrong or {},
        found=found,
    )
