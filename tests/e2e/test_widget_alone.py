"""The chat widget in a real browser, against the gateway over real sockets with an engine double.

Given a school's page on another origin, when a reader does what readers do, then what the widget
promises holds. What it must look and sound like is in test_widget_access.py.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from bot.channels.web.slim import slim
from bot.channels.web.tongues import Tongues
from tests.widget_watch import (
    QUESTION,
    Desk,
    Service,
    address,
    get,
    key,
    running_service,
    session_of,
    stored,
)

pytestmark = pytest.mark.e2e

STATIC = Path(__file__).resolve().parents[2] / "bot" / "widget" / "static"
LIMIT_KB = 30
WEATHER = "https://www.bbc.co.uk/weather"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("gateway")) as service:
        yield service


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
    pages = (
        "page.css",
        "knowledge.css",
        "record.css",
        "sign_in.css",
    )  # of the service's own pages alone
    files = {
        path.name: slim(path.suffix, path.read_bytes())
        for path in STATIC.iterdir()
        if path.name not in pages
    }
    for name, words in Tongues.load().files().items():
        sizes = {n: len(gzip.compress(content)) for n, content in {**files, name: words}.items()}
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


def test_a_chat_in_the_middle_of_a_page_takes_no_focus(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.host.origin}/inline")
    expect(chat.log.get_by_text("Before you start")).to_be_visible()
    expect(chat.field).not_to_be_focused()
    chat.ask()
    expect(chat.button("Close the chat")).to_have_count(0)


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
    expect(other.replies).to_have_count(1)  # the second tab has read what was said in the first
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
    expect(chat.said).to_have_count(1)  # what was not taken is in the field, and only there
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
