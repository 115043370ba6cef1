"""My record: the pupil's meetings with an adviser, booked, moved, called off, and their plans."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import Any, TypeVar

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from bot.advisers.meetings.booking import (
    LONGEST_TALK,
    NotBooked,
    Wanted,
    book,
    cancel,
    move,
    say_what_for,
)
from bot.advisers.meetings.finding import drop_ins, free_for
from bot.advisers.meetings.notices import Notices
from bot.advisers.meetings.places_acts import answer_invitee, begin_waiting, end_waiting
from bot.advisers.meetings.plans import given_plan
from bot.advisers.meetings.school_rules import rules_of
from bot.advisers.meetings.slots import Session as DropIn
from bot.advisers.meetings.slots import Slot, key_of, slot_in
from bot.channels.web.house import House
from bot.channels.web.record.asking import for_pupil, now, page, read, see
from bot.channels.web.record.forms import typed
from bot.identity.sessions import Session
from bot.records.audit.actors import Actor
from bot.records.guidance.lines import ENGLAND, NoLine, day_in_england
from bot.records.meetings.places import InviteeRow, WaitingRow, invitees_of, waiting_place
from bot.records.meetings.rows import MeetingRow, NoMeeting, meetings_of_pupil
from bot.records.pupils import find_pupil
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow, list_staff, title_of

DAYS_SHOWN = 21
"""Days of free times on the page; further ones come with the days."""
_R = TypeVar("_R")


@dataclass(frozen=True, slots=True)
class MeetingShown:
    """A meeting with all that the page says of it."""

    row: MeetingRow
    adviser: str
    title: str
    invitees: tuple[InviteeRow, ...]
    has_plan: bool
    movable: bool

    @property
    def begins(self) -> datetime:
        """In England."""
        return self.row.begins_at.astimezone(ENGLAND)

    @property
    def ends(self) -> datetime:
        """In England."""
        return self.row.ends_at.astimezone(ENGLAND)


@dataclass(frozen=True, slots=True)
class SlotShown:
    """A free time, with whom, and the word that the form sends for it."""

    slot: Slot
    key: str
    begins: datetime
    adviser: str


@dataclass(frozen=True, slots=True)
class _Meetings:
    meetings: list[MeetingShown]
    days: list[tuple[date, list[SlotShown]]]
    drop_ins: list[tuple[DropIn, str]]
    waiting: WaitingRow | None
    minutes: int
    notice_hours: int


@for_pupil
async def show(request: Request, house: House, session: Session) -> Response:
    """GET /record/meetings: those booked, free times to book, and those that have been."""
    return await _page(house, session)


@for_pupil
async def book_one(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/book: book a time that is given out."""
    given = await typed(request)
    slot = slot_in(given.get("slot", ""))
    talk = given.get("talk", "")
    if slot is None or len(talk) > LONGEST_TALK:
        return await _page(house, session, "choose" if slot is None else "long", talk)
    wanted = Wanted(
        slot.staff_id, slot.begins_at, session.pupil_id, slot.kind, slot.room, talk=talk or None
    )
    try:
        await act(house, session, book, wanted, notices=notices_of(house))
    except NotBooked as refused:
        return await _page(house, session, refused.why, talk)
    return see("/record/meetings#booked")


@for_pupil
async def ask_move(request: Request, house: House, session: Session) -> Response:
    """GET /record/meetings/{meeting}/move: free times to move a meeting to."""
    return await _moving(request, house, session)


