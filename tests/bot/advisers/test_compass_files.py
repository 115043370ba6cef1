"""Careers records out of a file and into one: what enters, what waits, what is left out."""

import csv
import io
import re
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from bot.advisers.compass_files import (
    Reading,
    export_compass,
    read_compass,
    write_compass,
)
from bot.advisers.compass_rows import WORDING as FILE_WORDING
from bot.advisers.compass_rows import Refused, Words, csv_cell, from_cell, read_rows
from bot.records.guidance.bodies import ENCOUNTERS
from bot.records.guidance.bundle import bundle_of
from bot.records.guidance.destinations import add_destination, destinations_of
from bot.records.guidance.imported import FILE, answer_imported, take_out, waiting_of
from bot.records.guidance.lines import CONFIRMED_KINDS, add_line, correct_line, lines_of
from bot.records.guidance.views import views_of
from bot.records.models import Proposal
from bot.records.pupils import PupilDetails, add_pupil, leave_pupil
from knowledge.wording import Wording
from tests.bot.records.guidance.conftest import EXPERIENCE, NOW, SEALING, Held, held  # noqa: F401

WORDING = Wording.load()
TODAY, MADE_ON = date(2026, 11, 22), date(2026, 7, 17)
UPN = "A123456789012"
BORN = date(2010, 3, 14)
HEAD = (
    "UPN,Surname,Forename,DOB,Gatsby Benchmark,Type,Activity,Organisation,Date,Destination,"
    "Course,Do it by"
)
TALK = f"{UPN},,,,5,Encounter with an employer,Talk on welding,Kelp Marine,01/10/2025,,,"


class School:
    """A school with one pupil who has a UPN and a date of birth."""

    def __init__(self, held: Held) -> None:  # noqa: F811
        self.held = held
        details = PupilDetails("Testy", "Exampleton-Smith", birth_date=BORN, upn=UPN)
        with held.engine.begin() as connection:
            self.pupil = add_pupil(connection, SEALING, held.school, details, 2021, "11B", NOW)

    def __call__(self, work: Any, *args: Any, **more: Any) -> Any:
        with self.held.engine.begin() as connection:
            return work(connection, SEALING, self.held.school, self.pupil, *args, **more)

    def read(self, *lines: str, head: str = HEAD) -> Reading:
        return self._all(read_compass, content(*lines, head=head), WORDING, MADE_ON, TODAY)

    def write(self, *lines: str, head: str = HEAD) -> Reading:
        reading = self.read(*lines, head=head)
        told = content(*lines, head=head)
        self._all(write_compass, reading, told, WORDING, MADE_ON, NOW)
        return reading

    def export(self, **more: Any) -> list[dict[str, str]]:
        who = {"name": "Quorra Plinth", "role": "careers leader", "now": NOW}
        text, number = self._all(export_compass, WORDING, **{**who, **more})
        rows = [*csv.DictReader(io.StringIO(text))]
        assert len(rows) == number
        self.text = text
        return rows

    def _all(self, work: Any, *args: Any, **more: Any) -> Any:
        with self.held.engine.begin() as connection:
            return work(connection, SEALING, self.held.school, *args, **more)


def content(*lines: str, head: str = HEAD) -> bytes:
    return "\r\n".join((head, *lines)).encode()


def reasons(reading: Reading) -> list[tuple[int, str]]:
    for one in (*reading.bad, *reading.conflicts):
        assert one.says().startswith(f"Line {one.line} ")
        assert one.says().endswith(".")
    return [(one.line, one.reason) for one in (*reading.bad, *reading.conflicts)]


@pytest.fixture
def school(held: Held) -> School:  # noqa: F811
    return School(held)


def test_nothing_is_written_by_reading(school: School):
    reading = school.read(TALK, f"{UPN},,,,,Career interest,Be a welder,,,,,")
    assert (len(reading.adds), reading.same, reading.bad) == (2, 0, ())
    assert school(lines_of) == school(waiting_of) == []


def test_an_experience_enters_marked_with_the_files_day(school: School):
    school.write(TALK)
    (line,) = school(lines_of)
    assert line.body.fields() == {
        "type": "employer",
        "where": "Kelp Marine",
        "did": "Talk on welding",
        "learnt": "Not said",
    }
    assert (line.happened_on, line.provenance) == (date(2025, 10, 1), "import")
    said = line.source.pop("said")
    assert line.source == {"file": FILE, "on": "2026-07-17"}
    assert re.fullmatch("[0-9a-f]{64}", said)
    assert line.confirmed_at is None
    assert line.correctable
    assert school.read(TALK).same == 1


