"""One's own account: what changes how one signs in, and where one is signed in."""

from datetime import timedelta

import httpx
import pyotp
import pytest

from bot.records.staff_secrets import find_secret, list_passkeys
from tests.bot.console.sign_in.people import (
    OTHER_PASSWORD,
    PASSWORD,
    SECOND,
    Person,
    codes_shown,
    hidden,
    is_in,
    key_shown,
    options,
)
from tests.bot.console.sign_in.test_signing_in import subjects
from tests.bot.console.staffed import Console, Staffed
from tests.bot.identity.staff.authenticator import Authenticator
from tests.bot.support import Clock

ACCOUNT = "/console/account"
LOCAL = "http://localhost"
HERE = {"Origin": LOCAL, "Sec-Fetch-Site": "same-origin"}


async def test_every_role_has_an_account(jo: Person, school: Staffed, clock: Clock):
    for role in ("careers staff", "adviser", "careers leader", "dsl", "administrator", "operator"):
        person = Person.ready(jo.client, school, clock, role, name=f"A {role}")
        browser = await person.sign_in()
        await browser.get(ACCOUNT)
        assert person.email in browser.page.text


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", f"{ACCOUNT}/password"),
        ("POST", f"{ACCOUNT}/password"),
        ("GET", f"{ACCOUNT}/second"),
        ("POST", f"{ACCOUNT}/second/app"),
        ("POST", f"{ACCOUNT}/second/passkey"),
        ("POST", f"{ACCOUNT}/second/app/remove"),
        ("POST", f"{ACCOUNT}/second/passkey/remove"),
        ("POST", f"{ACCOUNT}/codes"),
    ],
)
async def test_what_changes_the_sign_in_asks_for_the_second_factor_again(
    jo: Person, clock: Clock, method: str, path: str
):
    browser = await jo.sign_in()
    clock.ahead += timedelta(minutes=11)
    await browser.get(ACCOUNT)
    ask = browser.get if method == "GET" else browser.post
    response = await ask(path, 303)
    assert response.headers["location"].startswith(f"{SECOND}?to={ACCOUNT}")
    page = await browser.follow()
    assert "Show once more that it is you" in page.text
    to = hidden(page, "to")
    response = await browser.post(SECOND, data={"code": jo.code(), "to": to})
    assert response.headers["location"] == to
    assert (await browser.get(f"{ACCOUNT}/password")).status_code == 200
    assert subjects(jo.school) == []


# ---- password


async def test_another_password(jo: Person, school: Staffed):
    here, there = await jo.sign_in(), await jo.sign_in()
    await here.get(f"{ACCOUNT}/password")
    for old, new, why in (
        ("wrong", OTHER_PASSWORD, "not the password you have now"),
        (PASSWORD, PASSWORD, "password you have now. Choose another"),
        (PASSWORD, "short", "12 characters"),
        (PASSWORD, "jo marsh octave lamp", "your name"),
    ):
        page = await here.post(f"{ACCOUNT}/password", 422, data={"old": old, "password": new})
        assert why in page.text
    sent = {"old": PASSWORD, "password": OTHER_PASSWORD}
    await here.post(f"{ACCOUNT}/password", data=sent)
    page = await here.follow()
    assert "Your password was changed" in page.text
    assert not await is_in(there)
    assert "Your password was changed" in subjects(school)
    assert len(school.audited("password changed")) == 1
    other = jo.browser()
    await jo.first_step(other, PASSWORD, 422)
    await jo.first_step(other, OTHER_PASSWORD)


async def test_the_old_password_is_not_guessed(jo: Person):
    browser = await jo.sign_in()
    await browser.get(f"{ACCOUNT}/password")
    sent = {"old": "wrong", "password": OTHER_PASSWORD}
    for _ in range(5):
        await browser.post(f"{ACCOUNT}/password", 422, data=sent)
    await browser.post(f"{ACCOUNT}/password", 429, data={**sent, "old": PASSWORD})


# ---- second factor


async def test_another_app_takes_the_old_ones_place(jo: Person, school: Staffed):
    browser = await jo.sign_in()
    page = await browser.get(f"{ACCOUNT}/second")
    secret = key_shown(page)
    code = pyotp.TOTP(secret).at(jo.clock())
    sent = {"draft": hidden(page, "draft"), "code": code}
    response = await browser.post(f"{ACCOUNT}/second/app", data=sent)
    assert response.headers["location"] == f"{ACCOUNT}?told=kept"
    await browser.follow()
    assert school.run(find_secret, jo.row.id).totp == secret
    assert "How you sign in was changed" in subjects(school)
    other = jo.browser()
    await jo.first_step(other)
    await jo.second_step(other, status=422)  # the old app's code
    jo.secret = secret
    await jo.second_step(other)


async def test_somebody_elses_draft_is_none(jo: Person, kit: Person):
    jos, kits = await jo.sign_in(), await kit.sign_in()
    page = await jos.get(f"{ACCOUNT}/second")
    await kits.get(f"{ACCOUNT}/second")
    code = pyotp.TOTP(key_shown(page)).at(jo.clock())
    sent = {"draft": hidden(page, "draft"), "code": code}
    await kits.post(f"{ACCOUNT}/second/app", 422, data=sent)
    assert kit.school.run(find_secret, kit.row.id).totp == kit.secret


