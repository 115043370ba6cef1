"""The table of routes, held against the application, the description, and who may use them."""

from datetime import timedelta
from pathlib import Path

import httpx
import pytest
import yaml
from starlette.routing import Route

from bot.channels.web.routes import DESCRIPTION, Access, RouteRow, table
from bot.records.models import ConversationOwner, PupilSession
from tests.bot.channels.web.enrolled import Enrolled, sign_in
from tests.bot.support import Clock, Reader, app_in

ROWS = table(Path("static"))
BEARERS = [row for row in ROWS if row.access is Access.BEARER]


def described() -> dict[tuple[str, str], dict]:
    content = yaml.safe_load(DESCRIPTION.read_text(encoding="utf-8"))
    return {
        (method.upper(), path): operation
        for path, item in content["paths"].items()
        for method, operation in item.items()
        if method != "parameters"
    }


def test_the_description_and_the_routes_are_the_same(tmp_path: Path):
    rows = {(row.method, row.path.replace(":path", "")) for row in ROWS}
    assert rows == set(described())
    served = {
        (method, route.path.replace(":path", ""))
        for route in app_in(tmp_path).routes
        if isinstance(route, Route) and not route.path.startswith("/console/")
        if route.path != "/console"  # tests/bot/console has those
        for method in route.methods - {"HEAD", "OPTIONS"}
    }
    assert served == rows
    assert all(isinstance(route, Route) for route in app_in(tmp_path).routes)


def test_the_description_says_who_may_use_each_route():
    for row in ROWS:
        security = described()[row.method, row.path.replace(":path", "")]["security"]
        demands = {name for one in security for name in one}
        if row.access is Access.BEARER:
            assert security == [{"token": []}]
        elif row.access is Access.COOKIE:
            assert demands == {"cookie"}
        elif row.access is Access.PUPIL:
            assert all("pupil" in one for one in security)
        else:
            assert "token" not in demands


async def call(client: httpx.AsyncClient, row: RouteRow, of: Reader, **headers: str):
    path = row.path.format(conversation=of.id)
    sent = (
        {"typing": True} if path.endswith("signs") else {"client_message_id": "x", "text": "hello"}
    )
    body = {"json": sent} if row.method == "POST" else {}
    query = {"after": 0} if path.endswith("events") else {}
    return await client.request(row.method, path, headers=headers, params=query, **body)


