"""Meetings in the console: booked, held, planned, signed off; hours; the due list."""

import re
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest

from bot.advisers.meetings.booking import Wanted, book, hold
from bot.advisers.meetings.finding import free_for
from bot.advisers.meetings.notices import Notices
from bot.advisers.meetings.plan_form import checked, routes_for
from bot.advisers.meetings.plans import agree, give, write
from bot.advisers.meetings.slots import key_of
from bot.records.audit.actors import Actor
from bot.records.guidance.lines import ENGLAND
from bot.records.meetings.hours import add_absence, add_hours, hours_of
from bot.records.meetings.places import invitees_of
from bot.records.meetings.plans import plan_of, sign_off_of
from bot.records.meetings.rows import MeetingRow, all_of_pupils, find_meeting
from bot.records.pupils import find_pupil
from bot.records.staff import StaffRow
from tests.bot.console.staffed import Console, Staffed, now

NOTICES = Notices("Test School", "", "careers@school.example")
PLAN = {
    "agreed_to_talk": "Narwhals",
    "explored": "Where they live",
    "considered": list(routes_for(11)),
    "advice": "Keep biology.",
    "action_0": "Ring the aquarium",
    "who_0": "pupil",
    "by_0": "2999-01-02",
}


@pytest.fixture
def ada(school: Staffed) -> StaffRow:
    """A qualified adviser who gives meetings on every school day."""
    row = school.adviser()
    for weekday in range(5):
        school.run(
            lambda c, s, i, day=weekday: add_hours(
                c, i, row.id, weekday=day, begins=time(9), ends=time(15), room="C1"
            )
        )
    return row


@pytest.fixture
def console(signed_in: Any, ada: StaffRow) -> Console:
    return signed_in(ada)


def actor(row: StaffRow) -> Actor:
    return Actor("staff", row.id, row.details.name)


def met(school: Staffed, ada: StaffRow, pupil: str | None, *, days: int = -1, **more: Any):
    """A meeting so many days from now."""
    at = (now() + timedelta(days=days)).replace(minute=0, second=0, microsecond=0)
    kind = "guidance" if pupil else "group"
    wanted = Wanted(ada.id, at, pupil, kind, **more)
    return school.run(book, wanted, actor=actor(ada), notices=NOTICES, now=now())


def row_of(school: Staffed, meeting: MeetingRow) -> MeetingRow:
    return school.run(find_meeting, meeting.id)


def first_free(school: Staffed, pupil: str):
    def work(connection: Any, sealing: Any, school_id: int):
        found = find_pupil(connection, sealing, school_id, pupil)
        today = now().date()
        return free_for(connection, school_id, found, today, today + timedelta(14), now())[0]

    return school.run(work)


# ---- booking


async def test_a_free_time_is_booked_for_a_pupil(console: Console, school: Staffed):
    pupil = school.pupil()
    await console.get(f"/console/meetings/new?pupil={pupil}")
    slot = first_free(school, pupil)
    assert key_of(slot) in console.response.text
    await console.post(
        "/console/meetings/new", data={"pupil": pupil, "slot": key_of(slot), "talk": "Narwhals"}
    )
    page = await console.follow()
    assert "The meeting is booked." in page.text
    assert "Narwhals" in page.text
    (meeting,) = school.run(all_of_pupils)
    assert (meeting.begins_at, meeting.room) == (slot.begins_at, "C1")
    await console.get("/console/meetings")
    assert f"/console/meetings/{meeting.id}" in console.page.links
    assert {one.action for one in school.audited()} >= {"meeting booked", "meeting viewed"}


async def test_any_other_time_is_booked_unless_it_is_taken(
    console: Console, school: Staffed, ada: StaffRow
):
    day = (now() + timedelta(days=30)).date().isoformat()
    data = {"staff": ada.id, "kind": "guidance", "day": day, "at": "18:05", "minutes": "60"}
    await console.post("/console/meetings/new", data={**data, "pupil": school.pupil()})
    await console.post("/console/meetings/new", 422, data={**data, "pupil": school.pupil("Bo")})
    assert "That time is taken" in console.page.text
    for wrong in ({"at": "18:03"}, {"day": "tomorrow"}, {"at": ""}, {"kind": "tea", "at": "20:00"}):
        await console.post(
            "/console/meetings/new", 422, data={**data, "pupil": school.pupil("Cy"), **wrong}
        )
        assert "That cannot be" in console.page.text


