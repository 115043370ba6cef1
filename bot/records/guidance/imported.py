"""Lines out of a school's file that wait for the pupil's yes: told on My record, answered there."""

from datetime import date, datetime

from sqlalchemy import Connection, select

from bot.records.guidance.lines import NoLine, RecordLineRow, correct_line, delete_line, line_of
from bot.records.guidance.proposals import (
    NoProposal,
    ProposalRow,
    confirm_proposal,
    decline,
    proposals_of,
    propose,
)
from bot.records.models import Proposal
from bot.records.sealing import Sealing

FILE = "careers records"
"""What the source of a line says that came in a file: nothing personal, nobody's product."""


def waiting_of(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> list[ProposalRow]:
    """What came in a file and waits for the pupil's yes, newest first."""
    waiting = proposals_of(connection, sealing, school_id, pupil_id)
    return [one for one in waiting if one.source.get("file") == FILE]


def answer_imported(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    proposal_id: str,
    yes: bool,
    now: datetime,
) -> RecordLineRow | None:
    """The pupil's yes makes it a line of the day that the file says; a no leaves nothing of it.

    Raises NoProposal.
    """
    whose = (connection, sealing, school_id, pupil_id)
    found = next((one for one in waiting_of(*whose) if one.id == proposal_id), None)
    if found is None:
        raise NoProposal
    if not yes:
        decline(*whose, proposal_id, now)
        return None
    line = confirm_proposal(*whose, proposal_id, now)
    day = date.fromisoformat(found.source["day"])
    return correct_line(*whose, line.id, line.body.fields(), now, happened_on=day)


def take_out(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    line_id: str,
    now: datetime,
) -> bool:
    """Delete a line as `delete_line` does and raises; what came in a file does not come again.

    Of such a line stays that the pupil said no to it: a keyed hash and the file's day, no words.
    """
    whose = (connection, sealing, school_id, pupil_id)
    try:
        line = line_of(*whose, line_id)
    except NoLine:
        return False
    if not delete_line(connection, school_id, pupil_id, line_id):
        return False
    if line.source.get("file") == FILE and "said" in line.source:
        source = {name: line.source[name] for name in ["file", "on", "said"] if name in line.source}
        body = line.body.fields()
        refused = propose(*whose, kind=line.kind, body=body, source=source, now=now)
        decline(*whose, refused.id, now)  # and with that its words are forgotten
    return True


def said_no_to(connection: Connection, school_id: int, pupil_id: str) -> set[str]:
    """Keyed hashes of what the pupil said no to or deleted, in the chat or on My record."""
    chosen = select(Proposal.source).where(
        Proposal.school_id == school_id,
        Proposal.pupil_id == pupil_id,
        Proposal.outcome == "declined",
    )
    sources = connection.execute(chosen).scalars()
    return {source["said"] for source in sources if source.get("said")}
