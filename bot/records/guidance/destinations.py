"""Where a pupil means to go, and where the pupil went: the categories that the DfE counts."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Literal

from sqlalchemy import Connection, Row, insert, select, update

from bot.records.guidance.bodies import Body
from bot.records.guidance.lines import NoPupil
from bot.records.models import Destination, Pupil
from bot.records.sealing import Sealing

CATEGORIES = (
    "school sixth form",
    "sixth form college",
    "further education",
    "higher education",
    "other education",
    "apprenticeship",
    "employment",
)
"""Destinations as the 16 to 18 and key stage 4 destination measures tell them apart."""
INTENDED = (*CATEGORIES, "undecided")
ACTUAL = (*CATEGORIES, "not in education or work", "unknown")
REPORTERS = ("pupil", "staff", "leaver", "import")

Kind = Literal["intended", "actual"]


class DestinationDetails(Body):
    """What is known beside the category, each as it was told.

    One that was imported says from which school's passport, that one's day (ISO), and as which
    school the key that signed it was known here, if it was.
    """

    place: str | None = None
    course: str | None = None
    comment: str | None = None
    brought_from: str | None = None
    brought_on: str | None = None
    signed_by: str | None = None


@dataclass(frozen=True, slots=True)
class DestinationRow:
    """A destination as stored, opened. `sustained` (for six months) is None while not known."""

    id: str
    school_id: int
    pupil_id: str
    kind: str
    category: str
    details: DestinationDetails = field(repr=False)
    year_group: int
    sustained: bool | None
    reported_by: str
    reported_on: date
    created_at: datetime


def add_destination(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    *,
    kind: Kind,
    category: str,
    details: Mapping[str, str | None],
    year_group: int,
    reported_by: str,
    reported_on: date,
    now: datetime,
    sustained: bool | None = None,
) -> DestinationRow:
    """Keep a destination; earlier ones stay. `year_group` is the pupil's on that day.

    Raises NoPupil; ValueError for a category that is not one of INTENDED or ACTUAL, or for a
    reporter that is not one of REPORTERS.
    """
    if category not in (INTENDED if kind == "intended" else ACTUAL):
        raise ValueError("not a category of this kind of destination")
    if reported_by not in REPORTERS:
        raise ValueError("not one who reports destinations")
    chosen = select(Pupil.id).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    if connection.execute(chosen).first() is None:
        raise NoPupil
    row = DestinationRow(
        id=secrets.token_hex(16),
        school_id=school_id,
        pupil_id=pupil_id,
        kind=kind,
        category=category,
        details=DestinationDetails(**details),
        year_group=year_group,
        sustained=sustained,
        reported_by=reported_by,
        reported_on=reported_on,
        created_at=now,
    )
    values = {name: getattr(row, name) for name in DestinationRow.__slots__}
    values["details"] = sealing.seal(row.details.fields())
    connection.execute(insert(Destination).values(values))
    return row


def destinations_of(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    *,
    kind: Kind | None = None,
) -> list[DestinationRow]:
    """The pupil's destinations, newest first; only those of one kind, if given."""
    chosen = (
        select(Destination.__table__)
        .where(Destination.school_id == school_id, Destination.pupil_id == pupil_id)
        .order_by(Destination.reported_on.desc(), Destination.created_at.desc(), Destination.id)
    )
    if kind is not None:
        chosen = chosen.where(Destination.kind == kind)
    return [opened_destination(sealing, row) for row in connection.execute(chosen)]


def set_sustained(
    connection: Connection,
    school_id: int,
    pupil_id: str,
    destination_id: str,
    sustained: bool | None,
) -> bool:
    """Note whether an actual destination lasted six months; False when there is none such."""
    chosen = (
        update(Destination)
        .where(
            Destination.id == destination_id,
            Destination.school_id == school_id,
            Destination.pupil_id == pupil_id,
            Destination.kind == "actual",
        )
        .values(sustained=sustained)
    )
    return bool(connection.execute(chosen).rowcount)


def opened_destination(sealing: Sealing, row: Row[Any]) -> DestinationRow:
    """A row of the table as it reads. Raises SealBroken."""
    details = DestinationDetails(**sealing.open(row.details))
    return DestinationRow(**{**row._mapping, "details": details})
