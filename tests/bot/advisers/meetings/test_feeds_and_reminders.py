"""A calendar's secret address, and the mail a day before."""

import asyncio
from datetime import date, timedelta

import pytest
from ical.calendar_stream import IcsCalendarStream

from bot.advisers.meetings.booking import cancel, move
from bot.advisers.meetings.feeds import close_feed, feed_at, has_feed, open_feed, path_of
from bot.advisers.meetings.reminders import keep_reminded, remind_due
from bot.records.audit.search import search
from bot.records.schools import keep_school
from bot.records.staff import leave_staff
from tests.bot.advisers.meetings.diary import NOTICES, SEALING, Diary, at


async def opened(diary: Diary, staff_id: str | None = None) -> str:
    return await diary.write(open_feed, staff_id or diary.adviser, actor=diary.staff, now=diary.now)


async def at_address(diary: Diary, token: str, staff_id: str | None = None) -> bytes | None:
    return await diary.write(feed_at, staff_id or diary.adviser, token, NOTICES, diary.now)


async def test_a_feed_shows_the_advisers_own_meetings_and_no_names(diary: Diary):
    token = await opened(diary)
    await diary.book(0, 9, talk="Zebras")
    off = await diary.book(1, 10)
    await diary.act(cancel, off.id)
    await diary.book(2, 11, staff_id=diary.other)
    content = await at_address(diary, token)
    assert content is not None
    (event,) = IcsCalendarStream.calendar_from_ics(content.decode()).events
    assert event.start.astimezone(at(9).tzinfo) == at(9)
    assert not any(word in content for word in (b"Zebras", b"Given", b"Family"))


@pytest.mark.parametrize("wrong", ["", "x", "x" * 500, "é", "\ud800"])
async def test_no_other_address_opens_it(diary: Diary, wrong: str):
    token = await opened(diary)
    assert await at_address(diary, wrong) is None
    assert await at_address(diary, token, diary.other) is None
    assert await at_address(diary, token, "x" * 500) is None


async def test_nothing_opens_where_no_address_was_made(diary: Diary):
    assert await at_address(diary, "") is None


async def test_a_new_address_closes_the_one_before(diary: Diary):
    before, after = await opened(diary), await opened(diary)
    assert await at_address(diary, before) is None
    assert await at_address(diary, after) is not None
    assert await diary.write(close_feed, diary.adviser, actor=diary.staff, now=diary.now)
    assert await at_address(diary, after) is None
    assert not await diary.store.read(has_feed, diary.school_id, diary.adviser)
    assert not await diary.write(close_feed, diary.adviser, actor=diary.staff, now=diary.now)


async def test_whoever_left_has_no_feed_nor_another_school(diary: Diary):
    token = await opened(diary)
    other = await diary.store.write(keep_school, "other", "Other", diary.now)
    assert await diary.store.read(
        feed_at, SEALING, other, diary.adviser, token, NOTICES, diary.now
    ) is None  # fmt: skip
    await diary.store.write(leave_staff, diary.school_id, diary.adviser, date(2026, 11, 20))
    assert await at_address(diary, token) is None


async def test_the_secret_is_kept_nowhere(diary: Diary, tmp_path):
    token = await opened(diary)
    await diary.store.scrub()
    for path in tmp_path.rglob("store.sqlite3*"):
        assert token.encode() not in path.read_bytes()
    assert token not in repr((await diary.write(search)).rows)
    assert path_of(diary.adviser, token).endswith(".ics")


# ---- reminders


async def remind(diary: Diary, **ahead: int) -> list[str]:
    now = at(9) - timedelta(**ahead)
    await diary.store.write(remind_due, SEALING, diary.school_id, NOTICES, now)
    return [one.to for one in await diary.letters() if one.subject.startswith("Soon")]


async def test_a_pupil_is_reminded_a_day_before_and_once(diary: Diary):
    await diary.book(0, 9)
    assert await remind(diary, hours=25) == []
    assert await remind(diary, hours=24, minutes=-5) == ["pupil0@school.example"]
    assert await remind(diary, hours=20) == []


async def test_a_meeting_that_moved_is_reminded_of_again(diary: Diary):
    meeting = await diary.book(0, 9)
    await diary.act(move, meeting.id, at(10), room="Library")
    assert await remind(diary, hours=22) == ["pupil0@school.example"]


async def test_no_reminder_of_what_is_off_or_was_only_just_told(diary: Diary):
    off = await diary.book(0, 9)
    await diary.act(cancel, off.id)
    await diary.book(1, 10, now=at(10) - timedelta(hours=23))
    await diary.book(2, 11)
    assert await remind(diary, hours=20) == []


async def test_nobody_is_reminded_as_it_begins(diary: Diary):
    await diary.book(0, 9)
    assert await remind(diary, minutes=50) == []


async def test_the_worker_reminds(diary: Diary):
    await diary.book(0, 9)
    await diary.letters()
    work = keep_reminded(
        diary.store, SEALING, diary.school_id, NOTICES, lambda: at(9) - timedelta(hours=3)
    )
    task = asyncio.create_task(work)
    for _ in range(50):
        await asyncio.sleep(0.1)
        letters = await diary.letters()
        if letters:
            break
    task.cancel()
    assert [one.to for one in letters] == ["pupil0@school.example"]
