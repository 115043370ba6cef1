"""A backup of the record store with its keys, in one encrypted file; and putting one back.

The keys are part of it: without them nothing sealed can be read, and the file is encrypted as a
whole. So whoever has the file and its passphrase has everything. The copy of the store is one
moment's, whatever is written meanwhile. Nothing is changed by a restore before the whole file has
been read and its end was seen.
"""

import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import IO, Any, cast

from sqlalchemy import func, inspect, make_url, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import SQLAlchemyError

from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.records.migrate import current, known_revisions, upgrade
from bot.records.models import Base
from bot.records.store import open_engine
from bot.service.backup_file import BackupReader, BackupWriter, Damaged
from bot.service.run import running
from bot.settings import Settings

MANIFEST = "manifest.json"
_STORE = "store"
_SECRETS = "secrets/"
_LARGEST_SECRET = 1_000_000
_NOT_CONTENT = ("alembic_version", "schools", "school_settings")
"""Tables that a service makes rows in before anybody has used it."""


class Refused(Exception):
    """A backup or a restore that cannot be done; the sentence is for the operator."""


def make_backup(
    settings: Settings, file: IO[bytes], passphrase: str, now: datetime, **options: Any
) -> int:
    """Write a backup to the open `file`; how many bytes of the store are in it.

    The service may go on running. Raises Refused, OSError.
    """
    revision = _revision(settings)
    if revision is None:
        raise Refused("There is no store yet: there is nothing to back up.")
    url = make_url(settings.store_url)
    with _folder(settings) as folder:
        copy = folder / _STORE
        _copy_store(url, copy)
        manifest = {
            "made_at": now.isoformat(timespec="seconds"),
            "revision": _revision_of_copy(url, copy) or revision,
            "database": url.get_backend_name(),
        }
        writer = BackupWriter(file, passphrase, **options)
        # The writer has all of a file that a stream of members needs.
        with tarfile.open(fileobj=cast(IO[bytes], writer), mode="w|", bufsize=1 << 16) as tar:
            _add(tar, folder, MANIFEST, json.dumps(manifest).encode())
            for secret in sorted(settings.secrets_dir.iterdir()):
                if secret.is_file() and not secret.name.startswith("."):
                    _add(tar, folder, _SECRETS + secret.name, secret.read_bytes())
            tar.add(copy, _STORE, recursive=False)
        writer.finish()
        return copy.stat().st_size


def restore_backup(
    settings: Settings, file: IO[bytes], passphrase: str, *, replace: bool = False
) -> dict[str, Any]:
    """Put the store and the keys of a backup in place; its manifest.

    Raises Refused, OSError, and NoBackup, WrongPassphrase or Damaged from the file: in all of
    these cases nothing was changed.
    """
    if running(settings) is not None:
        raise Refused("Signpost is running. Stop it first: nothing was changed.")
    if not replace and _holds_something(settings):
        raise Refused("The store is not empty. Nothing was changed. Add --replace to replace it.")
    url = make_url(settings.store_url)
    with _folder(settings) as folder:
        manifest = _unpack(BackupReader(file, passphrase), folder)
        _fits(manifest, url)
        _check_store(url, folder / _STORE)
        _put_in_place(settings, url, folder)
    upgrade(settings.store_url, sealing=sealing_of(load_or_make(settings.secrets_dir)))
    return manifest


# ---- what is there


def _revision(settings: Settings) -> str | None:
    url = make_url(settings.store_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return None
    try:
        return current(settings.store_url)
    except SQLAlchemyError:
        raise Refused("The store cannot be opened.") from None


def _holds_something(settings: Settings) -> bool:
    """Whether there is a row of anybody's in the store, or a table that is not ours."""
    url = make_url(settings.store_url)
    if url.get_backend_name() == "sqlite" and not Path(url.database or "").exists():
        return False
    engine = open_engine(settings.store_url, threads=1)
    try:
        with engine.connect() as connection:
            tables = set(inspect(connection).get_table_names()) - set(_NOT_CONTENT)
            if tables - set(Base.metadata.tables):
                return True
            return any(
                connection.execute(
                    select(func.count()).select_from(Base.metadata.tables[table])
                ).scalar_one()
                for table in tables
            )
    except SQLAlchemyError:
        raise Refused("The store that is there cannot be opened. Nothing was changed.") from None
    finally:
        engine.dispose()


@contextmanager
def _folder(settings: Settings) -> Iterator[Path]:
    """A folder on the disk of the data, readable by its owner only, gone at the end."""
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="backup-", dir=settings.data_dir) as name:
        yield Path(name)


# ---- the copy


def _copy_store(url: URL, copy: Path) -> None:
    if url.get_backend_name() == "sqlite":
        _copy_sqlite(Path(url.database or ""), copy)
        return
    _run_postgresql("pg_dump", url, ["--format=custom", "--no-owner", f"--file={copy}"])


