"""`./signpost parse`: what the engine understands of texts, one JSON a line."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import Iterable
from typing import Any

import click
import httpx

from bot.command_line.started import started
from bot.service.processes import ServiceFailed
from bot.settings import Settings


@click.command()
def parse() -> None:
    """Read one text a line from standard input; print what is understood of each as JSON.

    Keys: text, intent, confidence, ranking [{name, confidence}], job_words [{text, start, end,
    unit_groups [{soc2020, title, score}]}].
    """
    try:
        asyncio.run(_parse(line.rstrip("\n") for line in sys.stdin))
    except ServiceFailed as failure:
        raise click.ClickException(str(failure)) from failure
    except httpx.HTTPError as failure:
        raise click.ClickException("The engine stopped answering.") from failure


async def _parse(texts: Iterable[str]) -> None:
    async with (
        started(Settings()) as service,
        httpx.AsyncClient(
            base_url=service.addresses.engine,
            headers={"Authorization": f"Bearer {service.keys.engine_token}"},
            timeout=30,
            trust_env=False,
        ) as engine,
    ):
        for text in texts:
            answer = await engine.post("/parse", json={"text": text})
            answer.raise_for_status()
            click.echo(json.dumps(_line(text, answer.json()), ensure_ascii=False))


def _line(text: str, parsed: dict[str, Any]) -> dict[str, Any]:
    words = ("text", "start", "end", "unit_groups")
    return {
        "text": text,
        **{key: parsed[key] for key in ("intent", "confidence", "ranking")},
        "job_words": [{key: word[key] for key in words} for word in parsed["job_words"]],
    }
