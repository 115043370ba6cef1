from datetime import timedelta
from pathlib import Path

from bot.channels.web.house import House
from bot.gateway.session_limit import warn_and_close
from tests.bot.support import Clock, Reader, app_in, running
from tests.engine_double import EngineDouble


async def test_warned_while_listening_then_closed(
    tmp_path: Path, clock: Clock, engine: EngineDouble
):
    app = app_in(tmp_path, clock=clock, engine_url=engine.url)
    async with running(app) as client:
        house: House = app.state.house
        desk = house.gateway.desk
        reader, absent = await Reader.begin(client), await Reader.begin(client)
        await warn_and_close(desk, [reader.id])
        assert await reader.entries() == []
        clock.ahead = timedelta(minutes=111)
        for _ in range(2):
            await warn_and_close(desk, [reader.id])
        (entry,) = await reader.entries()
        assert (entry["from"], entry["in_reply_to"]) == ("notice", None)
        assert entry["messages"][0]["answer"] == "session_ending"
        assert await absent.entries() == []
        clock.ahead = timedelta(minutes=121)
        await warn_and_close(desk, [])
        conversation = await house.gateway.conversation(reader.id)
        assert conversation is not None
        assert conversation.state == "closed"
        assert (await reader.send("hello")).status_code == 409


async def test_no_limit(tmp_path: Path, clock: Clock, engine: EngineDouble):
    app = app_in(tmp_path, clock=clock, engine_url=engine.url, session_minutes=0)
    async with running(app) as client:
        reader = await Reader.begin(client)
        clock.ahead = timedelta(hours=11)
        await warn_and_close(app.state.house.gateway.desk, [reader.id])
        assert (await reader.send("hello")).status_code == 202
