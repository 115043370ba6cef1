"""When readers are told that advisers are there: hours by weekday, and holidays."""

import re
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.advisers.opening_hours import HoursWrong, OpeningHours, hours_of, set_hours
from bot.console.chats.showing import mistake, notice, words
from bot.console.visit import Visit
from bot.records.sealing import Sealing

HOURS = "/console/hours"
MOST_HOLIDAYS = 60
_HOLIDAY = re.compile(r"^(\d{4}-\d{2}-\d{2})(?:\s+to\s+(\d{4}-\d{2}-\d{2}))?$")


async def show(visit: Visit) -> Response:
    """GET /console/hours: the form."""
    hours = await visit.desk.store.read(hours_of, visit.desk.school_id)
    return _page(visit, _typed(hours), {})


async def change(visit: Visit) -> Response:
    """POST /console/hours: kept as they were typed, or what is wrong with them."""
    given = {name: visit.typed(name) for name in (*(f"day{n}" for n in range(7)), "holidays")}
    value: dict[str, Any] = {
        "hours": {
            str(n): [one.strip() for one in given[f"day{n}"].split(",") if one.strip()]
            for n in range(7)
        }
    }
    wrong = {}
    for n in range(7):
        try:
            OpeningHours.of_json({"hours": {str(n): value["hours"][str(n)]}})
        except HoursWrong:
            wrong[f"day{n}"] = mistake("hours")
    lines = [line.strip() for line in given["holidays"].split("\n") if line.strip()]
    found = [_HOLIDAY.match(line) for line in lines]
    value["holidays"] = [[one[1], one[2] or one[1]] for one in found if one is not None]
    try:
        if None in found or len(found) > MOST_HOLIDAYS:
            raise HoursWrong("holidays")
        OpeningHours.of_json({"holidays": value["holidays"]})
    except HoursWrong:
        wrong["holidays"] = mistake("holidays")
    if wrong:
        return _page(visit, given, wrong)
    await visit.write(_keep, visit, OpeningHours.of_json(value))
    return visit.seen(HOURS, notice("hours_kept"))


def _typed(hours: OpeningHours) -> dict[str, str]:
    told = hours.to_json()
    given = {f"day{n}": ", ".join(told["hours"].get(str(n), ())) for n in range(7)}
    given["holidays"] = "\n".join(
        first if first == last else f"{first} to {last}" for first, last in told["holidays"]
    )
    return given


def _page(visit: Visit, given: dict[str, str], wrong: dict[str, str]) -> Response:
    return visit.page(
        "chats/hours.html",
        422 if wrong else 200,
        given=given,
        wrong=wrong,
        days=list(enumerate(words()["weekdays"])),
    )


def _keep(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, hours: OpeningHours
) -> None:
    before = hours_of(connection, school_id).to_json()
    set_hours(connection, school_id, hours, visit.now)
    visit.audit(
        connection,
        "setting changed",
        "school",
        before={"adviser hours": before},
        after={"adviser hours": hours.to_json()},
    )
