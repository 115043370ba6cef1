"""Staff with the school's Microsoft or Google account, against a provider of the tests' own."""

from collections.abc import AsyncIterator, Iterator
from datetime import datetime, timezone
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pyotp
import pytest

from bot.identity.oidc import SETTING, sealed_secret
from bot.records.settings import set_setting
from bot.records.staff import leave_staff
from tests.bot.console.sign_in.people import (
    SECOND,
    Person,
    codes_shown,
    hidden,
    is_in,
    key_shown,
)
from tests.bot.console.staffed import COOKIE, Console, Staffed
from tests.bot.support import Clock, app_in, running
from tests.engine_double import EngineDouble
from tests.oidc_server import CLIENT, DOMAIN, SECRET, TENANT, Account, OidcServer, Switches

WAYS = ("microsoft", "google")
SET_UP = "/console/sign-in/set-up"


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
        yield client


@pytest.fixture(autouse=True)
def offered(school: Staffed) -> None:
    secret = sealed_secret(school.sealing, SECRET)
    value = {
        "microsoft": {"tenant": TENANT, "client_id": CLIENT, "client_secret": secret},
        "google": {"domain": DOMAIN, "client_id": CLIENT, "client_secret": secret},
    }
    with school.engine.begin() as connection:
        set_setting(connection, school.school_id, SETTING, value, datetime.now(timezone.utc))


async def through(browser: Console, way: str) -> httpx.Response:
    """Press the button, and come back from the provider; what our address answers."""
    response = await browser.get(f"/console/sign-in/{way}", 303)
    async with httpx.AsyncClient() as provider:
        back = (await provider.get(response.headers["location"])).headers["location"]
    parts = urlsplit(back)
    assert parts.path == f"/console/sign-in/{way}/callback"
    headers = {"Cookie": "; ".join(f"{n}={v}" for n, v in browser.cookies.items())}
    response = await browser.client.get(f"{parts.path}?{parts.query}", headers=headers)
    browser.client.cookies.clear()
    browser._keep_cookies(response)
    return response


@pytest.mark.parametrize("way", WAYS)
async def test_our_second_factor_is_still_asked_for(jo: Person, server: OidcServer, way: str):
    server.switches.account = Account(email=jo.email.upper())
    browser = jo.browser()
    page = await browser.get("/console/sign-in")
    assert f'href="/console/sign-in/{way}"' in page.text
    response = await through(browser, way)
    assert (response.status_code, response.headers["location"]) == (303, SECOND)
    assert not await is_in(browser)
    await jo.second_step(browser)
    assert await is_in(browser)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize(
    ("methods", "enough"),
    [
        (["pwd", "mfa"], True),
        (["mfa"], True),
        (["pwd"], False),
        ([], False),
        (None, False),
    ],
)
async def test_unless_the_provider_asked_for_one(
    jo: Person, server: OidcServer, way: str, methods: object, enough: bool
):
    server.switches.account = Account(email=jo.email)
    server.switches.claims = {"amr": methods}
    browser = jo.browser()
    response = await through(browser, way)
    assert response.headers["location"] == ("/console" if enough else SECOND)
    assert await is_in(browser) is enough


async def test_the_first_time_a_second_factor_is_set_up(
    jo: Person, school: Staffed, server: OidcServer, clock: Clock
):
    new = school.staff("adviser", name="New Adviser")
    server.switches.account = Account(email=new.details.email)
    browser = Console(jo.client, None)
    response = await through(browser, "google")
    assert response.headers["location"] == SET_UP
    assert not await is_in(browser)
    await browser.get(SECOND, 303)
    page = await browser.get(SET_UP)
    secret = key_shown(page)
    sent = {"draft": hidden(page, "draft"), "code": pyotp.TOTP(secret).at(clock())}
    page = await browser.post(f"{SET_UP}/app", 200, data=sent)
    assert len(codes_shown(page)) == 10
    assert await is_in(browser)
    # From then on it is asked for, and nothing can be set up without it.
    other = Console(jo.client, None)
    response = await through(other, "google")
    assert response.headers["location"] == SECOND
    await other.get(SET_UP, 303)
    await other.get(SECOND)
    response = await other.post(f"{SET_UP}/app", data=sent)
    assert not await is_in(other)


async def test_nobody_sets_one_up_with_a_password_alone(jo: Person):
    browser = jo.browser()
    await jo.first_step(browser)
    await browser.get(SECOND)
    assert (await browser.get(SET_UP, 303)).headers["location"] == SECOND
    await browser.post(f"{SET_UP}/app")
    await browser.post(f"{SET_UP}/passkey")
    assert not await is_in(browser)


@pytest.mark.parametrize("way", WAYS)
async def test_who_is_not_on_the_list(jo: Person, server: OidcServer, school: Staffed, way: str):
    left = school.staff("adviser")
    with school.engine.begin() as connection:
        leave_staff(connection, school.school_id, left.id, jo.clock().date())
    pupil = "amira@school.example"
    school.pupil(email=pupil)
    for email in ("nobody@school.example", left.details.email, pupil):
        server.switches.account = Account(email=email)
        browser = jo.browser()
        response = await through(browser, way)
        assert response.status_code == 403
        assert "not on the list of staff" in response.text and email not in response.text
        assert COOKIE not in browser.cookies


async def test_staff_of_another_school(jo: Person, server: OidcServer, school: Staffed):
    other = school.staff("administrator", school_id=school.other_school)
    server.switches.account = Account(email=other.details.email)
    assert other.details.email != jo.email
    response = await through(jo.browser(), "google")
    assert response.status_code == 403


@pytest.mark.parametrize(
    ("way", "account", "status"),
    [
        ("microsoft", {"tenant": "99999999-2222-4333-8444-555555555555"}, (403, 400)),
        ("google", {"domain": "elsewhere.example"}, (403,)),
        ("google", {"domain": None}, (403,)),
        ("google", {"email_verified": False}, (400,)),
    ],
)
async def test_accounts_that_are_not_the_schools(
    jo: Person, server: OidcServer, way: str, account: dict[str, object], status: tuple[int, ...]
):
    server.switches.account = Account(email=jo.email, **account)
    browser = jo.browser()
    response = await through(browser, way)
    assert response.status_code in status
    assert not await is_in(browser) and COOKIE not in browser.cookies


async def test_another_browsers_way_back(jo: Person, server: OidcServer):
    server.switches.account = Account(email=jo.email)
    browser = jo.browser()
    response = await browser.get("/console/sign-in/google", 303)
    async with httpx.AsyncClient() as provider:
        back = (await provider.get(response.headers["location"])).headers["location"]
    parts = urlsplit(back)
    victim = jo.browser()
    await victim.get(f"{parts.path}?{parts.query}", 400)
    assert COOKIE not in victim.cookies


async def test_a_provider_that_is_away_or_unknown(jo: Person, server: OidcServer):
    server.switches.token_status = 503
    server.switches.account = Account(email=jo.email)
    response = await through(jo.browser(), "google")
    assert response.status_code == 502 and "cannot be reached" in response.text
    await jo.browser().get("/console/sign-in/facebook", 404)
    await jo.browser().get("/console/sign-in/facebook/callback", 404)
