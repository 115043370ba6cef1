"""Who looked at a pupil's record: noted at every look by somebody else, shown to the pupil."""

from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from pathlib import Path
from types import MappingProxyType

import yaml
from sqlalchemy import Connection, insert, select

from bot.records.audit.actors import Actor
from bot.records.audit.log import append
from bot.records.guidance.lines import NoPupil
from bot.records.models import Pupil, RecordView
from bot.records.sealing import Sealing

PURPOSES = Path(__file__).with_name("purposes.yml")


@cache
def purposes() -> MappingProxyType[str, str]:
    """Why staff look at a record: names to choose from, and the sentence that the pupil reads."""
    return MappingProxyType(yaml.safe_load(PURPOSES.read_text(encoding="utf-8")))


@dataclass(frozen=True, slots=True)
class RecordViewRow:
    """One look at the record. `name` and `role` are the viewer's as they were then."""

    pupil_id: str
    staff_id: str | None
    name: str = field(repr=False)
    role: str
    purpose: str
    viewed_at: datetime


def note_view(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    *,
    name: str,
    role: str,
    purpose: str,
    now: datetime,
    staff_id: str | None = None,
) -> None:
    """Note that somebody reads the record, for the pupil and in the audit.

    `purpose` is chosen from a list and names no person. Without `staff_id` the name is only said,
    at the command line.

    In the transaction that reads: without the note there is nothing to read. Raises NoPupil, or
    ValueError without a name, a role or a purpose.
    """
    if not (name.strip() and role.strip() and purpose.strip()):
        raise ValueError("a look needs a name, a role and a purpose")
    chosen = select(Pupil.id).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    if connection.execute(chosen).first() is None:
        raise NoPupil
    connection.execute(
        insert(RecordView).values(
            school_id=school_id,
            pupil_id=pupil_id,
            staff_id=staff_id,
            actor=sealing.seal({"name": name, "role": role}),
            purpose=purpose,
            viewed_at=now,
        )
    )
    append(
        connection,
        sealing,
        school_id,
        actor=Actor("operator" if staff_id is None else "staff", staff_id, name),
        action="record viewed",
        object_kind="pupil",
        object_id=pupil_id,
        now=now,
        purpose=purpose,
        after={"role": role},
    )


def views_of(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> list[RecordViewRow]:
    """Every look at the pupil's record by somebody else, newest first."""
    chosen = (
        select(RecordView.__table__)
        .where(RecordView.school_id == school_id, RecordView.pupil_id == pupil_id)
        .order_by(RecordView.viewed_at.desc(), RecordView.id.desc())
    )
    found = []
    for row in connection.execute(chosen):
        actor = sealing.open(row.actor)
        found.append(
            RecordViewRow(
                row.pupil_id, row.staff_id, actor["name"], actor["role"], row.purpose, row.viewed_at
            )
        )
    return found
