"""Destinations out of a school's file and back into one."""

import csv
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from bot.advisers.destination_files import (
    Reading,
    Refused,
    export_destinations,
    left_from,
    read_destinations,
    write_destinations,
)
from bot.records.guidance.destinations import DestinationRow, destinations_of
from bot.records.guidance.views import views_of
from bot.records.pupils import PupilDetails, add_pupil, find_pupil, leave_pupil
from knowledge.wording import Wording
from tests.bot.records.guidance.conftest import NOW, SEALING, Held, held  # noqa: F401

WORDING = Wording.load()
TODAY = date(2026, 11, 22)
UPN = "A123456789012"
HEAD = "UPN,Surname,Forename,DOB,Kind,Destination,Provider,Course,Year left,Sustained,Date"
BORN = date(2010, 3, 14)

Read = Callable[..., Reading]


@pytest.fixture
def one(held: Held) -> str:  # noqa: F811
    """A pupil of Year 11 with UPN and date of birth."""
    details = PupilDetails("Testy", "Exampleton-Smith", birth_date=BORN, upn=UPN)
    with held.engine.begin() as connection:
        return add_pupil(connection, SEALING, held.school, details, 2022, "11B", NOW)


def read(held: Held, *lines: str, head: str = HEAD) -> Reading:  # noqa: F811
    content = "\r\n".join((head, *lines)).encode()
    with held.engine.begin() as connection:
        return read_destinations(connection, SEALING, held.school, content, WORDING, TODAY)


def write(held: Held, reading: Reading) -> None:  # noqa: F811
    with held.engine.begin() as connection:
        write_destinations(connection, SEALING, held.school, reading, NOW)


def kept(held: Held, pupil: str) -> list[DestinationRow]:  # noqa: F811
    with held.engine.begin() as connection:
        return destinations_of(connection, SEALING, held.school, pupil)


def test_a_row_becomes_a_destination(held: Held, one: str):  # noqa: F811
    found = read(held, f"{UPN},,,,Actual,FE college,Kelp College,Joinery,11,No,01/10/2026")
    assert found.bad == ()
    write(held, found)
    (row,) = kept(held, one)
    assert (row.kind, row.category, row.year_group, row.sustained) == (
        *("actual", "further education"),
        *(11, False),
    )
    assert row.details.fields() == {"place": "Kelp College", "course": "Joinery"}
    assert (row.reported_on, row.reported_by) == (date(2026, 10, 1), "import")


def test_the_same_file_twice_adds_nothing(held: Held, one: str):  # noqa: F811
    line = f"{UPN},,,,Actual,Employment,,,,,2026-10-01"
    found = read(held, line, line)
    assert (len(found.adds), found.same) == (1, 1)
    write(held, found)
    again = read(held, line)
    assert (again.adds, again.same, again.sustained) == ((), 1, ())
    lasted = read(held, line.replace(",,,,,2026", ",,,,No,2026"))
    assert lasted.bad == ()
    write(held, lasted)
    (row,) = kept(held, one)
    assert row.sustained is False


def test_known_by_name_and_date_of_birth(held: Held, one: str):  # noqa: F811
    found = read(held, ",exampleton-smith,TESTY,14/03/2010,intended,Apprenticeship,,,,,")
    assert [new.pupil_id for new in found.adds] == [one]
    assert found.adds[0].reported_on == TODAY
    assert found.adds[0].year_group == 11


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("B999999999999,,,,Actual,Work,,,,,", "no_pupil"),
        ("B999999999999,Exampleton-Smith,Testy,14/03/2010,Actual,Work,,,,,", "no_pupil"),
        (",Exampleton-Smith,Testy,,Actual,Work,,,,,", "nobody"),
        (f"{UPN},,,,Maybe,Work,,,,,", "kind"),
        (f"{UPN},,,,Actual,The moon,,,,,", "category"),
        (f"{UPN},,,,Actual,Not decided yet,,,,,", "category_kind"),
        (f"{UPN},,,,Intended,Not known,,,,,", "category_kind"),
        (f"{UPN},,,,Actual,Work,,,,perhaps,", "sustained"),
        (f"{UPN},,,,Intended,Work,,,,yes,", "sustained_intended"),
        (f"{UPN},,,,Actual,Work,,,,yes,", "sustained_early"),
        (f"{UPN},,,,Actual,Not known,,,,no,", "sustained_nowhere"),
        (f"{UPN},,,,Actual,Work,,,,,31/02/2026", "date"),
        (f"{UPN},,,,Actual,Work,,,,,2026-11-23", "date"),
        (f"{UPN},,,,Actual,Work,,,6,,", "year_group"),
        (f"{UPN},,,,Actual,Work,{'x' * 201},,,,", "long"),
        (f"{UPN},,,,Actual,Work,,,,,,more", "cells"),
    ],
)
def test_bad_lines(held: Held, one: str, line: str, reason: str):  # noqa: F811
    found = read(held, f"{UPN},,,,Actual,Work,,,,,", line)
    assert [(bad.line, bad.reason) for bad in found.bad] == [(3, reason)]
    assert len(found.adds) == 1
    told = found.bad[0].says()
    assert told.startswith("Line 3 ")
    assert "Exampleton" not in told + repr(found)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n\n", "empty"),
        (b"PK\x03\x04\0\0", "text"),
        (b'Kind,Destination\n"open', "text"),
        (b"UPN,Kind\n", "missing"),
        (b"Kind,Destination,Route\n", "twice"),
        (b"x" * 20_000_001, "too_big"),
    ],
)
def test_files_that_are_refused(held: Held, content: bytes, reason: str):  # noqa: F811
    with held.engine.begin() as connection, pytest.raises(Refused) as refused:
        read_destinations(connection, SEALING, held.school, content, WORDING, TODAY)
    assert refused.value.reason == reason
    assert refused.value.says()


