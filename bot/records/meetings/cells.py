"""Which five minutes of whom are taken: the table's own key lets no two meetings have the same."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from bot.records.models import TakenCell

LONGEST_NAME = 48


class CellsTaken(Exception):
    """Somebody, or a room, has another meeting then. `whose` says who: staff, pupil or room."""

    def __init__(self, whose: frozenset[str]) -> None:
        super().__init__(", ".join(sorted(whose)))
        self.whose = whose


def take_cells(
    connection: Connection,
    school_id: int,
    meeting_id: str,
    cells: Sequence[tuple[str, datetime]],
) -> None:
    """Take all these cells for a meeting, or none. Raises CellsTaken.

    They are taken in order, so that two who want the same never wait for each other in turn.
    """
    wanted = sorted({(whose[:LONGEST_NAME], begins_at) for whose, begins_at in cells})
    rows = [
        {"school_id": school_id, "whose": whose, "begins_at": at, "meeting_id": meeting_id}
        for whose, at in wanted
    ]
    try:
        # Where a cell is taken, only this is undone: the caller's transaction goes on.
        with connection.begin_nested():
            connection.execute(insert(TakenCell), rows)
    except IntegrityError:
        pass
    else:
        return
    there = taken_cells(connection, school_id, {whose for whose, _ in wanted})
    clashes = {whose.partition(":")[0] for whose, at in wanted if (whose, at) in there}
    raise CellsTaken(frozenset(clashes))


def release_cells(connection: Connection, school_id: int, meeting_id: str) -> None:
    """Give back what a meeting has taken."""
    chosen = (TakenCell.school_id == school_id, TakenCell.meeting_id == meeting_id)
    connection.execute(delete(TakenCell).where(*chosen))


def taken_cells(
    connection: Connection,
    school_id: int,
    whose: Collection[str],
    first: datetime | None = None,
    last: datetime | None = None,
) -> set[tuple[str, datetime]]:
    """The cells that these have taken, from `first` on and before `last` where given."""
    names = {one[:LONGEST_NAME] for one in whose}
    chosen = select(TakenCell.whose, TakenCell.begins_at).where(
        TakenCell.school_id == school_id, TakenCell.whose.in_(names)
    )
    if first is not None:
        chosen = chosen.where(TakenCell.begins_at >= first)
    if last is not None:
        chosen = chosen.where(TakenCell.begins_at < last)
    return {(row.whose, row.begins_at) for row in connection.execute(chosen)}
