"""Pupils in the store: added, changed, left, found again. What names them is sealed."""

import secrets
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, insert, select, update

from bot.records.models import Pupil
from bot.records.sealing import Sealing

FIRST_YEAR = 7
LAST_YEAR = 13

_ALIKE = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "‐": "-", "‑": "-", "–": "-"})


def school_year(today: date) -> int:
    """The calendar year in which the school year of `today` began, on 1 September."""
    return today.year if today.month >= 9 else today.year - 1


def in_year_7(year_group: int, beginning_in: int) -> int:
    """When a pupil of `year_group` in the school year beginning then was in Year 7."""
    return beginning_in - (year_group - FIRST_YEAR)


def name_key(name: str) -> str:
    """A name as it is compared: without case, and with one kind of apostrophe and hyphen."""
    return " ".join(unicodedata.normalize("NFKC", name).translate(_ALIKE).casefold().split())


@dataclass(frozen=True, slots=True, repr=False)
class PupilDetails:
    """What is held of a pupil, as far as the school chose to; None where it is not.

    `gender` is F, M or X (neither); `send` is N, K or E as in the school census.
    """

    given_name: str
    family_name: str
    birth_date: date | None = None
    upn: str | None = None
    email: str | None = None
    gender: str | None = None
    send: str | None = None
    pupil_premium: bool | None = None
    eal: bool | None = None

    def to_json(self) -> dict[str, Any]:
        """As a dictionary to be sealed; what is not held is left out."""
        held = {name: value for name, value in asdict(self).items() if value is not None}
        if self.birth_date is not None:
            held["birth_date"] = self.birth_date.isoformat()
        return held

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> "PupilDetails":
        """What `to_json` gave. Raises KeyError without a name, ValueError for a date that is none.

        Names that are not known, of a later version perhaps, are passed over.
        """
        known: dict[str, Any] = {
            one.name: value[one.name] for one in fields(cls) if one.name in value
        }
        if "birth_date" in known:
            known["birth_date"] = date.fromisoformat(known["birth_date"])
        for name in ("given_name", "family_name"):
            known[name] = value[name]
        return cls(**known)


@dataclass(frozen=True, slots=True, repr=False)
class PupilRow:
    """A pupil as stored, opened."""

    id: str
    school_id: int
    details: PupilDetails
    year_7_in: int
    tutor_group: str | None
    left_on: date | None
    updated_at: datetime

    def year_group(self, today: date) -> int:
        """The year group on that day, which goes up each 1 September; above 13 it is no more."""
        return FIRST_YEAR + school_year(today) - self.year_7_in

    def has_left(self, today: date) -> bool:
        """Whether the pupil has left by that day, by date or by being past Year 13."""
        gone = self.left_on is not None and self.left_on <= today
        return gone or self.year_group(today) > LAST_YEAR


@dataclass(frozen=True, slots=True, repr=False)
class NewPupil:
    """What it takes to add a pupil."""

    details: PupilDetails
    year_7_in: int
    tutor_group: str | None


_COLUMNS: tuple[Any, ...] = (
    Pupil.id,
    Pupil.school_id,
    Pupil.details,
    Pupil.year_7_in,
    Pupil.tutor_group,
    Pupil.left_on,
    Pupil.updated_at,
)


def _opened(sealing: Sealing, row: Row[Any]) -> PupilRow:
    found = dict(row._mapping)
    return PupilRow(**found | {"details": PupilDetails.of_json(sealing.open(found["details"]))})


def _sealed(sealing: Sealing, details: PupilDetails) -> dict[str, Any]:
    """The details sealed, with the keyed hashes that find them again."""
    upn, email, born = details.upn, details.email, details.birth_date
    return {
        "details": sealing.seal(details.to_json()),
        "upn_key": None if upn is None else sealing.lookup("upn", upn),
        "email_key": None if email is None else sealing.lookup("email", email),
        "person_key": None
        if born is None
        else _person(sealing, details.given_name, details.family_name, born),
    }


