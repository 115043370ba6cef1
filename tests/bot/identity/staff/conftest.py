from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from sqlalchemy import Connection

from bot.records.sealing import Sealing
from bot.records.staff import StaffDetails, StaffRow, add_staff
from tests.bot.identity.conftest import NOW, Roll


@dataclass(frozen=True)
class Staffed:
    """Jo and Kit on the staff of one school, Lou on that of another; in one transaction."""

    connection: Connection
    sealing: Sealing
    school_id: int
    other_school_id: int
    jo: StaffRow
    kit: StaffRow
    lou: StaffRow

    @property
    def school(self) -> tuple[Connection, Sealing, int]:
        return self.connection, self.sealing, self.school_id

    @property
    def other(self) -> tuple[Connection, Sealing, int]:
        return self.connection, self.sealing, self.other_school_id


@pytest.fixture
def staffed(roll: Roll) -> Iterator[Staffed]:
    with roll.engine.begin() as connection:

        def added(school_id: int, name: str, *roles: str) -> StaffRow:
            details = StaffDetails(f"{name} Marsh", f"{name.lower()}@school.example")
            return add_staff(connection, roll.sealing, school_id, details, now=NOW, roles=roles)

        yield Staffed(
            connection,
            roll.sealing,
            roll.school_id,
            roll.other_school_id,
            added(roll.school_id, "Jo", "administrator"),
            added(roll.school_id, "Kit", "adviser"),
            added(roll.other_school_id, "Lou", "administrator"),
        )
