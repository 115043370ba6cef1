"""Lines of the guidance record: kept, corrected, ended, disputed, taken out, read.

Nothing that a pupil decided, will do, hopes for or struggles with enters without that pupil's
yes: the database refuses it, and so does `add_line`.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Row, delete, exists, insert, select, update

from bot.records.guidance.bodies import Action, Body, body_of
from bot.records.guidance.versions import (
    LineVersionRow,
    keep_version,
    versions_of,
    versions_of_pupil,
)
from bot.records.models import LineVersion, Proposal, Pupil, RecordLine
from bot.records.models.guidance import CONFIRMED_KINDS, KINDS, PROVENANCES, STATUSES
from bot.records.sealing import Sealing

__all__ = [
    "CONFIRMED_KINDS",
    "KINDS",
    "PROVENANCES",
    "STATUSES",
    "LineVersionRow",
    "versions_of",
    "versions_of_pupil",
]

ENGLAND = ZoneInfo("Europe/London")
_OWN = ("pupil", "service", "import")
"""Lines of these provenances are the pupil's to correct, unless they are advice or information."""


@dataclass(frozen=True, slots=True)
class RecordLineRow:
    """A line as stored, opened. `corrected` tells whether it said something else before."""

    id: str
    school_id: int
    pupil_id: str
    kind: str
    status: str
    body: Body = field(repr=False)
    happened_on: date
    due_on: date | None
    provenance: str
    staff_id: str | None
    source: dict[str, Any]
    confirmed_at: datetime | None
    disputed_at: datetime | None
    created_at: datetime
    changed_at: datetime
    corrected: bool

    @property
    def correctable(self) -> bool:
        """Whether the pupil may rewrite it: what others said can be disputed, not rewritten."""
        return self.kind not in ("advice", "information") and self.provenance in _OWN


class NoPupil(Exception):
    """No such pupil at this school."""


class NoLine(Exception):
    """No such line in this pupil's record at this school."""


class Unconfirmed(Exception):
    """A line of this kind needs the pupil's yes, and has none."""


class NotTheirs(Exception):
    """A line of this kind and provenance is not for this person to write, rewrite or end."""


_COLUMNS = (
    RecordLine.id,
    RecordLine.school_id,
    RecordLine.pupil_id,
    RecordLine.kind,
    RecordLine.status,
    RecordLine.body,
    RecordLine.happened_on,
    RecordLine.due_on,
    RecordLine.provenance,
    RecordLine.staff_id,
    RecordLine.source,
    RecordLine.confirmed_at,
    RecordLine.disputed_at,
    RecordLine.created_at,
    RecordLine.changed_at,
    exists()
    .where(LineVersion.line_id == RecordLine.id, LineVersion.school_id == RecordLine.school_id)
    .label("corrected"),
)


def day_in_england(moment: datetime) -> date:
    """The day that a moment (aware) falls on in England."""
    return moment.astimezone(ENGLAND).date()


def add_line(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    *,
    kind: str,
    body: Mapping[str, Any],
    provenance: str,
    source: Mapping[str, Any],
    now: datetime,
    happened_on: date | None = None,
    due_on: date | None = None,
    staff_id: str | None = None,
    status: str | None = None,
    proposal_id: str | None = None,
    confirmed_at: datetime | None = None,
) -> RecordLineRow:
    """Keep a line. Its day is today's in England unless `happened_on` says another.

    A line of CONFIRMED_KINDS must be the pupil's own hand (provenance "pupil"), come from a
    proposal that this pupil has confirmed (`proposal_id`), or be imported with the moment of the
    pupil's yes (`confirmed_at`). Advice comes from an adviser or is imported. An action is open
    unless `status` says how it ended. `source` must hold nothing personal.

    Raises NoPupil, Unconfirmed, NotTheirs, or BodyWrong.
    """
    found = body_of(kind, body)
    if kind == "advice" and provenance not in ("adviser", "import"):
        raise NotTheirs
    _need_pupil(connection, school_id, pupil_id)
    confirmed_at = _confirmation(
        connection, school_id, pupil_id, kind, provenance, proposal_id, confirmed_at, now
    )
    line_id = secrets.token_hex(16)
    connection.execute(
        insert(RecordLine).values(
            id=line_id,
            school_id=school_id,
            pupil_id=pupil_id,
            kind=kind,
            status=status or ("open" if kind == "action" else "standing"),
            body=sealing.seal(found.fields()),
            happened_on=happened_on or day_in_england(now),
            due_on=due_on,
            provenance=provenance,
            staff_id=staff_id,
            source={**source, **({"proposal": proposal_id} if proposal_id else {})},
            confirmed_at=confirmed_at,
            created_at=now,
            changed_at=now,
        )
    )
    return line_of(connection, sealing, school_id, pupil_id, line_id)


