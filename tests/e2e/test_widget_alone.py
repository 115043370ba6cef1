"""The chat widget in a real browser, against the gateway over real sockets with an engine double.

Given a school's page on another origin (or the service's own page), when a reader does what
readers do, then what the widget promises holds. Every page is watched: one console error, one
uncaught exception or one breach of the content security policy fails its test.
"""

from __future__ import annotations

import gzip
import json
import os
import re
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import (
    Browser,
    BrowserContext,
    Locator,
    Page,
    Route,
    expect,
    sync_playwright,
)
from starlette.responses import JSONResponse, Response

from tests.engine_double import EngineDouble
from tests.widget_host import HostSite

pytestmark = pytest.mark.e2e

ROOT = Path(__file__).resolve().parents[2]
STATIC = ROOT / "bot" / "widget" / "static"
LIMIT_KB = 30
WEATHER = "https://www.bbc.co.uk/weather"
QUESTION = "what does a vet earn"
CHROMIUM = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
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


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    folder = tmp_path_factory.mktemp("gateway")
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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=CHROMIUM)
        yield browser
        browser.close()


@pytest.fixture
def desk(browser: Browser) -> Iterator[Desk]:
    desk = Desk(browser)
    try:
        yield desk
        desk.check()
    finally:
        desk.close()


# ---- before it is opened, and where it may be


