"""A session opens what it should, for as long as it should, under a clock of the test's."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from bot.identity.staff.staff_sessions import (
    FRESH_FOR,
    SECOND_WITHIN,
    StaffSignedIn,
    begin_session,
    cookie_name,
    device_key,
    end_place,
    end_session,
    end_sessions,
    find_session,
    knows_device,
    new_device_token,
    note_use,
    places,
    prove_session,
    sweep,
)
from bot.records.models import StaffSession
from bot.records.staff import leave_staff
from bot.records.staff_sessions import forget_devices, see_device
from tests.bot.identity.conftest import NOW
from tests.bot.identity.staff.conftest import Staffed

MINUTE = timedelta(minutes=1)
DEVICE = "Firefox on Windows"


def begin(staffed: Staffed, staff=None, now=NOW, **more) -> str:
    staff = staff or staffed.jo
    whose = (staffed.connection, staffed.sealing, staff.school_id)
    return begin_session(*whose, staff.id, "password", now, device=DEVICE, **more)


def find(staffed: Staffed, token: str | None, now=NOW, **more) -> StaffSignedIn | None:
    return find_session(staffed.connection, staffed.sealing, token, now, **more)


def signed_in(staffed: Staffed, staff=None, now=NOW) -> tuple[str, StaffSignedIn]:
    """The token and session of somebody with both factors."""
    half = find(staffed, begin(staffed, staff, now), now)
    assert half is not None
    token = prove_session(staffed.connection, half, now)
    found = find(staffed, token, now)
    assert token is not None and found is not None
    return token, found


def test_without_the_second_factor_it_says_so(staffed: Staffed):
    found = find(staffed, begin(staffed))
    assert found is not None and found.second_at is None and not found.is_fresh(NOW)
    assert found.staff.id == staffed.jo.id


def test_the_second_factor_makes_another_token(staffed: Staffed):
    before = begin(staffed)
    half = find(staffed, before)
    assert half is not None
    after = prove_session(staffed.connection, half, NOW + MINUTE)
    assert after not in (None, before)
    assert find(staffed, before) is None
    found = find(staffed, after, NOW + MINUTE)
    assert found is not None and found.second_at == NOW + MINUTE
    assert prove_session(staffed.connection, half, NOW) is None


def test_the_second_factor_has_to_come_in_time(staffed: Staffed):
    token = begin(staffed)
    assert find(staffed, token, NOW + SECOND_WITHIN - MINUTE) is not None
    assert find(staffed, token, NOW + SECOND_WITHIN) is None


def test_idle(staffed: Staffed):
    token, found = signed_in(staffed)
    assert find(staffed, token, NOW + 29 * MINUTE) is not None
    assert find(staffed, token, NOW + 30 * MINUTE) is None
    note_use(staffed.connection, found, NOW + 29 * MINUTE)
    assert find(staffed, token, NOW + 58 * MINUTE) is not None
    assert find(staffed, token, NOW + 12 * MINUTE, idle_minutes=10) is not None
    assert find(staffed, token, NOW + 40 * MINUTE, idle_minutes=10) is None


def test_the_absolute_end_stays(staffed: Staffed):
    token, found = signed_in(staffed)
    for minutes in range(25, 12 * 60, 25):
        now = NOW + minutes * MINUTE
        assert find(staffed, token, now) is not None
        note_use(staffed.connection, found, now)
    assert find(staffed, token, NOW + timedelta(hours=12)) is None


@pytest.mark.parametrize("token", [None, "", "x", "x" * 43, "x" * 10_000, "\ud800"])
def test_what_was_never_given_out(staffed: Staffed, token: str | None):
    begin(staffed)
    assert find(staffed, token) is None


def test_only_a_hash_is_kept(staffed: Staffed):
    token = begin(staffed)
    row = staffed.connection.execute(select(StaffSession.__table__)).one()
    assert token not in repr(row) and DEVICE not in repr(row)


def test_who_has_left(staffed: Staffed):
    token, _ = signed_in(staffed, staffed.kit)
    leave_staff(staffed.connection, staffed.school_id, staffed.kit.id, NOW.date())
    assert find(staffed, token) is None


def test_fresh_for_a_while(staffed: Staffed):
    _, found = signed_in(staffed)
    assert found.is_fresh(NOW + FRESH_FOR - MINUTE)
    assert not found.is_fresh(NOW + FRESH_FOR)


def test_use_is_noted_once_a_minute(staffed: Staffed):
    _, found = signed_in(staffed)
    assert not found.to_be_noted(NOW + timedelta(seconds=59))
    assert found.to_be_noted(NOW + MINUTE)


# ---- where one is signed in


def test_places_are_ones_own_and_open(staffed: Staffed):
    _, here = signed_in(staffed, now=NOW)
    signed_in(staffed, now=NOW + MINUTE)
    signed_in(staffed, now=NOW - timedelta(hours=2))  # lay unused
    begin(staffed, now=NOW)  # without the second factor
    signed_in(staffed, staffed.kit)
    found = places(staffed.connection, staffed.sealing, here, NOW + 2 * MINUTE)
    assert [(one.here, one.device) for one in found] == [(True, DEVICE), (False, DEVICE)]


def test_out_on_one_device_and_on_all(staffed: Staffed):
    token, here = signed_in(staffed)
    other, _ = signed_in(staffed)
    third, _ = signed_in(staffed)
    kits, kit = signed_in(staffed, staffed.kit)
    there = [one for one in places(staffed.connection, staffed.sealing, here, NOW) if not one.here]
    # A name of somebody else's opens nothing.
    kits_place = places(staffed.connection, staffed.sealing, kit, NOW)[0].name
    assert not end_place(staffed.connection, staffed.sealing, here, kits_place)
    assert end_place(staffed.connection, staffed.sealing, here, there[0].name)
    assert [find(staffed, one) is None for one in (token, other, third)].count(True) == 1
    assert (
        end_sessions(staffed.connection, staffed.school_id, staffed.jo.id, but=here.session_hash)
        == 1
    )
    assert find(staffed, token) is not None
    assert end_session(staffed.connection, here)
    assert not end_session(staffed.connection, here)
    assert find(staffed, token) is None
    assert find(staffed, kits) is not None


def test_sweep(staffed: Staffed):
    signed_in(staffed, now=NOW)
    signed_in(staffed, now=NOW - timedelta(hours=1))
    begin(staffed, now=NOW - SECOND_WITHIN)
    signed_in(staffed, staffed.lou, now=NOW - timedelta(hours=1))
    assert sweep(staffed.connection, staffed.school_id, NOW) == 2
    assert sweep(staffed.connection, staffed.school_id, NOW) == 0
    assert sweep(staffed.connection, staffed.other_school_id, NOW) == 1


# ---- devices and cookies


def test_a_device_is_known_for_each_person_apart(staffed: Staffed):
    token = new_device_token()
    whose = (staffed.connection, staffed.sealing, staffed.school_id)
    assert not knows_device(*whose, staffed.jo.id, token)
    key = device_key(staffed.sealing, staffed.jo.id, token)
    assert see_device(staffed.connection, staffed.school_id, staffed.jo.id, key, NOW)
    assert not see_device(staffed.connection, staffed.school_id, staffed.jo.id, key, NOW)
    assert knows_device(*whose, staffed.jo.id, token)
    assert not knows_device(*whose, staffed.kit.id, token)
    assert not knows_device(*whose, staffed.jo.id, new_device_token())
    for nothing in (None, "", "x" * 5000):
        assert not knows_device(*whose, staffed.jo.id, nothing)
    assert forget_devices(staffed.connection, staffed.school_id, staffed.jo.id) == 1
    assert not knows_device(*whose, staffed.jo.id, token)


def test_only_this_host_can_set_the_cookie_where_https_is_spoken():
    assert cookie_name(secure=True).startswith("__Host-")
    assert not cookie_name(secure=False).startswith("__")
