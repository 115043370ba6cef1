"""Files that a command writes for their owner alone."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from bot.advisers.destination_files import Refused


@contextmanager
def new_file(file: Path) -> Iterator[TextIO]:
    """A new text file (UTF-8 with its mark, for spreadsheets) that only its owner can read.

    It is on the disk when the block ends, and gone when the block fails. Raises Refused when there
    is such a file already, OSError when it cannot be written.
    """
    try:
        handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise Refused("there", name=file.name) from None
    try:
        with os.fdopen(handle, "w", encoding="utf-8-sig", newline="") as opened:
            yield opened
            opened.flush()
            os.fsync(opened.fileno())
    except BaseException:
        file.unlink(missing_ok=True)
        raise
