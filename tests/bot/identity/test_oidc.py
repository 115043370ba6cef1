"""Signing in elsewhere, against a provider over real HTTP."""

import logging
import time
from collections.abc import AsyncIterator, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from cryptography.fernet import Fernet

from bot.identity import oidc as module
from bot.identity.oidc import (
    Flow,
    Flows,
    Oidc,
    Provider,
    SignInFailed,
    Way,
    providers_of,
    sealed_secret,
)
from bot.records.sealing import Sealing
from tests.oidc_server import CLIENT, DOMAIN, SECRET, TENANT, Account, OidcServer, Switches

BACK = "https://chat.example/sign-in/microsoft/callback"
WAYS: tuple[Way, ...] = ("microsoft", "google")


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
async def oidc() -> AsyncIterator[Oidc]:
    found = Oidc()
    yield found
    await found.close()


@pytest.fixture(params=WAYS)
def provider(request: pytest.FixtureRequest, server: OidcServer) -> Provider:
    return provider_of(server, request.param)


def provider_of(server: OidcServer, way: Way, **changes: Any) -> Provider:
    values = {
        "way": way,
        "issuer": f"{server.url}/{TENANT}/v2.0" if way == "microsoft" else server.url,
        "client_id": CLIENT,
        "home": TENANT if way == "microsoft" else DOMAIN,
        "client_secret": SECRET,
    }
    return Provider(**(values | changes))


async def sent_back(address: str) -> dict[str, str]:
    """Let a browser follow the address; the query that the provider sends it back with."""
    async with httpx.AsyncClient() as browser:
        response = await browser.get(address)
    assert response.status_code == 302, response.text
    back = urlsplit(response.headers["location"])
    assert f"{back.scheme}://{back.netloc}{back.path}" == BACK
    return {name: values[0] for name, values in parse_qs(back.query).items()}


async def signed_in(oidc: Oidc, provider: Provider) -> list[str]:
    address, flow = await oidc.begin(provider, BACK)
    query = await sent_back(address)
    return await oidc.finish(provider, flow, query, BACK, datetime.now(UTC))


async def failure(oidc: Oidc, provider: Provider) -> str:
    with pytest.raises(SignInFailed) as raised:
        await signed_in(oidc, provider)
    # Nothing that quotes an account is carried along to a log.
    assert raised.value.__cause__ is None
    assert raised.value.__context__ is None
    return raised.value.why


async def test_a_school_account_gives_its_address(oidc: Oidc, provider: Provider):
    assert await signed_in(oidc, provider) == ["ada@school.example"]


async def test_what_the_provider_is_asked(oidc: Oidc, provider: Provider, server: OidcServer):
    addresses = [(await oidc.begin(provider, BACK)) for _ in range(2)]
    asked = [parse_qs(urlsplit(address).query) for address, _ in addresses]
    one, flow = asked[0], addresses[0][1]
    assert one["response_type"] == ["code"]
    assert one["client_id"] == [CLIENT]
    assert one["redirect_uri"] == [BACK]
    assert one["prompt"] == ["select_account"]
    assert one["code_challenge_method"] == ["S256"]
    assert "openid" in one["scope"][0]
    assert (one["state"], one["nonce"]) == ([flow.state], [flow.nonce])
    assert flow.verifier not in addresses[0][0]
    for name in ("state", "nonce", "code_challenge"):
        assert asked[0][name] != asked[1][name]


async def test_the_likelier_address_comes_first(oidc: Oidc, server: OidcServer):
    server.switches.claims = {"preferred_username": "a.lovelace@school.example"}
    found = await signed_in(oidc, provider_of(server, "microsoft"))
    assert found == ["a.lovelace@school.example", "ada@school.example"]


