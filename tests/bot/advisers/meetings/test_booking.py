"""Booked, moved, cancelled, missed, held: who may, when, and who is told."""

from datetime import timedelta

import pytest
from ical.calendar_stream import IcsCalendarStream

from bot.advisers.meetings.booking import (
    LONGEST_TALK,
    NotBooked,
    Wanted,
    book,
    cancel,
    hold,
    miss,
    move,
    say_what_for,
)
from bot.advisers.meetings.slots import Span, cells_needed
from bot.records.audit import chain, search
from bot.records.audit.actors import Actor
from bot.records.meetings.hours import LessonRow, replace_lessons
from bot.records.meetings.places import wait, waiting_list, waiting_place
from bot.records.meetings.rows import NoMeeting, find_meeting
from bot.records.pupils import leave_pupil
from bot.records.schools import keep_school
from tests.bot.advisers.meetings.diary import MONDAY, NOTICES, SEALING, Diary, at

BUFFER = timedelta(minutes=10)


def refused(why: str):
    return pytest.raises(NotBooked, match=f"^{why}$")


async def by_pupil(diary: Diary, number: int = 0, slot: int = 0, **changes):
    found = (await diary.free(number))[slot]
    values = {
        "staff_id": found.staff_id,
        "begins_at": found.begins_at,
        "pupil_id": diary.pupils[number],
        "room": found.room,
    }
    return await diary.act(book, Wanted(**{**values, **changes}), actor=diary.pupil(number))


# ---- booking


async def test_a_pupil_books_a_time_that_is_given_out(diary: Diary):
    meeting = await by_pupil(diary, talk="Being a vet")
    assert (meeting.state, meeting.room, meeting.sequence) == ("booked", "Library", 0)
    assert meeting.ends_at - meeting.begins_at == timedelta(minutes=40)
    assert meeting.details.talk == "Being a vet"
    span = Span(meeting.begins_at, meeting.ends_at)
    needed = cells_needed(span, diary.adviser, diary.pupils[0], "Library", BUFFER)
    assert await diary.cells() == set(needed)


@pytest.mark.parametrize(
    "changes",
    [{"begins_at": at(13)}, {"begins_at": at(9, 5)}, {"room": "Office"}, {"room": None},
     {"kind": "results"}, {"begins_at": at(9, day=MONDAY + timedelta(days=1))}],
)  # fmt: skip
async def test_a_pupil_books_no_other_time(diary: Diary, changes):
    with refused("not offered"):
        await by_pupil(diary, **changes)
    assert await diary.cells() == set()
    assert await diary.letters() == []


async def test_a_pupil_has_one_meeting_to_come_at_a_time(diary: Diary):
    meeting = await by_pupil(diary)
    with refused("one already"):
        await by_pupil(diary, slot=-1)
    diary.now = meeting.ends_at
    later = (await diary.free(day=MONDAY + timedelta(days=7)))[0]
    wanted = Wanted(later.staff_id, later.begins_at, diary.pupils[0], room=later.room)
    assert (await diary.act(book, wanted, actor=diary.pupil())).state == "booked"


async def test_a_pupil_books_for_nobody_else(diary: Diary):
    with refused("wrong"):
        await by_pupil(diary, pupil_id=diary.pupils[1])


async def test_a_pupil_does_not_miss_a_lesson_that_matters(diary: Diary):
    maths = LessonRow("11B", 0, "", at(9).time(), at(11).time(), "Maths", avoid=True)
    await diary.store.write(replace_lessons, diary.school_id, [maths])
    with refused("not offered"):
        await by_pupil(diary, begins_at=at(9))
    assert (await by_pupil(diary, begins_at=at(11))).state == "booked"


async def test_staff_book_when_nothing_is_taken(diary: Diary):
    meeting = await diary.book(hour=18, minutes=60, room=None)
    assert meeting.ends_at == at(19)
    for number, changes in ((1, {}), (0, {"staff_id": diary.other})):
        with refused("taken"):
            await diary.book(number, hour=18, **changes)


async def test_a_clash_says_whose_it_is(diary: Diary):
    await diary.book(0, 9)
    with refused("taken") as of_staff:
        await diary.book(1, 9, room="Office")
    assert of_staff.value.whose == {"staff"}
    with refused("taken") as of_pupil:
        await diary.book(0, 9, room="Office", staff_id=diary.other)
    assert of_pupil.value.whose == {"pupil"}
    with refused("taken") as of_room:
        await diary.book(1, 9, room=" LIBRARY", staff_id=diary.other)
    assert of_room.value.whose == {"room"}


async def test_a_refused_booking_leaves_nothing(diary: Diary):
    await diary.book(0, 9)
    before = await diary.cells()
    await diary.letters()
    with refused("taken"):
        await diary.book(1, 9)
    assert await diary.cells() == before
    assert await diary.letters() == []


