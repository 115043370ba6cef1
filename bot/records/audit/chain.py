"""The chain of the audit: how rows hang together, and how what was done to them is noticed.

Each row's hash is over all that it says and the hash of the row before. Rows of a school are
numbered from 1 without gaps. The last number and hash are noted once more, in the school's
settings (`HEAD`), with a keyed proof that only this installation can make: so a tail that was cut
off is noticed, and a chain that was written anew by somebody without the keys.

What it cannot notice: somebody who has both the database and the keys can write another chain; who
has only the database can put back the database, or the end of the chain with its note, as they
once were. Both are noticed by a number and hash that was noted elsewhere (`verify` with `noted`).
A detail that was taken out is not a fault: deleting a pupil takes out what tells of the pupil.
"""

import hashlib
import hmac
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from sqlalchemy import Connection, select

from bot.records.models import AuditDetail, AuditEvent
from bot.records.sealing import SealBroken, Sealing
from bot.records.settings import get_setting

HEAD = "audit_head"
"""The setting of a school with the last row: {"number", "hash", "proof"}."""
LOST = "audit head lost"
"""The action that says that the note of the last row was gone."""
START = "0" * 64
"""What stands in place of a hash before the first row."""
_AT_ONCE = 500
_NOTED = re.compile(r"([1-9]\d{0,11}):([0-9a-f]{64})")
_FAULTS = Path(__file__).with_name("faults.yml")
_SAID: tuple[Any, ...] = (
    AuditEvent.school_id,
    AuditEvent.number,
    AuditEvent.at,
    AuditEvent.actor_kind,
    AuditEvent.actor_id,
    AuditEvent.action,
    AuditEvent.object_kind,
    AuditEvent.object_id,
    AuditEvent.detail_hash,
    AuditEvent.previous,
)
"""All that a row says, in the order in which it is hashed."""


@dataclass(frozen=True, slots=True)
class Head:
    """The last row of a school's audit: its number (0 for none yet) and its hash."""

    number: int
    hash: str

    def __str__(self) -> str:
        return f"{self.number}:{self.hash}"


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is wrong: a name of faults.yml, and the number of the row, if it is of one."""

    kind: str
    number: int | None = None

    def says(self) -> str:
        """The fault as a sentence."""
        return _sentences()[self.kind].format(number=self.number)


@cache
def _sentences() -> Mapping[str, str]:
    found: dict[str, str] = yaml.safe_load(_FAULTS.read_text(encoding="utf-8"))
    return found


def alias(school_id: int, kind: str, name: str) -> str:
    """What stands in the chain for an id: 64 hexadecimal digits that lead back to nobody.

    Rows of the chain are never deleted; so that nothing in them is a deleted pupil's, ids of what
    was done to stand in the sealed detail, and only this hash of them in the row. They are random
    numbers that cannot be tried out.
    """
    return _hash([school_id, kind, name])


def hash_of(said: Mapping[str, Any]) -> str:
    """The hash of a row, from all that it says (columns by name) and the hash before it."""
    values = [said[column.key] for column in _SAID]
    return _hash([one.isoformat() if isinstance(one, datetime) else one for one in values])


def detail_hash(detail: Mapping[str, Any]) -> str:
    """The hash of a detail; the salt in it lets nobody guess what it said once it is gone."""
    return _hash(dict(detail))


def as_json_has_it(value: Mapping[str, Any]) -> dict[str, Any]:
    """The object as it will be when it is read again; days and moments in ISO 8601.

    Raises TypeError or ValueError for what JSON has no form for.
    """
    found: dict[str, Any] = json.loads(json.dumps(value, default=_in_iso, allow_nan=False))
    return found


def _in_iso(value: Any) -> str:
    if isinstance(value, date):  # a moment is one too
        return value.isoformat()
    raise TypeError


def _hash(value: Any) -> str:
    told = json.dumps(value, separators=(",", ":"), sort_keys=True, allow_nan=False)
    return hashlib.sha256(f"signpost audit 1\0{told}".encode("ascii")).hexdigest()


# ---- the note of the last row


def proof_of(sealing: Sealing, school_id: int, head: Head) -> str:
    """What only the installation can write beside the last row."""
    return sealing.lookup_exact("audit", f"{school_id} {head}")


def head_in(value: Mapping[str, Any] | None) -> Head | None:
    """The last row as the school's settings have it; None without, or if it is no such note."""
    try:
        return Head(int(value["number"]), str(value["hash"])) if value else None
    except (KeyError, TypeError, ValueError):
        return None


