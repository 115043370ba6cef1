import asyncio

import pytest

from bot.gateway.doors import Doors


async def test_one_at_a_time_in_the_order_they_came():
    doors, steps = Doors(), []

    async def enter(key: str, name: str) -> None:
        async with doors.through(key):
            steps.append(f"{name} in")
            await asyncio.sleep(0)
            steps.append(f"{name} out")

    await asyncio.gather(enter("a", "1"), enter("a", "2"), enter("a", "3"), enter("b", "4"))
    alone = [step for step in steps if not step.startswith("4")]
    assert alone == ["1 in", "1 out", "2 in", "2 out", "3 in", "3 out"]
    assert steps.index("4 in") < steps.index("1 out")


async def test_nothing_is_kept():
    doors = Doors()
    with pytest.raises(ValueError):
        async with doors.through("a"):
            raise ValueError
    waiting = []
    async with doors.through("a"):
        waiting.append(asyncio.create_task(doors.through("a").__aenter__()))
        await asyncio.sleep(0)
        waiting[0].cancel()
    await asyncio.wait(waiting)
    assert not doors._locks
