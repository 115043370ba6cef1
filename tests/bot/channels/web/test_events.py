import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import aclosing

import httpx
import pytest

from bot.channels.web.house import House
from tests.bot.channels.web.conftest import over_a_socket
from tests.bot.support import Reader, app_in
from tests.engine_double import EngineDouble


@pytest.fixture
async def app(tmp_path, engine: EngineDouble):
    return app_in(tmp_path, engine_url=engine.url)


@pytest.fixture
async def there(app) -> AsyncIterator[Reader]:
    """A reader of a gateway behind a real server."""
    async with over_a_socket(app) as client:
        yield await Reader.begin(client)


async def stream(reader: Reader, last: int | None = None) -> AsyncIterator[tuple[str, dict]]:
    headers = {**reader.headers, "Accept": "text/event-stream"}
    if last is not None:
        headers["Last-Event-ID"] = str(last)
    async with reader.client.stream("GET", f"{reader.path}/events", headers=headers) as response:
        assert response.status_code == 200
        assert response.headers["content-type"].startswith("text/event-stream")
        event: dict[str, str] = {}
        async for line in response.aiter_lines():
            if line.startswith(":"):
                yield "comment", {}
            elif line:
                name, _, value = line.partition(": ")
                event[name] = value
            elif event:
                data = json.loads(event["data"])
                if event["event"] == "entry":
                    assert event["id"] == str(data["seq"])
                else:
                    assert "id" not in event
                yield event["event"], data
                event = {}


async def take(reader: Reader, seqs: int, last: int | None = None) -> list[tuple[str, dict]]:
    """Events until the entry numbered `seqs` came and the service is idle again."""
    found = []
    async with asyncio.timeout(10), aclosing(stream(reader, last)) as events:
        async for event in events:
            found.append(event)
            numbers = [data["seq"] for name, data in found if name == "entry"]
            if numbers and numbers[-1] >= seqs and event == ("state", {"state": "idle"}):
                break
    return found


def numbers(events: list[tuple[str, dict]]) -> list[int]:
    return [data["seq"] for name, data in events if name == "entry"]


async def test_a_stream_tells_entries_and_states(there: Reader, engine: EngineDouble):
    engine.switches.mode, engine.switches.slow_s = "slow", 0.2
    taking = asyncio.create_task(take(there, 2))
    await there.send("hello")
    events = await taking
    assert numbers(events) == [1, 2]
    states = [data["state"] for name, data in events if name == "state"]
    assert states[-1] == "idle"
    assert "thinking" in states


async def test_goes_on_after_the_last_event(there: Reader):
    for n in range(3):
        await there.ask(f"text {n}")
    assert numbers(await take(there, 6)) == [1, 2, 3, 4, 5, 6]
    assert numbers(await take(there, 6, last=4)) == [5, 6]


async def test_a_number_never_given_hides_nothing(there: Reader):
    await there.ask("one")
    assert numbers(await take(there, 2, last=1000)) == [1, 2]
    response = await there.get("events", params={"after": 1000, "wait": 0})
    assert [entry["seq"] for entry in response.json()["entries"]] == [1, 2]


async def test_two_tabs_see_the_same(there: Reader):
    tabs = [asyncio.create_task(take(there, 10)) for _ in range(2)]
    for n in range(5):
        await there.send(f"text {n}")
    for tab in tabs:
        assert numbers(await tab) == list(range(1, 11))


async def test_a_broken_off_stream_loses_nothing(there: Reader, engine: EngineDouble):
    """Read a stream in pieces, connecting again each time, while messages pour in."""

    async def pour() -> None:
        for n in range(15):
            await there.send(f"text {n}")

    pouring = asyncio.create_task(pour())
    seen: list[int] = []
    async with asyncio.timeout(20):
        while len(seen) < 30:
            async with aclosing(stream(there, seen[-1] if seen else 0)) as events:
                taken = 0
                async for name, data in events:
                    if name == "entry":
                        seen.append(data["seq"])
                        taken += 1
                        if taken == 4 or len(seen) == 30:
                            break
    await pouring
    assert seen == list(range(1, 31))


async def test_a_slow_reader_gets_all_from_the_store(app, there: Reader):
    """More than the broker holds for a follower who does not take it."""
    house: House = app.state.house
    async with aclosing(house.gateway.follow(there.id, 0)) as followed:
        assert await anext(followed) == "idle"
        for n in range(40):
            await there.send(f"text {n}")
        await house.gateway.settled(there.id, 10)
        seen = []
        async with asyncio.timeout(10):
            while len(seen) < 80:
                news = await anext(followed)
                if not isinstance(news, str):
                    seen.append(news.seq)
    assert seen == list(range(1, 81))


async def test_heartbeat(tmp_path, engine: EngineDouble):
    app = app_in(tmp_path, engine_url=engine.url, heartbeat_s=1)
    async with over_a_socket(app) as client:
        reader = await Reader.begin(client)
        async with asyncio.timeout(5), aclosing(stream(reader)) as events:
            names = [(await anext(events))[0] for _ in range(2)]
    assert names == ["state", "comment"]


async def test_the_stream_ends_with_its_conversation(there: Reader):
    async def all_of_it() -> list[tuple[str, dict]]:
        return [event async for event in stream(there)]

    reading = asyncio.create_task(all_of_it())
    await there.ask("hello")
    await there.client.delete(there.path, headers=there.headers)
    async with asyncio.timeout(5):
        assert numbers(await reading) == [1, 2]


async def test_streams_end_when_the_service_stops(tmp_path, engine: EngineDouble):
    app = app_in(tmp_path, engine_url=engine.url)
    async with asyncio.timeout(10), over_a_socket(app) as client:
        reader = await Reader.begin(client)
        events = stream(reader)
        assert await anext(events) == ("state", {"state": "idle"})
    with pytest.raises((StopAsyncIteration, httpx.TransportError)):
        async with asyncio.timeout(5):
            while True:
                await anext(events)


async def test_long_poll_returns_at_once_what_is_there(reader: Reader):
    await reader.ask("hello")
    response = await reader.get("events", params={"after": 1, "wait": 25})
    assert [entry["seq"] for entry in response.json()["entries"]] == [2]
    assert response.headers["cache-control"] == "no-store"


async def test_long_poll_waits_for_an_entry(reader: Reader):
    polling = asyncio.create_task(reader.get("events", params={"after": 0, "wait": 25}))
    await reader.send("hello")
    async with asyncio.timeout(5):
        found = (await polling).json()
    assert found["entries"][0]["seq"] == 1


async def test_long_poll_gives_up(reader: Reader):
    found = (await reader.get("events", params={"after": 0, "wait": 0})).json()
    assert found == {"entries": [], "state": "idle"}


async def test_long_poll_tells_of_a_new_state(reader: Reader, engine: EngineDouble):
    engine.switches.mode = "slow"
    await reader.send("hello")
    found = (await reader.get("events", params={"after": 1, "wait": 0})).json()
    assert found == {"entries": [], "state": "thinking"}
    found = (await reader.get("events", params={"after": 1, "wait": 25})).json()
    assert found["state"] == "away"


@pytest.mark.parametrize(
    "query", [{"after": "-1"}, {"after": "x"}, {"wait": "26"}, {"after": "9" * 30}, {"after": "٣"}]
)
async def test_wrong_numbers(reader: Reader, query: dict):
    response = await reader.get("events", params=query)
    assert response.status_code == 422


async def test_wrong_last_event_id(reader: Reader):
    reader.headers |= {"Last-Event-ID": "x", "Accept": "text/event-stream"}
    assert (await reader.get("events")).status_code == 422
