"""Looking at a pupil's record: for a purpose, for half an hour, noted for the pupil and audited."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, select
from starlette.responses import Response

from bot.console.visit import NotHere, Visit
from bot.records.guidance.attachments import AttachmentRow, attachments_of
from bot.records.guidance.destinations import DestinationRow, destinations_of
from bot.records.guidance.lines import LineVersionRow, RecordLineRow, lines_of, versions_of_pupil
from bot.records.guidance.views import RecordViewRow, note_view, purposes, views_of
from bot.records.models import RecordView
from bot.records.pupils import PupilRow, find_pupil
from bot.records.sealing import SealBroken, Sealing

LOOK_COOKIE = "signpost_console_look"
LASTS = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Look:
    """Why and since when somebody of staff looks at one pupil's record."""

    pupil_id: str
    purpose: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Record:
    """A pupil's record as staff see it."""

    pupil: PupilRow
    lines: list[RecordLineRow] = field(repr=False)
    versions: Mapping[str, list[LineVersionRow]] = field(repr=False)
    destinations: list[DestinationRow] = field(repr=False)
    attachments: list[AttachmentRow] = field(repr=False)
    views: list[RecordViewRow] = field(repr=False)


def look_of(visit: Visit, pupil_id: str) -> Look | None:
    """The look that this session has begun at that pupil, if it is not over."""
    left = visit.request.cookies.get(LOOK_COOKIE)
    if not left:
        return None
    try:
        found = visit.desk.sealing.open(left)
        since = datetime.fromisoformat(found["since"])
    except (SealBroken, KeyError, ValueError):
        return None
    fits = found.get("session") == visit.staff.session_hash and found.get("pupil") == pupil_id
    if not fits or not timedelta() <= visit.now - since < LASTS:
        return None
    return Look(pupil_id, str(found["purpose"]), since)


def begin_look(visit: Visit, response: Response, pupil_id: str, purpose: str) -> None:
    """Let this browser look at that pupil for half an hour."""
    response.set_cookie(
        LOOK_COOKIE,
        visit.desk.sealing.seal(
            {
                "session": visit.staff.session_hash,
                "pupil": pupil_id,
                "purpose": purpose,
                "since": visit.now.isoformat(),
            }
        ),
        max_age=int(LASTS.total_seconds()),
        path=f"/console/pupils/{pupil_id}",
        secure=visit.desk.secure(visit.request),
        httponly=True,
        samesite="strict",
    )


def read_noted(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, look: Look
) -> Record:
    """The record, with the look at it noted in the same transaction. Raises NotHere."""
    whose = (connection, sealing, school_id, look.pupil_id)
    pupil = find_pupil(*whose)
    if pupil is None:
        raise NotHere
    lines, versions = lines_of(*whose), versions_of_pupil(*whose)
    destinations, attachments = destinations_of(*whose), attachments_of(*whose)
    note_look(connection, sealing, school_id, visit, look)
    return Record(pupil, lines, versions, destinations, attachments, views_of(*whose))


def note_look(
    connection: Connection, sealing: Sealing, school_id: int, visit: Visit, look: Look
) -> None:
    """Note the look for the pupil to read, once for all of its pages; each page is audited."""
    mine: tuple[Any, ...] = (
        RecordView.school_id == school_id,
        RecordView.pupil_id == look.pupil_id,
        RecordView.staff_id == visit.who.id,
        RecordView.viewed_at >= look.since,
    )
    purpose = purposes()[look.purpose]
    if connection.execute(select(RecordView.id).where(*mine)).first() is not None:
        visit.audit(connection, "record viewed", "pupil", look.pupil_id, purpose=purpose)
    else:
        note_view(  # which audits it too
            connection,
            sealing,
            school_id,
            look.pupil_id,
            name=visit.who.details.name,
            role=visit.title,
            purpose=purpose,
            now=visit.now,
            staff_id=visit.who.id,
        )
