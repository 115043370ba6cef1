"""The school's settings: hours, holidays, the least length of a meeting, clocks."""

from datetime import date, time

import pytest

from bot.advisers.meetings.school_rules import rules_of, set_rules
from bot.advisers.opening_hours import SETTING, Span, hours_of
from bot.records.retention import clocks, clocks_of
from bot.records.settings import set_setting
from tests.bot.console.staffed import Staffed, now

HOURS = {f"day_{day}": "" for day in range(7)}


def held(school: Staffed, work):
    return school.run(lambda connection, sealing, school_id: work(connection, school_id))


async def test_hours_and_holidays(signed_in, school: Staffed):
    console = signed_in("careers leader")
    assert 'value="08:30-16:00"' in (await console.get("/console/school")).text
    given = {
        **HOURS,
        "day_0": "8:30 – 12, 13:00-16:00",
        "day_4": "09:00-12:30",
        "holidays": "2026-12-19 to 2027-01-03\r\n\r\n 2027-05-03 ",
    }
    await console.post("/console/school/hours", data=given)
    text = (await console.follow()).text
    assert "The hours are kept" in text
    assert 'value="08:30-12:00, 13:00-16:00"' in text
    assert "2026-12-19 to 2027-01-03\n2027-05-03</textarea>" in text
    hours = held(school, hours_of)
    assert hours.by_weekday == {
        0: (Span(time(8, 30), time(12)), Span(time(13), time(16))),
        4: (Span(time(9), time(12, 30)),),
    }
    assert hours.holidays == (
        (date(2026, 12, 19), date(2027, 1, 3)),
        (date(2027, 5, 3), date(2027, 5, 3)),
    )
    (told,) = school.audited("setting changed")
    assert (told.object_id, told.after) == ("adviser_hours", hours.to_json())


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("day_0", "16:00-08:00"),
        ("day_1", "morning"),
        ("day_2", "08:00-12:00, 11:00-13:00"),
        ("day_3", "08:00-25:00"),
        ("holidays", "next week"),
        ("holidays", "2027-01-03 to 2026-12-19"),
        ("holidays", "2026-02-30"),
    ],
)
async def test_hours_that_are_none(signed_in, school: Staffed, field: str, typed: str):
    console = signed_in("careers leader")
    before = held(school, hours_of)
    answer = await console.post("/console/school/hours", 422, data={**HOURS, field: typed})
    assert f"#{field}" in console.page.links
    assert typed in answer.text
    assert held(school, hours_of) == before


async def test_hours_set_wrongly_by_hand_do_not_close_the_page(signed_in, school: Staffed):
    wrong = {"hours": {"9": ["x"]}}
    held(school, lambda connection, school_id: set_setting(
        connection, school_id, SETTING, wrong, now()
    ))  # fmt: skip
    console = signed_in("careers leader")
    await console.get("/console/school")
    await console.post("/console/school/hours", data={**HOURS, "day_0": "09:00-10:00"})
    assert list(held(school, hours_of).by_weekday) == [0]


async def test_the_least_length_of_a_meeting(signed_in, school: Staffed):
    from dataclasses import replace

    console = signed_in("careers leader")
    rules = held(school, rules_of)
    other = replace(rules, week_a=date(2026, 9, 7))
    held(school, lambda connection, school_id: set_rules(connection, school_id, other, now()))
    for typed in ("", "0", "-5", "181", "half an hour", "٣٠"):
        path = "/console/school/meetings"
        answer = await console.post(path, 422, data={"least_minutes": typed})
        assert "from 1 to 180" in answer.text
    await console.post("/console/school/meetings", data={"least_minutes": "45"})
    after = held(school, rules_of)
    assert (after.least_minutes, after.week_a) == (45, date(2026, 9, 7))
    (told,) = school.audited("setting changed")
    assert (told.before, told.after) == ({"least_minutes": 30}, {"least_minutes": 45})


async def test_clocks_are_shown_and_set(signed_in, school: Staffed):
    console = signed_in("administrator")
    text = (await console.get("/console/school/clocks")).text
    for clock in clocks().values():
        assert clock.shown.replace("'", "&#39;") in text
    path = "/console/school/clocks"
    await console.post(path, data={"clock": "guest_chats", "months": "6"})
    assert "usual: 3 months" in (await console.follow()).text
    assert held(school, clocks_of)["guest_chats"] == 6
    await console.post(path, data={"clock": "leavers", "months": "Age 25"})
    assert held(school, clocks_of)["leavers"] == "age 25"
    assert [(one.object_id, one.after) for one in school.audited("clock set")] == [
        ("leavers", {"months": "age 25"}),
        ("guest_chats", {"months": 6}),
    ]
    for clock, months in (
        ("guest_chats", "0"),
        ("guest_chats", "601"),
        ("guest_chats", "soon"),
        ("nonsense", "3"),
        ("", ""),
    ):
        answer = await console.post(path, 422, data={"clock": clock, "months": months})
        assert "cannot be set to that" in answer.text
    assert held(school, clocks_of)["guest_chats"] == 6


async def test_what_is_due_is_listed_and_nothing_deleted(signed_in, school: Staffed):
    console = signed_in("administrator")
    assert "Nothing is due" in (await console.get("/console/school/clocks/due")).text
    school.pupil("Old", year=25)
    before = school.rows(clock_table())
    text = (await console.get("/console/school/clocks/due")).text
    assert "The whole record of a leaver" in text
    assert "Quillfeather" not in text
    assert school.rows(clock_table()) == before


def clock_table():
    from bot.records.models import Pupil

    return Pupil
