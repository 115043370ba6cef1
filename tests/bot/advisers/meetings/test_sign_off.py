"""Only a whole meeting with a qualified adviser counts; what the adviser held that day stays."""

from dataclasses import replace
from datetime import date

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.advisers.meetings.booking import hold, miss
from bot.advisers.meetings.plans import write
from bot.advisers.meetings.school_rules import MeetingRules, set_rules
from bot.advisers.meetings.sign_off import NotSignedOff, sign
from bot.records.audit.actors import Actor
from bot.records.meetings.plans import sign_off_of, signed_meetings
from bot.records.meetings.rows import find_meeting
from bot.records.models import SignOff
from bot.records.staff import change_staff, find_staff
from tests.bot.advisers.meetings.diary import Diary, at, details
from tests.bot.advisers.meetings.test_plans import plan

THEN = at(10, 30)


async def whole(diary: Diary, minutes: int | None = 40, **more):
    """A meeting with a plan that was held for so long; None is not noted at all."""
    meeting = await diary.book(0, 9, **more)
    await diary.write(write, meeting.id, plan(), None, actor=diary.staff, now=THEN)
    if minutes is not None:
        await diary.write(hold, meeting.id, minutes, actor=diary.staff, now=THEN)
    return meeting


async def sign_it(diary: Diary, meeting, **more):
    return await diary.write(sign, meeting.id, **{"actor": diary.staff, "now": THEN, **more})


async def refused(diary: Diary, meeting, *missing: str, **more) -> None:
    with pytest.raises(NotSignedOff) as found:
        await sign_it(diary, meeting, **more)
    assert found.value.missing == missing
    assert await diary.store.read(signed_meetings, diary.school_id) == frozenset()


async def set_to(diary: Diary, **changes) -> None:
    staff = await diary.write(find_staff, diary.adviser)
    values = {
        "details": staff.details, "level": staff.level, "register_expires": staff.register_expires,
    } | changes  # fmt: skip
    await diary.write(
        change_staff, diary.adviser, values["details"],
        level=values["level"], register_expires=values["register_expires"],
    )  # fmt: skip


async def test_a_whole_meeting_counts_with_what_the_adviser_held(diary: Diary):
    meeting = await whole(diary)
    kept = await sign_it(diary, meeting)
    assert (kept.minutes, kept.level, kept.equivalent) == (40, 6, False)
    assert kept.held["name"] == "Ada"
    assert kept.held["register_number"] == "CDI12345"
    assert kept.held["register_expires"] == "2027-08-31"
    assert kept.held["on"] == "2026-11-23"
    assert (await diary.write(find_meeting, meeting.id)).state == "signed off"
    await set_to(diary, level=4, register_expires=None, details=details("Eve"))
    assert await diary.write(sign_off_of, meeting.id) == kept


async def test_it_counts_once(diary: Diary):
    meeting = await whole(diary)
    await sign_it(diary, meeting)
    with pytest.raises(NotSignedOff) as found:
        await sign_it(diary, meeting)
    assert found.value.missing == ("signed off",)


async def test_not_before_it_is_held_nor_when_it_was_missed(diary: Diary):
    meeting = await whole(diary, None)
    await refused(diary, meeting, "not held", "no minutes")
    await diary.write(miss, meeting.id, actor=diary.staff, now=THEN)
    await refused(diary, meeting, "not held", "no minutes")


async def test_not_without_a_plan(diary: Diary):
    meeting = await diary.book(0, 9)
    await diary.write(hold, meeting.id, 40, actor=diary.staff, now=THEN)
    await refused(diary, meeting, "no plan")


async def test_a_short_one_needs_a_reason_which_is_kept(diary: Diary):
    meeting = await whole(diary, 29)
    await refused(diary, meeting, "short")
    await refused(diary, meeting, "short", short_reason="  ")
    kept = await sign_it(diary, meeting, short_reason="The pupil was unwell")
    assert (kept.minutes, kept.held["short_reason"]) == (29, "The pupil was unwell")


async def test_thirty_minutes_are_enough_unless_the_school_wants_more(diary: Diary):
    rules = replace(MeetingRules(), least_minutes=45)
    meeting = await whole(diary, 30)
    await diary.store.write(set_rules, diary.school_id, rules, diary.now)
    await refused(diary, meeting, "short")
    await diary.store.write(set_rules, diary.school_id, MeetingRules(), diary.now)
    assert "short_reason" not in (await sign_it(diary, meeting)).held


async def test_a_group_never_counts(diary: Diary):
    meeting = await diary.book(None, 9, kind="group")
    await diary.write(hold, meeting.id, 60, actor=diary.staff, now=THEN)
    await refused(diary, meeting, "not one to one", "no plan")


@pytest.mark.parametrize(
    "changes",
    [{"level": 5}, {"level": None}, {"register_expires": date(2026, 11, 22)},
     {"register_expires": None}, {"details": details("Ada", register_number=None)},
     {"level": 5, "details": details("Ada", equivalent="Long experience")}],
)  # fmt: skip
async def test_nobody_who_was_not_qualified_on_the_day_signs_off(diary: Diary, changes):
    meeting = await whole(diary)
    await set_to(diary, **changes)
    await refused(diary, meeting, "not qualified")


async def test_the_registers_last_day_is_one(diary: Diary):
    meeting = await whole(diary)
    await set_to(diary, register_expires=date(2026, 11, 23))
    assert (await sign_it(diary, meeting)).equivalent is False


async def test_what_the_school_recorded_as_equivalent_is_told_apart(diary: Diary):
    meeting = await whole(diary)
    equal = details("Ada", register_number=None, equivalent="QCG, agreed by the governors")
    await set_to(diary, register_expires=None, details=equal)
    kept = await sign_it(diary, meeting)
    assert kept.equivalent
    assert kept.held["equivalent"] == "QCG, agreed by the governors"


async def test_nobody_signs_off_what_another_held(diary: Diary):
    meeting = await whole(diary)
    await refused(diary, meeting, "not theirs", actor=Actor("staff", diary.other, "Bo"))
    for actor in (diary.pupil(), Actor("service")):
        await refused(diary, meeting, "not theirs", actor=actor)


async def test_the_database_itself_refuses_a_level_that_is_too_low(diary: Diary):
    meeting = await whole(diary)
    row = {
        "meeting_id": meeting.id, "school_id": diary.school_id, "staff_id": diary.adviser,
        "minutes": 40, "level": 5, "equivalent": False, "held": "x", "signed_at": THEN,
    }  # fmt: skip
    with pytest.raises(IntegrityError), diary.store.engine.begin() as connection:
        connection.execute(insert(SignOff).values(row))
