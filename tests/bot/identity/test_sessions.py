from datetime import timedelta

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from bot.identity.sessions import (
    IDLE_MINUTES,
    Session,
    end_all_sessions,
    end_session,
    note_use,
    session_of,
    start_session,
    sweep_sessions,
)
from bot.records.models import PupilSession
from tests.bot.identity.conftest import NOW, Roll

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


def start(roll: Roll, pupil: str | None = None, way: str = "code", now=NOW) -> str:
    with roll.engine.begin() as connection:
        return start_session(connection, roll.school_id, pupil or roll.ada, way, now, 14)


def look(roll: Roll, token: str, now=NOW, **more) -> Session | None:
    with roll.engine.begin() as connection:
        return session_of(connection, token, now, **more)


def use(roll: Roll, token: str, now) -> Session | None:
    with roll.engine.begin() as connection:
        session = session_of(connection, token, now)
        if session is not None:
            note_use(connection, session, token, now)
        return session


def test_a_session_says_who_and_how(roll: Roll):
    session = look(roll, start(roll, way="google"))
    assert session is not None
    assert (session.pupil_id, session.school_id, session.way) == (
        roll.ada,
        roll.school_id,
        "google",
    )
    assert session.ends_at == NOW + 14 * DAY


def test_each_token_is_new_and_only_its_hash_is_kept(roll: Roll):
    tokens = [start(roll), start(roll)]
    assert tokens[0] != tokens[1]
    with roll.engine.begin() as connection:
        kept = list(connection.execute(select(PupilSession.token_hash)).scalars())
    assert not set(tokens) & set(kept)
    assert kept[0].encode() in roll.files()
    assert tokens[0].encode() not in roll.files()
    # The hash out of a stolen store opens nothing.
    assert look(roll, kept[0]) is None


@pytest.mark.parametrize("token", ["", "x", "x" * 10_000, "\ud800", "é"])
def test_what_is_no_token(roll: Roll, token: str):
    start(roll)
    assert look(roll, token) is None


def test_the_cookie_of_another_installation_is_refused(roll: Roll, second_roll: Roll):
    token = start(second_roll)
    assert look(second_roll, token) is not None
    assert look(roll, token) is None


def test_it_ends_after_the_idle_time(roll: Roll):
    token = start(roll)
    idle = timedelta(minutes=IDLE_MINUTES)
    assert look(roll, token, NOW + idle - MINUTE) is not None
    assert look(roll, token, NOW + idle) is None
    assert look(roll, token, NOW + 5 * MINUTE, idle_minutes=5) is None
    assert look(roll, token, NOW + 4 * MINUTE, idle_minutes=5) is not None


def test_use_puts_off_the_idle_end_but_never_the_absolute_one(roll: Roll):
    token = start(roll)
    now = NOW
    while now + timedelta(minutes=119) < NOW + 14 * DAY:
        now += timedelta(minutes=119)
        assert use(roll, token, now) is not None
    assert look(roll, token, NOW + 14 * DAY - timedelta(seconds=1)) is not None
    assert look(roll, token, NOW + 14 * DAY) is None
    assert use(roll, token, NOW + 14 * DAY) is None


def test_use_is_noted_once_a_minute_and_never_backwards(roll: Roll):
    token = start(roll)
    session = look(roll, token)
    assert session is not None
    assert not session.to_be_noted(NOW + MINUTE - timedelta(seconds=1))
    assert session.to_be_noted(NOW + MINUTE)
    with roll.engine.begin() as connection:
        note_use(connection, session, token, NOW + 10 * MINUTE)
        note_use(connection, session, token, NOW + 5 * MINUTE)
    again = look(roll, token, NOW + 10 * MINUTE)
    assert again is not None
    assert again.last_seen_at == NOW + 10 * MINUTE


def test_signing_out_ends_this_device_only(roll: Roll):
    here, there = start(roll), start(roll)
    with roll.engine.begin() as connection:
        assert end_session(connection, here)
        assert not end_session(connection, here)
        assert not end_session(connection, "nonsense")
    assert look(roll, here) is None
    assert look(roll, there) is not None


def test_signing_out_everywhere(roll: Roll):
    adas, bens = [start(roll) for _ in range(3)], start(roll, roll.ben)
    with roll.engine.begin() as connection:
        # Of another school, nothing ends.
        assert end_all_sessions(connection, roll.other_school_id, roll.ada) == 0
        assert end_all_sessions(connection, roll.school_id, roll.ada) == 3
    assert [look(roll, token) for token in adas] == [None] * 3
    assert look(roll, bens) is not None


def test_a_pupil_of_another_school_cannot_be_signed_in_here(roll: Roll):
    with pytest.raises(IntegrityError):
        start(roll, roll.cy)
    with pytest.raises(IntegrityError):
        start(roll, way="charm")


def test_what_is_over_is_swept_away(roll: Roll):
    old = start(roll, now=NOW - 20 * DAY)
    idle = start(roll, now=NOW - timedelta(minutes=IDLE_MINUTES))
    fresh = start(roll)
    with roll.engine.begin() as connection:
        assert sweep_sessions(connection, roll.other_school_id, NOW) == 0
        assert sweep_sessions(connection, roll.school_id, NOW) == 2
    assert [look(roll, token) is None for token in (old, idle, fresh)] == [True, True, False]