@pytest.mark.parametrize("row", BEARERS, ids=lambda row: f"{row.method} {row.path}")
async def test_nothing_opens_without_the_right_token(
    client: httpx.AsyncClient, clock: Clock, row: RouteRow
):
    reader, other = await Reader.begin(client), await Reader.begin(client)
    token = reader.begun["token"]
    attempts = {
        401: [
            {},
            {"Authorization": ""},
            {"Authorization": "Bearer"},
            {"Authorization": "Bearer nonsense"},
            {"Authorization": f"Bearer {reader.id}"},
            {"Authorization": f"Basic {token}"},
            {"Authorization": f"Bearer {token}x"},
            {"Authorization": f"Bearer {token[:-1]}"},
            {"Cookie": f"signpost_chat={token}"},
        ],
        404: [{"Authorization": f"Bearer {other.begun['token']}"}],
    }
    for status, listed in attempts.items():
        for headers in listed:
            response = await call(client, row, reader, **headers)
            assert response.status_code == status, (headers, response.text)
            assert response.headers["content-type"] == "application/problem+json"
    # Another conversation's token learns nothing: the answer is that for one which is not there.
    nowhere = Reader(client, {"conversation": "0" * 32, "token": ""})
    stranger = {"Authorization": f"Bearer {other.begun['token']}"}
    there = await call(client, row, reader, **stranger)
    not_there = await call(client, row, nowhere, **stranger)
    assert there.content == not_there.content
    clock.ahead = timedelta(hours=12)
    response = await call(client, row, reader, Authorization=f"Bearer {token}")
    assert response.status_code == 401
    clock.ahead = timedelta()
    assert await reader.entries() == []
    response = await call(client, row, reader, Authorization=f"Bearer {token}")
    assert response.status_code < 300


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.access is Access.COOKIE], ids=lambda row: row.path
)
async def test_a_pages_cookie_opens_its_own_conversation_only(
    client: httpx.AsyncClient, row: RouteRow
):
    reader = await Reader.begin(client)
    await reader.ask("a secret of mine")
    for cookie in ("nonsense", reader.id, reader.begun["token"] + "x", ""):
        headers = {"Cookie": f"signpost_chat={cookie}"}
        fields = {"client_message_id": "x", "text": "hello"} if row.method == "POST" else None
        response = await client.request(row.method, row.path, headers=headers, data=fields)
        assert response.status_code in (200, 303)
        assert "a secret of mine" not in response.text
        client.cookies.clear()
    assert len(await reader.entries()) == 2
    # A bearer's header is no cookie.
    assert "a secret of mine" not in (await client.get("/chat", headers=reader.headers)).text
    headers = {"Cookie": f"signpost_chat={reader.begun['token']}"}
    assert "a secret of mine" in (await client.get("/chat", headers=headers)).text


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.access is Access.PUPIL], ids=lambda row: row.path
)
async def test_a_pupils_own_opens_with_a_standing_session_only(
    client: httpx.AsyncClient, clock: Clock, row: RouteRow
):
    enrolled = Enrolled(client.folder)  # type: ignore[attr-defined]
    reader = await Reader.begin(client)
    await reader.ask("a secret of mine")
    await sign_in(client, enrolled.code(enrolled.add()))
    token = client.cookies["signpost_pupil"]
    client.cookies.clear()

    async def asked(cookie: str | None) -> httpx.Response:
        cookies = [f"signpost_chat={reader.begun['token']}"]
        cookies += [] if cookie is None else [f"signpost_pupil={cookie}"]
        fields = {"join": "yes", "everywhere": "yes"} if row.method == "POST" else None
        headers = {"Cookie": "; ".join(cookies)}
        response = await client.request(row.method, row.path, headers=headers, data=fields)
        client.cookies.clear()
        return response

    kept = enrolled.rows(PupilSession)
    for cookie in (None, "", "nonsense", token + "x", token[:-1], reader.begun["token"]):
        response = await asked(cookie)
        assert (response.status_code, response.headers["location"]) == (303, "/sign-in")
        assert "a secret of mine" not in response.text
    clock.ahead = timedelta(days=14)
    assert (await asked(token)).headers["location"] == "/sign-in"
    assert enrolled.rows(PupilSession) == kept
    assert enrolled.rows(ConversationOwner) == []
    enrolled.close()


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.access is Access.VISITOR], ids=lambda row: row.path
)
async def test_a_visitor_is_shown_nothing_of_a_reader(client: httpx.AsyncClient, row: RouteRow):
    reader = await Reader.begin(client)
    await reader.ask("a secret of mine")
    headers = {**reader.headers, "Cookie": f"signpost_chat={reader.begun['token']}"}
    path = row.path.replace("{way}", "google")
    fields = {"code": "nonsense"} if row.method == "POST" else None
    response = await client.request(row.method, path, headers=headers, data=fields)
    assert response.status_code in (200, 404, 422)
    assert "set-cookie" not in response.headers
    assert "a secret of mine" not in response.text
    assert reader.id not in response.text


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.access is Access.ANYONE], ids=lambda row: row.path
)
async def test_what_is_anyones_shows_nothing_of_a_reader(client: httpx.AsyncClient, row: RouteRow):
    reader = await Reader.begin(client)
    await reader.ask("a secret of mine")
    path = row.path.replace("{name:path}", "signpost.js").replace("{answer}", "benefits")
    body = {"json": {}} if row.method == "POST" else {}
    response = await client.request(row.method, path, headers=reader.headers, **body)
    assert response.status_code < 400
    assert "a secret of mine" not in response.text
    assert reader.id not in response.text


async def test_wrong_method_and_no_address(client: httpx.AsyncClient):
    response = await client.put("/chat/v1/conversations")
    assert response.status_code == 405
    assert "POST" in response.headers["allow"]
    assert response.json()["type"] == "urn:signpost:problem:wrong-method"
    response = await client.get("/chat/v2/conversations")
    assert response.status_code == 404
    assert response.json()["type"] == "urn:signpost:problem:not-found"


async def test_health_and_description(client: httpx.AsyncClient):
    assert (await client.get("/healthz")).json() == {
        "gateway": "ready",
        "engine": "ready",
        "actions": "away",
    }
    assert (await client.get("/openapi.json")).json()["openapi"].startswith("3.1")
