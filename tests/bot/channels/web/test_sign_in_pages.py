"""Signing in by code and out again, as a browser without a script does it."""

import asyncio
import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from bot.identity.codes import new_code
from bot.records.models import PupilSession
from tests.bot.channels.web.enrolled import Enrolled, cookie_of, sign_in
from tests.bot.channels.web.test_pages import POLICY
from tests.bot.support import Clock, app_in, running
from tests.engine_double import EngineDouble

WRONG = "That code did not work."


@pytest.fixture
def enrolled(client: httpx.AsyncClient) -> Iterator[Enrolled]:
    found = Enrolled(client.folder)  # type: ignore[attr-defined]
    yield found
    found.close()


async def name_shown(client: httpx.AsyncClient) -> str | None:
    """Who the page says is signed in."""
    page = await client.get("/sign-in")
    assert page.status_code == 200
    found = re.search(r"<h1>You are signed in, (.*?)</h1>", page.text)
    return found[1] if found else None


async def test_the_form_keeps_and_sets_nothing(client: httpx.AsyncClient):
    response = await client.get("/sign-in")
    assert response.status_code == 200
    assert 'action="/sign-in"' in response.text
    assert "<script" not in response.text
    assert "Microsoft" not in response.text
    assert "Google" not in response.text
    assert "set-cookie" not in response.headers
    assert response.headers["content-security-policy"] == POLICY
    assert response.headers["cache-control"] == "no-store"
    assert (await client.get("/widget/sign_in.css")).status_code == 404  # the tests' own folder


async def test_a_code_signs_its_pupil_in(client: httpx.AsyncClient, enrolled: Enrolled):
    code = enrolled.code(enrolled.add())
    response = await sign_in(client, code.lower().replace("-", " "))
    assert (response.status_code, response.headers["location"]) == (303, "/chat/sign-in")
    cookie = cookie_of(response, "signpost_pupil")
    for part in ("HttpOnly", "SameSite=lax", "Path=/", f"Max-Age={14 * 86_400}"):
        assert part in cookie
    assert "Secure" not in cookie
    response = await client.get("/chat/sign-in")
    assert (response.status_code, response.headers["location"]) == (303, "/chat")
    assert await name_shown(client) == "Ada"


async def test_over_https_the_cookies_are_secure(client: httpx.AsyncClient, enrolled: Enrolled):
    code = enrolled.code(enrolled.add())
    response = await sign_in(client, code)
    assert "Secure" not in cookie_of(response, "signpost_pupil")
    client.base_url = httpx.URL("https://chat.test")
    response = await sign_in(client, code)
    assert "Secure" in cookie_of(response, "signpost_pupil")
    response = await client.post("/sign-out", data={"x": "y"})
    assert "Secure" in cookie_of(response, "signpost_pupil")


async def test_every_wrong_code_is_told_alike(client: httpx.AsyncClient, enrolled: Enrolled):
    pupil = enrolled.add()
    old = enrolled.code(pupil)
    enrolled.code(pupil)
    other = enrolled.other_school()
    theirs = enrolled.code(enrolled.add("Cy", other), other)
    responses = [
        await sign_in(client, typed) for typed in (new_code(), old, theirs, "12", "Ada", pupil)
    ]
    assert {response.status_code for response in responses} == {422}
    assert len({response.text for response in responses}) == 1
    assert WRONG in responses[0].text
    assert 'aria-invalid="true"' in responses[0].text
    assert "set-cookie" not in responses[0].headers
    assert enrolled.rows(PupilSession) == []


@pytest.mark.parametrize("fields", [{}, {"code": ""}, {"code": "  "}])
async def test_nothing_typed(client: httpx.AsyncClient, fields: dict):
    response = await client.post("/sign-in", data=fields)
    assert response.status_code in (415, 422)
    response = await client.post("/sign-in", data={"code": " "})
    assert "Type your code first." in response.text


async def test_what_was_typed_is_never_shown_or_logged(
    client: httpx.AsyncClient, enrolled: Enrolled, caplog: pytest.LogCaptureFixture
):
    code = enrolled.code(enrolled.add())
    with caplog.at_level(logging.INFO):
        for typed in (new_code(), "<b>typed</b>"):
            assert typed not in (await sign_in(client, typed)).text
        response = await sign_in(client, code)
        page = (await client.get("/sign-in")).text
    for words in (code, code.replace("-", ""), "Quillfeather"):
        assert words not in page + response.text + str(response.headers) + caplog.text
    assert "typed" not in caplog.text


async def test_ten_wrong_codes_and_the_address_waits(client: httpx.AsyncClient, enrolled: Enrolled):
    code = enrolled.code(enrolled.add())
    for _ in range(10):
        assert (await sign_in(client, new_code())).status_code == 422
    response = await sign_in(client, code)
    assert response.status_code == 429
    assert "Wait 15 minutes, then try again." in response.text
    assert 890 <= int(response.headers["retry-after"]) <= 900
    assert "set-cookie" not in response.headers
    # What can be no code guesses nothing and costs nothing.
    assert WRONG in (await sign_in(client, "12")).text


async def test_many_at_once_count_as_many(client: httpx.AsyncClient, enrolled: Enrolled):
    responses = await asyncio.gather(*(sign_in(client, new_code()) for _ in range(40)))
    assert sorted(response.status_code for response in responses) == [422] * 10 + [429] * 30


async def test_a_class_behind_one_address(client: httpx.AsyncClient, enrolled: Enrolled):
    codes = [enrolled.code(enrolled.add(f"Pupil{number}")) for number in range(30)]
    for code in codes:
        assert (await sign_in(client, new_code())).status_code == 422
        assert (await sign_in(client, code)).status_code == 303
    responses = await asyncio.gather(*(sign_in(client, code) for code in codes))
    assert {response.status_code for response in responses} == {303}


