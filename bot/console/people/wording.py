"""The words of this room's pages, read from words.yml."""

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml


@cache
def words() -> MappingProxyType[str, Any]:
    """What words.yml says, by heading."""
    content = Path(__file__).with_name("words.yml").read_text(encoding="utf-8")
    return MappingProxyType(yaml.safe_load(content))
