"""The engine away and back, seen from the reader."""

import asyncio
import time
from pathlib import Path

from bot.channels.web.house import House
from bot.gateway.watcher import look
from bot.records.conversations import pending_erasures
from bot.settings import Settings
from tests.bot.support import Reader, app_in, running, words
from tests.engine_double import EngineDouble


def kinds(entries: list[dict]) -> list[str]:
    return [
        entry["from"] if entry["from"] == "reader" else entry["messages"][0]["answer"]
        for entry in entries
    ]


async def test_told_within_three_seconds_and_answered_when_it_is_back(
    tmp_path: Path, engine: EngineDouble
):
    engine.switches.mode = "slow"
    timeout = Settings().engine_timeout_s
    app = app_in(tmp_path, engine_url=engine.url, engine_timeout_s=timeout)
    async with running(app) as client:
        reader = await Reader.begin(client)
        began = time.monotonic()
        await reader.send("what does a vet earn")
        await reader.send("and a nurse")
        entries = await reader.until(lambda all_: len(all_) == 4)
        assert time.monotonic() - began < 3
        assert sorted(kinds(entries)) == ["engine_away", "engine_away", "reader", "reader"]
        response = await reader.get("events", params={"after": 4, "wait": 0})
        assert response.json()["state"] == "away"
        engine.switches.mode = "ok"
        entries = await reader.until(lambda all_: len(all_) == 6)
        assert [words(entry) for entry in entries[4:]] == [
            "**Said:** what does a vet earn",
            "**Said:** and a nurse",
        ]
        assert [entry["in_reply_to"] for entry in entries[4:]] == [1, 2]


async def test_refused_connections_and_new_messages_keep_their_order(tmp_path: Path):
    engine = EngineDouble()
    async with running(app_in(tmp_path, engine_url=engine.url)) as client:
        reader = await Reader.begin(client)
        for n in range(3):
            assert kinds([await reader.ask(f"text {n}")]) == ["engine_away"]
        engine.start()
        try:
            await reader.until(lambda all_: len(all_) == 9)
            said = [body["text"] for _, body in engine.seen.turns]
            assert said == ["text 0", "text 1", "text 2"]
            assert kinds([await reader.ask("text 3")]) == ["pay"]
        finally:
            engine.stop()


async def test_a_reader_who_left_is_answered_on_coming_back(tmp_path: Path, engine: EngineDouble):
    engine.switches.mode = "loading"
    app = app_in(tmp_path, engine_url=engine.url, reader_stays_s=0.000001, engine_retry_s=60)
    async with running(app) as client:
        house: House = app.state.house
        reader = await Reader.begin(client)
        await reader.send("hello")
        await house.gateway.settled(reader.id, 5)
        engine.switches.mode = "ok"
        asked = len(engine.seen.turns)
        assert await look(house.gateway)
        assert await house.gateway.settled(reader.id, 5)
        assert len(engine.seen.turns) == asked
        entries = await reader.until(lambda all_: len(all_) == 3)
        assert kinds(entries) == ["reader", "engine_away", "pay"]


async def test_taken_up_after_a_restart_of_the_gateway(tmp_path: Path, engine: EngineDouble):
    engine.switches.mode = "loading"
    async with running(app_in(tmp_path, engine_url=engine.url)) as client:
        reader = await Reader.begin(client)
        await reader.ask("hello")
    engine.switches.mode = "ok"
    async with running(app_in(tmp_path, engine_url=engine.url)) as client:
        reader.client = client
        entries = await reader.until(lambda all_: len(all_) == 3)
        assert kinds(entries) == ["reader", "engine_away", "pay"]


async def test_a_message_cut_off_by_a_crash_is_answered(tmp_path: Path, engine: EngineDouble):
    app = app_in(tmp_path, engine_url=engine.url)
    async with running(app) as client:
        reader = await Reader.begin(client)
        house: House = app.state.house
        # Taken, then nothing: as if the process had died before the lane ran.
        house.gateway.lanes.put = lambda *_: None
        await reader.send("hello")
        await reader.send("i want to die", client_message_id="m2")
    async with running(app_in(tmp_path, engine_url=engine.url)) as client:
        reader.client = client
        entries = await reader.until(lambda all_: len(all_) == 4)
        assert kinds(entries) == ["reader", "reader", "help_now", "pay"]


async def test_one_message_that_breaks_the_engine_holds_up_nobody(
    tmp_path: Path, engine: EngineDouble
):
    engine.switches.fails_on = "poison"
    async with running(app_in(tmp_path, engine_url=engine.url)) as client:
        reader, other = await Reader.begin(client), await Reader.begin(client)
        await reader.send("poison")
        assert kinds([await other.ask("hello")]) == ["pay"]
        entries = await reader.until(lambda all_: len(all_) == 3)
        assert kinds(entries) == ["reader", "engine_away", "no_reply"]
        assert sum(body["text"] == "poison" for _, body in engine.seen.turns) == 3
        assert kinds([await reader.ask("hello")]) == ["pay"]


async def test_a_fault_of_ours_is_not_silence(tmp_path: Path, engine: EngineDouble):
    app = app_in(tmp_path, engine_url=engine.url)
    async with running(app) as client:
        reader = await Reader.begin(client)

        async def broken(*_: object, **__: object) -> None:
            raise RuntimeError

        app.state.house.gateway.desk.engine.turn = broken
        assert kinds([await reader.ask("hello")]) == ["no_reply"]


async def test_the_engine_forgets_a_deleted_conversation_when_it_is_back(
    tmp_path: Path, engine: EngineDouble
):
    app = app_in(tmp_path, engine_url=engine.url)
    async with running(app) as client:
        reader = await Reader.begin(client)
        await reader.ask("hello")
        engine.switches.mode = "500"
        response = await client.delete(reader.path, headers=reader.headers)
        assert response.status_code == 204
        assert engine.seen.deleted == []
    # Not even a restart makes it forget that.
    app = app_in(tmp_path, engine_url=engine.url, engine_retry_s=60)
    async with running(app):
        engine.switches.mode = "ok"
        house: House = app.state.house
        assert await look(house.gateway)
        assert engine.seen.deleted == [reader.id]
        assert await house.gateway.desk.store.read(pending_erasures) == []
        assert not house.gateway.desk.outage.erasures_left


async def test_deleting_during_a_turn_leaves_nothing_behind(tmp_path: Path, engine: EngineDouble):
    engine.switches.mode = "slow"
    engine.switches.slow_s = 0.3
    async with running(app_in(tmp_path, engine_url=engine.url)) as client:
        reader = await Reader.begin(client)
        for n in range(3):
            await reader.send(f"text {n}")
        assert await asyncio.to_thread(engine.seen.asked.wait, 5)
        await client.delete(reader.path, headers=reader.headers)
        # The turn under way ends first; those behind it are dropped.
        assert engine.seen.deleted == [reader.id]
        assert len(engine.seen.turns) == 1


async def test_a_person_silences_the_bot(tmp_path: Path, engine: EngineDouble):
    app = app_in(tmp_path, engine_url=engine.url)
    async with running(app) as client:
        reader = await Reader.begin(client)
        house: House = app.state.house
        await house.gateway.desk.store.write(
            lambda connection: connection.exec_driver_sql(
                "UPDATE conversations SET state = 'person'"
            )
        )
        await reader.send("hello")
        assert await house.gateway.settled(reader.id, 5)
        assert kinds(await reader.entries()) == ["reader"]
        assert engine.seen.turns == []
