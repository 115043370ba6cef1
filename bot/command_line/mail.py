"""`./signpost mail`: how the outbox stands, and whether a mail server is named."""

from __future__ import annotations

import click

from bot.advisers.mail.outbox import count_mails
from bot.advisers.mail.telling import how_it_stands
from bot.command_line.school_store import school_store
from bot.command_line.started import read_settings


@click.command(short_help="Tell how many mails wait, and why.")
def mail() -> None:
    """Tell in a sentence whether mails are sent, and how many wait, were sent or given up."""
    with school_store() as school:
        counts = school.read(count_mails, school.id)
    click.echo(how_it_stands(read_settings(), counts))
