"""The chat in Welsh, and answers in other languages, in a real browser.

What surrounds the answers is Welsh and says so to a screen reader; the answers stay English and say
so as well; a sentence in another language keeps its language and direction.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from knowledge.languages import known
from tests.widget_watch import QUESTION, Desk, Service, Watched, running_service

pytestmark = pytest.mark.e2e

LANGUAGE = "(node) => node.closest('[lang]').lang"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("gateway")) as service:
        yield service


def language(node: Locator) -> str:
    found: str = node.evaluate(LANGUAGE)
    return found


def open_welsh(desk: Desk, service: Service, path: str = "/cy") -> Watched:
    # Axe is put into the page, which the page's policy would stop.
    chat = desk.page(service.host.origin + path, bypass_csp=True)
    chat.page.get_by_role("button", name="Holwch am yrfaoedd").click()
    expect(chat.page.get_by_role("textbox", name="Teipiwch eich cwestiwn")).to_be_focused()
    return chat


@pytest.mark.parametrize("path", ["/cy", "/cy/element", "/cy/page"])
def test_the_widget_is_in_welsh(desk: Desk, service: Service, path: str) -> None:
    chat = open_welsh(desk, service, path)
    page = chat.page
    asked = [url.rpartition("/")[2] for url in chat.requests if url.endswith(".json")]
    assert asked == ["strings.cy.json"]
    panel = page.get_by_role("dialog", name="Arweiniad gyrfaoedd")
    assert language(panel) == "cy"
    assert language(page.locator(".launcher")) == "cy"
    note = page.get_by_text("Mae'r atebion yn Saesneg.")
    expect(note).to_be_visible()
    assert language(note) == "cy"

    field = page.get_by_role("textbox", name="Teipiwch eich cwestiwn")
    field.fill(QUESTION)
    field.press("Enter")
    expect(chat_replies(page)).to_have_count(1)
    reply = chat_replies(page).first
    assert language(reply.locator(".speaker")) == "cy"
    assert language(reply.locator("strong").first) == "en-GB"
    assert language(reply.locator("button.choice").first) == "en-GB"
    assert language(reply.get_by_text("Gweld hyn fel tabl")) == "cy"
    assert language(reply.get_by_text("Ffynhonnell:")) == "cy"
    assert language(reply.get_by_text("(yn agor mewn tab newydd)")) == "cy"
    said = page.locator(".entry.reader .said")
    assert language(said) == ""  # nobody knows which language a reader writes
    axe(page)

    field.fill("a" * 999)
    expect(page.locator(".count")).to_have_text("1 nod ar ôl")
    page.get_by_role("button", name="Clirio'r sgwrs hon").click()
    page.get_by_role("button", name="Ei chlirio").click()
    expect(page.locator(".log .card")).to_contain_text("Mae'r sgwrs wedi'i chlirio.")


def test_what_is_announced_is_in_its_language(desk: Desk, service: Service) -> None:
    chat = open_welsh(desk, service)
    spoken = chat.page.evaluate(
        """async (base) => {
          const { announcement } = await import(`${base}/widget/messages.js`);
          const box = document.createElement("p");
          const buttons = [{ title: "a" }, { title: "b" }];
          const messages = [{ text: "**Yes**", buttons }];
          box.append(...announcement({ from: "service", messages }));
          return box.innerHTML;
        }""",
        service.origin,
    )
    assert spoken == 'Signpost: <span lang="en-GB">Yes</span> Mae 2 fotwm yn dilyn. '


def test_the_page_of_its_own_is_in_welsh_with_a_script_and_without(
    desk: Desk, service: Service
) -> None:
    chat = desk.page(f"{service.origin}/chat?lang=cy")
    expect(chat.page.get_by_role("textbox", name="Teipiwch eich cwestiwn")).to_be_focused()
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Arweiniad gyrfaoedd")

    context = desk.context(java_script_enabled=False, locale="cy")
    page = context.new_page()
    page.goto(f"{service.origin}/chat")
    page.get_by_label("Teipiwch eich cwestiwn").fill(QUESTION)
    page.get_by_role("button", name="Anfon").click()
    expect(page.locator(".entry.reader .said")).to_have_text([QUESTION])
    page.get_by_role("link", name="English").click()
    expect(page.get_by_label("Type your question")).to_be_visible()
    expect(page.locator(".entry.reader .said")).to_have_text([QUESTION])


def test_a_problem_is_told_in_welsh(desk: Desk, service: Service) -> None:
    chat = open_welsh(desk, service)
    told = []
    chat.page.on("request", lambda request: told.append(request.headers.get("accept-language")))
    field = chat.page.get_by_role("textbox", name="Teipiwch eich cwestiwn")
    field.fill(QUESTION)
    field.press("Enter")
    expect(chat_replies(chat.page)).to_have_count(1)
    assert told[0] == "cy"


def test_a_sentence_in_urdu_reads_from_right_to_left(desk: Desk, service: Service) -> None:
    chat = desk.page(f"{service.origin}/chat")
    expect(chat.field).to_be_focused()
    urdu = known()["ur"]
    found = chat.page.evaluate(
        """async (message) => {
          const { entryNode } = await import("/widget/messages.js");
          const node = entryNode({ from: "service", messages: [message] }, () => true);
          document.body.append(node);
          const words = node.querySelector("[lang=ur] p");
          const button = node.querySelector("button");
          const direction = (one) => getComputedStyle(one).direction;
          return [words.textContent, direction(words), direction(button),
                  button.closest("[lang]").lang];
        }""",
        {
            "text": urdu.sentence,
            "lang": urdu.code,
            "dir": urdu.direction,
            "buttons": [{"title": "Talk to an adviser", "payload": "/talk_to_adviser"}],
        },
    )
    assert found == [urdu.sentence, "rtl", "ltr", "en-GB"]


def chat_replies(page: Page) -> Locator:
    return page.locator(".log .entry.reader ~ .entry.service")


def axe(page: Page) -> None:
    found = Axe().run(page).response["violations"]
    assert [(one["id"], [node["html"] for node in one["nodes"]]) for one in found] == []
