"""What cannot be done with a file of destinations, told in one sentence."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from bot.advisers.destination_files import Refused


@contextmanager
def one_clear_line() -> Iterator[None]:
    """A Refused inside ends the command with its sentence."""
    try:
        yield
    except Refused as refused:
        raise click.ClickException(refused.says()) from None
