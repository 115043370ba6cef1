"""Who is told of a meeting, by mail with its invitation: in the transaction of what is told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import Connection

from bot.advisers.mail.letters import letter
from bot.advisers.mail.outbox import Attached, MailWrong, is_address, put
from bot.advisers.meetings.calendar import Organiser, cancellation, invitation
from bot.records.guidance.lines import ENGLAND, day_in_england
from bot.records.meetings.places import InviteeRow, invitees_of, note_told, waiting_list
from bot.records.meetings.rows import MeetingRow
from bot.records.pupils import find_pupil
from bot.records.sealing import Sealing
from bot.records.staff import find_staff, title_of
from bot.settings import Settings
from knowledge.facts import day_told

MOST_TOLD = 5
"""Of those who wait, so many are told of one time that came free."""
_NOBODY = "careers@signpost.invalid"
What = Literal["booked", "moved", "cancelled"]


@dataclass(frozen=True, slots=True)
class Notices:
    """What mails about meetings name beside the meeting: the school, and where its pages are."""

    school: str
    base: str
    sender: str

    @classmethod
    def of(cls, settings: Settings) -> Notices:
        """As the installation is set."""
        return cls(settings.school_name, settings.public_url, settings.mail_from or _NOBODY)

    @property
    def organiser(self) -> Organiser:
        """Whose invitations they are."""
        return Organiser(self.school, self.sender)

    @property
    def own_page(self) -> str:
        """Where a pupil finds the meetings."""
        return f"{self.base}/record/meetings"

    def console_page(self, meeting_id: str) -> str:
        """Where staff find one meeting."""
        return f"{self.base}/console/meetings/{meeting_id}"


@dataclass(frozen=True, slots=True)
class _Person:
    role: Literal["pupil", "staff", "guest"]
    key: str
    email: str


def tell(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    notices: Notices,
    meeting: MeetingRow,
    what: What,
    now: datetime,
) -> int:
    """Put a mail for everybody who is to be at the meeting, for each sequence once; how many.

    Whoever has no address has the page.
    """
    values = values_of(connection, sealing, school_id, notices, meeting, now)
    return sum(
        _tell_one(connection, sealing, school_id, notices, meeting, what, person, values, now)
        for person in _people(connection, sealing, school_id, meeting)
    )


def tell_guest(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    notices: Notices,
    meeting: MeetingRow,
    guest: InviteeRow,
    what: What,
    now: datetime,
) -> bool:
    """Tell somebody whom the pupil has agreed to ask along, or who need not come any more."""
    values = values_of(connection, sealing, school_id, notices, meeting, now)
    person = _Person("guest", f"guest{guest.id}", guest.email)
    return _tell_one(connection, sealing, school_id, notices, meeting, what, person, values, now)


def tell_staff(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    notices: Notices,
    meeting: MeetingRow,
    what: What,
    now: datetime,
) -> bool:
    """Tell only who gives (or gave) the meeting."""
    values = values_of(connection, sealing, school_id, notices, meeting, now)
    return any(
        _tell_one(connection, sealing, school_id, notices, meeting, what, person, values, now)
        for person in _people(connection, sealing, school_id, meeting)
        if person.role == "staff"
    )


def remind(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    notices: Notices,
    meeting: MeetingRow,
    now: datetime,
) -> bool:
    """Remind the pupil of a meeting; False without an address, or where that was done before."""
    once = f"reminder:{meeting.id}:{meeting.sequence}"
    return send_to_pupil(
        connection, sealing, school_id, notices, meeting, "pupil_reminder", once, now
    )


def tell_waiting(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    notices: Notices,
    freed: MeetingRow,
    now: datetime,
) -> int:
    """Tell those who wait longest that a time has come free; how many. Their page says it too."""
    told = 0
    values = _when(freed)
    for place in waiting_list(connection, sealing, school_id):
        if told == MOST_TOLD:
            break
        if place.pupil_id == freed.pupil_id:
            continue
        pupil = find_pupil(connection, sealing, school_id, place.pupil_id)
        if pupil is None or pupil.has_left(day_in_england(now)):
            continue
        note_told(connection, sealing, school_id, place, now)
        told += 1
        email = pupil.details.email
        if email and is_address(email):
            said = letter("meetings.waiting", **values, address=notices.own_page)
            once = f"free:{freed.id}:{freed.sequence}:{place.id}"
            put(
                connection, sealing, school_id, once=once, to=email, subject=said.subject,
                text=said.text, now=now,
            )  # fmt: skip
    return told


def send_to_pupil(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    notices: Notices,
    meeting: MeetingRow,
    name: str,
    once: str,
    now: datetime,
) -> bool:
    """Send the pupil of a meeting the letter of that name; False without an address."""
    if meeting.pupil_id is None:
        return False
    pupil = find_pupil(connection, sealing, school_id, meeting.pupil_id)
    email = None if pupil is None else pupil.details.email
    if not email or not is_address(email):
        return False
    values = values_of(connection, sealing, school_id, notices, meeting, now)
    said = letter(f"meetings.{name}", **values, address=notices.own_page)
    return put(
        connection, sealing, school_id, once=once, to=email, subject=said.subject, text=said.text,
        now=now,
    )  # fmt: skip


def send_plan(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    notices: Notices,
    meeting: MeetingRow,
    to: str,
    document: Attached,
    once: str,
    now: datetime,
) -> bool:
    """Send a plan to somebody whom the pupil agreed to. Raises MailWrong for no address."""
    values = values_of(connection, sealing, school_id, notices, meeting, now)
    said = letter("meetings.plan_shared", **values)
    return put(
        connection, sealing, school_id, once=once, to=to, subject=said.subject, text=said.text,
        now=now, attachments=[document],
    )  # fmt: skip


def values_of(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    notices: Notices,
    meeting: MeetingRow,
    now: datetime,
) -> dict[str, str]:
    """What letters say of a meeting, but for an address."""
    staff = find_staff(connection, sealing, school_id, meeting.staff_id)
    pupil = (
        None
        if meeting.pupil_id is None
        else find_pupil(connection, sealing, school_id, meeting.pupil_id)
    )
    return _when(meeting) | {
        "school": notices.school,
        "adviser": "" if staff is None else staff.details.name,
        "title": "" if staff is None else title_of(staff, day_in_england(meeting.begins_at)),
        "pupil": "" if pupil is None else pupil.details.given_name,
        "room": meeting.room or "",
    }


def _when(meeting: MeetingRow) -> dict[str, str]:
    begins, ends = meeting.begins_at.astimezone(ENGLAND), meeting.ends_at.astimezone(ENGLAND)
    return {
        "day": f"{begins:%A} {day_told(begins.date())}",
        "begins": f"{begins:%H:%M}",
        "ends": f"{ends:%H:%M}",
    }


def _people(
    connection: Connection, sealing: Sealing, school_id: int, meeting: MeetingRow
) -> list[_Person]:
    found = []
    if meeting.pupil_id is not None:
        pupil = find_pupil(connection, sealing, school_id, meeting.pupil_id)
        if pupil is not None and pupil.details.email:
            found.append(_Person("pupil", "pupil", pupil.details.email))
    staff = find_staff(connection, sealing, school_id, meeting.staff_id)
    if staff is not None:
        found.append(_Person("staff", f"staff{staff.id}", staff.details.email))
    found += [
        _Person("guest", f"guest{one.id}", one.email)
        for one in invitees_of(connection, sealing, school_id, meeting.id)
        if one.agreed_at is not None and one.email
    ]
    return found


def _tell_one(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    notices: Notices,
    meeting: MeetingRow,
    what: What,
    person: _Person,
    values: Mapping[str, str],
    now: datetime,
) -> bool:
    own = notices.own_page if person.role == "pupil" else notices.console_page(meeting.id)
    said = letter(f"meetings.{person.role}_{what}", **values, address=own)
    made = cancellation if what == "cancelled" else invitation
    try:
        calendar = made(meeting, notices.organiser, person.email, said.text, now)
        return put(
            connection,
            sealing,
            school_id,
            once=f"meeting:{meeting.id}:{meeting.sequence}:{person.key}",
            to=person.email,
            subject=said.subject,
            text=said.text,
            now=now,
            calendar=calendar,
        )
    except MailWrong:
        # An address out of a roster that is none costs nobody the meeting.
        return False
