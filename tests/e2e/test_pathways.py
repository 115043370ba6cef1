"""Finding a way, from a browser through every real process: the quiz, guidance, the sums.

Each conversation is had under the page's own policy; `seen_by_all` then opens the same one in a
narrow and in a wide window, where axe must find nothing and nothing may stick out.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Locator, Page, expect

from knowledge.ideas import shipped
from knowledge.languages import known
from tests.real_service import RealService
from tests.widget_watch import Desk, Watched

pytestmark = pytest.mark.e2e

WIDTHS = (360, 1280)
STATEMENTS = len(shipped().statements)
VET_PAY = "£42,612"
IN_DOUBT = re.compile(r"Which of these do you mean\?|Not what you meant\?")
CLOSE_CALLS = ("ucas or apprenticeship", "interview stuff", "apprenticeship or uni")
IN_URDU = "مجھے انگریزی نہیں آتی، مجھے مدد چاہیے کہ میں کیا پڑھوں"


@pytest.fixture
def chat(desk: Desk, signpost: RealService) -> Watched:
    """Given the chat on its own page."""
    return opened(desk, signpost)


def opened(desk: Desk, signpost: RealService, width: int = 1280) -> Watched:
    chat = desk.page(f"{signpost.origin}/chat", viewport={"width": width, "height": 740})
    expect(chat.log.get_by_text("Before you start")).to_be_visible()
    expect(chat.field).to_be_focused()
    return chat


def last(chat: Watched) -> Locator:
    return chat.replies.last


def choices(chat: Watched) -> Locator:
    """The buttons of the last reply."""
    return last(chat).locator("button.choice")


def press(chat: Watched, name: str) -> None:
    """Press a button of the last reply and wait for its answer."""
    answered = chat.replies.count()
    last(chat).get_by_role("button", name=name, exact=True).click()
    expect(chat.replies).to_have_count(answered + 1)


def step(number: int) -> str:
    return f"{number} of {STATEMENTS}."


def seen_by_all(desk: Desk, chat: Watched) -> None:
    """Open the conversation in windows of both widths: axe finds nothing, nothing sticks out."""
    replies = chat.replies.count()
    kept = chat.page.context.storage_state()
    for width in WIDTHS:
        # Axe is put into the page, which the page's policy would stop.
        view = {"width": width, "height": 740}
        context = desk.context(viewport=view, bypass_csp=True, storage_state=kept)
        again = desk.page(chat.page.url, context)
        expect(again.replies).to_have_count(replies)
        found = Axe().run(again.page).response["violations"]
        told = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        assert told == [], f"{width} px"
        assert again.log.evaluate("(log) => log.scrollWidth - log.clientWidth") == 0, f"{width} px"
        for link in again.log.get_by_role("link").all():
            assert link.inner_text().removesuffix("(opens in a new tab)").strip()
        for target in again.log.locator("button").all():
            box = target.bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= 44, target.inner_text()


# ---- the quiz


@pytest.mark.parametrize("width", WIDTHS)
def test_the_quiz_by_keyboard_alone(desk: Desk, signpost: RealService, width: int) -> None:
    chat = opened(desk, signpost, width)
    keys = chat.page.keyboard
    keys.type("careers quiz")
    keys.press("Enter")
    expect(last(chat)).to_contain_text(step(1))
    tab_to(chat.page, choices(chat).first, "Shift+Tab", most=4)
    for number in range(1, STATEMENTS + 1):
        expect(last(chat)).to_contain_text(step(number))
        answer = choices(chat).nth(number % 3)
        # From the answer before: past the others of its statement, to the next one's.
        tab_to(chat.page, answer, "Tab", most=6)
        expect(answer).to_be_in_viewport(ratio=1)
        keys.press("Enter")
        expect(chat.replies).to_have_count(number + 1)

    spread, stretch = last(chat).locator(".message").all()
    expect(spread).to_contain_text("From your answers")
    assert spread.get_by_role("listitem").count() >= 4
    for kind in spread.get_by_role("listitem").all():
        expect(kind).to_contain_text(re.compile(r"\(level \d( to \d)?\): \w+"))
    expect(stretch.get_by_role("listitem")).to_have_count(2)
    assert 2 <= choices(chat).count() <= 4
    group = choices(chat).first
    name = group.inner_text()
    tab_to(chat.page, group, "Tab", most=8)
    expect(group).to_be_in_viewport(ratio=1)
    keys.press("Enter")
    expect(chat.replies).to_have_count(STATEMENTS + 2)
    expect(chat.said.last).to_have_text(name)
    expect(last(chat)).to_contain_text(name)
    seen_by_all(desk, chat)


def tab_to(page: Page, target: Locator, key: str, most: int) -> None:
    """Go there with a key, in at most so many presses."""
    for _ in range(most):
        page.keyboard.press(key)
        if target.evaluate("(node) => node.getRootNode().activeElement === node"):
            return
    raise AssertionError(f"not reached in {most} presses of {key}: {target}")


def test_the_quiz_stops_half_way_with_what_has_come(desk: Desk, chat: Watched) -> None:
    chat.ask("careers quiz")
    for answer in ("Yes", "Sometimes", "No"):
        press(chat, answer)
    expect(last(chat)).to_contain_text(step(4))
    press(chat, "Stop here")
    expect(last(chat)).to_contain_text(f"From 3 of {STATEMENTS} answers")
    assert last(chat).get_by_role("listitem").count() >= 4
    seen_by_all(desk, chat)


def test_another_question_interrupts_the_quiz_and_it_carries_on(desk: Desk, chat: Watched) -> None:
    chat.ask("careers quiz")
    press(chat, "Yes")
    chat.ask("what does a vet earn")
    expect(last(chat)).to_contain_text(VET_PAY)
    press(chat, "Carry on with the quiz")
    expect(last(chat)).to_contain_text(step(2))
    chat.ask("kinda")
    expect(last(chat)).to_contain_text(step(3))
    seen_by_all(desk, chat)


def test_the_quiz_without_javascript(desk: Desk, signpost: RealService) -> None:
    for width in WIDTHS:
        view = {"width": width, "height": 740}
        page = desk.context(java_script_enabled=False, viewport=view).new_page()
        page.goto(f"{signpost.origin}/chat")
        reply = page.locator(".entry.reader ~ .entry.service").last

        def send(page: Page, text: str) -> None:
            page.get_by_label("Type your question").fill(text)
            page.get_by_role("button", name="Send").click()

        send(page, "careers quiz")
        expect(reply).to_contain_text(step(1))
        reply.get_by_role("button", name="Yes", exact=True).click()
        expect(reply).to_contain_text(step(2))
        expect(page.locator(".entry.reader .said").last).to_have_text("Yes")
        send(page, "what does a vet earn")
        expect(reply).to_contain_text(VET_PAY)
        reply.get_by_role("button", name="Carry on with the quiz").click()
        for number in range(2, STATEMENTS + 1):
            expect(reply).to_contain_text(step(number))
            reply.get_by_role("button", name="Sometimes", exact=True).click()
        expect(reply).to_contain_text("From your answers")
        expect(reply.locator(".message")).to_have_count(2)
        expect(reply.locator(".source a").first).to_have_attribute("href", re.compile("^https://"))
        reply.locator("button.choice").first.click()
        expect(page.locator(".entry.reader")).to_have_count(STATEMENTS + 4)


# ---- guidance


def test_an_answer_says_more_and_names_its_sources(desk: Desk, chat: Watched) -> None:
    chat.ask("do apprentices pay council tax")
    first = last(chat)
    expect(first.locator("strong").first).to_be_visible()
    links = first.locator(".source a").all()
    assert len(links) >= 2
    for link in links:
        expect(link).to_have_attribute("href", re.compile("^https://"))
        expect(link).to_have_attribute("rel", "noopener noreferrer")
        expect(link).to_contain_text("(opens in a new tab)")
    assert 2 <= choices(chat).count() <= 4
    said = first.locator(".message").inner_text()

    press(chat, "Tell me more")
    expect(chat.said.last).to_have_text("Tell me more")
    assert last(chat).locator(".message").inner_text() != said
    expect(last(chat).locator(".source a").first).to_be_visible()
    expect(last(chat).get_by_role("button", name="Tell me more")).to_have_count(0)

    following = choices(chat).first.inner_text()
    press(chat, following)
    expect(chat.said.last).to_have_text(following)
    expect(last(chat)).not_to_contain_text("isn't something this service knows")
    seen_by_all(desk, chat)


def test_a_source_that_is_a_place_is_a_link_by_its_name(
    desk: Desk, chat: Watched, signpost: RealService
) -> None:
    question = "exams are stressing me out"
    chat.ask(question)
    line = last(chat).locator(".source", has_text="Childline")
    expect(line).to_have_text("Source: Childline (opens in a new tab).")
    expect(line.get_by_role("link")).to_have_attribute("href", "https://www.childline.org.uk")
    seen_by_all(desk, chat)
    page = desk.context(java_script_enabled=False).new_page()
    page.goto(f"{signpost.origin}/chat")
    page.get_by_label("Type your question").fill(question)
    page.get_by_role("button", name="Send").click()
    plain = page.locator(".entry.service .source", has_text="Childline")
    expect(plain).to_have_text("Source: Childline (opens in a new tab).")
    expect(plain.get_by_role("link")).to_have_attribute("href", "https://www.childline.org.uk")


def test_the_stage_is_asked_once(desk: Desk, chat: Watched) -> None:
    chat.ask("what are my options after gcses")
    expect(last(chat)).to_contain_text("where you are now")
    press(chat, "Years 10 and 11")
    expect(last(chat)).to_contain_text("T Levels")
    seen_by_all(desk, chat)
    # This one, too, depends on the stage; the reader has told it.
    chat.ask("what if i don't get a grade 4 in maths")
    expect(last(chat)).to_contain_text("functional skills")
    expect(chat.log.get_by_text("where you are now")).to_have_count(1)


def test_a_close_call_is_settled_by_a_button(desk: Desk, chat: Watched) -> None:
    for question in CLOSE_CALLS:  # which ones are close, the model decides
        chat.ask(question)
        if IN_DOUBT.search(last(chat).inner_text()):
            break
    expect(last(chat)).to_contain_text(IN_DOUBT)
    titles = [title for title in choices(chat).all_inner_texts() if title != "Tell me more"]
    assert 1 <= len(titles) <= 4
    meant = next(title for title in titles if title != "Talk to an adviser")
    press(chat, meant)
    expect(chat.said.last).to_have_text(meant)
    expect(last(chat).locator(".source").first).to_be_visible()
    seen_by_all(desk, chat)


def test_another_language_is_answered_in_it_from_right_to_left(desk: Desk, chat: Watched) -> None:
    urdu = known()["ur"]
    chat.ask(IN_URDU)
    words = last(chat).locator("[lang=ur]")
    expect(words).to_have_text(urdu.sentence)
    expect(words).to_have_attribute("dir", "rtl")
    assert direction(words.locator("p")) == "rtl"
    expect(chat.said.last).to_have_attribute("dir", "auto")
    assert direction(chat.said.last) == "rtl"
    assert direction(choices(chat).first) == "ltr"
    press(chat, "Talk to an adviser")
    expect(last(chat)).to_contain_text("0800 100 900")
    seen_by_all(desk, chat)


def direction(node: Locator) -> str:
    return node.evaluate("(node) => getComputedStyle(node).direction")


# ---- sums


def directly(chat: Watched) -> None:
    chat.ask("how many points is BBC at a level")


def step_by_step(chat: Watched) -> None:
    chat.ask("how do ucas points work")
    press(chat, "Work out UCAS points")
    chat.ask("BBC")
    if "112" not in last(chat).inner_text():
        press(chat, "A levels")


@pytest.mark.parametrize("way", [directly, step_by_step])
def test_ucas_points_for_three_grades(
    desk: Desk, chat: Watched, way: Callable[[Watched], None]
) -> None:
    way(chat)
    expect(last(chat).locator("strong").first).to_contain_text("112 UCAS points")
    expect(last(chat)).to_contain_text("40 + 40 + 32 = 112")
    expect(last(chat).locator(".source a").first).to_have_attribute("href", re.compile("ucas"))
    seen_by_all(desk, chat)


def test_an_apprentices_pay_is_asked_step_by_step(desk: Desk, chat: Watched) -> None:
    chat.ask("what does an apprentice get paid")
    press(chat, "Work out an apprentice's pay")
    expect(last(chat)).to_contain_text(re.compile("how old", re.IGNORECASE))
    chat.ask("19")
    expect(last(chat)).to_contain_text("Which year of the apprenticeship")
    press(chat, "First year")
    expect(last(chat)).to_contain_text(re.compile("hours", re.IGNORECASE))
    press(chat, choices(chat).last.inner_text())
    expect(last(chat).locator("strong").first).to_contain_text(re.compile(r"£\d+\.\d\d an hour"))
    for period in ("a week: £", "a month: £", "a year: £"):
        expect(last(chat)).to_contain_text(period)
    expect(last(chat).locator(".source a").first).to_have_attribute("href", re.compile("gov.uk"))
    seen_by_all(desk, chat)
