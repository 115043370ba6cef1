"""Signing in with password and second factor, through the real application."""

import re
from datetime import timedelta

import httpx
import pytest

from bot.console.sign_in.doors import Doors
from bot.identity.staff.lockout import PASSWORD_HERE
from bot.records.models import Mail, StaffDevice, StaffSession
from bot.records.staff import leave_staff
from tests.bot.console.sign_in.people import (
    AGENT,
    PASSWORD,
    SECOND,
    SIGN_IN,
    Person,
    is_in,
)
from tests.bot.console.staffed import COOKIE, Staffed
from tests.bot.support import Clock


async def test_from_nothing_to_the_page_that_was_wanted(jo: Person):
    browser = jo.browser()
    response = await browser.get("/console/account", 303)
    assert response.headers["location"] == "/console/sign-in?to=/console/account"
    await browser.follow()
    response = await browser.post(
        SIGN_IN, data={"email": jo.email.upper(), "password": PASSWORD, "to": "/console/account"}
    )
    assert response.headers["location"] == "/console/sign-in/second?to=/console/account"
    assert not await is_in(browser)
    await browser.follow()
    half = browser.cookies[COOKIE]
    response = await browser.post(SECOND, data={"code": jo.code(), "to": "/console/account"})
    assert response.headers["location"] == "/console/account"
    assert browser.cookies[COOKIE] != half
    await browser.follow()
    assert "Jo Marsh" in browser.page.text
    assert len(jo.school.rows(StaffSession)) == 1
    assert [row.action for row in jo.school.audited()][:2] == ["new device", "signed in"]


@pytest.mark.parametrize(
    "to",
    ["https://evil.example", "//evil.example", "/chat", "/console/../chat", "/consolex",
     "/console/sign-in", "/console/join/x", "/console/a?b=//c", "/console/" + "a" * 300],
)  # fmt: skip
async def test_never_on_to_another_site(jo: Person, to: str):
    browser = jo.browser()
    await browser.get(SIGN_IN)
    await browser.post(SIGN_IN, data={"email": jo.email, "password": PASSWORD, "to": to})
    await browser.get(SECOND)
    response = await browser.post(SECOND, data={"code": jo.code(), "to": to})
    assert response.headers["location"] == "/console"


async def test_half_a_session_opens_nothing_but_its_page(jo: Person):
    browser = jo.browser()
    await jo.first_step(browser)
    for path in ("/console", "/console/account", "/console/account/password", "/console/staff"):
        response = await browser.get(path, 303)
        assert response.headers["location"].startswith(SECOND), path
    await browser.get(SECOND)
    for path in (
        "/console/account/codes",
        "/console/account/everywhere",
        "/console/account/places",
    ):
        response = await browser.post(path, 303)
        assert response.headers["location"].startswith(SECOND), path
    assert not await is_in(browser)


async def test_half_a_session_ends_soon(jo: Person, clock: Clock):
    browser = jo.browser()
    await jo.first_step(browser)
    clock.ahead += timedelta(minutes=10)
    response = await browser.get(SECOND, 303)
    assert response.headers["location"] == SIGN_IN


async def test_the_cookie_where_https_is_spoken(jo: Person, client: httpx.AsyncClient):
    page = await client.get(f"https://chat.test{SIGN_IN}")
    token = re.search(r'name="csrf" value="(\w+)"', page.text)
    assert token
    response = await client.post(
        f"https://chat.test{SIGN_IN}",
        data={"csrf": token[1], "email": jo.email, "password": PASSWORD},
        headers={"Origin": "https://chat.test", "Sec-Fetch-Site": "same-origin"},
    )
    cookies = [one for one in response.headers.get_list("set-cookie") if one.startswith("__Host-")]
    assert len(cookies) == 1
    for part in ("__Host-signpost_staff=", "; Secure", "; HttpOnly", "; Path=/", "; SameSite=lax"):
        assert part in cookies[0]
    assert "Domain" not in cookies[0] and "Max-Age" not in cookies[0]


async def test_the_same_answer_whoever_it_is(jo: Person, school: Staffed):
    """A wrong password, nobody's address, of who has left, of who never joined: no difference."""
    left, new = school.staff("adviser"), school.staff("adviser")
    with school.engine.begin() as connection:
        leave_staff(connection, school.school_id, left.id, jo.clock().date())
    answers = set()
    for email in (jo.email, "nobody@school.example", left.details.email, new.details.email):
        browser = jo.browser()
        response = await jo.first_step(browser, "a wrong password", 422, email)
        text = response.text.replace(email, "EMAIL")
        answers.add(re.sub(r"[0-9a-f]{64}", "TOKEN", text))
        assert COOKIE not in browser.cookies
    assert len(answers) == 1
    assert "do not go together" in answers.pop()
    assert len(school.audited("sign-in failed")) == 4


