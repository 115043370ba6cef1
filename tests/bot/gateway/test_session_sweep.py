"""What is over is swept daily; what stands stays; a store that is locked is tried again soon."""

import asyncio
import logging
from datetime import timedelta
from pathlib import Path

import pytest

from bot.channels.web.house import House
from bot.gateway import session_sweep
from bot.gateway.session_sweep import keep_swept, sweep
from bot.identity.sessions import note_use, session_of, start_session
from bot.records.models import PupilSession
from bot.records.store import StoreBusy
from tests.bot.channels.web.enrolled import Enrolled, now
from tests.bot.support import Clock, app_in, running
from tests.engine_double import EngineDouble


async def test_what_is_over_goes_and_what_stands_stays(
    tmp_path: Path, clock: Clock, engine: EngineDouble
):
    app = app_in(tmp_path, clock=clock, engine_url=engine.url, pupil_idle_minutes=60)
    async with running(app):
        house: House = app.state.house
        enrolled = Enrolled(tmp_path)
        ada, other = enrolled.add(), enrolled.other_school()
        theirs = enrolled.add("Cy", other)
        begun = clock()
        with enrolled.transaction() as connection:
            short = start_session(connection, house.school_id, ada, "code", begun, 1)
            start_session(connection, house.school_id, ada, "google", begun, 14)  # never used
            used = start_session(connection, house.school_id, ada, "code", begun, 14)
            start_session(connection, other, theirs, "code", begun, 1)
        assert await sweep(house.gateway.desk, house.school_id) == 0
        for clock.ahead in (timedelta(minutes=59), timedelta(hours=23, minutes=59)):
            with enrolled.transaction() as connection:
                for token in (short, used):
                    session = session_of(connection, token, clock(), idle_minutes=10_000)
                    assert session is not None
                    note_use(connection, session, token, clock())
        assert await sweep(house.gateway.desk, house.school_id) == 1  # the idle one
        clock.ahead = timedelta(days=1)
        assert await sweep(house.gateway.desk, house.school_id) == 1  # the one that ended
        left = enrolled.rows(PupilSession)
        assert sorted(row.school_id for row in left) == [house.school_id, other]
        clock.ahead = timedelta(days=1, hours=1)
        assert await sweep(house.gateway.desk, house.school_id) == 1
        assert [row.school_id for row in enrolled.rows(PupilSession)] == [other]
        enrolled.close()


async def test_it_runs_with_the_gateway_from_its_start(
    tmp_path: Path, clock: Clock, engine: EngineDouble
):
    async with running(app_in(tmp_path, clock=clock, engine_url=engine.url)):
        enrolled = Enrolled(tmp_path)
        ada = enrolled.add()
        with enrolled.transaction() as connection:
            start_session(connection, enrolled.school_id, ada, "code", now(), 1)
    clock.ahead = timedelta(days=2)
    async with running(app_in(tmp_path, clock=clock, engine_url=engine.url)):
        async with asyncio.timeout(5):
            for _ in range(500):
                if not enrolled.rows(PupilSession):
                    break
                await asyncio.sleep(0.01)
        assert enrolled.rows(PupilSession) == []
    enrolled.close()


async def test_daily_and_sooner_after_a_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    slept: list[float] = []
    done: list[int] = []

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 3:
            raise asyncio.CancelledError

    async def swept(_desk: object, school_id: int) -> int:
        done.append(school_id)
        if len(done) == 2:
            raise StoreBusy("Quillfeather")
        return 0

    monkeypatch.setattr(session_sweep.asyncio, "sleep", sleep)
    monkeypatch.setattr(session_sweep, "sweep", swept)
    with caplog.at_level(logging.DEBUG), pytest.raises(asyncio.CancelledError):
        await keep_swept(None, 7)  # type: ignore[arg-type]
    assert slept == [86_400, 600, 86_400]
    assert done == [7, 7, 7]
    assert "sweeping sessions broke off: StoreBusy" in caplog.text
    assert "Quillfeather" not in caplog.text
