"""A pupil's guidance record, from a slip of paper through every real process to the next school.

Every page is watched: an error on its console or a breach of its policy fails the test. Each test
has a pupil of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from tests.e2e.pupils import (
    FAMILY_NAME,
    add_line,
    lines_read,
    other_school,
    press,
    signed_in,
    timeline,
    type_code,
)
from tests.real_service import RealService
from tests.widget_host import HostSite
from tests.widget_watch import Desk, Watched

pytestmark = pytest.mark.e2e

SCHOOL, COLLEGE = "Your school", "Invented College"
ACTION = "Look at the electrician apprenticeship"
REFUSED_BY_FORM = "status of 422"


@pytest.fixture(scope="module")
def college(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    """Another installation: its origin, and the codes of its pupils."""
    with other_school(tmp_path_factory.mktemp("college"), COLLEGE) as found:
        yield found


def downloaded(page: Page, name: str) -> Path:
    with page.expect_download() as download:
        page.get_by_role("link", name=name, exact=True).click()
    return Path(download.value.path())


def tabbed_to(page: Page, name: str, key: str = "Tab") -> None:
    """Go from target to target until the focus is on the one of that name."""
    focused = """() => {
      let at = document.activeElement;
      while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
      return at?.labels?.[0]?.innerText ?? at?.innerText ?? "";
    }"""
    for _ in range(30):
        page.keyboard.press(key)
        if page.evaluate(focused).strip() == name:
            return
    raise AssertionError(f"the keyboard does not get to {name!r}")


def test_from_the_slip_to_the_next_school(
    desk: Desk,
    signpost: RealService,
    codes: dict[str, str],
    college: tuple[str, dict[str, str]],
) -> None:
    # Sign in, chat and say yes, with the keyboard alone.
    chat = desk.page(f"{signpost.origin}/sign-in")
    page = chat.page
    tabbed_to(page, "Your code")
    page.keyboard.type(codes["Amira"].lower().replace("-", ""))
    page.keyboard.press("Enter")
    expect(chat.field).to_be_focused()
    page.keyboard.type("what does an electrician earn")
    page.keyboard.press("Enter")
    expect(chat.replies).to_have_count(1)
    page.keyboard.type("i'll look at the electrician apprenticeship before friday")
    page.keyboard.press("Enter")
    expect(chat.replies).to_have_count(2)
    offered = "You said you'll look at the electrician apprenticeship before Friday."
    expect(chat.replies.last).to_contain_text(f"{offered} Add that to your record?")
    tabbed_to(page, "Yes", "Shift+Tab")
    page.keyboard.press("Enter")
    expect(chat.replies.last).to_contain_text(f'Added to your record: "{ACTION}"')

    # It is on the page, with the figures that were told on the way; a line is corrected.
    page.get_by_role("link", name="My record").click()
    action = timeline(page).filter(has_text=ACTION)
    expect(action).to_contain_text("You said yes to this in the chat.")
    expect(page.get_by_role("region", name="Things to do")).to_contain_text(ACTION)
    told = timeline(page).filter(has_text="What the service told you")
    expect(told).to_contain_text("£38,064 a year")
    action.get_by_role("link", name="Change").click()
    page.get_by_label("What it should say").fill("Ask two firms about an apprenticeship")
    page.get_by_role("button", name="Save the change").click()
    changed = timeline(page).filter(has_text="Ask two firms about an apprenticeship")
    expect(changed).to_contain_text("Changed on")
    old = changed.locator(".before", has_text=ACTION)
    expect(old).to_be_hidden()
    changed.get_by_text("What it said before").click()
    expect(old).to_be_visible()

    # The files to keep.
    pdf = PdfReader(downloaded(page, "Download as PDF"))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/StructTreeRoot"]["/K"]
    assert root["/Lang"].lower().startswith("en")
    assert pdf.metadata
    assert FAMILY_NAME in str(pdf.metadata.title)
    text = " ".join(" ".join(one.extract_text() for one in pdf.pages).split())
    assert "Ask two firms about an apprenticeship" in text
    assert "£38,064 a year" in text
    everything = json.loads(downloaded(page, "Download all data (JSON)").read_text())
    assert "Ask two firms about an apprenticeship" in json.dumps(everything)
    assert ACTION in json.dumps(everything)  # and what it said before

    # To the next school, with the passport; then nothing is left on this device.
    here = lines_read(page)
    passport = downloaded(page, "Passport for the next school (ZIP)")
    page.get_by_role("link", name="Sign out").click()
    page.get_by_role("button", name="Sign out", exact=True).click()
    expect(page.get_by_role("status")).to_contain_text("You are signed out.")
    there, college_codes = college
    new = desk.page(f"{there}/sign-in")
    new.page.get_by_label("Your code").fill(college_codes["Amira"])
    new.page.keyboard.press("Enter")
    new.page.get_by_role("link", name="My record").click()
    expect(timeline(new.page)).to_have_count(0)
    new.page.get_by_role("link", name="Bring a passport from another school").click()
    new.page.get_by_label("The file").set_input_files(
        {"name": "my-passport.zip", "mimeType": "application/zip", "buffer": passport.read_bytes()}
    )
    new.page.get_by_role("button", name="Look at what is in it").click()
    expect(new.page.get_by_role("definition").first).to_have_text(SCHOOL)
    new.page.get_by_role("button", name="Bring everything that is new").click()
    assert lines_read(new.page) == here
    for line in timeline(new.page).all():
        expect(line).to_contain_text(f"Brought from {SCHOOL}, with the passport of")


def test_what_is_declined_is_not_asked_again(
    desk: Desk, signpost: RealService, codes: dict[str, str]
) -> None:
    chat = signed_in(desk, signpost.origin, codes["Bela"])
    chat.ask("i'll email the vet practice tomorrow")
    expect(chat.replies.last).to_contain_text("Add that to your record?")
    press(chat, "No")
    expect(chat.replies.last).to_contain_text("It was not added.")
    chat.ask("i'll email the vet practice tomorrow")
    expect(chat.replies.last).to_contain_text("Nothing was added to your record.")
    expect(chat.replies.last).not_to_contain_text("Add that")
    chat.page.goto(f"{signpost.origin}/record")
    expect(timeline(chat.page)).to_have_count(0)


def test_the_form_for_an_experience_waits_while_something_else_is_asked(
    desk: Desk, signpost: RealService, codes: dict[str, str]
) -> None:
    chat = signed_in(desk, signpost.origin, codes["Cora"])
    chat.ask("add my work experience at the vet's")
    expect(chat.replies.last).to_contain_text("When was it?")
    chat.ask("what do vets earn")
    expect(chat.replies.last).to_contain_text("£42,612 a year")
    expect(chat.replies.last).to_contain_text("You were adding something to your record.")
    press(chat, "Go on with it")
    expect(chat.replies.last).to_contain_text("When was it?")
    chat.ask("last june")
    expect(chat.replies.last).to_contain_text("What did you do there?")
    chat.page.reload()  # what was begun is still there
    expect(chat.replies.last).to_contain_text("What did you do there?")
    chat.ask("fed the animals and answered the phone")
    chat.ask("that it helps to stay calm")
    expect(chat.replies.last).to_contain_text("What you did: fed the animals", ignore_case=True)
    press(chat, "Yes")
    chat.page.goto(f"{signpost.origin}/record")
    line = timeline(chat.page).filter(has_text="Time in a workplace")
    expect(line).to_contain_text("answered the phone")
    expect(line).to_contain_text("You said yes to this in the chat.")


def test_nothing_is_left_for_the_next_one_at_the_device(
    desk: Desk, signpost: RealService, codes: dict[str, str]
) -> None:
    chat = signed_in(desk, signpost.origin, codes["Dina"])
    chat.ask("i've decided to do t levels")
    press(chat, "Yes")
    assert chat.kept()
    chat.page.get_by_role("button", name="Sign out").click()
    expect(chat.page.get_by_role("status")).to_contain_text("You are signed out.")
    assert chat.kept() == {}
    chat.page.goto(f"{signpost.origin}/record")
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Sign in")

    type_code(chat, codes["Esme"])
    expect(chat.page.get_by_text("Signed in as Esme")).to_be_visible()
    expect(chat.said).to_have_count(0)
    chat.page.goto(f"{signpost.origin}/record")
    expect(timeline(chat.page)).to_have_count(0)
    expect(chat.page.get_by_text("T level", exact=False)).to_have_count(0)


def test_a_wrong_code_opens_nothing_and_says_what_to_do(
    desk: Desk, signpost: RealService, codes: dict[str, str]
) -> None:
    desk.forgive(REFUSED_BY_FORM)
    chat = desk.page(f"{signpost.origin}/sign-in")
    type_code(chat, codes["Finn"][::-1])
    alert = chat.page.get_by_role("alert")
    expect(alert).to_contain_text("That code did not work.")
    expect(alert).to_contain_text("ask your tutor for a new slip")
    expect(chat.page.get_by_label("Your code")).to_have_value("")
    chat.page.goto(f"{signpost.origin}/record")
    expect(chat.page.get_by_role("heading", level=1)).to_have_text("Sign in")


@pytest.mark.parametrize(
    ("name", "answer", "shown"),
    [("Finn", "Yes, it was mine: add it", True), ("Gus", "No, start from here", False)],
)
def test_a_guest_who_signs_in_says_whether_the_chat_joins(
    desk: Desk,
    signpost: RealService,
    codes: dict[str, str],
    name: str,
    answer: str,
    shown: bool,
) -> None:
    chat = desk.page(f"{signpost.origin}/chat")
    chat.ask("what does a plumber earn")
    chat.page.get_by_role("link", name="Sign in to keep a record").click()
    type_code(chat, codes[name])
    asked = chat.page.get_by_role("heading", level=1)
    expect(asked).to_have_text("Should the chat so far count as yours?")
    chat.page.get_by_role("button", name=answer).click()
    expect(chat.page.get_by_text(f"Signed in as {name}")).to_be_visible()
    chat.page.goto(f"{signpost.origin}/record")
    everything = json.loads(downloaded(chat.page, "Download all data (JSON)").read_text())
    assert ("what does a plumber earn" in json.dumps(everything)) is shown


def test_deleted_with_a_certificate(
    desk: Desk, signpost: RealService, codes: dict[str, str]
) -> None:
    desk.forgive(REFUSED_BY_FORM)
    chat = signed_in(desk, signpost.origin, codes["Hana"])
    chat.ask("i'll visit the college open day")
    press(chat, "Yes")
    page = chat.page
    page.goto(f"{signpost.origin}/record")
    page.get_by_role("link", name="Delete my record").click()
    page.get_by_role("button", name="Delete my record").click()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was deleted.")
    page.get_by_label("Yes, delete all of it").check()
    page.get_by_role("button", name="Delete my record").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your record is deleted")
    certificate = page.locator("main").inner_text()
    assert "Number" in certificate
    assert "Hana" not in certificate
    assert FAMILY_NAME not in certificate
    assert "open day" not in certificate
    # Neither the slip nor the device opens anything now.
    assert chat.kept() == {}
    page.goto(f"{signpost.origin}/chat")
    expect(chat.said).to_have_count(0)
    page.goto(f"{signpost.origin}/sign-in")
    type_code(chat, codes["Hana"])
    expect(page.get_by_role("alert")).to_contain_text("That code did not work.")


def test_on_a_schools_page_nobody_is_signed_in_and_is_told_where(
    desk: Desk, signpost: RealService, school_site: HostSite, codes: dict[str, str]
) -> None:
    here = signed_in(desk, signpost.origin, codes["Ivy"])
    add_line(here.page, signpost.origin, "note", text="A note that only Ivy sees")
    # The same browser, where the pupil is signed in on the service's own pages.
    beside = Watched(here.page.context.new_page())
    desk.pages.append(beside)
    beside.page.goto(f"{school_site.origin}/")
    beside.open()
    greeting = beside.log.locator(".entry.service").first
    expect(greeting).to_contain_text("If your school gave you a code")
    expect(greeting).to_contain_text("/sign-in")
    beside.ask("what did i say i'd do")
    expect(beside.replies.last).to_contain_text("Nothing is kept without it.")
    expect(beside.log).not_to_contain_text("Ivy")