@pytest.mark.parametrize(
    "changes",
    [{"minutes": 7}, {"minutes": 600}, {"begins_at": at(9, 2)}, {"kind": "group"},
     {"kind": "tea"}, {"pupil_id": "x" * 32}, {"staff_id": "x" * 32}, {"room": "r" * 41},
     {"talk": "t" * (LONGEST_TALK + 1)}, {"begins_at": at(9, day=MONDAY.replace(year=2031))}],
)  # fmt: skip
async def test_what_cannot_be_is_not_booked(diary: Diary, changes):
    with refused("wrong"):
        await diary.book(**changes)


async def test_a_group_has_no_pupil_and_takes_the_adviser(diary: Diary):
    meeting = await diary.book(None, 9, kind="group")
    assert meeting.pupil_id is None
    with refused("taken"):
        await diary.book(0, 9)


async def test_nobody_books_for_a_leaver_or_at_another_school(diary: Diary):
    await diary.write(leave_pupil, diary.pupils[0], diary.now.date(), diary.now)
    with refused("wrong"):
        await diary.book(0)
    meeting = await diary.book(1)
    other = await diary.store.write(keep_school, "other", "Other", diary.now)
    with pytest.raises(NoMeeting):
        await diary.store.read(find_meeting, SEALING, other, meeting.id)
    with pytest.raises(NoMeeting):
        await diary.store.write(
            cancel, SEALING, other, meeting.id, actor=diary.staff, notices=NOTICES, now=diary.now
        )


# ---- moving and cancelling


async def test_a_meeting_moves_and_its_sequence_rises(diary: Diary):
    meeting = await by_pupil(diary)
    later = (await diary.free())[-1]
    moved = await diary.act(move, meeting.id, later.begins_at, room="Library", actor=diary.pupil())
    assert (moved.begins_at, moved.sequence) == (later.begins_at, 1)
    assert moved.calendar_id == meeting.calendar_id
    span = Span(moved.begins_at, moved.ends_at)
    assert await diary.cells() == set(
        cells_needed(span, diary.adviser, diary.pupils[0], "Library", BUFFER)
    )


async def test_a_meeting_may_move_by_less_than_its_length(diary: Diary):
    meeting = await diary.book(0, 9)
    moved = await diary.act(move, meeting.id, at(9, 10), room="Library")
    assert moved.begins_at == at(9, 10)


async def test_a_meeting_that_cannot_move_stays(diary: Diary):
    meeting = await diary.book(0, 9)
    await diary.book(1, 10)
    before = await diary.cells()
    with refused("taken"):
        await diary.act(move, meeting.id, at(10), room="Library")
    found = await diary.write(find_meeting, meeting.id)
    assert (found.begins_at, found.sequence) == (at(9), 0)
    assert await diary.cells() == before


async def test_a_pupil_moves_only_to_what_is_given_out_and_in_time(diary: Diary):
    meeting = await by_pupil(diary)
    with refused("not offered"):
        await diary.act(move, meeting.id, at(15), room="Library", actor=diary.pupil())
    diary.now = at(9) - timedelta(hours=23)
    with refused("too soon"):
        await diary.act(move, meeting.id, at(11), room="Library", actor=diary.pupil())
    await diary.act(cancel, meeting.id, actor=diary.pupil())


async def test_another_pupil_cannot_touch_a_meeting(diary: Diary):
    meeting = await by_pupil(diary)
    for act, more in ((cancel, ()), (move, (at(11),))):
        with pytest.raises(NoMeeting):
            await diary.act(act, meeting.id, *more, actor=diary.pupil(1))
    with pytest.raises(NoMeeting):
        await diary.write(say_what_for, meeting.id, "x", actor=diary.pupil(1), now=diary.now)


async def test_a_cancelled_meeting_gives_its_time_back(diary: Diary):
    meeting = await by_pupil(diary)
    off = await diary.act(cancel, meeting.id, reason="Ill", actor=diary.pupil())
    assert (off.state, off.sequence, off.details.reason) == ("cancelled", 1, "Ill")
    assert await diary.cells() == set()
    assert (await by_pupil(diary, 1)).begins_at == meeting.begins_at
    with refused("not now"):
        await diary.act(cancel, meeting.id)
    with refused("not now"):
        await diary.act(move, meeting.id, at(11))


async def test_a_change_of_adviser_tells_the_one_who_is_free_again(diary: Diary):
    meeting = await diary.book(0, 9)
    await diary.letters()
    await diary.act(move, meeting.id, at(9), staff_id=diary.other, room="Library")
    told = {one.to: one.subject for one in await diary.letters()}
    assert told["ada@school.example"].startswith("Cancelled")
    assert told["bo@school.example"].startswith("Moved")


# ---- what became of it


async def test_held_and_missed_only_once_it_has_begun(diary: Diary):
    meeting = await diary.book(0, 9)
    more = {"actor": diary.staff, "now": at(8, 55)}
    with refused("not now"):
        await diary.write(miss, meeting.id, **more)
    with refused("not now"):
        await diary.write(hold, meeting.id, 40, **more)
    more["now"] = at(9, 30)
    assert (await diary.write(miss, meeting.id, **more)).state == "missed"
    held = await diary.write(hold, meeting.id, 35, **more)
    assert (held.state, held.details.minutes) == ("held", 35)
    with refused("not now"):
        await diary.act(cancel, meeting.id, now=at(9, 30))
    for minutes in (0, -5, 241):
        with refused("wrong"):
            await diary.write(hold, meeting.id, minutes, **more)


