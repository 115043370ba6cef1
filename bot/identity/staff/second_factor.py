"""The second factor of staff: codes of an authenticator app (TOTP), and ten recovery codes."""

import hmac
import re
import unicodedata
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import pyotp
import segno
from sqlalchemy import Connection

from bot.identity.codes import as_issued, new_code
from bot.records import staff_secrets as kept
from bot.records.sealing import SealBroken, Sealing

STEP_S = 30
AROUND = 1
"""Steps before and after the present one whose code is taken: clocks differ, and typing takes."""
DIGITS = 6
RECOVERY_CODES = 10
DRAFT_LASTS = timedelta(minutes=30)
_TYPED = re.compile(r"[\s.\-]+")
_LONGEST = 64


@dataclass(frozen=True, slots=True)
class Factors:
    """What somebody can give as the second factor."""

    app: bool
    passkeys: int
    recovery_codes: int

    @property
    def any(self) -> bool:
        """Whether there is a second factor; recovery codes alone are none."""
        return self.app or self.passkeys > 0

    @property
    def last(self) -> bool:
        """Whether only one is left, which cannot be taken away."""
        return self.app + self.passkeys == 1


def factors_of(connection: Connection, sealing: Sealing, school_id: int, staff_id: str) -> Factors:
    """What somebody can give as the second factor."""
    secret = kept.find_secret(connection, sealing, school_id, staff_id)
    return Factors(
        secret is not None and secret.totp is not None,
        len(kept.list_passkeys(connection, sealing, school_id, staff_id)),
        kept.recovery_codes_left(connection, school_id, staff_id),
    )


# ---- the authenticator app


@dataclass(frozen=True, slots=True)
class AppDraft:
    """A secret for an app that has not shown a code yet. `sealed` goes along in the form."""

    secret: str = field(repr=False)
    sealed: str = field(repr=False)

    def address(self, account: str, issuer: str) -> str:
        """What the picture says to the app: otpauth://totp/…"""
        return pyotp.TOTP(self.secret).provisioning_uri(name=account, issuer_name=issuer)

    def picture(self, account: str, issuer: str) -> str:
        """The address as a QR code: an <svg> to be put into the page.

        Black on white in any colour scheme, for an app has to read it. In the page itself, as an
        address of its own could be asked for by others.
        """
        code = segno.make_qr(self.address(account, issuer), error="m")
        drawn: str = code.svg_inline(scale=5, border=4, dark="#000", light="#fff", omitsize=True)
        return drawn

    @property
    def spaced(self) -> str:
        """The secret in groups of four, to be typed."""
        return " ".join(re.findall(".{1,4}", self.secret))


def draft_app(sealing: Sealing, staff_id: str, now: datetime) -> AppDraft:
    """A new secret for somebody's app; nothing is kept until the app shows a code of it."""
    secret = pyotp.random_base32()
    ends = (now + DRAFT_LASTS).timestamp()
    return AppDraft(secret, sealing.seal({"draft": secret, "staff": staff_id, "ends": ends}))


def read_draft(sealing: Sealing, sealed: str, staff_id: str, now: datetime) -> AppDraft | None:
    """The draft that was made for somebody; None for another's, and for one that is too old."""
    try:
        found = sealing.open(sealed)
        ours = found["staff"] == staff_id and now.timestamp() < found["ends"]
        return AppDraft(found["draft"], sealed) if ours else None
    except (SealBroken, KeyError):
        return None


def keep_app(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    draft: AppDraft,
    typed: str,
    now: datetime,
) -> bool:
    """Keep the app in place of an older one, once it shows a right code, which is used up."""
    step = step_of(draft.secret, typed, now)
    if step is None:
        return False
    kept.set_totp(connection, sealing, school_id, staff_id, draft.secret, step, now)
    return True


def use_app_code(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    typed: str,
    now: datetime,
) -> bool:
    """Whether the app shows that code now; the code, and any before it, is used up by it."""
    secret = kept.find_secret(connection, sealing, school_id, staff_id)
    if secret is None or secret.totp is None:
        return False
    step = step_of(secret.totp, typed, now)
    if step is None:
        return False
    return kept.use_totp_step(connection, school_id, staff_id, step)


def step_of(secret: str, typed: str, now: datetime) -> int | None:
    """The time step whose code was typed, if it is the present one or one beside it.

    The latest that fits: two steps can have the same code.
    """
    code = _TYPED.sub("", unicodedata.normalize("NFKC", typed[:_LONGEST]))
    if len(code) != DIGITS or not (code.isascii() and code.isdigit()):
        return None
    present = int(now.timestamp()) // STEP_S
    made = pyotp.TOTP(secret, digits=DIGITS, interval=STEP_S)
    found = None
    for step in range(present - AROUND, present + AROUND + 1):
        if hmac.compare_digest(made.generate_otp(step), code):
            found = step
    return found


# ---- recovery codes


def new_recovery_codes(
    connection: Connection, sealing: Sealing, school_id: int, staff_id: str
) -> list[str]:
    """Ten codes as they are shown, now or never; those of before open nothing any more."""
    codes: set[str] = set()
    while len(codes) < RECOVERY_CODES:
        codes.add(new_code())
    shown = sorted(codes)
    keys = [_key(sealing, staff_id, code.replace("-", "")) for code in shown]
    kept.replace_recovery_codes(connection, school_id, staff_id, keys)
    return shown


def use_recovery_code(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    typed: str,
    now: datetime,
) -> bool:
    """Whether the code is somebody's and was not used; it is used up by it."""
    code = as_issued(typed)
    if code is None:
        return False
    key = _key(sealing, staff_id, code)
    return kept.use_recovery_code(connection, school_id, staff_id, key, now)


def _key(sealing: Sealing, staff_id: str, code: str) -> str:
    return sealing.lookup("recovery", f"{staff_id} {code}")
