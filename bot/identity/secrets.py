"""Keys of an installation, made once at its first start and readable by its owner only."""

import base64
import fcntl
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_RECORD_KEYS = "record-keys"


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The keys of one installation, each 43 URL-safe characters (256 bits).

    `record_keys` are Fernet keys (44 characters), newest first: they seal what the store holds of
    people. `lookup_key` makes the hashes by which people are found; unlike them it cannot be
    renewed, as the hashes are all that is kept. `passport_key` signs the records that pupils take
    to another school: 32 bytes of an Ed25519 key in base64. `folder` is where the keys were read
    from.
    """

    token_key: str
    engine_token: str
    operator_key: str
    record_keys: tuple[str, ...]
    lookup_key: str
    passport_key: str
    folder: Path | None = None


@dataclass(frozen=True, slots=True, repr=False)
class RecordKey:
    """A key that seals records, and when it was made (UTC), if that is known."""

    key: str
    made_at: datetime | None


def load_or_make(folder: Path) -> Secrets:
    """Read the keys in `folder`, making those that are missing (files 0600, folder 0700).

    Processes that start together get the same keys: a key is written whole under another name
    and linked into place, which only one of them can do. Raises OSError when the folder cannot
    be written or a key is empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    if not (folder / _RECORD_KEYS).exists():
        _make(folder / _RECORD_KEYS, lambda: _line(_new_record_key()))
    return Secrets(
        token_key=_key(folder / "token-key"),
        engine_token=_key(folder / "engine-token"),
        operator_key=_key(folder / "operator-key"),
        record_keys=read_record_keys(folder),
        lookup_key=_key(folder / "lookup-key"),
        passport_key=_key(folder / "passport-key"),
        folder=folder,
    )


def read_record_keys(folder: Path) -> tuple[str, ...]:
    """The keys that seal records, newest first. Raises OSError when there is none."""
    return tuple(known.key for known in list_record_keys(folder))


def list_record_keys(folder: Path) -> list[RecordKey]:
    """The same with when each was made.

    The file has one key a line, and after a space when it was made.
    """
    lines = (folder / _RECORD_KEYS).read_bytes().split(b"\n")
    try:
        known = [_read_line(line.decode("ascii")) for line in lines if line.strip()]
    except ValueError:
        known = []
    if not known:
        # Outside of the handler: what failed may quote the line.
        raise OSError(
            f"the key file {_RECORD_KEYS} is broken; put it back from a backup, for without its "
            "keys nothing in the records can be read"
        )
    return known


def add_record_key(folder: Path, now: datetime) -> tuple[str, ...]:
    """Make a new key that seals from now on; older ones stay, to open what they sealed.

    Returns all keys, newest first. Processes that do it together each add their own.
    """
    path = folder / _RECORD_KEYS
    with _held(folder):
        known = [RecordKey(_new_record_key().key, now.astimezone(UTC)), *list_record_keys(folder)]
        draft = _draft(path, "".join(map(_line, known)))
        draft.replace(path)
        _settle(folder)
    return tuple(each.key for each in known)


def _new_record_key() -> RecordKey:
    key = base64.urlsafe_b64encode(secrets.token_bytes(32)).decode("ascii")
    return RecordKey(key, datetime.now(tz=UTC))


def _read_line(line: str) -> RecordKey:
    key, _, made = line.strip().partition(" ")
    if len(base64.b64decode(key, altchars=b"-_", validate=True)) != 32:
        raise ValueError
    return RecordKey(key, datetime.fromisoformat(made) if made else None)


def _line(known: RecordKey) -> str:
    made = "" if known.made_at is None else f" {known.made_at.isoformat(timespec='seconds')}"
    return f"{known.key}{made}\n"


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold the folder against other processes that add a key: the later would undo the earlier."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _key(path: Path) -> str:
    if not path.exists():
        _make(path, lambda: secrets.token_urlsafe(32))
    value = path.read_text(encoding="ascii").strip()
    if len(value) < 32:
        raise OSError(f"the key file {path.name} is too short; delete it to have a new one made")
    return value


def _make(path: Path, content: Callable[[], str]) -> None:
    draft = _draft(path, content())
    try:
        # A link fails where the name exists, a rename would replace another process's key.
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
    _settle(path.parent)


def _settle(folder: Path) -> None:
    """Have the names in the folder on the disk before anything is sealed with a key in it."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _draft(path: Path, content: str) -> Path:
    """Write the content whole under another name beside the path (0600); that name."""
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        draft.unlink()
        raise
    return draft
