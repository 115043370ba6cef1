"""What is good once is good once for any number of requests at the same moment."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from bot.identity.staff.invitations import invite, open_link
from bot.identity.staff.second_factor import (
    AppDraft,
    keep_app,
    new_recovery_codes,
    use_app_code,
    use_recovery_code,
)
from bot.identity.staff.staff_sessions import begin_session, find_session, prove_session
from bot.records.audit.actors import SERVICE
from bot.records.staff import StaffDetails, StaffRow, add_staff
from tests.bot.identity.conftest import NOW, Roll
from tests.bot.identity.staff.test_second_factor import SECRET, STEP, code_at

AT_ONCE = 8


@pytest.fixture
def jo(roll: Roll) -> StaffRow:
    with roll.engine.begin() as connection:
        details = StaffDetails("Jo Marsh", "jo@school.example")
        return add_staff(connection, roll.sealing, roll.school_id, details, now=NOW)


def done(roll: Roll, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
    while True:
        try:
            with roll.engine.begin() as connection:
                return work(connection, *args, **more)
        except OperationalError:  # another one writes: as the store does, wait and try again
            time.sleep(0.01)


def at_once(roll: Roll, work: Callable[..., Any], *args: Any) -> list[Any]:
    """What came of it for each that succeeded."""
    with ThreadPoolExecutor(AT_ONCE) as pool:
        tries = [pool.submit(done, roll, work, *args) for _ in range(AT_ONCE)]
        return [found for one in tries if (found := one.result())]


def test_a_code_of_the_app(roll: Roll, jo: StaffRow):
    whose = (roll.sealing, roll.school_id, jo.id)
    done(roll, keep_app, *whose, AppDraft(SECRET, ""), code_at(SECRET, NOW), NOW)
    later = NOW + 4 * STEP
    assert at_once(roll, use_app_code, *whose, code_at(SECRET, later), later) == [True]


def test_a_recovery_code(roll: Roll, jo: StaffRow):
    whose = (roll.sealing, roll.school_id, jo.id)
    code = done(roll, new_recovery_codes, *whose)[0]
    assert at_once(roll, use_recovery_code, *whose, code, NOW) == [True]


def test_a_link(roll: Roll, jo: StaffRow):
    token = done(roll, invite, roll.sealing, roll.school_id, jo.id, by=SERVICE, now=NOW)
    assert len(at_once(roll, open_link, roll.school_id, token, NOW)) == 1


def test_the_second_factor_of_one_session(roll: Roll, jo: StaffRow):
    whose = (roll.sealing, roll.school_id, jo.id)
    token = done(roll, begin_session, *whose, "password", NOW, device="")
    session = done(roll, find_session, roll.sealing, token, NOW)
    assert len(at_once(roll, prove_session, session, NOW)) == 1
