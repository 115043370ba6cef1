"""The chat widget for everybody: what it lets in, how it reads, and its page without JavaScript."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.widget_watch import (
    QUESTION,
    Desk,
    Service,
    running_service,
)

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("gateway")) as service:
        yield service


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
    expect(chat.field).to_be_focused()  # its words are there
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


def clean(page: Page, state: str) -> None:
    """Axe, with all its rules, has nothing to say."""
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == [], state