async def test_the_waits_are_the_same_whoever_it_is(jo: Person):
    async def answers(email: str) -> list[int]:
        browser = jo.browser()
        await browser.get(SIGN_IN)
        found = []
        for _ in range(PASSWORD_HERE.free + 2):
            sent = {"csrf": browser.csrf, "email": email, "password": "wrong"}
            response = await jo.client.post(
                SIGN_IN,
                data=sent,
                headers={
                    "Origin": "http://chat.test",
                    "Sec-Fetch-Site": "same-origin",
                    "Cookie": "; ".join(f"{n}={v}" for n, v in browser.cookies.items()),
                },
            )
            found.append(response.status_code)
        return found

    expected = [422] * PASSWORD_HERE.free + [429] * 2
    assert await answers(jo.email) == expected
    assert await answers("nobody@school.example") == expected


async def test_others_guessing_keeps_nobody_out(jo: Person, clock: Clock):
    """An attacker at the very same address guesses on; the owner's own device is let in."""
    device = await jo.sign_in()
    attacker = jo.browser()
    statuses = []
    for _ in range(PASSWORD_HERE.free + 1):
        await attacker.get(SIGN_IN)
        response = await attacker.client.post(
            SIGN_IN,
            data={"csrf": attacker.csrf, "email": jo.email, "password": "a guess"},
            headers={
                "Origin": "http://chat.test",
                "Sec-Fetch-Site": "same-origin",
                "Cookie": "; ".join(f"{n}={v}" for n, v in attacker.cookies.items()),
            },
        )
        statuses.append(response.status_code)
    assert statuses[-1] == 429
    # Even the right password waits there, and nothing tells that it was right.
    await jo.first_step(attacker, PASSWORD, 429)
    await device.get("/console/account")
    await device.post("/console/sign-out")
    await jo.sign_in(device)
    assert await is_in(device)
    clock.ahead += timedelta(seconds=30)
    await jo.first_step(attacker, PASSWORD)


async def test_the_second_factor_is_not_guessed(jo: Person):
    browser = jo.browser()
    await jo.first_step(browser)
    for _ in range(5):
        await jo.second_step(browser, "000000", 422)
    response = await jo.second_step(browser, jo.code_now(), 429)
    assert 0 < int(response.headers["retry-after"]) <= 30
    assert not await is_in(browser)
    assert len(jo.school.audited("second factor failed")) == 5


async def test_a_code_is_good_once(jo: Person):
    first, second = jo.browser(), jo.browser()
    await jo.first_step(first)
    await jo.first_step(second)
    code = jo.code()
    await jo.second_step(first, code)
    await jo.second_step(second, code, 422)
    assert await is_in(first) and not await is_in(second)


async def test_a_recovery_code_is_good_once_and_told_by_mail(jo: Person):
    browser = jo.browser()
    await jo.first_step(browser)
    await jo.second_step(browser, jo.codes[0].lower())
    assert await is_in(browser)
    other = jo.browser()
    await jo.first_step(other)
    await jo.second_step(other, jo.codes[0], 422)
    assert len(jo.school.audited("recovery code used")) == 1
    assert subjects(jo.school) == ["A recovery code was used"]


def mails(school: Staffed) -> list[dict[str, str]]:
    return [school.sealing.open(row.message) for row in school.rows(Mail)]


def subjects(school: Staffed) -> list[str]:
    return [mail["subject"] for mail in mails(school)]


async def test_a_new_device_is_told_by_mail_and_a_known_one_is_not(jo: Person, school: Staffed):
    browser = await jo.sign_in()
    assert subjects(school) == []  # the very first
    await browser.get("/console/account")
    await browser.post("/console/sign-out")
    await jo.sign_in(browser)
    assert subjects(school) == []
    other = jo.browser()
    await jo.first_step(other)
    await other.get(SECOND)
    await other.post(
        SECOND,
        data={"code": jo.code()},
        headers={
            "User-Agent": AGENT,
            "Origin": "http://chat.test",
            "Sec-Fetch-Site": "same-origin",
        },
    )
    told = mails(school)
    assert [(one["to"], one["subject"]) for one in told] == [
        (jo.email, "A sign-in from a new device")
    ]
    assert "Firefox on Windows" in told[0]["text"]
    assert len(school.rows(StaffDevice)) == 2


