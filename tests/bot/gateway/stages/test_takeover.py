from dataclasses import replace

from bot.gateway.stages.takeover import takeover
from tests.bot.gateway.stages.conftest import Room


async def test_silent_while_a_person_holds_the_conversation(room: Room):
    turn = await takeover(replace(room.turn(), state="person"), room.desk)
    assert turn.settled_by == "takeover"
    assert turn.messages == ()
    assert turn.status == "answered"


async def test_passes_otherwise(room: Room):
    for turn in (room.turn(), replace(room.turn(), state="person", settled_by="safeguarding")):
        assert await takeover(turn, room.desk) == turn