async def test_the_last_second_factor_stays(jo: Person, school: Staffed):
    browser = await jo.sign_in()
    await browser.get(ACCOUNT)
    assert "/second/app/remove" not in browser.response.text
    response = await browser.post(f"{ACCOUNT}/second/app/remove")
    assert response.headers["location"] == f"{ACCOUNT}?told=last"
    assert school.run(find_secret, jo.row.id).totp is not None


async def with_passkey(jo: Person) -> tuple[Console, Authenticator]:
    jo.client.base_url = httpx.URL(LOCAL)
    browser = jo.browser()
    await browser.get("/console/sign-in")
    sent = {"email": jo.email, "password": PASSWORD}
    await browser.post("/console/sign-in", data=sent, headers=HERE)
    await browser.get(SECOND)
    await browser.post(SECOND, data={"code": jo.code()}, headers=HERE)
    page = await browser.get(f"{ACCOUNT}/second")
    key = Authenticator(LOCAL)
    sent = {"answer": key.make(options(page)), "label": "work laptop"}
    response = await browser.post(f"{ACCOUNT}/second/passkey", data=sent, headers=HERE)
    assert response.headers["location"] == f"{ACCOUNT}?told=kept"
    return browser, key


async def test_a_passkey_more_then_the_app_may_go(jo: Person, school: Staffed):
    browser, _ = await with_passkey(jo)
    page = await browser.get(ACCOUNT)
    assert "work laptop" in page.text
    await browser.post(f"{ACCOUNT}/second/app/remove", headers=HERE)
    await browser.get(ACCOUNT)
    passkey = school.run(list_passkeys, jo.row.id)[0]
    response = await browser.post(
        f"{ACCOUNT}/second/passkey/remove", data={"passkey": passkey.id}, headers=HERE
    )
    assert response.headers["location"] == f"{ACCOUNT}?told=last"
    actions = {row.action for row in school.audited()}
    assert {"passkey added", "app removed"} <= actions


async def test_somebody_elses_passkey_is_not_there(jo: Person, kit: Person, school: Staffed):
    await with_passkey(jo)
    kits, _ = await with_passkey(kit)
    jos = school.run(list_passkeys, jo.row.id)[0]
    await kits.get(ACCOUNT)
    sent = {"passkey": jos.id}
    await kits.post(f"{ACCOUNT}/second/passkey/remove", 404, data=sent, headers=HERE)
    assert len(school.run(list_passkeys, jo.row.id)) == 1


async def test_no_passkeys_where_browsers_offer_none(jo: Person):
    browser = await jo.sign_in()  # http, and not this computer
    page = await browser.get(f"{ACCOUNT}/second")
    assert "data-passkey=" not in page.text
    await browser.post(f"{ACCOUNT}/second/passkey", 422, data={"answer": "{}"})


# ---- recovery codes


async def test_ten_new_codes(jo: Person, school: Staffed):
    browser = await jo.sign_in()
    await browser.get(ACCOUNT)
    page = await browser.post(f"{ACCOUNT}/codes", 200)
    codes = codes_shown(page)
    assert len(codes) == 10 and not set(codes) & set(jo.codes)
    other = jo.browser()
    await jo.first_step(other)
    await jo.second_step(other, jo.codes[0], 422)
    await jo.second_step(other, codes[0])
    await browser.get(ACCOUNT)
    assert "9 of 10 left" in browser.page.text


# ---- where one is signed in


async def test_out_there_and_everywhere(jo: Person, kit: Person, school: Staffed):
    here, there, third = [await jo.sign_in() for _ in range(3)]
    kits = await kit.sign_in()
    page = await here.get(ACCOUNT)
    assert page.text.count("Sign out there") == 2
    place = hidden(page, "place")
    response = await here.post(f"{ACCOUNT}/places", data={"place": place})
    assert response.headers["location"] == f"{ACCOUNT}?told=out-there"
    assert [await is_in(one) for one in (here, there, third)].count(True) == 2
    await here.get(ACCOUNT)
    await here.post(f"{ACCOUNT}/places", 404, data={"place": place})
    await here.post(f"{ACCOUNT}/places", 404, data={"place": ""})
    response = await here.post(f"{ACCOUNT}/everywhere")
    assert response.headers["location"] == "/console/sign-in?signed=out"
    assert not any([await is_in(one) for one in (here, there, third)])
    assert await is_in(kits)
    actions = {row.action for row in school.audited()}
    assert {"signed out elsewhere", "signed out everywhere"} <= actions


async def test_signing_out(jo: Person, school: Staffed):
    browser = await jo.sign_in()
    await browser.get(ACCOUNT)
    cookies = dict(browser.cookies)
    await browser.post("/console/sign-out")
    page = await browser.follow()
    assert "You are signed out" in page.text
    old = jo.browser()
    old.cookies = cookies
    assert not await is_in(old)
    assert len(school.audited("signed out")) == 1
