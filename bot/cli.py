"""`./signpost`: the command line."""

from __future__ import annotations

import asyncio
import sys

import click

from bot.command_line.backup import backup, restore
from bot.command_line.chat import chat
from bot.command_line.destinations import destinations
from bot.command_line.keys import keys
from bot.command_line.parse import parse
from bot.command_line.retention import retention
from bot.command_line.roster import roster
from bot.command_line.sign_in import sign_in
from bot.command_line.slips import slips
from bot.command_line.started import read_settings, say
from bot.command_line.until_told import run_until_told
from bot.service import model, progress
from bot.service.processes import ServiceFailed
from bot.service.run import run as run_service
from knowledge.cli import knowledge
from lmi.cli import lmi


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
def cli() -> None:
    """Signpost: careers guidance chat on published labour market figures.

    Settings come from the environment: SIGNPOST_PORT, SIGNPOST_HOST, SIGNPOST_DATA_DIR and the
    others that docs/operations.md lists.
    """


@cli.command(short_help="Start everything and print the address.")
def run() -> None:
    """Start engine, actions and gateway, and print the address. Ctrl-C stops all."""
    try:
        asyncio.run(run_service(read_settings(), say))
    except ServiceFailed as failure:
        raise click.ClickException(str(failure)) from failure


@cli.command(short_help="Train the model, if something changed.")
@click.option("--force", is_flag=True, help="Train even if nothing changed.")
def train(force: bool) -> None:
    """Train the model, if what it is made from has changed."""
    if model.is_fresh() and not force:
        say("The model is up to date.")
        return
    say("Training the model. This takes about a minute.")
    data_dir = read_settings().data_dir.absolute()
    with progress.shown("Training") as how_far:
        run_until_told(model.train(data_dir, say, how_far), "The training stopped.")


cli.add_command(chat)
cli.add_command(parse)
cli.add_command(keys)
cli.add_command(roster)
cli.add_command(destinations)
cli.add_command(retention)
cli.add_command(backup)
cli.add_command(restore)
cli.add_command(sign_in)
cli.add_command(slips)
cli.add_command(knowledge)
cli.add_command(lmi)
knowledge.short_help = "Check answers and facts, or see how one reads."
lmi.short_help = "Look at the labour market tables, or renew them."


if __name__ == "__main__":
    sys.exit(cli(prog_name="signpost"))
