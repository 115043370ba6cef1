"""A PostgreSQL server of the tests' own: in a temporary folder, over a socket in it, no network."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import create_engine, text

from bot.service.processes import die_with_parent

INSTALLED = "usr/lib/postgresql/*/bin/postgres"
READY_WITHIN_S = 30.0
NOT_ROOT = "nobody"
"""Whose server it is where the tests run as root, which PostgreSQL refuses."""


def programs() -> Path | None:
    """The folder of the newest server that is installed, None without one."""
    found = sorted(Path("/").glob(INSTALLED), key=lambda path: int(path.parts[-3].split(".")[0]))
    return found[-1].parent if found else None


class Server:
    """A running server."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._made = 0

    @property
    def data(self) -> Path:
        """The folder of its files."""
        return self._folder / "data"

    def database(self) -> str:
        """Make an empty database; its SQLAlchemy URL."""
        self._made += 1
        name = f"test_{self._made}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def url(self, name: str = "postgres") -> str:
        return f"postgresql+psycopg://signpost@/{name}?host={self._folder}"

    def run(self, command: str) -> None:
        engine = create_engine(self.url(), isolation_level="AUTOCOMMIT")
        try:
            with engine.connect() as connection:
                connection.execute(text(command))
        finally:
            engine.dispose()


@contextmanager
def server(where: Path) -> Iterator[Server]:
    """A server made from the programs in `where`, gone with its data at the end."""
    # Not below pytest's folders: those only root may enter, where the tests are root's.
    folder = Path(tempfile.mkdtemp(prefix="signpost-pg-"))
    others: dict[str, Any] = {}
    if os.geteuid() == 0:
        shutil.chown(folder, NOT_ROOT)
        others = {"user": NOT_ROOT, "group": folder.stat().st_gid, "extra_groups": []}
    environment = {"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC"}
    data = folder / "data"
    try:
        subprocess.run(
            [where / "initdb", "-D", data, "-U", "signpost", "-A", "trust", "-E", "UTF8", "-N"],
            check=True,
            capture_output=True,
            cwd=folder,
            env=environment,
            **others,
        )
        settings = ("listen_addresses=", f"unix_socket_directories={folder}", "fsync=off")
        with (folder / "log").open("wb") as log:
            process = subprocess.Popen(
                [where / "postgres", "-D", data, *(f"--{setting}" for setting in settings)],
                stdout=log,
                stderr=log,
                cwd=folder,
                env=environment,
                preexec_fn=die_with_parent,
                **others,
            )
        try:
            _until_ready(process, folder / "log")
            yield Server(folder)
        finally:
            process.send_signal(signal.SIGQUIT)  # at once: nothing in it is wanted again
            process.wait(30)
    finally:
        shutil.rmtree(folder)


def _until_ready(process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + READY_WITHIN_S
    while not re.search("ready to accept connections", log.read_text(errors="replace")):
        if process.poll() is not None or time.monotonic() > deadline:
            raise RuntimeError(log.read_text(errors="replace"))
        time.sleep(0.05)
