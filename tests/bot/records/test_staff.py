"""Staff in the store: sealed, found by e-mail, qualified on a day, and gone with all that opens."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from cryptography.fernet import Fernet
from sqlalchemy import Connection, Engine, insert, select

from bot.records.belongings import OF_STAFF
from bot.records.migrate import upgrade
from bot.records.models import ROLES, Base, StaffMember, StaffRole, WorkingHours
from bot.records.schools import keep_school
from bot.records.sealing import Sealing
from bot.records.staff import (
    EmailTaken,
    LastAdministrator,
    NoStaff,
    StaffDetails,
    StaffRow,
    add_staff,
    change_staff,
    find_by_email,
    find_staff,
    is_registered,
    leave_staff,
    list_staff,
    qualified_on,
    set_roles,
    title_of,
)
from bot.records.store import open_engine, writing
from tests.bot.records.planted import everything_of, plant

NOW = datetime(2026, 11, 22, 9, tzinfo=UTC)
TODAY = NOW.date()
SEALING = Sealing([Fernet.generate_key().decode()], "k" * 43)
QUORRA = StaffDetails(
    "Quorra Plinth",
    "q.plinth@school.example",
    employer="Careers Partners",
    internal=False,
    qualification="Level 6 Diploma in Career Guidance",
    register_number="CDI-1",
    dbs_on=date(2025, 3, 1),
    languages=("Welsh", "British Sign Language"),
    rooms=("Library",),
)
UMBER = StaffDetails("Umber Vale", "u.vale@school.example")


@pytest.fixture
def engine(either_url: str) -> Iterator[Engine]:
    upgrade(either_url)
    found = writing(open_engine(either_url))
    yield found
    found.dispose()


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with engine.begin() as found:
        yield found


@pytest.fixture
def schools(connection: Connection) -> tuple[int, int]:
    first, second = (keep_school(connection, slug, slug, NOW) for slug in ("one", "two"))
    return first, second


def add(
    connection: Connection, school: int, details: StaffDetails = QUORRA, **more: Any
) -> StaffRow:
    told: dict[str, Any] = {"level": 6, "register_expires": date(2027, 8, 31), "now": NOW}
    return add_staff(connection, SEALING, school, details, **told | more)


def row(**more: Any) -> StaffRow:
    told: dict[str, Any] = {
        "id": "s" * 32,
        "school_id": 1,
        "details": QUORRA,
        "level": 6,
        "register_expires": TODAY,
        "roles": frozenset({"adviser"}),
        "left_on": None,
    }
    return StaffRow(**told | more)


# ---- kept and found


def test_added_and_found_again(connection: Connection, schools: tuple[int, int]):
    school, other = schools
    made = add(connection, school, roles=("adviser", "careers leader"))
    assert find_staff(connection, SEALING, school, made.id) == made
    assert made.details == QUORRA
    assert made.roles == {"adviser", "careers leader"}
    for written in ("Q.Plinth@School.example", " q.plinth@school.example "):
        assert find_by_email(connection, SEALING, school, written) == made
    assert find_by_email(connection, SEALING, school, "nobody@school.example") is None
    assert find_staff(connection, SEALING, other, made.id) is None
    assert find_by_email(connection, SEALING, other, QUORRA.email) is None


def test_nothing_of_it_is_in_clear(connection: Connection, schools: tuple[int, int]):
    add(connection, schools[0])
    (held,) = connection.execute(select(StaffMember.__table__))
    for word in ("Quorra", "plinth", "school.example", "CDI-1", "Diploma", "Welsh"):
        assert word not in str(held)
    assert "Plinth" not in repr(find_staff(connection, SEALING, schools[0], held.id))
    assert "Plinth" not in repr(QUORRA)


def test_details_of_a_later_version_are_passed_over():
    held = QUORRA.to_json() | {"shoe_size": 44}
    assert StaffDetails.of_json(held) == QUORRA
    bare = {"name": "A", "email": "a@b.example"}
    assert StaffDetails.of_json(bare) == StaffDetails("A", "a@b.example")


def test_listed_by_name_without_who_has_left(connection: Connection, schools: tuple[int, int]):
    school, other = schools
    umber = add(connection, school, UMBER, roles=("careers staff",))
    quorra = add(connection, school, roles=("adviser",))
    add(connection, other, StaffDetails("Ann Other", "ann@two.example"))
    assert list_staff(connection, SEALING, school) == [quorra, umber]
    assert list_staff(connection, SEALING, school, role="adviser") == [quorra]
    leave_staff(connection, school, quorra.id, TODAY)
    assert list_staff(connection, SEALING, school) == [umber]
    every = list_staff(connection, SEALING, school, leavers=True)
    assert [one.id for one in every] == [quorra.id, umber.id]
    assert every[0].left_on == TODAY
    assert every[0].roles == frozenset()


def test_one_address_is_one_person_of_a_school(connection: Connection, schools: tuple[int, int]):
    school, other = schools
    quorra = add(connection, school)
    with pytest.raises(EmailTaken):
        add(connection, school, replace(UMBER, email="Q.PLINTH@school.example"))
    add(connection, other)
    umber = add(connection, school, UMBER)
    level: dict[str, Any] = {"level": None, "register_expires": None}
    with pytest.raises(EmailTaken):
        wrong = replace(UMBER, email=QUORRA.email)
        change_staff(connection, SEALING, school, umber.id, wrong, **level)
    renamed = replace(QUORRA, name="Quorra Vale")
    change_staff(connection, SEALING, school, quorra.id, renamed, **level)
    found = find_staff(connection, SEALING, school, quorra.id)
    assert found is not None
    assert (found.details.name, found.level, found.register_expires) == ("Quorra Vale", None, None)
    with pytest.raises(NoStaff):
        change_staff(connection, SEALING, other, umber.id, UMBER, **level)


@pytest.mark.parametrize("wrong", [{"name": " "}, {"email": ""}])
def test_nobody_without_name_or_address(
    connection: Connection, schools: tuple[int, int], wrong: dict[str, str]
):
    with pytest.raises(ValueError, match="name and an e-mail"):
        add(connection, schools[0], replace(QUORRA, **wrong))


# ---- roles


def test_roles_are_set_as_a_whole(connection: Connection, schools: tuple[int, int]):
    school, other = schools
    quorra = add(connection, school, roles=("adviser", "dsl"))
    set_roles(connection, school, quorra.id, {"adviser", "careers leader"}, NOW)
    found = find_staff(connection, SEALING, school, quorra.id)
    assert found is not None and found.roles == {"adviser", "careers leader"}
    set_roles(connection, school, quorra.id, (), NOW)
    assert connection.execute(select(StaffRole.role)).all() == []
    for wrong in ({"visitor"}, {"pupil"}):
        with pytest.raises(ValueError, match="role"):
            set_roles(connection, school, quorra.id, wrong, NOW)
    with pytest.raises(NoStaff):
        set_roles(connection, other, quorra.id, {"adviser"}, NOW)


def test_the_last_administrator_stays(connection: Connection, schools: tuple[int, int]):
    school, other = schools
    quorra = add(connection, school, roles=("administrator",))
    add(connection, other, roles=("administrator",))
    with pytest.raises(LastAdministrator):
        set_roles(connection, school, quorra.id, {"adviser"}, NOW)
    with pytest.raises(LastAdministrator):
        leave_staff(connection, school, quorra.id, TODAY)
    set_roles(connection, school, quorra.id, {"administrator", "adviser"}, NOW)
    umber = add(connection, school, UMBER, roles=("administrator",))
    leave_staff(connection, school, quorra.id, TODAY)
    with pytest.raises(LastAdministrator):
        leave_staff(connection, school, umber.id, TODAY)


# ---- leaving


def test_who_leaves_keeps_nothing_that_opens_anything(engine: Engine):
    with engine.begin() as connection:
        one, two = (plant(connection, SEALING, mark) for mark in "ab")
        before = everything_of(connection, one.school_id)
        other = everything_of(connection, two.school_id)
    opens = {table.__tablename__ for table in OF_STAFF} - {"absences"}
    with engine.begin() as connection:
        leave_staff(connection, one.school_id, one.staff_id, TODAY)
    with engine.begin() as connection:
        after = everything_of(connection, one.school_id)
        assert {table for table, rows in after.items() if not rows} == opens
        for table in set(Base.metadata.tables) - opens - {"staff"}:
            assert after[table] == before[table], table
        assert after["meetings"] and after["sign_offs"] and after["action_plans"]
        assert after["staff"][0].left_on == TODAY
        assert everything_of(connection, two.school_id) == other
        with pytest.raises(NoStaff):
            leave_staff(connection, one.school_id, one.staff_id, TODAY)
        with pytest.raises(NoStaff):
            set_roles(connection, one.school_id, one.staff_id, {"dsl"}, NOW)
        with pytest.raises(NoStaff):
            leave_staff(connection, one.school_id, two.staff_id, TODAY)


def test_who_comes_back_is_the_same_person(connection: Connection, schools: tuple[int, int]):
    school = schools[0]
    quorra = add(connection, school, roles=("adviser",))
    connection.execute(
        insert(WorkingHours).values(
            school_id=school, staff_id=quorra.id, weekday=0, begins=time(9), ends=time(12)
        )
    )
    leave_staff(connection, school, quorra.id, TODAY)
    assert connection.execute(select(WorkingHours.id)).all() == []
    again = add(connection, school, roles=("careers staff",), level=None)
    assert (again.id, again.level, again.left_on) == (quorra.id, None, None)
    assert find_staff(connection, SEALING, school, quorra.id) == again


# ---- what somebody is


@pytest.mark.parametrize(
    ("changed", "counts"),
    [
        ({}, True),
        ({"level": 7}, True),
        ({"level": 5}, False),
        ({"level": None}, False),
        ({"register_expires": TODAY - timedelta(days=1)}, False),
        ({"register_expires": None}, False),
        ({"details": replace(QUORRA, register_number=None)}, False),
        ({"details": replace(QUORRA, register_number=" ")}, False),
        ({"details": replace(QUORRA, equivalent="Teacher"), "register_expires": None}, True),
        ({"details": replace(QUORRA, equivalent="Teacher"), "level": 4}, False),
        ({"details": replace(QUORRA, equivalent=" "), "register_expires": None}, False),
    ],
)
def test_qualified_on_the_day(changed: dict[str, Any], counts: bool):
    assert qualified_on(row(**changed), TODAY) is counts
    assert title_of(row(**changed), TODAY) == ("careers adviser" if counts else "careers staff")


def test_the_registers_last_day_counts():
    assert is_registered(row(), TODAY)
    assert not is_registered(row(), TODAY + timedelta(days=1))
    assert not qualified_on(row(), TODAY + timedelta(days=1))


def test_titles():
    titles = {
        role: title_of(row(roles=frozenset({role}), level=None), TODAY) for role in (*ROLES, "none")
    }
    assert titles == {
        "careers staff": "careers staff",
        "adviser": "careers staff",
        "careers leader": "careers leader",
        "dsl": "designated safeguarding lead",
        "administrator": "school administrator",
        "operator": "operator",
        "none": "member of staff",
    }
    assert title_of(row(roles=frozenset({"adviser", "careers leader"})), TODAY) == "careers adviser"
    both = frozenset({"adviser", "careers leader"})
    assert title_of(row(roles=both, level=None), TODAY) == "careers leader"
    # Qualified, but not there to advise.
    assert title_of(row(roles=frozenset({"careers staff"})), TODAY) == "careers staff"
