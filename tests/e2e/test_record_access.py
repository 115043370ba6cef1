"""The pages for signing in and of the record, for everybody: axe, windows of both widths, dark."""

from __future__ import annotations

import re
from itertools import product
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests.e2e.pupils import add_line, press, timeline, type_code
from tests.real_service import RealService
from tests.widget_watch import Desk

pytestmark = pytest.mark.e2e

WIDTHS = (360, 1280)
SCHEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
PAGES = (
    "/record",
    "/record?kind=skill",
    "/record/ready",
    "/record/destination",
    "/record/passport",
    "/record/delete",
    "/record/add/experience",
    "/record/add/action",
)
"""As a signed-in pupil opens them; those for one line and those after a form are opened below.
The forms of the other kinds of line are the same template with fewer fields."""


def seen_by_all(page: Page) -> None:
    """The page as it stands, narrow and wide, light and dark: axe is silent, nothing sticks out."""
    for width, scheme in product(WIDTHS, SCHEMES):
        page.set_viewport_size(ViewportSize(width=width, height=800))
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page).response["violations"]
        told = [(one["id"], [node["html"] for node in one["nodes"]]) for one in found]
        assert told == [], f"{page.url} at {width} px, {scheme}"
        wider = page.evaluate("document.documentElement.scrollWidth > innerWidth")
        assert not wider, f"{page.url} sticks out at {width} px"


def test_axe_finds_nothing_on_any_page(
    desk: Desk, signpost: RealService, codes: dict[str, str]
) -> None:
    desk.forgive("status of 422")
    origin = signpost.origin
    # Axe is put into the page, which the page's policy would stop.
    seen = desk.page(f"{origin}/sign-in", desk.context(bypass_csp=True))
    page = seen.page
    seen_by_all(page)
    type_code(seen, "wrong")
    expect(page.get_by_role("alert")).to_be_visible()
    seen_by_all(page)
    page.goto(f"{origin}/chat")
    seen.ask("what does a plumber earn")
    page.goto(f"{origin}/sign-in")
    type_code(seen, codes["Jun"])
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("chat so far"))
    seen_by_all(page)
    page.get_by_role("button", name="Yes, it was mine").click()
    expect(seen.replies).to_have_count(1)
    seen.ask("what does an electrician earn")
    seen.ask("i'll look at the electrician apprenticeship before friday")
    seen_by_all(page)
    press(seen, "Yes")

    add_line(
        page,
        origin,
        "experience",
        type="employer",
        where="A talk by a builder",
        did="Listened and asked",
        learnt="Wiring needs maths",
    )
    add_line(page, origin, "skill", name="Staying calm", evidence="On the phone at the vet's")
    for hope in ("Work with animals", "Be an electrician"):
        add_line(page, origin, "aspiration", text=hope)
    page.goto(f"{origin}/record/destination")
    page.get_by_label("Apprenticeship").check()
    page.get_by_role("button", name="Keep it").click()
    line = timeline(page).filter(has_text="Work with animals")
    line.get_by_role("link", name="Change").click()
    page.get_by_label("What it should say").fill("")
    seen_by_all(page)
    page.get_by_label("What it should say").fill("Work with animals or plants")
    page.get_by_role("button", name="Save the change").click()
    told = timeline(page).filter(has_text="What the service told you")
    for name in ("See it differently?", "Delete"):
        page.goto(f"{origin}/record")
        told.first.get_by_role("link", name=name).click()
        seen_by_all(page)
    page.goto(f"{origin}/sign-in")
    seen_by_all(page)

    # Each page under its own policy too, which must not be broken.
    plain = desk.page(f"{origin}/record", desk.context(storage_state=page.context.storage_state()))
    for path in PAGES:
        plain.page.goto(origin + path)
        assert plain.policy_breaches() == []
        page.goto(origin + path)
        page.evaluate("document.querySelectorAll('details').forEach((one) => (one.open = true))")
        seen_by_all(page)

    with page.expect_download() as download:
        page.goto(f"{origin}/record")
        page.get_by_role("link", name="Passport for the next school").click()
    page.goto(f"{origin}/record/passport")
    page.get_by_label("The file").set_input_files(download.value.path())
    page.get_by_role("button", name="Look at what is in it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What is in the passport")
    page.get_by_text("The same here:").click()
    seen_by_all(page)
    page.goto(f"{origin}/record/delete")
    page.get_by_label("Yes, delete all of it").check()
    page.get_by_role("button", name="Delete my record").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your record is deleted")
    seen_by_all(page)
