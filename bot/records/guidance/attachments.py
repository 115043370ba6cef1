"""Certificates and references of a pupil's leavers' folder: added by staff, the pupil's to keep.

The pupil sees each of them, takes it along and may take it out again by itself: the school has
the paper. Content and all that is told of it are sealed.
"""

import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import StringConstraints, ValidationError
from sqlalchemy import Connection, Row, delete, insert, select

from bot.records.guidance.attachment_limits import MEGABYTE, Limits, limits_of
from bot.records.guidance.bodies import LONGEST_WORDS, Body, BodyWrong
from bot.records.guidance.file_types import MediaType, clean_name, is_whole, media_type_of
from bot.records.guidance.lines import NoPupil, day_in_england
from bot.records.models import Attachment, AttachmentContent, Pupil
from bot.records.models.attachments import ATTACHED
from bot.records.models.guidance import PROVENANCES
from bot.records.sealing import SealBroken, Sealing

__all__ = ["ATTACHED"]

Reason = Literal["empty", "large", "type", "truncated", "many", "same"]
_Words = Annotated[
    str, StringConstraints(min_length=1, max_length=LONGEST_WORDS, strip_whitespace=True)
]


class NoAttachment(Exception):
    """No such file in this pupil's folder at this school."""


class AttachmentRefused(Exception):
    """The file is not taken. `reason` says why; nothing of the file is in it.

    empty; large, over the school's limit; type, no PDF, JPEG or PNG; truncated, its end is
    missing; many, the pupil has as many as may be; same, the pupil has this very file.
    """

    def __init__(self, reason: Reason) -> None:
        super().__init__(reason)
        self.reason: Reason = reason

    def says(self, limits: Limits) -> str:
        """The reason in a sentence, for staff of a school with those limits."""
        megabytes = f"{limits.most_bytes / MEGABYTE:.1f}".removesuffix(".0")
        return _sentences()[self.reason].format(megabytes=megabytes, files=limits.most_files)


class AttachmentDetails(Body):
    """What is told of a file. `sha256` is of its content; `dated` is the day that stands on it."""

    title: _Words
    file_name: _Words
    media_type: MediaType
    sha256: Annotated[str, StringConstraints(pattern="^[0-9a-f]{64}$")]
    given_by: _Words | None = None
    dated: date | None = None
    added_by: _Words | None = None


@dataclass(frozen=True, slots=True)
class AttachmentRow:
    """A file as it is listed, opened; its content is apart. `size` is in bytes."""

    id: str
    school_id: int
    pupil_id: str
    kind: str
    details: AttachmentDetails = field(repr=False)
    size: int
    provenance: str
    staff_id: str | None
    created_at: datetime


def add_attachment(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    *,
    content: bytes,
    kind: str,
    title: str,
    file_name: str,
    now: datetime,
    given_by: str | None = None,
    dated: date | None = None,
    added_by: str | None = None,
    provenance: str = "staff",
    staff_id: str | None = None,
) -> AttachmentRow:
    """Keep a file under a cleaned name, if it is of a type and size that are taken.

    `added_by` is the name of the member of staff, as the pupil will see it. Raises NoPupil,
    AttachmentRefused, or BodyWrong for what is told of the file, a day still to come among it;
    ValueError for a kind that is not one of ATTACHED or a provenance that is none.
    """
    if kind not in ATTACHED or provenance not in PROVENANCES:
        raise ValueError("not a kind of file, or nowhere that files come from")
    # Held to the end, so that two at once are not one too many.
    chosen = select(Pupil.id).where(Pupil.id == pupil_id, Pupil.school_id == school_id)
    if connection.execute(chosen.with_for_update()).first() is None:
        raise NoPupil
    limits = limits_of(connection, school_id)
    media_type = _type_of(content, limits.most_bytes)
    details = _details(
        title=_words(title),
        file_name=clean_name(file_name, media_type, kind),
        media_type=media_type,
        sha256=hashlib.sha256(content).hexdigest(),
        given_by=_words(given_by),
        dated=dated,
        added_by=_words(added_by),
    )
    if dated is not None and dated > day_in_england(now):
        raise BodyWrong("attachment", ("dated",))
    held = attachments_of(connection, sealing, school_id, pupil_id)
    if any(one.details.sha256 == details.sha256 for one in held):
        raise AttachmentRefused("same")
    if len(held) >= limits.most_files:
        raise AttachmentRefused("many")
    row = AttachmentRow(
        id=secrets.token_hex(16),
        school_id=school_id,
        pupil_id=pupil_id,
        kind=kind,
        details=details,
        size=len(content),
        provenance=provenance,
        staff_id=staff_id,
        created_at=now,
    )
    values = {name: getattr(row, name) for name in AttachmentRow.__slots__}
    values["details"] = sealing.seal(details.fields())
    connection.execute(insert(Attachment).values(values))
    connection.execute(
        insert(AttachmentContent).values(
            attachment_id=row.id, school_id=school_id, content=sealing.seal_bytes(content)
        )
    )
    return row


