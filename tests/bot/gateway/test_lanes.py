import asyncio

import pytest

from bot.gateway.lanes import Lanes


async def test_jobs_of_a_lane_run_in_turn_and_lanes_side_by_side():
    lanes, done, gate = Lanes(), [], asyncio.Event()

    async def slow() -> None:
        await gate.wait()
        done.append("a1")

    async def note(name: str) -> None:
        done.append(name)

    lanes.put("a", slow)
    lanes.put("a", lambda: note("a2"))
    lanes.put("b", lambda: note("b1"))
    assert await lanes.idle("b", 1)
    assert done == ["b1"]
    assert lanes.busy("a")
    assert not await lanes.idle("a", 0.01)
    gate.set()
    assert await lanes.idle("a", 1)
    assert done == ["b1", "a1", "a2"]
    assert not lanes.busy("a")


async def test_one_broken_job_does_not_stop_the_lane(caplog: pytest.LogCaptureFixture):
    lanes, done = Lanes(), []

    async def broken() -> None:
        raise ValueError("what a reader wrote")

    async def fine() -> None:
        done.append(1)

    lanes.put("a", broken)
    lanes.put("a", fine)
    await lanes.idle("a", 1)
    assert done == [1]
    assert "ValueError" in caplog.text
    assert "what a reader wrote" not in caplog.text


async def test_cleared_jobs_do_not_run():
    lanes, done, gate = Lanes(), [], asyncio.Event()

    async def never() -> None:
        done.append(1)

    lanes.put("a", gate.wait)
    lanes.put("a", never)
    lanes.clear("a")
    lanes.clear("b")
    gate.set()
    await lanes.idle("a", 1)
    assert done == []


async def test_closing_stops_what_does_not_end():
    lanes = Lanes()
    lanes.put("a", asyncio.Event().wait)
    await lanes.close(0.01)
    assert not lanes.busy("a")
    await lanes.close(0.01)
