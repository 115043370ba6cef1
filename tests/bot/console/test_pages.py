"""What pages are put together from."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from jinja2 import UndefinedError

from bot.console.pages import (
    HERE,
    Pages,
    Sheet,
    address,
    clock_told,
    moment_told,
    waited_told,
    way_of,
    ways,
)
from bot.identity.staff.roles import PERMISSIONS

TEMPLATES = sorted((HERE / "templates").rglob("*.html"))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_templates_have_no_inline_script_or_style_and_trust_little(path: Path):
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]*src=)|javascript:", text)
    trusted = re.findall(r"\{\{([^}]*\|\s*safe[^}]*)\}\}", text)
    assert all(one.strip().startswith(("svg", "picture")) for one in trusted), trusted
    Pages()._environment.get_template(str(path.relative_to(HERE / "templates")))


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.name)
def test_forms_that_may_change_something_carry_the_token(path: Path):
    text = path.read_text(encoding="utf-8")
    for form in re.findall(r"<form[^>]*method=\"post\".*?</form>", text, re.DOTALL):
        assert 'name="csrf"' in form or "csrf_field()" in form, path.name


def test_a_value_that_is_missing_is_an_error_and_none_is_taken_for_html(tmp_path: Path):
    (tmp_path / "one.html").write_text("<p>{{ name }}</p>{{ file('icon.svg') }}")
    pages = Pages(tmp_path)
    assert "<p>&lt;b&gt;</p>" in pages.render("one.html", {"name": "<b>"})
    with pytest.raises(UndefinedError):
        pages.render("one.html", {})


def test_a_file_has_another_address_once_it_changed(tmp_path: Path):
    file = tmp_path / "x.css"
    file.write_text("a {}")
    pages = Pages(static=tmp_path)
    before = pages.file("x.css")
    assert before == pages.file("x.css")
    assert before.startswith("/console/static/x.css?v=")
    file.write_text("a { color: red }")
    import os

    os.utime(file, ns=(1, 1))
    assert pages.file("x.css") != before


@pytest.mark.parametrize(
    ("asked", "rows", "sheet"),
    [
        (None, 0, Sheet(1, 1, 0, 0)),
        ("1", 100, Sheet(1, 1, 100, 0)),
        ("2", 101, Sheet(2, 2, 101, 100)),
        ("3", 101, Sheet(2, 2, 101, 100)),
        ("0", 101, Sheet(1, 2, 101, 0)),
        ("-1", 101, Sheet(1, 2, 101, 0)),
        ("٢", 101, Sheet(1, 2, 101, 0)),
        ("9" * 40, 101, Sheet(1, 2, 101, 0)),
    ],
)
def test_pages_of_a_list(asked: str | None, rows: int, sheet: Sheet):
    assert Sheet.of(asked, rows) == sheet
    assert sheet.offset == sheet.first_row


def test_the_address_of_another_page_keeps_the_choices():
    query = {"year": "11", "page": "4", "need": "", "tutor_group": "10 E&F"}
    assert address("/x", query, 2) == "/x?year=11&tutor_group=10+E%26F&page=2"


def test_ways_have_permissions_and_keys_of_their_own():
    keys = [one.key for one in ways() if one.key]
    assert len(keys) == len(set(keys))
    assert {"q", "p", "m", "d"} <= set(keys)
    assert not set(keys) & {"j", "k", "g", "?", "/"}
    for one in ways():
        assert one.permission in PERMISSIONS


def test_a_page_belongs_to_the_longest_way_that_it_begins_with():
    assert way_of("/console", ways()) == "/console"
    assert way_of("/console/pupils/1/record", ways()) == "/console/pupils"
    assert way_of("/console/pupilsx", ways()) is None
    assert way_of("/console/nothing", ways()) is None


def test_times_are_englands():
    summer = datetime(2026, 7, 1, 13, 2, tzinfo=UTC)
    assert clock_told(summer) == "14:02"
    assert moment_told(summer) == "1 July 2026, 14:02"
    assert clock_told(datetime(2026, 12, 1, 13, 2, tzinfo=UTC)) == "13:02"


@pytest.mark.parametrize(
    ("minutes", "told"),
    [(-3, "0 min"), (0, "0 min"), (59, "59 min"), (60, "1 hour"), (125, "2 hours"),
     (24 * 60, "1 day"), (50 * 60, "2 days")],
)  # fmt: skip
def test_how_long_ago(minutes: int, told: str):
    now = datetime(2026, 11, 23, 9, tzinfo=UTC)
    assert waited_told(now - timedelta(minutes=minutes), now) == told
