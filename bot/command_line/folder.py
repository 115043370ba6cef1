"""`./signpost folder`: certificates and references of a pupil, and the leavers' folder."""

from __future__ import annotations

import datetime as dt
import os
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import click
from sqlalchemy import Connection

from bot.command_line.noted import noted
from bot.command_line.school_store import SchoolStore, school_store
from bot.command_line.started import say
from bot.identity.roster.rows import initials
from bot.identity.roster.upn import upn_typed
from bot.records.audit.actors import at_the_keyboard
from bot.records.guidance.attachment_limits import (
    LARGEST_FILE,
    MEGABYTE,
    MOST_FILES,
    Limits,
    limits_of,
    set_limits,
)
from bot.records.guidance.attachments import (
    ATTACHED,
    AttachmentRefused,
    AttachmentRow,
    add_attachment,
    attachments_of,
    remove_attachment,
)
from bot.records.guidance.bodies import BodyWrong
from bot.records.guidance.documents import NotDrawn
from bot.records.guidance.folder import (
    Folder,
    find_folder,
    folder_documents,
    folder_files,
    zipped,
)
from bot.records.guidance.lines import NoPupil
from bot.records.guidance.views import note_view, purposes
from bot.records.pupils import PupilRow, find_by_upn, find_pupil
from bot.records.sealing import Sealing
from knowledge.days import Day

ROLES = ("careers staff", "adviser", "careers leader", "administrator")
PDF, ZIP = "leavers-folder.pdf", "leavers-folder.zip"
_ROSTER_ID = re.compile(r"[0-9a-f]{32}")
_Command = TypeVar("_Command", bound=Callable[..., Any])

_pupil_option = click.option(
    "--pupil", "said", required=True, metavar="UPN", help="Whose: the UPN, or the roster's id."
)
_actor_option = click.option("--actor", metavar="NAME", help="Your name, as the pupil will see it.")


def _look_options(command: _Command) -> _Command:
    """Who looks and why: the pupil sees it."""
    for option in (
        click.option("--purpose", type=click.Choice([*purposes()]), help="Why you look."),
        click.option(
            "--role",
            type=click.Choice(ROLES),
            default=ROLES[0],
            help="What you are at the school.  [careers staff]",
        ),
        _actor_option,
    ):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class _Look:
    """Who looks at a record, as what, why and when."""

    name: str
    role: str
    purpose: str
    at: dt.datetime


@click.group(short_help="Certificates, references and the leavers' folder.")
def folder() -> None:
    """The leavers' folder: add certificates and references, or write the whole folder.

    The pupil sees each file, can download it and can delete it. Whoever lists, removes or writes
    is told to the pupil with name and reason.
    """


@folder.command("add", short_help="Add a certificate or reference to a pupil's folder.")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@_pupil_option
@click.option("--kind", type=click.Choice(ATTACHED), required=True, help="What it is.")
@click.option("--title", required=True, metavar="TEXT", help="What the pupil will see it as.")
@click.option("--given-by", metavar="TEXT", help="Who gave it, such as an exam board.")
@click.option("--dated", type=Day(), metavar="DATE", help="The day that stands on it.")
@_actor_option
def add_command(
    file: Path,
    said: str,
    kind: str,
    title: str,
    given_by: str | None,
    dated: dt.date | None,
    actor: str | None,
) -> None:
    """Add FILE, a PDF, JPEG or PNG, to a pupil's folder.

    The pupil sees it. Do not add a reference that was given in confidence.
    """
    actor = _asked("--actor", actor, "Your name")
    now = dt.datetime.now(dt.timezone.utc)
    with school_store() as school:
        limits = school.read(limits_of, school.id)
        with file.open("rb") as opened:
            content = opened.read(limits.most_bytes + 1)
        adding = noted(
            _add,
            school.sealing,
            school.id,
            "file added",
            "pupil",
            pupil_of=lambda found: found[0].id,
            after=lambda found: {"file": found[1].id, "kind": found[1].kind},
            actor=at_the_keyboard(actor),
        )
        with _told(limits):
            pupil, row = school.write(
                adding,
                school.sealing,
                school.id,
                said,
                content=content,
                kind=kind,
                title=title,
                file_name=file.name,
                given_by=given_by,
                dated=dated,
                added_by=actor,
                now=now,
            )
    click.echo(f"Added for {_who(pupil)}: {_about(row)}. The pupil sees it.")


