"""Reading single fields out of whatever JSON came."""

from __future__ import annotations

import math
import re

from lmi.service.no_data import NoData, Reason
from lmi.service.plain_text import without_html

_NUMBER = re.compile(r"-?\d{1,15}(\.\d{1,15})?")
_SOC = re.compile(r"[1-9]\d{0,3}")


def mapping(value: object) -> dict[str, object]:
    """The object, or an empty one for anything else."""
    return value if isinstance(value, dict) else {}


def objects(value: object) -> list[dict[str, object]]:
    """The objects of a list, others left out; empty for anything else."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def number(value: object) -> float | None:
    """A number, also from a text of digits; None for null, not-a-number, true, and other texts."""
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    if isinstance(value, int):
        return float(value) if abs(value) < 10**15 else None
    return value if math.isfinite(value) else None


def published(value: object) -> float | None:
    """A figure that may be shown: above zero. The service writes a suppressed one as 0 or null."""
    figure = number(value)
    return figure if figure is not None and figure > 0 else None


def percentage(value: object) -> float | None:
    """A published figure of at most 100."""
    figure = published(value)
    return figure if figure is not None and figure <= 100 else None


def change(value: object) -> float | None:
    """A change in per cent, up or down; 0 is how the service writes a suppressed one."""
    figure = number(value)
    return figure if figure is not None and figure != 0 and abs(figure) <= 1000 else None


def whole(value: object) -> int | None:
    """A whole number, None for anything else."""
    figure = number(value)
    return int(figure) if figure is not None and figure == int(figure) else None


def year(value: object) -> int | None:
    """A calendar year between 1900 and 2100."""
    figure = whole(value)
    return figure if figure is not None and 1900 <= figure <= 2100 else None


def text(value: object) -> str:
    """Plain words on one line, "" for anything that is no text."""
    return without_html(value) if isinstance(value, str) else ""


def texts(value: object) -> tuple[str, ...]:
    """The plain texts of a list, empty ones left out."""
    found = (text(item) for item in value) if isinstance(value, list) else ()
    return tuple(item for item in found if item)


def soc_code(value: object) -> str:
    """A SOC 2010 code as text ("41", "2136"), "" for anything else (the service uses -1)."""
    as_text = str(value).strip() if isinstance(value, (int, str)) else ""
    return as_text if not isinstance(value, bool) and _SOC.fullmatch(as_text) else ""


def answered_code(body: dict[str, object], asked: str) -> str | NoData:
    """The code that the answer is for: the asked one or a wider group of it.

    An answer for any other job is no answer. An answer that does not say is taken for the asked.
    """
    if "soc" not in body:
        return asked
    code = soc_code(body["soc"])
    if code and asked.startswith(code):
        return code
    return NoData(Reason.OTHER_JOB, f"asked {asked}, got {str(body['soc'])[:20]}")