def test_nothing_is_asked_or_kept_before_it_is_opened(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/")
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    chat.page.wait_for_load_state("networkidle")

    asked = [url for url in chat.requests if url.startswith(service.origin)]
    assert asked == [f"{service.origin}/widget/signpost.js"]
    assert chat.kept() == {}
    assert chat.page.context.cookies() == []

    chat.open()
    assert any(url.endswith("/chat/v1/conversations") for url in chat.requests)
    assert chat.page.context.cookies() == []


@pytest.mark.parametrize("path", ["/", "/element"])
def test_it_works_on_an_allowed_page_of_another_origin(
    desk: Desk, service: Service, path: str
) -> None:
    chat = desk.page(service.host.origin + path).open()
    chat.ask()
    expect(chat.replies.first).to_contain_text("£")


def test_a_page_that_is_not_allowed_gets_a_plain_sentence(desk: Desk, service: Service) -> None:
    desk.forgive("CORS policy", "Failed to load resource")
    chat = desk.page(f"{service.stranger.origin}/")
    chat.launcher.click()
    expect(chat.page.get_by_text("The chat could not be loaded.")).to_be_visible()
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")
    assert chat.kept() == {}


def test_all_that_is_loaded_is_small() -> None:
    files = (path for path in STATIC.iterdir() if path.name != "page.css")  # of /chat alone
    sizes = {path.name: len(gzip.compress(path.read_bytes())) for path in files}
    assert sum(sizes.values()) < LIMIT_KB * 1000, sizes


# ---- asking


def test_the_notice_comes_first_and_speakers_are_named(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/").open()
    first = chat.log.locator(".entry").first
    expect(first).to_have_class("entry notice")
    expect(first.locator(".speaker")).to_have_text("Before you start")
    expect(chat.field).to_be_focused()

    chat.ask()
    expect(chat.log.locator(".entry.reader").first).to_contain_text("You said")
    expect(chat.replies.first.locator(".speaker")).to_have_text("Signpost")


def test_a_question_written_before_the_chat_has_started_comes_after_the_notice(
    desk: Desk, service: Service
) -> None:
    context = desk.context()
    held: list[Route] = []
    context.route(re.compile(r"/conversations$"), lambda route: held.append(route))
    chat = desk.page(f"{service.host.origin}/", context)
    chat.launcher.click()
    chat.field.fill(QUESTION)
    chat.field.press("Enter")
    expect(chat.panel.get_by_text("Starting the chat…")).to_be_visible()
    expect(chat.field).to_have_value(QUESTION)
    expect(chat.said).to_have_count(0)
    held[0].continue_()
    expect(chat.replies).to_have_count(1)
    expect(chat.log.locator(".entry").first).to_have_class("entry notice")
    expect(chat.said).to_have_text([QUESTION])


def test_an_answer_has_its_picture_table_source_and_buttons(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/").open()
    chat.ask()
    reply = chat.replies.first
    expect(reply.locator("strong").first).to_be_visible()
    expect(reply.locator("figure svg[role=img]")).to_be_visible()
    expect(reply.get_by_role("table")).to_be_hidden()
    reply.get_by_text("See this as a table").click()
    expect(reply.get_by_role("table")).to_be_visible()
    expect(reply.locator("th[scope=row]").first).to_be_visible()
    source = reply.locator(".source").first
    expect(source).to_contain_text("20")
    expect(source.get_by_role("link")).to_have_attribute("rel", "noopener noreferrer")
    expect(source.get_by_role("link")).to_contain_text("(opens in a new tab)")

    choice = reply.locator("button.choice").first
    words = choice.inner_text()
    choice.click()
    expect(chat.said.last).to_have_text(words)
    expect(chat.replies).to_have_count(2)
    expect(choice).to_be_enabled()


def test_each_finished_message_is_announced_once(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/").open()
    expect(chat.log).to_have_attribute("aria-live", "off")
    chat.page.evaluate(
        """() => {
          window.announced = [];
          const status = document.querySelector("signpost-chat").shadowRoot
            .querySelector(".talk > [role=status]");
          new MutationObserver((changes) => {
            for (const { addedNodes } of changes)
              for (const node of addedNodes) window.announced.push(node.textContent);
          }).observe(status, { childList: true });
        }"""
    )
    chat.ask()
    announced = chat.page.evaluate("window.announced")
    assert len(announced) == 1
    assert announced[0].startswith("Signpost: ")
    assert "**" not in announced[0]


def test_keyboard_alone(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/")
    keys = chat.page.keyboard
    chat.page.get_by_role("link", name="Read the news").focus()
    keys.press("Tab")
    expect(chat.launcher).to_be_focused()
    keys.press("Enter")
    expect(chat.field).to_be_focused()
    expect(chat.log.get_by_text("Before you start")).to_be_visible()
    keys.type(QUESTION)
    keys.press("Enter")
    expect(chat.replies).to_have_count(1)

    keys.press("Shift+Tab")  # back from the field to the last quick reply
    expect(chat.replies.first.locator("button.choice").last).to_be_focused()
    keys.press("Enter")
    expect(chat.replies).to_have_count(2)

    chat.button("Clear this chat").focus()
    keys.press("Enter")
    keys.press("Escape")  # takes the question away, not the chat
    expect(chat.button("Clear this chat")).to_be_focused()
    expect(chat.panel).to_be_visible()
    keys.press("Escape")
    expect(chat.panel).to_be_hidden()
    expect(chat.launcher).to_be_focused()
    expect(chat.launcher).to_have_attribute("aria-expanded", "false")


def test_the_tab_key_stays_in_a_panel_that_covers_the_page(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/", viewport={"width": 360, "height": 740}).open()
    expect(chat.panel).to_have_attribute("aria-modal", "true")
    chat.button("Exit this page").focus()
    chat.page.keyboard.press("Tab")
    expect(chat.button("Talk to an adviser")).to_be_focused()
    chat.page.keyboard.press("Shift+Tab")
    expect(chat.button("Exit this page")).to_be_focused()


def test_an_adviser_can_always_be_asked_for(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/").open()
    chat.button("Talk to an adviser").click()
    expect(chat.said).to_have_text(["Talk to an adviser"])
    expect(chat.replies).to_have_count(1)


# ---- drafts, limits


def test_a_message_that_is_too_long_stays_in_the_field(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/").open()
    chat.field.fill("a" * 950)
    expect(chat.panel.locator(".count")).to_have_text("50 characters left")
    long = "é" * 1001
    chat.field.fill(long)
    chat.field.press("Enter")
    expect(chat.panel.locator(".count")).to_contain_text("Too long by 1 character.")
    expect(chat.field).to_have_value(long)
    expect(chat.field).to_have_attribute("aria-invalid", "true")
    expect(chat.said).to_have_count(0)
    chat.field.fill("é" * 1000)
    chat.field.press("Enter")
    expect(chat.replies).to_have_count(1)
    expect(chat.field).to_have_value("")


def test_a_reload_keeps_the_conversation_and_the_draft(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/").open()
    chat.ask()
    shown = chat.log.inner_text()
    chat.field.fill("and in leeds")
    chat.page.reload()
    expect(chat.panel).to_have_count(0)  # it does not open by itself
    chat.open()
    expect(chat.replies).to_have_count(1)
    assert chat.log.inner_text() == shown
    expect(chat.field).to_have_value("and in leeds")


def test_writing_from_right_to_left_and_emoji_keep_their_shape(
    desk: Desk, service: Service
) -> None:
    chat = desk.page(f"{service.host.origin}/").open()
    chat.ask("ما هو راتب الطبيب 🩺")
    expect(chat.said).to_have_text(["ما هو راتب الطبيب 🩺"])
    assert chat.said.evaluate("(node) => getComputedStyle(node).direction") == "rtl"


def test_markup_in_a_message_stays_text(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/").open()
    chat.ask("<img src=x onerror=alert(1)> **bold**")
    expect(chat.said).to_have_text(["<img src=x onerror=alert(1)> **bold**"])


# ---- the connection


def test_a_lost_connection_loses_and_doubles_nothing(desk: Desk, service: Service) -> None:
    desk.forgive("ERR_INTERNET_DISCONNECTED")
    context = desk.context()
    chat = desk.page(f"{service.host.origin}/", context).open()
    chat.ask("first question")

    context.set_offline(True)
    expect(chat.panel.get_by_text("No connection. What you write is kept.")).to_be_visible()
    chat.field.fill("second question")
    chat.field.press("Enter")
    expect(chat.log.get_by_text("It goes when the connection is back.")).to_be_visible()

    context.set_offline(False)
    expect(chat.replies).to_have_count(2)
    expect(chat.said).to_have_text(["first question", "second question"])
    expect(chat.panel.get_by_text("No connection.")).to_be_hidden()
    assert [e["from"] for e in stored(chat, service)].count("reader") == 2


def test_a_message_whose_answer_was_lost_on_the_way_is_sent_once(
    desk: Desk, service: Service
) -> None:
    desk.forgive("ERR_FAILED", "ERR_CONNECTION")
    chat = desk.page(f"{service.host.origin}/").open()
    dropped = []

    def drop_first(route: Route) -> None:
        if route.request.method == "POST" and not dropped:
            dropped.append(route.fetch().status)  # it arrives, but the browser never hears so
            route.abort("connectionreset")
        else:
            route.continue_()

    chat.page.route("**/messages", drop_first)
    chat.ask("only once")
    expect(chat.said).to_have_text(["only once"])
    assert dropped == [202]
    assert [e["from"] for e in stored(chat, service)].count("reader") == 1


def test_help_is_shown_at_once_though_the_message_could_not_be_kept(
    desk: Desk, service: Service
) -> None:
    desk.forgive("Failed to load resource")
    context = desk.context()
    problem = {"status": 503, "detail": "", "messages": [{"text": "Childline: **0800 1111**"}]}
    headers = {
        "Content-Type": "application/problem+json",
        "Access-Control-Allow-Origin": service.host.origin,
    }
    context.route(
        "**/messages",
        lambda route: route.fulfill(status=503, headers=headers, body=json.dumps(problem)),
    )
    chat = desk.page(f"{service.host.origin}/", context).open()
    chat.field.fill("a message that the store could not take")
    chat.field.press("Enter")
    expect(chat.log.get_by_text("0800 1111")).to_have_count(1)
    expect(chat.log.get_by_text("Sending…")).to_be_visible()  # it is still being tried


def test_long_poll_where_streams_do_not_pass(desk: Desk, service: Service) -> None:
    desk.forgive("ERR_FAILED")
    context = desk.context()
    context.route(re.compile(r"/events$"), lambda route: route.abort())
    chat = desk.page(f"{service.host.origin}/", context).open()
    chat.ask()
    assert any("/events?after=" in url for url in chat.requests)


def test_two_tabs_show_one_conversation(desk: Desk, service: Service) -> None:
    context = desk.context()
    one = desk.page(f"{service.host.origin}/", context).open()
    two = desk.page(f"{service.host.origin}/", context).open()
    one.ask("from the first tab")
    expect(two.replies).to_have_count(1)
    two.ask("from the second tab")
    expect(one.replies).to_have_count(2)
    expect(one.said).to_have_text(["from the first tab", "from the second tab"])
    assert one.log.locator(".entry").count() == two.log.locator(".entry").count()

    two.button("Clear this chat").click()
    two.button("Clear it").click()
    expect(one.log.get_by_text("was cleared or left in another window")).to_be_visible()
    expect(one.said).to_have_count(0)


def test_no_scroll_is_stolen(desk: Desk, service: Service) -> None:
    context = desk.context(viewport={"width": 360, "height": 640})
    chat = desk.page(f"{service.host.origin}/", context).open()
    chat.ask("first question")
    chat.log.evaluate("(log) => log.scrollTo(0, 0)")
    other = desk.page(f"{service.host.origin}/", context).open()
    other.ask("from another tab")

    expect(chat.replies).to_have_count(2)
    assert chat.log.evaluate("(log) => log.scrollTop") == 0
    chat.button("New message").click()
    expect(chat.replies.last).to_be_in_viewport()
    expect(chat.button("New message")).to_be_hidden()


# ---- endings


def test_clear_this_chat(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/").open()
    chat.ask()
    session = session_of(chat)
    chat.button("Clear this chat").click()
    chat.button("Keep it").click()
    expect(chat.replies).to_have_count(1)
    chat.button("Clear this chat").click()
    chat.button("Clear it").click()

    expect(chat.log.get_by_text("The chat is cleared.")).to_be_visible()
    expect(chat.said).to_have_count(0)
    assert chat.kept() == {}
    assert get(chat, service, session, "/transcript").status in (401, 404)

    chat.button("Start a new chat").click()
    expect(chat.log.get_by_text("Before you start")).to_be_visible()
    assert session_of(chat)["conversation"] != session["conversation"]
    expect(chat.field).to_be_focused()


def test_save_a_copy_before_clearing(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/").open()
    chat.ask()
    chat.button("Clear this chat").click()
    with chat.page.expect_download() as download:
        chat.button("Save a copy").click()
    assert download.value.suggested_filename == "careers-chat.txt"


def test_exit_this_page_leaves_nothing_behind(desk: Desk, service: Service) -> None:
    context = desk.context()
    context.route(f"{WEATHER}**", lambda route: route.fulfill(body="<title>Weather</title>"))
    chat = desk.page(f"{service.host.origin}/", context).open()
    chat.ask()
    chat.field.fill("half a question")
    chat.button("Exit this page").click()
    chat.page.wait_for_url(f"{WEATHER}**")

    chat.page.goto(f"{service.host.origin}/")
    assert chat.kept() == {}
    chat.open()
    expect(chat.said).to_have_count(0)
    expect(chat.field).to_have_value("")


def test_a_conversation_that_is_gone_is_told_kindly(desk: Desk, service: Service) -> None:
    desk.forgive("Failed to load resource")
    chat = desk.page(f"{service.host.origin}/").open()
    chat.ask()
    chat.page.request.delete(address(service, session_of(chat)), headers=key(session_of(chat)))
    chat.field.fill("are you there")
    chat.field.press("Enter")
    start = chat.button("Start a new chat")
    expect(start).to_be_visible()
    expect(chat.field).to_have_value("are you there")
    start.click()
    expect(chat.log.get_by_text("Before you start")).to_be_visible()
    chat.field.press("Enter")
    expect(chat.replies).to_have_count(1)


def test_a_warning_comes_before_the_end(desk: Desk, service: Service) -> None:
    context = desk.context()

    def end_soon(route: Route) -> None:
        reply = route.fetch()
        soon = context.pages[0].evaluate("new Date(Date.now() + 240000).toISOString()")
        route.fulfill(response=reply, json=reply.json() | {"expires_at": soon})

    context.route(re.compile(r"/conversations$"), end_soon)
    chat = desk.page(f"{service.host.origin}/", context).open()
    expect(chat.panel.get_by_role("group").get_by_text("This chat closes at")).to_be_visible()
    expect(chat.field).to_be_focused()  # told, not interrupted


# ---- what is let in


def test_only_pictures_get_through_the_chart(desk: Desk, service: Service) -> None:
    # Without the page's policy, which would stop the scripts as well: the filter stands alone.
    chat = desk.page(f"{service.origin}/chat", bypass_csp=True)
    result = chat.page.evaluate(
        """async () => {
          const { safeSvg } = await import("/widget/charts.js");
          const svg = safeSvg(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"
            onload="window.hit = 1" style="position:fixed"><script>window.hit = 1</script>
            <style>*{display:none}</style><a href="javascript:hit()"><text>link</text></a>
            <foreignObject><p xmlns="http://www.w3.org/1999/xhtml">html</p></foreignObject>
            <image href="https://example.com/x.png"/><use href="#x"/>
            <animate attributeName="x" from="0"/><title id="t">Pay</title>
            <rect class="chart-middle" fill="url(https://example.com/#a)" width="4" id="x"
              filter="url(#x)"/><circle r="2" fill="currentColor"/></svg>`);
          document.body.append(svg);
          return [new XMLSerializer().serializeToString(svg).replace(/>\\s+</g, "><"),
                  safeSvg("<svg"), safeSvg("<p>no</p>"), window.hit ?? 0];
        }"""
    )
    svg, broken, other, hit = result
    assert re.sub(r'id="(\w)-\d+"', r'id="\1"', svg) == (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><title id="t">Pay</title>'
        '<rect class="chart-middle" width="4" id="x"/><circle r="2" fill="currentColor"/></svg>'
    )
    assert (broken, other, hit) == (None, None, 0)


def test_markdown_is_light_and_safe(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.origin}/chat")
    html = chat.page.evaluate(
        """async () => {
          const { markdown, plainText } = await import("/widget/markdown.js");
          const box = document.createElement("div");
          box.append(...markdown("**Vets** & <b>pay</b>:\\n- one\\n- **two**\\n\\n" +
            "See [this](https://a.uk/x) or [that](javascript:alert(1))"));
          return [box.innerHTML, plainText("**Vets**\\n\\n- [one](https://a.uk)")];
        }"""
    )
    assert html[0] == (
        '<p dir="auto"><strong>Vets</strong> &amp; &lt;b&gt;pay&lt;/b&gt;:</p>'
        '<ul><li dir="auto">one</li><li dir="auto"><strong>two</strong></li></ul>'
        '<p dir="auto">See <a href="https://a.uk/x" target="_blank" rel="noopener noreferrer">'
        'this<span class="spoken"> (opens in a new tab)</span></a>'
        " or [that](javascript:alert(1))</p>"
    )
    assert html[1] == "Vets one"


# ---- seen and heard by everybody


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(desk: Desk, service: Service, width: int, scheme: Any) -> None:
    size = {"width": width, "height": 800}
    chat = desk.page(f"{service.host.origin}/", viewport=size, color_scheme=scheme, bypass_csp=True)
    clean(chat.page, "closed")
    chat.open()
    clean(chat.page, "opened")
    chat.ask()
    chat.replies.first.get_by_text("See this as a table").click()
    chat.field.fill("a" * 1001)
    clean(chat.page, "answered, too long")
    chat.button("Clear this chat").click()
    clean(chat.page, "asked whether to clear")
    chat.button("Clear it").click()
    expect(chat.log.get_by_text("The chat is cleared.")).to_be_visible()
    clean(chat.page, "cleared")

    page = desk.page(f"{service.origin}/chat", viewport=size, color_scheme=scheme, bypass_csp=True)
    page.ask()
    page.button("Privacy").click()
    clean(page.page, "the page of its own")


@pytest.mark.parametrize("size", [(320, 640), (320, 256), (640, 400)])
def test_it_reflows_and_targets_are_large(
    desk: Desk, service: Service, size: tuple[int, int]
) -> None:
    view = {"width": size[0], "height": size[1]}
    chat = desk.page(f"{service.host.origin}/", viewport=view).open()
    chat.ask()
    chat.replies.first.get_by_text("See this as a table").click()
    assert chat.panel.evaluate("(panel) => panel.scrollWidth - panel.clientWidth") == 0
    assert chat.log.evaluate("(log) => log.scrollWidth - log.clientWidth") == 0
    for target in chat.panel.locator("button:visible, summary, textarea").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, target.inner_text()
    chat.button("Exit this page").scroll_into_view_if_needed()
    expect(chat.button("Exit this page")).to_be_in_viewport()


def test_forced_colours_and_less_motion(desk: Desk, service: Service) -> None:
    chat = desk.page(
        f"{service.host.origin}/", forced_colors="active", reduced_motion="reduce"
    ).open()
    chat.ask()
    moving = chat.panel.evaluate("(panel) => panel.getAnimations({ subtree: true }).length")
    assert moving == 0
    said = chat.said.first.evaluate("(node) => getComputedStyle(node).borderTopStyle")
    assert said == "solid"


# ---- the service's own page


def test_the_page_of_its_own_is_open_at_once(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.origin}/chat")
    expect(chat.field).to_be_focused()
    expect(chat.page.get_by_role("heading", level=1)).to_have_count(1)
    expect(chat.page.locator("form")).to_have_count(1)  # the plain form has gone
    chat.ask()
    chat.page.keyboard.press("Escape")
    expect(chat.field).to_be_visible()
    chat.page.reload()
    expect(chat.replies).to_have_count(1)


def test_the_plain_form_shows_when_the_chat_cannot_be_loaded(desk: Desk, service: Service) -> None:
    desk.forgive("ERR_FAILED", "Failed to load resource")
    context = desk.context(bypass_csp=True)
    context.route("**/widget/panel.js*", lambda route: route.abort())
    chat = desk.page(f"{service.origin}/chat", context)
    expect(chat.page.get_by_role("textbox", name="Type your question")).to_be_visible()
    expect(chat.page.get_by_text("Before you start")).to_be_visible()
    clean(chat.page, "the plain form")


def test_without_javascript_it_is_a_plain_form(desk: Desk, service: Service) -> None:
    context = desk.context(java_script_enabled=False)
    page = context.new_page()
    page.goto(f"{service.origin}/chat")
    assert page.title()
    expect(page.get_by_text("Before you start")).to_be_visible()
    page.get_by_label("Type your question").fill(QUESTION)
    page.get_by_role("button", name="Send").click()

    expect(page.locator(".entry.reader .said")).to_have_text([QUESTION])
    reply = page.locator(".entry.reader ~ .entry.service")
    expect(reply).to_have_count(1)
    expect(reply.locator("svg")).to_be_visible()
    expect(reply.locator(".source").first).to_be_visible()
    choice = reply.locator("button.choice").first
    words = choice.inner_text()
    choice.click()
    expect(page.locator(".entry.reader .said")).to_have_text([QUESTION, words])
    assert page.locator("[style], script:not([src]), style").count() == 0

    page.get_by_role("button", name="Clear this chat").click()
    expect(page.locator(".entry.reader")).to_have_count(0)


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


def clean(page: Page, state: str) -> None:
    """Axe, with all its rules, has nothing to say."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], state
