"""Staff: who they are, what they may do, how they sign in."""

from datetime import date, datetime

from sqlalchemy import (
    BigInteger,
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

from bot.records.models.base import Base, RowId, UtcTime, of_one_school, one_of

ROLES = (
    "careers staff", "adviser", "careers leader", "dsl", "administrator", "operator",
)  # fmt: skip
"""What somebody may do; one person may have several. Whether an adviser is *qualified* is worked
out from the level and the register on the day, and never a role."""


class StaffMember(Base):
    """A member of staff, an external adviser, or who runs the installation (operator)."""

    __tablename__ = "staff"
    __table_args__ = (
        UniqueConstraint("id", "school_id"),
        UniqueConstraint("school_id", "email_key"),
    )

    id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    # Sealed JSON: name, email, employer, internal, qualification, register_number, equivalent,
    # dbs_on, languages, rooms.
    details: Mapped[str] = mapped_column(Text)
    email_key: Mapped[str] = mapped_column(String(64))
    # The level of the careers qualification (4, 6, 7), and the last day of the register's entry.
    level: Mapped[int | None] = mapped_column(Integer)
    register_expires: Mapped[date | None] = mapped_column(Date)
    left_on: Mapped[date | None] = mapped_column(Date)
    created_at: Mapped[datetime] = mapped_column(UtcTime)


class StaffRole(Base):
    """A role that somebody has, and since when."""

    __tablename__ = "staff_roles"
    __table_args__ = (
        of_one_school("staff", "staff_id"),
        CheckConstraint(one_of("role", ROLES), name="role"),
    )

    staff_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    role: Mapped[str] = mapped_column(String(16), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    given_at: Mapped[datetime] = mapped_column(UtcTime)


class StaffSecret(Base):
    """How somebody proves who they are: a password's hash, and a sealed TOTP secret."""

    __tablename__ = "staff_secrets"
    __table_args__ = (of_one_school("staff", "staff_id"),)

    staff_id: Mapped[str] = mapped_column(String(32), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    password_hash: Mapped[str | None] = mapped_column(String(255))
    # Sealed JSON: the secret. `totp_step` is the last step that was used, so that none is twice.
    totp: Mapped[str | None] = mapped_column(Text)
    totp_step: Mapped[int | None] = mapped_column(BigInteger)
    changed_at: Mapped[datetime] = mapped_column(UtcTime)


class Passkey(Base):
    """A passkey (WebAuthn credential) as a second factor."""

    __tablename__ = "passkeys"
    __table_args__ = (of_one_school("staff", "staff_id"), Index(None, "staff_id"))

    # The credential's id, base64url.
    id: Mapped[str] = mapped_column(String(512), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[str] = mapped_column(String(32))
    # Sealed JSON: the public key, what its owner called it.
    details: Mapped[str] = mapped_column(Text)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class RecoveryCode(Base):
    """A code on paper for when the second factor is lost; only its keyed hash is kept."""

    __tablename__ = "recovery_codes"
    __table_args__ = (of_one_school("staff", "staff_id"), UniqueConstraint("staff_id", "code_key"))

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[str] = mapped_column(String(32))
    code_key: Mapped[str] = mapped_column(String(64))
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)


class StaffSession(Base):
    """Somebody of staff signed in on one device; the cookie's value is kept as a hash only."""

    __tablename__ = "staff_sessions"
    __table_args__ = (
        of_one_school("staff", "staff_id"),
        CheckConstraint("way IN ('password', 'microsoft', 'google')", name="way"),
        Index(None, "staff_id"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[str] = mapped_column(String(32))
    way: Mapped[str] = mapped_column(String(16))
    # None until the second factor was given; such a session opens nothing but its page.
    second_at: Mapped[datetime | None] = mapped_column(UtcTime)
    # Sealed JSON: what the device called itself, for the list of "where you are signed in".
    device: Mapped[str] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcTime)
    ends_at: Mapped[datetime] = mapped_column(UtcTime)


class StaffDevice(Base):
    """A device that somebody signed in from before; a new one is told by mail."""

    __tablename__ = "staff_devices"
    __table_args__ = (
        of_one_school("staff", "staff_id"),
        UniqueConstraint("staff_id", "device_key"),
    )

    id: Mapped[int] = mapped_column(RowId, primary_key=True)
    school_id: Mapped[int] = mapped_column(Integer)
    staff_id: Mapped[str] = mapped_column(String(32))
    device_key: Mapped[str] = mapped_column(String(64))
    first_seen_at: Mapped[datetime] = mapped_column(UtcTime)
    last_seen_at: Mapped[datetime] = mapped_column(UtcTime)


class StaffInvitation(Base):
    """A one-time link: to join, to begin again after a loss, or for the first administrator."""

    __tablename__ = "staff_invitations"
    __table_args__ = (
        of_one_school("staff", "staff_id"),
        CheckConstraint("purpose IN ('join', 'reset', 'first')", name="purpose"),
        CheckConstraint("(purpose = 'first') = (staff_id IS NULL)", name="first_is_nobodys"),
        Index(None, "staff_id"),
    )

    token_hash: Mapped[str] = mapped_column(String(64), primary_key=True)
    school_id: Mapped[int] = mapped_column(ForeignKey("schools.id"))
    staff_id: Mapped[str | None] = mapped_column(String(32))
    purpose: Mapped[str] = mapped_column(String(8))
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    expires_at: Mapped[datetime] = mapped_column(UtcTime)
    used_at: Mapped[datetime | None] = mapped_column(UtcTime)
