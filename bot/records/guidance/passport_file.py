"""A passport as a file: packed and signed, opened again only if it is whole and unchanged.

A ZIP of three members: record.json; manifest.json with the school, the dates and the SHA-256 of
the record; manifest.sig, the Ed25519 signature over the manifest, made with the installation's
key. The public key is in the manifest: the signature shows that nothing was changed since, and
whoever knows a school's key (its fingerprint, known_schools.py) can tell that it was that school.
"""

import base64
import binascii
import hashlib
import io
import json
import re
import zipfile
import zlib
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal, TypeVar

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    model_validator,
)

from bot.records.guidance.bodies import BodyWrong, body_of
from bot.records.guidance.destinations import ACTUAL, INTENDED, DestinationDetails
from bot.records.guidance.lines import KINDS, PROVENANCES, STATUSES, day_in_england

SCHEMA = "signpost-passport"
KEY_SCHEMA = "signpost-passport-key"
VERSION = 1
MOST_BYTES = 5 * 1024 * 1024
"""The largest file that is read."""
MOST_UNPACKED = 10 * 1024 * 1024
"""The largest record that is unpacked; a file that would give more is refused unread."""

_RECORD, _MANIFEST, _SIGNATURE = "record.json", "manifest.json", "manifest.sig"
_DIGITS = 32
"""Hexadecimal digits of a fingerprint: enough that nobody can make a key with the same one."""
_LARGEST = {_RECORD: MOST_UNPACKED, _MANIFEST: 64 * 1024, _SIGNATURE: 1024}

Reason = Literal["empty", "large", "not-zip", "broken", "foreign", "changed", "newer", "unreadable"]


_M = TypeVar("_M", bound=BaseModel)


class PassportRefused(Exception):
    """The file is not taken. `reason` says why; nothing in it comes from the file."""

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason


def _known_year(value: Any) -> Any:
    # Moments at the ends of time cannot be told in another zone.
    if not 1900 <= value.year < 2200:
        raise ValueError("year")
    return value


def _printable(value: str) -> str:
    if not value.isprintable():
        raise ValueError("characters")
    return value


def _one_of(words: Collection[str]) -> Callable[[str], str]:
    def check(value: str) -> str:
        if value not in words:
            raise ValueError("word")
        return value

    return check


Day = Annotated[date, AfterValidator(_known_year)]
Moment = Annotated[
    AwareDatetime, AfterValidator(_known_year), AfterValidator(lambda value: value.astimezone(UTC))
]
_Id = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{32}$")]
SchoolName = Annotated[
    str, StringConstraints(min_length=1, max_length=200), AfterValidator(_printable)
]
_Kind = Annotated[str, AfterValidator(_one_of(KINDS))]
_Status = Annotated[str, AfterValidator(_one_of(STATUSES))]
_Provenance = Annotated[str, AfterValidator(_one_of(PROVENANCES))]


class _Part(BaseModel):
    # A later writer of this version may add members.
    model_config = ConfigDict(extra="ignore", frozen=True, hide_input_in_errors=True)


class CameFrom(_Part):
    """The school that an imported line was brought from, and the day of its passport."""

    school: SchoolName
    on: Day


class Earlier(_Part):
    """What a line said before."""

    body: dict[str, Any] = Field(repr=False)
    status: _Status
    changed_by: Literal["pupil", "staff"]
    replaced_at: Moment


class PassportLine(_Part):
    """A line. `id` stays the same from school to school; `was` is its first provenance."""

    id: _Id
    kind: _Kind
    status: _Status
    body: dict[str, Any] = Field(repr=False)
    happened_on: Day
    due_on: Day | None = None
    was: _Provenance
    first: CameFrom | None = None
    disputes: _Id | None = None
    meeting: Annotated[str, StringConstraints(pattern=r"^[a-z]{1,16}(-\d\d)?$")] | None = None
    confirmed_at: Moment | None = None
    disputed_at: Moment | None = None
    changed_at: Moment
    earlier: Annotated[tuple[Earlier, ...], Field(max_length=500)] = ()

    @model_validator(mode="after")
    def _as_the_store_holds_it(self) -> "PassportLine":
        if (self.kind == "action") == (self.status == "standing"):
            raise ValueError("only actions end")
        return self


