"""Keys of an installation, made once at its first start and readable by its owner only."""

import os
import secrets
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True, repr=False)
class Secrets:
    """The keys of one installation, each 43 URL-safe characters (256 bits)."""

    token_key: str
    engine_token: str
    operator_key: str


def load_or_make(folder: Path) -> Secrets:
    """Read the keys in `folder`, making those that are missing (files 0600, folder 0700).

    Processes that start together get the same keys: a key is written whole under another name
    and linked into place, which only one of them can do. Raises OSError when the folder cannot
    be written or a key is empty.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return Secrets(
        token_key=_key(folder / "token-key"),
        engine_token=_key(folder / "engine-token"),
        operator_key=_key(folder / "operator-key"),
    )


def _key(path: Path) -> str:
    if not path.exists():
        _make(path)
    value = path.read_text(encoding="ascii").strip()
    if len(value) < 32:
        raise OSError(f"the key file {path.name} is too short; delete it to have a new one made")
    return value


def _make(path: Path) -> None:
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
            file.flush()
            os.fsync(file.fileno())
        # A link fails where the name exists, a rename would replace another process's key.
        try:
            os.link(draft, path)
        except FileExistsError:
            return
    finally:
        draft.unlink()
