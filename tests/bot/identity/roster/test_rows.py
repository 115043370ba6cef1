import pytest

from bot.identity.roster.columns import COLUMNS
from bot.identity.roster.mapping import map_columns
from bot.identity.roster.reading import read_table
from bot.identity.roster.rows import RosterRows, read_rows
from tests.bot.identity.roster.exports import (
    ALL,
    FIELDS,
    HEADINGS,
    HELD,
    TODAY,
    export,
    person,
    upn,
)


def rows(*people, held=ALL, system="SIMS", beginning_in=None, fields=FIELDS) -> RosterRows:
    table = read_table(export(people, system, fields=fields))
    columns = map_columns(table.headings, {}, {})
    return read_rows(table, columns, held, TODAY, beginning_in)


def reasons(read: RosterRows) -> list[tuple[int, str]]:
    assert all(one.says() for one in read.bad)
    return [(one.line, one.reason) for one in read.bad]


@pytest.mark.parametrize("system", HEADINGS)
def test_a_whole_row_of_each_system(system: str):
    said = {"gender": "Female", "send": "K - SEN support", "pp": "Yes", "eal": "N"}
    (row,) = rows(person(1, **said), system=system).rows
    details = row.details
    assert (details.given_name, details.family_name) == ("Testyb", "Exampletonb")
    assert (details.upn, details.birth_date.isoformat()) == (upn(1), "2013-03-14")
    assert (details.email, details.send) == ("pupil1@school.example", "K")
    assert (details.gender, details.pupil_premium, details.eal) == ("F", True, False)
    assert (row.year_group, row.year_7_in, row.tutor_group) == (9, 2024, "9B")


def test_only_what_is_held_goes_further():
    (row,) = rows(person(1, send="E", pp="Yes", eal="Yes"), held=HELD - {"tutor_group"}).rows
    assert row.tutor_group is None
    held = row.details
    assert (held.send, held.pupil_premium, held.eal, held.email) == (None, None, None, None)
    assert held.gender is None
    (row,) = rows(person(1), held=HELD - {"upn"}).rows
    assert row.details.upn is None
    assert row.upn == upn(1)
    # What is not held may say what it likes.
    strange = {"gender": "?", "send": "?", "pp": "?", "eal": "?", "email": "?", "upn": "?"}
    assert len(rows(person(1, **strange), held=HELD - {"upn"}).rows) == 1


def test_the_school_year_of_the_file_may_be_another():
    (row,) = rows(person(1), beginning_in=2027).rows
    assert row.year_7_in == 2025


@pytest.mark.parametrize(
    ("wrong", "reason"),
    [
        ({"given": " "}, "no_given_name"),
        ({"family": ""}, "no_family_name"),
        ({"family": "?"}, "name_empty"),
        ({"upn": upn(1)[:-1]}, "upn_length"),
        ({"upn": "8" + upn(1)[1:]}, "upn_characters"),
        ({"upn": ("A" if upn(1)[0] != "A" else "B") + upn(1)[1:]}, "upn_letter"),
        ({"born": "03/25/2013"}, "birth_date"),
        ({"born": "14/03/1980"}, "birth_date_outside"),
        ({"year": "6"}, "year_group_outside"),
        ({"year": ""}, "no_year_group"),
        ({"form": "x" * 33}, "tutor_group_long"),
        ({"email": "nobody"}, "email"),
        ({"gender": "?"}, "gender"),
        ({"send": "?"}, "send"),
        ({"pp": "?"}, "pupil_premium"),
        ({"eal": "?"}, "eal"),
        ({"upn": "", "born": ""}, "no_identity"),
    ],
)
def test_a_bad_row_is_named_by_line_and_reason_and_the_good_ones_stay(wrong, reason):
    bad = person(2, **wrong)
    read = rows(person(1, upn=upn(9)), bad, person(3))
    assert reasons(read) == [(3, reason)]
    assert [row.line for row in read.rows] == [2, 4]
    told = read.bad[0].says() + repr(read.bad[0])
    for cell in ("Exampleton", "Testy", upn(1)[1:], "25/2013"):
        assert cell not in told


