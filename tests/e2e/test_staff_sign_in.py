"""Staff signing in with a passkey in Chromium (a virtual authenticator), and axe on every page."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page, expect

from tests.e2e.pupils import gateway, told
from tests.e2e.test_record_access import seen_by_all
from tests.widget_watch import Desk

pytestmark = pytest.mark.e2e

PASSWORD = "lamp octave gravel pie"
EMAIL = "jo.marsh@school.example"


@dataclass(frozen=True)
class Console:
    """The gateway's console by a name: browsers make no passkeys for a number."""

    origin: str
    data: Path

    def invited(self, email: str, name: str, role: str) -> str:
        """The address of a link to join."""
        said = told(self.data, "staff", "invite", email, "--name", name, "--role", role)
        found = re.search(r"/console/join/[\w-]{43}", said)
        assert found
        return self.origin + found[0]


@pytest.fixture(scope="module")
def console(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Console]:
    data = tmp_path_factory.mktemp("staffed") / "data"
    with gateway(data) as origin:
        yield Console(origin.replace("127.0.0.1", "localhost"), data)


def with_authenticator(page: Page) -> None:
    """A platform authenticator whose owner always puts a finger on it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    session.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )


def press(page: Page, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def first_step(page: Page, console: Console, email: str) -> None:
    page.goto(f"{console.origin}/console/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Second step")


def test_from_link_to_console_with_a_passkey(desk: Desk, console: Console) -> None:
    link = console.invited(EMAIL, "Jo Marsh", "administrator")
    page = desk.page(link).page
    with_authenticator(page)
    press(page, "Begin")
    expect(page).to_have_url(f"{console.origin}/console/join")
    page.get_by_label("A password").fill(PASSWORD)
    press(page, "Go on")
    page.get_by_label("A name for it").fill("work laptop")
    press(page, "Make a passkey")
    expect(page.get_by_role("heading", level=1)).to_have_text("Keep these recovery codes")
    expect(page.locator(".codes li")).to_have_count(10)
    code = page.locator(".codes code").first.inner_text()

    page.goto(f"{console.origin}/console/account")
    expect(page.get_by_text("work laptop")).to_be_visible()
    page.locator("details.person summary").click()
    press(page, "Sign out")
    expect(page.get_by_role("status")).to_have_text("You are signed out.")
    page.goto(f"{console.origin}/console/account")
    expect(page).to_have_url(re.compile("/console/sign-in"))

    # Again with the passkey, to the page that was wanted.
    page.get_by_label("E-mail address").fill(EMAIL)
    page.get_by_label("Password").fill(PASSWORD)
    press(page, "Go on")
    press(page, "Use my passkey")
    expect(page).to_have_url(f"{console.origin}/console/account")

    # Another browser has no passkey: a recovery code lets it in, and the first shows it.
    other = desk.page(f"{console.origin}/console/sign-in").page
    first_step(other, console, EMAIL)
    other.get_by_label("Code", exact=True).fill(code)
    press(other, "Sign in")
    other.goto(f"{console.origin}/console/account")
    expect(other.get_by_text("9 of 10 left")).to_be_visible()
    page.reload()
    press(page, "Sign out there on Chrome on Linux")
    other.goto(f"{console.origin}/console/account")
    expect(other).to_have_url(re.compile("/console/sign-in"))


def test_axe_finds_nothing_on_any_page(desk: Desk, console: Console) -> None:
    desk.forgive("status of 422", "status of 410")
    link = console.invited("ash@school.example", "Ash", "careers staff")
    # Axe is put into the page, which the page's policy would stop.
    page = desk.page(link, desk.context(bypass_csp=True)).page
    seen_by_all(page)
    press(page, "Begin")
    expect(page).to_have_url(f"{console.origin}/console/join")
    seen_by_all(page)
    page.get_by_label("A password").fill("too short")
    press(page, "Go on")
    expect(page.get_by_role("alert")).to_be_visible()
    seen_by_all(page)
    page.get_by_label("A password").fill(PASSWORD)
    press(page, "Go on")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose your second step")
    page.get_by_text("No camera?").click()
    seen_by_all(page)
    secret = page.locator("code.key").inner_text().replace(" ", "")
    page.get_by_label("Code", exact=True).fill(pyotp.TOTP(secret).now())
    page.locator("form", has=page.get_by_label("Code", exact=True)).get_by_role("button").click()
    expect(page.locator(".codes li")).to_have_count(10)
    code = page.locator(".codes code").first.inner_text()
    seen_by_all(page)
    for path in ("account", "account/password", "account/second"):
        page.goto(f"{console.origin}/console/{path}")
        seen_by_all(page)
    page.goto(link)
    expect(page.get_by_role("heading", level=1)).to_have_text("This link does not open anything")
    seen_by_all(page)
    page.context.clear_cookies()
    page.goto(f"{console.origin}/console/sign-in")
    seen_by_all(page)
    page.get_by_label("E-mail address").fill("ash@school.example")
    page.get_by_label("Password").fill("not the password")
    press(page, "Go on")
    expect(page.get_by_role("alert")).to_be_visible()
    seen_by_all(page)
    first_step(page, console, "ash@school.example")
    seen_by_all(page)
    page.get_by_label("Code", exact=True).fill(code)
    press(page, "Sign in")
    expect(page).to_have_url(re.compile("/console"))
    # Begin again: the page for another password.
    said = told(console.data, "staff", "reset", "ash@school.example")
    found = re.search(r"/console/join/[\w-]{43}", said)
    assert found
    page.goto(console.origin + found[0])
    press(page, "Begin")
    expect(page.get_by_role("heading", level=1)).to_have_text("Choose another password")
    seen_by_all(page)
