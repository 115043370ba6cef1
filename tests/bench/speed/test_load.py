"""The load generator against a small gateway and a small REST channel over real sockets."""

import asyncio
import json
import socket
from contextlib import asynccontextmanager

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

from bench.speed.load import Plan, crowd, long_conversation
from bench.speed.runs import figures
from bench.speed.script import Script
from bench.speed.talk import NoReply, talking


class Once(Script):
    """Each sender has each conversation once, in order: a load that ends by itself."""

    def for_sender(self, number, seed):
        yield from self.conversations


SCRIPT = Once((("one", "two"), ("three",)), ("a", "b"))
LONG_ENOUGH_S = 60


class SmallGateway:
    """Takes messages, answers each over the event stream, and notes what it was told."""

    def __init__(self, answer: str = "pay"):
        self.answer = answer
        self.said: dict[str, list[str]] = {}
        self.streams: dict[str, asyncio.Queue] = {}

    def application(self) -> Starlette:
        path = "/chat/v1/conversations"
        return Starlette(
            routes=[
                Route(path, self.begin, methods=["POST"]),
                Route(path + "/{id}/messages", self.message, methods=["POST"]),
                Route(path + "/{id}/events", self.events),
                Route("/webhooks/rest/webhook", self.rest, methods=["POST"]),
            ]
        )

    async def begin(self, request):
        name = f"c{len(self.said)}"
        self.said[name] = []
        self.streams[name] = asyncio.Queue()
        return JSONResponse({"conversation": name, "token": f"t-{name}"}, 201)

    async def message(self, request):
        name = request.path_params["id"]
        if request.headers["authorization"] != f"Bearer t-{name}":
            return JSONResponse({}, 404)
        self.said[name].append((await request.json())["text"])
        seq = 2 * len(self.said[name]) - 1
        # The stream may be faster than the answer to this request: the client must cope.
        self.streams[name].put_nowait(
            {"seq": seq + 1, "in_reply_to": seq, "messages": [{"answer": self.answer}]}
        )
        await asyncio.sleep(0)
        return JSONResponse({"seq": seq, "at": ""}, 202)

    async def events(self, request):
        queue = self.streams[request.path_params["id"]]
        if "wait" in request.query_params:
            return JSONResponse({"entries": [await queue.get()], "state": "idle"})

        async def stream():
            yield 'event: state\r\ndata: {"state": "idle"}\r\n\r\n'
            while True:
                yield f"event: entry\r\ndata: {json.dumps(await queue.get())}\r\n\r\n"

        return StreamingResponse(stream(), media_type="text/event-stream")

    async def rest(self, request):
        told = await request.json()
        self.said.setdefault(told["sender"], []).append(told["message"])
        return JSONResponse([{"text": "ok"}] if self.answer == "pay" else [])


@asynccontextmanager
async def served(gateway: SmallGateway):
    config = uvicorn.Config(
        gateway.application(), log_level="error", ws="none", timeout_graceful_shutdown=0
    )
    server = uvicorn.Server(config)
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        door.listen()  # who comes before the server is ready waits in line
        task = asyncio.create_task(server.serve(sockets=[door]))
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
        server.should_exit = True
        await task


@pytest.mark.parametrize("kind", ["signpost", "signpost-poll", "stock"])
async def test_people_write_conversation_after_conversation(kind):
    gateway = SmallGateway()
    async with served(gateway) as url:
        plan = Plan(kind, url, senders=3, seconds=LONG_ENOUGH_S, warm_up=0)
        heard = await crowd(plan, SCRIPT)
    assert heard.failures == {}
    assert heard.began == 6
    assert len(heard.times_ms) == 9
    assert all(time > 0 for time in heard.times_ms)
    assert sorted(gateway.said.values()) == [["one", "two"]] * 3 + [["three"]] * 3


@pytest.mark.parametrize("kind", ["signpost", "signpost-poll", "stock"])
async def test_one_long_conversation(kind):
    gateway = SmallGateway()
    async with served(gateway) as url:
        heard = await long_conversation(Plan(kind, url, turns=7), SCRIPT)
    assert list(gateway.said.values()) == [["a", "b", "a", "b", "a", "b", "a"]]
    assert len(heard.times_ms) == 7


async def test_a_reply_that_says_there_is_none_is_a_failure():
    async with served(SmallGateway("engine_away")) as url:
        heard = await crowd(Plan("signpost", url, seconds=LONG_ENOUGH_S, warm_up=0), SCRIPT)
    assert heard.times_ms == []
    assert heard.failures == {"engine_away": 2}


async def test_an_empty_reply_of_stock_rasa_is_a_failure():
    async with served(SmallGateway("nothing")) as url:
        with talking("stock", url) as talk, pytest.raises(NoReply, match="empty"):
            await talk.begin()
            await talk.say("hi")


async def test_nothing_of_the_warm_up_is_counted():
    async with served(SmallGateway()) as url:
        plan = Plan("stock", url, seconds=0, warm_up=LONG_ENOUGH_S)
        heard = await crowd(plan, SCRIPT)
    assert heard.times_ms == []
    assert heard.began == 0


async def test_nobody_there_is_told_as_a_failure():
    async with served(SmallGateway()) as url:
        gone = url
    heard = await crowd(Plan("stock", gone, seconds=LONG_ENOUGH_S, warm_up=0), SCRIPT)
    assert heard.times_ms == []
    assert heard.failures == {"BrokenAnswer": 2}


def test_figures_of_a_load():
    heard = {
        "plan": {"seconds": 2},
        "replies": 4,
        "times_ms": [1.0, 2.0, 3.0, 4.0],
        "conversations": 1,
        "failures": {},
        "answers": {"pay": 4},
        "generator_core_share": 0.1,
    }
    told = figures(heard)
    assert told["replies_per_s"] == 2.0
    assert told["reply_ms"]["p50"] == 2.5
