"""From a one-time link to being signed in, through the real application."""

from datetime import timedelta

import httpx
import pyotp
import pytest

from bot.console.sign_in.doors import Doors
from bot.identity.staff.invitations import first_administrator_link, invite, reset
from bot.records.audit.actors import Actor
from bot.records.models import StaffInvitation
from bot.records.staff import StaffRow, find_by_email
from bot.records.staff_secrets import find_secret
from tests.bot.console.sign_in.people import (
    OTHER_PASSWORD,
    PASSWORD,
    Person,
    codes_shown,
    hidden,
    is_in,
    key_shown,
    options,
)
from tests.bot.console.sign_in.test_signing_in import subjects
from tests.bot.console.staffed import COOKIE, Console, Staffed
from tests.bot.identity.staff.authenticator import Authenticator
from tests.bot.support import Clock

BY = Actor("operator", None, "Root")
JOIN = "/console/join"
LOCAL = "http://localhost"


@pytest.fixture
def new(school: Staffed, doors: Doors) -> StaffRow:
    return school.staff("careers staff", name="New Person")


def invited(school: Staffed, row: StaffRow, clock: Clock) -> str:
    return school.run(invite, row.id, by=BY, now=clock())


async def opened(client: httpx.AsyncClient, token: str) -> Console:
    """A browser that has opened the link and pressed its button."""
    browser = Console(client, None)
    await browser.get(f"{JOIN}/{token}")
    response = await browser.post(JOIN, data={"token": token})
    assert response.headers["location"] == JOIN
    return browser


async def to_the_app(browser: Console, **details: str) -> httpx.Response:
    await browser.get(JOIN)
    await browser.post(f"{JOIN}/details", data={"password": PASSWORD, **details})
    return await browser.get(JOIN)


async def test_from_link_to_console(
    client: httpx.AsyncClient, school: Staffed, new: StaffRow, clock: Clock
):
    token = invited(school, new, clock)
    browser = Console(client, None)
    page = await browser.get(f"{JOIN}/{token}")
    assert "Begin" in page.text and new.details.email not in page.text
    await browser.get(f"{JOIN}/{token}")  # a mail scanner looks at it first
    await browser.post(JOIN, data={"token": token})
    page = await browser.follow()
    assert new.details.email in page.text and token not in page.text
    page = await to_the_app(browser, name="  New   Person ")
    secret = key_shown(page)
    assert "<svg" in page.text
    code = pyotp.TOTP(secret).at(clock())
    page = await browser.post(
        f"{JOIN}/app", 200, data={"draft": hidden(page, "draft"), "code": code}
    )
    codes = codes_shown(page)
    assert len(set(codes)) == 10
    assert await is_in(browser)
    assert school.rows(StaffInvitation)[0].used_at is not None
    # Shown once: not on any page after it, and the link opens nothing.
    page = await browser.get("/console/account")
    assert not codes_shown(page) and "10 of 10 left" in page.text
    await browser.get(JOIN, 410)
    await browser.get(f"{JOIN}/{token}", 410)
    await browser.post(JOIN, 410, data={"token": token})
    actions = [row.action for row in school.audited()]
    assert actions == [
        "new device", "signed in", "staff joined", "recovery codes made", "app set up",
        "staff invited",
    ]  # fmt: skip
    assert subjects(school) == []
    other = Person(client, school, clock, new, secret, codes)
    await other.sign_in()


async def test_a_password_that_is_refused_says_why(
    client: httpx.AsyncClient, school: Staffed, new: StaffRow, clock: Clock
):
    browser = await opened(client, invited(school, new, clock))
    await browser.get(JOIN)
    for password, why in (("short", "12 characters"), ("new person lamp", "your name")):
        sent = {"name": "New Person", "password": password}
        page = await browser.post(f"{JOIN}/details", 422, data=sent)
        assert why in page.text and f'value="{password}"' not in page.text
    page = await browser.post(f"{JOIN}/details", 422, data={"name": " ", "password": PASSWORD})
    assert "Type your name" in page.text
    assert school.run(find_secret, new.id) is None


