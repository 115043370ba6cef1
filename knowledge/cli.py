"""The command line of the content: `./signpost knowledge …` or `python -m knowledge.cli`."""

from __future__ import annotations

import datetime as dt
import difflib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.markdown import Markdown
from rich.progress import BarColumn, Progress, TextColumn
from rich.table import Table

from knowledge import checking
from knowledge.answers import Answer, Answers
from knowledge.content import BadContent, named
from knowledge.days import Day
from knowledge.facts import Facts, day_told
from knowledge.readers import AUDIENCES, Reader


class BadFile(click.ClickException):
    """A content file cannot be read at all."""

    exit_code = 2


on_option = click.option(
    "--on", "day", type=Day(), metavar="DATE", help="As on this day, YYYY-MM-DD; today if left out."
)
content_option = click.option(
    "--content",
    "folder",
    type=click.Path(path_type=Path, file_okay=False, exists=True),
    hidden=True,
    help="A folder with answers/ and facts/, in place of the project's own.",
)


@click.group(
    short_help="Check answers and facts, or see how one reads.",
    context_settings={"help_option_names": ["-h", "--help"]},
)
def knowledge() -> None:
    """Answers and facts: what is to be mended, and how an answer will read."""


@knowledge.command(name="check", short_help="List what is to be mended or looked at.")
@on_option
@click.option("--online", is_flag=True, help="Also try every link. Goes online.")
@content_option
def check_command(day: dt.date | None, online: bool, folder: Path | None) -> None:
    """List what is to be mended or looked at in the answers and facts.

    Ends with a table of how many questions are answered for whom. The exit code is 1 when
    something must be mended, 2 when a file cannot be read, and 0 otherwise.
    """
    day = day or dt.date.today()
    answers = _load(folder)
    found = checking.check(answers, day, checking.intents_of())
    if online:
        # Here, because nothing else needs it and it takes a while to import.
        from knowledge import links

        with _progress("Trying links") as progress:
            found += links.dead(links.addresses(answers), progress)
    order = list(checking.KINDS)
    found.sort(key=lambda one: order.index(one.kind))
    for kind, findings in groupby(found, key=lambda one: one.kind):
        listed = list(findings)
        click.secho(f"{checking.KINDS[kind][0]}: {len(listed)}", bold=True)
        for one in listed:
            click.echo(f"  {one.where}: {one.says}")
        click.echo()
    _print_coverage(checking.coverage(answers))
    wrong = sum(one.must_be_mended for one in found)
    click.echo(
        f"\n{wrong} to mend, {len(found) - wrong} to look at, as on {day_told(day)}."
        if found
        else f"\nNothing to mend, as on {day_told(day)}."
    )
    sys.exit(1 if wrong else 0)


@knowledge.command(short_help="Show an answer as it will be.")
@click.argument("answer_id", metavar="ID")
@on_option
@click.option("--audience", type=click.Choice(["parent", "pupil"]), help="Who asks.")
@click.option("--year", type=click.IntRange(7, 13), help="School year of the pupil.")
@content_option
def preview(
    answer_id: str,
    day: dt.date | None,
    audience: str | None,
    year: int | None,
    folder: Path | None,
) -> None:
    """Show the answer ID as it will be on a day, with its buttons and sources.

    ID is the file's name without .md. Of a subject with several files (benefits.md,
    benefits.parents.md) the one is shown that this reader gets.
    """
    day = day or dt.date.today()
    answers = _load(folder)
    if answer_id not in answers:
        near = _near(answer_id, answers)
        hint = f" Near it: {', '.join(near)}." if near else ""
        raise click.ClickException(f'There is no answer "{answer_id}".{hint}')
    answer = answers[answer_id]
    if answer.id == answer.subject:
        answer = answers.choose(answer.subject, Reader(audience, year))
    try:
        _print_answer(answers, answer, day)
    except KeyError as error:
        raise click.ClickException(
            f"{named(answer.path)}: a button leads nowhere: {error.args[0]}"
        ) from error


def _near(name: str, answers: Answers) -> list[str]:
    """Return the few ids most like `name`: those that hold it, or are spelt much like it."""
    subjects = answers.subjects()
    holding = [subject for subject in subjects if name.casefold() in subject]
    alike = difflib.get_close_matches(name.casefold(), subjects, n=4)
    return list(dict.fromkeys([*alike, *holding]))[:4]


def _print_answer(answers: Answers, answer: Answer, day: dt.date) -> None:
    message = answers.message(answer.id, day)
    readers = ", ".join(answer.audiences) or "everybody"
    click.secho(answer.title, bold=True)
    click.echo(f"{named(answer.path)}, for {readers}, as on {day_told(day)}\n")
    _print_text(message["text"])
    sources = message["sources"]
    _print_buttons(message["buttons"])
    if answer.more:
        following = answers.message(answer.id, day, more=True)
        click.secho("\nWhen “more” is pressed:\n", bold=True)
        _print_text(following["text"])
        _print_buttons(following["buttons"])
        sources += [one for one in following["sources"] if one not in sources]
    click.secho("\nSources:", bold=True)
    for source in sources:
        told = [source["publisher"], source["dataset"], str(source["year"]), source["link"]]
        click.echo(f"  {', '.join(filter(None, told))}")
    if answer.facts:
        click.secho("\nFacts:", bold=True)
    for fact_id in answer.facts:
        value = answers.facts.on(fact_id, day)
        fact = value.fact
        state = "has run out" if value.expired else fact.status
        click.echo(
            f"  {fact_id}: {value.text} ({state}; checked {day_told(fact.checked_on)}, "
            f"to be checked again by {day_told(fact.review_by)}; "
            f"{named(fact.path)}:{fact.line})"
        )


def _print_text(text: str) -> None:
    if sys.stdout.isatty():
        Console().print(Markdown(text, hyperlinks=False))
    else:
        click.echo(text)


def _print_buttons(buttons: list[dict[str, str]]) -> None:
    if buttons:
        click.echo("\n" + "  ".join(f"[ {button['title']} ]" for button in buttons))


def _print_coverage(coverage: dict[str, dict[str, int]]) -> None:
    columns = ("Topic", *AUDIENCES)
    rows = [(topic, *(str(row[name]) for name in AUDIENCES)) for topic, row in coverage.items()]
    if not sys.stdout.isatty():
        for row in (columns, *rows):
            click.echo("\t".join(row))
        return
    table = Table(title="Questions answered, by topic and reader")
    for name in columns:
        table.add_column(name, justify="left" if name == columns[0] else "right")
    for row in rows:
        table.add_row(*row)
    Console().print(table)


def _load(folder: Path | None) -> Answers:
    try:
        if folder is None:
            return Answers.load()
        return Answers.load(folder / "answers", Facts.load(folder / "facts"))
    except BadContent as error:
        raise BadFile(" ".join(str(error).split())) from error


@contextmanager
def _progress(what: str) -> Iterator[Any]:
    """Show how far it is as a bar on a terminal and as one plain line elsewhere."""
    if not sys.stderr.isatty():
        click.echo(f"{what} …", err=True)
        yield lambda done, total: None
        return
    bar = Progress(
        TextColumn("{task.description}"), BarColumn(), console=Console(stderr=True), transient=True
    )
    with bar:
        task = bar.add_task(what, total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


if __name__ == "__main__":
    knowledge(prog_name="knowledge")
