"""Pupils of the running service, as a school's office brings them in: a roster, and slips."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from playwright.sync_api import Locator, Page, expect
from pypdf import PdfReader

from tests.real_service import ROOT, SIGNPOST, clean_environment, until
from tests.widget_watch import Desk, Watched

TUTOR_GROUP = "10E"
FAMILY_NAME = "Quillfeather"
NAMES = ("Amira", "Bela", "Cora", "Dina", "Esme", "Finn", "Gus", "Hana", "Ivy", "Jun")
_SLIP = re.compile(rf"(\w+) {FAMILY_NAME[0]}\. {TUTOR_GROUP}\s+Your code: (\w{{5}}-\w{{5}})")


def told(data: Path, *command: str, **environment: str) -> str:
    """What `./signpost` prints for a command on the data of an installation."""
    done = subprocess.run(
        [SIGNPOST, *command],
        cwd="/",
        env=clean_environment() | {"SIGNPOST_DATA_DIR": str(data)} | environment,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def enrolled(data: Path, folder: Path, year_group: int, **environment: str) -> dict[str, str]:
    """Import a roster of NAMES and print their slips; the codes on paper by first name."""
    today = date.today()
    begins = today.year if today.month >= 9 else today.year - 1
    born = begins - year_group - 4
    rows = [
        f"{name},{FAMILY_NAME},{day:02}/03/{born},{year_group},{TUTOR_GROUP}"
        for day, name in enumerate(NAMES, 1)
    ]
    roster, slips = folder / "roster.csv", folder / "slips.pdf"
    roster.write_text("\n".join(["Forename,Surname,DOB,Year,Reg", *rows]) + "\n")
    assert "Written." in told(data, "roster", "import", str(roster), "--yes", **environment)
    told(data, "slips", str(slips), "--tutor-group", TUTOR_GROUP, **environment)
    paper = "\n".join(page.extract_text() for page in PdfReader(slips).pages)
    codes = dict(_SLIP.findall(paper))
    assert sorted(codes) == list(NAMES)
    return codes


@contextmanager
def other_school(folder: Path, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Another installation, at a college: its origin, and the codes of its pupils."""
    data = folder / "data"
    environment = {"SIGNPOST_SCHOOL_NAME": name}
    codes = enrolled(data, folder, 12, **environment)
    with gateway(data, **environment) as origin:
        yield origin, codes


@contextmanager
def gateway(data: Path, **environment: str) -> Iterator[str]:
    """The gateway of another installation, with a store and keys of its own: its origin.

    Its chat is not asked anything, so that it has no engine.
    """
    said = data.parent / "said.txt"
    with said.open("w") as stderr:
        process = subprocess.Popen(
            [sys.executable, "-m", "bot.channels.web", "--port", "0"],
            cwd=ROOT,
            env=clean_environment() | {"SIGNPOST_DATA_DIR": str(data)} | environment,
            stderr=stderr,
        )
    try:
        listening = re.compile(r"http://[\w.:]+")
        until(lambda: bool(listening.search(said.read_text())), "the gateway listens")
        found = listening.search(said.read_text())
        assert found
        yield found[0]
    finally:
        process.terminate()
        process.wait(20)


# ---- in the browser


def signed_in(desk: Desk, origin: str, code: str, **how: bool) -> Watched:
    """A pupil who has typed the code of the slip, before the chat."""
    watched = desk.page(f"{origin}/sign-in", **how)
    type_code(watched, code)
    expect(watched.page).to_have_url(f"{origin}/chat")
    expect(watched.field).to_be_focused()
    return watched


def type_code(watched: Watched, code: str) -> None:
    watched.page.get_by_label("Your code").fill(code)
    watched.page.get_by_role("button", name="Sign in").click()


def press(chat: Watched, name: str) -> None:
    """Press a button of the last reply and wait for its answer."""
    answered = chat.replies.count()
    chat.replies.last.get_by_role("button", name=name, exact=True).click()
    expect(chat.replies).to_have_count(answered + 1)


def timeline(page: Page) -> Locator:
    return page.locator(".timeline > li")


def lines_read(page: Page) -> list[str]:
    """What each line of the timeline says, without where it is from."""
    texts: list[str] = timeline(page).evaluate_all(
        """(lines) => lines.map((line) =>
             [...line.querySelectorAll(":scope > h3, :scope > p:not(.small)")]
               .map((part) => part.innerText).join(" | "))"""
    )
    return sorted(texts)


def add_line(page: Page, origin: str, kind: str, **fields: str) -> None:
    """Fill in the form for a line of that kind and send it."""
    page.goto(f"{origin}/record/add/{kind}")
    for name, value in fields.items():
        field = page.locator(f"#{name}")
        if name == "type":
            field.select_option(value)
        else:
            field.fill(value)
    page.get_by_role("button", name="Add it to my record").click()
    expect(page).to_have_url(re.compile(r"/record#"))
