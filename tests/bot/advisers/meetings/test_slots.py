"""Slots: in working hours, on school days, with notice, and never across anything that is taken."""

import itertools
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.advisers.meetings.slots import (
    CELL,
    Calendar,
    Hours,
    LessonTime,
    Session,
    SlotRules,
    Span,
    cells_needed,
    cells_of,
    moment,
    room_key,
    sessions_of,
    slots_of,
    span_of,
    staff_key,
)

ENGLAND = ZoneInfo("Europe/London")
MONDAY = date(2026, 11, 23)
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
RULES = SlotRules(minutes=30, buffer_minutes=10, every_minutes=10, notice_hours=0, days_ahead=400)
MORNING = Hours("a", 0, time(9), time(11), room="Library")


def found(hours=(MORNING,), rules=RULES, calendar=Calendar(), first=MONDAY, last=None, **more):  # noqa: B008
    values = {"first_on": first, "last_on": last or first, "now": NOW} | more
    return slots_of(hours, rules, calendar, **values)


def local(slots) -> list[str]:
    return [f"{slot.begins_at.astimezone(ENGLAND):%H:%M}" for slot in slots]


def test_slots_fill_the_hours_step_by_step_and_end_with_them():
    slots = found()
    assert local(slots) == [
        *("09:00", "09:10", "09:20", "09:30", "09:40", "09:50"),
        *("10:00", "10:10", "10:20", "10:30"),
    ]
    assert slots[-1].ends_at == datetime(2026, 11, 23, 11, tzinfo=UTC)
    assert {(slot.staff_id, slot.kind, slot.room) for slot in slots} == {
        ("a", "guidance", "Library")
    }


@pytest.mark.parametrize(
    ("hours", "slots"),
    [
        (Hours("a", 1, time(9), time(11)), 0),
        (Hours("a", 0, time(9), time(9, 25)), 0),
        (Hours("a", 0, time(9), time(9, 30)), 1),
        (Hours("a", 0, time(9), time(9, 30), first_on=date(2026, 11, 24)), 0),
        (Hours("a", 0, time(9), time(9, 30), last_on=date(2026, 11, 22)), 0),
        (Hours("a", 0, time(9), time(9, 30), first_on=MONDAY, last_on=MONDAY), 1),
        (Hours("a", 0, time(9), time(9, 30), kind="drop-in"), 0),
        (Hours("a", 0, time(9), time(9, 30), kind="group"), 0),
        (Hours("a", 0, time(9), time(9, 30), kind="results"), 1),
    ],
)
def test_hours_hold_on_their_day_and_between_their_dates(hours, slots):
    assert len(found([hours])) == slots


def test_holidays_have_no_slots_but_those_for_results():
    closed = Calendar(frozenset({MONDAY}))
    assert found(calendar=closed) == []
    results = Hours("a", 0, time(9), time(10), kind="results", first_on=MONDAY, last_on=MONDAY)
    assert len(found([results], calendar=closed)) == 4


def test_a_meeting_that_is_taken_keeps_its_buffer_on_both_sides():
    meeting = span_of(MONDAY, time(9, 30), time(10))
    taken = set(cells_needed(meeting, "a", "p", "Library", RULES.buffer))
    # 09:00 would end at 09:30 with no time after it; 10:00 would begin with none before it.
    assert local(found(taken=taken)) == ["10:10", "10:20", "10:30"]


def test_a_room_that_somebody_else_has_is_taken():
    meeting = span_of(MONDAY, time(9), time(10, 30))
    taken = set(cells_needed(meeting, "b", "p", "  library ", RULES.buffer))
    assert local(found(taken=taken)) == ["10:30"]
    assert room_key("LIBRARY") == room_key(" library")


def test_a_pupil_who_has_a_meeting_elsewhere_is_taken_and_others_are_not():
    taken = set(cells_needed(span_of(MONDAY, time(9), time(10, 30)), "b", "p", None, RULES.buffer))
    assert local(found(taken=taken, pupil_id="p")) == ["10:30"]
    assert len(found(taken=taken, pupil_id="q")) == 10


def test_nobody_meets_an_adviser_who_is_away():
    away = [Span(moment(MONDAY, time(8)), moment(MONDAY, time(10)))]
    assert local(found(away=away)) == ["10:00", "10:10", "10:20", "10:30"]


