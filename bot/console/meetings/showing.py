"""What the pages of meetings share: their sentences, names, and times as they are typed."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from functools import cache
from pathlib import Path
from typing import Any, TypeVar

import yaml
from sqlalchemy import Connection
from starlette.responses import Response

from bot.advisers.meetings.booking import NotBooked
from bot.advisers.meetings.notices import Notices
from bot.advisers.meetings.plans import NotYet
from bot.advisers.meetings.slots import moment
from bot.console.visit import NotHere, Visit
from bot.records.guidance.lines import ENGLAND
from bot.records.meetings.rows import MeetingRow, NoMeeting
from bot.records.pupils import find_pupil
from bot.records.sealing import Sealing
from bot.records.staff import find_staff

ALL = "/console/meetings"
_R = TypeVar("_R")


@cache
def words() -> dict[str, Any]:
    """The sentences of words.yml."""
    found: dict[str, Any] = yaml.safe_load(
        Path(__file__).with_name("words.yml").read_text(encoding="utf-8")
    )
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A meeting with the names that a page shows."""

    row: MeetingRow
    pupil: str
    tutor_group: str
    year_group: int | None
    adviser: str

    @property
    def begins(self) -> datetime:
        """In England."""
        return self.row.begins_at.astimezone(ENGLAND)

    @property
    def ends(self) -> datetime:
        """In England."""
        return self.row.ends_at.astimezone(ENGLAND)


def shown(
    connection: Connection, sealing: Sealing, school_id: int, row: MeetingRow, today: date
) -> Shown:
    """The meeting with its names."""
    pupil = None if row.pupil_id is None else find_pupil(
        connection, sealing, school_id, row.pupil_id
    )  # fmt: skip
    staff = find_staff(connection, sealing, school_id, row.staff_id)
    return Shown(
        row,
        "" if pupil is None else f"{pupil.details.given_name} {pupil.details.family_name}",
        "" if pupil is None else pupil.tutor_group or "",
        None if pupil is None else pupil.year_group(today),
        "" if staff is None else staff.details.name,
    )


def notices(visit: Visit) -> Notices:
    """What mails about meetings name."""
    return Notices.of(visit.desk.settings)


async def done(
    visit: Visit, to: str, said: str, work: Callable[..., Any], *args: Any, **more: Any
) -> Response:
    """Do something as the one who asks, now, and go on to a page that says what came of it."""
    try:
        await visit.write(work, *args, actor=visit.actor, now=visit.now, **more)
    except NotBooked as refused:
        return visit.seen(to, words()["refused"][refused.why])
    except NotYet:
        return visit.seen(to, words()["refused"]["not now"])
    except NoMeeting:
        raise NotHere from None
    return visit.seen(to, words()["done"][said])


def day_typed(text: str) -> date | None:
    """A day as a browser sends it."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def time_typed(text: str) -> time | None:
    """A time of day as a browser sends it, on a whole five minutes."""
    try:
        found = time.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo is None and found.minute % 5 == 0 and not found.second else None


def moment_typed(visit: Visit, day: str = "day", at: str = "at") -> datetime | None:
    """The moment that two fields of a form name, in England's time."""
    on, clock = day_typed(visit.typed(day)), time_typed(visit.typed(at))
    return None if on is None or clock is None or not 1970 < on.year < 2200 else moment(on, clock)


def number_typed(text: str, most: int) -> int | None:
    """A whole number from 1 to `most`."""
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        return None
    return int(text) if 0 < int(text) <= most else None