def _copy_sqlite(store: Path, copy: Path) -> None:
    """All pages in one step: a reading transaction, beside which a writer goes on."""
    address = f"{store.absolute().as_uri()}?mode=ro"
    with (
        closing(sqlite3.connect(address, uri=True, timeout=30)) as source,
        closing(sqlite3.connect(copy)) as target,
    ):
        source.backup(target, pages=-1)
        # The copy stands alone: it needs no log beside it.
        target.execute("PRAGMA journal_mode=DELETE")


def _revision_of_copy(url: URL, copy: Path) -> str | None:
    """The shape of what was copied, which may be newer than what was looked at before."""
    if url.get_backend_name() != "sqlite":
        return None
    with closing(sqlite3.connect(copy)) as connection:
        row = connection.execute("SELECT version_num FROM alembic_version").fetchone()
    return None if row is None else str(row[0])


def _run_postgresql(program: str, url: URL, arguments: list[str]) -> None:
    where = shutil.which(program)
    if where is None:
        raise Refused(
            f"{program} is not installed. It comes with PostgreSQL's client programs; "
            "install those of the server's version."
        )
    query = {name: str(value) for name, value in url.query.items()}
    told = {
        "PGHOST": query.get("host") or url.host,
        "PGPORT": query.get("port") or (str(url.port) if url.port else None),
        "PGUSER": url.username,
        "PGPASSWORD": url.password,
        "PGDATABASE": url.database,
        "PGSSLMODE": query.get("sslmode"),
    }
    environment = os.environ | {name: value for name, value in told.items() if value}
    done = subprocess.run([where, *arguments], env=environment, capture_output=True, check=False)
    if done.returncode:
        # Without the program's own words, which may quote rows.
        raise Refused(f"{program} ended with code {done.returncode}. Nothing was changed.")


def _add(tar: tarfile.TarFile, folder: Path, name: str, content: bytes) -> None:
    draft = folder / "member"
    draft.write_bytes(content)
    tar.add(draft, name, recursive=False)
    draft.unlink()


# ---- putting it back


def _unpack(reader: BackupReader, folder: Path) -> dict[str, Any]:
    """Write the members into the folder, to the very end of the file; the manifest."""
    manifest: dict[str, Any] | None = None
    (folder / _SECRETS).mkdir(mode=0o700)
    try:
        with tarfile.open(fileobj=cast(IO[bytes], reader), mode="r|", bufsize=1 << 16) as tar:
            for member in tar:
                content = tar.extractfile(member)
                if content is None:
                    raise Damaged
                if member.name == MANIFEST:
                    manifest = json.loads(content.read(_LARGEST_SECRET))
                elif member.name == _STORE:
                    with (folder / _STORE).open("wb") as store:
                        shutil.copyfileobj(content, store, 1 << 20)
                elif (name := _secret_name(member.name)) is not None:
                    path = folder / _SECRETS / name
                    path.touch(0o600)
                    path.write_bytes(content.read(_LARGEST_SECRET))
        while reader.read(1 << 20):
            pass
    except (tarfile.TarError, ValueError, EOFError):
        raise Damaged from None
    if manifest is None or not (folder / _STORE).exists():
        raise Damaged
    return manifest


def _secret_name(member: str) -> str | None:
    """The plain name of a key's file; None for what would be written elsewhere."""
    name = member.removeprefix(_SECRETS)
    return name if name != member and name and Path(name).name == name else None


def _fits(manifest: dict[str, Any], url: URL) -> None:
    if manifest["revision"] not in known_revisions():
        raise Refused(
            "The backup was made by a newer version of Signpost. Nothing was changed. "
            "Upgrade first, then restore."
        )
    if manifest["database"] != url.get_backend_name():
        raise Refused(
            f"The backup is of a {manifest['database']} store, and this installation's is "
            f"{url.get_backend_name()}. Nothing was changed."
        )


def _check_store(url: URL, copy: Path) -> None:
    if url.get_backend_name() != "sqlite":
        return
    try:
        with closing(sqlite3.connect(copy)) as connection:
            (told,) = connection.execute("PRAGMA quick_check").fetchone()
    except sqlite3.DatabaseError:
        raise Damaged from None
    if told != "ok":
        raise Damaged


def _put_in_place(settings: Settings, url: URL, folder: Path) -> None:
    if url.get_backend_name() == "sqlite":
        store = Path(url.database or "")
        store.parent.mkdir(parents=True, exist_ok=True)
        (folder / _STORE).chmod(0o600)
        # By way of its own folder: the store may be on another disk than the data folder.
        draft = store.with_name(f".{store.name}.restored")
        shutil.move(folder / _STORE, draft)
        for beside in ("-wal", "-shm"):
            Path(f"{store}{beside}").unlink(missing_ok=True)
        draft.replace(store)
    else:
        options = ["--clean", "--if-exists", "--no-owner", "--single-transaction"]
        database = f"--dbname={url.database}"
        _run_postgresql("pg_restore", url, [*options, database, str(folder / _STORE)])
    settings.secrets_dir.mkdir(parents=True, exist_ok=True)
    settings.secrets_dir.chmod(0o700)
    for secret in (folder / _SECRETS).iterdir():
        draft = settings.secrets_dir / f".{secret.name}.restored"
        shutil.move(secret, draft)
        draft.replace(settings.secrets_dir / secret.name)
