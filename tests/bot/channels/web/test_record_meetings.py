"""Meetings and plans on the pupil's own pages."""

import re
from datetime import date, time, timedelta
from typing import Any

import pytest

from bot.advisers.meetings.booking import Wanted, book, hold
from bot.advisers.meetings.notices import Notices
from bot.advisers.meetings.places_acts import ask_along
from bot.advisers.meetings.plan_form import checked, routes_for
from bot.advisers.meetings.plans import give, write
from bot.records.audit.actors import Actor
from bot.records.meetings.hours import add_hours
from bot.records.meetings.places import invitees_of, waiting_place
from bot.records.meetings.rows import MeetingRow, find_meeting, meetings_of_pupil
from bot.records.staff import StaffDetails, add_staff
from tests.bot.channels.web.record_owner import NOW, Owner, signed_in, words

SLOT = re.compile(r'name="slot" value="([^"]+)"')
NOTICES = Notices("Test School", "", "careers@school.example")


async def adviser_of(owner: Owner) -> Actor:
    """An adviser with hours on every day, all day."""

    def work(connection: Any) -> str:
        staff = add_staff(
            connection, owner.house.sealing, owner.school_id,
            StaffDetails(name="Ada Lovage", email="ada@school.example", qualification="QCG",
                         register_number="CDI1"),
            now=NOW, roles=["adviser"], level=7, register_expires=date(2099, 1, 1),
        )  # fmt: skip
        for weekday in range(5):
            add_hours(
                connection, owner.school_id, staff.id,
                weekday=weekday, begins=time(9), ends=time(15), room="Room 4",
            )  # fmt: skip
        return staff.id

    staff_id = await owner.house.store.write(work)
    return Actor("staff", staff_id, "Ada Lovage")


async def act(owner: Owner, work: Any, *args: Any, **more: Any) -> Any:
    return await owner.house.store.write(
        work, owner.house.sealing, owner.school_id, *args, **{"now": NOW, **more}
    )


async def first_slot(owner: Owner, path: str = "/record/meetings") -> str:
    return SLOT.findall(await owner.page(path))[0]


async def booked(owner: Owner) -> MeetingRow:
    (found,) = await owner.write(meetings_of_pupil)
    return found


async def held(owner: Owner, staff: Actor, *, given: bool = True) -> MeetingRow:
    """A meeting of yesterday whose plan was given."""
    began = (NOW - timedelta(days=1)).replace(minute=0, second=0, microsecond=0)
    meeting = await act(
        owner, book, Wanted(staff.id or "", began, owner.pupil), actor=staff, notices=NOTICES
    )
    await act(owner, hold, meeting.id, 40, actor=staff)
    plan = checked(
        {
            "agreed_to_talk": "Narwhals",
            "explored": "Where they live",
            "considered": tuple(routes_for(10)),
            "advice": "Keep biology.",
            "actions": [{"text": "Ring the aquarium", "who": "pupil", "by": "2099-01-02"}],
        },
        10,
    )
    await act(owner, write, meeting.id, plan, None, actor=staff)
    if given:
        await act(owner, give, meeting.id, actor=staff, notices=NOTICES)
    return meeting


async def test_without_free_times_a_pupil_can_wait(owner: Owner):
    page = words(await owner.page("/record/meetings"))
    assert "No time is free in the next weeks." in page
    await owner.post("/record/meetings/wait", wish="Lunch")
    assert "You wait for a time" in words(await owner.page("/record/meetings"))
    place = await owner.write(waiting_place)
    assert place is not None
    assert place.wish == "Lunch"
    await owner.post("/record/meetings/stop-waiting")
    assert await owner.write(waiting_place) is None


async def test_a_time_is_booked_and_shown(owner: Owner):
    await adviser_of(owner)
    slot = await first_slot(owner)
    response = await owner.post("/record/meetings/book", slot=slot, talk="<b>Narwhals</b>")
    assert response.headers["location"] == "/record/meetings#booked"
    page = await owner.page("/record/meetings")
    assert "&lt;b&gt;Narwhals" in page
    assert "With Ada Lovage, careers adviser. Where: Room 4." in words(page)
    assert not SLOT.findall(page)
    assert (await booked(owner)).state == "booked"


@pytest.mark.parametrize(
    ("fields", "says"),
    [({"slot": "x"}, "Choose a time first"), ({}, "Choose a time first"),
     ({"slot": "29990101T0900Z.guidance.abc."}, "That did not work")],
)  # fmt: skip
async def test_what_is_no_free_time_is_not_booked(owner: Owner, fields, says):
    await adviser_of(owner)
    response = await owner.post("/record/meetings/book", 409, **fields)
    assert says in words(response.text)
    assert await owner.write(meetings_of_pupil) == []


async def test_a_time_that_went_meanwhile_is_told(owner: Owner):
    await adviser_of(owner)
    slot = await first_slot(owner)
    other = await signed_in(owner.house, owner.client, "Other")
    await other.post("/record/meetings/book", slot=slot)
    await owner.sign_in()
    response = await owner.post("/record/meetings/book", 409, slot=slot, talk="Keep me")
    assert "not free any more" in words(response.text)
    assert "Keep me" in response.text


