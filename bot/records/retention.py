"""Clocks by which what is kept of people is deleted: what is due, and deleting just that.

What a run deletes is listed first, row by row; a row that is not due any more when its turn comes
(a pupil who came back) stays, and one that is not listed is never touched.
"""

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cache
from itertools import batched
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import ColumnElement, Connection, delete, func, select, true

from bot.records.belongings import (
    Rows,
    alone,
    with_chats,
    with_files,
    with_lines,
    with_meetings,
    with_pupils,
    with_staff,
)
from bot.records.conversations import delete_conversation
from bot.records.guidance.erasure import erase_pupil
from bot.records.guidance.lines import KINDS, day_in_england
from bot.records.models import (
    Absence,
    Attachment,
    AuditDetail,
    AuditEvent,
    Base,
    ContentTask,
    Conversation,
    ConversationOwner,
    Destination,
    DestinationInvitation,
    Invitee,
    LineVersion,
    Mail,
    Meeting,
    Proposal,
    Pupil,
    PupilSession,
    RecordLine,
    RecordView,
    Referral,
    SignInCode,
    StaffDevice,
    StaffInvitation,
    StaffMember,
    StaffSession,
    WaitingPlace,
)
from bot.records.pupils import PupilDetails
from bot.records.sealing import Sealing
from bot.records.settings import get_setting, set_setting

SETTING = "retention"
LAST_RUN = "retention_last"
RECORD = "record"
AGE_25 = "age 25"
NEVER_STORED = "never stored"
MOST_MONTHS = 600
LEAST = {
    **dict.fromkeys(("leavers", "conversations", "guest_chats", "staff"), 1),
    **dict.fromkeys(("meetings", "referrals", "waiting_places", "content_tasks", "mails"), 1),
    "audit_details": 12,
}
"""Months that nobody may go below: what is still in use must not go, nor what staff did."""
_CHUNK = 500
_CONTENT = Path(__file__).with_suffix(".yml")


@dataclass(frozen=True, slots=True)
class Clock:
    """How long one kind of thing is kept, in months; RECORD, AGE_25 or NEVER_STORED otherwise."""

    name: str
    shown: str
    after: str
    default: int | str
    may: tuple[str, ...]
    reason: str

    def allows(self, value: int | str) -> bool:
        """Whether a school may set it so."""
        if self.default == NEVER_STORED:
            return False
        if isinstance(value, bool) or not isinstance(value, int):
            whole = self.name in (*KINDS, *_OF_THE_RECORD)
            return value in self.may or (value == RECORD and whole)
        return LEAST.get(self.name, 0) <= value <= MOST_MONTHS


_OF_THE_RECORD = (
    *("line_versions", "proposals", "destinations", "attachments", "record_views"),
    *("meetings", "invitees"),
)


class WrongClock(ValueError):
    """There is no such clock, or it cannot be set so."""


@cache
def clocks() -> dict[str, Clock]:
    """Every clock by its name, with the reason for its default."""
    content = yaml.safe_load(_CONTENT.read_text(encoding="utf-8"))
    return {
        name: Clock(
            name,
            told["shown"],
            told["after"],
            told["months"],
            tuple(told.get("may", ())),
            told["reason"].strip(),
        )
        for name, told in content.items()
    }


def clocks_of(connection: Connection, school_id: int) -> dict[str, int | str]:
    """How each clock of the school is set; what it has not set, or set wrongly, is the default."""
    told = get_setting(connection, school_id, SETTING) or {}
    return {
        name: told[name] if name in told and clock.allows(told[name]) else clock.default
        for name, clock in clocks().items()
    }


def set_clock(
    connection: Connection, school_id: int, name: str, value: int | str, now: datetime
) -> None:
    """Set one clock of the school. Raises WrongClock."""
    clock = clocks().get(name)
    if clock is None or not clock.allows(value):
        raise WrongClock
    told = get_setting(connection, school_id, SETTING) or {}
    set_setting(connection, school_id, SETTING, {**told, name: value}, now)


