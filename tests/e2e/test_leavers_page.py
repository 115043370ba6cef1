"""A leaver answers by a link, from the school's file to the thanks: axe, both widths, no script."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.e2e.pupils import gateway, told
from tests.e2e.test_record_access import seen_by_all
from tests.widget_watch import Desk

pytestmark = pytest.mark.e2e

SCHOOL = "Invented Academy"
LEAVER, HEAD = "Yolanda,Quillfeather,04/03", "Forename,Surname,DOB,Year\n"


@pytest.fixture(scope="module")
def link(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The link of somebody who left over a year ago, as the school's file has it."""
    folder = tmp_path_factory.mktemp("academy")
    data, environment = folder / "data", {"SIGNPOST_SCHOOL_NAME": SCHOOL}
    left_on = date.today() - timedelta(days=400)
    born = (left_on.year if left_on.month >= 9 else left_on.year - 1) - 16
    others = "".join(f"{name},Quillfeather,05/03/{born},12\n" for name in ("Zeb", "Zara"))
    everybody = f"{HEAD}{others}{LEAVER}/{born},12\n"
    for day, rows in ((left_on - timedelta(days=1), everybody), (left_on, HEAD + others)):
        file = folder / f"{day}.csv"
        file.write_text(rows)
        command = ("roster", "import", str(file), "--yes", "--on", f"{day}")
        assert "Written." in told(data, *command, **environment)
    with gateway(data, **environment) as origin:
        links = folder / "links.csv"
        told(
            *(data, "destinations", "ask", "--csv", str(links)),
            **environment,
            SIGNPOST_PUBLIC_URL=origin,
        )
        yield only_link(links)


def only_link(file: Path) -> str:
    with file.open(encoding="utf-8-sig", newline="") as opened:
        cells = [cell for row in csv.reader(opened) for cell in row]
    (found,) = (cell for cell in cells if "/destination/" in cell)
    return found


def test_a_leaver_answers_by_the_link_alone(desk: Desk, link: str) -> None:
    desk.forgive("status of 422", "status of 404")
    # Axe is put into the page, which the page's policy would stop.
    page = desk.page(link, desk.context(bypass_csp=True)).page
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Where are you now?")
    expect(page.locator("body")).to_contain_text(SCHOOL)
    expect(page.locator("body")).not_to_contain_text("Yolanda")
    seen_by_all(page)
    # What a browser holds back is told by the page as well.
    page.get_by_label("Which course or job?").fill("Plumbing")
    page.evaluate("document.querySelector('form.edit').submit()")
    expect(page.get_by_role("alert")).to_contain_text("It is not sent yet.")
    expect(page.get_by_label("Which course or job?")).to_have_value("Plumbing")
    seen_by_all(page)
    page.get_by_label("Apprenticeship", exact=True).check()
    page.get_by_label("Yes, six months or longer").check()
    page.get_by_role("button", name="Send").click()
    expect(page).to_have_url(f"{link}?answered=1")
    seen_by_all(page)

    # Whoever has the link later reads nothing of the answer; each page under its own policy.
    later = desk.page(link)
    expect(later.page.locator("body")).to_contain_text("There is an answer already")
    expect(later.page.locator("input:checked")).to_have_count(0)
    expect(later.page.locator("body")).not_to_contain_text("Plumbing")
    assert later.page.context.cookies() == []
    later.page.goto(link[:-3])
    assert later.policy_breaches() == []
    page.goto(link[:-3])
    expect(page.get_by_role("textbox")).to_have_count(0)
    seen_by_all(page)


def test_the_page_works_without_a_script_by_keyboard_alone(desk: Desk, link: str) -> None:
    page = desk.page(link, java_script_enabled=False).page
    first = page.get_by_role("radio").first
    first.focus()
    page.keyboard.press("Space")
    expect(first).to_be_checked()
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{link}?answered=1")
