"""The diary: the meetings to come and those that want something done, and booking one."""

from datetime import date, timedelta
from itertools import groupby
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.advisers.mail.outbox import count_mails
from bot.advisers.mail.telling import how_it_stands, is_set_up
from bot.advisers.meetings.booking import NotBooked, Wanted, book
from bot.advisers.meetings.finding import free_for
from bot.advisers.meetings.school_rules import rules_of
from bot.advisers.meetings.slots import key_of, slot_in
from bot.console.meetings.showing import (
    ALL,
    Shown,
    moment_typed,
    notices,
    number_typed,
    shown,
    words,
)
from bot.console.pages import MOST_ROWS
from bot.console.visit import NotHere, Visit
from bot.records.guidance.lines import ENGLAND
from bot.records.meetings.places import waiting_list
from bot.records.meetings.plans import follow_ups
from bot.records.meetings.rows import find_meeting, meetings_between
from bot.records.models import MEETING_KINDS
from bot.records.pupils import find_pupil
from bot.records.sealing import Sealing
from bot.records.staff import list_staff

_BACK, _AHEAD = timedelta(days=60), timedelta(days=60)
_FOLLOW_UP = timedelta(days=14)
_SLOTS_AHEAD = timedelta(days=21)


async def show(visit: Visit) -> Response:
    """GET /console/meetings: what is to come by day, and what is left to do of what has been."""
    everybody = visit.asked("whose") == "all"
    found = await visit.write(_diary, visit, None if everybody else visit.who.id)
    counts = await visit.desk.store.read(count_mails, visit.desk.school_id)
    coming, open_ones = found["coming"], found["open"]
    return visit.page(
        "meetings/agenda.html",
        days=[(day, list(listed)) for day, listed in groupby(coming, _day_of)],
        open_ones=open_ones,
        follow_up=found["follow_up"],
        waiting=found["waiting"],
        everybody=everybody,
        words=words(),
        mail=None if is_set_up(visit.desk.settings) else how_it_stands(
            visit.desk.settings, counts
        ),
    )  # fmt: skip


def _day_of(one: Shown) -> date:
    return one.begins.date()


def _diary(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, staff_id: str | None
) -> dict[str, Any]:
    whose = (connection, sealing, school_id)
    rows = meetings_between(*whose, visit.now - _BACK, visit.now + _AHEAD, staff_id=staff_id)
    coming = [row for row in rows if row.state == "booked" and row.ends_at > visit.now]
    # Held and not signed off, or past and nothing said of it: both want something done.
    left = [
        row
        for row in rows
        if row.ends_at <= visit.now
        and (row.state == "booked" or (row.state == "held" and row.pupil_id is not None))
    ]
    again = []
    for meeting_id, day in follow_ups(
        connection, school_id, visit.today - _FOLLOW_UP, visit.today + _FOLLOW_UP
    ):
        row = find_meeting(*whose, meeting_id)
        if staff_id in (None, row.staff_id):
            again.append((shown(*whose, row, visit.today), day))
    visit.audit(connection, "meetings viewed", "meetings")
    return {
        "coming": [shown(*whose, row, visit.today) for row in coming[:MOST_ROWS]],
        "open": [shown(*whose, row, visit.today) for row in left[:MOST_ROWS]],
        "follow_up": again[:MOST_ROWS],
        "waiting": len(waiting_list(*whose)),
    }


async def ask_new(visit: Visit) -> Response:
    """GET /console/meetings/new: the form, with free times of the pupil where one is named."""
    given = {
        "pupil": visit.asked("pupil")[:32],
        "staff": visit.who.id,
        "kind": "guidance",
        "day": visit.today.isoformat(),
    }
    return await _form(visit, given)


async def book_new(visit: Visit) -> Response:
    """POST /console/meetings/new: book it, at a free time or at any other that is not taken."""
    names = ("pupil", "staff", "kind", "day", "at", "minutes", "room", "talk", "slot")
    given = {name: visit.typed(name) for name in names}
    slot = slot_in(given["slot"])
    begins_at = moment_typed(visit) if slot is None else slot.begins_at
    minutes = number_typed(given["minutes"], 240) if given["minutes"] and slot is None else None
    if begins_at is None:
        return await _form(visit, given, "wrong")
    wanted = Wanted(
        given["staff"] if slot is None else slot.staff_id,
        begins_at,
        given["pupil"] or None,
        given["kind"] if slot is None else slot.kind,
        given["room"] if slot is None else slot.room,
        minutes,
        given["talk"] or None,
    )
    try:
        row = await visit.write(
            book, wanted, actor=visit.actor, notices=notices(visit), now=visit.now
        )
    except NotBooked as refused:
        return await _form(visit, given, refused.why)
    return visit.seen(f"{ALL}/{row.id}", words()["done"]["booked"])


async def _form(visit: Visit, given: dict[str, str], why: str | None = None) -> Response:
    found = await visit.read(_for_form, visit, given["pupil"])
    if given["pupil"] and found["pupil"] is None:
        raise NotHere
    return visit.page(
        "meetings/new.html",
        200 if why is None else 422,
        given=given,
        wrong={} if why is None else {"at": words()["refused"][why]},
        words=words(),
        kinds=[
            (one, words()["kinds"][one])
            for one in MEETING_KINDS
            if (one == "group") == (found["pupil"] is None)
        ],
        **found,
    )


def _for_form(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, pupil_id: str
) -> dict[str, Any]:
    staff = list_staff(connection, sealing, school_id)
    pupil = find_pupil(connection, sealing, school_id, pupil_id) if pupil_id else None
    names = {one.id: one.details.name for one in staff}
    slots = [] if pupil is None else free_for(
        connection, school_id, pupil, visit.today, visit.today + _SLOTS_AHEAD, visit.now
    )  # fmt: skip
    return {
        "pupil": pupil,
        "staff_options": [(one.id, one.details.name) for one in staff],
        "slots": [
            (key_of(one), f"{one.begins_at.astimezone(ENGLAND):%A %-d %B, %H:%M}, "
             f"{names.get(one.staff_id, '')}{', ' + one.room if one.room else ''}")
            for one in slots[:MOST_ROWS]
        ],
        "minutes": rules_of(connection, school_id).slots.minutes,
    }  # fmt: skip
