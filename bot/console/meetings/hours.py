"""One's own hours: when one gives meetings, when one is away, and the calendar's address."""

from typing import Any

from sqlalchemy import Connection
from sqlalchemy.exc import IntegrityError
from starlette.responses import Response

from bot.advisers.meetings.feeds import close_feed, has_feed, open_feed, path_of
from bot.console.meetings.showing import (
    ALL,
    day_typed,
    moment_typed,
    number_typed,
    time_typed,
    words,
)
from bot.console.visit import Visit
from bot.records.meetings.hours import (
    LONGEST_ROOM,
    absences_of,
    add_absence,
    add_hours,
    delete_absence,
    delete_hours,
    hours_of,
)
from bot.records.models import MEETING_KINDS
from bot.records.sealing import Sealing

_PAGE = f"{ALL}/hours"


async def show(visit: Visit, made: str | None = None) -> Response:
    """GET /console/meetings/hours: hours, absences, and whether there is a calendar's address."""
    found = await visit.read(_own, visit)
    return visit.page(
        "meetings/hours.html",
        words=words(),
        weekdays=[(str(number), name) for number, name in enumerate(words()["weekdays"])],
        kinds=[(one, words()["kinds"][one]) for one in MEETING_KINDS],
        longest_room=LONGEST_ROOM,
        given={"kind": "guidance"},
        wrong={},
        made=made,
        **found,
    )


def _own(connection: Connection, sealing: Sealing, school_id: int, visit: Visit) -> dict[str, Any]:
    own = visit.who.id
    return {
        "hours": hours_of(connection, school_id, own),
        "absences": absences_of(connection, school_id, own, visit.now),
        "has_feed": has_feed(connection, school_id, own),
    }


async def add(visit: Visit) -> Response:
    """POST /console/meetings/hours: hours of a weekday, from and to a day where given."""
    weekday = number_typed(str(_plus_one(visit.typed("weekday"))), 7)
    begins, ends = time_typed(visit.typed("begins")), time_typed(visit.typed("ends"))
    room = " ".join(visit.typed("room").split())
    days = {name: visit.typed(name) for name in ("first_on", "last_on")}
    typed = {name: day_typed(text) if text else None for name, text in days.items()}
    badly = any(text and typed[name] is None for name, text in days.items())
    kind = visit.typed("kind")
    if (
        weekday is None or begins is None or ends is None or begins >= ends or badly
        or kind not in MEETING_KINDS or len(room) > LONGEST_ROOM
    ):  # fmt: skip
        return visit.seen(_PAGE, words()["refused"]["wrong"])
    await visit.write(
        _add, visit, weekday=weekday - 1, begins=begins, ends=ends, kind=kind, room=room or None,
        **typed,
    )  # fmt: skip
    return visit.seen(_PAGE, words()["done"]["hours_added"])


def _plus_one(text: str) -> int:
    return int(text) + 1 if text.isascii() and text.isdigit() and len(text) < 3 else 0


def _add(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, **hours: Any
) -> None:
    add_hours(connection, school_id, visit.who.id, **hours)
    told = {name: None if value is None else str(value) for name, value in hours.items()}
    visit.audit(connection, "hours changed", "staff", visit.who.id, after=told)


async def remove(visit: Visit) -> Response:
    """POST /console/meetings/hours/remove: take one's hours out."""
    number = number_typed(visit.typed("id"), 10**9)
    if number is not None:
        await visit.write(_gone, visit, delete_hours, number, "hours changed")
    return visit.seen(_PAGE, words()["done"]["hours_gone"])


def _gone(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    work: Any,
    number: int,
    action: str,
) -> None:
    if work(connection, school_id, visit.who.id, number):
        visit.audit(connection, action, "staff", visit.who.id, before={"id": number})


async def go_away(visit: Visit) -> Response:
    """POST /console/meetings/hours/away: away from then to then."""
    begins_at = moment_typed(visit, "from_day", "from_time")
    ends_at = moment_typed(visit, "to_day", "to_time")
    if begins_at is None or ends_at is None or begins_at >= ends_at:
        return visit.seen(_PAGE, words()["refused"]["wrong"])
    try:
        await visit.write(_away, visit, begins_at, ends_at)
    except IntegrityError:
        return visit.seen(_PAGE, words()["refused"]["wrong"])
    return visit.seen(_PAGE, words()["done"]["away"])


def _away(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    begins_at: Any,
    ends_at: Any,
) -> None:
    add_absence(connection, school_id, visit.who.id, begins_at, ends_at)
    after = {"from": begins_at.isoformat(), "to": ends_at.isoformat()}
    visit.audit(connection, "absence changed", "staff", visit.who.id, after=after)


async def come_back(visit: Visit) -> Response:
    """POST /console/meetings/hours/back: there after all."""
    number = number_typed(visit.typed("id"), 10**9)
    if number is not None:
        await visit.write(_gone, visit, delete_absence, number, "absence changed")
    return visit.seen(_PAGE, words()["done"]["there"])


async def make_feed(visit: Visit) -> Response:
    """POST /console/meetings/hours/feed: a new address, shown this once; older ones are closed."""
    token = await visit.write(open_feed, visit.who.id, actor=visit.actor, now=visit.now)
    base = visit.desk.settings.public_url or str(visit.request.base_url).rstrip("/")
    return await show(visit, f"{base}{path_of(visit.who.id, token)}")


async def close(visit: Visit) -> Response:
    """POST /console/meetings/hours/feed/close: let the address open nothing."""
    await visit.write(close_feed, visit.who.id, actor=visit.actor, now=visit.now)
    return visit.seen(_PAGE, words()["done"]["feed_closed"])