def test_without_an_organisation_the_activity_stands_for_it(school: School):
    school.write(f"{UPN},,,,6,,Warehouse visit,,2026-03-01,,,")
    (line,) = school(lines_of)
    assert (line.body.type, line.body.where, line.body.did) == (
        "workplace",
        "Warehouse visit",
        "Not said",
    )


def test_an_intended_destination_enters(school: School):
    row = f"{UPN},,,,3,Intended destination,,Kelp College,2026-06-01,FE college,Welding,"
    school.write(row)
    (place,) = school(destinations_of)
    assert (place.kind, place.category, place.reported_by) == (
        "intended",
        "further education",
        "import",
    )
    assert place.details.fields() == {
        "place": "Kelp College",
        "course": "Welding",
        "brought_on": "2026-07-17",
    }
    assert (place.year_group, place.reported_on) == (11, date(2026, 6, 1))
    assert school.read(row).same == 1
    other = row.replace("FE college", "Apprenticeship")
    assert reasons(school.read(other)) == [(2, "conflict_intended")]


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("aspiration", f"{UPN},,,,,Career interest,Be a welder,,01/02/2024,,,"),
        ("decision", f"{UPN},,,,,Decision,Leave for college,,01/02/2024,,,"),
        ("action", f"{UPN},,,,,Action,Ring the college,the tutor,01/02/2024,,,01/12/2026"),
    ],
)
def test_what_a_pupil_decides_only_waits_for_the_pupil(school: School, kind: str, row: str):
    school.write(row)
    assert school(lines_of) == []
    (waiting,) = school(waiting_of)
    assert waiting.kind == kind
    assert school.read(row).same == 1  # it waits already
    line = school(answer_imported, waiting.id, True, NOW)
    assert (line.kind, line.happened_on) == (kind, date(2024, 2, 1))
    assert line.confirmed_at is not None
    assert line.source["file"] == FILE
    if kind == "action":
        assert (line.due_on, line.body.helper) == (date(2026, 12, 1), "the tutor")
    assert school(waiting_of) == []
    assert school.read(row).same == 1


def test_a_no_is_a_no_next_time_too(school: School):
    row = f"{UPN},,,,,Career interest,Be a welder,,01/02/2024,,,"
    school.write(row)
    (waiting,) = school(waiting_of)
    assert school(answer_imported, waiting.id, False, NOW) is None
    assert school.read(row, row.replace("Be a welder", "be a  WELDER")).same == 2
    assert school(lines_of) == []


def test_what_the_pupil_deleted_does_not_come_back(school: School, held: Held):  # noqa: F811
    school.write(TALK, TALK.replace("Kelp Marine", "Another"))
    line = next(one for one in school(lines_of) if one.body.where == "Kelp Marine")
    assert school(take_out, line.id, NOW)
    assert not school(take_out, line.id, NOW)
    again = school.write(TALK, TALK.replace("Kelp Marine", "KELP  marine"))
    assert (again.adds, again.same, again.conflicts) == ((), 2, ())
    assert [one.body.where for one in school(lines_of)] == ["Another"]
    # Nothing readable of it is kept.
    told = str(school(bundle_of, NOW))
    assert "Kelp Marine" not in told
    assert "Talk on welding" in told  # of the other one
    with held.engine.begin() as connection:
        row = connection.execute(select(Proposal.__table__)).one()
    assert SEALING.open(row.body) == {}
    assert row.source.keys() == {"file", "on", "said"}
    assert (row.outcome, row.conversation_id, row.due_on) == ("declined", None, None)


def test_what_the_pupil_changed_does_not_come_a_second_time(school: School):
    school.write(TALK)
    (line,) = school(lines_of)
    body = {**line.body.fields(), "where": "Kelp Marine in Hull", "learnt": "Wiring"}
    school(correct_line, line.id, body, NOW, happened_on=date(2025, 10, 2))
    assert (school.read(TALK).adds, school.read(TALK).same) == ((), 1)
    (line,) = school(lines_of)
    assert school(take_out, line.id, NOW)
    assert school.read(TALK).adds == ()


