"""What a roster would change, seen through the store: each roster follows an earlier one."""

from datetime import date

import pytest

from bot.identity.roster.applying import Preview
from bot.identity.roster.columns import Refused
from tests.bot.identity.roster.conftest import Office
from tests.bot.identity.roster.exports import (
    ALL,
    FIELDS,
    HELD,
    export,
    person,
    upn,
)

NO_UPN = tuple(field for field in FIELDS if field != "upn")


def counts(shown: Preview) -> dict[str, int]:
    plan = shown.plan
    found = {
        "adds": len(plan.adds),
        "changes": len(plan.changes),
        "returns": len(plan.returns),
        "leavers": len(plan.leavers),
        "same": plan.same,
        "bad": len(plan.bad),
        "waiting": plan.waiting,
    }
    return {name: count for name, count in found.items() if count}


def notes(shown: Preview) -> list[str]:
    assert all(note.says() for note in shown.plan.notes)
    return [note.code for note in shown.plan.notes]


def reasons(shown: Preview) -> list[tuple[int, str]]:
    return [(one.line, one.reason) for one in shown.plan.bad]


def test_added_then_the_same(office: Office):
    people = [person(1), person(2)]
    assert counts(office.bring_in(*people)) == {"adds": 2}
    assert counts(office.bring_in(*people)) == {"same": 2}


def test_what_differs_is_named(office: Office):
    office.bring_in(person(1), person(2))
    shown = office.bring_in(person(1, form="9C", send="K"), person(2, year="10"))
    assert counts(shown) == {"changes": 2}
    assert [one.columns for one in shown.plan.changes] == [("send", "tutor_group"), ("year_group",)]


def test_the_same_roster_a_year_on_says_the_year_that_has_begun(office: Office):
    office.bring_in(person(1, year="9"))
    september = date(2027, 9, 1)
    assert counts(office.show(export([person(1, year="10")]), september)) == {"same": 1}
    shown = office.show(export([person(1, year="9")]), september)
    assert counts(shown) == {"changes": 1}


def test_a_changed_surname_is_a_change_where_there_is_a_upn(office: Office):
    before = office.bring_in(person(1), person(2))
    shown = office.bring_in(person(1, family="Newname"), person(2))
    assert counts(shown) == {"changes": 1, "same": 1}
    assert office.named("Testyb").details.family_name == "Newname"
    assert counts(before) == {"adds": 2}


def test_a_changed_surname_without_a_upn_waits_for_a_word(office: Office):
    held = HELD - {"upn"}
    first = export([person(1), person(2)], fields=NO_UPN)
    office.write(office.show(first, held=held))
    content = export([person(1, family="Newname"), person(2)], fields=NO_UPN)
    shown = office.show(content, held=held)
    assert counts(shown) == {"same": 1, "bad": 1, "waiting": 1}
    assert reasons(shown) == [(2, "looks_like")]
    assert "--same 2" in shown.plan.bad[0].says()
    assert counts(office.show(content, held=held, same=[2])) == {"same": 1, "changes": 1}
    assert counts(office.show(content, held=held, new=[2])) == {
        "adds": 1, "same": 1, "leavers": 1,
    }  # fmt: skip
    for choice in ({"same": [3]}, {"new": [99]}):
        with pytest.raises(Refused) as caught:
            office.show(content, held=held, **choice)
        assert caught.value.reason == "unknown_line"


def test_without_a_upn_name_and_date_of_birth_tell(office: Office):
    office.bring_in(person(1, upn=""), person(2))
    again = office.bring_in(person(1), person(2, upn=""))
    assert counts(again) == {"changes": 2}
    assert office.named("Testyb").details.upn == upn(1)
    assert office.named("Testyc").details.upn is None
    other_day = export([person(1, upn="", born="15/03/2013"), person(2)])
    assert reasons(office.show(other_day)) == [(2, "looks_like")]
    assert counts(office.show(other_day, same=[2])) == {"changes": 2}
    stranger = export([person(1, upn="", born="15/03/2013", year="8", email=""), person(2)])
    assert counts(office.show(stranger)) == {"adds": 1, "changes": 1, "leavers": 1}


