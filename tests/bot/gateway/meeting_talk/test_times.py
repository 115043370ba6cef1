"""Days and times in pupils' words, and what is about something else."""

from datetime import UTC, date, datetime, time, timedelta

import pytest

from bot.advisers.meetings.slots import Slot
from bot.gateway.meeting_talk.times import Times, Wish, nearest
from bot.gateway.record_talk.words import Words
from knowledge.wording import Wording

WORDING = Wording.load()
WORDS = Words(WORDING)
TIMES = Times(WORDING, WORDS)
MONDAY = date(2026, 11, 23)


def day(number: int, month: int = 11) -> date:
    return date(2026, month, number)


def read(text: str) -> tuple[Wish, int]:
    return TIMES.read(WORDS.folded(text), MONDAY)


def wish(text: str) -> Wish:
    found, left = read(text)
    assert left == 0, text
    return found


@pytest.mark.parametrize(
    ("text", "days"),
    [("Thursday lunch?", {day(26)}), ("thurs pls", {day(26)}), ("tomoz", {day(24)}),
     ("mon or tues", {day(24), day(30)}), ("next thursday", {day(3, 12)}),
     ("thursday next week", {day(3, 12)}), ("3 dec", {day(3, 12)}), ("Dec 3rd", {day(3, 12)}),
     ("tuesday 1st december", {day(1, 12)}), ("2 january", {date(2027, 1, 2)}),
     ("next week", {day(30), *(day(n, 12) for n in (1, 2, 3, 4))}), ("today", {MONDAY}),
     ("how about wensday", {day(25)}), ("lunch", set())],
)  # fmt: skip
def test_days(text, days):
    assert wish(text).days == days


@pytest.mark.parametrize(
    ("text", "spans"),
    [("lunch", [("11:45", "14:00")]), ("after school", [("15:00", "18:00")]),
     ("thursday morning", [("07:00", "12:00")]), ("after 2", [("14:00", "23:59")]),
     ("before 11", [("00:00", "11:00")]), ("2pm", [("13:15", "14:45")]),
     ("half 2 tomorrow", [("13:45", "15:15")]), ("quarter to 3", [("14:00", "15:30")]),
     ("12:30", [("11:45", "13:15")]), ("at 11", [("10:15", "11:45")]), ("monday", [])],
)  # fmt: skip
def test_times_of_a_day(text, spans):
    found = wish(text).spans
    assert found == tuple((time.fromisoformat(a), time.fromisoformat(b)) for a, b in spans)


@pytest.mark.parametrize(
    "text",
    ["what does a vet earn", "do nurses work on sundays", "is monday good for open days at college",
     "i want to be a vet on thursday", "whats the pay after 2 years"],
)  # fmt: skip
def test_what_is_about_something_else_has_words_left(text):
    assert read(text)[1] > 0


@pytest.mark.parametrize("text", ["2", "the second one", "ok", "hello", "31 february"])
def test_what_names_no_time_says_nothing(text):
    assert not read(text)[0].says_something


def slot(ahead: int, hour: int) -> Slot:
    begins = datetime(2026, 11, 23, hour, tzinfo=UTC) + timedelta(days=ahead)
    return Slot(begins, begins + timedelta(minutes=40), "a", "guidance")


def test_the_nearest_are_near_in_days_first():
    slots = [slot(0, 9), slot(3, 9), slot(4, 12), slot(9, 12)]
    assert nearest(slots, wish("thursday lunch"), 2) == [slot(3, 9), slot(4, 12)]


def test_a_wish_fits_in_englands_own_time():
    summer = datetime(2026, 6, 18, 11, 30, tzinfo=UTC)
    at_lunch = Slot(summer, summer + timedelta(minutes=40), "a", "guidance")
    assert wish("lunch").fits(at_lunch)
    assert not wish("before 12").fits(at_lunch)