@dataclass(frozen=True, slots=True)
class Due:
    """What is due by one clock.

    `ids` are the keys of the rows that the clock is about; `rows` are all that go with them, by
    table, these too.
    """

    clock: str
    ids: tuple[Any, ...]
    rows: Rows = field(repr=False)


def due_rows(connection: Connection, sealing: Sealing, school_id: int, now: datetime) -> list[Due]:
    """Everything that is due at that moment, by clock; a row is in one of them only.

    Changes nothing. Raises SealBroken where dates of birth are needed and cannot be read.
    """
    found: list[Due] = []
    taken: dict[str, set[Any]] = {}
    for name, months in clocks_of(connection, school_id).items():
        if name not in _WAYS or months in (RECORD, NEVER_STORED):
            continue
        way = _WAYS[name]
        ids = _due_ids(connection, sealing, school_id, name, months, now)
        rows = way.rows(connection, school_id, ids)
        # What goes with a leaver is not told a second time under another clock.
        rows = {
            table: frozenset(keys - taken.get(table, set())) for table, keys in rows.items() if keys
        }
        ids = tuple(key for key in ids if key in rows.get(way.table.__tablename__, ()))
        for table, keys in rows.items():
            taken.setdefault(table, set()).update(keys)
        if ids:
            found.append(Due(name, ids, {table: keys for table, keys in rows.items() if keys}))
    return found


def delete_due(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    clock: str,
    listed: Collection[Any],
    now: datetime,
) -> int:
    """Delete those of the `listed` that are due still, with all that goes with them; how many.

    In this transaction; afterwards the caller scrubs the store and has the engine forget.
    """
    months = clocks_of(connection, school_id)[clock]
    if months in (RECORD, NEVER_STORED):
        return 0
    ids = _due_ids(connection, sealing, school_id, clock, months, now, tuple(listed))
    way = _WAYS[clock]
    for key in ids:
        way.remove(connection, school_id, key, now)
    return len(ids)


def note_run(
    connection: Connection, school_id: int, counts: Mapping[str, int], now: datetime
) -> None:
    """Keep when the clocks were last looked at and how much was deleted; nothing personal."""
    told = {"at": now.isoformat(), "counts": dict(counts)}
    set_setting(connection, school_id, LAST_RUN, told, now)


def last_run(connection: Connection, school_id: int) -> tuple[datetime, dict[str, int]] | None:
    """When the clocks were last looked at and how much was deleted by each; None for never."""
    told = get_setting(connection, school_id, LAST_RUN)
    return None if told is None else (datetime.fromisoformat(told["at"]), told["counts"])


# ---- when something is due


def months_before(day: date, months: int) -> date:
    """The same day so many months earlier, or the last of that month where there is none such."""
    year, month = divmod(day.year * 12 + day.month - 1 - months, 12)
    following = date(year + (month == 11), (month + 1) % 12 + 1, 1)
    last = (following - timedelta(days=1)).day
    return date(year, month + 1, min(day.day, last))


def _moment_before(now: datetime, months: int) -> datetime:
    return datetime.combine(months_before(now.date(), months), now.timetz())


_Remove = Callable[[Connection, int, Any, datetime], None]


@dataclass(frozen=True, slots=True)
class _Way:
    """How one clock finds its rows and lets go of them."""

    table: type[Base]
    due: Callable[[int, date, datetime], ColumnElement[bool]]
    """The condition, given the months, today and now."""
    rows: Callable[[Connection, int, Collection[Any]], Rows]
    remove: _Remove
    watches: ColumnElement[bool] = field(default_factory=true)
    """Which rows of the table the clock is about, due or not."""


