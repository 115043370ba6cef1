from dataclasses import replace

import pytest

from bot.gateway.stages.ask_engine import MOST_FAILURES, ask_engine
from tests.bot.gateway.stages.conftest import ID, Room
from tests.engine_double import EngineDouble


def answers(turn) -> list[str]:
    return [message["answer"] for message in turn.messages]


async def test_takes_the_reply_and_its_meta(room: Room, engine: EngineDouble):
    turn = await ask_engine(replace(room.turn("hi"), scene={"year": 11}), room.desk)
    assert (turn.settled_by, turn.status) == ("engine", "answered")
    assert turn.messages[0]["text"] == "**Said:** hi"
    assert turn.meta == {
        "intent": "pay",
        "confidence": 0.97,
        "answers": ["pay"],
        "jobs": [{"soc2020": "2216", "title": "Veterinarians"}],
    }
    today = room.desk.clock().date().isoformat()
    scene = {"audience": None, "year": 11, "on": today}
    assert engine.seen.turns == [(ID, {"text": "hi", "scene": scene})]


async def test_the_day_can_be_set(room: Room, engine: EngineDouble):
    await ask_engine(replace(room.turn(), scene={"on": "2027-01-01"}), room.desk)
    assert engine.seen.turns[0][1]["scene"]["on"] == "2027-01-01"


async def test_a_settled_turn_is_not_asked(room: Room, engine: EngineDouble):
    turn = replace(room.turn(), settled_by="takeover")
    assert await ask_engine(turn, room.desk) == turn
    assert engine.seen.turns == []


async def test_nothing_to_say_is_not_silence(room: Room, engine: EngineDouble):
    engine.switches.mode = "empty"
    turn = await ask_engine(room.turn(), room.desk)
    assert (answers(turn), turn.status) == (["no_reply"], "answered")


@pytest.mark.parametrize("mode", ["slow", "loading"])
async def test_away_the_message_waits_and_the_reader_is_told(
    room: Room, engine: EngineDouble, mode: str
):
    engine.switches.mode = mode
    turn = await ask_engine(room.turn(), room.desk)
    assert (answers(turn), turn.status, turn.failed_attempt) == (["engine_away"], "waiting", False)
    assert room.desk.outage.away
    assert room.desk.outage.waiting == {ID}
    # Known to be away: nobody else has to wait for it.
    asked = len(engine.seen.turns)
    engine.switches.mode = "ok"
    turn = await ask_engine(room.turn(), room.desk)
    assert answers(turn) == ["engine_away"]
    assert len(engine.seen.turns) == asked


async def test_told_once(room: Room, engine: EngineDouble):
    engine.switches.mode = "loading"
    turn = await ask_engine(room.turn(resumed=True), room.desk)
    assert (turn.messages, turn.status) == ((), "waiting")


@pytest.mark.parametrize("mode", ["500", "garbage", "not-json"])
async def test_a_failure_is_tried_again_but_not_for_ever(
    room: Room, engine: EngineDouble, mode: str
):
    engine.switches.mode = mode
    turn = await ask_engine(room.turn(), room.desk)
    assert (answers(turn), turn.status, turn.failed_attempt) == (["engine_away"], "waiting", True)
    assert not room.desk.outage.away
    again = room.turn(resumed=True, attempts=MOST_FAILURES - 1)
    turn = await ask_engine(again, room.desk)
    assert (answers(turn), turn.status) == (["no_reply"], "failed")


async def test_a_button_that_says_a_text_is_asked_as_if_typed(room: Room, engine: EngineDouble):
    turn = replace(room.turn(), text=None, payload='/say{"text": "is it \\"hard\\" {really}?"}')
    await ask_engine(turn, room.desk)
    assert engine.seen.turns[0][1]["text"] == 'is it "hard" {really}?'
    assert "payload" not in engine.seen.turns[0][1]
