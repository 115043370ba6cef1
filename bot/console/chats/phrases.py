"""Ready phrases: kept for all of the school's staff, put into the field with one press."""

from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.chats.showing import mistake, notice
from bot.console.visit import Visit
from bot.records.handover.beside import (
    LONGEST_PHRASE,
    LONGEST_TITLE,
    delete_phrase,
    keep_phrase,
    phrases_of,
)
from bot.records.sealing import Sealing

PHRASES = "/console/phrases"


async def show(visit: Visit) -> Response:
    """GET /console/phrases: all of them, and the form for one more."""
    return await _page(visit, {}, {})


async def change(visit: Visit) -> Response:
    """POST /console/phrases: keep a phrase, or delete the one in `delete`."""
    gone = visit.typed("delete")
    if gone.isascii() and gone.isdigit() and len(gone) < 12:
        await visit.write(_delete, visit, int(gone))
        return visit.seen(PHRASES, notice("phrase_gone"))
    given = {"title": visit.typed("title"), "text": visit.typed("text")}
    wrong = {}
    if not 1 <= len(given["title"]) <= LONGEST_TITLE:
        wrong["title"] = mistake("title")
    if not 1 <= len(given["text"]) <= LONGEST_PHRASE:
        wrong["text"] = mistake("text")
    if wrong:
        return await _page(visit, given, wrong)
    await visit.write(_keep, visit, given)
    return visit.seen(PHRASES, notice("phrase_kept"))


async def _page(visit: Visit, given: dict[str, str], wrong: dict[str, str]) -> Response:
    return visit.page(
        "chats/phrases.html",
        422 if wrong else 200,
        phrases=await visit.read(phrases_of),
        given=given,
        wrong=wrong,
    )


def _keep(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, given: dict[str, Any]
) -> None:
    keep_phrase(connection, sealing, school_id, **given, now=visit.now)
    visit.audit(connection, "ready phrases changed", "school")


def _delete(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, phrase_id: int
) -> None:
    delete_phrase(connection, school_id, phrase_id)
    visit.audit(connection, "ready phrases changed", "school")