def _due_ids(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    name: str,
    months: int | str,
    now: datetime,
    among: tuple[Any, ...] | None = None,
) -> tuple[Any, ...]:
    way = _WAYS[name]
    today = day_in_england(now)
    if months == AGE_25:
        found = _past_25(connection, sealing, school_id, today)
        return tuple(key for key in found if among is None or key in among)
    rows = way.table.__table__
    (key,) = rows.primary_key
    chosen = select(key).where(
        rows.c.school_id == school_id, way.watches, way.due(int(months), today, now)
    )
    if among is None:
        return tuple(connection.execute(chosen.order_by(key)).scalars())
    ids: list[Any] = []
    for some in batched(among, _CHUNK):
        ids += connection.execute(chosen.where(key.in_(some)).order_by(key)).scalars()
    return tuple(ids)


def _has_left(by: date) -> ColumnElement[bool]:
    """Left by that day, or past Year 13: whose last day is 31 August, seven years after Year 7."""
    past = by.year - (by < date(by.year, 8, 31)) - 7
    return (Pupil.left_on <= by) | (Pupil.left_on.is_(None) & (Pupil.year_7_in <= past))


def _past_25(
    connection: Connection, sealing: Sealing, school_id: int, today: date
) -> Iterator[str]:
    """Leavers who are 25; without a date of birth, once everybody of that year must be."""
    chosen = select(Pupil.id, Pupil.details, Pupil.year_7_in).where(
        Pupil.school_id == school_id, _has_left(today)
    )
    for row in connection.execute(chosen.order_by(Pupil.id)):
        born = PupilDetails.of_json(sealing.open(row.details)).birth_date
        # The youngest of Year 7 turn 12 on the last day of August that follows.
        born = born or date(row.year_7_in - 11, 8, 31)
        if months_before(today, 25 * 12) >= born:
            yield row.id


def _line_due(months: int, today: date, now: datetime) -> ColumnElement[bool]:
    # What was changed since is not old, whatever day it tells of.
    return (RecordLine.happened_on <= months_before(today, months)) & (
        RecordLine.changed_at <= _moment_before(now, months)
    )


# ---- how it goes


def _remove_from(table: type[Base]) -> _Remove:
    def remove(connection: Connection, school_id: int, key: Any, now: datetime) -> None:
        rows = table.__table__
        (column,) = rows.primary_key
        connection.execute(delete(table).where(rows.c.school_id == school_id, column == key))

    return remove


def _remove_chat(connection: Connection, school_id: int, key: Any, now: datetime) -> None:
    of_chat = (
        ConversationOwner.school_id == school_id,
        ConversationOwner.conversation_id == key,
    )
    connection.execute(delete(ConversationOwner).where(*of_chat))
    delete_conversation(connection, key, now)


def _remove_pupil(connection: Connection, school_id: int, key: Any, now: datetime) -> None:
    erase_pupil(connection, school_id, key, now)


def _by(
    table: type[Base],
    since: Any,
    *,
    rows: Callable[[Connection, int, Collection[Any]], Rows] | None = None,
    watches: ColumnElement[bool] | None = None,
    remove: _Remove | None = None,
) -> _Way:
    """What is due so many months after `since`, a column or expression with a moment."""
    return _Way(
        table,
        lambda months, today, now: since <= _moment_before(now, months),
        rows or (lambda connection, school_id, ids: alone(table, ids)),
        remove or _remove_from(table),
        true() if watches is None else watches,
    )


def _ended_or(ended: Any, began: Any) -> Any:
    """When something ended; what nobody ended is counted from when it began."""
    return func.coalesce(ended, began)


# What came in a school's file is in no chat. A no to it holds for the next file too.
_NO_TO_A_FILE = Proposal.conversation_id.is_(None) & Proposal.outcome.is_not_distinct_from(
    "declined"
)
_OWNED = Conversation.id.in_(
    select(ConversationOwner.conversation_id).where(
        ConversationOwner.school_id == Conversation.school_id
    )
)
_MEETING_ENDED = (
    select(Meeting.ends_at)
    .where(Meeting.id == Invitee.meeting_id, Meeting.school_id == Invitee.school_id)
    .scalar_subquery()
)
_EVENT_AT = (
    select(AuditEvent.at)
    .where(AuditEvent.id == AuditDetail.event_id, AuditEvent.school_id == AuditDetail.school_id)
    .scalar_subquery()
)

