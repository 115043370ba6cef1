"""The audit: what was done and seen, searched by who, what, when and about whom; itself audited."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection
from starlette.responses import Response

from bot.console.pages import ENGLAND, Sheet
from bot.console.visit import Visit
from bot.records.audit import log, search
from bot.records.audit.search import AuditRow, Page
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow, list_staff

PATH = "/console/audit"


@dataclass(frozen=True, slots=True)
class _Found:
    page: Page[AuditRow]
    staff: list[StaffRow]


async def show(visit: Visit) -> Response:
    """GET /console/audit: a page of what fits; who searches is audited too."""
    asked = {name: visit.asked(name)[:64] for name in ("staff", "action", "since", "until")}
    chosen = _chosen(asked)
    found = await visit.write(_find, visit, chosen)
    page = found.page
    return visit.page(
        "people/audit.html",
        rows=[(row, _object(row)) for row in page.rows],
        sheet=Sheet(page.number, page.pages, page.total, (page.number - 1) * search.AT_A_PAGE),
        asked=asked,
        staff_options=[("", "Anybody"), *((one.id, one.details.name) for one in found.staff)],
        actions=[
            ("", "Anything"),
            *sorted(log.actions().items(), key=lambda one: one[1].casefold()),
        ],
        any_choice=any(asked.values()),
    )


def _find(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    visit: Visit,
    chosen: dict[str, Any],
) -> _Found:
    staff = list_staff(connection, sealing, school_id, leavers=True)
    number = visit.asked("page")
    page = int(number) if number.isascii() and number.isdigit() and len(number) < 7 else 1
    found = search.search(connection, sealing, school_id, **chosen, page=page)
    told = {name: str(value) for name, value in chosen.items() if value is not None}
    visit.audit(connection, "audit viewed", "audit", after={**told, "page": found.number})
    return _Found(found, staff)


def _chosen(asked: dict[str, str]) -> dict[str, Any]:
    until = _midnight(asked["until"])
    return {
        "actor_id": asked["staff"] or None,
        "action": asked["action"] if asked["action"] in log.actions() else None,
        "since": _midnight(asked["since"]),
        "until": None if until is None else _next_day(until),
    }


def _midnight(typed: str) -> datetime | None:
    try:
        return datetime.combine(date.fromisoformat(typed), time(), ENGLAND)
    except ValueError:
        return None


def _next_day(midnight: datetime) -> datetime | None:
    try:
        return datetime.combine(midnight.date() + timedelta(days=1), time(), ENGLAND)
    except OverflowError:
        return None


def _object(row: AuditRow) -> str:
    """What a row is about, in short: ids are cut, as nobody reads them out."""
    about = row.object_kind
    if row.object_id:
        about += f" {row.object_id if len(row.object_id) < 16 else row.object_id[:8] + '…'}"
    return about
