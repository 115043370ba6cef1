"""Staff who can sign in, and their browsers."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import timedelta

import httpx
import pyotp
from argon2 import PasswordHasher

from bot.identity.staff.second_factor import new_recovery_codes
from bot.records.staff import StaffRow
from bot.records.staff_secrets import set_password_hash, set_totp
from tests.bot.console.staffed import Console, Staffed
from tests.bot.support import Clock

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
PASSWORD = "lamp octave gravel pie"
OTHER_PASSWORD = "seven quiet otters juggle"
SIGN_IN, SECOND = "/console/sign-in", "/console/sign-in/second"
AGENT = "Mozilla/5.0 (Windows NT 10.0) Gecko/20100101 Firefox/140.0"


@dataclass
class Person:
    """Somebody of staff: what they know and have."""

    client: httpx.AsyncClient
    school: Staffed
    clock: Clock
    row: StaffRow
    secret: str
    codes: list[str] = field(default_factory=list)

    @classmethod
    def ready(
        cls, client: httpx.AsyncClient, school: Staffed, clock: Clock, *roles: str, name: str
    ) -> Person:
        row = school.staff(*roles, name=name)
        secret = pyotp.random_base32()
        with school.engine.begin() as connection:
            whose = (connection, school.school_id, row.id)
            set_password_hash(*whose, CHEAP.hash(PASSWORD), clock())
            set_totp(connection, school.sealing, school.school_id, row.id, secret, 0, clock())
            codes = new_recovery_codes(connection, school.sealing, school.school_id, row.id)
        return cls(client, school, clock, row, secret, codes)

    @property
    def email(self) -> str:
        return self.row.details.email

    def code(self) -> str:
        """What the app shows a minute after it was last looked at."""
        self.clock.ahead += timedelta(seconds=60)
        return self.code_now()

    def code_now(self) -> str:
        return pyotp.TOTP(self.secret).at(self.clock())

    def browser(self) -> Console:
        return Console(self.client, None)

    async def first_step(
        self, browser: Console, password: str = PASSWORD, status: int = 303, email: str = ""
    ) -> httpx.Response:
        await browser.get(SIGN_IN)
        return await browser.post(
            SIGN_IN,
            status,
            data={"email": email or self.email, "password": password},
        )

    async def second_step(
        self, browser: Console, code: str | None = None, status: int = 303
    ) -> httpx.Response:
        await browser.get(SECOND)
        typed = self.code() if code is None else code
        return await browser.post(SECOND, status, data={"code": typed})

    async def sign_in(self, browser: Console | None = None) -> Console:
        """A browser with both factors given."""
        browser = browser or self.browser()
        await self.first_step(browser)
        response = await self.second_step(browser)
        assert response.headers["location"] == "/console"
        return browser


async def is_in(browser: Console) -> bool:
    """Whether the browser opens a page of its own account."""
    response = await browser.client.get(
        "/console/account",
        headers={"Cookie": "; ".join(f"{name}={value}" for name, value in browser.cookies.items())},
    )
    browser.client.cookies.clear()
    return response.status_code == 200


def hidden(response: httpx.Response, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', response.text)
    assert found, name
    return found[1]


def options(response: httpx.Response) -> str:
    """What the page asks the browser for about passkeys."""
    found = re.search(r'data-options="([^"]*)"', response.text)
    assert found
    return found[1].replace("&#34;", '"').replace("&amp;", "&")


def codes_shown(response: httpx.Response) -> list[str]:
    return re.findall(r"<code>(\w{5}-\w{5})</code>", response.text)


def key_shown(response: httpx.Response) -> str:
    """The key of the app that is to be set up."""
    found = re.search(r'<code class="key">([A-Z2-7 ]+)</code>', response.text)
    assert found
    return found[1].replace(" ", "")


def link_in(text: str) -> str:
    found = re.search(r"/console/join/[\w-]{40,}", text)
    assert found, text
    return found[0]
