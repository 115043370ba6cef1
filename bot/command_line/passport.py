"""`./signpost passport`: whose passports this school can tell from anybody's."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

import click

from bot.command_line.noted import noted
from bot.command_line.school_store import school_store
from bot.command_line.started import read_settings, say
from bot.identity.secrets import load_or_make
from bot.records.guidance.known_schools import (
    KnownSchool,
    forget_school,
    know_school,
    known_schools,
)
from bot.records.guidance.passport_file import (
    MOST_BYTES,
    PassportRefused,
    fingerprint_typed,
    key_file,
    key_in,
    own_fingerprint,
    signing_key,
)
from knowledge.facts import day_told

LONGEST_NAME = 120
_REFUSED = {
    "empty": "The file is empty.",
    "large": "The file is too large for a key or a passport.",
    "broken": "The file is damaged or was cut short.",
    "changed": "Something in the file was changed after it was made.",
    "newer": "The file was made by a newer version.",
}
_NO_KEY = "The file is neither a school's key nor a passport."


@click.group(short_help="Know the schools whose passports pupils bring.")
def passport() -> None:
    """Passports: this school's mark, and the schools whose mark is known here.

    A pupil who brings a passport is told whether this school knows who signed it.
    """


@passport.command(short_help="Show the mark of this school's key.")
@click.option(
    "--write",
    "file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the public key to a file for other schools.",
)
def fingerprint(file: Path | None) -> None:
    """Show the mark of the key that signs this school's passports.

    Nothing in it is secret. Tell it to other schools in a way that they know is yours, such as by
    telephone.
    """
    settings = read_settings()
    try:
        secret = load_or_make(settings.secrets_dir).passport_key
        if file is not None:
            with file.open("xb") as opened:
                opened.write(key_file(settings.school_name, signing_key(secret)))
    except FileExistsError:
        raise click.ClickException(f"{file} is there already. Name another file.") from None
    except OSError as error:
        raise click.ClickException(f"{error.strerror or error}.") from None
    click.echo(own_fingerprint(secret))


@passport.command(short_help="Know a school by the mark of its key.")
@click.argument("source", metavar="FILE|FINGERPRINT")
@click.option("--name", required=True, metavar="SCHOOL", help="The school whose key it is.")
@click.option("--yes", is_flag=True, help="The marks were compared; do not ask.")
def trust(source: str, name: str, yes: bool) -> None:
    """Know a school from now on by its key: a fingerprint, its key file, or one of its passports.

    First ask that school for the mark of its key in a way that you know is theirs, and compare. A
    passport alone shows nothing: anybody can write a school's name into one.
    """
    name = " ".join(name.split())
    if not name or len(name) > LONGEST_NAME or not name.isprintable():
        raise click.ClickException(f"A name has 1 to {LONGEST_NAME} letters.")
    key = _key(source)
    own = load_or_make(read_settings().secrets_dir).passport_key
    if key == own_fingerprint(own):
        raise click.ClickException("This is the key of this school, which it knows.")
    with school_store() as school:
        known = school.read(known_schools, school.id)
        _print_other_names(known, key, name)
        click.echo(f"{name}: {key}")
        if not _agreed(yes):
            click.echo("Nothing was changed.")
            return
        knowing = noted(
            know_school,
            school.sealing,
            school.id,
            "school trusted",
            "key",
            key,
            after={"name": name},
        )
        school.write(knowing, school.id, key, name, dt.datetime.now(dt.timezone.utc))
    click.echo("Known from now on.")


@passport.command("list", short_help="List the schools that are known.")
def list_command() -> None:
    """List the schools whose key is known here, with its mark and since when."""
    with school_store() as school:
        known = school.read(known_schools, school.id)
    for one in known:
        click.echo(f"{one.key}  {one.name}, since {day_told(one.since)}")
    if not known:
        click.echo("No school is known yet.")


@passport.command(short_help="Know a school no more.")
@click.argument("source", metavar="FILE|FINGERPRINT")
def untrust(source: str) -> None:
    """Know a key no more. Lines that were brought in before stay as they are."""
    key = _key(source)
    with school_store() as school:
        now = dt.datetime.now(dt.timezone.utc)
        forgetting = noted(
            forget_school, school.sealing, school.id, "school untrusted", "key", key, when=bool
        )
        gone = school.write(forgetting, school.id, key, now)
    if gone is None:
        raise click.ClickException("That key is not known here.")
    click.echo(f"{gone.name} is known no more.")


def _key(source: str) -> str:
    """The fingerprint that was typed, or of the key in the file of that name."""
    typed = fingerprint_typed(source)
    if typed is not None:
        return typed
    try:
        with Path(source).open("rb") as opened:
            found = key_in(opened.read(MOST_BYTES + 1))
    except OSError:
        raise click.ClickException(
            "That is neither a fingerprint (eight groups of four) nor a file that can be read."
        ) from None
    except PassportRefused as refused:
        raise click.ClickException(_REFUSED.get(refused.reason, _NO_KEY)) from None
    say(f"In the file it calls itself {found.school.name}.")
    return found.fingerprint


def _print_other_names(known: list[KnownSchool], key: str, name: str) -> None:
    for one in known:
        if one.key == key and one.name != name:
            say(f"This key is known as {one.name} so far.")
        elif one.key != key and one.name.casefold() == name.casefold():
            say(f"{one.name} is known by another key as well: {one.key}.")


def _agreed(yes: bool) -> bool:
    if yes:
        return True
    if not sys.stdin.isatty():
        say("Add --yes once the marks were compared.")
        return False
    return click.confirm("Did that school tell you this mark, in a way that you know is theirs?")
