import asyncio
import logging
from dataclasses import replace

import pytest

from bot.gateway.stages import TERMINAL
from bot.gateway.stages.admit import admit
from bot.gateway.stages.audit import audit
from bot.gateway.stages.deliver import deliver
from bot.gateway.stages.store_reply import store_reply
from bot.records.conversations import delete_conversation
from bot.records.store import open_engine, writing
from tests.bot.gateway.stages.conftest import ID, Room


async def settled(room: Room):
    turn = await admit(room.turn("a secret of mine"), room.desk)
    return replace(turn, settled_by="engine", messages=({"text": "reply"},))


def test_the_terminal_stages_in_order():
    assert (store_reply, deliver, audit) == TERMINAL


async def test_stores_then_delivers(room: Room):
    turn = await settled(room)
    with room.desk.broker.follow(ID) as news:
        turn = await deliver(await store_reply(turn, room.desk), room.desk)
        entries, _ = await news.news()
    assert turn.stored is not None
    assert entries == [turn.stored]
    assert [(row.seq, row.in_reply_to) for row in await room.entries()] == [(1, None), (2, 1)]


async def test_silence_is_neither_stored_nor_delivered(room: Room):
    turn = replace(await settled(room), messages=())
    turn = await deliver(await store_reply(turn, room.desk), room.desk)
    assert turn.stored is None
    assert len(await room.entries()) == 1


async def test_a_deleted_conversation_gets_no_reply(room: Room):
    turn = await settled(room)
    await room.desk.store.write(delete_conversation, ID, room.desk.clock())
    assert (await store_reply(turn, room.desk)).stored is None


async def test_a_reply_outlasts_a_locked_store(room: Room):
    turn = await settled(room)
    engine = writing(open_engine(room.desk.settings.store_url))
    held = engine.connect()
    held.begin()
    storing = asyncio.create_task(store_reply(turn, room.desk))
    # Longer than a reader's message would be waited for.
    done, _ = await asyncio.wait({storing}, timeout=2 * room.desk.settings.store_wait_s)
    assert not done
    held.rollback()
    held.close()
    engine.dispose()
    assert (await storing).stored is not None


async def test_accounts_without_words(room: Room, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    await audit(await settled(room), room.desk)
    (line,) = [one for one in caplog.records if one.name == "signpost.audit"]
    assert "by=engine status=answered" in line.getMessage()
    assert "secret" not in caplog.text
    assert "reply" not in line.getMessage()
