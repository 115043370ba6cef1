"""Sealed columns: what the store holds of a person opens with the installation's keys only."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import json
import unicodedata
from collections.abc import Callable, Sequence
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

PURPOSES = ("upn", "email", "person", "code", "said")


class SealBroken(Exception):
    """The sealed text was changed, cut short, or sealed with a key that is not here.

    It says nothing of the text: the exception may be logged.
    """


class Sealing:
    """Seals JSON objects (AES-128-CBC and HMAC-SHA256) and makes keyed hashes to look up by.

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

    def reseal(self, sealed: str) -> str:
        """The same object sealed with the newest key. Raises SealBroken."""
        return self._tried(sealed, lambda ring, token: ring.all.rotate(token)).decode("ascii")

    def is_newest(self, sealed: str) -> bool:
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

    def _tried(self, sealed: str, way: Callable[[_Ring, bytes], bytes]) -> bytes:
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


def _as_written(sealed: str) -> bytes:
    """The text as bytes, if it is exactly what sealing writes: decoding forgives some changes."""
    try:
        token = sealed.encode("ascii")
        exact = base64.urlsafe_b64encode(base64.urlsafe_b64decode(token)) == token
    except (UnicodeEncodeError, binascii.Error):
        exact = False
    if not exact:
        raise SealBroken
    return token