def test_a_row_out_of_step_is_nobodys():
    text = export([person(1), person(2)]).decode()
    lines = text.splitlines()
    lines[1] = lines[1].replace("Testyb", "Testy, b")
    lines.append("Exampleton,Short")
    table = read_table("\n".join(lines).encode())
    read = read_rows(table, map_columns(table.headings, {}, {}), HELD, TODAY, None)
    assert reasons(read) == [(2, "cells"), (4, "cells")]
    assert read.bad[0].upn is None and read.bad[0].names is None


def test_a_row_that_says_the_same_twice_is_taken_once():
    read = rows(person(1), person(1), person(2))
    assert (len(read.rows), read.repeated, read.bad) == (2, 1, ())


def test_two_rows_for_one_pupil_that_differ_are_both_bad():
    read = rows(person(1), person(1, form="9C"), person(2))
    assert reasons(read) == [(2, "two_rows"), (3, "two_rows")]
    assert "line 3" in read.bad[0].says()
    read = rows(person(1), person(1, upn="", form="9C"))
    assert reasons(read) == [(2, "two_rows"), (3, "two_rows")]


def test_a_upn_or_an_email_used_twice():
    assert reasons(rows(person(1), person(2, upn=upn(1)))) == [(2, "upn_twice"), (3, "upn_twice")]
    same = "pupil1@SCHOOL.example"
    assert reasons(rows(person(1), person(2, email=same))) == [
        (2, "email_twice"),
        (3, "email_twice"),
    ]


def test_two_with_the_same_name_and_birthday_are_two_if_each_has_a_upn():
    assert len(rows(person(1), person(1, upn=upn(2), email="")).rows) == 2


def test_an_empty_cell_means_no_where_a_column_only_ever_says_yes():
    read = rows(person(1, pp="Y", eal="", send="K"), person(2, pp="", eal="", send=""))
    assert [row.details.pupil_premium for row in read.rows] == [True, False]
    assert [row.details.send for row in read.rows] == ["K", "N"]
    assert [row.details.eal for row in read.rows] == [None, None]
    read = rows(person(1, pp="Y"), person(2, pp=""), person(3, pp="N"))
    assert [row.details.pupil_premium for row in read.rows] == [True, None, False]


def test_strange_names_are_kept_and_hidden_characters_are_not():
    read = rows(
        person(1, given="عائشة", family="نمونه"),
        person(2, given="Te\x07sty\u202e", family="Exam\u200bpleton"),
        person(3, given="=1+1 Testy", family="[bold]Example[/]"),
    )
    assert read.with_unseen == 1
    assert [row.details.given_name for row in read.rows] == ["عائشة", "Testy", "=1+1 Testy"]


def test_one_cell_with_both_names():
    text = "Name,UPN,Year\n" + f'"Exampleton, Testy May",{upn(1)},9\nTesty Exampleton,{upn(2)},9\n'
    table = read_table(text.encode())
    read = read_rows(table, map_columns(table.headings, {}, {}), HELD, TODAY, None)
    assert [row.details.given_name for row in read.rows] == ["Testy May"]
    assert reasons(read) == [(3, "full_name")]
    assert read.given == {"given_name", "family_name", "year_group", "upn"}


def test_the_legal_name_stands_in_where_no_other_is_given():
    text = f"Preferred Surname,Legal Surname,Forename,UPN,Year\n,Legal,Testy,{upn(1)},9\n"
    table = read_table(text.encode())
    read = read_rows(table, map_columns(table.headings, {}, {}), HELD, TODAY, None)
    assert read.rows[0].details.family_name == "Legal"


def test_held_columns_are_those_that_there_are():
    assert set(COLUMNS) == ALL
