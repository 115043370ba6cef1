"""The words for kinds of lines, files, experiences and destinations, read from labels.yml."""

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml

FILE = Path(__file__).parent / "documents" / "labels.yml"


@cache
def labels() -> MappingProxyType[str, Any]:
    """`kinds`, `attachments` and `encounters` by name; `destinations` by category.

    Each destination has a label and a hint.
    """
    return MappingProxyType(yaml.safe_load(FILE.read_text(encoding="utf-8")))