class PassportDestination(_Part):
    """A destination, planned or actual."""

    kind: Literal["intended", "actual"]
    category: str
    details: DestinationDetails = Field(repr=False)
    year_group: Annotated[int, Field(ge=0, le=100)]
    sustained: bool | None = None
    reported_on: Day

    @model_validator(mode="after")
    def _of_its_kind(self) -> "PassportDestination":
        if self.category not in (INTENDED if self.kind == "intended" else ACTUAL):
            raise ValueError("category")
        return self


class Owner(_Part):
    """Whose passport it is."""

    given_name: Annotated[str, StringConstraints(max_length=200)] = Field(repr=False)
    family_name: Annotated[str, StringConstraints(max_length=200)] = Field(repr=False)


class PassportRecord(_Part):
    """The record in a passport: lines and destinations, newest first."""

    pupil: Owner
    lines: Annotated[tuple[PassportLine, ...], Field(max_length=5000)]
    destinations: Annotated[tuple[PassportDestination, ...], Field(max_length=500)]


@dataclass(frozen=True, slots=True)
class Passport:
    """An opened passport. `key` is the fingerprint of the `public_key` (base64) that signed it.

    `school` is what the file says: whether that school made it, only a known key can tell.
    """

    school: str
    made_on: date
    key: str
    record: PassportRecord
    public_key: str = field(repr=False)


class _School(_Part):
    name: SchoolName


class _File(_Part):
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]


class SchoolKey(_Part):
    """A school's public key as it is handed to other schools, with what the school calls itself."""

    school: _School
    public_key: str

    @property
    def fingerprint(self) -> str:
        """The key as people compare it."""
        return fingerprint(base64.b64decode(self.public_key))


class _Manifest(_Part):
    school: _School
    made_at: Moment
    files: dict[str, _File]
    public_key: str


def signing_key(secret: str) -> Ed25519PrivateKey:
    """The installation's key from its secret: 32 bytes in URL-safe base64 without padding."""
    return Ed25519PrivateKey.from_private_bytes(base64.urlsafe_b64decode(f"{secret}="))


def fingerprint(public: bytes) -> str:
    """A public key (32 bytes) as people compare it: eight groups of four, 128 bits."""
    return _grouped(hashlib.sha256(public).hexdigest()[:_DIGITS])


def fingerprint_typed(text: str) -> str | None:
    """A fingerprint as somebody typed it, as `fingerprint` writes it; None for what is none."""
    told = re.sub(r"[\s:-]", "", text).lower()
    return _grouped(told) if re.fullmatch(rf"[0-9a-f]{{{_DIGITS}}}", told) else None


def _grouped(told: str) -> str:
    return " ".join(told[at : at + 4] for at in range(0, _DIGITS, 4))


def own_fingerprint(secret: str) -> str:
    """The fingerprint of the installation's own key, from its secret (`signing_key`)."""
    return fingerprint(signing_key(secret).public_key().public_bytes_raw())


def key_file(school: str, key: Ed25519PrivateKey) -> bytes:
    """The public half of a key as a file for other schools; nothing in it is secret."""
    told = {
        "schema": KEY_SCHEMA,
        "version": VERSION,
        "school": {"name": school},
        "public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii"),
    }
    return json.dumps(told, indent=1).encode("ascii") + b"\n"


def key_in(content: bytes) -> SchoolKey:
    """The public key in a key file, or the one that signed a passport. Raises PassportRefused.

    That it is a certain school's key it cannot tell: people compare the fingerprint.
    """
    if content[:2] == b"PK":
        passport = opened(content)
        return SchoolKey(school=_School(name=passport.school), public_key=passport.public_key)
    if not content:
        raise PassportRefused("empty")
    if len(content) > _LARGEST[_MANIFEST]:
        raise PassportRefused("large")
    told = _json(content)
    if told.get("schema") != KEY_SCHEMA:
        raise PassportRefused("foreign")
    _check_version(told)
    found = _model(SchoolKey, told)
    if _key_bytes(found.public_key) is None:
        raise PassportRefused("unreadable")
    return found


def packed(record: dict[str, Any], school: str, made_at: datetime, key: Ed25519PrivateKey) -> bytes:
    """The record as a signed file. `made_at` is aware."""
    # Escaped, so that half a surrogate pair out of somebody's browser is packed as it is held.
    content = json.dumps(record, indent=1).encode("ascii")
    days = sorted(line["happened_on"] for line in record["lines"])
    manifest = {
        "schema": SCHEMA,
        "version": VERSION,
        "school": {"name": school},
        "made_at": made_at.astimezone(UTC).isoformat(),
        "first_day": days[0] if days else None,
        "last_day": days[-1] if days else None,
        "files": {_RECORD: {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}},
        "public_key": base64.b64encode(key.public_key().public_bytes_raw()).decode("ascii"),
    }
    told = json.dumps(manifest, indent=1).encode("ascii")
    members = {_RECORD: content, _MANIFEST: told, _SIGNATURE: base64.b64encode(key.sign(told))}
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            info = zipfile.ZipInfo(name, made_at.timetuple()[:6])
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return file.getvalue()


