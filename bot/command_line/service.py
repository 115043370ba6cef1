"""`./signpost run` and `./signpost train`: the service itself, and what it understands with."""

from __future__ import annotations

import asyncio

import click

from bot.command_line.started import read_settings, say
from bot.command_line.until_told import run_until_told
from bot.service import model, progress
from bot.service.processes import ServiceFailed
from bot.service.run import run as run_service


@click.command(short_help="Start everything and print the address.")
def run() -> None:
    """Start engine, actions and gateway, and print the address. Ctrl-C stops all."""
    try:
        asyncio.run(run_service(read_settings(), say))
    except ServiceFailed as failure:
        raise click.ClickException(str(failure)) from failure


@click.command(short_help="Train the model, if something changed.")
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