_WAYS: dict[str, _Way] = {
    # First, so that all of a leaver is told under this clock.
    "leavers": _Way(
        Pupil,
        lambda months, today, now: _has_left(months_before(today, months)),
        with_pupils,
        _remove_pupil,
    ),
    **{
        name: _by(
            Conversation,
            Conversation.last_seen_at,
            rows=with_chats,
            watches=watched,
            remove=_remove_chat,
        )
        for name, watched in (("conversations", _OWNED), ("guest_chats", ~_OWNED))
    },
    **{
        kind: _Way(
            RecordLine, _line_due, with_lines, _remove_from(RecordLine), RecordLine.kind == kind
        )
        for kind in KINDS
    },
    "line_versions": _by(LineVersion, LineVersion.replaced_at),
    "proposals": _by(Proposal, Proposal.created_at, watches=~_NO_TO_A_FILE),
    "destinations": _Way(
        Destination,
        lambda months, today, now: Destination.reported_on <= months_before(today, months),
        lambda connection, school_id, ids: alone(Destination, ids),
        _remove_from(Destination),
    ),
    "destination_invitations": _by(DestinationInvitation, DestinationInvitation.expires_at),
    "attachments": _by(Attachment, Attachment.created_at, rows=with_files),
    "meetings": _by(
        Meeting, Meeting.ends_at, rows=with_meetings, watches=Meeting.pupil_id.is_not(None)
    ),
    "group_sessions": _by(
        Meeting, Meeting.ends_at, rows=with_meetings, watches=Meeting.pupil_id.is_(None)
    ),
    "invitees": _by(Invitee, _MEETING_ENDED),
    "waiting_places": _by(WaitingPlace, _ended_or(WaitingPlace.ended_at, WaitingPlace.since)),
    "referrals": _by(Referral, _ended_or(Referral.ended_at, Referral.created_at)),
    "content_tasks": _by(ContentTask, _ended_or(ContentTask.ended_at, ContentTask.created_at)),
    "mails": _by(Mail, func.coalesce(Mail.sent_at, Mail.given_up_at)),
    "record_views": _by(RecordView, RecordView.viewed_at),
    "codes": _by(SignInCode, SignInCode.revoked_at, watches=SignInCode.revoked_at.is_not(None)),
    "sessions": _by(PupilSession, PupilSession.ends_at),
    "staff": _Way(
        StaffMember,
        lambda months, today, now: StaffMember.left_on <= months_before(today, months),
        with_staff,
        _remove_from(StaffMember),
        StaffMember.left_on.is_not(None),
    ),
    "absences": _by(Absence, Absence.ends_at),
    "staff_sessions": _by(StaffSession, StaffSession.ends_at),
    "staff_invitations": _by(StaffInvitation, StaffInvitation.expires_at),
    "staff_devices": _by(StaffDevice, StaffDevice.last_seen_at),
    "audit_details": _by(AuditDetail, _EVENT_AT),
}


def count_kept(connection: Connection, school_id: int) -> dict[str, int]:
    """How many rows each clock watches, due or not; nothing in it is personal."""
    found = {}
    for name, way in _WAYS.items():
        rows = way.table.__table__
        # Who is past Year 13 is due as a leaver as well, but nobody has said that they left.
        watched = Pupil.left_on.is_not(None) if name == "leavers" else way.watches
        chosen = select(func.count()).select_from(rows)
        chosen = chosen.where(rows.c.school_id == school_id, watched)
        found[name] = connection.execute(chosen).scalar_one()
    return found
