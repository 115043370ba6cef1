"""Key files as the gateway makes them."""

from __future__ import annotations

from pathlib import Path

from cryptography.fernet import Fernet

from engine.sealing import FILE, Sealing


def add_key(folder: Path) -> None:
    """Put a new key before those that are in the folder's file."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / FILE
    older = file.read_text(encoding="ascii") if file.exists() else ""
    draft = folder / ".draft"
    new = Fernet.generate_key().decode("ascii")
    draft.write_text(f"{new} 2026-11-22T09:00:00+00:00\n{older}", encoding="ascii")
    draft.replace(file)


def sealing_in(folder: Path) -> Sealing:
    """The sealing with the folder's keys, of which one is made if there is none."""
    if not (folder / FILE).exists():
        add_key(folder)
    return Sealing(folder)
