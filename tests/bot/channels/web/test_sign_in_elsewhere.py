"""Signing in with the school's Microsoft or Google account, from button to chat."""

from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest

from bot.records.models import ConversationOwner, PupilSession
from tests.bot.channels.web.enrolled import Enrolled, cookie_of, sign_in
from tests.bot.channels.web.test_pages import send
from tests.bot.channels.web.test_sign_in_chat import QUESTION
from tests.bot.channels.web.test_sign_in_pages import name_shown
from tests.bot.support import Clock, app_in, running
from tests.engine_double import EngineDouble
from tests.oidc_server import Account, OidcServer, Switches

WAYS = ("microsoft", "google")


@pytest.fixture(scope="module")
def one_server() -> Iterator[OidcServer]:
    server = OidcServer().start()
    yield server
    server.stop()


@pytest.fixture
def server(one_server: OidcServer) -> OidcServer:
    one_server.switches = Switches()
    return one_server


@pytest.fixture
async def client(
    tmp_path: Path, engine: EngineDouble, clock: Clock, server: OidcServer
) -> AsyncIterator[httpx.AsyncClient]:
    app = app_in(
        tmp_path,
        clock=clock,
        engine_url=engine.url,
        microsoft_login_url=server.url,
        google_login_url=server.url,
    )
    async with running(app) as client:
        client.folder = tmp_path  # type: ignore[attr-defined]
        yield client


@pytest.fixture
def enrolled(client: httpx.AsyncClient) -> Iterator[Enrolled]:
    found = Enrolled(client.folder)  # type: ignore[attr-defined]
    found.offer_accounts(*WAYS)
    yield found
    found.close()


async def sent_back(client: httpx.AsyncClient, way: str) -> str:
    """Press the button and let the provider send the browser back: the address it comes to."""
    response = await client.get(f"/sign-in/{way}")
    assert response.status_code == 303, response.text
    async with httpx.AsyncClient() as browser:
        back = (await browser.get(response.headers["location"])).headers["location"]
    return f"{urlsplit(back).path}?{urlsplit(back).query}"


async def through(client: httpx.AsyncClient, way: str) -> httpx.Response:
    return await client.get(await sent_back(client, way))


@pytest.mark.parametrize("ways", [(), ("google",), WAYS])
async def test_buttons_stand_there_only_when_set_up(
    client: httpx.AsyncClient, enrolled: Enrolled, ways: tuple[str, ...]
):
    enrolled.offer_accounts(*ways)
    page = (await client.get("/sign-in")).text
    for way in WAYS:
        assert (f'href="/sign-in/{way}"' in page) == (way in ways)
        if way not in ways:
            assert (await client.get(f"/sign-in/{way}")).status_code == 404
            assert (await client.get(f"/sign-in/{way}/callback?state=x")).status_code == 404
    assert (await client.get("/sign-in/facebook")).status_code == 404


@pytest.mark.parametrize("way", WAYS)
async def test_from_button_to_chat(client: httpx.AsyncClient, enrolled: Enrolled, way: str):
    pupil = enrolled.add()
    await send(client, text="what does a vet earn")
    response = await client.get(f"/sign-in/{way}")
    cookie = cookie_of(response, "signpost_sign_in")
    for part in ("HttpOnly", "SameSite=lax", "Path=/sign-in"):
        assert part in cookie
    response = await through(client, way)
    assert response.status_code == 200
    # Our own page leads on, so that the chat's strict cookie comes along.
    assert '<meta http-equiv="refresh" content="0; url=/chat/sign-in">' in response.text
    assert '<a class="choice" href="/chat/sign-in">' in response.text
    assert "HttpOnly" in cookie_of(response, "signpost_pupil")
    assert "Max-Age=0" in cookie_of(response, "signpost_sign_in")
    assert [(row.pupil_id, row.way) for row in enrolled.rows(PupilSession)] == [(pupil, way)]
    assert QUESTION in (await client.get("/chat/sign-in")).text
    assert enrolled.rows(ConversationOwner) == []
    assert await name_shown(client) == "Ada"


async def test_the_address_in_any_case(
    client: httpx.AsyncClient, enrolled: Enrolled, server: OidcServer
):
    enrolled.add()
    server.switches.account = Account(email="ADA@School.Example")
    assert (await through(client, "google")).status_code == 200
    assert await name_shown(client) == "Ada"


