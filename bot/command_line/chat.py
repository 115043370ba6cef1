"""`./signpost chat`: talk in a terminal, or one JSON reply a line for programs."""

from __future__ import annotations

import asyncio
import datetime as dt
import json
import sys
import uuid
from contextlib import suppress
from typing import Any

import click
import httpx
from rich.console import Console
from rich.markdown import Markdown

from bot.command_line.lines import typed_lines
from bot.command_line.started import Started, read_settings, started
from bot.command_line.until_told import run_until_told
from knowledge.days import Day

PATIENCE_S = 25


@click.command(short_help="Talk with the service in this terminal.")
@click.option(
    "--json", "as_json", is_flag=True, help="One user turn a line in, one JSON a line out."
)
@click.option("--audience", type=click.Choice(["pupil", "parent"]), help="Who is asking.")
@click.option("--year", type=click.IntRange(7, 13), help="School year of the pupil.")
@click.option(
    "--on",
    type=Day(),
    metavar="DATE",
    help="Answer as on this day, YYYY-MM-DD.",
)
def chat(as_json: bool, audience: str | None, year: int | None, on: dt.date | None) -> None:
    """Talk with the service in this terminal.

    With --json every line of standard input is one turn of one conversation, and each reply is one
    line of JSON: {"messages": […], "meta": {intent, confidence, answers, jobs}}. Each line in gives
    one line out, in the same order, also an empty one or one that is refused.
    """
    scene: dict[str, Any] = {}
    if audience:
        scene["audience"] = audience
    if year:
        scene["year"] = year
    if on:
        scene["on"] = on.isoformat()
    run_until_told(_chat(as_json, scene), "The service stopped answering.")


async def _chat(as_json: bool, scene: dict[str, Any]) -> None:
    async with started(read_settings()) as service, _client(service) as client:
        talk = Conversation(client)
        opening = await talk.open(scene)
        try:
            await (_answer_lines(talk) if as_json else _talk(talk, opening))
        finally:
            with suppress(httpx.HTTPError):
                await talk.close()


async def _answer_lines(talk: Conversation) -> None:
    async for line in typed_lines():
        reply = await talk.say(line)
        click.echo(json.dumps(reply, ensure_ascii=False).encode())


async def _talk(talk: Conversation, opening: dict[str, Any]) -> None:
    console = Console()
    show(console, [opening["notice"], opening["greeting"]])
    prompt = "you> " if sys.stdin.isatty() else ""
    click.echo(prompt, nl=False)
    async for line in typed_lines():
        if line.strip():
            show(console, (await talk.say(line))["messages"])
        click.echo(prompt, nl=False)


class Conversation:
    """One conversation with the gateway, as any channel has it, with the operators' `meta`."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        """Take a client that carries the operators' key."""
        self._client = client
        self._path = ""
        self._headers: dict[str, str] = {}

    async def open(self, scene: dict[str, Any]) -> dict[str, Any]:
        """Begin; return notice and greeting."""
        answer = await self._client.post("/chat/v1/conversations", json={"scene": scene})
        answer.raise_for_status()
        opened: dict[str, Any] = answer.json()
        self._path = f"/chat/v1/conversations/{opened['conversation']}"
        self._headers = {"Authorization": f"Bearer {opened['token']}"}
        return opened

    async def say(self, text: str) -> dict[str, Any]:
        """Send one line; return {"messages", "meta"} once it is answered.

        A line that the gateway refuses is answered by its problem's sentence; one that comes too
        soon after many others waits as long as it is told to.
        """
        body = {"client_message_id": uuid.uuid4().hex, "text": text}
        path, headers = f"{self._path}/messages", self._headers
        sent = await self._client.post(path, json=body, headers=headers)
        while sent.status_code == 429:
            await asyncio.sleep(float(sent.headers.get("Retry-After", 1)))
            sent = await self._client.post(path, json=body, headers=headers)
        if sent.status_code >= 400:
            return refused(sent)
        seq = sent.json()["seq"]
        while True:
            answer = await self._client.get(
                f"{self._path}/events",
                params={"after": seq, "wait": PATIENCE_S},
                headers=self._headers,
                timeout=PATIENCE_S + 5,
            )
            answer.raise_for_status()
            replies = [e for e in answer.json()["entries"] if e.get("in_reply_to") == seq]
            if replies:
                return {
                    "messages": [m for reply in replies for m in reply["messages"]],
                    "meta": replies[-1].get("meta") or {},
                }

    async def close(self) -> None:
        """Delete the conversation: a conversation from a terminal is nobody's record."""
        await self._client.delete(self._path, headers=self._headers)


def refused(answer: httpx.Response) -> dict[str, Any]:
    """Return a reply made of the problem's sentence."""
    sentence = answer.json().get("detail", "That could not be sent.")
    message = {"text": sentence, "buttons": [], "figures": [], "chart": None, "sources": []}
    return {
        "messages": [message],
        "meta": {"intent": None, "confidence": 0.0, "answers": ["refused"], "jobs": []},
    }


def show(console: Console, messages: list[dict[str, Any]]) -> None:
    """Print messages for a person: text, figures as a table, sources, what to ask next."""
    for message in messages:
        console.print(Markdown(message["text"]))
        for source in message.get("sources", []):
            told = ", ".join(str(source[k]) for k in ("publisher", "dataset", "year") if source[k])
            console.print(f"[dim]{told}. {source.get('caveat', '')}[/dim]")
        for button in message.get("buttons", []):
            console.print(f"  [green]›[/green] {button['title']}")
        console.print()


def _client(service: Started) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        base_url=service.addresses.gateway,
        headers={"X-Signpost-Operator": service.keys.operator_key},
        timeout=30,
        trust_env=False,
    )
