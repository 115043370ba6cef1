from dataclasses import replace

from bot.gateway.stages import ARRIVAL, REPLY
from bot.gateway.stages.safeguard import safeguard
from tests.bot.gateway.stages.conftest import Room


async def test_a_cry_for_help_is_settled_without_the_engine(room: Room):
    turn = await safeguard(room.turn("i want to die"), room.desk)
    assert turn.settled_by == "safeguarding"
    assert turn.concern == "suicidal_thoughts"
    assert [message["answer"] for message in turn.messages] == ["help_now"]


async def test_leaves_others_and_buttons_alone(room: Room):
    for turn in (room.turn(), room.turn(None, payload="/pay")):
        assert await safeguard(turn, room.desk) == turn


async def test_a_settled_turn_is_passed_over(room: Room):
    turn = replace(room.turn("i want to die"), settled_by="x")
    assert await safeguard(turn, room.desk) == turn


def test_it_comes_first_on_the_raw_text():
    assert ARRIVAL[0] is safeguard
    assert REPLY[0] is safeguard