async def test_a_wrong_code_shows_the_same_picture_again(
    client: httpx.AsyncClient, school: Staffed, new: StaffRow, clock: Clock
):
    browser = await opened(client, invited(school, new, clock))
    page = await to_the_app(browser, name="New")
    draft, secret = hidden(page, "draft"), key_shown(page)
    wrong = f"{(int(pyotp.TOTP(secret).at(clock())) + 1) % 10**6:06}"
    page = await browser.post(f"{JOIN}/app", 422, data={"draft": draft, "code": wrong})
    assert key_shown(page) == secret
    assert not await is_in(browser)
    for draft in ("", "x", hidden(page, "csrf")):
        page = await browser.post(f"{JOIN}/app", 422, data={"draft": draft, "code": wrong})
        assert key_shown(page) != secret


async def test_breaking_off_and_going_on(
    client: httpx.AsyncClient, school: Staffed, new: StaffRow, clock: Clock
):
    browser = await opened(client, invited(school, new, clock))
    await to_the_app(browser, name="New")
    clock.ahead += timedelta(minutes=59)
    assert "authenticator app" in (await browser.get(JOIN)).text
    clock.ahead += timedelta(minutes=1)
    await browser.get(JOIN, 410)


async def test_the_button_has_to_be_pressed_by_the_page(
    client: httpx.AsyncClient, school: Staffed, new: StaffRow, clock: Clock
):
    token = invited(school, new, clock)
    browser = Console(client, None)
    await browser.get(f"{JOIN}/{token}")
    await browser.post(JOIN, 403, data={"token": token}, csrf="0" * 64)
    await browser.get(f"{JOIN}/{token}")
    await browser.post(JOIN, data={"token": token})


async def test_without_a_link_nothing_is_set_up(client: httpx.AsyncClient, new: StaffRow):
    browser = Console(client, None)
    await browser.get("/console/sign-in")
    await browser.get(JOIN, 410)
    await browser.get(f"{JOIN}/{'x' * 43}", 410)
    await browser.post(f"{JOIN}/details", 410, data={"name": "M", "password": PASSWORD})
    for path in ("app", "passkey", "renew"):
        response = await browser.post(f"{JOIN}/{path}", data={"code": "123456"})
        assert response.headers["location"] == JOIN
    assert COOKIE not in browser.cookies


async def test_a_passkey_to_join_with(
    client: httpx.AsyncClient, school: Staffed, new: StaffRow, clock: Clock
):
    client.base_url = httpx.URL(LOCAL)
    token = invited(school, new, clock)
    browser = Console(client, None)
    here = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}
    await browser.get(f"{JOIN}/{token}")
    await browser.post(JOIN, data={"token": token}, headers=here)
    await browser.get(JOIN)
    sent = {"name": "New", "password": PASSWORD}
    await browser.post(f"{JOIN}/details", data=sent, headers=here)
    page = await browser.get(JOIN)
    key = Authenticator(LOCAL)
    answer = key.make(options(page))
    data = {"answer": answer, "label": "laptop"}
    page = await browser.post(f"{JOIN}/passkey", 200, data=data, headers=here)
    assert len(codes_shown(page)) == 10 and await is_in(browser)
    # The same answer again proves nothing: its challenge is used up.
    await browser.get("/console/account/second")
    await browser.post("/console/account/second/passkey", 422, data=data, headers=here)
    # Signing in with it.
    await browser.post("/console/sign-out", headers=here)
    await browser.get("/console/sign-in")
    sent = {"email": new.details.email, "password": PASSWORD}
    await browser.post("/console/sign-in", data=sent, headers=here)
    page = await browser.get("/console/sign-in/second")
    answer = key.give(options(page))
    sent = {"answer": answer}
    await browser.post("/console/sign-in/second/passkey", data=sent, headers=here)
    assert await is_in(browser)
    # And never twice with one answer.
    await browser.get("/console/account")
    await browser.post("/console/sign-out", headers=here)
    await browser.get("/console/sign-in")
    first = {"email": new.details.email, "password": PASSWORD}
    await browser.post("/console/sign-in", data=first, headers=here)
    await browser.get("/console/sign-in/second")
    await browser.post("/console/sign-in/second/passkey", 422, data=sent, headers=here)
    assert not await is_in(browser)


# ---- beginning again


def begin_again(school: Staffed, person: Person, *, second_factor_too: bool) -> str:
    return school.run(
        reset, person.row.id, second_factor_too=second_factor_too, by=BY, now=person.clock()
    )


