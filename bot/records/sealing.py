"""Sealed columns: what the store holds of a person opens with the installation's keys only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

PURPOSES = ("upn", "email", "person", "code", "said", "recovery", "device")
EXACT_PURPOSES = ("button", "audit")
"""What is looked up as it is written, to the letter."""
_Sealed = TypeVar("_Sealed", str, bytes)


class SealBroken(Exception):
    """The sealed text was changed, cut short, or sealed with a key that is not here.

    It says nothing of the text: the exception may be logged.
    """


class Sealing:
    """Seals JSON objects and bytes (AES-128-CBC and HMAC-SHA256); makes keyed hashes to look up by.

    `keys` are Fernet keys: the first one seals, all open. Where an installation gets a new key
    while it runs, `renewed` reads the keys again once something does not open with those known.
    Safe to share between threads.
    """

    def __init__(
        self,
        keys: Sequence[str],
        lookup_key: str,
        renewed: Callable[[], Sequence[str]] | None = None,
    ) -> None:
        """Take at least one key. Raises ValueError for none, or for one that is no Fernet key."""
        self._ring = _Ring(keys)
        self._lookup_key = lookup_key.encode("ascii")
        self._renewed = renewed

    def seal(self, value: dict[str, Any]) -> str:
        """The object as sealed text (ASCII), another one each time.

        Raises TypeError or ValueError for what JSON has no form for, NaN included.
        """
        # Escaped, so that half a surrogate pair out of somebody's browser is kept as it came.
        plain = json.dumps(value, separators=(",", ":"), allow_nan=False)
        return self._ring.all.encrypt(plain.encode("ascii")).decode("ascii")

    def open(self, sealed: str) -> dict[str, Any]:
        """The object that was sealed. Raises SealBroken."""
        value: dict[str, Any] = json.loads(
            self._tried(sealed, lambda ring, token: ring.all.decrypt(token))
        )
        return value

    def seal_bytes(self, content: bytes) -> bytes:
        """The content sealed, other bytes each time: 58 to 73 more than it has itself."""
        # Without the Base64 of sealed text, which would make it a third longer.
        return base64.urlsafe_b64decode(self._ring.all.encrypt(content))

    def open_bytes(self, sealed: bytes) -> bytes:
        """The content that was sealed. Raises SealBroken."""
        return self._tried(sealed, lambda ring, token: ring.all.decrypt(token))

    def reseal(self, sealed: _Sealed) -> _Sealed:
        """The same object or content sealed with the newest key. Raises SealBroken."""
        token = self._tried(sealed, lambda ring, token: ring.all.rotate(token))
        return token.decode("ascii") if isinstance(sealed, str) else base64.urlsafe_b64decode(token)

    def is_newest(self, sealed: str | bytes) -> bool:
        """Whether the newest key opens it."""
        try:
            self._ring.newest.decrypt(_as_written(sealed))
        except (InvalidToken, SealBroken):
            return False
        return True

    def lookup(self, purpose: str, text: str) -> str:
        """The keyed hash of a text (64 hexadecimal digits), by which its row is found.

        Case, spaces at the ends and how many between words make no difference, nor how accents
        are written. The same text has another hash for another purpose. Raises ValueError for a
        purpose that is not one of PURPOSES.
        """
        if purpose not in PURPOSES:
            raise ValueError("a purpose that texts are not looked up for")
        folded = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", text).casefold())
        message = f"{purpose}\0{' '.join(folded.split())}".encode("utf-8", "surrogatepass")
        return hmac.new(self._lookup_key, message, hashlib.sha256).hexdigest()

    def lookup_exact(self, purpose: str, text: str) -> str:
        """The keyed hash of a text as it is written: another letter or space, another hash.

        Raises ValueError for a purpose that is not one of EXACT_PURPOSES.
        """
        if purpose not in EXACT_PURPOSES:
            raise ValueError("a purpose that texts are not looked up for to the letter")
        message = f"{purpose}\0{text}".encode("utf-8", "surrogatepass")
        return hmac.new(self._lookup_key, message, hashlib.sha256).hexdigest()

    def _tried(self, sealed: str | bytes, way: Callable[[_Ring, bytes], bytes]) -> bytes:
        token = _as_written(sealed)
        ring = self._ring
        try:
            return way(ring, token)
        except InvalidToken:
            pass
        if self._renewed is not None:
            keys = tuple(self._renewed())
            if keys != ring.keys:
                self._ring = _Ring(keys)
                try:
                    return way(self._ring, token)
                except InvalidToken:
                    pass
        # Raised outside of the handlers: it carries no other exception along.
        raise SealBroken


class _Ring:
    """The keys that are known at one time; replaced as a whole."""

    def __init__(self, keys: Sequence[str]) -> None:
        if not keys:
            raise ValueError("no key to seal with")
        self.keys = tuple(keys)
        self.newest = Fernet(self.keys[0])
        self.all = MultiFernet([self.newest, *map(Fernet, self.keys[1:])])


def _as_written(sealed: str | bytes) -> bytes:
    """What was sealed as a token, if a text is exactly what sealing writes.

    Decoding a text forgives some changes; bytes have one token only.
    """
    if isinstance(sealed, bytes):
        return base64.urlsafe_b64encode(sealed)
    try:
        token = sealed.encode("ascii")
        exact = base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)) == token
    except (UnicodeEncodeError, binascii.Error):
        exact = False
    if not exact:
        raise SealBroken
    return token
