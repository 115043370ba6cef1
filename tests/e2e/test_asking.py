"""Asking about jobs, from a browser through every real process to the published figures.

Each test reads as: given a chat, when a reader does something, then what the reader sees.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from tests.real_service import RealService, until
from tests.widget_host import HostSite
from tests.widget_watch import Desk, Watched, session_of

pytestmark = pytest.mark.e2e

VET_PAY = "£42,612"
PHONE = {"width": 360, "height": 740}


@pytest.fixture
def chat(desk: Desk, signpost: RealService) -> Watched:
    """Given the chat on its own page."""
    chat = desk.page(f"{signpost.origin}/chat")
    expect(chat.log.get_by_text("Before you start")).to_be_visible()
    return chat


def last(chat: Watched) -> Locator:
    return chat.replies.last


def press(chat: Watched, button: Locator) -> None:
    """Press a quick reply and wait for its answer."""
    answered = chat.replies.count()
    button.click()
    expect(chat.replies).to_have_count(answered + 1)


def clean(page: Page, state: str) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], state


# ---- what is asked most


def test_what_a_vet_earns(chat: Watched) -> None:
    chat.ask("what does a vet earn")

    reply = last(chat)
    expect(reply.locator("strong", has_text=VET_PAY)).to_be_visible()
    expect(reply).to_contain_text("(2024)")
    picture = reply.get_by_role("img")
    expect(picture).to_be_visible()
    expect(picture).to_have_accessible_name(re.compile("Vets: pay a year, 2024"))
    expect(picture.locator("text", has_text=VET_PAY).first).to_be_attached()

    reply.get_by_text("See this as a table").click()
    expect(reply.get_by_role("table")).to_contain_text(VET_PAY)
    expect(reply.get_by_role("table").locator("caption")).to_contain_text("2024")

    source = reply.locator(".source")
    expect(source).to_contain_text("Office for National Statistics")
    expect(source).to_contain_text("2024")
    expect(source).to_contain_text("full time and part time together")
    expect(source.get_by_role("link")).to_have_attribute("href", re.compile(r"^https://www\.ons"))
    assert 2 <= reply.locator("button.choice").count() <= 4


def test_a_follow_up_with_a_place_keeps_the_job(chat: Watched) -> None:
    chat.ask("will there be jobs for electricians")
    chat.ask("and in Leeds?")
    expect(last(chat)).to_contain_text("West Yorkshire")
    expect(last(chat)).to_contain_text("electricians")
    expect(last(chat)).to_contain_text("2035")
    expect(last(chat).get_by_role("img")).to_be_visible()


def test_two_jobs_side_by_side(chat: Watched) -> None:
    chat.ask("who earns more, a vet or a plumber")
    reply = last(chat)
    expect(reply).to_contain_text(VET_PAY)
    expect(reply).to_contain_text(re.compile("plumber", re.IGNORECASE))
    reply.get_by_text("See this as a table").first.click()
    table = reply.get_by_role("table").first
    expect(table).to_contain_text(re.compile("vet", re.IGNORECASE))
    expect(table).to_contain_text(re.compile("plumber", re.IGNORECASE))


def test_a_word_for_several_jobs_is_settled_by_a_button(chat: Watched) -> None:
    chat.ask("what does an engineer earn")
    expect(last(chat)).to_contain_text("can mean several jobs")
    assert "£" not in last(chat).inner_text()
    press(chat, last(chat).get_by_role("button", name="Civil engineers"))
    expect(chat.said.last).to_have_text("Civil engineers")
    expect(last(chat)).to_contain_text(re.compile(r"Civil engineers\s.*£\d\d,\d{3} a year"))
    expect(last(chat).locator(".source")).to_contain_text("Office for National Statistics")


def test_two_questions_at_once_are_both_answered(chat: Watched) -> None:
    chat.ask("what does a vet earn and will there still be jobs")
    expect(last(chat)).to_contain_text(VET_PAY)
    expect(last(chat)).to_contain_text("2035")
    expect(last(chat).get_by_role("img")).to_have_count(2)
    expect(last(chat)).to_contain_text("Department for Education")


def test_an_adviser_is_one_press_away(chat: Watched) -> None:
    press(chat, chat.button("Talk to an adviser"))
    expect(last(chat)).to_contain_text("0800 100 900")
    expect(last(chat).get_by_role("link").first).to_be_visible()


# ---- who asks, and how


def test_with_the_keyboard_alone(desk: Desk, signpost: RealService, school_site: HostSite) -> None:
    chat = desk.page(f"{school_site.origin}/")
    keys = chat.page.keyboard
    chat.page.get_by_role("link", name="Read the news").focus()
    keys.press("Tab")
    keys.press("Enter")
    expect(chat.field).to_be_focused()
    expect(chat.log.get_by_text("Before you start")).to_be_visible()
    keys.type("what does an engineer earn")
    keys.press("Enter")
    expect(chat.replies).to_have_count(1)
    choices = last(chat).locator("button.choice").count()
    for _ in range(choices):
        keys.press("Shift+Tab")
    first = last(chat).locator("button.choice").first
    expect(first).to_be_focused()
    keys.press("Enter")
    expect(chat.replies).to_have_count(2)
    expect(last(chat)).to_contain_text("£")
    keys.press("Escape")
    expect(chat.launcher).to_be_focused()


@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing_in_a_real_conversation(
    desk: Desk, signpost: RealService, school_site: HostSite, width: int
) -> None:
    view = {"width": width, "height": 800}
    chat = desk.page(f"{school_site.origin}/", viewport=view, bypass_csp=True).open()
    for question in (
        "what does a vet earn and will there still be jobs",
        "who earns more, a vet or a plumber",
        "what does an engineer earn",
        "how do i become a vet",
        "asdf qwer",
    ):
        chat.ask(question)
    for table in chat.log.get_by_text("See this as a table").all():
        table.click()
    assert chat.log.evaluate("(log) => log.scrollWidth - log.clientWidth") == 0
    clean(chat.page, f"{width} px")


def test_without_javascript(desk: Desk, signpost: RealService) -> None:
    page = desk.context(java_script_enabled=False).new_page()
    page.goto(f"{signpost.origin}/chat")
    page.get_by_label("Type your question").fill("what does a vet earn")
    page.get_by_role("button", name="Send").click()
    reply = page.locator(".entry.reader ~ .entry.service").last
    expect(reply).to_contain_text(VET_PAY)
    expect(reply.locator("svg")).to_be_visible()
    expect(reply.locator(".source")).to_contain_text("Office for National Statistics")
    reply.get_by_role("button", name="How do I get in?").click()
    expect(page.locator(".entry.reader .said").last).to_have_text("How do I get in?")
    expect(page.locator(".entry.reader ~ .entry.service")).to_have_count(2)
    page.get_by_role("button", name="Clear this chat").click()
    expect(page.locator(".entry.reader")).to_have_count(0)


# ---- what is typed


def test_a_message_of_1001_characters_stays_to_be_shortened(chat: Watched) -> None:
    text = "what does a vet earn? ".ljust(1001, "a")
    chat.field.fill(text)
    chat.field.press("Enter")
    expect(chat.page.locator(".count")).to_contain_text("Too long by 1 character.")
    expect(chat.field).to_have_value(text)
    expect(chat.said).to_have_count(0)
    chat.ask(text[:1000])


@pytest.mark.parametrize(
    "text",
    [
        "what does a vet earn 🐶💷",
        "كم يكسب الطبيب البيطري؟ vet pay",
        "<script>window.hit = 1</script><img src=x onerror='window.hit = 1'> vet pay",
        "vet pay'; DROP TABLE entries; --",
        '/pay{"job": "2240"} vet',
    ],
    ids=["emoji", "right to left", "HTML", "SQL", "command"],
)
def test_whatever_is_typed_is_only_text(chat: Watched, text: str) -> None:
    chat.ask(text)
    shown = chat.said.last.inner_text()
    assert shown == text.lstrip("/") or shown == text
    assert chat.page.evaluate("window.hit ?? 0") == 0
    chat.ask("what does a vet earn")
    expect(last(chat)).to_contain_text(VET_PAY)


# ---- what goes wrong


def test_a_lost_connection_loses_nothing(desk: Desk, signpost: RealService) -> None:
    desk.forgive("ERR_INTERNET_DISCONNECTED")
    context = desk.context()
    chat = desk.page(f"{signpost.origin}/chat", context)
    chat.ask("what does a vet earn")
    context.set_offline(True)
    chat.field.fill("and a plumber")
    chat.field.press("Enter")
    expect(chat.log.get_by_text("It goes when the connection is back.")).to_be_visible()
    context.set_offline(False)
    expect(chat.replies).to_have_count(2)
    expect(last(chat)).to_contain_text(re.compile("plumber", re.IGNORECASE))
    expect(chat.said).to_have_text(["what does a vet earn", "and a plumber"])


def test_a_reload_keeps_the_conversation_and_what_it_is_about(chat: Watched) -> None:
    chat.ask("what does a vet earn")
    before = chat.log.inner_text()
    chat.page.reload()
    expect(chat.replies).to_have_count(1)
    expect(last(chat).get_by_role("img")).to_be_visible()
    assert chat.log.inner_text() == before
    chat.ask("will there still be jobs")
    expect(last(chat)).to_contain_text("vets")


def test_the_engine_stops_and_the_question_is_answered_when_it_is_back(
    chat: Watched, signpost: RealService
) -> None:
    chat.ask("what does a vet earn")
    with suspended(signpost, "engine"):
        chat.field.fill("and a plumber")
        chat.log.evaluate(WATCH_FOR, "Your question is kept")
        chat.field.press("Enter")
        expect(chat.log.get_by_text("Your question is kept")).to_be_visible()
        assert chat.page.evaluate("window.seenAt - window.sentAt") < 3000
        expect(chat.said.last).to_have_text("and a plumber")
    expect(last(chat)).to_contain_text(
        re.compile(r"plumbers.*£\d\d,\d{3}", re.IGNORECASE), timeout=20_000
    )
    expect(chat.said).to_have_count(2)
    until(signpost.all_healthy, "the engine is well again")


# The page's own clock: the test looks only every now and then.
WATCH_FOR = """(log, words) => {
  addEventListener("keydown", () => { window.sentAt = performance.now(); }, { capture: true });
  new MutationObserver(() => {
    if (log.textContent.includes(words)) window.seenAt ??= performance.now();
  }).observe(log, { childList: true, subtree: true, characterData: true });
}"""


@contextmanager
def suspended(signpost: RealService, name: str) -> Iterator[None]:
    """A part that stands still, as one does on a machine that is overloaded."""
    (part,) = signpost.parts(name)
    part.suspend()
    try:
        yield
    finally:
        part.resume()


def test_the_gateway_starts_again_under_an_open_chat(
    desk: Desk, chat: Watched, signpost: RealService
) -> None:
    desk.forgive("ERR_CONNECTION", "ERR_INCOMPLETE_CHUNKED", "ERR_EMPTY_RESPONSE")
    chat.ask("what does a vet earn")
    session = session_of(chat)
    (gateway,) = signpost.parts("gateway")
    gateway.kill()
    gateway.wait(10)
    chat.field.fill("will there still be jobs")
    chat.field.press("Enter")
    expect(chat.replies).to_have_count(2, timeout=30_000)
    expect(last(chat)).to_contain_text("vets")
    expect(chat.said).to_have_count(2)
    assert session_of(chat)["conversation"] == session["conversation"]
    until(signpost.all_healthy, "the gateway is well again")
