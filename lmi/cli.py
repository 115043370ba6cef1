"""The command line of the labour market tables: `./signpost lmi …` or `python -m lmi.cli`."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from lmi.official.errors import UnexpectedFile
from lmi.report import UnknownJob, job_report
from lmi.service.cli import probe
from lmi.snapshot import Snapshot
from lmi.table_files import TABLES, read_sources

# What reads workbooks and draws on terminals takes a second to import, which looking at the tables
# need not wait for: it is imported where it is used.
if TYPE_CHECKING:
    from lmi.rebuild import Progress

tables_option = click.option(
    "--tables",
    "folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=TABLES,
    help="The folder of the tables, if not the project's own.",
)


@contextmanager
def _one_clear_line() -> Iterator[None]:
    """Turn the errors that a user can do something about into one line and exit code 1."""
    try:
        yield
    except (UnexpectedFile, UnknownJob) as error:
        raise click.ClickException(" ".join(str(error).split())) from error
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise click.ClickException(f"{error.strerror or error}{where}") from error


@contextmanager
def _progress() -> Iterator[Progress]:
    """Show steps as a bar on a terminal and as plain lines elsewhere, on standard error."""
    if not sys.stderr.isatty():

        def line(what: str, done: int, total: int) -> None:
            if done < total:
                click.echo(f"{done + 1}/{total} {what}", err=True)

        yield line
        return
    from rich import progress as rich
    from rich.console import Console

    bar = rich.Progress(
        rich.TextColumn("{task.description}"),
        rich.BarColumn(),
        console=Console(stderr=True),
        transient=True,
    )
    with bar:
        task = bar.add_task("", total=1)

        def move(what: str, done: int, total: int) -> None:
            bar.update(task, description=what, completed=done, total=total)

        yield move


@click.group(short_help="Look at the labour market tables, or renew them.")
def lmi() -> None:
    """Labour market information: look at its tables, rebuild them, bring in newer figures."""


@lmi.command()
@click.argument("source_dir", type=click.Path(path_type=Path))
@tables_option
def rebuild(source_dir: Path, folder: Path) -> None:
    """Make every table again from the official files in SOURCE_DIR.

    The same files give the same tables, byte for byte. Summaries and places, which are written by
    hand, are left alone.
    """
    from lmi import rebuild as rebuilding

    with _one_clear_line(), _progress() as progress:
        counts = rebuilding.rebuild(source_dir, folder, progress)
    for name, rows in counts.items():
        click.echo(f"{name}: {rows:,} rows")


@lmi.command("import-ashe")
@click.argument("file", type=click.Path(path_type=Path))
@tables_option
def import_ashe_command(file: Path, folder: Path) -> None:
    """Bring in a year of pay from FILE: ONS ASHE Table 14.7a, as a ZIP or as XLSX."""
    from lmi.workbooks import import_ashe

    with _one_clear_line():
        done = import_ashe(file, folder)
    click.echo(
        f"Pay for {done.year}: {done.unit_groups} unit groups, {done.with_median} with a median."
    )
    if done.all_jobs is not None:
        click.echo(f"All employees: £{done.all_jobs:,} a year.")
    if done.missing:
        click.echo(
            f"Warning: {done.missing} unit groups are not in the workbook and keep older figures.",
            err=True,
        )


@lmi.command("import-soc")
@click.argument("file", type=click.Path(path_type=Path))
@tables_option
def import_soc_command(file: Path, folder: Path) -> None:
    """Bring in the classification from FILE: the ONS SOC 2020 Volume 1 workbook."""
    from lmi.workbooks import import_soc

    with _one_clear_line():
        done = import_soc(file, folder)
    click.echo(
        f"{done.unit_groups} unit groups, {done.groups} groups above them, "
        f"{done.related_titles:,} related job titles."
    )


@lmi.command()
@click.argument("soc_or_title", nargs=-1, required=True)
@tables_option
def show(soc_or_title: tuple[str, ...], folder: Path) -> None:
    """Print pay, outlook and ways in for a SOC 2020 code or a job title, with sources."""
    with _one_clear_line():
        click.echo(job_report(Snapshot.load(folder), " ".join(soc_or_title), folder))


@lmi.command()
@tables_option
def sources(folder: Path) -> None:
    """Print where each table comes from and which years it holds."""
    with _one_clear_line():
        recorded = read_sources(folder)
    columns = ("Table", "Publisher", "Dataset", "Year", "Rows", "Link")
    rows = [
        (
            name,
            entry["publisher"],
            entry["dataset"],
            entry["year"],
            f"{entry.get('rows', '')}",
            entry["link"],
        )
        for name, entry in recorded.items()
    ]
    if not sys.stdout.isatty():
        for row in (columns, *rows):
            click.echo("\t".join(row))
        return
    from rich.console import Console
    from rich.table import Table

    table = Table(*columns)
    for row in rows:
        table.add_row(*row)
    Console().print(table)


lmi.add_command(probe)


if __name__ == "__main__":
    lmi(prog_name="lmi")