@pytest.mark.parametrize("kind", ["Career interest", "Decision", "Action"])
def test_what_was_agreed_to_and_deleted_is_not_asked_again(school: School, kind: str):
    row = f"{UPN},,,,,{kind},Be a welder,,01/02/2024,,,"
    school.write(row)
    (waiting,) = school(waiting_of)
    line = school(answer_imported, waiting.id, True, NOW)
    assert school(take_out, line.id, NOW)
    assert (school.read(row).adds, school(waiting_of)) == ((), [])


def test_what_another_pupil_deleted_still_comes(school: School, held: Held):  # noqa: F811
    details = PupilDetails("Zebedee", "Quillfeather", upn="A999999999999")
    with held.engine.begin() as connection:
        add_pupil(connection, SEALING, held.school, details, 2021, "11B", NOW)
    school.write(TALK)
    (line,) = school(lines_of)
    school(take_out, line.id, NOW)
    assert len(school.read(TALK.replace(UPN, "A999999999999")).adds) == 1


kinds = st.sampled_from(["Career interest", "Decision", "Action"])


@given(st.lists(st.tuples(kinds, st.text(st.characters(categories=["L"]), min_size=1)), max_size=6))
def test_no_row_of_such_a_kind_is_ever_a_line(told: list[tuple[str, str]]):
    text = io.StringIO()
    csv.writer(text).writerows([HEAD.split(","), *(
        [UPN, "", "", "", "", kind, said, "", "", "", "", ""] for kind, said in told)])  # fmt: skip
    rows, bad = read_rows(text.getvalue().encode(), Words.of(WORDING), TODAY)
    assert bad == []
    assert all(row.type in CONFIRMED_KINDS for row in rows)


def test_a_row_twice_is_one(school: School):
    reading = school.write(TALK, TALK, TALK.replace("Kelp Marine", "KELP  marine"))
    assert (len(reading.adds), reading.same) == (1, 2)
    assert len(school(lines_of)) == 1


def test_what_the_pupil_wrote_stays(school: School):
    body = {**EXPERIENCE, "type": "employer", "where": "kelp marine"}
    values = {"provenance": "pupil", "source": {}, "now": NOW, "happened_on": date(2025, 10, 1)}
    school(add_line, kind="experience", body=body, **values)
    assert reasons(school.read(TALK)) == [(2, "conflict_experience")]
    assert school.read(TALK.replace("Talk on welding", "")).same == 1
    reading = school.write(TALK.replace("Kelp Marine", "Another"))
    assert len(reading.adds) == 1
    assert len(school(lines_of)) == 2


def test_by_name_and_birth_date_where_there_is_no_upn(school: School):
    row = TALK.replace(f"{UPN},,,", ",exampleton-smith,TESTY,14/03/2010")
    assert len(school.read(row).adds) == 1
    assert reasons(school.read(row.replace("2010", "2011"))) == [(2, "bad_no_pupil")]
    assert reasons(school.read(TALK.replace(f"{UPN},,,", ",,Testy,"))) == [(2, "bad_nobody")]


def test_a_upn_under_another_name_is_left_out(school: School):
    slipped = TALK.replace(f"{UPN},,", f"{UPN},Otherly,Somebody")
    assert reasons(school.read(slipped)) == [(2, "bad_upn_of_another")]
    married = TALK.replace(f"{UPN},,", f"{UPN},Otherly,Testy")
    assert len(school.read(married).adds) == 1


