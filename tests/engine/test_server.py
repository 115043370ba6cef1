"""The engine's door: turns, failures, tokens, payloads, deletion, and what it never logs."""

import asyncio
import json
import logging
import sqlite3
import time
from contextlib import closing
from datetime import datetime, timezone

import httpx
import pytest

from engine import actions_endpoint, server
from engine.server import application, turn_text, typed, understood
from engine.trackers import ShortTrackerStore
from tests.engine.conftest import TOKEN
from tests.engine.keys import sealing_in

SECRET = "what does a zebra whisperer called Jo Bloggs earn"


def stored(served, conversation):
    with closing(sqlite3.connect(served.database)) as database:
        return database.execute(
            "select position, sealed from pieces where conversation = ? order by position",
            (conversation,),
        ).fetchall()


def counted(response):
    """How many turns of the conversation were answered well, by the double's own count."""
    assert response.status_code == 200
    (message,) = response.json()["messages"]
    return message["text"]


async def test_a_turn(served, actions):
    response = await served.turn("c1", "what does a vet earn", scene={"year": 11})
    assert response.status_code == 200
    read = response.json()
    assert read["messages"] == [{"answer": "action_pay", "text": "turn 1"}]
    assert read["nlu"]["intent"] == "pay"
    assert read["nlu"]["confidence"] > 0.5
    assert read["nlu"]["ranking"][0]["name"] == "pay"
    assert read["nlu"]["job_words"][0]["unit_groups"][0]["soc2020"] == "2240"
    (call,) = actions.calls
    assert call["tracker"]["latest_message"]["metadata"] == {"scene": {"year": 11}}
    assert call["tracker"]["events"] is None


async def test_slots_are_carried_from_turn_to_turn(served):
    for number in range(1, 4):
        assert counted(await served.turn("c1", "hello")) == f"turn {number}"
    assert counted(await served.turn("c2", "hello")) == "turn 1"


async def test_the_connection_to_the_actions_is_kept(served, actions):
    for _ in range(5):
        await served.turn("c1", "hello")
    assert len(actions._runner.server.connections) == 1


@pytest.mark.parametrize("mode", ["500", "400", "404", "garbage", "wrong-shape"])
async def test_a_failing_action_takes_the_turn_back(served, actions, mode):
    assert counted(await served.turn("c1", "what does a vet earn")) == "turn 1"
    before = stored(served, "c1")
    actions.mode = mode
    response = await served.turn("c1", "hello")
    assert response.status_code == 502
    assert response.json() == {"title": "The turn could not be finished."}
    assert stored(served, "c1") == before
    actions.mode = "ok"
    assert counted(await served.turn("c1", "hello")) == "turn 2"
    assert actions.calls[-1]["tracker"]["slots"]["misses"] == 1


async def test_actions_that_are_down(served, actions):
    assert counted(await served.turn("c1", "what does a vet earn")) == "turn 1"
    before = stored(served, "c1")
    await actions.stop()
    assert (await served.turn("c1", "hello")).status_code == 503
    assert (await served.turn("c9", "hello")).status_code == 503
    assert stored(served, "c1") == before
    assert stored(served, "c9") == []


async def test_actions_that_are_slow_are_not_waited_for(served, actions, monkeypatch):
    monkeypatch.setattr(actions_endpoint, "PATIENCE_S", 0.2)
    actions.mode = "slow"
    assert (await served.turn("c1", "hello")).status_code == 502
    assert stored(served, "c1") == []
    actions.mode = "ok"
    actions.released.set()
    assert counted(await served.turn("c1", "hello")) == "turn 1"


async def test_the_patience_with_actions_is_shorter_than_the_gateways():
    assert actions_endpoint.PATIENCE_S < 2.5


async def test_a_wrong_token_for_the_actions_is_a_failure(served, actions):
    actions._token = "another"
    assert (await served.turn("c1", "hello")).status_code == 502
    assert actions.refused == 1


async def test_a_store_that_fails_takes_the_turn_back(served, monkeypatch):
    assert counted(await served.turn("c1", "hello")) == "turn 1"
    before = stored(served, "c1")

    async def full(tracker):
        raise sqlite3.OperationalError("database or disk is full")

    monkeypatch.setattr(served.engine._store, "save", full)
    assert (await served.turn("c1", "hello")).status_code == 500
    monkeypatch.undo()
    assert stored(served, "c1") == before
    assert counted(await served.turn("c1", "hello")) == "turn 2"


