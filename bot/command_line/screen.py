"""`./signpost screen`: what the safeguarding screen hears in texts, one JSON a line."""

from __future__ import annotations

import asyncio
import json

import click

from bot.command_line.lines import typed_lines
from bot.safeguarding.screen import Screen


@click.command(short_help="Print what the screen hears in each line of text.")
def screen() -> None:
    """Read one text a line from standard input; print what is heard in each as JSON.

    Keys: text, flag (true or false), category, severity (immediate, high, medium), third_party
    (whether it is about somebody else), why (the pattern's id); the last four are null where
    nothing is heard. Each line in gives one line out, in the same order. Nothing else needs to
    run, and nothing is kept.
    """
    asyncio.run(_screen(Screen.load()))


async def _screen(screen: Screen) -> None:
    async for text in typed_lines():
        click.echo(json.dumps(told(screen, text), ensure_ascii=False).encode())


def told(screen: Screen, text: str) -> dict[str, str | bool | None]:
    """Return what is printed of one text."""
    heard = screen.check(text)
    return {
        "text": text,
        "flag": heard is not None,
        "category": heard.category if heard else None,
        "severity": heard.severity if heard else None,
        "third_party": heard.third_party if heard else None,
        "why": heard.why if heard else None,
    }