def test_a_corrected_upn_is_a_change(office: Office):
    office.bring_in(person(1))
    assert counts(office.bring_in(person(1, upn=upn(7)))) == {"changes": 1}


def test_a_upn_with_somebody_elses_name_waits(office: Office):
    office.bring_in(person(1), person(2))
    stranger = person(3, upn=upn(1), born="01/02/2013")
    shown = office.show(export([stranger, person(2)]))
    assert reasons(shown) == [(2, "upn_of_another")]
    assert counts(shown) == {"same": 1, "bad": 1, "waiting": 1}
    assert counts(office.show(export([stranger, person(2)]), same=[2])) == {
        "changes": 1, "same": 1,
    }  # fmt: skip


def test_a_twin_with_the_other_twins_upn_is_not_given_their_record(office: Office):
    twins = [person(1, family="Twinley"), person(2, family="Twinley")]
    office.bring_in(*twins)
    shown = office.show(export([twins[0] | {"upn": ""}, twins[1] | {"upn": upn(1)}]))
    assert reasons(shown) == [(3, "upn_of_another")]
    assert not shown.plan.leavers


def test_who_is_not_in_the_file_has_left_and_may_come_back(office: Office):
    office.bring_in(person(1), person(2))
    stays = office.named("Testyb").id
    shown = office.bring_in(person(2))
    assert counts(shown) == {"leavers": 1, "same": 1}
    assert office.named("Testyb").left_on == date(2026, 11, 22)
    assert counts(office.bring_in(person(2))) == {"same": 1}
    back = office.bring_in(person(1, year="10"), person(2))
    assert counts(back) == {"returns": 1, "same": 1}
    found = office.named("Testyb")
    assert (found.id, found.left_on, found.details.email) == (stays, None, "pupil1@school.example")


def test_one_who_is_there_counts_before_a_namesake_who_left(office: Office):
    office.bring_in(person(1))
    office.bring_in(person(2))
    office.bring_in(person(1, upn=upn(5), email=""), person(2), new=())
    shown = office.show(export([person(1, upn=upn(5), email=""), person(2)]))
    assert counts(shown) == {"same": 2}


def test_the_address_of_one_who_left_may_be_given_again(office: Office):
    office.bring_in(person(1))
    office.bring_in(person(2))
    assert counts(office.bring_in(person(2), person(3, email="pupil1@school.example"))) == {
        "adds": 1, "same": 1,
    }  # fmt: skip


def test_addresses_may_change_places(office: Office):
    office.bring_in(person(1), person(2))
    first, second = person(1)["email"], person(2)["email"]
    assert counts(office.bring_in(person(1, email=second), person(2, email=first))) == {
        "changes": 2
    }


def test_the_address_of_one_who_stays_is_taken(office: Office):
    office.bring_in(person(1), person(2), person(3))
    third = person(3, email=person(1)["email"])
    shown = office.show(export([person(1, born="?"), person(2), third]))
    assert reasons(shown) == [(2, "birth_date"), (4, "email_taken")]
    assert counts(shown) == {"same": 1, "bad": 2, "waiting": 2}
    # And one row after another: the pupil of a row taken out keeps what the next row wants.
    second = person(2, email=person(3)["email"])
    shown = office.show(export([person(1, born="?"), second, third]))
    assert reasons(shown) == [(2, "birth_date"), (3, "email_taken"), (4, "email_taken")]
    assert not shown.plan.leavers


def test_a_bad_row_does_not_make_a_leaver(office: Office):
    office.bring_in(person(1), person(2))
    for wrong in ({"born": "?"}, {"upn": "X"}, {"given": ""}, {"year": "20"}):
        shown = office.show(export([person(1, **wrong), person(2)]))
        assert counts(shown) == {"same": 1, "bad": 1, "waiting": 1}


def test_rows_that_are_nobodys_keep_everybody(office: Office):
    office.bring_in(person(1), person(2), person(3))
    lines = export([person(1)]).decode() + "Exampleton,too,short\r\n"
    shown = office.show(lines.encode())
    assert counts(shown) == {"same": 1, "bad": 1, "waiting": 2}
    assert notes(shown) == ["leavers_wait"]