def test_lessons_to_avoid_are_avoided_in_their_week():
    maths = LessonTime(0, time(9), time(10), week="A")
    weeks = Calendar(week_a=date(2026, 9, 7))
    assert weeks.week_of(MONDAY) == "B"
    assert len(found(calendar=weeks, lessons=[maths])) == 10
    after = MONDAY + timedelta(days=7)
    assert local(found(calendar=weeks, lessons=[maths], first=after))[0] == "10:00"
    always = LessonTime(0, time(9), time(10))
    assert local(found(lessons=[always]))[0] == "10:00"
    tuesdays = LessonTime(1, time(9), time(10))
    assert len(found(lessons=[tuesdays])) == 10


def test_a_week_of_holidays_is_no_week_of_the_timetable():
    half_term = frozenset(date(2026, 10, 26) + timedelta(days=one) for one in range(5))
    weeks = Calendar(half_term, date(2026, 9, 7))
    assert weeks.week_of(date(2026, 10, 19)) == "A"
    assert weeks.week_of(date(2026, 11, 2)) == "B"
    # A week of which only one day is a holiday is a week.
    assert Calendar(frozenset({date(2026, 10, 26)}), date(2026, 9, 7)).week_of(
        date(2026, 11, 2)
    ) == "A"  # fmt: skip
    assert weeks.week_of(date(2026, 8, 31)) == "B", "before the week that was named, too"


def test_notice_is_kept_to_the_minute():
    rules = SlotRules(30, 10, 10, notice_hours=24, days_ahead=400)
    now = datetime(2026, 11, 22, 9, 15, tzinfo=UTC)
    assert local(found(rules=rules, now=now))[0] == "09:20"


def test_no_further_ahead_than_the_school_says():
    rules = SlotRules(30, 10, 10, 0, days_ahead=3)
    assert len(found(rules=rules, last=MONDAY + timedelta(days=60))) == 10
    assert found(rules=SlotRules(30, 10, 10, 0, days_ahead=2)) == []


@pytest.mark.parametrize(
    ("day", "offset"),
    [(date(2026, 10, 23), 1), (date(2026, 10, 26), 0), (date(2027, 3, 26), 0),
     (date(2027, 3, 29), 1)],
)  # fmt: skip
def test_lunch_stays_lunch_when_the_clocks_change(day, offset):
    lunch = Hours("a", day.weekday(), time(12, 30), time(13))
    (slot,) = found([lunch], first=day, now=datetime(2026, 9, 1, tzinfo=UTC))
    assert local([slot]) == ["12:30"]
    assert slot.begins_at.hour == 12 - offset


def test_a_night_on_which_the_clocks_change_has_no_impossible_meeting():
    results = Hours("a", 6, time(0, 30), time(3), kind="results")
    spring = found([results], first=date(2027, 3, 28))
    autumn = found([results], first=date(2026, 10, 25), now=datetime(2026, 9, 1, tzinfo=UTC))
    assert spring[-1].ends_at - spring[0].begins_at == timedelta(hours=1, minutes=30)
    assert autumn[-1].ends_at - autumn[0].begins_at == timedelta(hours=3, minutes=30)
    assert "01:30" not in local(spring)


def test_sessions_are_told_and_not_given_out():
    lunch = Hours("a", 0, time(12, 30), time(13, 15), kind="drop-in", room="Library")
    span = span_of(MONDAY, time(12, 30), time(13, 15))
    sessions = {"first_on": MONDAY, "last_on": MONDAY, "now": NOW}
    assert sessions_of([lunch, MORNING], Calendar(), **sessions) == [
        Session(span.begins_at, span.ends_at, "a", "drop-in", "Library")
    ]
    assert sessions_of([lunch], Calendar(frozenset({MONDAY})), **sessions) == []
    assert sessions_of([lunch], Calendar(), **sessions, away=[span]) == []
    assert sessions_of([lunch], Calendar(), **sessions | {"now": span.ends_at}) == []


