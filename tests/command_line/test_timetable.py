"""`timetable` and `mail`: lessons brought in from a file, and how the outbox stands."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bot.advisers.mail.outbox import put
from bot.advisers.meetings.school_rules import rules_of
from bot.advisers.meetings.timetable_files import NoTimetable, read_timetable
from bot.command_line.mail import mail
from bot.command_line.school_store import school_store
from bot.command_line.timetable import timetable
from bot.records.audit.search import search
from bot.records.meetings.hours import LessonRow, lessons_of, lessons_to_avoid

Run = Callable[..., Result]
WHOLE = """Tutor group,Day,Week,Start,End,Subject,Avoid
11B,Mon,A,9:00,10:00,Maths,yes
11B,Tuesday,,10.00,11:00,English,
11B,Fri,b,14:00,15:00,PE,no
*,Wednesday,,12:00,12:20,Assembly,y
"""


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SIGNPOST_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SIGNPOST_DATABASE_URL", "")

    def call(content: str | bytes, *arguments: str, code: int = 0) -> Result:
        file = tmp_path / "timetable.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        found = CliRunner().invoke(timetable, [str(file), *arguments], prog_name="timetable")
        assert found.exit_code == code, found.output
        return found

    return call


def kept() -> list[LessonRow]:
    with school_store() as school:
        return school.read(lessons_of, school.id)


def test_lessons_are_read_in_many_spellings(run: Run):
    said = run(WHOLE, "--yes", "--week-a", "2026-09-09").output
    assert "4 lessons of 2 tutor groups, 3 of them not to be missed." in said
    assert kept() == [
        LessonRow("*", 2, "", time(12), time(12, 20), "Assembly", True),
        LessonRow("11B", 1, "", time(10), time(11), "English", True),
        LessonRow("11B", 0, "A", time(9), time(10), "Maths", True),
        LessonRow("11B", 4, "B", time(14), time(15), "PE", False),
    ]
    with school_store() as school:
        assert school.read(rules_of, school.id).week_a == date(2026, 9, 7)
        avoid = school.read(lessons_to_avoid, school.id, "11B")
        assert sorted(one.subject for one in avoid) == ["Assembly", "English", "Maths"]
        rows = school.read(search, school.sealing, school.id).rows
        assert [one.action for one in rows] == ["timetable replaced"]


def test_a_new_timetable_takes_the_place_of_the_one_before(run: Run):
    run(WHOLE, "--yes")
    run("group;day;from;to".replace(";", ",") + "\n10A,1,08:30,09:30\n", "--yes")
    assert kept() == [LessonRow("10A", 0, "", time(8, 30), time(9, 30), "", True)]


def test_nothing_is_written_without_a_yes(run: Run):
    assert "Nothing was written" in run(WHOLE).output
    assert kept() == []


def test_two_weeks_want_a_day_to_count_from(run: Run):
    assert "--week-a" in run(WHOLE, "--yes").output
    assert "--week-a" not in run(WHOLE, "--yes", "--week-a", "2026-09-07").output


@pytest.mark.parametrize(
    ("row", "why"),
    [(",Mon,9:00,10:00", "tutor group"), ("11B,Sunday,9:00,10:00", "day is none"),
     ("11B,Mon,10:00,9:00", "times"), ("11B,Mon,25:00,26:00", "times"),
     ("11B,Mon,nine,ten", "times"), (f"{'x' * 33},Mon,9:00,10:00", "tutor group")],
)  # fmt: skip
def test_a_bad_row_is_told_by_its_line_and_left_out(run: Run, row: str, why: str):
    said = run(f"group,day,begins,ends\n{row}\n11B,Mon,9:00,10:00\n", "--yes").output
    assert "Line 2" in said
    assert why in said
    assert len(kept()) == 1


@pytest.mark.parametrize(
    "content", ["", "name,age\nx,1\n", "group,day,begins,ends\n", "group,day,begins,ends\nx\n"]
)
def test_what_is_no_timetable_changes_nothing(run: Run, content: str):
    run(WHOLE, "--yes")
    run(content, "--yes", code=1)
    assert len(kept()) == 4


def test_windows_text_is_read_and_too_large_a_file_is_not():
    found = read_timetable("group,day,begins,ends,subject\n11B,Mon,9:00,10:00,Fran\xe7ais\n"
                           .encode("cp1252"))  # fmt: skip
    assert found.lessons[0].subject == "Français"
    with pytest.raises(NoTimetable):
        read_timetable(b"group,day,begins,ends\n" + b"x" * (4 * 1024 * 1024))


def test_the_outbox_is_told_in_a_sentence(run: Run, monkeypatch: pytest.MonkeyPatch):
    with school_store() as school:
        school.write(
            put, school.sealing, school.id,
            once="a", to="a@b.example", subject="s", text="t", now=datetime.now(UTC),
        )  # fmt: skip
    said = CliRunner().invoke(mail).output
    assert "no mail server is named" in said
    assert "1 wait" in said
    monkeypatch.setenv("SIGNPOST_MAIL_HOST", "mail.example")
    monkeypatch.setenv("SIGNPOST_MAIL_FROM", "careers@school.example")
    said = CliRunner().invoke(mail).output
    assert said.startswith("Mails go out by mail.example. Waiting: 1.")