async def test_a_pupil_who_is_not_there_is_not_booked_for(console: Console, school: Staffed):
    await console.get("/console/meetings/new?pupil=nobody", 404)
    other = school.pupil(school_id=school.other_school)
    await console.get(f"/console/meetings/new?pupil={other}", 404)


async def test_a_group_session_is_booked_without_a_pupil(
    console: Console, school: Staffed, ada: StaffRow
):
    await console.get("/console/meetings/new")
    day = (now() + timedelta(days=30)).date().isoformat()
    data = {"staff": ada.id, "kind": "group", "day": day, "at": "09:00", "room": "Hall"}
    await console.post("/console/meetings/new", data=data)
    page = await console.follow()
    assert "Group session" in page.text


# ---- one meeting


async def test_a_meeting_is_moved_and_called_off(console: Console, school: Staffed, ada: StaffRow):
    meeting = met(school, ada, school.pupil(), days=30)
    path = f"/console/meetings/{meeting.id}"
    await console.get(path)
    day = (now() + timedelta(days=31)).date().isoformat()
    await console.post(f"{path}/move", data={"day": day, "at": "10:00", "staff": ada.id})
    assert "new time" in (await console.follow()).text
    begins = row_of(school, meeting).begins_at.astimezone(ENGLAND)
    assert begins == datetime.combine(date.fromisoformat(day), time(10), ENGLAND)
    await console.post(f"{path}/move", data={"day": "x", "at": "10:00"})
    assert "That cannot be" in (await console.follow()).text
    await console.post(f"{path}/cancel", data={"reason": "Snow"})
    assert "called off" in (await console.follow()).text
    assert row_of(school, meeting).state == "cancelled"


async def test_somebody_is_proposed_and_the_pupil_is_asked(
    console: Console, school: Staffed, ada: StaffRow
):
    meeting = met(school, ada, school.pupil(), days=30)
    path = f"/console/meetings/{meeting.id}"
    data = {"role": "parent", "name": "P Test", "email": "p@home.example"}
    await console.post(f"{path}/invite", data=data)
    page = await console.follow()
    assert "the pupil is asked" in page.text
    (guest,) = school.run(invitees_of, meeting.id)
    assert guest.agreed_at is None
    await console.post(f"{path}/invite", data={**data, "email": "nobody"})
    assert "That cannot be" in (await console.follow()).text


@pytest.mark.parametrize(("absent", "kept"), [("", None), ("yes", True)])
async def test_who_did_not_come_was_perhaps_away(
    console: Console, school: Staffed, ada: StaffRow, absent, kept
):
    meeting = met(school, ada, school.pupil())
    await console.get("/console/meetings")
    assert "held, or missed?" in console.page.text
    await console.post(f"/console/meetings/{meeting.id}/missed", data={"absent": absent})
    row = row_of(school, meeting)
    assert (row.state, row.details.absent) == ("missed", kept)


async def test_from_held_to_signed_off(console: Console, school: Staffed, ada: StaffRow):
    pupil = school.pupil()
    meeting = met(school, ada, pupil)
    path = f"/console/meetings/{meeting.id}"
    await console.get(path)
    assert "It is not noted as held yet." in console.page.text
    assert "No plan is written." in console.page.text
    await console.post(f"{path}/held", data={"minutes": "40"})
    await console.get(f"{path}/plan")
    await console.post(f"{path}/plan", data={**PLAN, "follow_up_on": "2999-02-01"})
    assert "does not see it yet" in (await console.follow()).text
    assert console.page.text.count("the pupil cannot read it yet") == 1
    await console.post(f"{path}/plan/give")
    await console.follow()
    plan = school.run(plan_of, meeting.id)
    assert plan.follow_up_on == date(2999, 2, 1)
    school.run(agree, pupil, meeting.id, plan.version, now())
    await console.get(path)
    assert "the pupil agreed" in console.page.text
    document = await console.get(f"{path}/plan.pdf")
    assert document.content.startswith(b"%PDF")
    await console.post(f"{path}/sign-off")
    page = await console.follow()
    assert "The meeting is signed off and counts." in page.text
    assert "level 6" in page.text
    assert row_of(school, meeting).state == "signed off"
    assert "plan downloaded" in {one.action for one in school.audited()}
    assert not any("arwhal" in repr(one) for one in school.audited())


