"""Live in the console: lines, typing and seen over server-sent events, and what ends a stream."""

import asyncio
import contextlib
import json
from pathlib import Path

import httpx

from bot.advisers.opening_hours import set_hours
from tests.bot.channels.web.conftest import over_a_socket
from tests.bot.console.chats.test_chats import ALWAYS
from tests.bot.console.staffed import COOKIE, Staffed, now
from tests.bot.gateway.adviser_talk.conftest import ask_all
from tests.bot.support import Reader, app_in


async def events(
    client: httpx.AsyncClient, path: str, headers: dict[str, str], found: list
) -> None:
    headers = {**headers, "Accept": "text/event-stream"}
    name = ""
    async with client.stream("GET", path, headers=headers) as stream:
        assert stream.status_code == 200, stream.status_code
        async for line in stream.aiter_lines():
            if line.startswith("event: "):
                name = line.removeprefix("event: ")
            if line.startswith("data: "):
                found.append((name, json.loads(line.removeprefix("data: "))))


async def until(found: list, enough, wait_s: float = 5) -> None:
    for _ in range(int(wait_s / 0.02)):
        if enough(found):
            return
        await asyncio.sleep(0.02)
    raise AssertionError(found)


async def test_both_sides_live_and_again_after_a_break(tmp_path: Path, engine):
    async with over_a_socket(app_in(tmp_path, engine_url=engine.url)) as client:
        school = Staffed(tmp_path)
        with school.engine.begin() as connection:
            set_hours(connection, school.school_id, ALWAYS, now())
        ada = school.adviser("Ada Marlowe")
        cookie = {"Cookie": f"{COOKIE}={school.session(ada)}"}
        reader = await Reader.begin(client)
        queue: list = []
        watching = asyncio.create_task(events(client, "/console/queue/events", cookie, queue))
        await until(queue, bool)
        assert queue[0][1]["waiting"] == []
        await ask_all(reader)
        await until(queue, lambda all_: len(all_[-1][1]["waiting"]) == 1)
        page = await client.get("/console/queue", headers=cookie)
        token = page.text.partition('name="csrf" content="')[2][:64]
        here = str(client.base_url).rstrip("/")
        writes = {**cookie, "X-CSRF-Token": token, "Origin": here, "Sec-Fetch-Site": "same-origin"}
        chat = f"/console/chats/{reader.id}"
        taken = await client.post(f"{chat}/claim", data={"csrf": token}, headers=writes)
        assert taken.status_code == 303
        hers: list = []
        following = asyncio.create_task(events(client, f"{chat}/events", cookie, hers))
        his: list = []
        reading = asyncio.create_task(events(client, f"{reader.path}/events", reader.headers, his))
        await until(hers, lambda all_: any(kind == "talk" for kind, _ in all_))
        sent = await client.post(
            f"{chat}/lines", json={"text": "<Hi>", "once": "a"}, headers=writes
        )
        assert sent.status_code == 200
        await until(
            his,
            lambda all_: any(
                one[1].get("name") == "Ada Marlowe" and one[0] == "entry" for one in all_
            ),
        )
        signs = f"{reader.path}/signs"
        await client.post(signs, json={"typing": True}, headers=reader.headers)
        await client.post(signs, json={"seen": sent.json()["seq"]}, headers=reader.headers)
        await client.post(f"{chat}/signs", json={"typing": True}, headers=writes)
        await reader.send("hello Ada")
        await until(hers, lambda all_: {"typing", "seen"} <= {kind for kind, _ in all_})
        await until(his, lambda all_: any(kind == "typing" for kind, _ in all_))
        await until(hers, lambda all_: any("hello Ada" in one.get("html", "") for _, one in all_))
        lines = [one for kind, one in hers if kind == "entry"]
        assert [one["seq"] for one in lines] == [*range(1, len(lines) + 1)]
        assert any("&lt;Hi&gt;" in one["html"] for one in lines)
        # Cut off, and taken up again after the last line that came.
        following.cancel()
        await reader.send("still there")
        again: list = []
        last = {**cookie, "Last-Event-ID": str(lines[-1]["seq"])}
        following = asyncio.create_task(events(client, f"{chat}/events", last, again))
        await until(again, lambda all_: any(kind == "entry" for kind, _ in all_))
        assert [one["seq"] for kind, one in again if kind == "entry"] == [lines[-1]["seq"] + 1]
        # Handed back: what is said from then on is not told here, and the stream ends.
        await client.post(f"{chat}/back", data={"csrf": token}, headers=writes)
        await asyncio.wait_for(following, 5)
        assert again[-1] == ("talk", {"state": "bot", "name": None, "role": None})
        for task in (watching, reading):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
        school.close()
