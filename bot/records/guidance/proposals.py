"""Lines that were offered to a pupil: they wait for a yes, and a no leaves nothing of them."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from bot.records.guidance.bodies import Body, body_of
from bot.records.guidance.lines import NoPupil, RecordLineRow, add_line
from bot.records.models import Proposal, Pupil
from bot.records.sealing import Sealing


@dataclass(frozen=True, slots=True)
class ProposalRow:
    """An offered line that waits for the pupil's yes."""

    id: str
    school_id: int
    pupil_id: str
    conversation_id: str | None
    kind: str
    body: Body = field(repr=False)
    source: dict[str, Any]
    due_on: date | None
    created_at: datetime


class NoProposal(Exception):
    """No such proposal waits for this pupil's yes."""


def propose(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    *,
    kind: str,
    body: Mapping[str, Any],
    source: Mapping[str, Any],
    now: datetime,
    conversation_id: str | None = None,
    due_on: date | None = None,
) -> ProposalRow:
    """Offer a line. It enters the record only with `confirm_proposal`. Raises NoPupil, BodyWrong.

    Advice cannot be proposed: an adviser gives it (ValueError).
    """
    if kind == "advice":
        raise ValueError("advice is not proposed")
    found = body_of(kind, body)
    chosen = select(Pupil.id).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    if connection.execute(chosen).first() is None:
        raise NoPupil
    row = ProposalRow(
        id=secrets.token_hex(16),
        school_id=school_id,
        pupil_id=pupil_id,
        conversation_id=conversation_id,
        kind=kind,
        body=found,
        source=dict(source),
        due_on=due_on,
        created_at=now,
    )
    connection.execute(
        insert(Proposal).values(
            id=row.id,
            school_id=school_id,
            pupil_id=pupil_id,
            conversation_id=conversation_id,
            kind=kind,
            body=sealing.seal(found.fields()),
            source=row.source,
            due_on=due_on,
            created_at=now,
        )
    )
    return row


def proposals_of(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    *,
    conversation_id: str | None = None,
) -> list[ProposalRow]:
    """What waits for the pupil's yes, newest first; of one conversation only, if given."""
    chosen = (
        select(Proposal.__table__)
        .where(
            Proposal.school_id == school_id,
            Proposal.pupil_id == pupil_id,
            Proposal.outcome.is_(None),
        )
        .order_by(Proposal.created_at.desc(), Proposal.id)
    )
    if conversation_id is not None:
        chosen = chosen.where(Proposal.conversation_id == conversation_id)
    return [_row(sealing, row) for row in connection.execute(chosen)]


def confirm_proposal(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    proposal_id: str,
    now: datetime,
    *,
    happened_on: date | None = None,
) -> RecordLineRow:
    """The pupil's yes: the proposal becomes a line, once. Raises NoProposal.

    The line's day is today's in England unless `happened_on` says another.
    """
    row = _answer(connection, sealing, school_id, pupil_id, proposal_id, "confirmed", now)
    if row is None:
        raise NoProposal
    return add_line(
        connection,
        sealing,
        school_id,
        pupil_id,
        kind=row.kind,
        body=row.body.fields(),
        provenance="service",
        source=row.source,
        happened_on=happened_on,
        due_on=row.due_on,
        proposal_id=proposal_id,
        now=now,
    )


def decline(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    proposal_id: str,
    now: datetime,
) -> bool:
    """The pupil's no: what the line would have said is forgotten. False when none waited."""
    row = _answer(connection, sealing, school_id, pupil_id, proposal_id, "declined", now)
    return row is not None


def lapse_proposals(
    connection: Connection, sealing: Sealing, school_id: int, made_before: datetime, now: datetime
) -> int:
    """Let the school's proposals that nobody answered lapse, and forget their words; how many."""
    chosen = (
        update(Proposal)
        .where(
            Proposal.school_id == school_id,
            Proposal.outcome.is_(None),
            Proposal.created_at < made_before,
        )
        .values(outcome="lapsed", answered_at=now, body=sealing.seal({}))
    )
    return connection.execute(chosen).rowcount


def last_declined(
    connection: Connection, school_id: int, pupil_id: str, kind: str
) -> datetime | None:
    """When the pupil last said no to a line of that kind, so that it is not asked again soon."""
    chosen = (
        select(Proposal.answered_at)
        .where(
            Proposal.school_id == school_id,
            Proposal.pupil_id == pupil_id,
            Proposal.kind == kind,
            Proposal.outcome == "declined",
        )
        .order_by(Proposal.answered_at.desc())
        .limit(1)
    )
    return connection.execute(chosen).scalar_one_or_none()


def _answer(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    proposal_id: str,
    outcome: str,
    now: datetime,
) -> ProposalRow | None:
    where = (
        Proposal.id == proposal_id,
        Proposal.school_id == school_id,
        Proposal.pupil_id == pupil_id,
        Proposal.outcome.is_(None),
    )
    row = connection.execute(select(Proposal.__table__).where(*where)).first()
    if row is None:
        return None
    # A line has the words now, or nobody may: in both cases they are not kept twice.
    values = {"outcome": outcome, "answered_at": now, "body": sealing.seal({})}
    # Again with its conditions: of two answers at the same time only one counts.
    if not connection.execute(update(Proposal).where(*where).values(values)).rowcount:
        return None
    return _row(sealing, row)


def _row(sealing: Sealing, row: Row[Any]) -> ProposalRow:
    return ProposalRow(
        id=row.id,
        school_id=row.school_id,
        pupil_id=row.pupil_id,
        conversation_id=row.conversation_id,
        kind=row.kind,
        body=body_of(row.kind, sealing.open(row.body)),
        source=row.source,
        due_on=row.due_on,
        created_at=row.created_at,
    )