@for_pupil
async def move_one(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/{meeting}/move: give it another time."""
    slot = slot_in((await typed(request)).get("slot", ""))
    if slot is None:
        return await _moving(request, house, session, "choose")
    try:
        await act(
            house, session, move, meeting_id(request), slot.begins_at,
            staff_id=slot.staff_id, room=slot.room, notices=notices_of(house),
        )  # fmt: skip
    except NotBooked as refused:
        return await _moving(request, house, session, refused.why)
    except NoMeeting:
        raise NoLine from None
    return see("/record/meetings#booked")


@for_pupil
async def cancel_one(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/{meeting}/cancel: call it off."""
    reason = (await typed(request)).get("reason")
    return await _done(
        house, session, cancel, meeting_id(request), reason=reason, notices=notices_of(house)
    )


@for_pupil
async def note_talk(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/{meeting}/talk: note what the pupil wants to talk about."""
    talk = (await typed(request)).get("talk")
    return await _done(house, session, say_what_for, meeting_id(request), talk)


@for_pupil
async def answer_guest(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/{meeting}/invitees/{invitee}/yes and …/no: whether they come along."""
    yes = request.url.path.endswith("/yes")
    invitee = request.path_params["invitee"]
    if not (invitee.isascii() and invitee.isdigit() and len(invitee) < 10):
        raise NoLine
    return await _done(
        house, session, answer_invitee, meeting_id(request), int(invitee), yes=yes,
        notices=notices_of(house),
    )  # fmt: skip


@for_pupil
async def wait(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/wait: be told when a time comes free."""
    wish = (await typed(request)).get("wish")
    return await _done(house, session, begin_waiting, session.pupil_id, wish)


@for_pupil
async def stop_waiting(request: Request, house: House, session: Session) -> Response:
    """POST /record/meetings/stop-waiting: not any more."""
    return await _done(house, session, end_waiting, session.pupil_id)


# ---- what the pages and those of plans share


def notices_of(house: House) -> Notices:
    """What mails about meetings name."""
    return Notices.of(house.settings)


def meeting_id(request: Request) -> str:
    """The meeting that the path names."""
    return str(request.path_params["meeting"])


async def act(
    house: House, session: Session, work: Callable[..., _R], *args: Any, **more: Any
) -> _R:
    """Have the pupil do something, now. Raises what `work` raises, and StoreBusy."""
    done = partial(work, actor=Actor("pupil", session.pupil_id), now=now(house), **more)
    return await house.store.write(done, house.sealing, session.school_id, *args)


async def _done(
    house: House, session: Session, work: Callable[..., Any], *args: Any, **more: Any
) -> Response:
    try:
        await act(house, session, work, *args, **more)
    except NotBooked as refused:
        return await _page(house, session, refused.why)
    except NoMeeting:
        raise NoLine from None
    return see("/record/meetings")


async def _page(
    house: House, session: Session, wrong: str | None = None, talk: str = ""
) -> Response:
    found = await read(house, session, _gathered, now(house))
    if found is None:
        return see("/sign-in")
    coming = [one for one in found.meetings if _is_coming(one, now(house))]
    return page(
        house,
        "record_meetings.html",
        200 if wrong is None else 409,
        coming=coming,
        past=[one for one in found.meetings if one not in coming],
        days=found.days,
        drop_ins=found.drop_ins,
        waiting=found.waiting,
        minutes=found.minutes,
        notice_hours=found.notice_hours,
        longest=LONGEST_TALK,
        wrong=wrong,
        talk=talk,
        moving=None,
    )


async def _moving(
    request: Request, house: House, session: Session, wrong: str | None = None
) -> Response:
    found = await read(house, session, _gathered, now(house))
    wanted = meeting_id(request)
    one = next((one for one in found.meetings if one.row.id == wanted), None) if found else None
    if found is None or one is None or not one.movable:
        raise NoLine
    return page(
        house, "record_meeting_move.html", 200 if wrong is None else 409,
        one=one, days=found.days, wrong=wrong, minutes=found.minutes,
    )  # fmt: skip


def _is_coming(one: MeetingShown, moment: datetime) -> bool:
    return one.row.is_to_come and one.row.ends_at > moment


def _gathered(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, moment: datetime
) -> _Meetings | None:
    pupil = find_pupil(connection, sealing, school_id, pupil_id)
    if pupil is None:
        return None
    whose = (connection, sealing, school_id)
    staff = {one.id: one for one in list_staff(*whose, leavers=True)}
    rules = rules_of(connection, school_id).slots
    first = day_in_england(moment)
    last = first + timedelta(days=DAYS_SHOWN)
    slots = free_for(connection, school_id, pupil, first, last, moment)
    until = timedelta(hours=rules.notice_hours)
    meetings = [
        MeetingShown(
            row,
            _name(staff, row.staff_id),
            _title(staff, row),
            tuple(invitees_of(*whose, row.id)),
            _has_plan(connection, sealing, row, pupil_id),
            row.state == "booked" and row.begins_at >= moment + until,
        )
        for row in meetings_of_pupil(*whose, pupil_id)
    ]
    sessions = drop_ins(connection, school_id, first, first + timedelta(days=7), moment)
    return _Meetings(
        meetings,
        by_day(slots, staff),
        [(one, _name(staff, one.staff_id)) for one in sessions],
        waiting_place(*whose, pupil_id),
        rules.minutes,
        rules.notice_hours,
    )


def by_day(slots: Sequence[Slot], staff: dict[str, StaffRow]) -> list[tuple[date, list[SlotShown]]]:
    """Free times by day in England."""
    shown = [
        SlotShown(one, key_of(one), one.begins_at.astimezone(ENGLAND), _name(staff, one.staff_id))
        for one in slots
    ]
    return [(day, list(listed)) for day, listed in groupby(shown, lambda one: one.begins.date())]


def _name(staff: dict[str, StaffRow], staff_id: str) -> str:
    return staff[staff_id].details.name if staff_id in staff else ""


def _title(staff: dict[str, StaffRow], row: MeetingRow) -> str:
    one = staff.get(row.staff_id)
    return "" if one is None else title_of(one, day_in_england(row.begins_at))


def _has_plan(connection: Connection, sealing: Sealing, row: MeetingRow, pupil_id: str) -> bool:
    try:
        given_plan(connection, sealing, row.school_id, pupil_id, row.id)
    except NoMeeting:
        return False
    return True