async def test_a_pupil_says_of_no_meeting_that_it_was_held(diary: Diary):
    meeting = await diary.book(0, 9)
    with refused("wrong"):
        await diary.write(hold, meeting.id, 40, actor=diary.pupil(), now=at(10))


# ---- who is told


def event_in(letter):
    assert letter.calendar is not None
    calendar = IcsCalendarStream.calendar_from_ics(letter.calendar.decode())
    (event,) = calendar.events
    return calendar.method, event


async def test_pupil_and_adviser_are_invited_each_without_the_other(diary: Diary):
    await by_pupil(diary, talk="Zebras")
    letters = await diary.letters()
    assert sorted(one.to for one in letters) == ["ada@school.example", "pupil0@school.example"]
    for letter in letters:
        method, event = event_in(letter)
        assert method == "REQUEST"
        assert [guest.uri for guest in event.attendees] == [f"mailto:{letter.to}"]
        everything = f"{letter.subject} {letter.text} {letter.calendar!r}"
        assert "Zebras" not in everything
        assert "Given0" not in everything
        assert event.summary == "Careers meeting"


async def test_uid_stays_and_sequence_rises_until_it_is_cancelled(diary: Diary):
    meeting = await by_pupil(diary)
    await diary.act(move, meeting.id, at(11), room="Library", actor=diary.pupil())
    await diary.act(cancel, meeting.id, actor=diary.pupil())
    found = [event_in(one) for one in await diary.letters() if one.to.startswith("pupil")]
    assert [method for method, _ in found] == ["REQUEST", "REQUEST", "CANCEL"]
    assert [event.sequence for _, event in found] == [0, 1, 2]
    assert len({event.uid for _, event in found}) == 1
    assert str(found[-1][1].status.value) == "CANCELLED"


async def test_a_pupil_without_an_address_is_booked_all_the_same(diary: Diary):
    await by_pupil(diary, 2)
    assert [one.to for one in await diary.letters()] == ["ada@school.example"]


async def test_who_waits_is_told_once_and_waits_no_more_once_booked(diary: Diary):
    meeting = await by_pupil(diary)
    for number in (1, 2):
        await diary.write(wait, diary.pupils[number], "Mondays", diary.now)
    await diary.letters()
    await diary.act(cancel, meeting.id, actor=diary.pupil())
    free = [one for one in await diary.letters() if "come free" in one.subject]
    assert [one.to for one in free] == ["pupil1@school.example"]
    places = await diary.write(waiting_list)
    assert [one.told_at for one in places] == [diary.now, diary.now]
    assert [one.wish for one in places] == ["Mondays", "Mondays"]
    await by_pupil(diary, 1)
    assert await diary.write(waiting_place, diary.pupils[1]) is None
    assert len(await diary.write(waiting_list)) == 1


async def test_nobody_is_told_of_a_time_that_is_too_near_to_book(diary: Diary):
    meeting = await by_pupil(diary)
    await diary.write(wait, diary.pupils[1], None, diary.now)
    await diary.letters()
    diary.now = at(8)
    await diary.act(cancel, meeting.id, actor=diary.pupil())
    assert not [one for one in await diary.letters() if "come free" in one.subject]


# ---- the audit


async def test_every_act_is_in_the_audit_without_what_it_is_about(diary: Diary):
    meeting = await by_pupil(diary, talk="Zebras")
    await diary.act(move, meeting.id, at(11), room="Library")
    await diary.write(say_what_for, meeting.id, "Okapis", actor=diary.pupil(), now=diary.now)
    await diary.act(cancel, meeting.id, reason="Giraffes", actor=diary.pupil())
    held = await diary.book(1, 9)
    await diary.write(miss, held.id, actor=diary.staff, now=at(10))
    await diary.write(hold, held.id, 40, actor=diary.staff, now=at(10))
    found = (await diary.write(search.search)).rows
    assert sorted(row.action for row in found) == sorted(
        ["meeting booked", "meeting moved", "meeting topics noted", "meeting cancelled",
         "meeting booked", "meeting missed", "meeting held"]
    )  # fmt: skip
    assert not any(word in repr(found) for word in ("Zebras", "Okapis", "Giraffes"))
    assert await diary.store.read(chain.verify, diary.school_id) == []


async def test_the_service_itself_may_book_nothing_in_a_pupils_name(diary: Diary):
    slot = (await diary.free())[0]
    wanted = Wanted(slot.staff_id, slot.begins_at, diary.pupils[0], room=slot.room)
    with refused("wrong"):
        await diary.act(book, wanted, actor=Actor("pupil", diary.pupils[1]))
