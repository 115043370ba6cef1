"""Runs a command so that whatever ends it, what it started ends with it."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Coroutine
from typing import Any

import click
import httpx

from bot.service.processes import ServiceFailed


def run_until_told(work: Coroutine[Any, Any, None], silent: str) -> None:
    """Run `work` to its end, or until Ctrl-C, SIGTERM or the closing of its terminal.

    Its clean-up runs in every case. `silent` is what is said when the service stops answering.
    """
    told: list[int] = []

    async def main() -> None:
        doing = asyncio.create_task(work)

        def leave(number: int) -> None:
            # Once only: a second signal must not cut the clean-up short.
            if not told:
                told.append(number)
                doing.cancel()

        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, leave, number)
        await doing

    try:
        asyncio.run(main())
    except asyncio.CancelledError:
        sys.exit(128 + told[0] if told else 1)
    except ServiceFailed as failure:
        raise click.ClickException(str(failure)) from failure
    except httpx.HTTPError as failure:
        raise click.ClickException(silent) from failure
