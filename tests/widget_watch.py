"""The widget under watch: a gateway, its engine's double, a school's sites and a browser.

Every page is watched: one console error, one uncaught exception or one breach of the content
security policy fails its test.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect, sync_playwright
from starlette.responses import JSONResponse, Response

from tests.engine_double import EngineDouble
from tests.widget_host import HostSite

ROOT = Path(__file__).resolve().parents[1]
QUESTION = "what does a vet earn"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
expect.set_options(timeout=10_000)  # the machine may be busy with other tests
WATCH_POLICY = """
    window.policyBreaches = [];
    document.addEventListener("securitypolicyviolation", (event) =>
      window.policyBreaches.push(`${event.violatedDirective} ${event.blockedURI}`));
"""

CHART = {
    "kind": "pay_range",
    "title": "Vets: pay a year, 2024",
    "description": "The middle vet earns £42,612 a year.",
    "svg": (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 340 60" role="img" '
        'aria-labelledby="pay-title pay-desc"><title id="pay-title">Pay a year, 2024</title>'
        '<desc id="pay-desc">The middle vet earns £42,612 a year.</desc>'
        '<path class="chart-axis" d="M8 30L332 30" fill="none" stroke="currentColor"/>'
        '<rect class="chart-middle" x="90" y="16" width="120" height="28" fill="currentColor" '
        'fill-opacity="0.16" stroke="currentColor"/>'
        '<path class="chart-median" d="M150 12L150 48" stroke="currentColor" stroke-width="4"/>'
        '<text class="chart-value" x="150" y="10" font-size="13" text-anchor="middle" '
        'fill="currentColor">£42,612 middle</text></svg>'
    ),
    "table": {
        "caption": "Pay of vets a year, all employees, UK, 2024",
        "columns": ["", "Pay a year"],
        "rows": [["A quarter earn less than", "£32,976"], ["The middle", "£42,612"]],
    },
}
REPLY = {
    "answer": "pay",
    "text": "**Vets** typically earn **£42,612 a year** (2024).\n\nA quarter earn under £32,976.",
    "buttons": [
        {"title": "How do I get in?", "payload": '/how_to_become{"job": "2216"}'},
        {"title": "Near me", "payload": '/outlook{"job": "2216"}'},
    ],
    "figures": [],
    "chart": CHART,
    "sources": [
        {
            "publisher": "ONS",
            "dataset": "Annual Survey of Hours and Earnings",
            "year": "2024",
            "link": "https://www.ons.gov.uk/",
            "caveat": "All employees, full and part time.",
        }
    ],
}


class PayEngine(EngineDouble):
    """An engine that answers every turn with a whole answer: picture, table, source, buttons."""

    async def _answer(self, body: dict[str, Any]) -> Response:
        return JSONResponse({"messages": [REPLY], "nlu": {}})


@dataclass(frozen=True)
class Service:
    """The gateway's origin, a school's site that may embed the chat, and one that may not."""

    origin: str
    host: HostSite
    stranger: HostSite


@contextmanager
def running_service(folder: Path) -> Iterator[Service]:
    """The gateway as a process of its own, with its data in the folder, and all around it."""
    engine = PayEngine().start()
    with HostSite() as host, HostSite() as stranger:
        settings = {
            "SIGNPOST_DATA_DIR": str(folder),
            "SIGNPOST_ENGINE_URL": engine.url,
            "SIGNPOST_ALLOWED_ORIGINS": json.dumps({"default": [host.origin]}),
        }
        gateway = subprocess.Popen(
            [sys.executable, "-m", "bot.channels.web", "--port", "0"],
            cwd=ROOT,
            env=os.environ | settings,
            stderr=subprocess.PIPE,
            text=True,
        )
        try:
            assert gateway.stderr is not None
            found = re.search(r"http://[\w.:]+", gateway.stderr.readline())
            assert found, gateway.stderr.read()
            origin = host.gateway = stranger.gateway = found[0]
            urllib.request.urlopen(f"{origin}/healthz", timeout=30).close()
            yield Service(origin, host, stranger)
        finally:
            gateway.terminate()
            gateway.wait(10)
            engine.stop()


class Watched:
    """A page under watch, with the widget on it."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.errors: list[str] = []
        self.requests: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("pageerror", lambda error: self.errors.append(str(error)))
        page.on("console", self._heard)

    def _heard(self, message: Any) -> None:
        if message.type == "error":
            self.errors.append(f"{message.text} {message.location.get('url', '')}")

    # what is on it
    @property
    def launcher(self) -> Locator:
        return self.page.get_by_role("button", name="Ask about careers")

    @property
    def panel(self) -> Locator:
        return self.page.get_by_role("dialog", name="Careers guidance")

    @property
    def field(self) -> Locator:
        return self.page.get_by_role("textbox", name="Type your question")

    @property
    def log(self) -> Locator:
        return self.page.get_by_role("log", name="Conversation")

    @property
    def said(self) -> Locator:
        return self.log.locator(".entry.reader .said")

    @property
    def replies(self) -> Locator:
        return self.log.locator(".entry.reader ~ .entry.service")

    def button(self, name: str) -> Locator:
        return self.page.get_by_role("button", name=name, exact=True)

    # what is done with it
    def open(self) -> Watched:
        self.launcher.click()
        expect(self.log.get_by_text("Before you start")).to_be_visible()
        return self

    def ask(self, text: str = QUESTION) -> None:
        answered = self.replies.count()
        self.field.fill(text)
        self.field.press("Enter")
        expect(self.replies).to_have_count(answered + 1)

    def kept(self) -> dict[str, Any]:
        """What this device stores for the page's origin."""
        return self.page.evaluate("({...localStorage, ...sessionStorage})")

    def policy_breaches(self) -> list[str]:
        return self.page.evaluate("window.policyBreaches ?? []")


