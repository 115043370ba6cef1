"""How staff prove who they are, in the store: passwords' hashes, TOTP, passkeys, recovery codes.

What may be accepted is decided in bot/identity/staff; here each fact is kept and used up once,
whoever asks at the same time.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, delete, func, insert, or_, select, update

from bot.records.models import Passkey, RecoveryCode, StaffRole, StaffSecret
from bot.records.sealing import Sealing


@dataclass(frozen=True, slots=True)
class SecretRow:
    """A password's hash and whether there is an authenticator app; None where there is none."""

    password_hash: str | None = field(repr=False)
    totp: str | None = field(repr=False)
    totp_step: int | None
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class PasskeyRow:
    """A passkey: its credential's id (base64url), its public key, what its owner calls it.

    `site` is the host that it was made for.
    """

    id: str
    public_key: bytes = field(repr=False)
    label: str
    site: str
    sign_count: int
    created_at: datetime
    last_used_at: datetime | None


# ---- password and authenticator app


def find_secret(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str
) -> SecretRow | None:
    """What somebody proves themselves with, opened. Raises SealBroken."""
    columns = (
        StaffSecret.password_hash,
        StaffSecret.totp,
        StaffSecret.totp_step,
        StaffSecret.changed_at,
    )
    row = connection.execute(select(*columns).where(*_of(StaffSecret, school_id, staff_id))).first()
    if row is None:
        return None
    totp = None if row.totp is None else str(sealing.open(row.totp)["secret"])
    return SecretRow(row.password_hash, totp, row.totp_step, row.changed_at)


def set_password_hash(
    connection: Connection, school_id: int, staff_id: str, password_hash: str, now: datetime
) -> None:
    """Keep the hash in place of an older one. Raises IntegrityError for staff of another school."""
    _set(connection, school_id, staff_id, {"password_hash": password_hash, "changed_at": now})


def forget_password(connection: Connection, school_id: int, staff_id: str, now: datetime) -> None:
    """The password opens nothing any more; the second factor stays."""
    changed = update(StaffSecret).where(*_of(StaffSecret, school_id, staff_id))
    connection.execute(changed.values(password_hash=None, changed_at=now))


def set_totp(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    secret: str,
    step: int,
    now: datetime,
) -> None:
    """Keep the secret of an authenticator app in place of an older one; `step` is used up."""
    totp = sealing.seal({"secret": secret})
    _set(connection, school_id, staff_id, {"totp": totp, "totp_step": step, "changed_at": now})


def remove_totp(connection: Connection, school_id: int, staff_id: str, now: datetime) -> bool:
    """Forget the authenticator app; False when there was none."""
    chosen = (*_of(StaffSecret, school_id, staff_id), StaffSecret.totp.is_not(None))
    changed = update(StaffSecret).where(*chosen)
    changed = changed.values(totp=None, totp_step=None, changed_at=now)
    return bool(connection.execute(changed).rowcount)


def use_totp_step(connection: Connection, school_id: int, staff_id: str, step: int) -> bool:
    """Use the step up; False when it, or a later one, was used before."""
    used = (
        update(StaffSecret)
        .where(
            *_of(StaffSecret, school_id, staff_id),
            StaffSecret.totp.is_not(None),
            or_(StaffSecret.totp_step.is_(None), StaffSecret.totp_step < step),
        )
        .values(totp_step=step)
    )
    return bool(connection.execute(used).rowcount)


def forget_secrets(connection: Connection, school_id: int, staff_id: str, now: datetime) -> None:
    """Forget the password, the authenticator app, all passkeys and all recovery codes.

    An empty row stays: it shows that somebody had them.
    """
    for table in (Passkey, RecoveryCode):
        connection.execute(delete(table).where(*_of(table, school_id, staff_id)))
    nothing = {"password_hash": None, "totp": None, "totp_step": None, "changed_at": now}
    _set(connection, school_id, staff_id, nothing)


# ---- passkeys


def add_passkey(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str, row: PasskeyRow
) -> None:
    """Keep a passkey. Raises IntegrityError for one that is known, whoever's it is."""
    details = {"public_key": row.public_key.hex(), "label": row.label, "site": row.site}
    connection.execute(
        insert(Passkey).values(
            id=row.id,
            school_id=school_id,
            staff_id=staff_id,
            details=sealing.seal(details),
            sign_count=row.sign_count,
            created_at=row.created_at,
            last_used_at=row.last_used_at,
        )
    )


