import asyncio
from datetime import timedelta

import httpx
import pytest

from bot.identity.secrets import load_or_make
from bot.records.store import open_engine, writing
from tests.bot.support import Clock, Reader, app_in, running, words
from tests.engine_double import EngineDouble


def problem(response: httpx.Response, status: int, kind: str) -> None:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    found = response.json()
    assert found["type"] == f"urn:signpost:problem:{kind}"
    assert found["status"] == status
    assert found["detail"]


def operator(client) -> dict[str, str]:
    return {"X-Signpost-Operator": load_or_make(client.folder / "secrets").operator_key}


async def test_begins_with_notice_and_greeting(client: httpx.AsyncClient):
    response = await client.post("/chat/v1/conversations", json={"scene": {"year": 9}})
    assert response.status_code == 201
    begun = response.json()
    assert begun["school"] == {"name": "Test School"}
    assert begun["notice"]["answer"] == "notice"
    assert begun["greeting"]["buttons"][0]["title"] == "What does a nurse earn?"
    assert begun["expires_at"].endswith("Z")
    assert begun["conversation"] not in begun["token"]
    assert response.headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    ("body", "status", "kind"),
    [
        (b"{", 400, "not-json"),
        (b'{"scene": "\\ud800"}', 400, "not-json"),
        (b'{"school": "nowhere"}', 404, "unknown-school"),
        (b'{"school": 3}', 422, "not-as-described"),
        (b'{"scene": {"year": 6}}', 422, "not-as-described"),
        (b'{"name": "me"}', 422, "not-as-described"),
        (b"[]", 422, "not-as-described"),
        (b'{"scene": {"on": "2026-11-22"}}', 403, "operators-only"),
        (b'{"school": "' + b"x" * 20_000 + b'"}', 413, "too-large"),
    ],
)
async def test_begin_refuses(client: httpx.AsyncClient, body: bytes, status: int, kind: str):
    response = await client.post(
        "/chat/v1/conversations", content=body, headers={"Content-Type": "application/json"}
    )
    problem(response, status, kind)


async def test_begin_needs_json(client: httpx.AsyncClient):
    response = await client.post("/chat/v1/conversations", content=b"{}")
    problem(response, 415, "wrong-type")


async def test_ask_and_be_answered(reader: Reader, engine: EngineDouble):
    response = await reader.send("what does a vet earn")
    assert response.status_code == 202
    assert response.json()["seq"] == 1
    found = await reader.until(lambda all_: len(all_) == 2)
    asked, reply = found
    assert (asked["seq"], asked["from"], asked["client_message_id"]) == (1, "reader", "m1")
    assert words(asked) == "what does a vet earn"
    assert (reply["seq"], reply["from"], reply["in_reply_to"]) == (2, "service", 1)
    assert reply["messages"][0]["figures"][0]["value"] == 42612
    assert "meta" not in reply
    assert "client_message_id" not in reply


async def test_the_same_again_is_taken_once(reader: Reader, engine: EngineDouble):
    first = await reader.send("hello", client_message_id="same")
    await reader.until(lambda all_: len(all_) == 2)
    again = await reader.send("hello", client_message_id="same")
    assert (first.status_code, again.status_code) == (202, 200)
    assert first.json() == again.json()
    assert len(await reader.entries()) == 2
    assert len(engine.seen.turns) == 1


async def test_the_same_many_times_at_once(reader: Reader, engine: EngineDouble):
    sent = await asyncio.gather(
        *(reader.send("hello", client_message_id="same") for _ in range(20))
    )
    assert sorted(one.status_code for one in sent) == [200] * 19 + [202]
    assert {one.json()["seq"] for one in sent} == {1}
    await reader.until(lambda all_: len(all_) == 2)
    assert len(engine.seen.turns) == 1


async def test_twenty_at_once_are_answered_in_order(reader: Reader, engine: EngineDouble):
    sent = await asyncio.gather(*(reader.send(f"text {n}") for n in range(20)))
    entries = await reader.until(lambda all_: len(all_) == 40)
    assert [entry["seq"] for entry in entries] == list(range(1, 41))
    asked = [entry for entry in entries if entry["from"] == "reader"]
    replies = [entry for entry in entries if entry["from"] == "service"]
    assert sorted(one.json()["seq"] for one in sent) == [entry["seq"] for entry in asked]
    assert [entry["in_reply_to"] for entry in replies] == [entry["seq"] for entry in asked]
    said = [body["text"] for _, body in engine.seen.turns]
    assert said == [words(entry) for entry in asked]
    assert engine.seen.most_at_once == 1


