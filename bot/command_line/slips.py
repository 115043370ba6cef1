"""`./signpost slips`: new codes for a tutor group, as slips to print and cut out."""

from __future__ import annotations

import os
import secrets
from datetime import UTC, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import click
from sqlalchemy import Connection
from sqlalchemy.exc import SQLAlchemyError

from bot.command_line.started import read_settings, say
from bot.command_line.until_told import run_until_told
from bot.identity.codes import issue_codes
from bot.identity.sealing import sealing_of
from bot.identity.secrets import load_or_make
from bot.identity.slips import pdf
from bot.records.audit.actors import at_the_keyboard
from bot.records.audit.log import append
from bot.records.migrate import upgrade
from bot.records.pupils import list_pupils
from bot.records.schools import keep_school
from bot.records.sealing import SealBroken, Sealing
from bot.records.store import Store, StoreBusy
from bot.settings import Settings

ENGLAND = ZoneInfo("Europe/London")
WAIT_S = 30.0


class _NoPupils(Exception):
    """There is nobody to make a slip for."""


@click.command(short_help="Make new sign-in codes as slips to print.")
@click.argument(
    "file", metavar="FILE.pdf", type=click.Path(dir_okay=False, writable=True, path_type=Path)
)
@click.option("--tutor-group", required=True, help="Whose slips, such as 10A.")
@click.option("--year", type=click.IntRange(7, 13), help="Only this year of the tutor group.")
def slips(file: Path, tutor_group: str, year: int | None) -> None:
    """Give each pupil of a tutor group a new code, and write the slips to a PDF.

    Codes that these pupils had before stop working. The codes are on the slips only: they are
    not kept in clear and not shown here, so print the file, hand out the slips and delete it.
    """
    if file.exists():
        raise click.ClickException(f"{file.name} is there already. Name another file.")
    settings = read_settings()
    if not settings.public_url:
        say("SIGNPOST_PUBLIC_URL is not set: the slips name this computer's own address.")
    run_until_told(
        _slips(settings, file, tutor_group, year, datetime.now(tz=UTC)),
        "The store did not answer. No code was changed.",
    )


async def _slips(
    settings: Settings, file: Path, tutor_group: str, year: int | None, now: datetime
) -> None:
    unchanged = "No code was changed."
    try:
        sealing = sealing_of(load_or_make(settings.secrets_dir))
        upgrade(settings.store_url, wait_s=WAIT_S, sealing=sealing)
        store = Store(settings.store_url, WAIT_S)
        draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
        try:
            number = await store.write(_issue, sealing, settings, draft, tutor_group, year, now)
            draft.rename(file)
        finally:
            store.close()
            draft.unlink(missing_ok=True)
    except _NoPupils as problem:
        of_year = "" if year is None else f" in Year {year}"
        raise click.ClickException(
            f"There is no pupil in tutor group {tutor_group}{of_year}. {unchanged}"
        ) from problem
    except SealBroken as problem:
        raise click.ClickException(f"A pupil's details cannot be opened. {unchanged}") from problem
    except OSError as problem:
        why = problem.strerror or "it failed"
        raise click.ClickException(f"{file.name} cannot be written: {why}. {unchanged}") from None
    except (StoreBusy, SQLAlchemyError):
        # Without the database's own words, which may quote what they are about.
        raise click.ClickException(f"The store could not be used. {unchanged}") from None
    click.echo(f"{number} slip{'' if number == 1 else 's'} written to {file.name}.")


def _issue(
    connection: Connection,
    sealing: Sealing,
    settings: Settings,
    draft: Path,
    tutor_group: str,
    year: int | None,
    now: datetime,
) -> int:
    """Issue the codes and write the file; how many. Raises _NoPupils, or OSError for the file.

    The codes count only once the file is whole: what is not on paper is known to nobody.
    """
    today = now.astimezone(ENGLAND).date()
    school_id = keep_school(connection, settings.school_slug, settings.school_name, now)
    pupils = [
        pupil
        for pupil in list_pupils(connection, sealing, school_id, tutor_group=tutor_group)
        if not pupil.has_left(today) and year in (None, pupil.year_group(today))
    ]
    if not pupils:
        raise _NoPupils
    codes = issue_codes(connection, sealing, school_id, [pupil.id for pupil in pupils], now)
    address = f"{settings.public_url or f'http://{settings.host}:{settings.port}'}/sign-in"
    content = pdf(pupils, codes, group=tutor_group, school=settings.school_name, address=address)
    _write(draft, content)
    append(
        connection,
        sealing,
        school_id,
        actor=at_the_keyboard(),
        action="codes issued",
        object_kind="tutor group",
        object_id=tutor_group,
        now=now,
        after={"pupils": len(pupils)},
    )
    return len(pupils)


def _write(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read. Raises OSError."""
    handle = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "wb") as written:
        written.write(content)
        written.flush()
        os.fsync(written.fileno())