async def test_a_meeting_is_moved_and_called_off(owner: Owner):
    await adviser_of(owner)
    await owner.post("/record/meetings/book", slot=await first_slot(owner))
    before = await booked(owner)
    path = f"/record/meetings/{before.id}"
    slots = SLOT.findall(await owner.page(f"{path}/move"))
    await owner.post(f"{path}/move", slot=slots[-1])
    after = await booked(owner)
    assert after.begins_at > before.begins_at
    await owner.post(f"{path}/talk", talk="Tusks")
    assert (await booked(owner)).details.talk == "Tusks"
    await owner.post(f"{path}/cancel", reason="Ill")
    assert (await booked(owner)).state == "cancelled"
    page = words(await owner.page("/record/meetings"))
    assert "Called off" in page
    assert "None is booked." in page


async def test_nobody_comes_along_without_the_pupils_yes(owner: Owner):
    staff = await adviser_of(owner)
    await owner.post("/record/meetings/book", slot=await first_slot(owner))
    meeting = await booked(owner)
    for name in ("Mum Test", "Aunt Test"):
        await act(
            owner, ask_along, meeting.id, role="parent", name=name, email="m@home.example",
            actor=staff, notices=NOTICES,
        )  # fmt: skip
    assert "May Mum Test (your parent or carer) come along?" in words(
        await owner.page("/record/meetings")
    )
    mum, aunt = await owner.house.store.read(
        invitees_of, owner.house.sealing, owner.school_id, meeting.id
    )
    await owner.post(f"/record/meetings/{meeting.id}/invitees/{mum.id}/yes")
    await owner.post(f"/record/meetings/{meeting.id}/invitees/{aunt.id}/no")
    (left,) = await owner.house.store.read(
        invitees_of, owner.house.sealing, owner.school_id, meeting.id
    )
    assert (left.name, left.agreed_at is not None) == ("Mum Test", True)


async def test_a_plan_is_read_agreed_to_and_shared(owner: Owner):
    staff = await adviser_of(owner)
    meeting = await held(owner, staff)
    path = f"/record/meetings/{meeting.id}/plan"
    assert "Read the plan" in await owner.page("/record/meetings")
    page = words(await owner.page(path))
    assert "Keep biology." in page
    assert "Ring the aquarium (you, by 2 January 2099)" in page
    assert "Let them have it" not in page
    await owner.post(f"{path}/comment", comment="Seals too")
    await owner.post(f"{path}/agree", version="1")
    (action,) = await owner.lines(kinds=["action"])
    assert action.body.text == "Ring the aquarium"
    await owner.post(f"{path}/share", who="tutor", name="Mr T", email="t@school.example")
    page = words(await owner.page(path))
    assert "You said yes to it" in page
    assert "Mr T (My tutor). It was sent on" in page
    share = re.findall(r"/shares/(\d+)/remove", await owner.page(path))[0]
    await owner.post(f"{path}/shares/{share}/remove")
    assert "Mr T" not in await owner.page(path)
    document = await owner.client.get(f"{path}.pdf")
    assert document.headers["content-type"] == "application/pdf"
    assert document.content.startswith(b"%PDF")


async def test_what_is_wrong_is_told_and_what_was_typed_stays(owner: Owner):
    meeting = await held(owner, await adviser_of(owner))
    path = f"/record/meetings/{meeting.id}/plan"
    assert "was changed while you read it" in words(
        (await owner.post(f"{path}/agree", 409, version="9")).text
    )
    await owner.post(f"{path}/agree", version="1")
    response = await owner.post(f"{path}/share", 409, who="tutor", name="Mr T", email="nobody")
    assert 'value="Mr T"' in response.text
    assert "does not look right" in response.text
    assert "fill this in" in (await owner.post(f"{path}/comment", 409, comment=" ")).text


async def test_a_plan_that_was_not_given_is_not_there(owner: Owner):
    meeting = await held(owner, await adviser_of(owner), given=False)
    for path in ("plan", "plan.pdf"):
        await owner.page(f"/record/meetings/{meeting.id}/{path}", 404)
    assert "Read the plan" not in await owner.page("/record/meetings")


async def test_another_pupils_meeting_is_not_there(owner: Owner):
    meeting = await held(owner, await adviser_of(owner))
    other = await signed_in(owner.house, owner.client, "Other")
    base = f"/record/meetings/{meeting.id}"
    for path in ("plan", "plan.pdf", "move"):
        await other.page(f"{base}/{path}", 404)
    for path in ("plan/agree", "plan/comment", "plan/share", "cancel", "talk", "invitees/1/yes",
                 "plan/shares/1/remove"):  # fmt: skip
        await other.post(f"{base}/{path}", 404, comment="x", version="1", talk="x")
    found = await owner.house.store.read(
        find_meeting, owner.house.sealing, owner.school_id, meeting.id
    )
    assert found.state == "held"
