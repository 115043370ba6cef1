import re

import pytest

from bot.identity.roster.columns import (
    COLUMNS,
    DEFAULT,
    KNOWN,
    NAMED,
    Refused,
    held_columns,
    plain,
    system_of,
)
from bot.identity.roster.mapping import map_columns, typed_mapping
from bot.settings import PROJECT
from tests.bot.identity.roster.exports import HEADINGS


def read_as(headings: tuple[str, ...], *typed: str, **remembered: str) -> dict[str, str | None]:
    found = map_columns(headings, remembered, typed_mapping(typed))
    return dict(found.read_as())


@pytest.mark.parametrize("system", HEADINGS)
def test_the_columns_of_each_system_are_known(system: str):
    found = read_as(HEADINGS[system])
    assert list(found.values()) == [
        "family_name", "given_name", "upn", "birth_date", "year_group", "tutor_group", "email",
        "gender", "send", "pupil_premium", "eal",
    ]  # fmt: skip
    assert system_of(HEADINGS[system]) == system


def test_a_file_like_two_systems_is_said_to_be_neither():
    assert system_of(["UPN", "Date of Birth"]) is None


def test_headings_are_the_same_however_they_are_written():
    for heading in ("SEN_Status", "sen status", "SenStatus", " SEN-Status ", "sen.status"):
        assert plain(heading) == "sen status"


def test_no_heading_stands_for_two_columns():
    assert len(KNOWN) == sum(len(column.headings) for column in NAMED.values())


def test_every_column_has_a_reason_and_sensitive_ones_are_asked_for():
    assert all(column.reason.endswith(".") for column in COLUMNS.values())
    assert not DEFAULT & {"gender", "send", "pupil_premium", "eal", "email"}


def test_gender_comes_before_legal_sex_and_either_is_read():
    headings = ("Surname", "Forename", "UPN", "Year", "Legal sex", "Gender")
    assert map_columns(headings, {}, {}).places["gender"] == (5, 4)
    for heading in ("legal_sex", "Legal Sex", "Sex", "GENDER"):
        assert read_as((*headings[:4], heading))[heading] == "gender"


def test_the_name_a_pupil_goes_by_comes_before_the_legal_one():
    headings = ("UPN", "Year", "Legal Surname", "Preferred Surname", "Surname", "Forename")
    assert map_columns(headings, {}, {}).places["family_name"] == (3, 4, 2)


def test_what_is_typed_counts_before_what_is_remembered_and_both_before_what_is_known():
    headings = ("Surname", "Forename", "UPN", "Year", "House", "Reg")
    assert read_as(headings)["House"] is None
    assert read_as(headings, "house=tutor group")["House"] == "tutor_group"
    assert read_as(headings, "house=tutor group")["Reg"] is None
    assert read_as(headings, house="tutor_group")["House"] == "tutor_group"
    assert read_as(headings, "House=", house="tutor_group") == {
        "Surname": "family_name", "Forename": "given_name", "UPN": "upn", "Year": "year_group",
        "House": None, "Reg": "tutor_group",
    }  # fmt: skip
    assert map_columns(headings, {"old": "eal"}, {"house": "eal"}).told == {
        "old": "eal",
        "house": "eal",
    }


def test_one_name_cell_counts_only_where_the_two_are_missing():
    assert read_as(("Name", "UPN", "Year"))["Name"] == "full_name"
    assert read_as(("Name", "Surname", "Forename", "UPN", "Year"))["Name"] is None


@pytest.mark.parametrize(
    ("headings", "typed", "reason"),
    [
        (("Surname", "UPN", "Year"), [], "missing"),
        (("Surname", "Forename", "UPN"), [], "missing"),
        (("Surname", "Forename", "Year"), [], "identity_missing"),
        (("Surname", "Forename", "Year", "UPN", "upn"), [], "twice"),
        (("Surname", "Forename", "Year", "UPN"), ["House=eal"], "unknown_heading"),
        (("Surname", "Forename", "Year", "UPN"), ["Year=shoe size"], "unknown_column"),
        (("Surname", "Forename", "Year", "UPN"), ["Year"], "map_shape"),
    ],
)
def test_what_cannot_be_mapped_is_told(headings, typed, reason):
    with pytest.raises(Refused) as caught:
        map_columns(headings, {}, typed_mapping(typed))
    assert caught.value.reason == reason
    assert caught.value.says().endswith((".", '"'))


def test_two_columns_under_a_heading_that_is_not_read_are_no_matter():
    assert read_as(("Surname", "Forename", "UPN", "Year", "Email of contact", "Email of contact"))


def test_what_to_hold():
    always = {"given_name", "family_name", "year_group"}
    assert held_columns("upn, SEND") == always | {"upn", "send"}
    assert held_columns("Date of birth,school e-mail") == always | {"birth_date", "email"}
    for typed, reason in (
        ("send", "no_identity"),
        ("", "no_identity"),
        ("upn,x", "unknown_column"),
    ):
        with pytest.raises(Refused) as caught:
            held_columns(typed)
        assert caught.value.reason == reason


def test_the_page_for_the_office_tells_what_is_held_and_why():
    page = (PROJECT / "docs" / "roster.md").read_text(encoding="utf-8")
    for name, column in COLUMNS.items():
        first = "always" if column.always else "held" if column.default else "not held"
        assert f"| {column.shown} | `{name}` | {first} | {column.reason} |" in page
    told = {plain(heading) for heading in re.findall(r"[\w ]+", page)}
    for headings in HEADINGS.values():
        assert {plain(heading) for heading in headings} - told <= {
            "english as an additional language"
        }