def test_a_pupil_of_another_school_is_nobody(school: School, held: Held):  # noqa: F811
    row = ",Quillfeather,Zebedee,14/03/2010,5,,Talk,Kelp,01/10/2025,,,"
    details = PupilDetails("Zebedee", "Quillfeather", birth_date=BORN, upn="A999999999999")
    with held.engine.begin() as connection:
        add_pupil(connection, SEALING, held.twin_school, details, 2021, "11B", NOW)
    assert reasons(school.read(row, TALK.replace(UPN, "A999999999999"))) == [
        (2, "bad_no_pupil"),
        (3, "bad_no_pupil"),
    ]


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f"{UPN},,,,,Skydiving,x,y,01/10/2025,,,", "bad_type"),
        (f"{UPN},,,,,,x,y,01/10/2025,,,", "bad_type_missing"),
        (f"{UPN},,,,7,,x,y,01/10/2025,,,", "bad_type_missing"),
        (f"{UPN},,,,5 and 6,,x,y,01/10/2025,,,", "bad_type_missing"),
        (f"{UPN},,,,9,,x,y,01/10/2025,,,", "bad_benchmark"),
        (f"{UPN},,,,none,Project,x,y,01/10/2025,,,", "bad_benchmark"),
        (f"{UPN},,,,6,Encounter with an employer,x,y,01/10/2025,,,", "bad_benchmark_type"),
        (f"{UPN},,,,5,,x,y,,,,", "bad_date_missing"),
        (f"{UPN},,,,5,,x,y,31/02/2025,,,", "bad_date"),
        (f"{UPN},,,,5,,x,y,23/11/2026,,,", "bad_date"),
        (f"{UPN},,,,5,,x,y,01/10/1999,,,", "bad_date"),
        (f"{UPN},,,,5,,,,01/10/2025,,,", "bad_nothing"),
        (f"{UPN},,,,5,,Employer talk,,01/10/2025,,,", "bad_nothing"),
        (f"{UPN},,,,5,,{'x' * 201},,01/10/2025,,,", "bad_long_organisation"),
        (f"{UPN},,,,5,,{'x' * 2001},y,01/10/2025,,,", "bad_long_activity"),
        (f"{UPN},,,,5,,x,{'y' * 201},01/10/2025,,,", "bad_long_organisation"),
        (f"{UPN},,,,,Intended destination,,,,The moon,,", "bad_destination"),
        (f"{UPN},,,,,Intended destination,,,,NEET,,", "bad_destination"),
        (f"{UPN},,,,,Career interest,,,,,,", "bad_text_missing"),
        (f"{UPN},,,,,Action,Ring,,,,,soon", "bad_due"),
        (f"{UPN},,,,5,,x,y,01/10/2025,,,,more", "bad_cells"),
        ("A000000000000,,,,5,,x,y,01/10/2025,,,", "bad_no_pupil"),
    ],
)
def test_a_bad_row_is_told_by_line_and_reason(school: School, row: str, reason: str):
    reading = school.read(TALK, row)
    assert reasons(reading) == [(3, reason)]
    assert len(reading.adds) == 1
    assert "Exampleton" not in reading.bad[0].says()


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        (b"", "empty"),
        (b"\0", "text"),
        (b'UPN,Type,Date\n"x', "text"),
        (b"UPN,Type\n", "missing"),
        (b"UPN,Date\n", "missing"),
        (b"Type,Date\n", "missing"),
        (b"UPN,Type,Activity type,Date\n", "twice"),
        (b"x" * 20_000_001, "too_big"),
    ],
)
def test_a_file_that_is_none(school: School, told: bytes, reason: str):
    with pytest.raises(Refused) as found:
        school._all(read_compass, told, WORDING, MADE_ON, TODAY)
    assert found.value.reason == reason
    assert found.value.says().endswith((".", "?"))


def test_a_file_of_tomorrow(school: School):
    later = TODAY + timedelta(days=1)
    with pytest.raises(Refused, match="made_on"):
        school._all(read_compass, content(TALK), WORDING, later, TODAY)


def test_what_changed_meanwhile_is_not_written(school: School):
    reading = school.read(TALK)
    school.write(TALK)
    with pytest.raises(Refused, match="changed"):
        school._all(write_compass, reading, content(TALK), WORDING, MADE_ON, NOW)
    assert len(school(lines_of)) == 1


# ---- out


def place(school: School, **more: Any) -> None:
    values: dict[str, Any] = {
        "kind": "intended",
        "category": "apprenticeship",
        "details": {"place": "Kelp Marine", "course": "Welding"},
        "year_group": 11,
        "reported_by": "pupil",
        "reported_on": date(2026, 11, 1),
        "now": NOW,
    }
    school(add_destination, **{**values, **more})


def own(school: School, **more: str) -> None:
    body = {**EXPERIENCE, "type": "workplace", **more}
    values = {"provenance": "pupil", "source": {}, "now": NOW, "happened_on": date(2026, 3, 1)}
    school(add_line, kind="experience", body=body, **values)