@pytest.mark.parametrize("trouble", ["500", "garbage", "down", "broken-off"])
async def test_a_failing_turn_logs_no_text(served, actions, trouble, caplog, capfd, monkeypatch):
    if trouble == "down":
        await actions.stop()
    elif trouble == "broken-off":

        async def breaks(message):
            raise RuntimeError(f"cannot handle {message.text}")

        monkeypatch.setattr(served.engine._agent.processor, "handle_message", breaks)
    else:
        actions.mode = trouble
    with caplog.at_level(logging.WARNING):
        response = await served.turn("c1", SECRET)
    assert response.status_code in (500, 502, 503)
    written = "".join(capfd.readouterr()) + caplog.text
    assert "a turn" in caplog.text
    for word in ("zebra", "Bloggs"):
        assert word not in written
        assert word not in response.text


async def test_a_turn_that_goes_well_logs_nothing(served, caplog, capfd):
    with caplog.at_level(logging.WARNING):
        await served.turn("c1", SECRET)
        await served.press("c1", "/pay{this is not JSON")
    assert caplog.text == ""
    assert "zebra" not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/conversations/c1/turns"),
        ("GET", "/conversations/c1"),
        ("DELETE", "/conversations/c1"),
        ("POST", "/parse"),
    ],
)
@pytest.mark.parametrize("given", [None, "", "Bearer ", "Bearer wrong", TOKEN, f"bearer {TOKEN}"])
async def test_every_route_demands_the_token(served, method, path, given):
    await served.turn("c1", "hello")
    before = stored(served, "c1")
    headers = {} if given is None else {"Authorization": given}
    transport = served.client._transport
    async with httpx.AsyncClient(transport=transport, base_url="http://engine") as stranger:
        response = await stranger.request(method, path, json={"text": "hello"}, headers=headers)
    assert response.status_code == 401
    assert stored(served, "c1") == before


async def test_health_needs_no_token(served):
    async with httpx.AsyncClient(
        transport=served.client._transport, base_url="http://engine"
    ) as stranger:
        response = await stranger.get("/health")
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


async def test_health_before_the_model_is_loaded():
    app = application(lambda: pytest.fail("not loaded in this test"), TOKEN)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://engine") as client:
        response = await client.get("/health")
        assert (response.status_code, response.json()) == (503, {"status": "loading"})
        headers = {"Authorization": f"Bearer {TOKEN}"}
        for method, path in (
            ("POST", "/parse"),
            ("POST", "/conversations/c1/turns"),
            ("DELETE", "/conversations/c1"),
        ):
            response = await client.request(method, path, json={"text": "hi"}, headers=headers)
            assert response.status_code == 503


async def test_a_payload_is_read(served, actions):
    response = await served.press("c1", '/pay{"job": "2240", "said": "vet"}')
    assert response.json()["messages"][0]["answer"] == "action_pay"
    latest = actions.calls[-1]["tracker"]["latest_message"]
    assert latest["intent"]["name"] == "pay"
    assert {e["entity"]: e["value"] for e in latest["entities"]} == {"job": "2240", "said": "vet"}


@pytest.mark.parametrize(
    "text",
    [
        "/restart",
        "/session_start",
        '/pay{"job": "2240"}',
        "  /pay",
        "//pay",
        "/ /pay",
        " / / /restart",
        "\u00a0/pay",
        "\n/pay\n",
        "EXTERNAL: pay",
    ],
)
async def test_typed_text_is_never_a_payload(served, actions, text):
    await served.turn("c1", "what does a vet earn")
    response = await served.turn("c1", text)
    assert response.status_code == 200
    assert response.json()["nlu"]["confidence"] < 1.0
    latest = actions.calls[-1]["tracker"]["latest_message"]
    assert not latest["text"].startswith("/")
    assert not any(entity["entity"] == "job" for entity in latest["entities"])
    assert actions.calls[-1]["tracker"]["slots"]["misses"] == 1


