from dataclasses import replace

import pytest

from bot.gateway.stages.admit import admit
from bot.gateway.stages.limit import limit
from bot.gateway.turn import Refused
from tests.bot.gateway.stages.conftest import Room


async def refusal(room: Room, text: str) -> str:
    with pytest.raises(Refused) as caught:
        await limit(room.turn(text), room.desk)
    return caught.value.kind


async def test_refuses_what_is_empty_or_too_long(room: Room):
    assert await refusal(room, "") == "empty"
    assert await refusal(room, "\u0301") == "empty"
    assert await refusal(room, "x" * 1001) == "too-long"
    assert await limit(room.turn("x" * 1000), room.desk)


async def test_refuses_too_many_but_not_the_same_again(room: Room):
    for n in range(3):
        turn = replace(room.turn(), client_message_id=f"m{n}")
        await admit(await limit(turn, room.desk), room.desk)
    again = await limit(replace(room.turn(), client_message_id="m1"), room.desk)
    assert again.repeated
    assert again.seq == 2
    with pytest.raises(Refused) as caught:
        await limit(replace(room.turn(), client_message_id="m9"), room.desk)
    assert caught.value.kind == "too-many"
    assert caught.value.retry_after_s == 20


async def test_a_cry_for_help_is_never_refused(room: Room):
    for _ in range(10):
        turn = replace(room.turn("x" * 5000), settled_by="safeguarding")
        assert await limit(turn, room.desk) == turn
