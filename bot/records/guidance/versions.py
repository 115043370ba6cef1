"""What lines said before they were corrected or ended: kept, marked, read."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, literal, select

from bot.records.guidance.bodies import Body, body_of
from bot.records.models import LineVersion, RecordLine, UtcTime
from bot.records.sealing import Sealing


@dataclass(frozen=True, slots=True)
class LineVersionRow:
    """What a line said, and how it stood, until `replaced_at`."""

    line_id: str
    body: Body = field(repr=False)
    status: str
    changed_by: str
    replaced_at: datetime


def versions_of(
    connection: Connection, sealing: Sealing, school_id: int, line_id: str
) -> list[LineVersionRow]:
    """What a line said before, newest first."""
    return _versions(connection, sealing, school_id, LineVersion.line_id == line_id)


def versions_of_pupil(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> dict[str, list[LineVersionRow]]:
    """What all lines of a pupil said before, by line, newest first."""
    found: dict[str, list[LineVersionRow]] = {}
    for version in _versions(connection, sealing, school_id, RecordLine.pupil_id == pupil_id):
        found.setdefault(version.line_id, []).append(version)
    return found


def _versions(
    connection: Connection, sealing: Sealing, school_id: int, chosen: Any
) -> list[LineVersionRow]:
    rows = connection.execute(
        select(
            LineVersion.line_id,
            RecordLine.kind,
            LineVersion.body,
            LineVersion.status,
            LineVersion.changed_by,
            LineVersion.replaced_at,
        )
        # By the line's key alone: with the school's as well, SQLite goes over all lines of the
        # school. A version is never under another school than its line (of_one_school).
        .join(RecordLine, RecordLine.id == LineVersion.line_id)
        .where(LineVersion.school_id == school_id, chosen)
        .order_by(LineVersion.id.desc())
    )
    return [
        LineVersionRow(
            row.line_id,
            body_of(row.kind, sealing.open(row.body)),
            row.status,
            row.changed_by,
            row.replaced_at,
        )
        for row in rows
    ]


def keep_version(
    connection: Connection, school_id: int, line_id: str, by: str, now: datetime
) -> None:
    """Keep what the line says now, before it says something else."""
    columns = ("school_id", "line_id", "body", "status", "changed_by", "replaced_at")
    before = select(
        RecordLine.school_id,
        RecordLine.id,
        RecordLine.body,
        RecordLine.status,
        literal(by),
        literal(now, UtcTime),
    ).where(RecordLine.id == line_id, RecordLine.school_id == school_id)
    connection.execute(insert(LineVersion).from_select(columns, before))