def _need_pupil(connection: Connection, school_id: int, pupil_id: str) -> None:
    chosen = select(Pupil.id).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    if connection.execute(chosen).first() is None:
        raise NoPupil


def _confirmation(
    connection: Connection,
    school_id: int,
    pupil_id: str,
    kind: str,
    provenance: str,
    proposal_id: str | None,
    imported: datetime | None,
    now: datetime,
) -> datetime | None:
    """When the pupil said yes to the line; None where no yes is needed. Raises Unconfirmed."""
    if proposal_id is not None:
        chosen = select(Proposal.answered_at).where(
            Proposal.id == proposal_id,
            Proposal.school_id == school_id,
            Proposal.pupil_id == pupil_id,
            Proposal.kind == kind,
            Proposal.outcome == "confirmed",
        )
        answered: datetime | None = connection.execute(chosen).scalar_one_or_none()
        if answered is None:
            raise Unconfirmed
        return answered
    if provenance == "pupil":
        return now
    confirmed = imported if provenance == "import" else None
    if confirmed is None and kind in CONFIRMED_KINDS:
        raise Unconfirmed
    return confirmed


def line_of(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, line_id: str
) -> RecordLineRow:
    """One line of a pupil's record. Raises NoLine."""
    chosen = select(*_COLUMNS).where(*_one(school_id, pupil_id, line_id))
    row = connection.execute(chosen).first()
    if row is None:
        raise NoLine
    return _row(sealing, row)


def lines_of(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    *,
    kinds: Collection[str] | None = None,
    status: str | None = None,
) -> list[RecordLineRow]:
    """The pupil's lines, newest first; only those of `kinds` and of that status, if given."""
    chosen = select(*_COLUMNS).where(
        RecordLine.school_id == school_id, RecordLine.pupil_id == pupil_id
    )
    if kinds is not None:
        chosen = chosen.where(RecordLine.kind.in_(kinds))
    if status is not None:
        chosen = chosen.where(RecordLine.status == status)
    ordered = chosen.order_by(
        RecordLine.happened_on.desc(), RecordLine.created_at.desc(), RecordLine.id
    )
    return [_row(sealing, row) for row in connection.execute(ordered)]


def correct_line(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    line_id: str,
    body: Mapping[str, Any],
    now: datetime,
    *,
    by: Literal["pupil", "staff"] = "pupil",
    happened_on: date | None = None,
    due_on: date | None = None,
) -> RecordLineRow:
    """Let a line say something else; the old text is kept as a version. Its days stay unless given.

    A pupil corrects what is the pupil's own (`RecordLineRow.correctable`); staff correct what
    staff or advisers wrote, never what the pupil decided. Raises NoLine, NotTheirs, BodyWrong.
    """
    _hold(connection, school_id, pupil_id, line_id)
    line = line_of(connection, sealing, school_id, pupil_id, line_id)
    if by == "pupil":
        allowed = line.correctable
    else:
        allowed = line.provenance in ("adviser", "staff") and line.kind not in CONFIRMED_KINDS
    if not allowed:
        raise NotTheirs
    found = body_of(line.kind, body)
    days = {
        "happened_on": happened_on or line.happened_on,
        "due_on": due_on or line.due_on,
    }
    if found == line.body and days == {"happened_on": line.happened_on, "due_on": line.due_on}:
        return line
    if found != line.body:
        keep_version(connection, school_id, line_id, by, now)
    confirmed_at = now if by == "pupil" else line.confirmed_at
    _change(
        connection,
        _one(school_id, pupil_id, line_id),
        body=sealing.seal(found.fields()),
        changed_at=now,
        confirmed_at=confirmed_at,
        **days,
    )
    return line_of(connection, sealing, school_id, pupil_id, line_id)