def _person(sealing: Sealing, given_name: str, family_name: str, birth_date: date) -> str:
    words = (name_key(given_name), name_key(family_name), birth_date.isoformat())
    return sealing.lookup("person", "|".join(words))


def add_pupil(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    details: PupilDetails,
    year_7_in: int,
    tutor_group: str | None,
    now: datetime,
) -> str:
    """Add a pupil; the id, which is random. IntegrityError when UPN or e-mail is held already."""
    new = NewPupil(details, year_7_in, tutor_group)
    return add_pupils(connection, sealing, school_id, [new], now)[0]


def add_pupils(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupils: Sequence[NewPupil],
    now: datetime,
) -> list[str]:
    """Add many pupils at once; their ids in the same order. Raises as `add_pupil`."""
    if not pupils:
        return []
    ids = [secrets.token_hex(16) for _ in pupils]
    rows = [
        {
            "id": pupil_id,
            "school_id": school_id,
            "year_7_in": new.year_7_in,
            "tutor_group": new.tutor_group,
            "left_on": None,
            "created_at": now,
            "updated_at": now,
        }
        | _sealed(sealing, new.details)
        for pupil_id, new in zip(ids, pupils, strict=True)
    ]
    connection.execute(insert(Pupil), rows)
    return ids


def update_pupil(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    details: PupilDetails,
    year_7_in: int,
    tutor_group: str | None,
    now: datetime,
) -> bool:
    """Change what is held of a pupil, all of it; False when the school has no such pupil."""
    values = {"year_7_in": year_7_in, "tutor_group": tutor_group, "updated_at": now}
    values |= _sealed(sealing, details)
    return _set(connection, school_id, pupil_id, values)


_UPDATE = (
    update(Pupil)
    .where(Pupil.school_id == bindparam("of_school"), Pupil.id == bindparam("of_pupil"))
    .values(
        {
            name: bindparam(name)
            for name in (
                *("details", "upn_key", "email_key", "person_key"),
                *("year_7_in", "tutor_group", "left_on", "updated_at"),
            )
        }
    )
)


def update_pupils(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupils: Sequence[PupilRow],
    now: datetime,
) -> int:
    """Write many pupils as they are given, leaving date too; how many of them the school has.

    One may take the UPN or e-mail address of another among them.
    """
    if not pupils:
        return 0
    _release_keys(connection, school_id, [row.id for row in pupils])
    values = [
        {
            "of_school": school_id,
            "of_pupil": row.id,
            "year_7_in": row.year_7_in,
            "tutor_group": row.tutor_group,
            "left_on": row.left_on,
            "updated_at": now,
        }
        | _sealed(sealing, row.details)
        for row in pupils
    ]
    return connection.execute(_UPDATE, values).rowcount


def leave_pupil(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    left_on: date,
    now: datetime,
) -> bool:
    """The pupil has left on that day; False when the school has no such pupil.

    The school's e-mail address is let go of: it may be somebody else's next, and nobody who has
    left signs in with it.
    """
    found = find_pupil(connection, sealing, school_id, pupil_id)
    if found is None:
        return False
    values = {"left_on": left_on, "updated_at": now}
    values |= _sealed(sealing, replace(found.details, email=None))
    return _set(connection, school_id, pupil_id, values)


def return_pupil(connection: Connection, school_id: int, pupil_id: str, now: datetime) -> bool:
    """The pupil who had left is back; False when the school has no such pupil."""
    return _set(connection, school_id, pupil_id, {"left_on": None, "updated_at": now})


def _release_keys(connection: Connection, school_id: int, pupil_ids: Sequence[str]) -> None:
    """Let go of the pupils' UPNs and e-mails until the same transaction has set them anew."""
    let_go = (
        update(Pupil)
        .where(Pupil.school_id == bindparam("of_school"), Pupil.id == bindparam("of_pupil"))
        .values(upn_key=None, email_key=None)
    )
    connection.execute(let_go, [{"of_school": school_id, "of_pupil": one} for one in pupil_ids])