async def test_a_short_one_asks_for_a_reason(console: Console, school: Staffed, ada: StaffRow):
    meeting = whole(school, ada, minutes=20)
    path = f"/console/meetings/{meeting.id}"
    await console.get(path)
    assert "Why it was shorter than 30 minutes" in console.page.text
    await console.post(f"{path}/sign-off")
    assert "That needs a reason." in (await console.follow()).text
    await console.post(f"{path}/sign-off", data={"short_reason": "Fire drill"})
    assert "Fire drill" in (await console.follow()).text


def whole(school: Staffed, ada: StaffRow, pupil: str | None = None, minutes: int = 40):
    """A meeting that was held and has a plan."""
    meeting = met(school, ada, pupil or school.pupil())
    fields = {name: PLAN[name] for name in ("agreed_to_talk", "explored", "advice")}
    plan = checked({**fields, "considered": tuple(routes_for(11))}, 11)
    school.run(hold, meeting.id, minutes, actor=actor(ada), now=now())
    school.run(write, meeting.id, plan, None, actor=actor(ada), now=now())
    school.run(give, meeting.id, actor=actor(ada), notices=NOTICES, now=now())
    return meeting


async def test_nobody_unqualified_signs_off(signed_in: Any, school: Staffed, ada: StaffRow):
    meeting = whole(school, ada)
    for row in (school.staff("careers staff"), school.staff("adviser", level=4),
                school.staff("careers leader")):  # fmt: skip
        console = signed_in(row)
        await console.get(f"/console/meetings/{meeting.id}")
        await console.post(f"/console/meetings/{meeting.id}/sign-off", 403)
    other = signed_in(school.adviser("Bo"))
    await other.get(f"/console/meetings/{meeting.id}")
    assert "Only whoever held it signs it off." in other.page.text
    await other.post(f"/console/meetings/{meeting.id}/sign-off")
    assert school.run(sign_off_of, meeting.id) is None


async def test_a_plan_with_mistakes_comes_back_as_it_was_typed(
    console: Console, school: Staffed, ada: StaffRow
):
    meeting = met(school, ada, school.pupil())
    data = {**PLAN, "considered": ["college"], "advice": "", "action_2": "x" * 201}
    await console.post(f"/console/meetings/{meeting.id}/plan", 422, data=data)
    assert "Fill this in." in console.page.text
    assert "Narwhals" in console.page.text
    assert "action_2" in console.page.ids
    data = {**PLAN, "considered": ["college"]}
    await console.post(f"/console/meetings/{meeting.id}/plan", 422, data=data)
    assert "Say why not all ways on were considered" in console.page.text
    assert school.run(plan_of, meeting.id) is None


@pytest.mark.parametrize("end", ["", "/plan", "/plan.pdf"])
async def test_another_schools_meeting_is_not_there(console: Console, school: Staffed, end):
    await console.get(f"/console/meetings/{'x' * 32}{end}", 404)


# ---- hours


async def test_hours_are_added_and_taken_out(signed_in: Any, school: Staffed):
    row = school.staff("careers staff")
    console = signed_in(row)
    await console.get("/console/meetings/hours")
    assert "No hours yet" in console.page.text
    data = {"weekday": "3", "begins": "12:00", "ends": "13:30", "kind": "drop-in", "room": "Hall"}
    await console.post("/console/meetings/hours", data=data)
    assert "Thursday, 12:00 to 13:30. Drop-in, Hall" in (await console.follow()).text
    (hours,) = school.run(lambda c, s, i: hours_of(c, i, row.id))
    for wrong in ({"ends": "11:00"}, {"weekday": "7"}, {"begins": "x"}, {"last_on": "never"}):
        await console.post("/console/meetings/hours", data={**data, **wrong})
        assert "That cannot be" in (await console.follow()).text
    await console.post("/console/meetings/hours/remove", data={"id": str(hours.id)})
    assert school.run(lambda c, s, i: hours_of(c, i, row.id)) == []


async def test_nobody_changes_another_ones_hours(signed_in: Any, school: Staffed, ada: StaffRow):
    hours = school.run(lambda c, s, i: hours_of(c, i, ada.id))
    away = school.run(lambda c, s, i: add_absence(c, i, ada.id, now(), now() + timedelta(1)))
    console = signed_in("adviser")
    await console.post("/console/meetings/hours/remove", data={"id": str(hours[0].id)})
    await console.post("/console/meetings/hours/back", data={"id": str(away)})
    assert school.run(lambda c, s, i: hours_of(c, i, ada.id)) == hours


