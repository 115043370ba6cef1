"""Seals everything in the store with the newest key, a few rows at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Table, bindparam, select, update

from bot.records.models import Base, SchoolSetting
from bot.records.sealing import SealBroken, Sealing

SEALED = (
    ("entries", "body"),
    ("entries", "meta"),
    ("offers", "button"),
    ("pupils", "details"),
    ("staff", "details"),
    ("record_lines", "body"),
    ("line_versions", "body"),
    ("proposals", "body"),
    ("destinations", "details"),
    ("record_views", "actor"),
    ("attachments", "details"),
    ("attachment_contents", "content"),
    ("staff_secrets", "totp"),
    ("passkeys", "details"),
    ("staff_sessions", "device"),
    ("audit_details", "detail"),
    ("handovers", "request"),
    ("private_notes", "body"),
    ("ready_phrases", "body"),
    ("referrals", "details"),
    ("entry_opinions", "why"),
    ("content_tasks", "details"),
    ("mails", "message"),
    ("meetings", "details"),
    ("invitees", "details"),
    ("action_plans", "body"),
    ("action_plans", "comment"),
    ("plan_shares", "details"),
    ("sign_offs", "held"),
    ("waiting_places", "wish"),
)
"""Table and column of all that is sealed, of every school: keys are the installation's."""

MOST_AT_ONCE = {"attachment_contents": 1}
"""Rows of a table that are read at once at most: files are large, and somebody else may wait."""

SEALED_IN_SETTINGS = {"sign_in": "client_secret"}
"""What is sealed inside a setting, by its name: a field of each of its parts."""


@dataclass(frozen=True, slots=True)
class Resealed:
    """What became of a few rows: where to go on (None at the end), how many were sealed again."""

    after: Any
    sealed_again: int
    broken: int
    """Values that no key opens; they are left as they are."""


def reseal_some(
    connection: Connection, sealing: Sealing, table: str, column: str, after: Any, limit: int
) -> Resealed:
    """Seal up to `limit` rows with the newest key, in the order of their key from `after` on.

    Of a table in MOST_AT_ONCE no more than it says there.

    Rows that another transaction holds are passed over, so that nobody waits for the other: go
    over the table again until nothing is left. What a reader changes meanwhile is not undone.
    """
    rows = _rows(Base.metadata.tables[table], column)
    limit = min(limit, MOST_AT_ONCE.get(table, limit))
    chosen = select(rows.key.label("key"), rows.sealed.label("sealed")).order_by(rows.key)
    chosen = chosen.where(rows.sealed.is_not(None))
    if after is not None:
        chosen = chosen.where(rows.key > after)
    found = connection.execute(chosen.limit(limit).with_for_update(skip_locked=True)).all()
    changes, broken = [], 0
    for row in found:
        if sealing.is_newest(row.sealed):
            continue
        try:
            changes.append({"of_key": row.key, "again": sealing.reseal(row.sealed)})
        except SealBroken:
            broken += 1
    if changes:
        connection.execute(rows.change, changes)
    return Resealed(found[-1].key if len(found) == limit else None, len(changes), broken)


def reseal_settings(connection: Connection, sealing: Sealing) -> Resealed:
    """Seal with the newest key what is sealed inside settings, of every school: few rows, at once.

    Settings that another transaction holds are passed over: do it again until nothing is left.
    """
    columns = (SchoolSetting.school_id, SchoolSetting.name, SchoolSetting.value)
    chosen = select(*columns).where(SchoolSetting.name.in_(SEALED_IN_SETTINGS))
    sealed_again = broken = 0
    for row in connection.execute(chosen.with_for_update(skip_locked=True)).all():
        field, parts, changed = SEALED_IN_SETTINGS[row.name], {}, 0
        for name, part in row.value.items():
            parts[name] = part
            sealed = part.get(field) if isinstance(part, dict) else None
            if not isinstance(sealed, str) or sealing.is_newest(sealed):
                continue
            try:
                parts[name] = part | {field: sealing.reseal(sealed)}
                changed += 1
            except SealBroken:
                broken += 1
        if changed:
            # When the school set it stays as it was: what it has set is the same.
            one = (SchoolSetting.school_id == row.school_id, SchoolSetting.name == row.name)
            connection.execute(update(SchoolSetting).where(*one).values(value=parts))
        sealed_again += changed
    return Resealed(None, sealed_again, broken)


@dataclass(frozen=True, slots=True)
class _Rows:
    key: Any
    sealed: Any
    change: Any


def _rows(table: Table, column: str) -> _Rows:
    keys: Sequence[Any] = list(table.primary_key)
    (key,) = keys
    change = update(table).where(key == bindparam("of_key"))
    return _Rows(key, table.columns[column], change.values({column: bindparam("again")}))