async def test_somebody_elses_device_is_not_ones_own(jo: Person, kit: Person):
    browser = await jo.sign_in()
    await browser.get("/console/account")
    await browser.post("/console/sign-out")
    await kit.sign_in(browser)
    assert len(kit.school.audited("new device")) == 2


async def test_signing_in_anew_ends_the_session_before(jo: Person, kit: Person):
    browser = await jo.sign_in()
    before = browser.cookies[COOKIE]
    await browser.get("/console/account")
    await browser.post(SIGN_IN, data={"email": kit.email, "password": PASSWORD})
    await kit.second_step(browser)
    old = jo.browser()
    old.cookies[COOKIE] = before
    assert not await is_in(old) and await is_in(browser)


@pytest.mark.parametrize("minutes", [(30,), (20, 20, 20, 31)])
async def test_idle(jo: Person, clock: Clock, minutes: tuple[int, ...]):
    browser = await jo.sign_in()
    *used, idle = minutes
    for one in used:
        clock.ahead += timedelta(minutes=one)
        assert await is_in(browser)
    clock.ahead += timedelta(minutes=idle)
    assert not await is_in(browser)


async def test_twelve_hours_at_most(jo: Person, clock: Clock):
    browser = await jo.sign_in()
    for _ in range(12 * 60 // 25):
        clock.ahead += timedelta(minutes=25)
        assert await is_in(browser)
    clock.ahead += timedelta(minutes=25)
    assert not await is_in(browser)


async def test_who_left_is_out_at_once(kit: Person, jo: Person):
    browser = await kit.sign_in()
    with kit.school.engine.begin() as connection:
        leave_staff(connection, kit.school.school_id, kit.row.id, kit.clock().date())
    assert not await is_in(browser)
    await kit.first_step(kit.browser(), status=422)


async def test_a_password_alone_sets_nothing_up(jo: Person, school: Staffed):
    """Somebody whose second factor was never set up: their password is not enough to do it."""
    new = Person.ready(jo.client, school, jo.clock, "adviser", name="New")
    from bot.records.staff_secrets import remove_totp

    with school.engine.begin() as connection:
        remove_totp(connection, school.school_id, new.row.id, new.clock())
    response = await new.first_step(new.browser(), status=403)
    assert "not set up yet" in response.text
    response = await new.first_step(new.browser(), "a wrong password", 422)
    assert "not set up yet" not in response.text


async def test_a_form_of_another_site_or_without_its_token(jo: Person):
    browser = jo.browser()
    await browser.get(SIGN_IN)
    data = {"email": jo.email, "password": PASSWORD}
    evil = {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    await browser.post(SIGN_IN, 403, data=data, headers=evil)
    await browser.post(SIGN_IN, 403, data=data, csrf="0" * 64)
    assert jo.school.rows(StaffSession) == []


@pytest.mark.parametrize("data", [{}, {"email": "a@b.example"}, {"password": "x"}, {"email": " "}])
async def test_what_is_missing_is_said(jo: Person, data: dict[str, str]):
    browser = jo.browser()
    await browser.get(SIGN_IN)
    response = await browser.post(SIGN_IN, 422, data=data)
    assert "Type your e-mail address and your password" in response.text


async def test_a_password_is_never_shown_again(jo: Person):
    response = await jo.first_step(jo.browser(), "a-wrong-one-to-look-for", 422)
    assert "a-wrong-one-to-look-for" not in response.text
    assert jo.email in response.text


async def test_tries_from_one_address_are_bounded(jo: Person, doors: Doors):
    """Each takes a processor for a moment: nobody takes all of them."""
    browser = jo.browser()
    await browser.get(SIGN_IN)
    headers = {
        "Origin": "http://chat.test",
        "Sec-Fetch-Site": "same-origin",
        "Cookie": "; ".join(f"{n}={v}" for n, v in browser.cookies.items()),
    }
    statuses = []
    for number in range(70):
        sent = {"csrf": browser.csrf, "email": f"{number}@school.example", "password": "x"}
        response = await jo.client.post(SIGN_IN, data=sent, headers=headers)
        statuses.append(response.status_code)
    assert statuses[:60] == [422] * 60 and 429 in statuses[60:]
