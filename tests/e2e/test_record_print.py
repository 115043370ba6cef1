"""My record on paper, as a browser prints the page."""

from __future__ import annotations

import io
from collections.abc import Iterator

import pytest
from playwright.sync_api import expect
from pypdf import PdfReader

from tests.e2e.pupils import add_line, other_school, type_code
from tests.widget_watch import Desk

pytestmark = pytest.mark.e2e

ON_SCREEN_ONLY = ("Change", "Delete", "See everything", "Add something", "Download as PDF")


@pytest.fixture(scope="module")
def college(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, dict[str, str]]]:
    with other_school(tmp_path_factory.mktemp("printing"), "Invented College") as found:
        yield found


def test_the_record_is_printed_without_what_is_pressed(
    desk: Desk, college: tuple[str, dict[str, str]]
) -> None:
    origin, codes = college
    watched = desk.page(f"{origin}/sign-in")
    page = watched.page
    type_code(watched, codes["Amira"])
    expect(page).to_have_url(f"{origin}/chat")
    for name in ("Staying calm", "Soldering"):
        add_line(page, origin, "skill", name=name, evidence="At the workshop")
    page.goto(f"{origin}/record")
    for words in ON_SCREEN_ONLY:
        expect(page.get_by_role("link", name=words).first).to_be_visible()
    pages = PdfReader(io.BytesIO(page.pdf(format="A4"))).pages
    printed = " ".join(" ".join(one.extract_text() for one in pages).split())
    for words in ("My record", "Staying calm", "Soldering", "At the workshop"):
        assert words in printed
    for words in ON_SCREEN_ONLY:
        assert words not in printed, words