@pytest.mark.parametrize(
    ("switches", "why"),
    [
        ({"claims": {"nonce": "another"}}, "not-valid"),
        ({"claims": {"nonce": None}}, "not-valid"),
        ({"claims": {"aud": "another-client"}}, "not-valid"),
        ({"claims": {"aud": [CLIENT, "another"], "azp": "another"}}, "not-valid"),
        ({"claims": {"aud": None}}, "not-valid"),
        ({"claims": {"iss": "https://evil.example"}}, "not-valid"),
        ({"claims": {"iss": None}}, "not-valid"),
        ({"claims": {"exp": None}}, "not-valid"),
        ({"claims": {"exp": "soon"}}, "not-valid"),
        ({"claims": {"sub": None}}, "not-valid"),
        ({"claims": {"iat": int(time.time()) + 7200}}, "not-valid"),
        ({"claims": {"email": None, "preferred_username": None}}, "not-valid"),
        ({"claims": {"email": 7, "preferred_username": ["a@b.c"]}}, "not-valid"),
        ({"expired": True}, "not-valid"),
        ({"foreign_key": True}, "not-valid"),
        ({"algorithm": "none"}, "not-valid"),
        ({"algorithm": "RS512"}, "not-valid"),
        ({"token_status": 500}, "away"),
        ({"token_status": 400}, "not-valid"),
        ({"token_status": 302}, "not-valid"),
        ({"error": "access_denied"}, "stopped"),
        ({"error": "server_error"}, "away"),
        ({"error": "temporarily_unavailable"}, "away"),
        ({"error": "invalid_scope"}, "not-valid"),
    ],
    ids=str,
)
async def test_what_proves_nothing(
    oidc: Oidc, provider: Provider, server: OidcServer, switches: dict, why: str
):
    server.switches = Switches(**switches)
    assert await failure(oidc, provider) == why


@pytest.mark.parametrize(
    "account",
    [
        Account(tenant="99999999-2222-4333-8444-555555555555", domain="other.example"),
        Account(tenant="", domain=None),
    ],
)
async def test_an_account_of_another_school(oidc: Oidc, server: OidcServer, account: Account):
    server.switches.account = account
    # Its own issuer gives it away at Microsoft already.
    assert await failure(oidc, provider_of(server, "microsoft")) == "not-valid"
    assert await failure(oidc, provider_of(server, "google")) == "other-school"
    # A private Google account may have a school's address, but is of no domain.
    server.switches = Switches(claims={"tid": account.tenant or None, "hd": account.domain})
    for way in WAYS:
        assert await failure(oidc, provider_of(server, way)) == "other-school"


async def test_an_address_that_google_has_not_checked(oidc: Oidc, server: OidcServer):
    server.switches.account = Account(email_verified=False)
    assert await failure(oidc, provider_of(server, "google")) == "not-valid"


async def test_google_names_itself_in_two_ways(oidc: Oidc, server: OidcServer):
    server.switches.claims = {"iss": server.url.removeprefix("http://")}
    assert await signed_in(oidc, provider_of(server, "google")) == ["ada@school.example"]


async def test_the_browser_must_come_back_with_what_it_left_with(
    oidc: Oidc, provider: Provider, server: OidcServer
):
    address, flow = await oidc.begin(provider, BACK)
    _, other = await oidc.begin(provider, BACK)
    query = await sent_back(address)
    now = datetime.now(UTC)
    google = "google" if provider.way == "microsoft" else "microsoft"
    wrong: list[tuple[Flow, dict[str, str]]] = [
        (flow, query | {"state": "another"}),
        (flow, {"code": query["code"]}),
        (flow, {"state": query["state"]}),
        (flow, {"state": query["state"], "code": ""}),
        (flow, query | {"state": "é"}),
        (other, query),
        (Flow(google, flow.state, flow.nonce, flow.verifier), query),
    ]
    for one, came in wrong:
        with pytest.raises(SignInFailed, match="not-valid"):
            await oidc.finish(provider, one, came, BACK, now)
    found = await oidc.finish(provider, flow, query, BACK, now)
    assert found == ["ada@school.example"]
    # The provider takes a code once.
    with pytest.raises(SignInFailed, match="not-valid"):
        await oidc.finish(provider, flow, query, BACK, now)


async def test_a_stolen_code_is_worth_nothing_without_the_verifier(
    oidc: Oidc, provider: Provider, server: OidcServer
):
    address, flow = await oidc.begin(provider, BACK)
    query = await sent_back(address)
    thief = Flow(flow.way, flow.state, flow.nonce, "another")
    server.seen.refused.clear()
    with pytest.raises(SignInFailed, match="not-valid"):
        await oidc.finish(provider, thief, query, BACK, datetime.now(UTC))
    assert server.seen.refused == ["verifier"]


async def test_a_wrong_secret_of_ours(oidc: Oidc, server: OidcServer):
    provider = provider_of(server, "google", client_secret="old")
    assert await failure(oidc, provider) == "not-valid"
    assert "old" not in repr(provider)