def attachments_of(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str
) -> list[AttachmentRow]:
    """The pupil's files without their contents, newest first."""
    chosen = (
        select(Attachment.__table__)
        .where(Attachment.school_id == school_id, Attachment.pupil_id == pupil_id)
        .order_by(Attachment.created_at.desc(), Attachment.id)
    )
    return [_opened(sealing, row) for row in connection.execute(chosen)]


def attachment_of(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, attachment_id: str
) -> AttachmentRow:
    """One file of the pupil's without its content. Raises NoAttachment."""
    chosen = select(Attachment.__table__).where(*_one(school_id, pupil_id, attachment_id))
    row = connection.execute(chosen).first()
    if row is None:
        raise NoAttachment
    return _opened(sealing, row)


def content_of(
    connection: Connection, sealing: Sealing, school_id: int, pupil_id: str, attachment_id: str
) -> bytes:
    """The file itself, byte for byte. Raises NoAttachment; SealBroken for another's content."""
    row = attachment_of(connection, sealing, school_id, pupil_id, attachment_id)
    chosen = select(AttachmentContent.content).where(
        AttachmentContent.attachment_id == row.id, AttachmentContent.school_id == school_id
    )
    content = sealing.open_bytes(connection.execute(chosen).scalar_one())
    if not hmac.compare_digest(hashlib.sha256(content).hexdigest(), row.details.sha256):
        raise SealBroken
    return content


def remove_attachment(
    connection: Connection, school_id: int, pupil_id: str, attachment_id: str
) -> bool:
    """Take a file out with its content; False when there was none."""
    theirs = select(Attachment.id).where(*_one(school_id, pupil_id, attachment_id))
    of_it = delete(AttachmentContent).where(AttachmentContent.school_id == school_id)
    connection.execute(of_it.where(AttachmentContent.attachment_id.in_(theirs)))
    gone = delete(Attachment).where(*_one(school_id, pupil_id, attachment_id))
    return bool(connection.execute(gone).rowcount)


def _type_of(content: bytes, most_bytes: int) -> MediaType:
    """The type of a file that is taken. Raises AttachmentRefused."""
    if not content:
        raise AttachmentRefused("empty")
    if len(content) > most_bytes:
        raise AttachmentRefused("large")
    media_type = media_type_of(content)
    if media_type is None:
        raise AttachmentRefused("type")
    if not is_whole(media_type, content):
        raise AttachmentRefused("truncated")
    return media_type


@cache
def _sentences() -> dict[Reason, str]:
    content = Path(__file__).with_suffix(".yml").read_text(encoding="utf-8")
    found: dict[Reason, str] = yaml.safe_load(content)
    return found


def _words(told: str | None) -> str | None:
    """What was typed in one line; None for nothing. Signs that steer a terminal are left out."""
    kept = (sign for sign in told or "" if sign.isspace() or unicodedata.category(sign) != "Cc")
    return " ".join("".join(kept).split()) or None


def _details(**told: Any) -> AttachmentDetails:
    try:
        return AttachmentDetails(**told)
    except ValidationError as problem:
        wrong = tuple(sorted(str(error["loc"][0]) for error in problem.errors()))
    # Raised outside of the handler: it carries no exception along that holds what was written.
    raise BodyWrong("attachment", wrong)


def _one(school_id: int, pupil_id: str, attachment_id: str) -> tuple[Any, ...]:
    return (
        Attachment.id == attachment_id,
        Attachment.school_id == school_id,
        Attachment.pupil_id == pupil_id,
    )


def _opened(sealing: Sealing, row: Row[Any]) -> AttachmentRow:
    details = AttachmentDetails.model_validate(sealing.open(row.details))
    return AttachmentRow(**{**row._mapping, "details": details})
