"""The due list: who needs a meeting by 16 and by 18, whether there is time, and many at once."""

from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.advisers.meetings.booking import NotBooked, Wanted, book
from bot.advisers.meetings.bulk import share_out
from bot.advisers.meetings.due import STATES, Due, Forecast, counts, forecast
from bot.advisers.meetings.due_rows import school_due
from bot.advisers.meetings.school_rules import calendar_of, rules_of
from bot.advisers.meetings.slots import key_of, slot_in
from bot.console.meetings.showing import day_typed, notices, words
from bot.console.pages import MOST_ROWS
from bot.console.visit import Visit
from bot.records.guidance.lines import ENGLAND
from bot.records.sealing import Sealing
from bot.records.staff import list_staff
from knowledge.facts import day_told

PATH = "/console/due"
_AHEAD = timedelta(days=28)


async def show(visit: Visit) -> Response:
    """GET /console/due: a row for each pupil, who needs it most first; by year, group and state."""
    found = await visit.write(_rows, visit)
    rows: list[Due] = found["rows"]
    asked = {name: visit.asked(name)[:32] for name in ("year", "tutor_group", "state")}
    chosen = [
        row
        for row in rows
        if asked["year"] in ("", str(row.year_group))
        and asked["tutor_group"] in ("", row.pupil.tutor_group or "")
        and asked["state"] in ("", row.state)
    ]
    sheet = visit.sheet(len(chosen))
    years = sorted({row.year_group for row in rows})
    groups = sorted({row.pupil.tutor_group or "" for row in rows})
    return visit.page(
        "meetings/due.html",
        rows=chosen[sheet.offset : sheet.offset + MOST_ROWS],
        sheet=sheet,
        asked=asked,
        counts=counts(rows),
        count_columns=[("Year", "number"), ("Pupils", "number"),
                       *((words()["due"][one], "number") for one in STATES)],
        states=STATES,
        forecasts=[told(one) for one in found["forecasts"]],
        years=[("", "All years"), *((str(one), f"Year {one}") for one in years)],
        groups=[("", "All groups"), *((one, one) for one in groups if one)],
        state_options=[("", "Any"), *((one, words()["due"][one]) for one in STATES)],
        staff_options=found["staff"],
        given={"staff": visit.who.id, "first_on": visit.today.isoformat(),
               "last_on": (visit.today + _AHEAD).isoformat()},
        wrong={},
        words=words(),
    )  # fmt: skip


def _rows(connection: Connection, sealing: Sealing, school_id: int, visit: Visit) -> dict[str, Any]:
    rows = school_due(connection, sealing, school_id, visit.today)
    calendar = calendar_of(connection, school_id, rules_of(connection, school_id))
    is_open = dict.fromkeys(calendar.closed, False)
    visit.audit(connection, "due list viewed", "pupils")
    return {
        "rows": rows,
        "forecasts": forecast(rows, visit.today, is_open),
        "staff": [(one.id, one.details.name) for one in list_staff(connection, sealing, school_id)],
    }


def told(found: Forecast) -> str:
    """The forecast of a year group in a sentence."""
    if not found.to_see:
        name = "done"
    elif found.unseen is None:
        name = "no_rate"
    else:
        name = "unseen" if found.unseen else "all"
    sentence: str = words()["forecast"][name]
    return sentence.format(
        unseen=found.unseen, to_see=found.to_see, year=found.year_group, by=day_told(found.by)
    )


async def ask_times(visit: Visit) -> Response:
    """POST /console/due/times: which time each of the ticked pupils would get; books nothing."""
    pupils = visit.ticked("pupil")[:MOST_ROWS]
    first = day_typed(visit.typed("first_on"))
    last = day_typed(visit.typed("last_on"))
    if not pupils or first is None or last is None or not first <= last <= first + 4 * _AHEAD:
        return visit.seen(PATH, words()["refused"]["wrong"])
    found = await visit.read(_share_out, visit, pupils, visit.typed("staff"), first, last)
    return visit.page("meetings/due_times.html", words=words(), **found)


def _share_out(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    pupils: list[str],
    staff_id: str,
    first: date,
    last: date,
) -> dict[str, Any]:
    given = share_out(connection, sealing, school_id, pupils, staff_id, first, last, visit.now)
    return {
        "given": [
            (
                one,
                "" if one.slot is None else f"{one.pupil.id}/{key_of(one.slot)}",
                None if one.slot is None else one.slot.begins_at.astimezone(ENGLAND),
            )
            for one in given
        ]
    }


async def book_many(visit: Visit) -> Response:
    """POST /console/due/book: book what was shown, each for itself; what went meanwhile is told."""
    booked = refused = 0
    for one in visit.ticked("time")[:MOST_ROWS]:
        pupil_id, _, key = one.partition("/")
        slot = slot_in(key)
        if slot is None:
            continue
        wanted = Wanted(slot.staff_id, slot.begins_at, pupil_id, slot.kind, slot.room)
        try:
            await visit.write(
                book, wanted, actor=visit.actor, notices=notices(visit), now=visit.now
            )
            booked += 1
        except NotBooked:
            refused += 1
    return visit.seen(PATH, words()["done"]["bulk"].format(booked=booked, refused=refused))
