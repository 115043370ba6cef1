from dataclasses import replace
from datetime import timedelta

import pytest

from bot.gateway.stages.admit import admit
from bot.gateway.turn import HelpUnstored, Refused
from bot.records.store import StoreBusy, open_engine, writing
from tests.bot.gateway.stages.conftest import ID, Room


async def test_stores_tells_and_notes_the_conversation(room: Room):
    with room.desk.broker.follow(ID) as news:
        turn = await admit(room.turn("hello"), room.desk)
        entries, _ = await news.news()
    assert (turn.seq, turn.repeated, turn.scene, turn.state) == (1, False, {"year": 11}, "bot")
    assert [entry.seq for entry in entries] == [1]
    assert [row.body for row in await room.entries()] == [{"messages": [{"text": "hello"}]}]


async def test_the_same_again_is_neither_stored_nor_told(room: Room):
    first = await admit(room.turn(), room.desk)
    again = await admit(room.turn(), room.desk)
    assert (again.seq, again.at, again.repeated) == (first.seq, first.at, True)
    assert len(await room.entries()) == 1
    assert await admit(again, room.desk) == again


async def test_refusals(room: Room):
    for turn, kind in (
        (replace(room.turn(), conversation_id="0" * 32), "no-conversation"),
        (room.turn(None, payload="/never"), "button-gone"),
        (
            replace(room.turn(), arrived_at=room.desk.clock() + timedelta(minutes=121)),
            "closed",
        ),
    ):
        with pytest.raises(Refused) as caught:
            await admit(turn, room.desk)
        assert caught.value.kind == kind
    assert await room.entries() == []


async def test_a_cry_for_help_is_taken_in_a_closed_conversation(room: Room):
    late = room.desk.clock() + timedelta(minutes=121)
    turn = replace(room.turn("help"), arrived_at=late, concern="suicide")
    assert (await admit(turn, room.desk)).seq == 1


async def test_a_locked_store(room: Room):
    engine = writing(open_engine(room.desk.settings.store_url))
    message = {"text": "Call 999."}
    with engine.begin():
        with pytest.raises(StoreBusy):
            await admit(room.turn(), room.desk)
        with pytest.raises(HelpUnstored) as caught:
            await admit(replace(room.turn(), concern="suicide", messages=(message,)), room.desk)
    assert caught.value.message == message
    engine.dispose()