@pytest.mark.parametrize("way", WAYS)
async def test_an_account_that_is_not_on_the_roster(
    client: httpx.AsyncClient, enrolled: Enrolled, way: str
):
    enrolled.add("Cy", enrolled.other_school())
    enrolled.add("Ben")
    response = await through(client, way)
    assert response.status_code == 403
    assert "Please see your tutor or the school's office" in response.text
    assert "ada@school.example" not in response.text
    assert enrolled.rows(PupilSession) == []
    assert await name_shown(client) is None


@pytest.mark.parametrize(
    ("switches", "status", "sentence"),
    [
        (Switches(claims={"tid": "x", "hd": "x"}), 403, "does not belong to Test School"),
        (Switches(claims={"nonce": "another"}), 400, "could not be checked"),
        (Switches(claims={"aud": "another"}), 400, "could not be checked"),
        (Switches(expired=True), 400, "could not be checked"),
        (Switches(foreign_key=True), 400, "could not be checked"),
        (Switches(error="access_denied"), 200, "was stopped before it was finished"),
        (Switches(error="server_error"), 502, "cannot be reached right now"),
        (Switches(token_status=503), 502, "cannot be reached right now"),
    ],
    ids=["home", "nonce", "audience", "expired", "key", "stopped", "error", "token"],
)
@pytest.mark.parametrize("way", WAYS)
async def test_what_goes_wrong_is_told_calmly(
    client: httpx.AsyncClient,
    enrolled: Enrolled,
    server: OidcServer,
    way: str,
    switches: Switches,
    status: int,
    sentence: str,
    caplog: pytest.LogCaptureFixture,
):
    enrolled.add()
    server.switches = switches
    response = await through(client, way)
    assert response.status_code == status
    assert sentence in response.text
    assert "Max-Age=0" in cookie_of(response, "signpost_sign_in")
    assert enrolled.rows(PupilSession) == []
    assert "ada@school.example" not in response.text + caplog.text
    assert 'name="code"' in response.text


async def test_a_provider_that_is_down(
    client: httpx.AsyncClient, enrolled: Enrolled, server: OidcServer
):
    server.switches.discovery_status = 500
    response = await client.get("/sign-in/google")
    assert response.status_code == 502
    assert "Google cannot be reached right now." in response.text
    assert (await sign_in(client, enrolled.code(enrolled.add()))).status_code == 303


async def test_only_the_browser_that_left_may_come_back(
    client: httpx.AsyncClient, enrolled: Enrolled
):
    enrolled.add()
    back = await sent_back(client, "google")
    flow = client.cookies["signpost_sign_in"]
    client.cookies.clear()
    # A link with somebody's code and state in it, pressed in another browser.
    assert (await client.get(back)).status_code == 400
    # The way of one provider does not end at the other.
    client.cookies.set("signpost_sign_in", flow, domain="chat.test", path="/sign-in")
    assert (await client.get(back.replace("google", "microsoft"))).status_code == 400
    client.cookies.set("signpost_sign_in", flow, domain="chat.test", path="/sign-in")
    assert (await client.get(back)).status_code == 200
    client.cookies.set("signpost_sign_in", flow, domain="chat.test", path="/sign-in")
    assert (await client.get(back)).status_code == 400


async def test_ten_minutes_is_long_enough(
    client: httpx.AsyncClient, enrolled: Enrolled, clock: Clock
):
    enrolled.add()
    back = await sent_back(client, "google")
    clock.ahead = timedelta(minutes=10)
    assert (await client.get(back)).status_code == 400


async def test_the_address_that_pupils_see_is_where_the_provider_sends_back_to(
    tmp_path: Path, engine: EngineDouble, server: OidcServer
):
    app = app_in(
        tmp_path,
        engine_url=engine.url,
        google_login_url=server.url,
        public_url="https://careers.school.example",
    )
    async with running(app) as client:
        enrolled = Enrolled(tmp_path)
        enrolled.offer_accounts("google")
        enrolled.close()
        response = await client.get("/sign-in/google", headers={"Host": "evil.example"})
    asked = server.seen.authorized
    assert "Secure" in cookie_of(response, "signpost_sign_in")
    async with httpx.AsyncClient() as browser:
        await browser.get(response.headers["location"])
    assert asked[-1]["redirect_uri"] == "https://careers.school.example/sign-in/google/callback"
