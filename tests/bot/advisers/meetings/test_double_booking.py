"""Whoever books at the same time, on either database: nobody ever has two meetings at once."""

import asyncio
import itertools
import multiprocessing
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert
from sqlalchemy.exc import IntegrityError

from bot.advisers.meetings.booking import NotBooked, Wanted, book, cancel, move
from bot.advisers.meetings.slots import Span, cells_needed
from bot.records.audit import chain
from bot.records.audit.actors import Actor
from bot.records.meetings.rows import MeetingRow, all_of_pupils
from bot.records.models import TakenCell
from bot.records.sealing import Sealing
from bot.records.store import Store
from tests.bot.advisers.meetings.diary import NOTICES, SEALING, Diary, at, together

BUFFER = timedelta(minutes=10)


async def sound(diary: Diary) -> list[MeetingRow]:
    """The meetings that are to come, once it is certain that no two have anything in common."""
    booked = [one for one in await diary.write(all_of_pupils) if one.state == "booked"]
    cells: Counter[tuple[str, Any]] = Counter()
    for one in booked:
        span = Span(one.begins_at, one.ends_at)
        cells.update(cells_needed(span, one.staff_id, one.pupil_id, one.room, BUFFER))
    assert all(count == 1 for count in cells.values())
    assert set(cells) == await diary.cells(), "what is taken is what the meetings take"
    assert await diary.store.read(chain.verify, diary.school_id) == []
    return booked


def sort_out(results: list[Any]) -> tuple[list[MeetingRow], list[NotBooked]]:
    done = [one for one in results if isinstance(one, MeetingRow)]
    refused = [one for one in results if isinstance(one, NotBooked)]
    assert len(done) + len(refused) == len(results), results
    return done, refused


async def test_many_pupils_who_want_one_time_get_it_once(either_diary: Diary):
    works = [either_diary.book(number, 9) for number in range(24)]
    done, refused = sort_out(await together(*works))
    assert len(done) == 1
    assert {one.why for one in refused} == {"taken"}
    assert await sound(either_diary) == done


async def test_one_pupil_with_many_windows_open_gets_one_meeting(either_diary: Diary):
    slots = await either_diary.free()
    works = [
        either_diary.act(
            book,
            Wanted(slot.staff_id, slot.begins_at, either_diary.pupils[0], room=slot.room),
            actor=either_diary.pupil(),
        )
        for slot in slots[:12]
    ]
    done, refused = sort_out(await together(*works))
    assert len(done) == 1
    assert {one.why for one in refused} == {"one already"}
    await sound(either_diary)


async def test_one_room_holds_one_meeting(either_diary: Diary):
    works = [
        either_diary.book(number, 9, staff_id=staff)
        for number, staff in enumerate([either_diary.adviser, either_diary.other] * 6)
    ]
    done, refused = sort_out(await together(*works))
    assert len(done) == 1
    assert all("room" in one.whose for one in refused)
    await sound(either_diary)


async def test_one_pupil_meets_one_adviser_at_a_time(either_diary: Diary):
    works = [
        either_diary.book(0, 9, staff_id=staff, room=None)
        for staff in [either_diary.adviser, either_diary.other] * 6
    ]
    done, _ = sort_out(await together(*works))
    assert len(done) == 1
    await sound(either_diary)


async def test_times_that_overlap_a_little_do_too(either_diary: Diary):
    works = [
        either_diary.act(
            book,
            Wanted(
                either_diary.adviser,
                at(9) + timedelta(minutes=5 * number),
                either_diary.pupils[number],
                room="Library",
            ),
        )
        for number in range(20)
    ]
    await together(*works)
    booked = await sound(either_diary)
    assert 1 <= len(booked) <= 3
    for before, after in itertools.pairwise(booked):
        assert after.begins_at >= before.ends_at + BUFFER


async def test_moving_cancelling_and_booking_at_once(either_diary: Diary):
    first = [await either_diary.book(number, 9 + number) for number in range(3)]
    works = [either_diary.act(move, one.id, at(10), room="Library") for one in first]
    works += [either_diary.act(cancel, first[1].id)]
    works += [either_diary.book(3 + number, 10) for number in range(6)]
    works += [either_diary.book(9 + number, 9) for number in range(6)]
    sort_out(await together(*works))
    await sound(either_diary)


def _books_all(url: str, school_id: int, adviser: str, pupil: str, keys: Any, answers: Any) -> None:
    """Another process tries every hour of the morning."""

    sealing = Sealing(*keys)
    store = Store(url, wait_s=30)

    async def go() -> int:
        done = 0
        for hour in range(9, 17):
            wanted = Wanted(adviser, at(hour), pupil, room="Library")
            try:
                await store.write(
                    book, sealing, school_id, wanted,
                    actor=Actor("staff", adviser, "Ada"), notices=NOTICES,
                    now=at(9) - timedelta(days=3),
                )  # fmt: skip
                done += 1
            except NotBooked:
                pass
        return done

    answers.put(asyncio.run(go()))
    store.close()


async def test_several_processes_share_the_hours_out(either_diary: Diary):
    url = either_diary.store.engine.url.render_as_string(hide_password=False)
    keys = ([SEALING._ring.keys[0]], "k" * 43)
    spawned = multiprocessing.get_context("spawn")
    answers = spawned.Queue()
    others = [
        spawned.Process(
            target=_books_all,
            args=(url, either_diary.school_id, either_diary.adviser, pupil, keys, answers),
        )
        for pupil in either_diary.pupils[:4]
    ]
    for one in others:
        one.start()
    counts = [answers.get(timeout=180) for _ in others]
    for one in others:
        one.join(30)
    assert sum(counts) == 8, "every hour was booked, and once"
    assert len(await sound(either_diary)) == 8


async def test_the_database_itself_refuses_a_cell_that_is_taken(either_diary: Diary):
    meeting = await either_diary.book(0, 9)
    cell = {
        "school_id": either_diary.school_id,
        "whose": f"staff:{either_diary.adviser}",
        "begins_at": at(9),
        "meeting_id": meeting.id,
    }
    with (
        pytest.raises(IntegrityError),
        either_diary.store.engine.begin() as connection,
    ):
        connection.execute(insert(TakenCell).values(cell))