async def test_another_password_takes_the_second_factor(kit: Person, school: Staffed):
    signed_in = await kit.sign_in()
    token = begin_again(school, kit, second_factor_too=False)
    assert not await is_in(signed_in)
    await kit.first_step(kit.browser(), status=422)  # the old password is gone
    browser = await opened(kit.client, token)
    page = await browser.get(JOIN)
    assert "You need your second step for it as well" in page.text
    sent = {"password": OTHER_PASSWORD}
    await browser.post(f"{JOIN}/renew", 422, data=sent)
    await browser.post(f"{JOIN}/renew", 422, data={**sent, "code": "000000"})
    await browser.post(f"{JOIN}/renew", 422, data={"password": "short", "code": kit.code()})
    # The ways for who has no second factor are shut.
    await browser.post(f"{JOIN}/details", data={"name": "Mallory", **sent})
    await browser.post(f"{JOIN}/app", data={"code": "1"})
    assert school.run(find_secret, kit.row.id).password_hash is None
    await browser.post(f"{JOIN}/renew", data={**sent, "code": kit.code()})
    assert await is_in(browser)
    assert "Your password was changed" in subjects(school)
    other = kit.browser()
    await kit.first_step(other, OTHER_PASSWORD)
    await kit.second_step(other)
    assert await is_in(other)


async def test_a_password_with_a_recovery_code(kit: Person, school: Staffed):
    browser = await opened(kit.client, begin_again(school, kit, second_factor_too=False))
    await browser.get(JOIN)
    sent = {"password": OTHER_PASSWORD, "code": kit.codes[3]}
    await browser.post(f"{JOIN}/renew", data=sent)
    assert await is_in(browser)
    assert sorted(subjects(school)) == [
        "A recovery code was used",
        "A sign-in from a new device",
        "Your password was changed",
    ] or sorted(subjects(school)) == ["A recovery code was used", "Your password was changed"]


async def test_guessing_the_second_factor_behind_a_link_is_slow(kit: Person, school: Staffed):
    browser = await opened(kit.client, begin_again(school, kit, second_factor_too=False))
    await browser.get(JOIN)
    sent = {"password": OTHER_PASSWORD, "code": "000000"}
    for _ in range(5):
        await browser.post(f"{JOIN}/renew", 422, data=sent)
    await browser.post(f"{JOIN}/renew", 429, data={**sent, "code": kit.code_now()})


async def test_all_anew(kit: Person, school: Staffed):
    browser = await opened(kit.client, begin_again(school, kit, second_factor_too=True))
    page = await to_the_app(browser, name="Kit")
    secret = key_shown(page)
    code = pyotp.TOTP(secret).at(kit.clock())
    sent = {"draft": hidden(page, "draft"), "code": code}
    page = await browser.post(f"{JOIN}/app", 200, data=sent)
    assert codes_shown(page) and await is_in(browser)
    other = kit.browser()
    await kit.first_step(other, PASSWORD)
    await kit.second_step(other, kit.codes[0], 422)  # the old codes open nothing


# ---- the first administrator


def first_link(school: Staffed, clock: Clock) -> str | None:
    with school.engine.begin() as connection:
        return first_administrator_link(connection, school.school_id, clock())


async def test_the_first_administrator(
    client: httpx.AsyncClient, school: Staffed, doors: Doors, clock: Clock
):
    old, token = first_link(school, clock), first_link(school, clock)
    assert old and token
    browser = Console(client, None)
    await browser.get(f"{JOIN}/{old}", 410)
    browser = await opened(client, token)
    await browser.get(JOIN)
    for email in ("", "nobody", "a b@c"):
        sent = {"name": "Ash", "email": email, "password": PASSWORD}
        await browser.post(f"{JOIN}/details", 422, data=sent)
    page = await to_the_app(browser, name="Ash", email="ash@school.example")
    code = pyotp.TOTP(key_shown(page)).at(clock())
    await browser.post(f"{JOIN}/app", 200, data={"draft": hidden(page, "draft"), "code": code})
    assert await is_in(browser)
    row = school.run(find_by_email, "ash@school.example")
    assert row.roles == {"administrator"}
    assert first_link(school, clock) is None
