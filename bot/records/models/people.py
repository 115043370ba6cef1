"""Pupils, how they sign in, and what a school has set. Names and dates are sealed."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    String,
    Text,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column

from bot.records.models.base import Base, RowId, UtcTime, of_one_school


class Pupil(Base):
    """A pupil of a school. The year group follows from `year_7_in`, so it rolls over by itself."""

    __tablename__ = "pupils"
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        UniqueConstraint("school_id", "upn_key"),
        UniqueConstraint("school_id", "email_key"),
        Index(None, "school_id", "year_7_in", "tutor_group"),
        Index(None, "school_id", "person_key"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    # Sealed JSON: given_name, family_name, birth_date, upn, email, gender, send, pupil_premium,
    # eal; only what the school has chosen to hold.
    details: Mapped[str] = mapped_column(Text)
    # Keyed hashes for look-up: of the UPN, of the e-mail, of name and date of birth.
    upn_key: Mapped[str | None] = mapped_column(String(64))
    email_key: Mapped[str | None] = mapped_column(String(64))
    person_key: Mapped[str | None] = mapped_column(String(64))
    # The calendar year in whose September the pupil was, or would have been, in Year 7.
    year_7_in: Mapped[int] = mapped_column(Integer)
    tutor_group: Mapped[str | None] = mapped_column(String(32))
    left_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    updated_at: Mapped[datetime] = mapped_column(UtcTime)


class SignInCode(Base):
    """A personal code on a slip of paper; only its keyed hash is kept."""

    __tablename__ = "sign_in_codes"
    __table_args__ = (
        of_one_school("pupils", "pupil_id"),
        UniqueConstraint("school_id", "code_key"),
        Index(None, "pupil_id"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    pupil_id: Mapped[str] = mapped_column(String(32))
    code_key: Mapped[str] = mapped_column(String(64))
    issued_at: Mapped[datetime] = mapped_column(UtcTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


class PupilSession(Base):
    """A pupil signed in on one device; the cookie's value is kept as a hash only."""

    __tablename__ = "pupil_sessions"
    __table_args__ = (
        of_one_school("pupils", "pupil_id"),
        CheckConstraint("way IN ('code', 'microsoft', 'google')", name="way"),
        Index(None, "pupil_id"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    pupil_id: Mapped[str] = mapped_column(String(32))
    way: Mapped[str] = mapped_column(String(16))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)


class ConversationOwner(Base):
    """Whose chat a conversation is, from which line on; a guest's has no such row."""

    __tablename__ = "conversation_owners"
    __table_args__ = (
        of_one_school("conversations", "conversation_id"),
        of_one_school("pupils", "pupil_id"),
        Index(None, "pupil_id"),
    )

    conversation_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    pupil_id: Mapped[str] = mapped_column(String(32))
    # Lines before this one were a guest's and stay nobody's.
    from_seq: Mapped[int] = mapped_column(Integer)
    joined_at: Mapped[datetime] = mapped_column(UtcTime)


class SchoolSetting(Base):
    """Something that a school has set: its roster's columns, its retention clocks, its sign-in."""

    __tablename__ = "school_settings"

    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"), primary_key=True)
    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)