@folder.command("list", short_help="List a pupil's certificates and references.")
@_pupil_option
@_look_options
def list_command(said: str, actor: str | None, role: str, purpose: str | None) -> None:
    """List the files of a pupil, with the id that `remove` asks for."""
    look = _look(actor, role, purpose)
    with school_store() as school, _told():
        pupil, rows = _files(school, said, look)
    click.echo(f"{_who(pupil)}: {len(rows)} file{'' if len(rows) == 1 else 's'}")
    for row in rows:
        click.echo(f"  {row.id}  {_about(row)}\n    {_named(row)}")


@folder.command("remove", short_help="Remove a file from a pupil's folder.")
@click.argument("attachment_id", metavar="ID")
@_pupil_option
@_look_options
@click.option("--yes", is_flag=True, help="Remove without asking.")
def remove_command(
    attachment_id: str, said: str, actor: str | None, role: str, purpose: str | None, yes: bool
) -> None:
    """Remove the file with that ID, which `folder list` tells. It cannot be undone."""
    look = _look(actor, role, purpose)
    with school_store() as school, _told():
        pupil, rows = _files(school, said, look)
        found = next((row for row in rows if row.id == attachment_id), None)
        if found is None:
            raise click.ClickException(f"{_who(pupil)} has no file with that id.")
        click.echo(f"{_who(pupil)}: {_about(found)}\n  {_named(found)}")
        if not _agreed(yes):
            click.echo("Nothing was removed.")
            return
        removing = noted(
            remove_attachment,
            school.sealing,
            school.id,
            "file removed",
            "pupil",
            pupil.id,
            after={"file": found.id, "kind": found.kind},
            when=bool,
            actor=at_the_keyboard(look.name),
        )
        gone = school.write(removing, school.id, pupil.id, found.id)
        school.scrub()
    click.echo("Removed." if gone else "It has gone meanwhile.")


@folder.command("make", short_help="Write a pupil's leavers' folder as PDF and ZIP.")
@_pupil_option
@click.option(
    "--to",
    "where",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="The folder to write to; it is made if need be.",
)
@_look_options
def make_command(said: str, where: Path, actor: str | None, role: str, purpose: str | None) -> None:
    """Write the leavers' folder of a pupil to a folder, for one who cannot download it.

    Only its owner can read the files. Hand them over, then delete them.
    """
    look = _look(actor, role, purpose)
    with school_store() as school, _told():
        for name in (PDF, ZIP):
            if (where / name).exists():
                raise click.ClickException(f"{name} is there already. Name another folder.")
        pupil, made = school.write(_seen_folder, school.sealing, school.id, said, look)
        documents = folder_documents(made)
        whole = school.read(_zip, school.sealing, school.id, pupil.id, made, documents)
        where.mkdir(mode=0o700, parents=True, exist_ok=True)
        _write(where / PDF, documents[PDF])
        _write(where / ZIP, whole)
    click.echo(f"Written for {_who(pupil)}: {PDF} and {ZIP}.")