def _set(connection: Connection, school_id: int, pupil_id: str, values: dict[str, Any]) -> bool:
    chosen = (Pupil.school_id == school_id, Pupil.id == pupil_id)
    return connection.execute(update(Pupil).where(*chosen).values(values)).rowcount == 1


def find_pupil(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> PupilRow | None:
    """The pupil of that id, whether there still or left; None when the school has no such."""
    return _one(connection, sealing, school_id, Pupil.id == pupil_id)


def find_by_upn(
    connection: Connection, sealing: Sealing, school_id: int, upn: str
) -> PupilRow | None:
    """The pupil with that UPN, whether there still or left."""
    return _one(connection, sealing, school_id, Pupil.upn_key == sealing.lookup("upn", upn))


def find_by_email(
    connection: Connection, sealing: Sealing, school_id: int, email: str
) -> PupilRow | None:
    """The pupil with that school e-mail address, in any case of letters."""
    return _one(connection, sealing, school_id, Pupil.email_key == sealing.lookup("email", email))


def find_by_person(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    given_name: str,
    family_name: str,
    birth_date: date,
) -> list[PupilRow]:
    """The pupils of that name and date of birth: mostly one or none, but two may share both."""
    key = _person(sealing, given_name, family_name, birth_date)
    chosen = select(*_COLUMNS).where(Pupil.school_id == school_id, Pupil.person_key == key)
    return [_opened(sealing, row) for row in connection.execute(chosen.order_by(Pupil.id))]


def _one(
    connection: Connection, sealing: Sealing, school_id: int, chosen: ColumnElement[bool]
) -> PupilRow | None:
    found = select(*_COLUMNS).where(Pupil.school_id == school_id, chosen)
    row = connection.execute(found).first()
    return None if row is None else _opened(sealing, row)


def list_pupils(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    *,
    year_7_in: int | None = None,
    tutor_group: str | None = None,
    leavers: bool = False,
) -> list[PupilRow]:
    """The school's pupils by family name; with `leavers` also those who have left.

    A pupil past Year 13 whom no roster has marked as having left is still among them: ask
    `has_left`.
    """
    chosen = select(*_COLUMNS).where(Pupil.school_id == school_id)
    if year_7_in is not None:
        chosen = chosen.where(Pupil.year_7_in == year_7_in)
    if tutor_group is not None:
        chosen = chosen.where(Pupil.tutor_group == tutor_group)
    if not leavers:
        chosen = chosen.where(Pupil.left_on.is_(None))
    found = [_opened(sealing, row) for row in connection.execute(chosen)]
    return sorted(found, key=_by_name)


def _by_name(row: PupilRow) -> tuple[str, str, str]:
    return name_key(row.details.family_name), name_key(row.details.given_name), row.id


@dataclass(frozen=True, slots=True)
class GroupCount:
    """How many pupils a tutor group of one year has; nothing in it is personal."""

    year_7_in: int
    tutor_group: str | None
    left: bool
    pupils: int


def count_pupils(connection: Connection, school_id: int) -> list[GroupCount]:
    """How many there are in each tutor group of each year, youngest first; opens nothing."""
    left = Pupil.left_on.is_not(None)
    columns = (Pupil.year_7_in, Pupil.tutor_group, left)
    counted = (
        select(Pupil.year_7_in, Pupil.tutor_group, left.label("gone"), func.count().label("number"))
        .where(Pupil.school_id == school_id)
        .group_by(*columns)
    )
    found = [
        GroupCount(row.year_7_in, row.tutor_group, bool(row.gone), row.number)
        for row in connection.execute(counted)
    ]
    return sorted(found, key=lambda one: (-one.year_7_in, one.tutor_group or "", one.left))


def pupil_versions(connection: Connection, school_id: int) -> dict[str, datetime]:
    """When each pupil of the school, leavers too, was last changed; opens nothing."""
    chosen = select(Pupil.id, Pupil.updated_at).where(Pupil.school_id == school_id)
    return {row.id: row.updated_at for row in connection.execute(chosen)}