def test_nobody_of_another_school_is_found(held: Held, one: str):  # noqa: F811
    other = replace(held, school=held.twin_school, twin_school=held.school)
    assert [bad.reason for bad in read(other, f"{UPN},,,,Actual,Work,,,,,").bad] == ["no_pupil"]


WHO = {"name": "Quorra Plinth", "role": "careers leader", "now": NOW}


def test_every_pupil_in_it_sees_who_took_it_out(held: Held, one: str):  # noqa: F811
    write(held, read(held, f"{UPN},,,,Actual,Work,,,11,,2026-10-01"))
    with held.engine.begin() as connection:
        export_destinations(connection, SEALING, held.twin_school, WORDING, **WHO)
        assert views_of(connection, SEALING, held.school, one) == []
        export_destinations(connection, SEALING, held.school, WORDING, **WHO)
        (view,) = views_of(connection, SEALING, held.school, one)
    assert (view.name, view.role, view.viewed_at) == ("Quorra Plinth", "careers leader", NOW)
    assert view.purpose == "To pass experiences and plans on to another system of the school"
    assert held(views_of) == []  # of whom nothing is in it


def test_what_is_exported_is_read_again(held: Held, one: str):  # noqa: F811
    write(held, read(held, f"{UPN},,,,Actual,Work,=1+1,,11,no,2026-10-01"))
    with held.engine.begin() as connection:
        text = export_destinations(connection, SEALING, held.school, WORDING, **WHO)
        other = export_destinations(connection, SEALING, held.twin_school, WORDING, **WHO)
    (row,) = csv.DictReader(io.StringIO(text))
    assert row["UPN"] == UPN
    assert row["Place"] == "'=1+1"
    assert row["Destination"] == "Employment"
    assert len(other.splitlines()) == 1
    head, line = text.splitlines()
    again = read(held, line, head=head)
    assert (again.same, again.adds, again.bad) == (1, (), ())


@pytest.mark.parametrize(
    ("year_7_in", "left_on", "year", "lasts"),
    [
        (2021, date(2026, 5, 21), "", True),  # six months and a day ago
        (2021, date(2026, 5, 23), "", False),
        (2021, date(2026, 7, 20), "", False),  # school ended on 30 June: to 30 December
        (2020, None, "11", True),  # in Year 13 now, of what followed Year 11
        (2021, None, "11", False),  # in Year 12 now: Year 11 ended this summer
        (2018, date(2025, 9, 8), "", True),
        (2018, date(2026, 9, 8), "11", True),  # left Year 13 just now; it followed Year 11
    ],
)
def test_what_lasted_six_months_must_have_begun_that_long_ago(
    held: Held,  # noqa: F811
    year_7_in: int,
    left_on: date | None,
    year: str,
    lasts: bool,
):
    with held.engine.begin() as connection:
        common: tuple[Any, ...] = (connection, SEALING, held.school)
        details = PupilDetails("Testy", "Exampleton", upn=UPN)
        pupil = add_pupil(*common, details, year_7_in, None, NOW)
        if left_on is not None:
            leave_pupil(*common, pupil, left_on, NOW)
    found = read(held, f"{UPN},,,,Actual,Work,,,{year},Yes,")
    assert [bad.reason for bad in found.bad] == ([] if lasts else ["sustained_early"])
    # That it ended can be known on any day.
    assert read(held, f"{UPN},,,,Actual,Work,,,{year},No,").bad == ()


@pytest.mark.parametrize(
    ("year_7_in", "left_on", "day", "year"),
    [
        (2021, date(2026, 7, 15), date(2026, 10, 1), 11),
        (2021, date(2026, 9, 5), date(2026, 10, 1), 11),  # found gone by the autumn's roster
        (2021, None, date(2026, 10, 1), 11),  # stays for the school's own sixth form
        (2019, date(2026, 9, 5), date(2026, 10, 1), 13),
        (2018, None, date(2026, 10, 1), 13),
        (2023, date(2026, 2, 1), date(2026, 3, 1), 9),
    ],
)
def test_the_year_that_was_left(
    held: Held,  # noqa: F811
    year_7_in: int,
    left_on: date | None,
    day: date,
    year: int,
):
    with held.engine.begin() as connection:
        common: tuple[Any, ...] = (connection, SEALING, held.school)
        found = add_pupil(*common, PupilDetails("A", "B"), year_7_in, None, NOW)
        if left_on is not None:
            leave_pupil(*common, found, left_on, NOW)
        pupil = find_pupil(*common, found)
    assert pupil is not None
    assert left_from(pupil, day) == year
