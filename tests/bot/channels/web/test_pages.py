import re
from datetime import timedelta

import httpx
import pytest

from bot.records.store import open_engine, writing
from tests.bot.support import Clock, app_in, running
from tests.engine_double import EngineDouble

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)


def message_id(page: str) -> str:
    return re.search(r'name="client_message_id" value="([^"]+)"', page)[1]


async def send(client: httpx.AsyncClient, **fields: str) -> httpx.Response:
    page = (await client.get("/chat")).text
    return await client.post("/chat", data={"client_message_id": message_id(page), **fields})


async def test_home_leads_to_the_chat(client: httpx.AsyncClient):
    response = await client.get("/")
    assert (response.status_code, response.headers["location"]) == (307, "/chat")


async def test_looking_keeps_and_sets_nothing(client: httpx.AsyncClient):
    response = await client.get("/chat")
    assert response.status_code == 200
    assert "This is an automatic service." in response.text
    assert "Hello. Ask about a job." in response.text
    assert "set-cookie" not in response.headers
    assert response.headers["content-security-policy"] == POLICY
    assert response.headers["cache-control"] == "no-store"


async def test_a_question_by_form(client: httpx.AsyncClient):
    response = await send(client, text="what does a vet earn")
    assert response.status_code == 303
    assert response.headers["location"] == "/chat?sent=1#latest"
    cookie = response.headers["set-cookie"]
    for part in ("signpost_chat=", "HttpOnly", "SameSite=strict", "Path=/chat"):
        assert part in cookie
    page = (await client.get("/chat?sent=1")).text
    assert "what does a vet earn" in page
    assert "<strong>Said:</strong> what does a vet earn" in page
    again = await send(client, text="and a nurse")
    assert "set-cookie" not in again.headers
    assert "<strong>Said:</strong> and a nurse" in (await client.get("/chat")).text


async def test_a_button_of_the_greeting_by_form(client: httpx.AsyncClient):
    response = await send(client, payload='/pay{"answer": "nurse"}')
    assert response.status_code == 303
    assert "What does a nurse earn?" in (await client.get("/chat")).text


async def test_the_same_form_twice_is_sent_once(client: httpx.AsyncClient, engine: EngineDouble):
    await send(client, text="one")
    fields = {"client_message_id": "same", "text": "two"}
    assert (await client.post("/chat", data=fields)).status_code == 303
    assert (await client.post("/chat", data=fields)).status_code == 303
    assert [body["text"] for _, body in engine.seen.turns] == ["one", "two"]


async def test_a_refused_text_stays_in_the_form(client: httpx.AsyncClient):
    long = "<b>long</b> " * 100
    response = await send(client, text=long)
    assert response.status_code == 422
    assert "Please keep it under 1,000 characters." in response.text
    assert "&lt;b&gt;long&lt;/b&gt;" in response.text
    assert "<b>long</b>" not in response.text


async def test_a_draft_outlives_a_locked_store(client: httpx.AsyncClient):
    await send(client, text="one")
    page = (await client.get("/chat")).text
    engine = writing(open_engine(f"sqlite:///{client.folder / 'signpost.sqlite3'}"))
    with engine.begin():
        fields = {"client_message_id": message_id(page), "text": "two words"}
        response = await client.post("/chat", data=fields)
    engine.dispose()
    assert response.status_code == 503
    assert "two words</textarea>" in response.text


async def test_an_engine_that_is_away_is_told_on_the_page(
    client: httpx.AsyncClient, engine: EngineDouble
):
    engine.switches.mode = "loading"
    assert (await send(client, text="one")).status_code == 303
    assert "The answer takes longer." in (await client.get("/chat")).text


async def test_clearing(client: httpx.AsyncClient, engine: EngineDouble):
    await send(client, text="what does a vet earn")
    response = await client.post("/chat/clear")
    assert (response.status_code, response.headers["location"]) == (303, "/chat")
    assert "what does a vet earn" not in (await client.get("/chat")).text
    assert "signpost_chat" not in client.cookies
    assert len(engine.seen.deleted) == 1
    assert (await client.post("/chat/clear")).status_code == 303


async def test_a_wrong_or_old_cookie_starts_anew(client: httpx.AsyncClient, clock: Clock):
    await send(client, text="what does a vet earn")
    clock.ahead = timedelta(hours=13)
    response = await client.get("/chat")
    assert "what does a vet earn" not in response.text
    assert "Max-Age=0" in response.headers["set-cookie"]
    client.cookies.set("signpost_chat", "nonsense", domain="chat.test", path="/chat")
    assert (await client.get("/chat")).status_code == 200
    assert (await send(client, text="hello")).status_code == 303


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
@pytest.mark.parametrize("path", ["/chat", "/chat/clear"])
async def test_other_pages_cannot_post(client: httpx.AsyncClient, headers: dict, path: str):
    fields = {"client_message_id": "a", "text": "hello"}
    response = await client.post(path, data=fields, headers=headers)
    assert response.status_code == 403
    assert "set-cookie" not in response.headers


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"client_message_id": "a"}, 422),
        ({"text": "hello"}, 422),
        ({"client_message_id": "a", "text": "a", "payload": "/b"}, 422),
        ({"client_message_id": "a", "payload": "b"}, 422),
        ({"client_message_id": "a", "payload": "/never"}, 422),
        ({"client_message_id": "a", "text": " "}, 422),
        ({"client_message_id": "a", "text": "x" * 20_000}, 413),
        ({str(n): "x" for n in range(20)}, 400),
    ],
)
async def test_wrong_forms(client: httpx.AsyncClient, fields: dict, status: int):
    assert (await client.post("/chat", data=fields)).status_code == status


async def test_a_form_must_be_a_form(client: httpx.AsyncClient):
    assert (await client.post("/chat", json={"text": "hello"})).status_code == 415


async def test_the_cookie_is_secure_where_the_page_is(tmp_path, engine: EngineDouble):
    async with running(app_in(tmp_path, engine_url=engine.url)) as client:
        client.base_url = "https://chat.test"
        response = await send(client, text="hello")
        assert "Secure" in response.headers["set-cookie"]


async def test_a_cry_for_help_by_form(client: httpx.AsyncClient, engine: EngineDouble):
    assert (await send(client, text="i want to die")).status_code == 303
    assert "Call <strong>999</strong>." in (await client.get("/chat")).text
    assert engine.seen.turns == []
