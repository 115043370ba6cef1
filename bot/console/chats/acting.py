"""What staff do in a chat: take it, write, pass on, hand back, put off, close, note, tag."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.advisers.opening_hours import ENGLAND, hours_of
from bot.console.chats.chat import row_of, show_with
from bot.console.chats.showing import notice
from bot.console.visit import NotHere, Visit
from bot.gateway.turn import Refused
from bot.records.audit.actors import Actor
from bot.records.handover.beside import TooLong, add_note, add_tag, remove_tag
from bot.records.handover.queue import CHATTING
from bot.records.handover.rows import (
    AlreadyTaken,
    NoSuchChat,
    NotAgreed,
    NothingAsked,
    NotYours,
)
from bot.records.handover.states import NotNow
from bot.records.sealing import Sealing
from bot.records.staff import find_staff, title_of

_SNOOZES = {"hour": timedelta(hours=1), "day": None, "week": timedelta(days=7)}
Act = Callable[[Visit], Awaitable[Response]]


def place(chat_id: str) -> str:
    """The address of a conversation's page."""
    return f"/console/chats/{chat_id}"


def told(work: Act) -> Act:
    """The act; where it cannot be done the page says why, in words."""

    @wraps(work)
    async def handle(visit: Visit) -> Response:
        here = place(visit.named("chat"))
        try:
            return await work(visit)
        except AlreadyTaken as problem:
            return visit.seen(here, notice("taken", name=problem.name))
        except NotAgreed:
            return visit.seen(here, notice("not_agreed"))
        except NotYours:
            return visit.seen(here, notice("not_yours"))
        except (NotNow, NothingAsked):
            return visit.seen(here, notice("not_now"))
        except NoSuchChat:
            raise NotHere from None

    return handle


def _where(visit: Visit) -> tuple[int, str, Actor]:
    return visit.desk.school_id, visit.named("chat"), visit.actor


@told
async def claim(visit: Visit) -> Response:
    """POST …/claim."""
    await visit.desk.gateway.persons.claim(*_where(visit), visit.title)
    return visit.seen(place(visit.named("chat")), notice("claimed"))


@told
async def write_line(visit: Visit) -> Response:
    """POST …/lines: a line to the reader, from the form or from the script (JSON)."""
    text, once = visit.typed("text"), visit.typed("once")
    by_script = bool(visit.body)
    if by_script:
        text, once = str(visit.body.get("text", "")), str(visit.body.get("once", ""))
    school_id, chat_id, actor = _where(visit)
    if not once or len(once) > 40:
        raise NotHere
    try:
        entry = await visit.desk.gateway.persons.say(
            school_id,
            chat_id,
            staff_id=visit.who.id,
            name=actor.name,
            role=visit.title,
            text=text,
            once=once,
        )
    except Refused as refused:
        why = notice("line_empty" if refused.kind == "empty" else "line_long")
        if by_script:
            return visit.json({"why": why}, 422)
        return await show_with(visit, {"text": text}, {"text": why}, 422)
    except NotYours:
        if by_script:
            return visit.json({"why": notice("not_yours")}, 409)
        raise
    if by_script:
        return visit.json({"seq": entry.seq})
    return visit.seen(f"{place(chat_id)}?sent={entry.seq}")


@told
async def pass_on(visit: Visit) -> Response:
    """POST …/pass: to the colleague in `to`, or without one back to the queue."""
    persons, to = visit.desk.gateway.persons, visit.typed("to")
    if not to:
        await persons.pass_on(*_where(visit))
        return visit.seen("/console/queue", notice("put_back"))
    found = await visit.read(find_staff, to)
    if found is None or found.has_left(visit.today) or not found.roles & set(CHATTING):
        raise NotHere
    name = found.details.name
    role = title_of(found, visit.today)
    await persons.pass_on(*_where(visit), to=Actor("staff", found.id, name), role=role)
    return visit.seen("/console/queue", notice("passed", name=name))


@told
async def hand_back(visit: Visit) -> Response:
    """POST …/back."""
    await visit.desk.gateway.persons.hand_back(*_where(visit))
    return visit.seen("/console/queue", notice("handed_back"))


@told
async def close(visit: Visit) -> Response:
    """POST …/close."""
    await visit.desk.gateway.persons.close(*_where(visit))
    return visit.seen("/console/queue", notice("closed"))


@told
async def snooze(visit: Visit) -> Response:
    """POST …/snooze: for an hour, to the next opening, for a week, or until a moment."""
    until = await _until(visit)
    if until is None or until <= visit.now:
        raise NotHere
    await visit.desk.gateway.persons.snooze(*_where(visit), until)
    return visit.seen("/console/queue", notice("snoozed"))


async def _until(visit: Visit) -> datetime | None:
    wanted, at = visit.typed("until"), visit.typed("at")
    if at:
        try:
            return datetime.fromisoformat(at).replace(tzinfo=ENGLAND)
        except ValueError:
            return None
    if wanted == "day":
        hours = await visit.desk.store.read(hours_of, visit.desk.school_id)
        return hours.next_opening(visit.now)
    after = _SNOOZES.get(wanted)
    return None if after is None else visit.now + after


@told
async def wake(visit: Visit) -> Response:
    """POST …/wake."""
    await visit.desk.gateway.persons.wake(*_where(visit))
    return visit.seen(place(visit.named("chat")), notice("woken"))


@told
async def write_note(visit: Visit) -> Response:
    """POST …/notes: a private note."""
    row = await row_of(visit)
    return await _beside(visit, _note, row.handover.conversation_id, visit.typed("note"), "noted")


@told
async def tag(visit: Visit) -> Response:
    """POST …/tags: give a tag, or take the one in `remove` off."""
    row = await row_of(visit)
    chat_id, remove = row.handover.conversation_id, visit.typed("remove")
    work: Any = _untag if remove else _tag
    return await _beside(visit, work, chat_id, remove or visit.typed("tag"), "tagged")


async def _beside(visit: Visit, work: Any, chat_id: str, text: str, said: str) -> Response:
    try:
        await visit.write(work, visit, chat_id, text)
    except TooLong:
        return visit.seen(place(chat_id), notice("too_long"))
    return visit.seen(place(chat_id), notice(said))


def _note(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, chat_id: str, text: str
) -> None:
    add_note(
        connection, sealing, school_id, chat_id, staff_id=visit.who.id, text=text, now=visit.now
    )
    visit.audit(connection, "chat note written", "conversation", chat_id)


def _tag(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, chat_id: str, text: str
) -> None:
    add_tag(connection, school_id, chat_id, text, visit.now)
    visit.audit(connection, "chat tagged", "conversation", chat_id)


def _untag(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, chat_id: str, text: str
) -> None:
    remove_tag(connection, school_id, chat_id, text)
    visit.audit(connection, "chat tagged", "conversation", chat_id)
