"""Passkeys of staff (WebAuthn) as a second factor; the device always asks for its owner."""

import re
from base64 import urlsafe_b64encode
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_bytes
from typing import Literal
from urllib.parse import urlsplit

import webauthn
from sqlalchemy import Connection
from webauthn.helpers import base64url_to_bytes
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from bot.records import staff_secrets as kept
from bot.records.sealing import Sealing
from bot.records.staff import StaffRow
from bot.records.staff_secrets import PasskeyRow

CHALLENGE_LASTS = timedelta(minutes=5)
MOST = 10
"""Passkeys of one member of staff."""
_LONGEST_ANSWER = 16_384
_LONGEST_LABEL = 60
_LONGEST_ID = 512
_ADDRESS = re.compile(r"\[|^[\d.]+$")
Use = Literal["make", "give"]


class PasskeyRefused(Exception):
    """What the browser sent proves nothing. It carries nothing of it."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where passkeys are made and given: the origin, and the host that they are bound to."""

    origin: str
    host: str

    @classmethod
    def at(cls, address: str) -> "Site | None":
        """The site at an address; None where browsers offer no passkeys.

        That is without https, but on this computer, and for a number in place of a name.
        """
        parts = urlsplit(address)
        host = (parts.hostname or "").casefold()
        secure = parts.scheme == "https" or host == "localhost" or host.endswith(".localhost")
        if not host or not secure or _ADDRESS.search(host) or ":" in host:
            return None
        return cls(f"{parts.scheme}://{parts.netloc.casefold()}", host)


class Challenges:
    """Random challenges, each for one session and one use, good once and for five minutes.

    Kept in memory: after a restart a page is simply shown again.
    """

    def __init__(self, clock: Callable[[], datetime], most: int = 10_000) -> None:
        self._clock = clock
        self._most = most
        self._open: OrderedDict[tuple[str, Use], tuple[bytes, datetime]] = OrderedDict()

    def new(self, session_hash: str, use: Use) -> bytes:
        """A challenge in place of an older one of the session."""
        challenge = token_bytes(32)
        self._open.pop((session_hash, use), None)
        self._open[session_hash, use] = (challenge, self._clock() + CHALLENGE_LASTS)
        while len(self._open) > self._most:
            self._open.popitem(last=False)
        return challenge

    def take(self, session_hash: str, use: Use) -> bytes:
        """The session's challenge, which is used up. Raises PasskeyRefused when there is none."""
        challenge, ends = self._open.pop((session_hash, use), (b"", self._clock()))
        if self._clock() >= ends:
            raise PasskeyRefused
        return challenge

    def __len__(self) -> int:
        return len(self._open)


# ---- making one


def making(
    staff: StaffRow, site: Site, school: str, known: Sequence[PasskeyRow], challenge: bytes
) -> str:
    """What the browser is asked to make a passkey with, as JSON."""
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name=f"Signpost, {school}",
        user_id=staff.id.encode("ascii"),
        user_name=staff.details.email,
        user_display_name=staff.details.name,
        challenge=challenge,
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.DISCOURAGED,
            user_verification=UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=_descriptors(known),
    )
    return webauthn.options_to_json(options)


def made(answer: str, site: Site, challenge: bytes, label: str, now: datetime) -> PasskeyRow:
    """The passkey that the browser made. Raises PasskeyRefused."""
    found = None
    if len(answer) <= _LONGEST_ANSWER:
        try:
            found = webauthn.verify_registration_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                require_user_verification=True,
            )
        except Exception:  # whatever breaks on what a browser sent: it proves nothing
            found = None
    if found is None:
        raise PasskeyRefused
    credential = _text(found.credential_id)
    if len(credential) > _LONGEST_ID:
        raise PasskeyRefused
    return PasskeyRow(
        credential,
        found.credential_public_key,
        " ".join(label.split())[:_LONGEST_LABEL],
        site.host,
        found.sign_count,
        now,
        None,
    )


# ---- giving one


def giving(site: Site, known: Sequence[PasskeyRow], challenge: bytes) -> str | None:
    """What the browser is asked to give a passkey with, as JSON; None when none is of the site."""
    here = [row for row in known if row.site == site.host]
    if not here:
        return None
    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        allow_credentials=_descriptors(here),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    return webauthn.options_to_json(options)


def use_passkey(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    staff_id: str,
    answer: str,
    site: Site,
    challenge: bytes,
    now: datetime,
) -> None:
    """Take a passkey as the second factor and count the use. Raises PasskeyRefused.

    One whose count of uses does not rise was copied, and is refused.
    """
    row = _named_in(answer, kept.list_passkeys(connection, sealing, school_id, staff_id), site)
    count = None
    if row is not None:
        try:
            count = webauthn.verify_authentication_response(
                credential=answer,
                expected_challenge=challenge,
                expected_rp_id=site.host,
                expected_origin=site.origin,
                credential_public_key=row.public_key,
                credential_current_sign_count=row.sign_count,
                require_user_verification=True,
            ).new_sign_count
        except Exception:  # as above
            count = None
    if row is None or count is None:
        raise PasskeyRefused
    if not kept.note_passkey_use(
        connection, school_id, staff_id, row.id, before=row.sign_count, after=count, now=now
    ):
        raise PasskeyRefused


def _named_in(answer: str, known: Sequence[PasskeyRow], site: Site) -> PasskeyRow | None:
    """The known passkey that the answer names."""
    if len(answer) > _LONGEST_ANSWER:
        return None
    try:
        credential = webauthn.helpers.parse_authentication_credential_json(answer)
    except Exception:  # as above
        return None
    named = _text(credential.raw_id)
    return next((row for row in known if row.id == named and row.site == site.host), None)


def _descriptors(rows: Sequence[PasskeyRow]) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=base64url_to_bytes(row.id)) for row in rows]


def _text(credential_id: bytes) -> str:
    return urlsafe_b64encode(credential_id).rstrip(b"=").decode("ascii")