@pytest.mark.parametrize(
    "wrong", [{"minutes": 0}, {"minutes": 33}, {"buffer_minutes": 7}, {"every_minutes": 0},
              {"notice_hours": -1}, {"days_ahead": -1}, {"buffer_minutes": -5}],
)  # fmt: skip
def test_rules_that_cannot_be_are_refused(wrong):
    with pytest.raises(ValueError, match=r"minutes|time"):
        SlotRules(**wrong)


# ---- whatever the hours, what is taken and the day

QUARTERS = st.integers(0, 95).map(lambda one: time(one // 4, one % 4 * 15))


@st.composite
def hours_of_a_day(draw):
    begins, ends = sorted((draw(QUARTERS), draw(QUARTERS)))
    room = draw(st.sampled_from([None, "Library", "Office"]))
    kind = draw(st.sampled_from(["guidance", "results", "drop-in"]))
    return Hours("a", draw(st.integers(0, 6)), begins, ends, kind, room)


@st.composite
def spans(draw):
    start = moment(MONDAY, time(0)) + draw(st.integers(0, 14 * 288)) * CELL
    return Span(start, start + draw(st.integers(1, 24)) * CELL)


LESSONS = st.builds(
    lambda day, one, two, week: LessonTime(day, *sorted((one, two)), week),
    st.integers(0, 6), QUARTERS, QUARTERS, st.sampled_from(["", "A", "B"]),
)  # fmt: skip


@given(
    st.lists(hours_of_a_day(), max_size=6),
    st.lists(spans(), max_size=5),
    st.lists(spans(), max_size=5),
    st.lists(LESSONS, max_size=5),
    st.sampled_from([5, 30, 45]),
    st.sampled_from([0, 5, 15]),
    st.integers(0, 72),
    st.sets(st.integers(0, 13).map(lambda one: MONDAY + timedelta(days=one)), max_size=4),
)
def test_a_slot_keeps_every_rule(hours, away, met, lessons, minutes, buffer, notice, closed):
    rules = SlotRules(minutes, buffer, 10, notice, 400)
    weeks = Calendar(frozenset(closed), MONDAY)
    taken = {cell for span in met for cell in cells_needed(span, "a", "p", None, rules.buffer)}
    slots = found(
        hours, rules, weeks, MONDAY, MONDAY + timedelta(days=13),
        away=away, taken=taken, lessons=lessons, pupil_id="p",
    )  # fmt: skip
    assert slots == sorted(set(slots), key=slots.index)
    for slot in slots:
        span = Span(slot.begins_at, slot.ends_at)
        begins, ends = slot.begins_at.astimezone(ENGLAND), slot.ends_at.astimezone(ENGLAND)
        day = begins.date()
        assert slot.ends_at - slot.begins_at == timedelta(minutes=minutes)
        assert slot.begins_at >= NOW + timedelta(hours=notice)
        assert any(
            one.are_on(day) and one.kind == slot.kind and one.room == slot.room
            and one.begins <= begins.time() and (ends.date() > day or ends.time() <= one.ends)
            for one in hours
        )  # fmt: skip
        assert weeks.is_open(day) or slot.kind == "results"
        assert not any(span.meets(other) for other in away)
        with_buffer = Span(span.begins_at, span.ends_at + rules.buffer)
        for meeting in met:
            assert not with_buffer.meets(meeting)
            assert not span.meets(Span(meeting.begins_at, meeting.ends_at + rules.buffer))
        for lesson in lessons:
            if weeks.is_open(day) and lesson.weekday == day.weekday():
                there = lesson.week in ("", weeks.week_of(day))
                assert not (there and span.meets(span_of(day, lesson.begins, lesson.ends)))


@given(spans())
def test_cells_cover_a_span_and_no_more(span):
    cells = cells_of(span)
    assert cells[0] == span.begins_at
    assert cells[-1] + CELL == span.ends_at
    assert all(after - before == CELL for before, after in itertools.pairwise(cells))


def test_cells_of_a_span_off_the_grid_reach_over_it():
    span = Span(NOW + timedelta(minutes=2), NOW + timedelta(minutes=6))
    assert cells_of(span) == [NOW, NOW + CELL]
    needed = cells_needed(span, "a", "p", "R", timedelta(0))
    assert needed == sorted(needed)
    assert (staff_key("a"), NOW) in needed