@pytest.mark.parametrize("text", ["/", "//", " / ", "?", "\U0001f600", "\x00", "a" * 1000])
async def test_odd_texts_are_answered(served, text):
    assert (await served.turn("c1", text)).status_code == 200


@pytest.mark.parametrize(
    "body",
    [b"", b"{", b"[]", b'"text"', b"null", b"{}", b'{"text": 1}', b'{"text": "  "}', b"\xff\xfe",
     b'{"payload": "pay"}', b'{"payload": 3}', b'{"text": null, "payload": null}'],
)  # fmt: skip
async def test_a_body_that_is_no_turn_is_refused(served, body):
    response = await served.client.post("/conversations/c1/turns", content=body)
    assert response.status_code == 422
    assert "Expected JSON" in response.json()["title"]
    assert stored(served, "c1") == []


async def test_two_questions_are_both_told(served, actions):
    text = "what does a vet earn and will there still be jobs for them in the future"
    response = await served.turn("c1", text)
    asked = response.json()["nlu"]["questions"]
    assert [question["intent"] for question in asked] == ["pay", "outlook"]
    for question in asked:
        start = question["start"]
        assert text[start : start + len(question["text"])] == question["text"]
        assert 0.6 <= question["confidence"] <= 1
    told = actions.calls[-1]["tracker"]["latest_message"]["questions"]
    assert [question["intent"] for question in told] == ["pay", "outlook"]


async def test_one_question_is_told_whole(served):
    (question,) = (await served.turn("c1", "what does a vet earn")).json()["nlu"]["questions"]
    assert (question["intent"], question["start"]) == ("pay", 0)
    assert question["text"] == "what does a vet earn"


async def test_parsing_leaves_no_conversation(served, actions):
    response = await served.client.post("/parse", json={"text": "what does a vet earn"})
    read = response.json()
    assert set(read) == {
        "text", "intent", "confidence", "ranking", "job_words", "questions", "answers",
    }  # fmt: skip
    assert read["intent"] == "pay"
    assert sum(entry["confidence"] for entry in read["ranking"]) <= 1.01
    assert actions.calls == []
    assert list(await served.engine._store.keys()) == []


@pytest.mark.parametrize("text", ["", "  ", "/", "/pay", "\U0001f600"])
async def test_any_text_can_be_parsed(served, text):
    response = await served.client.post("/parse", json={"text": text})
    assert response.status_code == 200
    assert response.json()["intent"]
    assert response.json()["confidence"] < 1.0


@pytest.mark.parametrize("body", [b"{", b"{}", b'{"text": 5}', b"[1]"])
async def test_parsing_what_is_no_text_is_refused(served, body):
    assert (await served.client.post("/parse", content=body)).status_code == 422


async def test_deleting_a_conversation(served):
    await served.turn("c1", "hello")
    await served.turn("c2", "hello")
    assert (await served.client.delete("/conversations/c1")).status_code == 204
    assert stored(served, "c1") == []
    assert stored(served, "c2") != []
    assert counted(await served.turn("c1", "hello")) == "turn 1"
    assert counted(await served.turn("c2", "hello")) == "turn 2"
    assert (await served.client.delete("/conversations/nobody")).status_code == 204


async def test_a_conversation_deleted_in_the_middle_of_a_turn_is_gone(served, actions):
    await served.turn("c1", "hello")
    await actions.arrived.acquire()
    actions.mode = "slow"
    turn = asyncio.create_task(served.turn("c1", SECRET))
    await actions.arrived.acquire()
    deletion = asyncio.create_task(served.client.delete("/conversations/c1"))
    # The deletion has been asked for when a later request has been answered.
    await served.client.get("/health")
    actions.released.set()
    await turn
    assert (await deletion).status_code == 204
    assert stored(served, "c1") == []
    actions.mode = "ok"
    assert counted(await served.turn("c1", "hello")) == "turn 1"


async def test_the_turns_of_a_conversation_wait_for_each_other(served, actions):
    actions.mode = "slow"
    turns = [asyncio.create_task(served.turn("c1", "hello")) for _ in range(2)]
    await actions.arrived.acquire()
    await served.client.get("/health")
    actions.mode = "ok"
    actions.released.set()
    await turns[0]
    # Whoever comes while the lock passes from the first turn to the second waits as well.
    turns += [asyncio.create_task(served.turn("c1", "hello")) for _ in range(4)]
    answers = [counted(response) for response in await asyncio.gather(*turns)]
    assert actions.most_at_once == 1
    assert answers == [f"turn {number}" for number in range(1, 7)]
    assert len(served.engine._turns) == 0


