"""What holds for every message that an action makes."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml

from actions.context import read_payload
from actions.ground import Ground

ROOT = Path(__file__).resolve().parents[2]
MOST_WORDS = 130
# Answers that are lists are read line by line: up to six ways in, or a line for each of three jobs.
MOST_WORDS_OF_LISTS = {
    "after_gcses": 140,
    "how_to_become": 155,
    "entry_requirements": 155,
    "compare": 210,
}
MOST_BUTTONS = 4
LONGEST_TITLE = 75
KEYS = {"answer", "text", "buttons", "figures", "chart", "sources"}
EMOJI = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f]")
LINK = re.compile(r"\]\((https://[^)\s]+)\)")


@lru_cache
def entities() -> frozenset[str]:
    """What a button may carry: Rasa reads it as an entity, which the domain has to name."""
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return frozenset(domain["entities"])


@lru_cache
def intents() -> frozenset[str]:
    domain = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))
    return frozenset(name for entry in domain["intents"] for name in entry)


def shown(text: str) -> str:
    """The text as it is read: without the addresses of links."""
    return LINK.sub("]", text)


def faults(message: dict[str, Any], ground: Ground) -> Iterable[str]:
    """Every rule that a message breaks, in words."""
    if set(message) != KEYS:
        yield f"has the keys {sorted(message)}"
    json.dumps(message)
    text = shown(message["text"])
    yield from text_faults(text)
    if len(text.split()) > MOST_WORDS_OF_LISTS.get(message["answer"], MOST_WORDS):
        yield f"has {len(text.split())} words"
    if len(message["buttons"]) > MOST_BUTTONS:
        yield f"has {len(message['buttons'])} buttons"
    for button in message["buttons"]:
        yield from button_faults(button, ground)
    titles = [button["title"] for button in message["buttons"]]
    if len(set(titles)) < len(titles):
        yield f"has two buttons that read alike: {titles}"
    for figure in message["figures"]:
        if not {"label", "value", "unit", "year", "soc2020"} <= set(figure):
            yield f"has a figure with {sorted(figure)} only"
        if figure["soc2020"] not in ground.snapshot.unit_groups:
            yield f"has a figure of {figure['soc2020']}"
    if message["figures"] and not message["sources"]:
        yield "has figures and no source"
    for source in message["sources"]:
        if not (source["publisher"] and source["link"].startswith("https://")):
            yield f"has the source {source}"
        if message["figures"] and not source["year"]:
            yield f"has a source without a year: {source['dataset']}"
    if message["chart"] is not None and not message["chart"]["svg"].startswith("<svg"):
        yield "has a chart that is no picture"


def text_faults(text: str) -> Iterable[str]:
    """Every rule of style that a text breaks."""
    if not text.strip():
        yield "has no text"
    text = re.sub(
        r'"[^"\n]*"|“[^”\n]*”', "“…”", text
    )  # a sentence to learn from is no voice of ours
    for fault, found in (
        ("has a place that was not filled", re.search(r"[{}]", text)),
        ("says I", re.search(r"\bI\b|\bI['’]", text)),
        ("has an exclamation mark", "!" in text),
        ("says best", re.search(r"\bbest\b", text, re.IGNORECASE)),
        ("has an emoji", EMOJI.search(text)),
        ("shows None or nan", re.search(r"\bNone\b(?! (?:ranks|is|of)\b)|\bnan\b", text)),
        ("shows a doubled full stop or space", re.search(r"\.\.|[^\n] {2,}|\s[.,;]", text)),
        ("begins or ends blank", text != text.strip()),
        ("leaves bold open", text.count("**") % 2),
        ("shows an n.e.c.", "n.e.c." in text),
    ):
        if found:
            yield f"{fault}: {text!r}"


def button_faults(button: dict[str, str], ground: Ground) -> Iterable[str]:
    """What is wrong with a button."""
    intent, values = read_payload(button["payload"])
    if not button["payload"].startswith("/") or intent not in intents():
        yield f"has a button that leads nowhere: {button['payload']}"
    if not set(values) <= entities():
        yield f"has a button that carries {sorted(values)}"
    code = values.get("job")
    if code is not None and code not in ground.snapshot.unit_groups:
        yield f"has a button for {code}"
    if "place" in values and not ground.places.find(f"in {values['place']}"):
        yield f"has a button for {values['place']}"
    if not 0 < len(button["title"]) <= LONGEST_TITLE:
        yield f"has a button of {len(button['title'])} letters: {button['title']!r}"


def check(messages: Iterable[dict[str, Any]], ground: Ground) -> None:
    """Fail with every fault of these messages."""
    found = [fault for message in messages for fault in faults(message, ground)]
    assert not found, found
