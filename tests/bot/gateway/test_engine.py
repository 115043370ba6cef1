import asyncio
import time

import pytest

from bot.gateway.engine import EngineAway, EngineClient, EngineFailed
from tests.engine_double import EngineDouble

ID = "e" * 32
SCENE = {"audience": "pupil", "year": 11, "on": "2026-11-22"}


@pytest.fixture
async def asking(engine: EngineDouble):
    found = EngineClient(engine.url, "the-token", timeout_s=0.3)
    yield found
    await found.close()


async def turn(asking: EngineClient, text: str | None = "hello", payload: str | None = None):
    return await asking.turn(ID, text=text, payload=payload, scene=SCENE)


async def test_asks_by_the_contract(engine: EngineDouble, asking: EngineClient):
    reply = await turn(asking)
    assert reply.messages[0]["text"] == "**Said:** hello"
    assert reply.nlu["intent"] == "pay"
    await turn(asking, None, "/pay")
    assert engine.seen.turns == [
        (ID, {"text": "hello", "scene": SCENE}),
        (ID, {"payload": "/pay", "scene": SCENE}),
    ]
    assert set(engine.seen.tokens) == {"Bearer the-token"}


@pytest.mark.parametrize("mode", ["slow", "loading"])
async def test_away(engine: EngineDouble, asking: EngineClient, mode: str):
    engine.switches.mode = mode
    began = time.monotonic()
    with pytest.raises(EngineAway):
        await turn(asking)
    assert time.monotonic() - began < 1
    if mode == "loading":
        assert not await asking.ready()


@pytest.mark.parametrize("mode", ["500", "garbage", "not-json"])
async def test_failed(engine: EngineDouble, asking: EngineClient, mode: str):
    engine.switches.mode = mode
    with pytest.raises(EngineFailed):
        await turn(asking)
    assert await asking.ready()


async def test_nothing_to_say_is_a_reply(engine: EngineDouble, asking: EngineClient):
    engine.switches.mode = "empty"
    assert (await turn(asking)).messages == ()


async def test_refused_connection():
    down = EngineClient("http://127.0.0.1:9", "t")
    with pytest.raises(EngineAway):
        await turn(down)
    assert not await down.ready()


async def test_forgets(engine: EngineDouble, asking: EngineClient):
    await asking.forget(ID)
    assert engine.seen.deleted == [ID]
    engine.switches.mode = "500"
    with pytest.raises(EngineFailed):
        await asking.forget(ID)


async def test_many_at_once_keep_apart(asking: EngineClient):
    said = [f"text {n}" for n in range(40)]
    replies = await asyncio.gather(*(turn(asking, one) for one in said))
    assert [reply.messages[0]["text"] for reply in replies] == [f"**Said:** {one}" for one in said]


async def test_what_is_held_of_a_conversation(engine: EngineDouble, asking: EngineClient):
    assert await asking.held(ID) is None
    engine.seen.held[ID] = {"slots": {"topic": "pay"}}
    assert await asking.held(ID) == {"slots": {"topic": "pay"}}


@pytest.mark.parametrize(
    ("mode", "problem"),
    [
        ("slow", EngineAway),
        ("loading", EngineAway),
        ("500", EngineFailed),
        ("not-json", EngineFailed),
    ],
)
async def test_what_is_held_cannot_be_asked(
    engine: EngineDouble, asking: EngineClient, mode: str, problem: type[Exception]
):
    engine.switches.mode = mode
    with pytest.raises(problem):
        await asking.held(ID)