def opened(content: bytes) -> Passport:
    """The passport in a file. Raises PassportRefused."""
    if not content:
        raise PassportRefused("empty")
    if len(content) > MOST_BYTES:
        raise PassportRefused("large")
    members = _members(content)
    manifest, key = _manifest(members)
    stated = manifest.files.get(_RECORD)
    if stated is None or hashlib.sha256(members[_RECORD]).hexdigest() != stated.sha256:
        raise PassportRefused("changed")
    record = _model(PassportRecord, _json(members[_RECORD]))
    _check_bodies(record)
    made_on = day_in_england(manifest.made_at)
    return Passport(manifest.school.name, made_on, key, record, manifest.public_key)


def _members(content: bytes) -> dict[str, bytes]:
    reason: Reason
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            found = {info.filename: info for info in archive.infolist()}
            # No other name is looked at, so none can lead out of anywhere.
            if set(found) != set(_LARGEST) or len(archive.infolist()) != len(_LARGEST):
                raise PassportRefused("foreign")
            return {name: _read(archive, info) for name, info in found.items()}
    except zipfile.BadZipFile:
        reason = "broken" if content[:4] == b"PK\x03\x04" else "not-zip"
    except (OSError, EOFError, ValueError, RuntimeError, NotImplementedError, zlib.error):
        reason = "broken"  # Locked with a password, packed in an unknown way, or cut to pieces.
    raise PassportRefused(reason)


def _read(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    most = _LARGEST[info.filename]
    if info.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise PassportRefused("foreign")
    # What a member says of its size can be wrong, so no more than that is unpacked either.
    with archive.open(info) as file:
        data = file.read(most + 1) if info.file_size <= most else b""
        if info.file_size > most or len(data) > most:
            raise PassportRefused("large")
        return data


def _manifest(members: dict[str, bytes]) -> tuple[_Manifest, str]:
    """The manifest, once its signature is right, and the fingerprint of the key."""
    told = _json(members[_MANIFEST])
    if told.get("schema") != SCHEMA:
        raise PassportRefused("foreign")
    _check_version(told)
    manifest = _model(_Manifest, told)
    public = _key_bytes(manifest.public_key)
    if public is None:
        raise PassportRefused("changed")
    try:
        signature = base64.b64decode(members[_SIGNATURE], validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, members[_MANIFEST])
    except (binascii.Error, ValueError, InvalidSignature):
        signed = False
    else:
        signed = True
    if not signed:
        raise PassportRefused("changed")
    return manifest, fingerprint(public)


def _check_version(told: dict[str, Any]) -> None:
    version = told.get("version")
    # True is 1 to Python, and a version before the first was never written.
    if type(version) is not int or version < VERSION:
        raise PassportRefused("unreadable")
    if version > VERSION:
        raise PassportRefused("newer")


def _key_bytes(told: str) -> bytes | None:
    """The public key in base64, None for what is none."""
    try:
        public = base64.b64decode(told, validate=True)
        return Ed25519PublicKey.from_public_bytes(public).public_bytes_raw()
    except (binascii.Error, ValueError):
        return None


def _json(content: bytes) -> dict[str, Any]:
    try:
        found = json.loads(content)
    except (ValueError, RecursionError):
        found = None
    if not isinstance(found, dict):
        raise PassportRefused("unreadable")
    return found


def _model(model: type[_M], found: dict[str, Any]) -> _M:
    try:
        return model.model_validate(found)
    except (ValidationError, OverflowError, RecursionError):
        problem = PassportRefused("unreadable")
    # Raised outside of the handler: it carries nothing along of what was read.
    raise problem


def _check_bodies(record: PassportRecord) -> None:
    ids = [line.id for line in record.lines]
    wrong = len(set(ids)) != len(ids)
    try:
        for line in record.lines:
            for body in (line.body, *(one.body for one in line.earlier)):
                body_of(line.kind, body)
    except (BodyWrong, RecursionError):
        wrong = True
    if wrong:
        raise PassportRefused("unreadable")
