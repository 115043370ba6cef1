"""My record: everything on one page."""

from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web.house import House
from bot.channels.web.record.adding import ADDED
from bot.channels.web.record.asking import for_pupil, page, read, see, wording
from bot.channels.web.record.asking import today as today_of
from bot.channels.web.record.changing import deletable
from bot.channels.web.record.expected import expected_for
from bot.channels.web.record.hopes import hopes_picture
from bot.identity.sessions import Session
from bot.records.guidance.attachments import AttachmentRow, attachments_of
from bot.records.guidance.destinations import DestinationRow, destinations_of
from bot.records.guidance.encounters import met_of
from bot.records.guidance.hopes import hopes_of
from bot.records.guidance.imported import waiting_of
from bot.records.guidance.intentions import is_asked
from bot.records.guidance.lines import (
    KINDS,
    LineVersionRow,
    RecordLineRow,
    lines_of,
    versions_of_pupil,
)
from bot.records.guidance.proposals import ProposalRow
from bot.records.guidance.ready import stage_of
from bot.records.guidance.views import RecordViewRow, views_of
from bot.records.pupils import PupilRow, find_pupil
from bot.records.sealing import Sealing

AT_ONCE = 50
"""Lines of the timeline on one page."""


@dataclass(frozen=True, slots=True, repr=False)
class _Record:
    """All that the page shows of a pupil."""

    pupil: PupilRow
    lines: list[RecordLineRow]
    versions: dict[str, list[LineVersionRow]]
    destinations: list[DestinationRow]
    waiting: list[ProposalRow]
    attachments: list[AttachmentRow]
    views: list[RecordViewRow]


@for_pupil
async def show(request: Request, house: House, session: Session) -> Response:
    """GET /record: everything, newest first; `kind` chooses lines, `page` goes back in time."""
    record = await read(house, session, _record)
    if record is None:
        return see("/sign-in")
    today = today_of(house)
    kind = request.query_params.get("kind")
    kind = kind if kind in KINDS else None
    chosen = [line for line in record.lines if kind in (None, line.kind)]
    last = max(1, -(-len(chosen) // AT_ONCE))
    at = min(_number(request.query_params.get("page")), last)
    actions = [line for line in record.lines if (line.kind, line.status) == ("action", "open")]
    year_group = record.pupil.year_group(today)
    expected = expected_for(wording(), record.pupil, today)
    hopes = hopes_of(record.lines, record.versions)
    intended = next((one for one in record.destinations if one.kind == "intended"), None)
    return page(
        house,
        "record.html",
        pupil=record.pupil,
        year_group=year_group,
        stage=stage_of(year_group),
        today=today,
        lines=chosen[(at - 1) * AT_ONCE : at * AT_ONCE],
        deletable=deletable,
        versions=record.versions,
        kind=kind,
        kinds=[one for one in KINDS if any(line.kind == one for line in record.lines)],
        added=ADDED,
        page=at,
        last=last,
        actions=sorted(actions, key=lambda line: (line.due_on or date.max, line.happened_on)),
        hopes=hopes,
        hopes_picture=hopes_picture(hopes, today, wording()),
        skills=[line for line in record.lines if line.kind == "skill"],
        met=met_of(record.lines, record.pupil.year_7_in, expected, today),
        intended=intended,
        asks_for_plan=is_asked(record.pupil, intended, today),
        waiting=record.waiting,
        attachments=record.attachments,
        views=record.views,
    )


def _record(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> _Record | None:
    pupil = find_pupil(connection, sealing, school_id, pupil_id)
    if pupil is None:
        return None
    whose = (connection, sealing, school_id, pupil_id)
    return _Record(
        pupil,
        lines_of(*whose),
        versions_of_pupil(*whose),
        destinations_of(*whose),
        waiting_of(*whose),
        attachments_of(*whose),
        views_of(*whose),
    )


def _number(said: str | None) -> int:
    return max(1, int(said)) if said and said.isascii() and said.isdigit() and len(said) < 6 else 1
