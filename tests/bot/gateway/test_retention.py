"""Once a day the gateway deletes what is due, and has the engine forget it."""

import logging
from datetime import timedelta
from pathlib import Path

from bot.channels.web.house import House
from bot.gateway.retention import LAPSES_AFTER, look_once_a_day
from bot.records.conversations import find_conversation, pending_erasures
from bot.records.guidance.bundle import bundle_of
from bot.records.guidance.proposals import proposals_of, propose
from bot.records.retention import last_run
from tests.bot.channels.web.record_owner import Owner, signed_in
from tests.bot.support import Clock, Reader, app_in, running
from tests.engine_double import EngineDouble


async def test_once_a_day(tmp_path: Path, clock: Clock, engine: EngineDouble, caplog):
    app = app_in(tmp_path, clock=clock, engine_url=engine.url)
    async with running(app) as client:
        house: House = app.state.house
        whose = (house.gateway, house.sealing, house.school_id)
        reader = await Reader.begin(client)
        assert await look_once_a_day(*whose)
        assert not await look_once_a_day(*whose)
        store = house.gateway.desk.store
        assert await store.read(find_conversation, reader.id) is not None
        clock.ahead = timedelta(days=120)
        with caplog.at_level(logging.INFO, "signpost.gateway"):
            assert await look_once_a_day(*whose)
        assert await store.read(find_conversation, reader.id) is None
        assert "guest_chats 1" in caplog.text
        assert reader.id not in caplog.text
        assert await store.read(pending_erasures) == []
        last = await store.read(last_run, house.school_id)
        assert last is not None
        assert last[1] == {"guest_chats": 1}


async def test_the_engine_forgets_later_when_it_is_away(tmp_path: Path, clock: Clock):
    app = app_in(tmp_path, clock=clock)
    async with running(app) as client:
        house: House = app.state.house
        reader = await Reader.begin(client)
        clock.ahead = timedelta(days=120)
        assert await look_once_a_day(house.gateway, house.sealing, house.school_id)
        store = house.gateway.desk.store
        assert await store.read(pending_erasures) == [reader.id]
        assert house.gateway.desk.outage.erasures_left


async def test_an_offer_that_nobody_answered_lapses(
    tmp_path: Path, clock: Clock, engine: EngineDouble
):
    app = app_in(tmp_path, clock=clock, engine_url=engine.url)
    async with running(app) as client:
        house: House = app.state.house
        owner = await signed_in(house, client)
        other = await signed_in(house, client, school="other")
        await _offers_lapse(house, clock, owner, other)


async def _offers_lapse(house: House, clock: Clock, owner: Owner, other: Owner) -> None:
    for whose in (owner, other):
        await whose.write(propose, kind="note", body={"text": "Ostriches"}, source={}, now=clock())
    run = (house.gateway, house.sealing, house.school_id)
    clock.ahead = LAPSES_AFTER - timedelta(hours=1)
    assert await look_once_a_day(*run)
    assert [one.body.text for one in await owner.write(proposals_of)] == ["Ostriches"]
    clock.ahead = LAPSES_AFTER + timedelta(days=1)
    assert await look_once_a_day(*run)
    assert await owner.write(proposals_of) == []
    assert [one.body.text for one in await other.write(proposals_of)] == ["Ostriches"]
    (told,) = (await owner.write(bundle_of, clock()))["proposals"]
    assert (told["outcome"], told["body"]) == ("lapsed", {})