def test_out_and_in_again_is_the_same(school: School):
    own(school, where="=1+1")
    for encounter in ENCOUNTERS:
        own(school, type=encounter, where=f"place of {encounter}")
    place(school)
    school.write(TALK, f"{UPN},,,,6,,Warehouse visit,,2026-03-01,,,")
    rows = school.export()
    assert len(rows) == len(ENCOUNTERS) + 4
    reading = school._all(read_compass, school.text.encode(), WORDING, MADE_ON, TODAY)
    assert (reading.adds, reading.same) == ((), len(rows))
    assert reasons(reading) == []


def test_at_another_school_the_same_experiences(school: School, held: Held):  # noqa: F811
    own(school, where="Kelp Marine")
    place(school)
    school.export()
    details = PupilDetails("Testy", "Exampleton-Smith", upn=UPN)
    with held.engine.begin() as connection:
        there = add_pupil(connection, SEALING, held.twin_school, details, 2021, None, NOW)
        told = (connection, SEALING, held.twin_school)
        read = school.text.encode()
        reading = read_compass(*told, read, WORDING, MADE_ON, TODAY)
        write_compass(*told, reading, read, WORDING, MADE_ON, NOW)
        (line,) = lines_of(*told, there)
        (planned,) = destinations_of(*told, there)
    assert (line.body.type, line.body.where, line.happened_on) == (
        "workplace",
        "Kelp Marine",
        date(2026, 3, 1),
    )
    assert (planned.category, planned.details.place) == ("apprenticeship", "Kelp Marine")


def test_what_the_pupil_wrote_of_it_is_not_in_it(school: School):
    own(school)
    for kind in ("aspiration", "decision", "barrier", "note"):
        values = {"provenance": "pupil", "source": {}, "now": NOW}
        school(add_line, kind=kind, body={"text": "counts narwhals"}, **values)
    (row,) = school.export()
    assert row["Type"] == row["Activity"] == "Experience of a workplace"
    for said in (EXPERIENCE["did"], EXPERIENCE["learnt"], EXPERIENCE["reflection"], "narwhals"):
        assert said not in school.text


def test_every_pupil_in_it_sees_who_took_it_out(school: School, held: Held):  # noqa: F811
    own(school)
    school.export()
    (view,) = school(views_of)
    assert (view.name, view.role, view.viewed_at) == ("Quorra Plinth", "careers leader", NOW)
    assert view.purpose == "To pass experiences and plans on to another system of the school"
    assert held(views_of) == []  # the other pupil has nothing that could be in it


def test_leavers_only_when_asked_for(school: School):
    own(school)
    with school.held.engine.begin() as connection:
        leave_pupil(connection, SEALING, school.held.school, school.pupil, TODAY, NOW)
    assert school.export() == []
    assert len(school.export(leavers=True)) == 1


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "'=", "''@"])
def test_no_cell_is_a_formula(school: School, begins: str):
    own(school, where=f"{begins}cmd|' /C calc'!A1")
    place(school, details={"place": f"{begins}1+1", "course": f"{begins}1+1"})
    rows = school.export()
    assert [row["Organisation"][0] for row in rows] == ["'", "'"]
    for cell in (cell for row in rows for cell in row.values()):
        assert not cell.startswith(("=", "+", "-", "@", "\t", "\r", "\n"))


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n", "'="])
def test_a_cell_that_would_be_one_is_marked(begins: str):
    assert csv_cell(f"{begins}1+1") == f"'{begins}1+1"


@given(st.text(max_size=12) | st.text("'=+-@\t\r\n x", max_size=6))
def test_a_cell_gives_its_text_back(text: str):
    assert from_cell(csv_cell(text)) == text


def test_the_words_of_the_file_hold_together():
    words = Words.of(WORDING)
    assert {one.id for one in words.types} == {
        *ENCOUNTERS,
        "intended",
        "aspiration",
        "decision",
        "action",
    }
    assert set(words.benchmarks) <= {one.id for one in words.types}
    spoken = [word for one in words.types for word in (one.label.casefold(), *one.words)]
    assert len(set(spoken)) == len(spoken)
    # What the chat writes for a step that was skipped: both are shown in the same way.
    assert FILE_WORDING.say("compass.not_said") == WORDING.say("record_talk.not_said")
