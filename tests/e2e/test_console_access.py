"""The console for everybody: axe on each page, both widths, light and dark; keys; no script."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page, ViewportSize, expect

from bot.console import routes
from bot.records.audit.actors import Actor
from bot.records.conversations import add_conversation, delete_conversation
from bot.records.guidance.lines import add_line
from bot.records.handovers import ask, consent
from tests.bot.console.staffed import COOKIE, ROLES, Staffed, now
from tests.e2e.pupils import gateway
from tests.e2e.test_record_access import seen_by_all
from tests.real_service import asked
from tests.widget_watch import Desk, Watched

pytestmark = pytest.mark.e2e

PLAIN = sorted(
    row.path
    for row in routes.table()
    if row.method == "GET"
    and row.permission is not None
    and "{" not in row.path
    and not row.background
    and not re.search(r"\.(csv|json|pdf|ics|zip)$|/events$", row.path)
)
"""Pages that need nothing but their address."""


@dataclass
class Office:
    """A running installation with staff and pupils."""

    origin: str
    school: Staffed
    pupil: str
    staff_id: str


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    data = tmp_path_factory.mktemp("console") / "data"
    with gateway(data) as origin:
        asked(f"{origin}/healthz")  # the store is made by then
        school = Staffed(data)
        everything = school.adviser("Ada Marlowe")
        school.run(_all_roles, everything.id)
        pupil = school.pupil("Amira", send="K", pupil_premium=True)
        for number in range(12):
            school.pupil(f"Pupil{number}", year=10, group="10E")
        for kind, body in (
            ("aspiration", {"text": "To become a vet"}),
            ("action", {"text": "Ask at the open evening", "helper": "Mum"}),
            ("skill", {"name": "Listening", "evidence": "Buddy of a Year 7"}),
        ):
            school.run(
                add_line, pupil, kind=kind, body=body, provenance="pupil", source={}, now=now()
            )
        yield Office(origin, school, pupil, everything.id)
        school.close()


def _all_roles(connection, sealing, school_id, staff_id):
    from bot.records.staff import set_roles

    set_roles(connection, school_id, staff_id, [one for one in ROLES if one != "operator"], now())


def signed_in(desk: Desk, office: Office, *roles: str, **how: object) -> BrowserContext:
    """A browser of somebody who is signed in; with no roles, of Ada who has nearly all."""
    from bot.records.staff import find_staff

    row = office.school.staff(*roles) if roles else office.school.run(find_staff, office.staff_id)
    context = desk.context(**how)
    cookie = {"name": COOKIE, "value": office.school.session(row), "url": office.origin}
    context.add_cookies([cookie])
    return context


def test_axe_finds_nothing_on_any_page_that_needs_no_choice(desk: Desk, office: Office) -> None:
    desk.forgive("status of 404")
    # Axe is put into the page, which the page's policy would stop.
    seen = desk.page(f"{office.origin}/console", signed_in(desk, office, bypass_csp=True))
    for path in PLAIN:
        answer = seen.page.goto(f"{office.origin}{path}")
        assert answer is not None
        if answer.status == 404:  # it is about something that there is none of
            continue
        assert answer.status == 200, path
        seen_by_all(seen.page)


def test_axe_finds_nothing_on_pages_of_somebody(desk: Desk, office: Office) -> None:
    desk.forgive("status of 4")
    seen = desk.page(f"{office.origin}/console", signed_in(desk, office, bypass_csp=True))
    page = seen.page
    page.goto(f"{office.origin}/console/pupils/{office.pupil}")
    seen_by_all(page)
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen_by_all(page)
    page.get_by_label("Preparing or holding a meeting").check()
    page.get_by_role("button", name="Open the record").click()
    expect(page.get_by_role("heading", name="Open actions")).to_be_visible()
    seen_by_all(page)
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("alert")).to_be_visible()
    seen_by_all(page)
    page.get_by_label("Name", exact=False)
    page.goto(f"{office.origin}/console/pupils")
    page.get_by_label("Find by name").fill("amira")
    page.get_by_role("button", name="Find").click()
    expect(page.get_by_role("link", name="Quillfeather, Amira")).to_be_visible()
    assert "amira" not in page.url.lower()
    seen_by_all(page)
    for path in (
        f"/console/staff/{office.staff_id}",
        f"/console/staff/{office.staff_id}/leave",
        "/console/roster/slips?tutor_group=10E&year=10",
        "/console/nothing",
    ):
        page.goto(f"{office.origin}{path}")
        seen_by_all(page)


def test_axe_finds_nothing_on_what_comes_of_a_form(
    desk: Desk, office: Office, tmp_path: Path
) -> None:
    seen = desk.page(f"{office.origin}/console", signed_in(desk, office, bypass_csp=True))
    page = seen.page
    file = tmp_path / "export.csv"
    born = now().year - 15
    rows = ["Forename,Surname,DOB,Year,Reg", f"Dina,Zed,01/03/{born},10,10Z", ",X,,10,10Z"]
    file.write_text("\n".join(rows), encoding="utf-8")
    page.goto(f"{office.origin}/console/roster")
    page.get_by_label("The file", exact=True).set_input_files(file)
    page.get_by_text("More choices").click()
    page.get_by_label("The file holds some pupils only").check()
    page.get_by_role("button", name="Look at what would change").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("What would change")
    seen_by_all(page)
    page.goto(f"{office.origin}/console/staff/{office.school.staff('dsl').id}")
    page.get_by_role("button", name="Link to join").click()
    expect(page.get_by_label("The link")).to_have_value(re.compile(r"/console/join/[\w-]{40,}"))
    seen_by_all(page)


def test_axe_finds_nothing_on_a_page_for_another_role(desk: Desk, office: Office) -> None:
    desk.forgive("status of 403")
    context = signed_in(desk, office, "dsl", bypass_csp=True)
    seen = desk.page(f"{office.origin}/console/audit", context)
    expect(seen.page.get_by_role("heading", level=1)).to_have_text("This page is for another role")
    seen_by_all(seen.page)


def test_four_times_as_large_nothing_sticks_out_and_targets_are_large(
    desk: Desk, office: Office
) -> None:
    desk.forgive("status of 404")
    seen = desk.page(f"{office.origin}/console", signed_in(desk, office))
    page = seen.page
    page.set_viewport_size(ViewportSize(width=320, height=256))
    for path in PLAIN:
        page.goto(f"{office.origin}{path}")
        assert not page.evaluate("document.documentElement.scrollWidth > innerWidth"), path
        small = page.evaluate(
            """() => [...document.querySelectorAll("a, button, input, select, summary")]
                 .filter((one) => one.offsetParent && !one.closest("p, .spoken, .skip, dialog")
                   && !one.matches(".skip"))
                 .map((one) => [one.matches("[type=checkbox], [type=radio]")
                   ? one.parentElement : one, one.outerHTML.slice(0, 90)])
                 .map(([one, told]) => [one.getBoundingClientRect(), told])
                 .filter(([box]) => box.height < 43.5 || box.width < 24)
                 .map(([box, told]) => `${told} ${box.width} x ${box.height}`)"""
        )
        assert small == [], path


def pressed(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_keys_lead_on_and_can_be_off(desk: Desk, office: Office) -> None:
    seen: Watched = desk.page(f"{office.origin}/console", signed_in(desk, office))
    page = seen.page
    pressed(page, "g", "p")
    expect(page).to_have_url(f"{office.origin}/console/pupils")
    pressed(page, "j")
    rows = page.locator("table.rows tbody a")
    expect(rows.nth(0)).to_be_focused()
    pressed(page, "j", "j", "k")
    expect(rows.nth(1)).to_be_focused()
    # A letter that is typed is a letter.
    pressed(page, "/")
    field = page.get_by_label("Find by name")
    expect(field).to_be_focused()
    pressed(page, "g", "s", "?", "j")
    expect(field).to_have_value("gs?j")
    expect(page).to_have_url(f"{office.origin}/console/pupils")
    page.get_by_role("heading", level=1).click()
    pressed(page, "?")
    sheet = page.get_by_role("dialog", name="Keyboard shortcuts")
    expect(sheet).to_be_visible()
    pressed(page, "g", "s")
    expect(page).to_have_url(f"{office.origin}/console/pupils")
    sheet.get_by_label("Use keyboard shortcuts").uncheck()
    pressed(page, "Escape")
    expect(sheet).to_be_hidden()
    pressed(page, "g", "s")
    page.reload()
    pressed(page, "g", "s", "?")
    expect(page).to_have_url(f"{office.origin}/console/pupils")
    expect(sheet).to_be_hidden()
    # The sheet stays at hand in the menu, and the keys can be on again.
    page.locator(".person summary").click()
    page.get_by_role("button", name="Keyboard shortcuts").click()
    sheet.get_by_label("Use keyboard shortcuts").check()
    sheet.get_by_role("button", name="Close").click()
    pressed(page, "g", "t")
    expect(page).to_have_url(f"{office.origin}/console")


def test_who_waits_stands_in_the_title_unless_that_is_off(desk: Desk, office: Office) -> None:
    # Somebody without a queue, so that nothing but the test tells who waits.
    context = signed_in(desk, office, "administrator")
    seen = desk.page(f"{office.origin}/console", context)
    page = seen.page
    tell = """(count) => document.dispatchEvent(
        new CustomEvent("signpost:waiting", {detail: {count, more: true}}))"""
    page.evaluate(tell, 2)
    expect(page).to_have_title(re.compile(r"^\(2\) Today"))
    page.evaluate(tell, 0)
    expect(page).to_have_title(re.compile(r"^Today"))
    pressed(page, "?")
    page.get_by_label("How many wait, in the title").uncheck()
    page.evaluate(tell, 3)
    expect(page).to_have_title(re.compile(r"^Today"))


def test_who_waits_is_told_on_other_pages_once_for_all_windows(desk: Desk, office: Office) -> None:
    chat = wait_for_person(office.school)
    context = signed_in(desk, office)
    first = desk.page(f"{office.origin}/console/staff", context).page
    expect(first).to_have_title(re.compile(r"^\(1\) Staff"))
    second = desk.page(f"{office.origin}/console/audit", context).page
    expect(first).to_have_title(re.compile(r"^\(1\) Staff"))
    expect(second).to_have_title(re.compile(r"^\(1\) Audit"))
    expect(first.get_by_role("link", name="Queue (1)")).to_be_visible()
    first.goto(f"{office.origin}/console/school")
    expect(first).to_have_title(re.compile(r"^\(1\) School|^\(1\) Test"))
    office.school.run(delete_conversation_of, chat)


def wait_for_person(school: Staffed) -> str:
    """A guest who waits for a person; the conversation's id."""
    chat, guest = secrets.token_hex(16), Actor("guest")
    with school.engine.begin() as connection:
        add_conversation(
            connection,
            school.sealing,
            conversation_id=chat,
            school_id=school.school_id,
            channel="web",
            scene={},
            opening={"notice": {}, "greeting": {}},
            standing=(),
            now=now(),
        )
    told = {"origin": "reader", "urgency": 1, "way": "chat", "reason": "About vets"}
    school.run(ask, chat, actor=guest, now=now(), **told)
    school.run(consent, chat, actor=guest, now=now())
    return chat


def delete_conversation_of(connection, sealing, school_id, chat):
    delete_conversation(connection, chat, now())


def test_it_works_without_a_script(desk: Desk, office: Office) -> None:
    context = signed_in(desk, office, java_script_enabled=False)
    page = desk.page(f"{office.origin}/console/pupils", context).page
    page.get_by_label("Find by name").fill("quill ami")
    page.get_by_role("button", name="Find").click()
    page.get_by_role("link", name="Quillfeather, Amira").click()
    page.get_by_label("The pupil asked").check()
    page.get_by_role("button", name="Open the record").click()
    page.get_by_label("A note", exact=True).check()
    page.get_by_label("What it should say").fill("Talked about vets")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("status")).to_have_text("Added to the record. The pupil can read it.")
    expect(page.get_by_text("Talked about vets")).to_be_visible()


def test_forced_colours_keep_edges_and_the_focus_is_seen(desk: Desk, office: Office) -> None:
    context = signed_in(desk, office, forced_colors="active")
    page = desk.page(f"{office.origin}/console/pupils", context).page
    for part in (".button", ".tag", ".filters"):
        width = page.locator(part).first.evaluate("(one) => getComputedStyle(one).borderTopWidth")
        assert width != "0px", part
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline == "solid"