@folder.command("limits", short_help="Show or set how large and how many files may be.")
@click.option(
    "--largest",
    type=click.IntRange(1, LARGEST_FILE // MEGABYTE),
    metavar="MB",
    help="The largest file that is taken.",
)
@click.option(
    "--most",
    type=click.IntRange(1, MOST_FILES),
    metavar="FILES",
    help="How many files a pupil may have.",
)
def limits_command(largest: int | None, most: int | None) -> None:
    """Show how large a file may be and how many a pupil may have, or set it.

    Files that are there already stay.
    """
    with school_store() as school:
        limits = school.read(limits_of, school.id)
        if largest is not None:
            limits = replace(limits, most_bytes=largest * MEGABYTE)
        if most is not None:
            limits = replace(limits, most_files=most)
        if largest is not None or most is not None:
            now = dt.datetime.now(dt.timezone.utc)
            told = {"most_bytes": limits.most_bytes, "most_files": limits.most_files}
            setting = noted(
                set_limits,
                school.sealing,
                school.id,
                "setting changed",
                "setting",
                "attachments",
                after=told,
            )
            school.write(setting, school.id, limits, now)
    megabytes = f"{limits.most_bytes / MEGABYTE:g}"
    click.echo(f"A file: at most {megabytes} MB. A pupil: at most {limits.most_files} files.")


# ---- in the store


def _find(connection: Connection, sealing: Sealing, school_id: int, said: str) -> PupilRow:
    """The pupil with that UPN or id. Raises NoPupil."""
    if _ROSTER_ID.fullmatch(said.strip()):
        found = find_pupil(connection, sealing, school_id, said.strip())
    else:
        found = find_by_upn(connection, sealing, school_id, upn_typed(said))
    if found is None:
        raise NoPupil
    return found


def _seen(
    connection: Connection, sealing: Sealing, school_id: int, said: str, look: _Look
) -> PupilRow:
    """The pupil, once it is noted who looks."""
    pupil = _find(connection, sealing, school_id, said)
    note_view(
        connection,
        sealing,
        school_id,
        pupil.id,
        name=look.name,
        role=look.role,
        purpose=purposes()[look.purpose],
        now=look.at,
    )
    return pupil


def _add(
    connection: Connection, sealing: Sealing, school_id: int, said: str, /, **told: Any
) -> tuple[PupilRow, AttachmentRow]:
    pupil = _find(connection, sealing, school_id, said)
    return pupil, add_attachment(connection, sealing, school_id, pupil.id, **told)


def _seen_files(
    connection: Connection, sealing: Sealing, school_id: int, said: str, look: _Look
) -> tuple[PupilRow, list[AttachmentRow]]:
    pupil = _seen(connection, sealing, school_id, said, look)
    return pupil, attachments_of(connection, sealing, school_id, pupil.id)


def _files(school: SchoolStore, said: str, look: _Look) -> tuple[PupilRow, list[AttachmentRow]]:
    return school.write(_seen_files, school.sealing, school.id, said, look)


def _seen_folder(
    connection: Connection, sealing: Sealing, school_id: int, said: str, look: _Look
) -> tuple[PupilRow, Folder]:
    pupil = _seen(connection, sealing, school_id, said, look)
    made = find_folder(connection, sealing, school_id, pupil.id, look.at)
    if made is None:
        raise NoPupil
    return pupil, made


def _zip(
    connection: Connection,
    sealing: Sealing,
    school_id: int,
    pupil_id: str,
    made: Folder,
    documents: dict[str, bytes],
) -> bytes:
    return zipped(made, documents, folder_files(connection, sealing, school_id, pupil_id, made))


# ---- what is asked and told


def _look(actor: str | None, role: str, purpose: str | None) -> _Look:
    name = _asked("--actor", actor, "Your name")
    why = _asked("--purpose", purpose, "Why", click.Choice([*purposes()]))
    return _Look(name, role, why, dt.datetime.now(dt.timezone.utc))


def _asked(
    option: str, given: str | None, words: str, kind: click.Choice[str] | None = None
) -> str:
    """What was given, or typed now where somebody sits at the keyboard."""
    if given is None and sys.stdin.isatty():
        given = click.prompt(words, type=kind)
    if given is None or not given.strip():
        raise click.ClickException(f"Say who you are and why: add {option}. The pupil sees it.")
    return given.strip()


def _agreed(yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        say("Add --yes to remove it.")
        return False
    return click.confirm("Remove this?")


@contextmanager
def _told(limits: Limits | None = None) -> Iterator[None]:
    """Turn what staff can do something about into one sentence; none repeats what was typed."""
    try:
        yield
    except NoPupil:
        raise click.ClickException("No pupil of this school has that UPN or id.") from None
    except AttachmentRefused as refused:
        raise click.ClickException(refused.says(limits or Limits())) from None
    except BodyWrong as wrong:
        options = " and ".join(f"--{name.replace('_', '-')}" for name in wrong.fields)
        raise click.ClickException(
            f"Empty, too long or not possible: {options}. Nothing was added."
        ) from None
    except NotDrawn:
        raise click.ClickException("The folder could not be drawn.") from None


def _who(pupil: PupilRow) -> str:
    return initials(pupil.details.given_name, pupil.details.family_name)


def _about(row: AttachmentRow) -> str:
    ending = row.details.media_type.rpartition("/")[2].upper()
    kilobytes = max(1, round(row.size / 1024))
    return f"{row.kind}, {ending}, {kilobytes:,} KB, {row.created_at:%-d %B %Y}"


def _named(row: AttachmentRow) -> str:
    told = [row.details.title]
    if row.details.given_by:
        told.append(f"from {row.details.given_by}")
    if row.details.dated:
        told.append(f"dated {row.details.dated:%-d %B %Y}")
    if row.details.added_by:
        told.append(f"added by {row.details.added_by}")
    return ", ".join(told)


def _write(path: Path, content: bytes) -> None:
    """Write a new file that only its owner may read. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as opened:
        opened.write(content)