def finish_action(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    line_id: str,
    outcome: Literal["done", "dropped"],
    now: datetime,
    reason: str | None = None,
) -> RecordLineRow:
    """End an open action by the pupil's own word, with a reason if one is given.

    One that has ended already stays as it is. Raises NoLine, NotTheirs for a line that is no
    action, or BodyWrong.
    """
    return _turn(
        connection, sealing, school_id, pupil_id, line_id, "open", outcome, now, reason=reason
    )


def reopen_action(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    line_id: str,
    now: datetime,
) -> RecordLineRow:
    """Open an ended action again; its reason goes into the history. Raises as `finish_action`."""
    line = line_of(connection, sealing, school_id, pupil_id, line_id)
    return _turn(connection, sealing, school_id, pupil_id, line_id, line.status, "open", now)


def _turn(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    line_id: str,
    before: str,
    after: str,
    now: datetime,
    reason: str | None = None,
) -> RecordLineRow:
    _hold(connection, school_id, pupil_id, line_id)
    line = line_of(connection, sealing, school_id, pupil_id, line_id)
    if not isinstance(line.body, Action):
        raise NotTheirs
    if line.status != before or line.status == after:
        return line
    fields = {**line.body.fields(), "reason": (reason or "").strip() or None}
    keep_version(connection, school_id, line_id, "pupil", now)
    _change(
        connection,
        _one(school_id, pupil_id, line_id),
        status=after,
        body=sealing.seal(body_of("action", fields).fields()),
        changed_at=now,
    )
    return line_of(connection, sealing, school_id, pupil_id, line_id)


def dispute_line(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    line_id: str,
    now: datetime,
    words: str | None = None,
) -> RecordLineRow:
    """Mark a line as one that the pupil sees differently; what it says stays.

    `words` are the pupil's own view, kept beside it as a note whose source is
    {"disputes": line_id}. Raises NoLine, or BodyWrong.
    """
    where = _one(school_id, pupil_id, line_id)
    if not _change(connection, where, disputed_at=now, changed_at=now):
        raise NoLine
    if words is not None and words.strip():
        add_line(
            connection,
            sealing,
            school_id,
            pupil_id,
            kind="note",
            body={"text": words},
            provenance="pupil",
            source={"disputes": line_id},
            now=now,
        )
    return line_of(connection, sealing, school_id, pupil_id, line_id)


def delete_line(connection: Connection, school_id: int, pupil_id: str, line_id: str) -> bool:
    """Take a line out with all it ever said; False when there was none.

    An adviser's advice goes with the whole record only. Raises NotTheirs.
    """
    where = _one(school_id, pupil_id, line_id)
    row = connection.execute(select(RecordLine.kind, RecordLine.provenance).where(*where)).first()
    if row is None:
        return False
    if row.kind == "advice" or row.provenance in ("adviser", "staff"):
        raise NotTheirs
    for table, of_line in ((LineVersion, LineVersion.line_id), (RecordLine, RecordLine.id)):
        connection.execute(delete(table).where(of_line == line_id, table.school_id == school_id))
    return True


def _one(school_id: int, pupil_id: str, line_id: str) -> Sequence[Any]:
    return (
        RecordLine.id == line_id,
        RecordLine.school_id == school_id,
        RecordLine.pupil_id == pupil_id,
    )


def _hold(connection: Connection, school_id: int, pupil_id: str, line_id: str) -> None:
    """Hold the line, so that who changes it at the same time sees what it says then."""
    chosen = select(RecordLine.id).where(*_one(school_id, pupil_id, line_id))
    connection.execute(chosen.with_for_update())


def _change(connection: Connection, where: Sequence[Any], **values: Any) -> bool:
    return bool(connection.execute(update(RecordLine).where(*where).values(**values)).rowcount)


def _row(sealing: Sealing, row: Row[Any]) -> RecordLineRow:
    values = dict(row._mapping)
    body = body_of(values["kind"], sealing.open(values["body"]))
    return RecordLineRow(**{**values, "body": body, "corrected": bool(values["corrected"])})