def noted_head(text: str) -> Head | None:
    """A number and hash as `Head` writes them; None for another text."""
    found = _NOTED.fullmatch(text.strip().lower())
    return None if found is None else Head(int(found[1]), found[2])


# ---- looking it over


def head_of(connection: Connection, school_id: int) -> Head | None:
    """The last row, as it was noted. It is what somebody notes elsewhere to compare later."""
    return head_in(get_setting(connection, school_id, HEAD))


def verify(
    connection: Connection,
    school_id: int,
    sealing: Sealing | None = None,
    *,
    noted: Head | None = None,
) -> list[Fault]:
    """Everything that is wrong with the school's audit, in the order of its rows; [] when whole.

    With `sealing` the details that are there and the note of the last row are checked as well.
    `noted` is a row that somebody noted elsewhere: it must still be in the chain.
    """
    faults: list[Fault] = []
    last = Head(0, START)
    there = noted is None or noted == last
    for row in _rows(connection, school_id, details=sealing is not None):
        # One sentence for a gap, however wide: an end of the chain may be far off.
        if row.number != last.number + 1:
            faults.append(Fault("missing", last.number + 1))
        if hash_of(row._mapping) != row.hash:
            faults.append(Fault("altered", row.number))
        elif row.previous != last.hash and row.number == last.number + 1:
            faults.append(Fault("unlinked", row.number))
        if sealing is not None and not _as_written(sealing, row.detail, row.detail_hash):
            faults.append(Fault("detail altered", row.number))
        if row.action == LOST:
            faults.append(Fault("head lost", row.number))
        last = Head(row.number, row.hash)
        there = there or noted == last
    faults += _of_the_head(connection, school_id, sealing, last)
    if noted is not None and not there:
        faults.append(Fault("noted", noted.number))
    return faults


def _of_the_head(
    connection: Connection, school_id: int, sealing: Sealing | None, last: Head
) -> list[Fault]:
    value = get_setting(connection, school_id, HEAD)
    head = head_in(value)
    if value is None or head is None:
        return [Fault("head missing")] if last.number or value is not None else []
    faults = []
    if head.number > last.number:
        faults.append(Fault("cut off", head.number))
    elif head.number < last.number:
        faults.append(Fault("beyond", head.number + 1))
    elif head != last:
        faults.append(Fault("altered", last.number))
    if sealing is not None:
        proof = proof_of(sealing, school_id, head)
        if not hmac.compare_digest(proof, str(value.get("proof"))):
            faults.append(Fault("head forged"))
    return faults


def _as_written(sealing: Sealing, detail: str | None, told: str | None) -> bool:
    """Whether a detail that is there is the one that was written; one that is gone is no fault."""
    if detail is None:
        return True
    try:
        return detail_hash(sealing.open(detail)) == told
    except SealBroken:
        return False


def _rows(connection: Connection, school_id: int, *, details: bool) -> Iterator[Any]:
    """Every row of the school by its number, some in memory at a time."""
    after: int | None = None
    while True:
        chosen = select(*_SAID, AuditEvent.hash).where(AuditEvent.school_id == school_id)
        if after is not None:
            chosen = chosen.where(AuditEvent.number > after)
        if details:
            of_it = (AuditDetail.event_id == AuditEvent.id) & (
                AuditDetail.school_id == AuditEvent.school_id
            )
            chosen = chosen.add_columns(AuditDetail.detail).outerjoin(AuditDetail, of_it)
        rows = connection.execute(chosen.order_by(AuditEvent.number).limit(_AT_ONCE)).all()
        yield from rows
        if len(rows) < _AT_ONCE:
            return
        after = rows[-1].number
