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

from bot.records.conversations import delete_conversation
from bot.records.guidance.erasure import OF_A_PUPIL, erase_pupil
from bot.records.guidance.lines import KINDS, day_in_england
from bot.records.models import (
    Attachment,
    AttachmentContent,
    Base,
    Conversation,
    ConversationOwner,
    Destination,
    DestinationInvitation,
    Entry,
    LineVersion,
    Offer,
    Proposal,
    Pupil,
    PupilSession,
    RecordLine,
    RecordView,
    SignInCode,
    StaffMember,
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
LEAST = {"leavers": 1, "conversations": 1, "guest_chats": 1, "staff": 1}
"""Months that nobody may go below: what is still in use must not go."""
_CHUNK = 500
_CONTENT = Path(__file__).with_suffix(".yml")

Rows = dict[str, frozenset[Any]]
"""Primary keys of rows by the name of their table."""


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


_OF_THE_RECORD = ("line_versions", "proposals", "destinations", "attachments", "record_views")


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
    chosen = select(key).where(rows.c.school_id == school_id, way.due(int(months), today, now))
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


def _of_conversation(owned: bool) -> Callable[[int, date, datetime], ColumnElement[bool]]:
    def due(months: int, today: date, now: datetime) -> ColumnElement[bool]:
        mine = select(ConversationOwner.conversation_id).where(
            ConversationOwner.school_id == Conversation.school_id
        )
        of = Conversation.id.in_(mine) if owned else Conversation.id.not_in(mine)
        return (Conversation.last_seen_at <= _moment_before(now, months)) & of

    return due


def _of_line(kind: str) -> Callable[[int, date, datetime], ColumnElement[bool]]:
    def due(months: int, today: date, now: datetime) -> ColumnElement[bool]:
        # What was changed since is not old, whatever day it tells of.
        changed = _moment_before(now, months)
        old = (RecordLine.happened_on <= months_before(today, months)) & (
            RecordLine.changed_at <= changed
        )
        return old & (RecordLine.kind == kind)

    return due


# ---- what goes with it


def _keys(
    connection: Connection, table: type[Base], school_id: int, column: Any, values: Collection[Any]
) -> frozenset[Any]:
    rows = table.__table__
    (key,) = rows.primary_key
    found: set[Any] = set()
    for some in batched(values, _CHUNK):
        chosen = select(key).where(rows.c.school_id == school_id, column.in_(some))
        found.update(connection.execute(chosen).scalars())
    return frozenset(found)


def _alone(table: type[Base]) -> Callable[[Connection, int, Collection[Any]], Rows]:
    return lambda connection, school_id, ids: {table.__tablename__: frozenset(ids)}


def _with_chat(connection: Connection, school_id: int, ids: Collection[Any]) -> Rows:
    found: Rows = {Conversation.__tablename__: frozenset(ids)}
    for table in (Entry, Offer, ConversationOwner):
        column = table.conversation_id
        found[table.__tablename__] = _keys(connection, table, school_id, column, ids)
    return found


def _with_line(connection: Connection, school_id: int, ids: Collection[Any]) -> Rows:
    versions = _keys(connection, LineVersion, school_id, LineVersion.line_id, ids)
    return {RecordLine.__tablename__: frozenset(ids), LineVersion.__tablename__: versions}


def _with_file(connection: Connection, school_id: int, ids: Collection[Any]) -> Rows:
    column = AttachmentContent.attachment_id
    contents = _keys(connection, AttachmentContent, school_id, column, ids)
    return {Attachment.__tablename__: frozenset(ids), AttachmentContent.__tablename__: contents}


def _with_pupil(connection: Connection, school_id: int, ids: Collection[Any]) -> Rows:
    found: Rows = {Pupil.__tablename__: frozenset(ids)}
    for table in OF_A_PUPIL:
        column = table.__table__.c.pupil_id
        found[table.__tablename__] = _keys(connection, table, school_id, column, ids)
    found |= _with_line(connection, school_id, found[RecordLine.__tablename__])
    found |= _with_file(connection, school_id, found[Attachment.__tablename__])
    return found | _with_chat(connection, school_id, found[ConversationOwner.__tablename__])


def _remove_from(table: type[Base]) -> _Remove:
    def remove(connection: Connection, school_id: int, key: Any, now: datetime) -> None:
        rows = table.__table__
        (column,) = rows.primary_key
        connection.execute(delete(table).where(rows.c.school_id == school_id, column == key))

    return remove


def _remove_line(connection: Connection, school_id: int, key: Any, now: datetime) -> None:
    of_line = (LineVersion.school_id == school_id, LineVersion.line_id == key)
    connection.execute(delete(LineVersion).where(*of_line))
    _remove_from(RecordLine)(connection, school_id, key, now)


def _remove_file(connection: Connection, school_id: int, key: Any, now: datetime) -> None:
    of_file = (AttachmentContent.school_id == school_id, AttachmentContent.attachment_id == key)
    connection.execute(delete(AttachmentContent).where(*of_file))
    _remove_from(Attachment)(connection, school_id, key, now)


def _remove_chat(connection: Connection, school_id: int, key: Any, now: datetime) -> None:
    of_chat = (
        ConversationOwner.school_id == school_id,
        ConversationOwner.conversation_id == key,
    )
    connection.execute(delete(ConversationOwner).where(*of_chat))
    delete_conversation(connection, key, now)


def _remove_pupil(connection: Connection, school_id: int, key: Any, now: datetime) -> None:
    erase_pupil(connection, school_id, key, now)


def _by_moment(table: type[Base], column: Any, only: ColumnElement[bool] = true()) -> _Way:  # noqa: B008
    return _Way(
        table,
        lambda months, today, now: (column <= _moment_before(now, months)) & only,
        _alone(table),
        _remove_from(table),
    )


# What came in a school's file is in no chat. A no to it holds for the next file too.
_NO_TO_A_FILE = Proposal.conversation_id.is_(None) & Proposal.outcome.is_not_distinct_from(
    "declined"
)

_WAYS: dict[str, _Way] = {
    # First, so that all of a leaver is told under this clock.
    "leavers": _Way(
        Pupil,
        lambda months, today, now: _has_left(months_before(today, months)),
        _with_pupil,
        _remove_pupil,
    ),
    "conversations": _Way(Conversation, _of_conversation(True), _with_chat, _remove_chat),
    "guest_chats": _Way(Conversation, _of_conversation(False), _with_chat, _remove_chat),
    **{kind: _Way(RecordLine, _of_line(kind), _with_line, _remove_line) for kind in KINDS},
    "line_versions": _by_moment(LineVersion, LineVersion.replaced_at),
    "proposals": _by_moment(Proposal, Proposal.created_at, ~_NO_TO_A_FILE),
    "destinations": _Way(
        Destination,
        lambda months, today, now: Destination.reported_on <= months_before(today, months),
        _alone(Destination),
        _remove_from(Destination),
    ),
    "destination_invitations": _by_moment(DestinationInvitation, DestinationInvitation.expires_at),
    "attachments": _Way(
        Attachment,
        lambda months, today, now: Attachment.created_at <= _moment_before(now, months),
        _with_file,
        _remove_file,
    ),
    "record_views": _by_moment(RecordView, RecordView.viewed_at),
    "codes": _by_moment(SignInCode, SignInCode.revoked_at),
    "sessions": _by_moment(PupilSession, PupilSession.ends_at),
    "staff": _Way(
        StaffMember,
        lambda months, today, now: StaffMember.left_on <= months_before(today, months),
        _alone(StaffMember),
        _remove_from(StaffMember),
    ),
}


def count_kept(connection: Connection, school_id: int) -> dict[str, int]:
    """How many rows each clock watches, due or not; nothing in it is personal."""
    found = {}
    for name, way in _WAYS.items():
        rows = way.table.__table__
        chosen = select(func.count()).select_from(rows).where(rows.c.school_id == school_id)
        if name in KINDS:
            chosen = chosen.where(RecordLine.kind == name)
        elif way.table is Conversation:
            mine = select(ConversationOwner.conversation_id)
            owned = Conversation.id.in_(mine)
            chosen = chosen.where(owned if name == "conversations" else ~owned)
        elif name == "codes":
            chosen = chosen.where(SignInCode.revoked_at.is_not(None))
        elif name in ("leavers", "staff"):
            chosen = chosen.where(rows.c.left_on.is_not(None))
        found[name] = connection.execute(chosen).scalar_one()
    return found
