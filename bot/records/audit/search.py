"""Reading the audit: what was done and seen, newest first, a page at a time."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Generic, TypeVar

from sqlalchemy import ColumnElement, Connection, Row, func, select

from bot.records.audit.chain import alias
from bot.records.audit.log import actions, actor_shown
from bot.records.models import AuditDetail, AuditEvent
from bot.records.sealing import Sealing

AT_A_PAGE = 100
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """Some of many rows. `number` is the page's, from 1; `pages` is at least 1."""

    rows: tuple[T, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class AuditRow:
    """One row of the audit, opened.

    Where the detail was removed, with the pupil of whom it told or by its clock, `removed` says so
    and all that stood in it is None. `says` is the action in words.
    """

    number: int
    at: datetime
    actor_kind: str
    actor_id: str | None
    actor_name: str | None = field(repr=False)
    action: str
    says: str
    object_kind: str
    object_id: str | None
    purpose: str | None
    before: Mapping[str, Any] | None = field(repr=False)
    after: Mapping[str, Any] | None = field(repr=False)
    removed: bool


def search(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    *,
    actor_id: str | None = None,
    action: str | None = None,
    object_kind: str | None = None,
    object_id: str | None = None,
    since: datetime | None = None,
    until: datetime | None = None,
    page: int = 1,
    at_a_page: int = AT_A_PAGE,
) -> Page[AuditRow]:
    """Rows of the school that fit all that is asked for; `until` is not included.

    A page past the end is the last one. `object_id` takes `object_kind` with it. Raises ValueError
    for one without the other, SealBroken for a detail that no key opens.
    """
    if object_id is not None and object_kind is None:
        raise ValueError("an object's id says nothing without its kind")
    wanted: list[ColumnElement[bool]] = [AuditEvent.school_id == school_id]
    if actor_id is not None:
        shown = {str(actor_shown(school_id, kind, actor_id)) for kind in ("staff", "pupil")}
        wanted.append(AuditEvent.actor_id.in_(shown))
    if action is not None:
        wanted.append(AuditEvent.action == action)
    if object_kind is not None:
        wanted.append(AuditEvent.object_kind == object_kind)
        if object_id is not None:
            wanted.append(AuditEvent.object_id == alias(school_id, object_kind, object_id))
    if since is not None:
        wanted.append(AuditEvent.at >= since)
    if until is not None:
        wanted.append(AuditEvent.at < until)
    total = connection.execute(select(func.count(AuditEvent.id)).where(*wanted)).scalar_one()
    pages = max(1, -(-total // at_a_page))
    number = min(max(1, page), pages)
    of_it = (AuditDetail.event_id == AuditEvent.id) & (
        AuditDetail.school_id == AuditEvent.school_id
    )
    chosen = (
        select(AuditEvent.__table__, AuditDetail.detail)
        .outerjoin(AuditDetail, of_it)
        .where(*wanted)
        .order_by(AuditEvent.number.desc())
        .limit(at_a_page)
        .offset((number - 1) * at_a_page)
    )
    rows = tuple(_opened(sealing, row) for row in connection.execute(chosen))
    return Page(rows, number, pages, total)


def _opened(sealing: Sealing, row: Row[Any]) -> AuditRow:
    told = None if row.detail is None else sealing.open(row.detail)
    said = told or {}
    actor_id = row.actor_id if row.actor_kind == "staff" else said.get("actor_id")
    return AuditRow(
        number=row.number,
        at=row.at,
        actor_kind=row.actor_kind,
        actor_id=actor_id,
        actor_name=said.get("actor"),
        action=row.action,
        says=actions().get(row.action, row.action),
        object_kind=row.object_kind,
        object_id=said.get("object"),
        purpose=said.get("purpose"),
        before=said.get("before"),
        after=said.get("after"),
        removed=told is None,
    )