async def test_a_button_says_its_title(reader: Reader, engine: EngineDouble):
    payload = reader.begun["greeting"]["buttons"][0]["payload"]
    reply = await reader.ask(payload=payload)
    assert reply["in_reply_to"] == 1
    assert words((await reader.entries())[0]) == "What does a nurse earn?"
    assert engine.seen.turns[0][1]["payload"] == payload
    next_payload = reply["messages"][0]["buttons"][0]["payload"]
    assert (await reader.send(payload=next_payload)).status_code == 202


async def test_the_advisers_button_stands_in_every_conversation(reader: Reader):
    assert (await reader.send(payload="/talk_to_adviser")).status_code == 202


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ({"text": ""}, "empty"),
        ({"text": "\x00\x07\u200b \n"}, "empty"),
        ({"text": "////"}, "empty"),
        ({"text": "x" * 1001}, "too-long"),
        ({"payload": "/restart"}, "button-gone"),
        ({"payload": "restart"}, "not-as-described"),
        ({"text": "a", "payload": "/pay"}, "not-as-described"),
        ({}, "not-as-described"),
        ({"text": "a", "client_message_id": ""}, "not-as-described"),
        ({"text": "a", "client_message_id": "x" * 65}, "not-as-described"),
        ({"text": 5}, "not-as-described"),
    ],
)
async def test_send_refuses(reader: Reader, engine: EngineDouble, body: dict, kind: str):
    problem(await reader.send(**body), 422, kind)
    assert await reader.entries() == []
    assert engine.seen.turns == []


async def test_typed_text_is_never_a_command(reader: Reader, engine: EngineDouble):
    await reader.ask('/pay{"job": "2216"}')
    assert engine.seen.turns[0][1]["text"] == 'pay{"job": "2216"}'


async def test_a_thousand_characters_whatever_their_size(reader: Reader):
    assert (await reader.send("职" * 1000)).status_code == 202
    problem(await reader.send("x" * 20_000), 413, "too-large")


async def test_too_many_in_a_minute(tmp_path, engine: EngineDouble):
    async with running(app_in(tmp_path, engine_url=engine.url, messages_per_minute=20)) as client:
        reader = await Reader.begin(client)
        for n in range(20):
            assert (await reader.send(f"text {n}")).status_code == 202
        response = await reader.send("once more")
        problem(response, 429, "too-many")
        assert int(response.headers["retry-after"]) >= 1
        assert (await reader.send("text 3", client_message_id="m4")).status_code == 200
        assert (await reader.send("i want to die")).status_code == 202
        other = await Reader.begin(client)
        assert (await other.send("hello")).status_code == 202


async def test_too_many_new_chats_from_one_address(tmp_path):
    async with running(app_in(tmp_path, new_conversations_per_minute=2)) as client:
        for _ in range(2):
            await Reader.begin(client)
        response = await client.post("/chat/v1/conversations", json={})
        problem(response, 429, "too-many-chats")
        assert "retry-after" in response.headers


async def test_a_cry_for_help_comes_before_everything(reader: Reader, engine: EngineDouble):
    engine.switches.mode = "slow"
    assert (await reader.send("and hello")).status_code == 202
    long = "i want to die " * 100
    response = await reader.send(long)
    assert response.status_code == 202
    entries = await reader.entries()
    assert [entry["from"] for entry in entries] == ["reader", "reader", "service"]
    assert entries[2]["in_reply_to"] == 2
    assert entries[2]["messages"][0]["answer"] == "help_now"
    assert words(entries[1]) == long.strip()
    assert all("want to die" not in str(body) for _, body in engine.seen.turns)


async def test_help_is_shown_even_when_it_cannot_be_stored(client, reader: Reader):
    engine = writing(open_engine(f"sqlite:///{client.folder / 'signpost.sqlite3'}"))
    with engine.begin():
        response = await reader.send("i want to die")
        problem(response, 503, "help-unstored")
        assert response.json()["detail"] == "Call 999."
        assert response.json()["messages"][0]["answer"] == "help_now"
        problem(await reader.send("hello"), 503, "store-busy")
    engine.dispose()
    assert (await reader.send("hello", client_message_id="m2")).status_code == 202


