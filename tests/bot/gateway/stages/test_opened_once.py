"""What was sealed is opened no more often than it has to be."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest

from bot.gateway.gateway import Gateway
from bot.records.sealing import Sealing
from tests.bot.gateway.stages.conftest import ID, Room
from tests.bot.records.guidance.conftest import SEALING


class Counting(Sealing):
    """Opens as any other, and counts."""

    def __init__(self) -> None:
        self.opened = 0

    def seal(self, value: dict[str, Any]) -> str:
        return SEALING.seal(value)

    def open(self, sealed: str) -> dict[str, Any]:
        self.opened += 1
        return SEALING.open(sealed)

    def lookup_exact(self, purpose: str, text: str) -> str:
        return SEALING.lookup_exact(purpose, text)


@pytest.fixture
async def gateway(room: Room) -> AsyncIterator[Gateway]:
    found = Gateway(replace(room.desk, sealing=Counting()))
    yield found
    await found.close()


def opened(gateway: Gateway) -> int:
    counting = gateway.desk.sealing
    assert isinstance(counting, Counting)
    found, counting.opened = counting.opened, 0
    return found


async def asked(gateway: Gateway, number: int) -> None:
    await gateway.receive(ID, f"m{number}", text=f"question {number}")
    assert await gateway.settled(ID, 5)


async def test_a_poll_opens_what_it_tells_and_what_comes_is_at_hand(gateway: Gateway):
    await asked(gateway, 1)
    opened(gateway)
    rows, _ = await gateway.poll(ID, 0, 0)
    # The message, and of the reply what it says and how it came about.
    assert ([row.seq for row in rows], opened(gateway)) == ([1, 2], 3)
    waiting = asyncio.create_task(gateway.poll(ID, 2, 5))
    await asyncio.sleep(0.1)
    await gateway.receive(ID, "m2", text="question 2")
    rows, _ = await waiting
    assert [row.body["messages"][0]["text"] for row in rows] == ["question 2"]
    assert await gateway.settled(ID, 5)
    # Two of the reply's buttons had been offered before; nothing else was looked at.
    assert opened(gateway) == 2


async def test_what_was_missed_is_told_whole_by_a_poll(gateway: Gateway):
    waiting = asyncio.create_task(gateway.poll(ID, 0, 5))
    await asyncio.sleep(0.1)
    await gateway.receive(ID, "m1", text="question 1")
    rows, _ = await waiting
    assert [row.seq for row in rows] == [1]
    await asked(gateway, 2)
    waiting = asyncio.create_task(gateway.poll(ID, 3, 5))
    rows, _ = await waiting
    assert [row.seq for row in rows] == [4]


async def test_a_stream_opens_each_row_once(gateway: Gateway):
    for number in (1, 2):
        await asked(gateway, number)
    opened(gateway)
    told: list[int] = []
    enough = asyncio.Event()

    async def follow() -> None:
        async for news in gateway.follow(ID, 0):
            if not isinstance(news, str):
                told.append(news.seq)
            if len(told) == 6:
                enough.set()

    following = asyncio.create_task(follow())
    while len(told) < 4:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    assert opened(gateway) == 6
    await asked(gateway, 3)
    await asyncio.wait_for(enough.wait(), 5)
    following.cancel()
    assert told == [*range(1, 7)]
    assert opened(gateway) == 2
