"""Invitations and feeds, read back by a parser that is not the one they were made with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from ical.calendar import Calendar
from ical.calendar_stream import IcsCalendarStream

from bot.advisers.meetings.calendar import Organiser, cancellation, feed, invitation
from bot.records.meetings.rows import MeetingDetails, MeetingRow

ORGANISER = Organiser("St Ebba's, Upper School", "careers@school.example")
WINTER = datetime(2026, 11, 26, 12, 30, tzinfo=UTC)
SUMMER = datetime(2027, 6, 17, 11, 30, tzinfo=UTC)


def meeting(begins: datetime = WINTER, **changes) -> MeetingRow:
    row = MeetingRow(
        id="i" * 32, school_id=1, pupil_id="p" * 32, staff_id="s" * 32, kind="guidance",
        state="booked", room="Room 4, the Annexe; upstairs", begins_at=begins,
        ends_at=begins + timedelta(minutes=40), calendar_id="c" * 32, sequence=3,
        details=MeetingDetails(talk="Zebras"), created_at=begins, changed_at=begins,
    )  # fmt: skip
    return replace(row, **changes)


def read(content: bytes) -> Calendar:
    assert b"\r\n" in content
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) <= 75
    return IcsCalendarStream.calendar_from_ics(content.decode())


def test_an_invitation_says_what_it_must_and_no_more():
    said = "With Ada, a careers adviser.\nBring a pen; café, \\ and all."
    content = invitation(meeting(), ORGANISER, "a@b.example", said, WINTER)
    calendar = read(content)
    (event,) = calendar.events
    assert calendar.method == "REQUEST"
    assert event.uid == f"{'c' * 32}@school.example"
    assert event.sequence == 3
    assert event.summary == "Careers meeting"
    assert event.description == said
    assert event.location == "Room 4, the Annexe; upstairs"
    assert event.organizer.uri == "mailto:careers@school.example"
    assert event.organizer.common_name == "St Ebba's, Upper School"
    assert [guest.uri for guest in event.attendees] == ["mailto:a@b.example"]
    assert b"Zebras" not in content
    assert b"i" * 32 not in content, "its id stands in addresses of the console"


@pytest.mark.parametrize(
    ("begins", "shown"), [(WINTER, "20261126T123000"), (SUMMER, "20270617T123000")]
)
def test_lunch_is_lunch_in_winter_and_summer(begins, shown):
    content = invitation(meeting(begins), ORGANISER, "a@b.example", "x", begins)
    assert f"DTSTART;TZID=Europe/London:{shown}".encode() in content
    (event,) = read(content).events
    assert event.start.astimezone(UTC) == begins
    assert event.end.astimezone(UTC) == begins + timedelta(minutes=40)


def test_the_time_zone_that_goes_along_changes_when_england_does():
    content = invitation(meeting(), ORGANISER, "a@b.example", "x", WINTER)
    (zone,) = read(content).timezones
    assert zone.tz_id == "Europe/London"
    (summer,), (winter,) = zone.daylight, zone.standard
    assert (summer.tz_offset_to.offset, winter.tz_offset_to.offset) == (
        timedelta(hours=1), timedelta(0),
    )  # fmt: skip
    # Both changes are at one o'clock UTC on the last Sunday.
    assert summer.dtstart.hour == 1
    assert winter.dtstart.hour == 2
    for rule, month in ((summer.rrule, 3), (winter.rrule, 10)):
        assert rule.by_month == [month]
        assert "BYDAY=-1SU" in rule.as_rrule_str()


def test_a_cancellation_is_of_the_same_event():
    content = cancellation(meeting(sequence=4), ORGANISER, "a@b.example", "x", WINTER)
    calendar = read(content)
    (event,) = calendar.events
    assert (calendar.method, event.status.value, event.sequence) == ("CANCEL", "CANCELLED", 4)
    assert event.uid == f"{'c' * 32}@school.example"


def test_a_feed_has_every_meeting_and_nobodys_name():
    group = meeting(SUMMER, kind="group", pupil_id=None, calendar_id="d" * 32, room=None)
    content = feed([meeting(), group], ORGANISER, "Careers meetings, St Ebba's")
    calendar = read(content)
    assert calendar.method == "PUBLISH"
    assert [event.summary for event in calendar.events] == ["Careers meeting", "Careers session"]
    assert len({event.uid for event in calendar.events}) == 2
    assert b"ATTENDEE" not in content
    assert b"DESCRIPTION" not in content


def test_a_feed_without_meetings_is_a_calendar_all_the_same():
    assert read(feed([], ORGANISER, "None")).events == []
