from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.identity.roster import values
from bot.identity.roster.values import Unread
from tests.bot.identity.roster.exports import TODAY


@pytest.mark.parametrize(
    "text",
    [
        "03/09/2012", "3/9/2012", "03-09-2012", "03.09.2012", "3/9/12", "2012-09-03",
        "2012-09-03T00:00:00", "2012-09-03T00:00:00+00:00", "2012-09-03 00:00:00.000",
        "03/09/2012 00:00", "03/09/2012 00:00:00", "3 Sep 2012", "3 September 2012", "03-Sep-2012",
        "03-Sep-12", "3rd September 2012", "Monday 3 September 2012", " 03/09/2012 ", "3 SEPT 2012",
    ],
)  # fmt: skip
def test_dates_as_they_are_written_in_the_uk(text: str):
    assert values.birth_date_of(text, TODAY) == date(2012, 9, 3)


@pytest.mark.parametrize(
    "text", ["09/23/2012", "31/02/2012", "0/1/2012", "2012", "unknown", "41155", "3 Foo 2012", "-"]
)
def test_what_is_no_date_is_told(text: str):
    with pytest.raises(Unread) as caught:
        values.birth_date_of(text, TODAY)
    assert caught.value.reason == "birth_date"
    assert text not in str(caught.value)


@pytest.mark.parametrize(("text", "age"), [("01/01/1985", 41), ("01/01/2024", 2)])
def test_ages_that_no_pupil_has(text: str, age: int):
    with pytest.raises(Unread) as caught:
        values.birth_date_of(text, TODAY)
    assert caught.value.values == {"age": age}


@given(st.dates(date(2002, 1, 1), date(2016, 12, 31)))
def test_any_day_is_read_the_same_however_it_is_written(day: date):
    for text in (
        f"{day:%d/%m/%Y}",
        f"{day:%Y-%m-%d}",
        f"{day:%d %B %Y}",
        f"{day:%d-%b-%y}",
        f"{day:%d.%m.%y}",
    ):
        assert values.birth_date_of(text, TODAY) == day


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("9", 9), ("09", 9), ("Year 9", 9), ("Year  9", 9), ("Yr 9", 9), ("Y9", 9), ("year09", 9),
        ("NC Year 13", 13), ("Curriculum Year 7", 7), ("National Curriculum Year 11", 11),
        ("9.0", 9), ("Year Group 8", 8),
    ],
)  # fmt: skip
def test_year_groups(text: str, year: int):
    assert values.year_group_of(text) == year


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_year_group"), ("Reception", "year_group"), ("R", "year_group"),
        ("9B", "year_group"), ("2013", "year_group"), ("6", "year_group_outside"),
        ("Year 14", "year_group_outside"), ("0", "year_group_outside"),
    ],
)  # fmt: skip
def test_year_groups_that_are_none(text: str, reason: str):
    with pytest.raises(Unread) as caught:
        values.year_group_of(text)
    assert caught.value.reason == reason


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  Ann\tMarie ", "Ann Marie"),
        ("Ann\x00\x07\x1b[31m", "Ann[31m"),
        ("Ann\u202eeiraM\u202c", "AnneiraM"),
        ("Ann\u200b\ufeff", "Ann"),
        ("Zoe\u0308", "Zoë"),
        ("عائشة", "عائشة"),
        ("نیک\u200cنام", "نیک\u200cنام"),
        ("O’Test-Name Jr.", "O’Test-Name Jr."),
    ],
)
def test_names_keep_what_can_be_seen(text: str, kept: str):
    assert values.name_of(text, "no_given_name") == kept


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "no_given_name"), ("\u200b \t", "no_given_name"), ("1234", "name_empty"),
     ("\u200d", "name_empty"), ("x" * 101, "name_long")],
)  # fmt: skip
def test_names_that_are_none(text: str, reason: str):
    with pytest.raises(Unread) as caught:
        values.name_of(text, "no_given_name")
    assert caught.value.reason == reason


def test_characters_that_cannot_be_seen_are_noticed():
    assert values.has_unseen("Ann\u202e")
    assert values.has_unseen("A\x07nn")
    assert not values.has_unseen("  Ann \t Marie ")
    assert not values.has_unseen("Zoe\u0308")


def test_both_names_in_one_cell():
    assert values.names_of("Exampleton, Testy May") == ("Testy May", "Exampleton")
    for text in ("Testy Exampleton", "Exampleton, ", "A, B, C", ""):
        with pytest.raises(Unread):
            values.names_of(text)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("N", "N"), ("No Special Educational Need", "N"), ("K", "K"), ("SEN Support", "K"),
        ("K - SEN support", "K"), ("K - SEND Support", "K"), ("E", "E"), ("EHCP", "E"),
        ("Education, Health and Care Plan", "E"), ("E - Education, health and care plan", "E"),
        ("S", "E"), ("A", "K"), ("", None),
    ],
)  # fmt: skip
def test_send_as_the_census_has_it(text: str, status: str | None):
    assert values.send_of(text) == status


@pytest.mark.parametrize("text", ["Q", "maybe", "K - something else"])
def test_send_that_is_not_known(text: str):
    with pytest.raises(Unread):
        values.send_of(text)


@pytest.mark.parametrize(
    ("text", "gender"),
    [
        ("F", "F"), ("female", "F"), ("FEMALE", "F"), ("M", "M"), ("Male", "M"), ("X", "X"),
        ("Non-binary", "X"), ("Other", "X"), ("", None), ("Not known", None), ("U", None),
        ("Prefer not to say", None),
    ],
)  # fmt: skip
def test_gender_as_the_systems_write_it(text: str, gender: str | None):
    assert values.gender_of(text) == gender


@pytest.mark.parametrize("text", ["?", "F/M", "1", "yes"])
def test_a_gender_that_is_not_read(text: str):
    with pytest.raises(Unread, match="gender"):
        values.gender_of(text)


def test_yes_and_no():
    assert [values.flag_of(text, "eal") for text in ("Y", "yes", "True", "1", "T")] == [True] * 5
    assert [values.flag_of(text, "eal") for text in ("N", "no", "FALSE", "0", "-")] == [False] * 5
    assert values.flag_of("  ", "eal") is None
    with pytest.raises(Unread, match="eal"):
        values.flag_of("perhaps", "eal")


def test_email_addresses():
    assert values.email_of(" Pupil.One@School.example ") == "pupil.one@school.example"
    assert values.email_of("") is None
    for text in (
        "pupil",
        "pupil@school",
        "a b@school.example",
        "a@b@school.example",
        "a@x..example",
    ):
        with pytest.raises(Unread):
            values.email_of(text)
    with pytest.raises(Unread):
        values.email_of("a@" + "b" * 260 + ".example")


@given(st.text(max_size=60))
def test_no_cell_is_too_strange(text: str):
    for read in (
        values.year_group_of, values.tutor_group_of, values.email_of, values.send_of,
        values.gender_of,
        values.names_of, lambda cell: values.birth_date_of(cell, TODAY),
        lambda cell: values.name_of(cell, "no_given_name"),
        lambda cell: values.flag_of(cell, "eal"),
    ):  # fmt: skip
        with suppress(Unread):
            read(text)
