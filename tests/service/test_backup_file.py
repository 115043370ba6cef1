"""A backup file gives back what was put in, and nothing else ever."""

import io
import random

import pytest

from bot.service import backup_file
from bot.service.backup_file import (
    FRAME,
    BackupReader,
    BackupWriter,
    Damaged,
    NoBackup,
    WrongPassphrase,
)

PASSPHRASE = "correct horse battery"
COST = 4
"""Cheap here: what is tested is the form."""


def written(plain: bytes, piece: int = 100_000) -> bytes:
    file = io.BytesIO()
    writer = BackupWriter(file, PASSPHRASE, COST)
    for start in range(0, len(plain), piece):
        writer.write(plain[start : start + piece])
    writer.finish()
    return file.getvalue()


def read(content: bytes, passphrase: str = PASSPHRASE) -> bytes:
    return BackupReader(io.BytesIO(content), passphrase).read()


@pytest.mark.parametrize("size", [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME + 17])
def test_what_goes_in_comes_out(size: int):
    plain = random.Random(size).randbytes(size)
    content = written(plain)
    assert read(content) == plain
    assert plain[:40] not in content or size < 40
    reader = BackupReader(io.BytesIO(content), PASSPHRASE)
    pieces = iter(lambda: reader.read(70_001), b"")
    assert b"".join(pieces) == plain


def test_a_wrong_passphrase():
    with pytest.raises(WrongPassphrase):
        BackupReader(io.BytesIO(written(b"x")), "Correct horse battery")


def test_cut_off_anywhere():
    content = written(random.Random(1).randbytes(2 * FRAME + 5))
    random_places = random.Random(2).sample(range(len(content)), 60)
    for end in (0, 5, 18, 30, 40, 60, len(content) - 1, *random_places):
        with pytest.raises((Damaged, NoBackup)):
            read(content[:end])


def test_cut_off_between_frames():
    content = written(bytes(3 * FRAME))
    last = FRAME + 16 + 4
    with pytest.raises(Damaged):
        read(content[:-last])


def test_changed_anywhere():
    content = written(random.Random(3).randbytes(FRAME + 5))
    for place in (0, 18, 20, 38, 50, *random.Random(4).sample(range(len(content)), 60)):
        changed = bytearray(content)
        changed[place] ^= 1
        with pytest.raises((Damaged, NoBackup, WrongPassphrase)):
            read(bytes(changed))


def test_frames_in_another_order_or_twice():
    frame = FRAME + 16 + 4
    content = written(random.Random(5).randbytes(3 * FRAME))
    first = len(content) - 3 * frame
    start, one, two, three = (
        content[:first],
        *(content[first + n * frame : first + (n + 1) * frame] for n in range(3)),
    )
    assert read(start + one + two + three)
    for other in (two + one + three, one + one + two + three, one + three, one + two + three + two):
        with pytest.raises(Damaged):
            read(start + other)


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\0" + bytes(200), b"Signpost backup 2\n"]
)
def test_what_is_no_backup(content: bytes):
    with pytest.raises(NoBackup):
        read(content)


def test_a_cost_that_would_take_all_memory_is_refused():
    content = bytearray(written(b"x"))
    content[len(backup_file.MAGIC)] = 30
    with pytest.raises(NoBackup):
        read(bytes(content))


def test_two_of_the_same_differ():
    assert written(b"same") != written(b"same")


def test_the_cost_is_high():
    assert backup_file.COST >= 17