async def test_a_busy_store_is_told_on_the_page(client: httpx.AsyncClient, enrolled: Enrolled):
    code = enrolled.code(enrolled.add())
    with enrolled.transaction():
        response = await sign_in(client, code)
    assert response.status_code == 503
    assert "The service is very busy." in response.text
    assert (await sign_in(client, code)).status_code == 303


async def test_signing_out(client: httpx.AsyncClient, enrolled: Enrolled):
    code = enrolled.code(enrolled.add())
    await sign_in(client, code)
    kept = client.cookies["signpost_pupil"]
    response = await client.post("/sign-out", data={"x": "y"})
    assert (response.status_code, response.headers["location"]) == (303, "/sign-in?signed=out")
    assert "Max-Age=0" in cookie_of(response, "signpost_pupil")
    assert "Max-Age=0" in cookie_of(response, "signpost_chat")
    assert response.headers["clear-site-data"] == '"storage"'
    assert "signpost_pupil" not in client.cookies
    assert "You are signed out." in (await client.get("/sign-in?signed=out")).text
    # The cookie is worth nothing to whoever kept it.
    client.cookies.set("signpost_pupil", kept, domain="chat.test")
    response = await client.get("/sign-in")
    assert "You are signed in" not in response.text
    assert "Max-Age=0" in cookie_of(response, "signpost_pupil")


async def test_signing_out_everywhere(client: httpx.AsyncClient, enrolled: Enrolled):
    ada, ben = enrolled.add(), enrolled.add("Ben")
    code = enrolled.code(ada)
    for signed in (code, enrolled.code(ben), code, code):
        await sign_in(client, signed)
        kept = client.cookies["signpost_pupil"]
        client.cookies.clear()
    assert len(enrolled.rows(PupilSession)) == 4
    client.cookies.set("signpost_pupil", kept, domain="chat.test")
    await client.post("/sign-out", data={"everywhere": "yes"})
    assert [row.pupil_id for row in enrolled.rows(PupilSession)] == [ben]


async def test_signing_in_as_another_ends_what_was_before(
    client: httpx.AsyncClient, enrolled: Enrolled
):
    ada, ben = enrolled.add(), enrolled.add("Ben")
    await sign_in(client, enrolled.code(ada))
    first = client.cookies["signpost_pupil"]
    await sign_in(client, enrolled.code(ben))
    assert client.cookies["signpost_pupil"] != first
    assert await name_shown(client) == "Ben"
    assert [row.pupil_id for row in enrolled.rows(PupilSession)] == [ben]


async def test_the_idle_and_the_absolute_end(
    client: httpx.AsyncClient, enrolled: Enrolled, clock: Clock
):
    code = enrolled.code(enrolled.add())
    await sign_in(client, code)
    for hours in range(1, 24):
        clock.ahead = timedelta(hours=hours)
        assert await name_shown(client) == "Ada"
    clock.ahead += timedelta(minutes=121)
    assert await name_shown(client) is None
    clock.ahead = timedelta()
    await sign_in(client, code)
    step = timedelta(minutes=115)
    while clock.ahead + step < timedelta(days=14):
        clock.ahead += step
        assert await name_shown(client) == "Ada"
    clock.ahead = timedelta(days=14)
    assert await name_shown(client) is None


async def test_looking_does_not_wait_for_a_writer(
    client: httpx.AsyncClient, enrolled: Enrolled, clock: Clock
):
    await sign_in(client, enrolled.code(enrolled.add()))
    clock.ahead = timedelta(minutes=30)
    with enrolled.transaction():
        assert await name_shown(client) == "Ada"


async def test_the_cookie_of_another_installation_is_refused(
    client: httpx.AsyncClient, enrolled: Enrolled, tmp_path: Path, engine: EngineDouble
):
    pupil = enrolled.add()
    await sign_in(client, enrolled.code(pupil))
    token = client.cookies["signpost_pupil"]
    async with running(app_in(tmp_path / "second", engine_url=engine.url)) as second:
        Enrolled(tmp_path / "second").close()
        second.cookies.set("signpost_pupil", token, domain="chat.test")
        assert await name_shown(second) is None
    # Another school in the same store is another school all the same.
    other = enrolled.other_school()
    theirs = enrolled.code(enrolled.add("Cy", other), other)
    shared = app_in(tmp_path, engine_url=engine.url, school_slug="other")
    async with running(shared) as third:
        assert (await sign_in(third, theirs)).status_code == 303
        assert await name_shown(third) == "Cy"
        client.cookies.clear()
        client.cookies.set("signpost_pupil", third.cookies["signpost_pupil"], domain="chat.test")
        assert await name_shown(client) is None


@pytest.mark.parametrize(
    "headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "https://evil.example"}]
)
@pytest.mark.parametrize("path", ["/sign-in", "/sign-out", "/chat/sign-in"])
async def test_other_pages_cannot_post(
    client: httpx.AsyncClient, enrolled: Enrolled, headers: dict, path: str
):
    code = enrolled.code(enrolled.add())
    await sign_in(client, code)
    fields = {"code": code, "join": "yes"}
    response = await client.post(path, data=fields, headers=headers)
    assert response.status_code == 403
    assert "set-cookie" not in response.headers
    assert await name_shown(client) == "Ada"


async def test_wrong_forms(client: httpx.AsyncClient):
    assert (await client.post("/sign-in", json={"code": "x"})).status_code == 415
    assert (await sign_in(client, "x" * 20_000)).status_code == 413
    assert (await sign_in(client, "x" * 5000)).status_code == 422
