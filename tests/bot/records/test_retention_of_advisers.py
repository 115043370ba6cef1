"""Clocks of what advisers leave: meetings outlive them, and the audit keeps that it was."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection

from bot.records.belongings import OF_STAFF
from bot.records.retention import WrongClock, delete_due, set_clock
from tests.bot.records.clockwork import SEALING, age, due, made, run
from tests.bot.records.planted import NOW, Planted, plant, rows_of


@pytest.fixture
def connection(tmp_path: Path) -> Iterator[Connection]:
    engine = made(tmp_path)
    with engine.begin() as found:
        yield found
    engine.dispose()


@pytest.fixture
def planted(connection: Connection) -> Planted:
    return plant(connection, SEALING, "a")


def test_meetings_stay_when_who_gave_them_is_deleted(connection: Connection, planted: Planted):
    age(connection, "staff", planted, left_on=NOW.date())
    now = NOW + timedelta(days=400)
    found = due(connection, planted, now)["staff"]
    assert set(found.rows) == {"staff", *(table.__tablename__ for table in OF_STAFF)}
    kept = {
        table: rows_of(connection, table, planted.school_id)
        for table in ("meetings", "action_plans", "sign_offs", "plan_shares", "record_lines")
    }
    assert delete_due(connection, SEALING, planted.school_id, "staff", found.ids, now) == 1
    assert rows_of(connection, "staff", planted.school_id) == []
    for table, rows in kept.items():
        assert rows and rows_of(connection, table, planted.school_id) == rows


def test_meetings_go_only_with_the_pupil_unless_the_school_says_so(
    connection: Connection, planted: Planted
):
    now = NOW + timedelta(days=1000)
    found = due(connection, planted, now)
    assert "meetings" not in found
    assert set(found["invitees"].rows) == {"invitees"}
    set_clock(connection, planted.school_id, "meetings", 24, NOW)
    found = due(connection, planted, now)
    assert set(found["meetings"].rows) == {
        *("meetings", "taken_cells", "invitees", "action_plans", "plan_shares", "sign_offs"),
    }
    assert "invitees" not in found  # told once


def test_sessions_of_groups_have_their_own_clock(connection: Connection, planted: Planted):
    age(connection, "meetings", planted, kind="group", pupil_id=None)
    set_clock(connection, planted.school_id, "meetings", 1, NOW)
    assert "group_sessions" not in due(connection, planted, NOW + timedelta(days=1000))
    found = due(connection, planted, NOW + timedelta(days=1100))
    assert "meetings" not in found
    assert set(found["group_sessions"].rows) >= {"meetings", "taken_cells"}


def test_a_parents_request_goes_though_it_is_no_pupils(connection: Connection, planted: Planted):
    age(connection, "referrals", planted, pupil_id=None, origin="parent")
    assert "referrals" in due(connection, planted, NOW + timedelta(days=366))
    age(connection, "referrals", planted, ended_at=NOW + timedelta(days=100))
    assert "referrals" not in due(connection, planted, NOW + timedelta(days=366))
    assert "referrals" in due(connection, planted, NOW + timedelta(days=470))


def test_mails_that_wait_stay(connection: Connection, planted: Planted):
    assert "mails" not in due(connection, planted, NOW + timedelta(days=400))
    for column in ("sent_at", "given_up_at"):
        age(connection, "mails", planted, sent_at=None, given_up_at=None)
        age(connection, "mails", planted, **{column: NOW})
        assert "mails" not in due(connection, planted, NOW + timedelta(days=29))
        assert "mails" in due(connection, planted, NOW + timedelta(days=30))


def test_mails_about_a_leaver_go_along(connection: Connection, planted: Planted):
    age(connection, "mails", planted, once=f"invite m{'a' * 31} 2")
    age(connection, "pupils", planted, left_on=date(2026, 7, 20))
    found = due(connection, planted, datetime(2030, 7, 21, tzinfo=UTC))
    assert "mails" in found["leavers"].rows


def test_of_the_audit_only_details_go(connection: Connection, planted: Planted):
    age(connection, "audit_details", planted, pupil_id=None)
    assert "audit_details" not in due(connection, planted, NOW + timedelta(days=1000))
    found = due(connection, planted, NOW + timedelta(days=1100))["audit_details"]
    assert set(found.rows) == {"audit_details"}
    run(connection, planted, NOW + timedelta(days=1100))
    assert rows_of(connection, "audit_details", planted.school_id) == []
    assert len(rows_of(connection, "audit_events", planted.school_id)) == 1
    with pytest.raises(WrongClock):
        set_clock(connection, planted.school_id, "audit_details", 11, NOW)
