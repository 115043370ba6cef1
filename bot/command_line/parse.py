"""`./signpost parse`: what the engine understands of texts, one JSON a line."""

from __future__ import annotations

import json
from typing import Any

import click
import httpx

from bot.command_line.lines import typed_lines
from bot.command_line.started import read_settings, started
from bot.command_line.until_told import run_until_told


@click.command(short_help="Print what is understood of each line of text.")
def parse() -> None:
    """Read one text a line from standard input; print what is understood of each as JSON.

    Keys: text, intent, confidence, ranking [{name, confidence}], job_words [{text, start, end,
    unit_groups [{soc2020, title, score}]}]. Each line in gives one line out, in the same order.
    """
    run_until_told(_parse(), "The engine stopped answering.")


async def _parse() -> None:
    async with (
        started(read_settings()) as service,
        httpx.AsyncClient(
            base_url=service.addresses.engine,
            headers={"Authorization": f"Bearer {service.keys.engine_token}"},
            timeout=30,
            trust_env=False,
        ) as engine,
    ):
        async for text in typed_lines():
            answer = await engine.post("/parse", json={"text": text})
            answer.raise_for_status()
            click.echo(json.dumps(_line(text, answer.json()), ensure_ascii=False).encode())


def _line(text: str, parsed: dict[str, Any]) -> dict[str, Any]:
    # The engine leaves out spaces and slashes at the start; offsets are told in the text as given.
    skipped = max(text.find(parsed["text"]), 0)
    return {
        "text": text,
        **{key: parsed[key] for key in ("intent", "confidence", "ranking")},
        "job_words": [
            {
                "text": word["text"],
                "start": word["start"] + skipped,
                "end": word["end"] + skipped,
                "unit_groups": word["unit_groups"],
            }
            for word in parsed["job_words"]
        ],
    }
