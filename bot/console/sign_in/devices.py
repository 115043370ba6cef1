"""What a device is called, from what its browser says of itself."""

from functools import cache
from pathlib import Path
from typing import Any

import yaml


def device_name(user_agent: str) -> str:
    """Such as "Firefox on Windows"."""
    words = _words()
    browser = _first(words["browsers"], user_agent)
    system = _first(words["systems"], user_agent)
    if browser and system:
        return str(words["both"]).format(browser=browser, system=system)
    return browser or system or str(words["unknown"])


def _first(pairs: list[list[str]], user_agent: str) -> str | None:
    return next((name for mark, name in pairs if mark in user_agent), None)


@cache
def _words() -> dict[str, Any]:
    content = Path(__file__).with_suffix(".yml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(content)
    return found
