"""A school with an adviser, hours and pupils, in a store of its own; and its clock."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

from cryptography.fernet import Fernet
from sqlalchemy import Connection, select

from bot.advisers.meetings.booking import Wanted, book
from bot.advisers.meetings.finding import free_for
from bot.advisers.meetings.notices import Notices
from bot.advisers.meetings.slots import Slot
from bot.records.audit.actors import Actor
from bot.records.mails import Letter, take
from bot.records.meetings.hours import add_hours
from bot.records.meetings.rows import MeetingRow
from bot.records.models import TakenCell
from bot.records.pupils import PupilDetails, add_pupil, find_pupil
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.staff import StaffDetails, add_staff
from bot.records.store import Store

SEALING = Sealing([Fernet.generate_key().decode()], "k" * 43)
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
NOTICES = Notices("Test School", "https://careers.example", "careers@school.example")


def details(name: str, **changes: Any) -> StaffDetails:
    values: dict[str, Any] = {
        "name": name,
        "email": f"{name.lower()}@school.example",
        "qualification": "Level 6 Diploma in Career Guidance",
        "register_number": "CDI12345",
        "employer": "Test School",
    }
    return StaffDetails(**{**values, **changes})


@dataclass
class Diary:
    """`adviser` is qualified and gives meetings on Mondays from nine to twelve in the library."""

    store: Store
    school_id: int
    adviser: str = ""
    other: str = ""
    pupils: list[str] = field(default_factory=list)
    now: datetime = NOW

    # ---- actors

    def pupil(self, number: int = 0) -> Actor:
        return Actor("pupil", self.pupils[number])

    @property
    def staff(self) -> Actor:
        return Actor("staff", self.adviser, "Ada")

    # ---- the store

    async def write(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        return await self.store.write(work, SEALING, self.school_id, *args, **more)

    async def act(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """`work` by the adviser, now, with mails; unless told otherwise."""
        values = {"actor": self.staff, "notices": NOTICES, "now": self.now}
        return await self.write(work, *args, **{**values, **more})

    async def book(self, number: int | None = 0, hour: int = 9, **more: Any) -> MeetingRow:
        """A meeting of a pupil on Monday at that hour, booked by the adviser."""
        wanted = {
            "staff_id": self.adviser,
            "begins_at": at(hour),
            "pupil_id": None if number is None else self.pupils[number],
            "room": "Library",
        }
        acts = {name: more.pop(name) for name in ("actor", "now") if name in more}
        return await self.act(book, Wanted(**{**wanted, **more}), **acts)

    async def free(self, number: int = 0, day: date = MONDAY, days: int = 1) -> list[Slot]:
        def work(connection: Connection) -> list[Slot]:
            pupil = find_pupil(connection, SEALING, self.school_id, self.pupils[number])
            assert pupil is not None
            last = day + timedelta(days=days - 1)
            return free_for(connection, self.school_id, pupil, day, last, self.now)

        return await self.store.read(work)

    async def letters(self) -> list[Letter]:
        """Every mail that waits, in the order they were put; they are taken out."""
        found = []
        far = self.now + timedelta(days=1000)
        while (mail := await self.write(take, far, far + timedelta(days=1))) is not None:
            assert mail.letter is not None
            found.append(mail.letter)
        return found

    async def cells(self) -> set[tuple[str, datetime]]:
        def work(connection: Connection) -> Iterable[Any]:
            return connection.execute(select(TakenCell.whose, TakenCell.begins_at)).all()

        return {(row.whose, row.begins_at) for row in await self.store.read(work)}


def at(hour: int, minute: int = 0, day: date = MONDAY) -> datetime:
    """A time in November, when England's is UTC."""
    return datetime.combine(day, time(hour, minute), UTC)


async def opened(store: Store, pupils: int = 3) -> Diary:
    """The school's diary; a pupil has a mail address but the last."""

    def work(connection: Connection) -> Diary:
        school_id = keep_school(connection, "default", "Test School", NOW)
        diary = Diary(store, school_id)
        diary.adviser = add_staff(
            connection, SEALING, school_id, details("Ada"), now=NOW, roles=["adviser"], level=6,
            register_expires=date(2027, 8, 31),
        ).id  # fmt: skip
        diary.other = add_staff(
            connection, SEALING, school_id, details("Bo", qualification=None), now=NOW,
            roles=["careers staff"], level=4,
        ).id  # fmt: skip
        add_hours(
            connection, school_id, diary.adviser,
            weekday=0, begins=time(9), ends=time(12), room="Library",
        )  # fmt: skip
        for number in range(pupils):
            email = None if number == pupils - 1 else f"pupil{number}@school.example"
            diary.pupils.append(
                add_pupil(
                    connection,
                    SEALING,
                    school_id,
                    PupilDetails(f"Given{number}", f"Family{number}", email=email),
                    2022,
                    "11B",
                    NOW,
                )
            )
        return diary

    return await store.write(work)


def together(*works: Any) -> Any:
    return asyncio.gather(*works, return_exceptions=True)
