"""The school's settings: when somebody is there, how long meetings last, what is kept how long."""

from dataclasses import replace
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.advisers.meetings.school_rules import rules_of, set_rules
from bot.advisers.opening_hours import (
    DEFAULT,
    WEEKDAYS,
    HoursWrong,
    OpeningHours,
    hours_of,
    set_hours,
)
from bot.console.people.wording import words
from bot.console.visit import Visit
from bot.records.retention import (
    NEVER_STORED,
    Due,
    WrongClock,
    clocks,
    clocks_of,
    count_kept,
    due_rows,
    last_run,
    set_clock,
)
from bot.records.sealing import SealBroken, Sealing

PAGE = "/console/school"
CLOCKS = f"{PAGE}/clocks"
MOST_MINUTES = 180


async def show(visit: Visit) -> Response:
    """GET /console/school: opening hours, holidays, the least length of a meeting."""
    return await _show(visit, None, {})


async def _show(visit: Visit, given: dict[str, str] | None, wrong: dict[str, str]) -> Response:
    held = await visit.desk.store.read(_held, visit.desk.school_id)
    return visit.page(
        "people/school.html",
        422 if wrong else 200,
        given={**held, **(given or {})},
        wrong=wrong,
        weekdays=[(f"day_{day}", words()["weekdays"][day]) for day in WEEKDAYS],
    )


def _held(connection: Connection, school_id: int) -> dict[str, str]:
    """What is set, as the form shows it."""
    try:
        hours = hours_of(connection, school_id)
    except HoursWrong:
        hours = DEFAULT  # set by hand, and wrongly: the form is the way to set it right
    told = hours.to_json()
    given = {f"day_{day}": ", ".join(told["hours"].get(str(day), ())) for day in WEEKDAYS}
    given["holidays"] = "\n".join(
        first if first == last else f"{first} to {last}" for first, last in told["holidays"]
    )
    return given | {"least_minutes": str(rules_of(connection, school_id).least_minutes)}


async def change_hours(visit: Visit) -> Response:
    """POST /console/school/hours: hours of each weekday, and holidays."""
    given = {f"day_{day}": visit.typed(f"day_{day}") for day in WEEKDAYS}
    given["holidays"] = visit.typed("holidays")
    wrong = {}
    by_weekday: dict[str, list[str]] = {}
    for day in WEEKDAYS:
        spans = [one.replace("–", "-").replace(" ", "") for one in given[f"day_{day}"].split(",")]
        listed = [_padded(one) for one in spans if one]
        try:
            OpeningHours.of_json({"hours": {str(day): listed}})
        except HoursWrong:
            wrong[f"day_{day}"] = words()["mistakes"]["hours"]
        else:
            if listed:
                by_weekday[str(day)] = listed
    holidays = []
    for line in filter(None, map(str.strip, given["holidays"].splitlines())):
        first, _, last = (part.strip() for part in line.partition(" to "))
        try:
            OpeningHours.of_json({"holidays": [[first, last or first]]})
            holidays.append([first, last or first])
        except HoursWrong:
            wrong["holidays"] = words()["mistakes"]["holidays"].format(line=line[:40])
    if wrong:
        return await _show(visit, given, wrong)
    hours = OpeningHours.of_json({"hours": by_weekday, "holidays": holidays})
    await visit.write(_change_hours, visit, hours)
    return visit.seen(PAGE, words()["notices"]["hours"])


def _padded(span: str) -> str:
    """Hours as they are kept: 8:30-16 as 08:30-16:00."""
    ends = []
    for one in span.split("-"):
        hour, _, minute = one.partition(":")
        ends.append(f"{hour.zfill(2)}:{minute or '00'}")
    return "-".join(ends)


def _change_hours(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, hours: OpeningHours
) -> None:
    try:
        before: dict[str, Any] | None = hours_of(connection, school_id).to_json()
    except HoursWrong:
        before = None
    set_hours(connection, school_id, hours, visit.now)
    after = hours.to_json()
    visit.audit(
        connection, "setting changed", "setting", "adviser_hours", before=before, after=after
    )


async def change_meetings(visit: Visit) -> Response:
    """POST /console/school/meetings: how long a guidance meeting is at least."""
    typed = visit.typed("least_minutes")
    minutes = int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 4 else 0
    if not 1 <= minutes <= MOST_MINUTES:
        wrong = {"least_minutes": words()["mistakes"]["minutes"]}
        return await _show(visit, {"least_minutes": typed}, wrong)
    await visit.write(_change_meetings, visit, minutes)
    return visit.seen(PAGE, words()["notices"]["minutes"])


def _change_meetings(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, minutes: int
) -> None:
    before = rules_of(connection, school_id)
    set_rules(connection, school_id, replace(before, least_minutes=minutes), visit.now)
    visit.audit(
        connection,
        "setting changed",
        "setting",
        "meetings",
        before={"least_minutes": before.least_minutes},
        after={"least_minutes": minutes},
    )


# ---- clocks


async def show_clocks(visit: Visit) -> Response:
    """GET /console/school/clocks: how long each kind of thing is kept, and why."""
    return await _show_clocks(visit, {})


async def _show_clocks(visit: Visit, wrong: dict[str, str]) -> Response:
    kept, counts, last = await visit.desk.store.read(_clocks, visit.desk.school_id)
    return visit.page(
        "people/clocks.html",
        422 if wrong else 200,
        clocks=[
            (clock, kept[name], _told(kept[name]), _told(clock.default), counts.get(name, 0))
            for name, clock in clocks().items()
        ],
        fixed={name for name, clock in clocks().items() if clock.default == NEVER_STORED},
        last=last,
        wrong=wrong,
    )


def _clocks(
    connection: Connection, school_id: int
) -> tuple[dict[str, int | str], dict[str, int], tuple[Any, dict[str, int]] | None]:
    counts = count_kept(connection, school_id)
    return clocks_of(connection, school_id), counts, last_run(connection, school_id)


def _told(value: int | str) -> str:
    if isinstance(value, str):
        return str(words()["clock_values"].get(value, value))
    return f"{value} month{'' if value == 1 else 's'}"


async def set_one(visit: Visit) -> Response:
    """POST /console/school/clocks: set one clock; `months` is a number or one of its words."""
    name, typed = visit.typed("clock"), visit.typed("months").casefold()
    if name not in clocks():
        return await _show_clocks(visit, {"clock": words()["mistakes"]["clock"]})
    number = typed.isascii() and typed.isdigit() and len(typed) < 5
    value = int(typed) if number else typed
    try:
        await visit.write(_set_one, visit, name, value)
    except WrongClock:
        return await _show_clocks(visit, {f"months-{name}": words()["mistakes"]["clock"]})
    return visit.seen(CLOCKS, words()["notices"]["clock"])


def _set_one(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    name: str,
    value: int | str,
) -> None:
    before = clocks_of(connection, school_id)[name]
    set_clock(connection, school_id, name, value, visit.now)
    visit.audit(
        connection, "clock set", "clock", name, before={"months": before}, after={"months": value}
    )


async def dry_run(visit: Visit) -> Response:
    """GET /console/school/clocks/due: how much is due now, by clock; deletes nothing."""
    found: list[Due] | None
    try:
        found = await visit.read(due_rows, visit.now)
    except SealBroken:
        found = None
    return visit.page(
        "people/clocks_due.html",
        readable=found is not None,
        due=[
            (
                clocks()[one.clock].shown,
                len(one.ids),
                sorted((table.replace("_", " "), len(keys)) for table, keys in one.rows.items()),
            )
            for one in found or ()
        ],
    )
