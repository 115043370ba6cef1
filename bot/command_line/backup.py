"""`./signpost backup` and `./signpost restore`: the store and its keys in one encrypted file."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import click

from bot.command_line.started import read_settings
from bot.records.store import StoreBusy
from bot.service.backup import Refused, make_backup, restore_backup
from bot.service.backup_file import FEWEST_CHARACTERS, Damaged, NoBackup, WrongPassphrase

file_argument = click.argument(
    "file", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path)
)
passphrase_option = click.option(
    "--passphrase-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Read the passphrase from the first line of FILE.",
)


@click.command(short_help="Write an encrypted backup of the store and its keys.")
@file_argument
@passphrase_option
def backup(file: Path, passphrase_file: Path | None) -> None:
    """Write a backup to FILE, encrypted with a passphrase; the service may go on running.

    In it are the record store and the installation's keys, without which records cannot be read.
    Whoever has the file and the passphrase has everything; without the passphrase the file is of
    no use to anybody, and nobody can find it out. Keep the two apart.
    """
    with _one_clear_line():
        passphrase = _passphrase(passphrase_file, new=True)
        draft = file.with_name(f".{file.name}.{os.getpid()}")
        if file.exists():
            raise Refused(f"{file.name} is there already. Name another file.")
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        try:
            with os.fdopen(handle, "wb") as opened:
                now = datetime.now(tz=UTC)
                size = make_backup(read_settings(), opened, passphrase, now)
                opened.flush()
                os.fsync(opened.fileno())
            draft.rename(file)
        finally:
            draft.unlink(missing_ok=True)
    click.echo(f"Written: {file.name}, with a store of {size / 1e6:,.1f} MB and the keys to it.")


@click.command(short_help="Put a backup in place of an empty store.")
@file_argument
@passphrase_option
@click.option("--replace", is_flag=True, help="Replace a store that is not empty.")
def restore(file: Path, passphrase_file: Path | None, replace: bool) -> None:
    """Put the store and the keys of a backup in place. Stop the service first.

    Nothing is changed by a wrong passphrase, a file that is cut off or damaged, or one of a newer
    version. What was deleted after the backup was made is there again: delete it anew.
    """
    with _one_clear_line():
        passphrase = _passphrase(passphrase_file, new=False)
        with file.open("rb") as opened:
            manifest = restore_backup(read_settings(), opened, passphrase, replace=replace)
    made = datetime.fromisoformat(manifest["made_at"])
    click.echo(f"Restored: the backup of {made:%-d %B %Y, %H:%M} UTC.")
    click.echo("What was deleted since then is there again. See: signpost retention dry-run")


def _passphrase(file: Path | None, *, new: bool) -> str:
    if file is not None:
        lines = file.read_text(encoding="utf-8").splitlines()
        told = lines[0] if lines else ""
    elif not sys.stdin.isatty():
        raise Refused("Nobody can be asked for the passphrase here. Use --passphrase-file.")
    else:
        told = click.prompt("Passphrase", hide_input=True, confirmation_prompt=new)
    if new and len(told) < FEWEST_CHARACTERS:
        raise Refused(
            f"The passphrase must have at least {FEWEST_CHARACTERS} characters. "
            "Four words that do not belong together are a good one."
        )
    return str(told)


@contextmanager
def _one_clear_line() -> Iterator[None]:
    try:
        yield
    except Refused as refused:
        raise click.ClickException(str(refused)) from None
    except NoBackup:
        raise click.ClickException("This is no backup of Signpost. Nothing was changed.") from None
    except WrongPassphrase:
        raise click.ClickException("The passphrase is wrong. Nothing was changed.") from None
    except Damaged:
        raise click.ClickException(
            "The backup is cut off or damaged. Nothing was changed."
        ) from None
    except StoreBusy:
        raise click.ClickException("The store is busy. Try again in a moment.") from None
    except UnicodeDecodeError:
        raise click.ClickException("The passphrase file is not UTF-8 text.") from None
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise click.ClickException(f"{error.strerror or error}{where}.") from None
