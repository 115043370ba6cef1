"""`./signpost`: the command line."""

from __future__ import annotations

import asyncio
import sys

import click

from bot.command_line.chat import chat
from bot.command_line.parse import parse
from bot.service import model
from bot.service.processes import ServiceFailed
from bot.service.run import run as run_service
from bot.settings import Settings
from lmi.cli import lmi


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Signpost: careers guidance chat on published labour market figures.

    Settings come from the environment: SIGNPOST_PORT, SIGNPOST_HOST, SIGNPOST_DATA_DIR and the
    others that docs/operations.md lists.
    """


@cli.command()
def run() -> None:
    """Start engine, actions and gateway, and print the address. Ctrl-C stops all."""
    try:
        asyncio.run(run_service(Settings(), say))
    except ServiceFailed as failure:
        raise click.ClickException(str(failure)) from failure


@cli.command()
@click.option("--force", is_flag=True, help="Train even if nothing changed.")
def train(force: bool) -> None:
    """Train the model, if what it is made from has changed."""
    if model.is_fresh() and not force:
        say("The model is up to date.")
        return
    say("Training the model. This takes about a minute.")
    try:
        model.train(Settings().data_dir, say)
    except model.NoModel as failure:
        raise click.ClickException(str(failure)) from failure


def say(sentence: str) -> None:
    """Print one sentence for the operator; standard output stays for results."""
    click.echo(sentence, err=True)


cli.add_command(chat)
cli.add_command(parse)
cli.add_command(lmi)


if __name__ == "__main__":
    sys.exit(cli(prog_name="signpost"))
