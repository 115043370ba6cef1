"""Files of a pupil's leavers' folder: certificates and references that staff have added."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models.base import Base, UtcTime, of_one_school
from bot.records.models.guidance import PROVENANCES

ATTACHED = ("certificate", "reference", "other")
"""Kinds of files in a leavers' folder."""


def _one_of(column: str, values: tuple[str, ...]) -> str:
    return f"{column} IN ({', '.join(repr(value) for value in values)})"


class Attachment(Base):
    """A file of a pupil's. What it is called and whom it is from is sealed; its kind is not."""

    __tablename__ = "attachments"
    __table_args__ = (
        of_one_school("pupils", "pupil_id"),
        UniqueConstraint("id", "school_id"),  # what the content's row points to
        CheckConstraint(_one_of("kind", ATTACHED), name="kind"),
        CheckConstraint(_one_of("provenance", PROVENANCES), name="provenance"),
        CheckConstraint("size > 0", name="size"),
        Index(None, "pupil_id", "created_at"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    pupil_id: Mapped[str] = mapped_column(String(32))
    kind: Mapped[str] = mapped_column(String(16))
    # Sealed JSON: title, file name, media type, sha256 of the content, who gave and added it.
    details: Mapped[str] = mapped_column(Text)
    # Of the content as it was added, in bytes.
    size: Mapped[int] = mapped_column(Integer)
    provenance: Mapped[str] = mapped_column(String(16))
    staff_id: Mapped[str | None] = mapped_column(String(32))
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class AttachmentContent(Base):
    """The bytes of a file, sealed; apart from what is told of it, so that lists are short."""

    __tablename__ = "attachment_contents"
    __table_args__ = (of_one_school("attachments", "attachment_id"),)

    attachment_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    content: Mapped[bytes] = mapped_column(LargeBinary)
