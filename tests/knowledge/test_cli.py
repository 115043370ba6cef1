"""The command line of the content: what it prints, its exit codes, its one-line errors."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from knowledge import checking, links
from knowledge.cli import knowledge
from tests.knowledge.written import answer_in, fact, facts_in


def run(*arguments: str | Path) -> Result:
    return CliRunner().invoke(knowledge, [str(argument) for argument in arguments])


@pytest.fixture
def content(tmp_path: Path) -> Path:
    """A small content folder with nothing to mend."""
    answers = tmp_path / "answers"
    answer_in(
        answers, "wages", topic="pay_general", next=["talk_to_adviser"], title="What is paid",
        text="At least **{fact:wage}**.\n\n<!-- more -->\n\nIt changes in April.",
    )  # fmt: skip
    answer_in(
        answers, "wages.parents", topic="pay_general", audiences=["parents"], examples=["x"],
        text="Your child gets {fact:wage}.",
    )  # fmt: skip
    (tmp_path / "facts").mkdir()
    new = fact(value=8.0, valid_from="2026-04-01", valid_to=None)
    facts_in(tmp_path / "facts", fact(), new)
    return tmp_path


def test_check_says_that_nothing_is_to_be_mended(content: Path) -> None:
    result = run("check", "--on", "2026-05-01", "--content", content)
    assert result.exit_code == 0, result.output
    assert "Topic\tyears 7-9\tyears 10-11\tyears 12-13\tleavers\tparents" in result.output
    assert "pay_general\t0\t1\t0\t0\t1" in result.output
    assert "Topics without an answer for somebody: 1" in result.output
    assert result.output.endswith("\n0 to mend, 1 to look at, as on 1 May 2026.\n")


def test_check_lists_what_is_to_be_mended(content: Path) -> None:
    answer_in(content / "answers", "lost", topic="pay_general", examples=None, next=["nowhere"])
    result = run("check", "--on", "2026-03-01", "--content", content)
    assert result.exit_code == 1
    where = content / "answers" / "pay_general" / "lost.md"
    assert f"Names that lead nowhere: 1\n  {where}: next: nowhere is no" in result.output
    assert f"Answers that nobody can reach: 1\n  {where}: " in result.output
    assert "wage changes on 1 April 2026 from £7.55 an hour to £8.00 an hour" in result.output
    assert "2 to mend, 2 to look at" in result.output


def test_check_goes_online_only_when_asked(content: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def request(method: str, link: str, **_: Any) -> Any:
        asked.append(link)
        raise links.requests.Timeout

    monkeypatch.setattr(links.requests, "request", request)
    assert run("check", "--content", content, "--on", "2026-05-01").exit_code == 0
    assert asked == []
    result = run("check", "--online", "--content", content, "--on", "2026-05-01")
    assert sorted(asked) == ["https://www.gov.uk/pay", "https://www.gov.uk/rates"]
    assert result.exit_code == 0  # a link may only be away for a moment
    assert "Links that do not open: 2" in result.output
    assert "https://www.gov.uk/rates: no answer within 5 seconds" in result.output
    assert "Trying links" in result.stderr


@pytest.mark.parametrize("command", [("check",), ("preview", "wages")])
def test_a_file_that_cannot_be_read_is_one_clear_line(
    content: Path, command: tuple[str, ...]
) -> None:
    facts_in(content / "facts", fact(unit="mile"))
    result = run(*command, "--content", content)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr.startswith(f"Error: {content / 'facts' / 'wages.yml'}:1: the unit 'mile'")
    assert len(result.stderr.splitlines()) == 1


def test_preview_shows_text_more_buttons_sources_and_facts(content: Path) -> None:
    result = run("preview", "wages", "--on", "2026-03-31", "--content", content)
    assert result.exit_code == 0, result.output
    path = content / "answers" / "pay_general" / "wages.md"
    lines = result.output.splitlines()
    assert lines[:2] == ["What is paid", f"{path}, for years 10-11, as on 31 March 2026"]
    assert (
        "At least **£7.55 an hour (from 1 April 2026 it will be £8.00 an hour)**." in result.output
    )
    assert "When “more” is pressed:\n\nIt changes in April." in result.output
    assert "[ Talk to an adviser ]" in result.output
    assert "  GOV.UK, https://www.gov.uk/pay" in lines
    assert "  GOV.UK, Rates, checked January 2026, https://www.gov.uk/rates" in lines
    assert "confirmed; checked 10 January 2026, to be checked again by 1 December 2026" in (
        result.output
    )
    after = run("preview", "wages", "--on", "2026-04-01", "--content", content)
    assert "At least **£8.00 an hour**." in after.output


def test_preview_says_what_the_reader_is_to_check(content: Path) -> None:
    facts_in(content / "facts", fact())
    result = run("preview", "wages", "--on", "2026-04-01", "--content", content)
    assert "Check this before you decide" in result.output
    assert "wage: £7.55 an hour (has run out;" in result.output


@pytest.mark.parametrize(
    ("options", "text"),
    [
        ((), "At least"),
        (("--audience", "pupil"), "At least"),
        (("--audience", "pupil", "--year", "12"), "At least"),
        (("--audience", "parent"), "Your child gets"),
        (("--audience", "parent", "--year", "9"), "Your child gets"),
    ],
)
def test_preview_shows_what_this_reader_gets(
    content: Path, options: tuple[str, ...], text: str
) -> None:
    assert text in run("preview", "wages", *options, "--content", content).output


def test_preview_shows_the_very_file_that_is_named(content: Path) -> None:
    result = run("preview", "wages.parents", "--audience", "pupil", "--content", content)
    assert "Your child gets" in result.output


def test_preview_names_near_answers_for_an_unknown_one(content: Path) -> None:
    result = run("preview", "wage", "--content", content)
    assert result.exit_code == 1
    assert result.stderr == ('Error: There is no answer "wage". Near it: wages.\n')
    assert run("preview", "zzz", "--content", content).stderr == (
        'Error: There is no answer "zzz".\n'
    )


def test_preview_of_a_button_that_leads_nowhere(content: Path) -> None:
    answer_in(content / "answers", "lost", topic="pay_general", next=["nowhere"])
    result = run("preview", "lost", "--content", content)
    assert result.exit_code == 1
    assert "lost.md: a button leads nowhere: offers.nowhere" in result.stderr


@pytest.mark.parametrize("day", ["tomorrow", "2026-02-30"])
def test_a_day_must_be_one_of_the_calendar(day: str) -> None:
    result = run("check", "--on", day)
    assert result.exit_code == 2
    assert f"{day!r} is not a day of the calendar written as YYYY-MM-DD." in result.stderr


def test_the_projects_own_content_is_checked_without_going_online(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(links, "dead", lambda *_: pytest.fail("went online"))
    result = run("check")
    assert result.exit_code in (0, 1), result.output
    assert "Topic\t" in result.output


def test_every_kind_has_a_heading() -> None:
    assert [heading for heading, _ in checking.KINDS.values() if not heading.strip()] == []
