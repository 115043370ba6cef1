"""Meetings as iCalendar: invitations, cancellations, and an adviser's feed.

What a calendar shows may be seen on a shared screen or by another company's servers: it names no
pupil and nothing that anybody wants to talk about.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Literal

import yaml
from icalendar import Calendar, Event, Timezone, vCalAddress, vText

from bot.records.guidance.lines import ENGLAND
from bot.records.meetings.rows import MeetingRow

PRODUCT = "-//Signpost//Guidance meetings//EN"
_WORDS = Path(__file__).with_name("calendar.yml")
_LONDON = Path(__file__).with_name("london.ics")
_FEED_REFRESH = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Organiser:
    """Whose name invitations bear: the school's, and where answers would go."""

    name: str
    address: str


@cache
def _london() -> Timezone:
    """England's time by its rule, as the library's own list of changes has some an hour late."""
    found = Timezone.from_ical(_LONDON.read_text(encoding="ascii"))
    if not isinstance(found, Timezone):
        raise TypeError("london.ics is no time zone")
    return found


@cache
def words() -> dict[str, str]:
    """What calendars show, by name."""
    found: dict[str, str] = yaml.safe_load(_WORDS.read_text(encoding="utf-8"))
    return found


def invitation(
    meeting: MeetingRow, organiser: Organiser, to: str, said: str, stamp: datetime
) -> bytes:
    """An invitation, or a change of one, for one address; others who come are not named in it.

    `said` is the text under the event. `stamp` is the moment of the change.
    """
    return _sent("REQUEST", meeting, organiser, to, said, stamp)


def cancellation(
    meeting: MeetingRow, organiser: Organiser, to: str, said: str, stamp: datetime
) -> bytes:
    """That a meeting is off, for one address."""
    return _sent("CANCEL", meeting, organiser, to, said, stamp)


def _sent(
    method: Literal["REQUEST", "CANCEL"],
    meeting: MeetingRow,
    organiser: Organiser,
    to: str,
    said: str,
    stamp: datetime,
) -> bytes:
    event = _event(meeting, organiser.address, stamp)
    event.add("DESCRIPTION", said)
    event.add("STATUS", "CANCELLED" if method == "CANCEL" else "CONFIRMED")
    owner = vCalAddress(f"mailto:{organiser.address}")
    owner.params["CN"] = vText(organiser.name)
    event.add("ORGANIZER", owner)
    guest = vCalAddress(f"mailto:{to}")
    guest.params["ROLE"] = vText("REQ-PARTICIPANT")
    guest.params["PARTSTAT"] = vText("NEEDS-ACTION")
    guest.params["RSVP"] = vText("FALSE")
    event.add("ATTENDEE", guest)
    return _whole(method, [event])


def feed(meetings: Iterable[MeetingRow], organiser: Organiser, name: str) -> bytes:
    """An adviser's meetings for a calendar that looks at an address from time to time."""
    events = []
    for meeting in meetings:
        event = _event(meeting, organiser.address, meeting.changed_at)
        event.add("STATUS", "CONFIRMED")
        events.append(event)
    return _whole("PUBLISH", events, name)


def _event(meeting: MeetingRow, address: str, stamp: datetime) -> Event:
    event = Event()
    event.add("UID", f"{meeting.calendar_id}@{address.partition('@')[2]}")
    event.add("SEQUENCE", meeting.sequence)
    event.add("DTSTAMP", stamp)
    # In the school's own time: a calendar that goes by rules of its own still shows lunch.
    event.add("DTSTART", meeting.begins_at.astimezone(ENGLAND))
    event.add("DTEND", meeting.ends_at.astimezone(ENGLAND))
    event.add("SUMMARY", words()["group" if meeting.kind == "group" else "summary"])
    event.add("CLASS", "PRIVATE")
    if meeting.room:
        event.add("LOCATION", meeting.room)
    return event


def _whole(method: str, events: list[Event], name: str | None = None) -> bytes:
    calendar = Calendar()
    calendar.add("PRODID", PRODUCT)
    calendar.add("VERSION", "2.0")
    calendar.add("CALSCALE", "GREGORIAN")
    calendar.add("METHOD", method)
    if name is not None:
        calendar.add("X-WR-CALNAME", name)
        calendar.add("REFRESH-INTERVAL", _FEED_REFRESH, parameters={"VALUE": "DURATION"})
    calendar.add_component(_london())
    for event in events:
        calendar.add_component(event)
    found: bytes = calendar.to_ical()
    return found
