"""Today: who waits, what is next, what the school still has to set up.

A part is there for those who may do something about it, and where it leads to a page that is.
"""

from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console import routes
from bot.console.pages import ENGLAND
from bot.console.people.wording import words
from bot.console.visit import Visit
from bot.records.handover.queue import QueueRow, queue
from bot.records.meetings.rows import MeetingRow, meetings_between
from bot.records.pupils import PupilRow, count_pupils, find_pupil
from bot.records.sealing import Sealing
from bot.records.settings import get_setting
from bot.records.staff import list_staff, qualified_on

SHOWN = 8
AHEAD = timedelta(days=7)
REGISTER_WARNS = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Today:
    """What the start page shows; a part is None for those it is not for."""

    waiting: list[QueueRow] | None = field(default=None, repr=False)
    mine: list[QueueRow] | None = field(default=None, repr=False)
    meetings: list[tuple[MeetingRow, PupilRow | None]] | None = field(default=None, repr=False)
    to_do: tuple[tuple[str, str, str], ...] = ()


async def show(visit: Visit) -> Response:
    """GET /console: the start page."""
    found = await visit.read(_today, visit)
    held = found.waiting or []
    now_waiting = [one for one in held if one.handover.waiting_since is not None]
    return visit.page(
        "people/today.html",
        found=found,
        waiting=now_waiting[:SHOWN],
        more_waiting=max(0, len(now_waiting) - SHOWN),
        chat=_address("/console/chats/"),
        meeting=_address("/console/meetings/"),
        days=_by_day(found.meetings or []),
    )


def _address(path: str) -> str | None:
    """The path if there is a page for it; one that ends in / takes an id after it."""
    there = {row.path.partition("{")[0] for row in routes.table() if row.method == "GET"}
    return path if path in there else None


def _today(connection: Connection, sealing: Sealing, school_id: int, visit: Visit) -> Today:
    waiting = mine = meetings = None
    if visit.may("queue") and _address("/console/queue"):
        standing = queue(connection, sealing, school_id, visit.now)
        waiting = [one for one in standing if one.handover.staff_id is None]
        mine = [one for one in standing if one.handover.staff_id == visit.who.id]
    if visit.may("meetings") and _address("/console/meetings"):
        begins = datetime.combine(visit.today, time(), ENGLAND)
        found = meetings_between(
            connection, sealing, school_id, begins, begins + AHEAD, staff_id=visit.who.id
        )
        meetings = [(one, _pupil(connection, sealing, school_id, one)) for one in found]
        meetings = [one for one in meetings if one[0].state != "cancelled"]
    return Today(waiting, mine, meetings, _to_do(connection, sealing, school_id, visit))


def _pupil(
    connection: Connection, sealing: Sealing, school_id: int, meeting: MeetingRow
) -> PupilRow | None:
    if meeting.pupil_id is None:
        return None
    return find_pupil(connection, sealing, school_id, meeting.pupil_id)


def _to_do(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit
) -> tuple[tuple[str, str, str], ...]:
    """What is still to be set up or about to run out: a sentence, a way there, and its words."""
    found = []
    told = words()["to_do"]
    expires = visit.who.register_expires
    if expires is not None and visit.may("plan") and expires - visit.today < REGISTER_WARNS:
        over = "register_over" if expires < visit.today else "register_soon"
        found.append((told[over]["says"], "", ""))
    if visit.may("school_settings"):
        if not any(not one.left for one in count_pupils(connection, school_id)):
            found.append(_step("roster"))
        if get_setting(connection, school_id, "adviser_hours") is None:
            found.append(_step("hours"))
    if visit.may("staff_admin"):
        staff = list_staff(connection, sealing, school_id)
        if not any(qualified_on(one, visit.today) for one in staff):
            found.append(_step("adviser"))
        if not any("dsl" in one.roles for one in staff):
            found.append(_step("dsl"))
        if not any("careers leader" in one.roles for one in staff):
            found.append(_step("leader"))
    return tuple(found)


def _step(name: str) -> tuple[str, str, str]:
    told = words()["to_do"][name]
    return told["says"], told["to"], told["words"]


def _by_day(
    meetings: list[tuple[MeetingRow, PupilRow | None]],
) -> list[tuple[datetime, list[tuple[MeetingRow, PupilRow | None]]]]:
    """The meetings under the day they are on."""
    days: dict[datetime, list[tuple[MeetingRow, PupilRow | None]]] = {}
    for one in meetings:
        here = one[0].begins_at.astimezone(ENGLAND)
        days.setdefault(datetime.combine(here.date(), time(), ENGLAND), []).append(one)
    return sorted(days.items())