async def test_away_and_back(console: Console, school: Staffed, ada: StaffRow):
    data = {"from_day": "2150-01-01", "from_time": "09:00", "to_day": "2150-01-02",
            "to_time": "17:00"}  # fmt: skip
    await console.post("/console/meetings/hours/away", data=data)
    page = await console.follow()
    assert "1 January 2150, 09:00 until 2 January 2150, 17:00" in page.text
    number = re.findall(r'hours/back".*?name="id" value="(\d+)"', page.text, re.DOTALL)[0]
    await console.post("/console/meetings/hours/back", data={"id": number})
    assert "until 2 January" not in (await console.follow()).text
    await console.post("/console/meetings/hours/away", data={**data, "to_day": "2149-01-01"})
    assert "That cannot be" in (await console.follow()).text


async def test_a_calendars_address_is_shown_once_and_opens_the_feed(
    console: Console, school: Staffed, ada: StaffRow
):
    met(school, ada, school.pupil(), days=30)
    page = await console.post("/console/meetings/hours/feed", 200)
    address = re.findall(r"<code>(http://[^<]+)</code>", page.text)[0]
    feed = await console.client.get(address)
    assert feed.headers["content-type"].startswith("text/calendar")
    assert feed.text.count("BEGIN:VEVENT") == 1
    assert "Quillfeather" not in feed.text
    assert "<code>" not in (await console.get("/console/meetings/hours")).text
    await console.post("/console/meetings/hours/feed/close")
    assert (await console.client.get(address)).status_code == 404


# ---- the due list


async def test_the_due_list_shows_who_needs_one_and_how_it_stands(
    console: Console, school: Staffed, ada: StaffRow
):
    done, plain, _needy = (
        school.pupil("Done"),
        school.pupil("Plain"),
        school.pupil("Needy", send="E"),
    )
    school.pupil("Older", year=13, group="13X")
    whole(school, ada, done)
    page = await console.get("/console/due")
    text = console.page.text
    assert text.index("Needy") < text.index("Plain")
    assert "SEND" in text
    assert "Held and not signed off" in text
    assert f"/console/meetings/new?pupil={plain}" in page.text
    await console.get("/console/due?year=13")
    assert "Older" in console.page.text
    assert "Plain" not in console.page.text
    await console.get("/console/due?tutor_group=11A&state=none")
    assert "Older" not in console.page.text
    assert "Done" not in console.page.text.split("Book for those")[0].split("So far")[-1]
    await console.get("/console/due?year=7")
    assert "Nobody fits" in console.page.text


async def test_many_are_booked_at_once_each_at_another_time(
    console: Console, school: Staffed, ada: StaffRow
):
    pupils = [school.pupil(f"P{number}") for number in range(5)]
    today = now().date()
    data = {
        "pupil": [*pupils, "nobody", school.pupil("Far", school_id=school.other_school)],
        "staff": ada.id,
        "first_on": today.isoformat(),
        "last_on": (today + timedelta(days=14)).isoformat(),
    }
    page = await console.post("/console/due/times", 200, data=data)
    times = re.findall(r'name="time" value="([^"]+)"', page.text)
    assert len(times) == 5
    assert school.run(all_of_pupils) == []
    await console.post("/console/due/book", data={"time": [*times[:4], "x", "y/z"]})
    assert "4 meetings are booked." in (await console.follow()).text
    assert {one.pupil_id for one in school.run(all_of_pupils)} == set(pupils[:4])
    await console.post("/console/due/book", data={"time": times})
    assert "1 meetings are booked. 4 times went" in (await console.follow()).text


async def test_where_no_time_is_left_that_is_told(console: Console, school: Staffed, ada: StaffRow):
    pupil = school.pupil()
    met(school, ada, pupil, days=30)
    today = now().date().isoformat()
    data = {"pupil": [pupil], "staff": ada.id, "first_on": today, "last_on": today}
    await console.post("/console/due/times", 200, data=data)
    assert "No time is left" in console.page.text
    await console.post("/console/due/times", data={**data, "first_on": "x"})
    assert "That cannot be" in (await console.follow()).text


async def test_mail_that_is_not_set_up_is_told(console: Console):
    await console.get("/console/meetings")
    assert "No mail is sent" in console.page.text
