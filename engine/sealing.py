"""Seals what the engine keeps of conversations, with the keys that seal the records.

The gateway makes the keys (`bot/identity/secrets.py`): a file with one Fernet key a line, newest
first, each with a space and a date after it. The newest seals, all open.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

FILE = "record-keys"


class SealBroken(Exception):
    """No key opens it, or it was changed. Says nothing of what was sealed."""


class Sealing:
    """Seals JSON values; a key that is made meanwhile is heard of at the next sealing."""

    def __init__(self, folder: Path) -> None:
        """Read the keys in `folder`. Raises OSError when there are none."""
        self._file = folder / FILE
        self._read()

    @property
    def newest(self) -> str:
        """What tells the key that seals now from all others; it opens nothing."""
        # Looked at each time: a few microseconds, and no old key seals after a new one is made.
        if self._seen() != self._known:
            self._read()
        return self._name

    def seal(self, value: Any) -> tuple[str, bytes]:
        """The value sealed, after the name of the key that did it."""
        name = self.newest
        return name, self._ring.encrypt(json.dumps(value).encode("ascii"))

    def open(self, sealed: bytes) -> Any:
        """What was sealed. Raises SealBroken."""
        for fresh in (False, True):
            if fresh:
                self._read()
            try:
                return json.loads(self._ring.decrypt(sealed))
            except InvalidToken:
                continue
        raise SealBroken

    def _seen(self) -> tuple[int, int]:
        told = self._file.stat()
        return told.st_mtime_ns, told.st_ino

    def _read(self) -> None:
        self._known = self._seen()
        lines = self._file.read_text(encoding="ascii").splitlines()
        keys = [line.split()[0] for line in lines if line.strip()]
        try:
            rings = [Fernet(key) for key in keys]
        except ValueError:
            rings = []
        if not rings:
            # Outside of the handler: what failed may quote the line.
            raise OSError(f"the key file {FILE} is broken or empty")
        self._ring = MultiFernet(rings)
        self._name = hashlib.sha256(keys[0].encode("ascii")).hexdigest()[:16]
