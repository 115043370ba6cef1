"""The form of a backup file: a stream under a passphrase, of which nothing can be left out.

A line that says what it is; the numbers of the key derivation (scrypt); then frames. Each frame is
sealed with AES-256-GCM under its number and whether it is the last, so that none can be changed,
moved, repeated or cut off. The first frame is empty: it tells a wrong passphrase from damage.
"""

import os
import struct
from collections.abc import Buffer
from typing import IO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"Signpost backup 1\n"
FRAME = 1 << 20
"""Plain bytes in a frame; the last may have fewer."""
COST = 17
"""Scrypt's cost as a power of two: 128 MB and some tenths of a second for each try."""
_MOST_COST = 20
_HEADER = struct.Struct(">B16s4s")
_LENGTH = struct.Struct(">I")
_TAG = 16
FEWEST_CHARACTERS = 12


class NoBackup(Exception):
    """The file is no backup of ours."""


class WrongPassphrase(Exception):
    """The passphrase does not open the file, or its first bytes were changed."""


class Damaged(Exception):
    """The file is cut off or was changed."""


def _key(passphrase: str, salt: bytes, cost: int) -> AESGCM:
    derived = Scrypt(salt=salt, length=32, n=1 << cost, r=8, p=1)
    return AESGCM(derived.derive(passphrase.encode()))


def _nonce(prefix: bytes, number: int, last: bool) -> bytes:
    return prefix + struct.pack(">IBxxx", number, last)


class BackupWriter:
    """Takes plain bytes and writes them sealed; `finish` writes the end, without which it is none.

    `file` is open for writing in binary.
    """

    def __init__(self, file: IO[bytes], passphrase: str, cost: int = COST) -> None:
        self._file = file
        salt, self._prefix = os.urandom(16), os.urandom(4)
        self._header = MAGIC + _HEADER.pack(cost, salt, self._prefix)
        self._cipher = _key(passphrase, salt, cost)
        self._number = 0
        self._waiting = bytearray()
        file.write(self._header)
        self._frame(b"", last=False)

    def write(self, data: Buffer) -> int:
        """Take more; how many bytes that were."""
        self._waiting += data
        while len(self._waiting) > FRAME:
            self._frame(bytes(self._waiting[:FRAME]), last=False)
            del self._waiting[:FRAME]
        return memoryview(data).nbytes

    def finish(self) -> None:
        """Write what is left, marked as the end."""
        self._frame(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _frame(self, plain: bytes, *, last: bool) -> None:
        nonce = _nonce(self._prefix, self._number, last)
        sealed = self._cipher.encrypt(nonce, plain, self._header)
        self._file.write(_LENGTH.pack(len(sealed)) + sealed)
        self._number += 1


class BackupReader:
    """Gives the plain bytes back. Raises NoBackup, WrongPassphrase at once, Damaged when met.

    What was read counts only once `read` has given an empty answer: then the end was seen.
    """

    def __init__(self, file: IO[bytes], passphrase: str) -> None:
        self._file = file
        self._header = file.read(len(MAGIC) + _HEADER.size)
        if not self._header.startswith(MAGIC):
            raise NoBackup
        if len(self._header) != len(MAGIC) + _HEADER.size:
            raise Damaged
        cost, salt, self._prefix = _HEADER.unpack(self._header[len(MAGIC) :])
        if not 1 <= cost <= _MOST_COST:
            raise NoBackup
        self._cipher = _key(passphrase, salt, cost)
        self._number = 0
        self._ended = False
        self._waiting = bytearray()
        sealed = self._sealed()
        if self._opened(sealed, last=False) is None:
            raise WrongPassphrase
        self._number = 1

    def read(self, size: int = -1) -> bytes:
        """At most `size` bytes, fewer only at the end; all that is left without a size."""
        while not self._ended and (size < 0 or len(self._waiting) < size):
            self._next()
        taken = bytes(self._waiting if size < 0 else self._waiting[:size])
        del self._waiting[: len(taken)]
        return taken

    def _next(self) -> None:
        sealed = self._sealed()
        for last in (False, True):
            plain = self._opened(sealed, last=last)
            if plain is not None:
                break
        else:
            raise Damaged
        self._number += 1
        self._waiting += plain
        if last:
            self._ended = True
            if self._file.read(1):
                raise Damaged

    def _sealed(self) -> bytes:
        length = self._exactly(_LENGTH.size)
        (number,) = _LENGTH.unpack(length)
        if not _TAG <= number <= FRAME + _TAG:
            raise Damaged
        return self._exactly(number)

    def _exactly(self, size: int) -> bytes:
        found = self._file.read(size)
        if len(found) != size:
            raise Damaged
        return found

    def _opened(self, sealed: bytes, *, last: bool) -> bytes | None:
        try:
            nonce = _nonce(self._prefix, self._number, last)
            return self._cipher.decrypt(nonce, sealed, self._header)
        except InvalidTag:
            return None
