"""The start page: what is there for whom."""

from datetime import timedelta

import pytest

from bot.records.meetings.rows import MeetingDetails, add_meeting
from tests.bot.console.staffed import ROLES, Staffed, now


@pytest.mark.parametrize("role", ROLES)
async def test_everybody_has_a_start_page_with_their_own_ways(signed_in, role: str):
    console = signed_in(role)
    text = (await console.get("/console")).text
    assert 'aria-current="page" data-go="t">Today</a>' in text
    for link in console.page.links:
        if link.startswith("/console") and "?" not in link:
            await console.get(link)
    assert ("/console/pupils" in console.page.links) == (
        role in ("careers staff", "adviser", "careers leader")
    )
    assert ("/console/staff" in console.page.links) == (role == "administrator")


async def test_a_new_school_is_told_what_to_set_up(signed_in, school: Staffed):
    text = (await signed_in("administrator").get("/console")).text
    assert "There are no pupils yet" in text
    assert "Nobody is qualified today" in text
    assert "Nobody is designated safeguarding lead" in text
    school.pupil()
    school.adviser()
    school.staff("dsl")
    school.staff("careers leader")
    console = signed_in("administrator")
    await console.get("/console/school")
    await console.post("/console/school/hours", data={"day_0": "09:00-10:00"})
    assert "Still to do" not in (await console.get("/console")).text


async def test_an_adviser_is_told_before_the_register_ends(signed_in, school: Staffed):
    day = now().date()
    soon = school.staff("adviser", level=6, expires=day + timedelta(days=30))
    over = school.staff("adviser", level=6, expires=day - timedelta(days=1))
    assert "ends within two months" in (await signed_in(soon).get("/console")).text
    assert "has ended" in (await signed_in(over).get("/console")).text
    assert "register" not in (await signed_in(school.adviser()).get("/console")).text


async def test_ones_own_meetings_of_the_next_days(signed_in, school: Staffed):
    from bot.console import routes

    if "/console/meetings" not in {row.path for row in routes.table()}:
        pytest.skip("there is no page of meetings yet")
    pupil, other = school.pupil("Amira"), school.pupil("Bela")
    ada, sam = school.adviser("Ada"), school.adviser("Sam")
    begins = now().replace(hour=10, minute=0, second=0, microsecond=0) + timedelta(days=1)
    for staff, whom, days in ((ada, pupil, 0), (sam, other, 0), (ada, other, 30)):
        school.run(
            add_meeting,
            pupil_id=whom,
            staff_id=staff.id,
            kind="guidance",
            state="booked",
            room="C1",
            begins_at=begins + timedelta(days=days),
            ends_at=begins + timedelta(days=days, minutes=40),
            details=MeetingDetails(),
            now=now(),
        )
    text = (await signed_in(ada).get("/console")).text
    assert "Amira Quillfeather" in text
    assert "Bela Quillfeather" not in text