@pytest.mark.parametrize(
    "switches", [{"discovery_status": 500}, {"discovery_status": 404}, {"issuer": "https://x.y"}]
)
async def test_a_provider_that_cannot_say_what_it_is(
    oidc: Oidc, provider: Provider, server: OidcServer, switches: dict
):
    server.switches = Switches(**switches)
    with pytest.raises(SignInFailed, match="away"):
        await oidc.begin(provider, BACK)
    server.switches = Switches()
    assert await signed_in(oidc, provider)  # what went wrong is not remembered


async def test_a_provider_that_is_down(oidc: Oidc, provider: Provider):
    server = OidcServer().start()
    known = provider_of(server, "google")
    address, flow = await oidc.begin(known, BACK)
    query = await sent_back(address)
    server.stop()
    with pytest.raises(SignInFailed, match="away"):
        await oidc.finish(known, flow, query, BACK, datetime.now(UTC))
    with pytest.raises(SignInFailed, match="away"):
        await Oidc().begin(known, BACK)


async def test_a_provider_that_takes_too_long(
    oidc: Oidc, provider: Provider, server: OidcServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(module, "TIMEOUT_S", 0.3)
    server.switches.slow_s = 2
    assert await failure(oidc, provider) == "away"


async def test_a_new_key_of_the_provider_is_learnt(oidc: Oidc, server: OidcServer):
    provider = provider_of(server, "google")
    hands = [0.0]
    oidc._clock = lambda: hands[0]
    assert await signed_in(oidc, provider)
    server.renew_key()
    asked = server.seen.keys
    assert await failure(oidc, provider) == "not-valid"  # asked within the last minute
    assert server.seen.keys == asked
    hands[0] += 61
    assert await signed_in(oidc, provider)
    assert server.seen.keys == asked + 1


async def test_what_the_provider_says_is_remembered_for_an_hour(oidc: Oidc, server: OidcServer):
    provider = provider_of(server, "google")
    hands = [0.0]
    oidc._clock = lambda: hands[0]
    before = server.seen.discoveries
    for _ in range(3):
        await signed_in(oidc, provider)
    assert server.seen.discoveries == before + 1
    hands[0] += 3600
    await signed_in(oidc, provider)
    assert server.seen.discoveries == before + 2


# ---- what the school has set up


SEALING = Sealing([Fernet.generate_key().decode()], "k" * 43)
URLS = {"microsoft_url": "https://ms.example", "google_url": "https://g.example"}


def setting(**changes: Any) -> dict[str, Any]:
    secret = sealed_secret(SEALING, "hush")
    both = {"client_id": "c", "client_secret": secret}
    return {
        "microsoft": {"tenant": TENANT.upper(), **both},
        "google": {"domain": "School.Example", **both},
    } | changes


def test_providers_of_a_setting():
    found = providers_of(setting(), SEALING, **URLS)
    assert found["microsoft"].issuer == f"https://ms.example/{TENANT}/v2.0"
    assert (found["google"].issuer, found["google"].home) == ("https://g.example", DOMAIN)
    assert {one.client_secret for one in found.values()} == {"hush"}
    assert "hush" not in str(found) + str(setting())


@pytest.mark.parametrize("found", [None, {}, {"code": {}}])
def test_nothing_set_up(found: dict | None):
    assert providers_of(found, SEALING, **URLS) == {}


@pytest.mark.parametrize(
    "wrong",
    [
        {"tenant": "common"},
        {"tenant": "organizations"},
        {"tenant": None},
        {"tenant": f"{TENANT}/../common"},
        {"client_id": ""},
        {"client_secret": ""},
        {"client_secret": "in clear"},
    ],
)
def test_what_is_not_set_up_whole_is_not_offered(wrong: dict, caplog: pytest.LogCaptureFixture):
    whole = setting()
    with caplog.at_level(logging.WARNING):
        found = providers_of(whole | {"microsoft": whole["microsoft"] | wrong}, SEALING, **URLS)
    assert list(found) == ["google"]
    assert "microsoft" in caplog.text
    assert "in clear" not in caplog.text


# ---- the cookie in between


def test_the_cookie_is_good_for_ten_minutes_here_only():
    flows, now = Flows("k" * 43), datetime(2026, 11, 23, 9, tzinfo=UTC)
    flow = Flow("google", "s", "n", "v")
    value = flows.write(flow, now)
    assert flows.read(value, now + timedelta(minutes=10, seconds=-1)) == flow
    assert flows.read(value, now + timedelta(minutes=10)) is None
    assert Flows("l" * 43).read(value, now) is None
    for changed in ("", "x", value + "x", value[1:], "é", value.partition(".")[0]):
        assert flows.read(changed, now) is None