class Desk:
    """Opens contexts and watched pages, and checks them all at the end."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.contexts: list[BrowserContext] = []
        self.pages: list[Watched] = []
        self.forgiven: tuple[str, ...] = ()

    def context(self, **how: Any) -> BrowserContext:
        how.setdefault("viewport", {"width": 1280, "height": 800})
        context = self.browser.new_context(**how)
        context.set_default_timeout(10_000)
        context.add_init_script(WATCH_POLICY)
        self.contexts.append(context)
        return context

    def page(self, url: str, context: BrowserContext | None = None, **how: Any) -> Watched:
        watched = Watched((context or self.context(**how)).new_page())
        self.pages.append(watched)
        watched.page.goto(url)
        return watched

    def forgive(self, *words: str) -> None:
        """Console errors the browser itself writes about a connection that the test cuts."""
        self.forgiven = words

    def check(self) -> None:
        for watched in self.pages:
            errors = [e for e in watched.errors if not any(word in e for word in self.forgiven)]
            assert errors == []
            assert watched.policy_breaches() == []

    def close(self) -> None:
        for context in self.contexts:
            context.close()


@contextmanager
def running_browser() -> Iterator[Browser]:
    """A headless Chromium."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@contextmanager
def checked_desk(browser: Browser) -> Iterator[Desk]:
    """A desk whose pages are checked when the test is over, if it did not fail before."""
    desk = Desk(browser)
    try:
        yield desk
        desk.check()
    finally:
        desk.close()


# ---- what the tests ask of the gateway themselves


def session_of(chat: Watched) -> dict[str, Any]:
    """The key to the conversation, as the widget keeps it."""
    session: dict[str, Any] = chat.page.evaluate(
        """() => JSON.parse(Object.entries(localStorage)
             .find(([key]) => key.startsWith("signpost:"))[1])"""
    )
    return session


def address(service: Service, session: dict[str, Any]) -> str:
    return f"{service.origin}/chat/v1/conversations/{session['conversation']}"


def key(session: dict[str, Any]) -> dict[str, str]:
    return {"Authorization": f"Bearer {session['token']}"}


def get(chat: Watched, service: Service, session: dict[str, Any], path: str) -> Any:
    return chat.page.request.get(address(service, session) + path, headers=key(session))


def stored(chat: Watched, service: Service) -> list[dict[str, Any]]:
    """The conversation's entries as the gateway has them."""
    reply = get(chat, service, session_of(chat), "/transcript")
    entries: list[dict[str, Any]] = reply.json()["entries"]
    return entries