async def test_conversations_do_not_wait_for_each_other(served, actions):
    actions.mode = "slow"
    waiting = asyncio.create_task(served.turn("c1", "hello"))
    await actions.arrived.acquire()
    actions.mode = "ok"
    assert counted(await served.turn("c2", "hello")) == "turn 1"
    assert not waiting.done()
    actions.released.set()
    assert counted(await waiting) == "turn 1"


async def test_a_caller_that_goes_away_leaves_the_conversation_as_it_was(served, actions):
    assert counted(await served.turn("c1", "hello")) == "turn 1"
    await actions.arrived.acquire()
    before = stored(served, "c1")
    actions.mode = "slow"
    gone = asyncio.create_task(served.turn("c1", "hello"))
    await actions.arrived.acquire()
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    assert stored(served, "c1") == before
    actions.mode = "ok"
    actions.released.set()
    assert counted(await served.turn("c1", "hello")) == "turn 2"


async def test_what_is_held_of_a_conversation_is_told(served):
    assert (await served.client.get("/conversations/c1")).status_code == 404
    for _ in range(2):
        await served.turn("c1", "hello", scene={"year": 11})
    told = (await served.client.get("/conversations/c1")).json()
    assert told.keys() == {"slots", "form", "turns", "last_turn_at"}
    assert (told["slots"]["misses"], told["form"], told["turns"]) == (2, None, 2)
    at = datetime.fromisoformat(told["last_turn_at"])
    assert abs((datetime.now(timezone.utc) - at).total_seconds()) < 60
    await served.client.delete("/conversations/c1")
    assert (await served.client.get("/conversations/c1")).status_code == 404


async def test_idle_conversations_are_looked_for_while_the_engine_runs(
    small_model, actions, tmp_path, monkeypatch
):
    monkeypatch.setattr(server, "TIDY_EVERY_S", 0.01)
    store = ShortTrackerStore(tmp_path / "t.sqlite", sealing_in(tmp_path / "secrets"))
    looks, enough = [], asyncio.Event()

    def look(now):
        looks.append(now)
        if len(looks) == 3:
            enough.set()
        return len(looks) == 1

    monkeypatch.setattr(store, "tidy", look)
    held = server.Engine.__new__(server.Engine)
    held._store = store
    tidying = asyncio.create_task(held.keep_tidy())
    await asyncio.wait_for(enough.wait(), 10)
    tidying.cancel()
    store.close()
    assert abs(looks[0] - time.time()) < 60


async def test_a_conversation_outlives_the_engine(served, actions, small_model, tmp_path):
    from engine.server import Engine

    for _ in range(20):
        await served.turn("c1", "hello")
    endpoint = actions_endpoint.ActionsEndpoint(actions.url, TOKEN)
    sealing = sealing_in(served.database.parent / "secrets")
    other = Engine(small_model, served.database, endpoint, sealing)
    try:
        messages, nlu = await other.turn("c1", "hello", {})
    finally:
        await other.close()
    assert messages[0]["text"] == "turn 21"
    assert nlu["intent"] == "greeting"


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("hello", "hello"),
        (" hello ", " hello "),
        ("pay/month", "pay/month"),
        ("/pay", "pay"),
        ("// /pay", "pay"),
    ],
)
def test_typed_text(text, read):
    assert typed(text) == read


@pytest.mark.parametrize(
    ("body", "read"),
    [
        ({"text": "hi"}, "hi"),
        ({"payload": "/pay"}, "/pay"),
        ({"payload": "/pay", "text": "hi"}, "/pay"),
        ({"payload": "pay", "text": "/hi"}, "hi"),
        ({"text": ""}, None),
        ({}, None),
    ],
)
def test_what_is_read_of_a_turn(body, read):
    assert turn_text(body) == read


def test_what_is_told_when_nothing_was_parsed():
    told = understood({})
    assert told["intent"] is None
    assert told["job_words"] == told["questions"] == told["ranking"] == []
    assert json.dumps(told)