def test_a_part_of_the_roster_makes_nobody_leave(office: Office):
    office.bring_in(person(1), person(2))
    shown = office.show(export([person(3)]), part=True)
    assert (counts(shown), notes(shown)) == ({"adds": 1}, ["part"])


def test_many_leaving_is_told(office: Office):
    year_9 = [person(n) for n in range(1, 9)]
    year_10 = [person(n, year="10", born="14/03/2012") for n in range(11, 31)]
    office.bring_in(*year_9, *year_10)
    shown = office.show(export(year_10))
    assert notes(shown) == ["year_leaves"]
    assert not shown.plan.most_leave
    assert "All 8 pupils of Year 9" in shown.plan.notes[0].says()
    shown = office.show(export(year_9))
    assert notes(shown) == ["most_leave"]
    assert shown.plan.most_leave


def test_a_file_for_the_coming_year_is_noticed(office: Office):
    august = date(2026, 8, 25)
    people = [person(n, year="9") for n in range(1, 9)]
    shown = office.show(export(people), august)
    assert notes(shown) == ["other_year"]
    assert "--school-year 2026" in shown.plan.notes[0].says()
    shown = office.show(export(people), august, beginning_in=2026)
    assert notes(shown) == []
    assert {row.year_7_in for row in shown.plan.adds} == {2024}
    # And one of last year's, read in September.
    shown = office.show(export([row | {"year": "8"} for row in people]), date(2026, 9, 2))
    assert "--school-year 2025" in shown.plan.notes[0].says()


def test_what_the_file_has_no_column_for_stays(office: Office):
    office.bring_in(person(1, send="K"))
    fields = [field for field in FIELDS if field not in ("send", "form", "email")]
    shown = office.show(export([person(1)], fields=fields))
    assert (counts(shown), notes(shown)) == ({"same": 1}, ["not_there"])
    # A cell that is there and empty takes away what was held.
    office.bring_in(person(1, send="", email=""))
    assert office.named("Testyb").details.send is None


def test_what_is_no_longer_held_is_taken_off_everybody(office: Office):
    office.bring_in(person(1, send="K"), person(2, send="E"))
    office.bring_in(person(2, send="E"))
    shown = office.bring_in(person(2, send="E"), held=ALL - {"send", "tutor_group"})
    assert notes(shown) == ["dropped"]
    assert "SEND" in shown.plan.notes[0].says()
    for row in office.pupils():
        assert (row.details.send, row.tutor_group) == (None, None)
    assert office.named("Testyb").left_on is not None


def test_from_one_way_to_know_pupils_to_another(office: Office):
    """A school that stops to hold the UPN knows its pupils by it one last time."""
    office.bring_in(person(1), held=ALL - {"birth_date"})
    shown = office.bring_in(person(1), held=ALL - {"upn"})
    assert counts(shown) == {"changes": 1}
    assert counts(office.bring_in(person(1), held=ALL - {"upn"})) == {"same": 1}


def test_with_nothing_in_common_but_the_name_a_row_waits(office: Office):
    by_upn = [field for field in FIELDS if field != "born"]
    office.write(office.show(export([person(1)], fields=by_upn), held=ALL - {"birth_date"}))
    shown = office.show(export([person(1)], fields=NO_UPN), held=ALL - {"upn"})
    assert reasons(shown) == [(2, "looks_like")]
    assert not shown.plan.leavers


def test_another_schools_pupils_are_never_looked_at(office: Office):
    office.bring_in(person(1), person(2), school=office.theirs)
    theirs = {row.id: row.updated_at for row in office.pupils(office.theirs)}
    assert counts(office.bring_in(person(1))) == {"adds": 1}
    assert counts(office.bring_in(person(2))) == {"adds": 1, "leavers": 1}
    assert {row.id: row.updated_at for row in office.pupils(office.theirs)} == theirs


def test_names_from_right_to_left_are_known_again(office: Office):
    one = person(1, given="عائشة", family="نمونه", upn="")
    office.bring_in(one)
    assert counts(office.bring_in(one | {"given": "\u202bعائشة\u202c"})) == {"same": 1}
