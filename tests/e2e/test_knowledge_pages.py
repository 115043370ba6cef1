"""The pages of all answers in a browser: for everybody, by keyboard, without JavaScript."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from knowledge.answers import Answers
from knowledge.browsing import Shelf
from knowledge.wording import Wording
from tests.widget_watch import Desk, Service, running_service

pytestmark = pytest.mark.e2e
SHELF = Shelf(Answers.load(), Wording.load())
# One with everything: facts, "more", another file for parents, what is asked next.
WHOLE = next(
    one for one in SHELF.listed() if one.facts and one.more and len(SHELF.files(one.subject)) > 1
)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("gateway")) as service:
        yield service


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(desk: Desk, service: Service, width: int, scheme: Any) -> None:
    size = {"width": width, "height": 800}
    context = desk.context(viewport=size, color_scheme=scheme, bypass_csp=True)
    desk.forgive("404")
    page = desk.page(f"{service.origin}/knowledge", context).page
    for path in (
        "",
        "?q=apprenticeship&for=parents",
        "?q=zzzz",
        f"/{WHOLE.id}",
        "/no_such_answer",
    ):
        page.goto(f"{service.origin}/knowledge{path}")
        found = Axe().run(page).response["violations"]
        assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], path
        assert wider_than_window(page) == 0, path
        assert heading_order(page) == [], path


@pytest.mark.parametrize("width", [320, 360])
def test_targets_are_large(desk: Desk, service: Service, width: int) -> None:
    page = desk.page(f"{service.origin}/knowledge", viewport={"width": width, "height": 640}).page
    assert wider_than_window(page) == 0
    for target in page.locator(".head a, .find input, .find select, .find button, .topics a").all():
        box = target.bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, target.inner_text()


def test_filtering_by_keyboard(desk: Desk, service: Service) -> None:
    page = desk.page(f"{service.origin}/knowledge").page
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    expect(page.get_by_role("link", name="Skip to the page")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Words to look for")).to_be_focused()
    page.keyboard.type("apprenticeship")
    page.keyboard.press("Tab")
    expect(page.get_by_label("Who it is for")).to_be_focused()
    page.keyboard.type("Parents")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/knowledge?q=apprenticeship&for=parents")
    expect(page.get_by_label("Words to look for")).to_have_value("apprenticeship")
    expect(page.get_by_label("Who it is for")).to_have_value("parents")
    found = SHELF.search("apprenticeship", "parents")
    expect(page.locator(".answers > li")).to_have_count(len(found))
    page.locator(".answers a").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(found[0].title)
    expect(page.get_by_role("link", name="Ask about this")).to_have_attribute("href", "/chat")


def test_without_javascript(desk: Desk, service: Service) -> None:
    page = desk.context(java_script_enabled=False).new_page()
    page.goto(f"{service.origin}/knowledge")
    page.get_by_label("Who it is for").select_option("Parents")
    page.get_by_role("button", name="Show").click()
    expect(page.locator(".answers > li")).to_have_count(len(SHELF.listed("parents")))
    page.locator(".answers a").first.click()
    expect(page.get_by_role("heading", name="Where this comes from")).to_be_visible()


def test_the_chats_page_leads_there(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.origin}/chat")
    expect(chat.log.get_by_text("Before you start")).to_be_visible()
    page = chat.page
    page.get_by_role("link", name="All answers").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All answers")


def wider_than_window(page: Page) -> int:
    return page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )


def heading_order(page: Page) -> list[str]:
    """The headings that skip a rank, and any second one of the first rank."""
    ranks: list[list[Any]] = page.evaluate(
        """[...document.querySelectorAll("h1, h2, h3, h4")]
             .map((node) => [Number(node.tagName[1]), node.textContent])"""
    )
    before, wrong = 0, []
    for rank, text in ranks:
        if rank > before + 1 or (rank == 1 and before):
            wrong.append(text)
        before = rank
    return wrong