async def test_an_old_token_and_an_old_conversation(client, clock: Clock, reader: Reader):
    await reader.ask("hello")
    clock.ahead = timedelta(minutes=121)
    problem(await reader.send("more"), 409, "closed")
    # What was said can still be read, until the token is too old.
    assert len(await reader.entries()) == 2
    clock.ahead = timedelta(hours=12, seconds=1)
    problem(await reader.get("transcript"), 401, "expired")


async def test_operators_see_how_a_reply_came_about(client, engine: EngineDouble):
    reader = await Reader.begin(
        client,
        json={"scene": {"on": "2027-02-03", "audience": "parent"}},
        headers=operator(client),
    )
    reply = await reader.ask("hello")
    assert reply["meta"] == {
        "intent": "pay",
        "confidence": 0.97,
        "answers": ["pay"],
        "jobs": [{"soc2020": "2216", "title": "Veterinarians"}],
    }
    scene = engine.seen.turns[0][1]["scene"]
    assert scene == {"audience": "parent", "year": None, "on": "2027-02-03"}


async def test_the_operators_key_shows_meta_of_any_conversation_it_has_a_token_for(client, reader):
    await reader.ask("hello")
    reader.headers |= operator(client)
    assert "meta" in (await reader.entries())[1]
    reader.headers["X-Signpost-Operator"] = "wrong"
    problem(await reader.get("transcript"), 401, "wrong-key")


async def test_the_transcript_as_text(reader: Reader):
    await reader.ask("what does **it** pay")
    response = await reader.get("transcript", params={"format": "text"})
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert "attachment" in response.headers["content-disposition"]
    assert "This is an automatic service." in response.text
    assert "what does **it** pay" in response.text
    assert "Said: what does" in response.text
    assert "Office for National Statistics, ASHE, 2024, https://www.ons.gov.uk/" in response.text
    problem(await reader.get("transcript", params={"format": "pdf"}), 422, "not-as-described")


async def test_the_transcript_holds_what_was_shown_first(reader: Reader):
    found = (await reader.get("transcript")).json()
    assert found["notice"] == reader.begun["notice"]
    assert found["greeting"] == reader.begun["greeting"]
    assert found["state"] == "idle"


async def test_deleting_really_deletes(reader: Reader, engine: EngineDouble):
    await reader.ask("hello")
    response = await reader.client.delete(reader.path, headers=reader.headers)
    assert (response.status_code, response.content) == (204, b"")
    assert engine.seen.deleted == [reader.id]
    for response in (
        await reader.get("transcript"),
        await reader.send("hello"),
        await reader.get("events", params={"after": 0}),
        await reader.client.delete(reader.path, headers=reader.headers),
    ):
        problem(response, 404, "no-conversation")


async def test_other_origins(client: httpx.AsyncClient):
    async def begin(origin: str, **headers: str) -> httpx.Response:
        headers = {"Origin": origin, **headers}
        return await client.post("/chat/v1/conversations", json={}, headers=headers)

    own = await begin("http://chat.test")
    assert own.status_code == 201
    allowed = await begin("https://www.school.example", **{"Sec-Fetch-Site": "cross-site"})
    assert allowed.status_code == 201
    assert allowed.headers["access-control-allow-origin"] == "https://www.school.example"
    assert "access-control-allow-credentials" not in allowed.headers
    stranger = await begin("https://evil.example", **{"Sec-Fetch-Site": "cross-site"})
    problem(stranger, 403, "other-origin")
    assert "access-control-allow-origin" not in stranger.headers


async def test_preflight(client: httpx.AsyncClient):
    asked = {
        "Origin": "https://www.school.example",
        "Access-Control-Request-Method": "POST",
        "Access-Control-Request-Headers": "authorization,content-type,last-event-id",
    }
    path = f"/chat/v1/conversations/{'a' * 32}/messages"
    allowed = await client.options(path, headers=asked)
    assert allowed.status_code == 200
    assert allowed.headers["access-control-allow-origin"] == "https://www.school.example"
    refused = await client.options(path, headers={**asked, "Origin": "https://evil.example"})
    assert refused.status_code == 400
    keyed = {**asked, "Access-Control-Request-Headers": "x-signpost-operator"}
    assert (await client.options(path, headers=keyed)).status_code == 400
    problem(await client.options(path), 405, "wrong-method")


async def test_a_problem_is_readable_from_another_origin(client, reader: Reader):
    reader.headers["Origin"] = "https://www.school.example"
    response = await reader.send("")
    problem(response, 422, "empty")
    assert response.headers["access-control-allow-origin"] == "https://www.school.example"