def list_passkeys(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str
) -> list[PasskeyRow]:
    """Somebody's passkeys, oldest first."""
    columns = (
        Passkey.id,
        Passkey.details,
        Passkey.sign_count,
        Passkey.created_at,
        Passkey.last_used_at,
    )
    chosen = select(*columns).where(*_of(Passkey, school_id, staff_id))
    return [
        _passkey(sealing, row)
        for row in connection.execute(chosen.order_by(Passkey.created_at, Passkey.id))
    ]


def has_passkey(connection: Connection, school_id: int, staff_id: str) -> bool:
    """Whether somebody has a passkey."""
    chosen = select(Passkey.id).where(*_of(Passkey, school_id, staff_id))
    return connection.execute(chosen.limit(1)).first() is not None


def note_passkey_use(
    connection: Connection,
    school_id: int,
    staff_id: str,
    passkey_id: str,
    *,
    before: int,
    after: int,
    now: datetime,
) -> bool:
    """Count a use; False when another use was counted since `before` was read."""
    used = (
        update(Passkey)
        .where(
            *_of(Passkey, school_id, staff_id),
            Passkey.id == passkey_id,
            Passkey.sign_count == before,
        )
        .values(sign_count=after, last_used_at=now)
    )
    return bool(connection.execute(used).rowcount)


def remove_passkey(connection: Connection, school_id: int, staff_id: str, passkey_id: str) -> bool:
    """Forget a passkey; False when it is not somebody's own."""
    chosen = (*_of(Passkey, school_id, staff_id), Passkey.id == passkey_id)
    return bool(connection.execute(delete(Passkey).where(*chosen)).rowcount)


# ---- recovery codes


def replace_recovery_codes(
    connection: Connection, school_id: int, staff_id: str, keys: Iterable[str]
) -> None:
    """Keep these keyed hashes; every code of before opens nothing any more."""
    connection.execute(delete(RecoveryCode).where(*_of(RecoveryCode, school_id, staff_id)))
    rows = [{"school_id": school_id, "staff_id": staff_id, "code_key": key} for key in keys]
    connection.execute(insert(RecoveryCode), rows)


def use_recovery_code(
    connection: Connection, school_id: int, staff_id: str, key: str, now: datetime
) -> bool:
    """Use the code up; False when it is none or was used before."""
    used = (
        update(RecoveryCode)
        .where(
            *_of(RecoveryCode, school_id, staff_id),
            RecoveryCode.code_key == key,
            RecoveryCode.used_at.is_(None),
        )
        .values(used_at=now)
    )
    return bool(connection.execute(used).rowcount)


def recovery_codes_left(connection: Connection, school_id: int, staff_id: str) -> int:
    """How many codes have not been used."""
    chosen = (*_of(RecoveryCode, school_id, staff_id), RecoveryCode.used_at.is_(None))
    counted = select(func.count()).select_from(RecoveryCode).where(*chosen)
    return int(connection.execute(counted).scalar_one())


# ---- what they share


def any_with_second_factor(connection: Connection, school_id: int, role: str) -> bool:
    """Whether somebody of that role has an authenticator app or a passkey."""
    with_app = select(StaffSecret.staff_id).where(
        StaffSecret.school_id == school_id, StaffSecret.totp.is_not(None)
    )
    with_passkey = select(Passkey.staff_id).where(Passkey.school_id == school_id)
    chosen = select(StaffRole.staff_id).where(
        StaffRole.school_id == school_id,
        StaffRole.role == role,
        or_(StaffRole.staff_id.in_(with_app), StaffRole.staff_id.in_(with_passkey)),
    )
    return connection.execute(chosen.limit(1)).first() is not None


def _of(table: Any, school_id: int, staff_id: str) -> tuple[Any, Any]:
    return table.school_id == school_id, table.staff_id == staff_id


def _set(connection: Connection, school_id: int, staff_id: str, values: dict[str, Any]) -> None:
    changed = update(StaffSecret).where(*_of(StaffSecret, school_id, staff_id)).values(values)
    if not connection.execute(changed).rowcount:
        row = {"staff_id": staff_id, "school_id": school_id, **values}
        connection.execute(insert(StaffSecret).values(row))


def _passkey(sealing: Sealing, row: Any) -> PasskeyRow:
    details = sealing.open(row.details)
    return PasskeyRow(
        row.id,
        bytes.fromhex(details["public_key"]),
        str(details["label"]),
        str(details["site"]),
        row.sign_count,
        row.created_at,
        row.last_used_at,
    )
